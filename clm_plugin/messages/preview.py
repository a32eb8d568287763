"""The mail of a campaign as its author sees it before it goes out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings as django_settings
from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clm_plugin import clock
from clm_plugin.campaigns.api import compile_campaign
from clm_plugin.conf import settings
from clm_plugin.messages.data import Lines, ShownLine
from clm_plugin.messages.fields import OFFER_FIELDS
from clm_plugin.messages.rendering import Recipient, credit_fields, render
from clm_plugin.messages.site import sender
from clm_plugin.money import Money
from clm_plugin.offers.api import EXAMPLE_CODE, HandedOut, as_sentence, example, until
from clm_plugin.shop.api import get_shop
from clm_plugin.wallet.api import Standing

if TYPE_CHECKING:
    from django.http import HttpRequest

    from clm_plugin.campaigns.api import Plan
    from clm_plugin.campaigns.authoring import Campaign

_EXAMPLES = 3
_LOOKED_AT = 20


def preview(request: HttpRequest, campaign: Campaign, mode: str = "mail") -> HttpResponse:
    """The campaign's first mail with an example basket, for the preview panel."""
    plan = compile_campaign(campaign)
    step = next((step for step in plan.steps if step.kind == "mail"), None)
    if step is None:
        return HttpResponse(_("This campaign has no mail yet."), content_type="text/plain")
    who = Recipient(
        token="preview",
        first_name=_("Alex"),
        language=get_language() or "",
        about=_example_credit() | _example_words(),
        offer=_example_offer(plan, step.content.get("offer")),
    )
    mail = render(
        step.content, campaign=plan.campaign, recipient=who, lines=_example(), sender=sender()
    )
    return HttpResponse(mail.html)


def _example_credit() -> dict[str, str]:
    now = clock.now()
    example = Standing(
        programme="",
        name=_("Store credit"),
        amount_minor=1000,
        currency=settings.CURRENCY,
        opens_at=now,
        expires_at=now + timedelta(days=7),
        zone="UTC",
    )
    return credit_fields(example, get_language() or "")


def _example_words() -> dict[str, str]:
    """Of an offer that ends in a week, by the shop's clock."""
    zone = str(settings.TIME_ZONE or django_settings.TIME_ZONE)
    ends = until(clock.now() + timedelta(days=7), zone)
    return dict(zip(OFFER_FIELDS, (_("An example offer"), ends), strict=True))


def _example_offer(plan: Plan, key: str | None) -> HandedOut | None:
    """What the mail hands out: its own offer, else one that is about to end."""
    if key:
        return example(key)
    if plan.trigger.event != "offer.expiring":
        return None
    title, ends = _example_words().values()
    return HandedOut(title=title, gives="", small=(as_sentence(ends),), code=EXAMPLE_CODE)


def _example() -> Lines:
    """Products that somebody really bought, or an invented one in an empty shop."""
    shop = get_shop()
    ids = list(
        dict.fromkeys(
            line.product_id for order in shop.orders(limit=_LOOKED_AT) for line in order.lines
        )
    )
    found = [
        product
        for product in shop.products(ids[:_LOOKED_AT]).values()
        if product.price is not None and product.is_available
    ]
    shown = tuple(
        ShownLine(
            product_id=product.id,
            title=product.title,
            quantity=1 + number % 2,
            url=product.url,
            image_url=product.image_url,
            unit=product.price,
        )
        for number, product in enumerate(found[:_EXAMPLES])
        if product.price is not None
    )
    invented = ShownLine(
        product_id="example",
        title=_("An example product"),
        quantity=1,
        url="/",
        image_url="",
        unit=Money(1200, settings.CURRENCY),
    )
    return Lines(shown=shown or (invented,))
