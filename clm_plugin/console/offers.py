"""Offers: the list with live numbers, the editor, and the address of everything of one offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.models import Revision, WorkflowState
from wagtail.snippets.views.snippets import EditView, IndexView, SnippetViewSet

from clm_plugin.console.campaigns import status_of
from clm_plugin.console.codes import CodesExportView, MakeCodesView, RevokeView
from clm_plugin.console.customers import FigureColumn
from clm_plugin.console.exports import Exports, export_button
from clm_plugin.console.listing import ListingSet
from clm_plugin.console.offers_give import GiveView
from clm_plugin.console.offers_page import OfferView
from clm_plugin.console.offers_public import PublicCodeView
from clm_plugin.console.offers_take_back import TakeBackView
from clm_plugin.console.offers_used import OfferUnpublishView
from clm_plugin.console.wording import money, whole
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import Offer

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet


class OfferIndexView(Exports, IndexView):
    """Three queries more for all numbers, however many offers there are. The export holds them."""

    exports = "offers"

    def export_rows(self) -> QuerySet[Offer]:
        return offers.with_figures(self.get_queryset())

    def get_base_queryset(self) -> QuerySet[Offer]:
        rows: QuerySet[Offer] = super().get_base_queryset()
        of = {
            "base_content_type": ContentType.objects.get_for_model(Offer),
            "object_id": Cast(OuterRef("pk"), CharField()),
        }
        return rows.annotate(
            is_scheduled=Exists(Revision.objects.filter(approved_go_live_at__isnull=False, **of)),
            is_in_workflow=Exists(
                WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS, **of)
            ),
        ).select_related("latest_revision")

    def get_header_buttons(self) -> list[Any]:
        """Without the export's, which is in the menu: a phone has room for one button."""
        buttons: list[Any] = IndexView.get_header_buttons(self)
        return buttons

    def get_header_more_buttons(self) -> list[Any]:
        return [*super().get_header_more_buttons(), *export_button(self.export_url())]

    @cached_property
    def figures(self) -> dict[str, offers.Figures]:
        return offers.figures()

    @cached_property
    def columns(self) -> list[Any]:
        def column(name: str, label: Any, read: Callable[[Offer, offers.Figures], str]) -> Column:
            return FigureColumn(
                name,
                label=label,
                classname="clm-number",
                accessor=lambda offer: read(offer, self.figures.get(offer.key, offers.Figures())),
            )

        return [
            self._get_title_column("__str__"),
            StatusTagColumn(
                "status",
                label=_("Status"),
                accessor=status_of,
                sort_key="live",
                primary=lambda offer: offer.live,
            ),
            Column("effect", label=_("Gives"), accessor=effect_label),
            column("granted", _("Given"), lambda _offer, n: whole(n.granted)),
            column("codes", _("Codes"), lambda _offer, n: whole(n.codes)),
            column("reserved", _("In checkout"), lambda _offer, n: whole(n.reserved)),
            column("used", _("Used"), lambda _offer, n: whole(n.used)),
            column(
                "discount", _("Discount"), lambda offer, n: money(n.discount_minor, offer.currency)
            ),
            column(
                "revenue",
                _("Revenue"),
                lambda offer, n: (
                    money(n.revenue_minor, offer.currency) if n.revenue_orders else "–"
                ),
            ),
        ]

    def get_list_more_buttons(self, instance: Offer) -> list[Any]:
        return [
            *super().get_list_more_buttons(instance),
            Button(
                _("Codes and numbers"), url=page_url(instance), icon_name="clm-pulse", priority=5
            ),
        ]


class OfferEditView(EditView):
    def get_header_more_buttons(self) -> list[Any]:
        return [
            *super().get_header_more_buttons(),
            HeaderButton(
                label=_("Codes and numbers"),
                url=page_url(self.object),
                icon_name="clm-pulse",
                priority=5,
            ),
        ]


def page_url(offer: Offer) -> str:
    return reverse("clm_offers:page", args=(offer.pk,))


def effect_label(offer: Offer) -> str:
    """What the offer gives, as its block is called."""
    return str(offer.effect[0].block.label) if offer.effect else "–"


class OfferViewSet(ListingSet, SnippetViewSet):
    namespace = "clm_offers"
    model = Offer
    icon = "tag"
    menu_label = _("Offers")
    menu_name = "clm-offers"
    menu_item_is_registered = True
    admin_url_namespace = namespace
    base_url_path = "lifecycle/offers"
    index_view_class = OfferIndexView
    edit_view_class = OfferEditView
    unpublish_view_class = OfferUnpublishView
    index_template_name = "clm_plugin/console/campaigns.html"
    index_results_template_name = "clm_plugin/console/offers_results.html"
    search_fields = ["name", "key", "title"]
    search_backend_name = None
    copy_view_enabled = True
    inspect_view_enabled = False
    list_per_page = 50

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("page/<int:pk>/", OfferView.as_view(), name="page"),
            path("page/<int:pk>/make/", MakeCodesView.as_view(), name="make"),
            path("page/<int:pk>/public/", PublicCodeView.as_view(), name="public"),
            path("page/<int:pk>/revoke/", RevokeView.as_view(), name="revoke"),
            path("page/<int:pk>/codes.csv", CodesExportView.as_view(), name="codes_export"),
            path("give/<int:pk>/", GiveView.as_view(), name="give"),
            path("given/<int:pk>/take-back/", TakeBackView.as_view(), name="take_back"),
        ]
