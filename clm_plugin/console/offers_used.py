"""What goes offline with an offer or a programme, said before it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin.utils import quote
from django.urls import reverse
from wagtail.snippets.views.snippets import UnpublishView

from clm_plugin.campaigns.models import Campaign, CompiledPlan
from clm_plugin.console.guard import SEE_BOOKS, may
from clm_plugin.console.ledger_words import Link
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import Offer
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model


class _ByKey(UnpublishView):
    """Campaigns and offers name each other by key, which Wagtail's own count does not see: without
    an address of the usage page it does not claim that nothing refers to this one."""

    def get_usage_url(self) -> None:
        return None


class OfferUnpublishView(_ByKey):
    template_name = "clm_plugin/console/offer_unpublish.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        key = self.object.key
        figures = offers.figures([key]).get(key, offers.Figures())
        return {**context, "figures": figures, "used": campaigns_with(key)}


class ProgrammeUnpublishView(_ByKey):
    template_name = "clm_plugin/console/programme_unpublish.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        key = self.object.key
        owed = next((each for each in wallet.owed_now() if each.programme == key), None)
        its = owed if may(self.request, SEE_BOOKS) else None
        return {**context, "owed": its, "used": offers_of(key)}


def campaigns_with(offer: str) -> list[Link]:
    """Live campaigns that carry an offer; two queries."""
    plans = CompiledPlan.objects.values_list("campaign", "plan")
    keys = [campaign for campaign, plan in plans if _carries(plan, offer)]
    return _edited(Campaign, keys, "clm_campaigns:edit")


def offers_of(programme: str) -> list[Link]:
    """Published offers that give credit of a programme; two queries."""
    plans = offers.live_offers().values()
    keys = [plan.key for plan in plans if plan.effect.programme == programme]
    return _edited(Offer, keys, "clm_offers:page")


def _edited(model: type[Model], keys: Iterable[str], page: str) -> list[Link]:
    rows = model._default_manager.filter(key__in=list(keys)).order_by("name")
    return [
        Link(name, reverse(page, args=(quote(pk),))) for pk, name in rows.values_list("pk", "name")
    ]


def _carries(plan: Any, offer: str) -> bool:
    """Whether a step of a compiled plan names the offer."""
    if isinstance(plan, dict):
        return plan.get("offer") == offer or any(_carries(each, offer) for each in plan.values())
    return isinstance(plan, list) and any(_carries(each, offer) for each in plan)
