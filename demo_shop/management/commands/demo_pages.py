"""``manage.py demo_pages`` puts the shop window and the landing pages in place; safe to repeat."""

from typing import Any

from django.conf import settings
from django.contrib.sites.models import Site as DjangoSite
from django.core.management.base import BaseCommand
from django.db import transaction
from oscar.core.loading import get_model
from wagtail.models import Locale, Page, Site

from demo_shop import page_content
from demo_shop.models import HomePage, LandingPage


class Command(BaseCommand):
    help = "Creates Wagtail's root, site, home page and landing pages where they are missing."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
        root = Page.get_first_root_node() or Page.add_root(
            instance=Page(title="Root", slug="root", locale=Locale.get_default())
        )
        home = HomePage.objects.first() or self._add_home(root)
        for slug, fields in page_content.LANDING_PAGES.items():
            if not LandingPage.objects.filter(slug=slug).exists():
                page = home.add_child(instance=LandingPage(slug=slug, **fields))
                page.save_revision().publish()
                self.stdout.write(f"Page {page.url_path}")
        self._add_site(home)
        self._add_shop_basics()

    def _add_home(self, root: Page) -> HomePage:
        # Wagtail's migrations leave a welcome page with the slug we want.
        root.get_children().filter(slug="home").not_type(HomePage).update(slug="welcome")
        # treebeard keeps the number of children on the instance: read it afresh.
        fresh = Page.objects.get(pk=root.pk)
        home: HomePage = fresh.add_child(instance=HomePage(slug="home", **page_content.HOME))
        home.save_revision().publish()
        self.stdout.write("Page /")
        return home

    def _add_site(self, home: HomePage) -> None:
        site = Site.objects.filter(is_default_site=True).first() or Site(hostname="localhost")
        site.root_page = home
        site.is_default_site = True
        site.site_name = settings.WAGTAIL_SITE_NAME
        site.save()
        Page.objects.filter(slug="welcome", depth=2).exclude(pk=home.pk).delete()

    def _add_shop_basics(self) -> None:
        """What the checkout needs to work, whether or not products were loaded."""
        host = settings.WAGTAILADMIN_BASE_URL.partition("://")[2]
        DjangoSite.objects.update_or_create(
            pk=settings.SITE_ID, defaults={"domain": host, "name": settings.OSCAR_SHOP_NAME}
        )
        DjangoSite.objects.clear_cache()
        country = get_model("address", "Country")
        country.objects.get_or_create(
            iso_3166_1_a2="GB",
            defaults={
                "iso_3166_1_a3": "GBR",
                "iso_3166_1_numeric": "826",
                "printable_name": "United Kingdom",
                "name": "United Kingdom of Great Britain and Northern Ireland",
                "is_shipping_country": True,
            },
        )
        get_model("payment", "SourceType").objects.get_or_create(
            code="card", defaults={"name": "Card"}
        )
        for name in ("Paid", "Refund"):
            get_model("order", "PaymentEventType").objects.get_or_create(name=name)
        get_model("order", "ShippingEventType").objects.get_or_create(name="Dispatched")
