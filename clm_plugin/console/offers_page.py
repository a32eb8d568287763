"""The page of one offer: its numbers, its codes, its latest uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from clm_plugin import clock
from clm_plugin.console.guard import (
    MAKE_CODES,
    REVOKE_CODES,
    SEE_CODES,
    SEE_OFFERS,
    SEE_PEOPLE,
    Guarded,
    may,
)
from clm_plugin.console.ledger_words import order_url
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import CodeBatch, Offer, Redemption

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from clm_plugin.offers.models import OfferCode

SHOWN = 50
STATES = {
    "free": _("free"),
    "reserved": _("in checkout"),
    "used": _("used"),
    "revoked": _("revoked"),
    "expired": _("expired"),
}
TONES = {"free": "sent", "revoked": "failed", "expired": "failed"}


class OfOffer:
    """Mixin of views: the offer that the address names, and the way back to it."""

    offer: Offer
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may(request, *SEE_OFFERS):
            raise PermissionDenied
        self.offer = get_object_or_404(Offer, pk=kwargs["pk"])
        view: Any = super()
        response: HttpResponseBase = view.dispatch(request, *args, **kwargs)
        return response

    def trail(self, *last: Any) -> list[dict[str, Any]]:
        here = reverse("clm_offers:page", args=(self.offer.pk,))
        crumbs: list[dict[str, Any]] = [
            {"url": reverse("clm_offers:list"), "label": _("Offers")},
            {"url": here if last else "", "label": str(self.offer)},
        ]
        return [*crumbs, *({"url": "", "label": label} for label in last)]


class OfferView(OfOffer, Guarded, WagtailAdminTemplateMixin, TemplateView):
    permission = SEE_OFFERS
    header_icon = "tag"
    template_name = "clm_plugin/console/offer_page.html"

    def get_page_title(self) -> str:
        return str(self.offer)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, *self.trail()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offer, now = self.offer, clock.now()
        plan = offers.live_offers().get(offer.key)
        limits = offers.limits_used(offer.key)
        sees, public = may(self.request, SEE_CODES), offers.public_code_of(offer.key)
        context: dict[str, Any] = {
            "offer": offer,
            "plan": plan,
            "is_open": plan is not None and plan.is_open(now),
            "gives": offers.gives(plan) if plan else "",
            "small": offers.small_print(plan) if plan else [],
            "figures": offers.figures([offer.key]).get(offer.key, offers.Figures()),
            "total": limits.get("total") if plan and plan.limits.total is not None else None,
            "budget": limits.get("budget")
            if plan and plan.limits.budget_minor is not None
            else None,
            "public": public,
            "public_is_over": bool(public and public.expires_at and public.expires_at <= now),
            "batches": list(offers.batches_of(offer.key)[:20]),
            "working": CodeBatch.objects.filter(
                offer=offer.key, state=CodeBatch.State.MAKING
            ).exists(),
            "redemptions": [
                (use, *told_use(use, sees_codes=sees)) for use in offers.redemptions_of(offer.key)
            ],
            "by_code": plan is not None and plan.given == "code",
            "sees_codes": sees,
            "sees_people": may(self.request, SEE_PEOPLE),
            "may_make": may(self.request, MAKE_CODES),
            "may_revoke": may(self.request, REVOKE_CODES),
            "alarm": offers.last_alarm(),
            "now": now,
        }
        if sees:
            context |= self._codes(now)
        return super().get_context_data(**context, **kwargs)

    def _codes(self, now: datetime) -> dict[str, Any]:
        """The codes that were searched for, the newest first; ``older`` leads on."""
        asked = self.request.GET
        typed = asked.get("q", "").strip()
        text = offers.read_part(typed)
        state = asked.get("state", "") if asked.get("state") in STATES else ""
        batch = asked.get("batch", "")
        rows = offers.codes_of(
            self.offer.key,
            text=text,
            state=state,
            batch=int(batch) if batch.isdecimal() else None,
            now=now,
        )
        before = asked.get("before", "")
        if before.isdecimal():
            rows = rows.filter(pk__lt=int(before))
        found = list(rows.select_related("grant", "batch")[: SHOWN + 1])
        query = asked.copy()
        query.pop("before", None)
        if len(found) > SHOWN:
            query["before"] = str(found[SHOWN - 1].pk)
        return {
            "codes": [told(code, now) for code in found[:SHOWN]],
            "asked": typed,
            "state": state,
            "states": STATES.items(),
            "batch": batch,
            "older": query.urlencode() if len(found) > SHOWN else "",
            "is_searching": bool(typed or state or batch),
        }


def told_use(use: Redemption, *, sees_codes: bool) -> tuple[str, str, str]:
    """What an offer was used for, the shop's page of that order once it is placed, and the code.

    A public code is no secret; one of a customer is for who may see codes.
    """
    typed = (use.code if sees_codes else None) or use.public_code
    code = offers.shown_code(typed.as_written) if typed else ""
    beside = {
        "grant": gettext("Taken up"),
        "code": gettext("Taken up with a code"),
        "erased": gettext("An order of an erased customer"),
    }
    behind = offers.behind(use.order_id)
    if behind != "order":
        return beside[behind], "", code
    text = gettext("Order %(ref)s") % {"ref": use.order_id}
    url = order_url(use.order_id) if use.state == Redemption.State.CONFIRMED else ""
    return text, url, code


def told(code: OfferCode, now: datetime) -> dict[str, Any]:
    """A code as its row shows it."""
    state = offers.state_of(code, now=now)
    return {
        "code": code,
        "shown": offers.shown_code(code.as_written),
        "state": STATES[state],
        "tone": TONES.get(state, "queued"),
        "can_revoke": state in ("free", "reserved") and code.revoked_at is None,
        "profile_id": code.grant.profile_id if code.grant else None,
        "batch": _whose(code),
    }


def _whose(code: OfferCode) -> str:
    """Where a code belongs that is no customer's own."""
    if code.is_public:
        return gettext("everybody's")
    if code.batch is None:
        return ""
    return code.batch.name or gettext("Batch %(n)s") % {"n": code.batch.pk}
