"""The page of one customer: who it is, what happened, and why she got what she got."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from clm_plugin import clock
from clm_plugin.conf import settings
from clm_plugin.console.explain import Explanation, explain, mail_reason
from clm_plugin.console.guard import SEE_PEOPLE, SEE_RECEIPTS, SEE_SEGMENTS, Guarded, may
from clm_plugin.console.identity import identity_of
from clm_plugin.console.ledger_box import credit_box
from clm_plugin.console.offers_box import offers_box
from clm_plugin.console.segments_box import segments_box
from clm_plugin.console.sentences import entries, product_ids
from clm_plugin.console.wording import purpose, stage_label
from clm_plugin.insights import api as insights
from clm_plugin.insights.api import Cursor, TimelinePage
from clm_plugin.shop.api import ShopError, get_shop

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from clm_plugin.campaigns.models import Receipt
    from clm_plugin.lifecycle.models import StageChange
    from clm_plugin.profiles.models import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A receipt with its explanation and the campaign's name."""

    receipt: Receipt
    campaign: str
    explanation: Explanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A move between stages in words."""

    change: StageChange
    source: str
    target: str
    cause: str


_CAUSES = {
    "time": _("the passing of time"),
    "model": _("a change of the lifecycle model"),
    "gap": _("a change of the usual time between orders"),
    "rebuild": _("a rebuild of the facts"),
    "merge": _("a merge of profiles"),
    "merge.undone": _("a merge that was undone"),
    "page.viewed": _("a visit"),
    "product.viewed": _("a look at a product"),
    "basket.changed": _("a change of the basket"),
    "order.placed": _("an order"),
    "order.cancelled": _("a cancelled order"),
    "order.refunded": _("a refund"),
    "customer.registered": _("a new account"),
    "customer.logged_in": _("a login"),
    "consent.given": _("a sign-up"),
}

_STATES = {
    "queued": _("queued"),
    "sending": _("on its way"),
    "sent": _("sent"),
    "failed": _("failed"),
    "suppressed": _("not sent"),
    "unknown": _("outcome unknown"),
}


class CustomerView(Guarded, WagtailAdminTemplateMixin, TemplateView):
    permission = SEE_PEOPLE
    header_icon = "user"
    template_name = "clm_plugin/console/customer.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        profile = insights.profile(kwargs["pk"])
        if profile is None:
            raise Http404
        if profile.merged_into_id:
            return redirect("clm_customers:customer", profile.merged_into_id)
        self.profile = profile
        return super().get(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return name_of(self.profile)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("clm_customers:index"), "label": _("Customers")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        profile = self.profile
        page = insights.timeline(
            profile.pk, older_than=parse_cursor(self.request.GET.get("older", ""))
        )
        sees_receipts = may(self.request, SEE_RECEIPTS)
        context: dict[str, Any] = {
            "profile": profile,
            "name": name_of(profile),
            "facts": getattr(profile, "facts", None),
            "standing": getattr(profile, "standing", None),
            "currency": settings.CURRENCY,
            "now": clock.now(),
            "entries": entries(page, titles(page)),
            "older": cursor_text(page.older) if page.older else "",
            "is_newest": "older" not in self.request.GET,
            "moves": [told_move(change) for change in insights.stage_history(profile.pk)],
            "consents": [
                (consent, purpose(consent.purpose, consent.channel))
                for consent in insights.consents(profile.pk)
            ],
            "identity": identity_of(profile, self.request),
            "offers": offers_box(profile.pk, self.request),
            "segments": segments_box(profile.pk, self.request),
            "credit": credit_box(profile.pk, self.request, now=clock.now()),
            "sees_segments": may(self.request, *SEE_SEGMENTS),
            "sees_receipts": sees_receipts,
            "limit": insights.LIST_LIMIT,
        }
        if context["standing"]:
            context["stage"] = stage_label(context["standing"].stage)
        if sees_receipts:
            names = campaign_names()
            context["receipts"] = [
                told_receipt(receipt, names) for receipt in insights.receipts(profile.pk)
            ]
            context["deliveries"] = [
                (
                    mail,
                    _STATES.get(mail.state, mail.state),
                    names.get(mail.campaign, mail.campaign),
                    mail_reason(mail.reason),
                )
                for mail in insights.deliveries(profile.pk)
            ]
            context["credits"] = [
                (credit, names.get(credit.campaign, credit.campaign))
                for credit in insights.credits_of(profile.pk)
            ]
        return super().get_context_data(**context, **kwargs)


def name_of(profile: Profile) -> str:
    """What we call a person: the first name, the address, or that we do not know her."""
    return profile.first_name or profile.email or str(_("Visitor %(id)s") % {"id": profile.pk})


def campaign_names() -> dict[str, str]:
    """Campaign names by key; one query."""
    from clm_plugin.campaigns.models import Campaign

    return dict(Campaign.objects.order_by().values_list("key", "name"))


def told_receipt(receipt: Receipt, names: dict[str, str]) -> Told:
    return Told(
        receipt=receipt,
        campaign=names.get(receipt.campaign, receipt.campaign),
        explanation=explain(receipt.rule, receipt.inputs),
    )


def told_move(change: StageChange) -> Moved:
    return Moved(
        change=change,
        source=stage_label(change.from_stage),
        target=stage_label(change.to_stage),
        cause=str(_CAUSES.get(change.cause, change.cause)),
    )


def titles(page: TimelinePage) -> dict[str, str]:
    """Product titles for a page of the timeline, in one call of the shop; ids stay without it."""
    ids = product_ids(page)
    if not ids:
        return {}
    try:
        return {key: product.title for key, product in get_shop().products(ids).items()}
    except ShopError:  # a customer's page must open even when the shop's adapter does not
        return {}


def cursor_text(cursor: Cursor) -> str:
    return f"{cursor.at.isoformat()}~{cursor.id}"


def parse_cursor(text: str) -> Cursor | None:
    """The cursor that a link carries; None (the newest page) for anything else."""
    at, _sep, key = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        cursor = Cursor(at=moment, id=UUID(key))
    except ValueError:
        return None
    return cursor if moment.tzinfo else None
