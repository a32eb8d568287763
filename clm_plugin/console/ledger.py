"""Store credit in the console: what is owed, whether the books are right, and the way into them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from clm_plugin.console import credit_grants, credit_grants_requests, liability
from clm_plugin.console.guard import (
    GIVE_CREDIT,
    SEE_BOOKS,
    SEE_CREDIT,
    SEE_PROGRAMMES,
    GuardedViewSet,
    may,
)
from clm_plugin.console.ledger_account import AccountView, LotsView
from clm_plugin.console.ledger_lists import TransactionFilters, TransactionsView, told
from clm_plugin.console.ledger_proof import told_proof
from clm_plugin.console.ledger_screen import Screen
from clm_plugin.console.ledger_transaction import ReverseView, TransactionView
from clm_plugin.console.ledger_words import programme_names
from clm_plugin.insights.api import CreditSums, credit_sums
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.models import Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable

LATEST = 10
_MINOR = ("issued", "redeemed", "expired", "clawed_back", "debt", "liability")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The books of a programme, or of all of one currency (``is_sum``)."""

    name: str
    sums: CreditSums
    owed: int
    held: int
    people: int
    is_sum: bool = False

    @property
    def agrees(self) -> bool:
        """Whether what is owed is what was issued less what became of it."""
        return self.owed == self.sums.liability


def lines(sums: Iterable[CreditSums], owed: Iterable[wallet.Owed]) -> list[Line]:
    """A line for each programme, and a sum for each currency with more than one of them."""
    names = programme_names()
    now = {each.programme: each for each in owed}
    told: dict[str, list[Line]] = defaultdict(list)
    for its in sums:
        here = now.get(its.programme)
        told[its.currency].append(
            Line(
                name=names.get(its.programme, its.programme),
                sums=its,
                owed=here.owed if here else 0,
                held=here.held if here else 0,
                people=here.people if here else 0,
            )
        )
    found: list[Line] = []
    for currency, its_lines in sorted(told.items()):
        found += its_lines
        if len(its_lines) > 1:
            found.append(_sum(currency, its_lines))
    return found


def _sum(currency: str, its: list[Line]) -> Line:
    together = {
        field.name: sum(getattr(line.sums, field.name) for line in its)
        for field in fields(CreditSums)
        if field.name in _MINOR
    }
    return Line(
        name="",
        sums=CreditSums(currency=currency, **together),
        owed=sum(line.owed for line in its),
        held=sum(line.held for line in its),
        people=sum(line.people for line in its),
        is_sum=True,
    )


class LedgerView(Screen, TemplateView):
    """The books of all programmes, the proof that they are right, and the latest transactions."""

    permission = (SEE_BOOKS, SEE_CREDIT)
    page_title = _("Store credit")
    template_name = "clm_plugin/console/ledger.html"
    tab = "overview"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = {"proof": told_proof(wallet.last_proof())}
        if may(self.request, SEE_BOOKS):
            told_lines = lines(credit_sums(), wallet.owed_now())
            context["lines"] = told_lines
            context["heads"] = [
                line
                for line in told_lines
                if line.is_sum
                or sum(each.sums.currency == line.sums.currency for each in told_lines) == 1
            ]
        if may(self.request, SEE_CREDIT):
            names = programme_names()
            rows = list(Transaction.objects.order_by("-pk")[:LATEST])
            context |= {
                "latest": told(rows, names, self.request),
                "form": TransactionFilters({}, names),
                "any": bool(rows),
            }
        else:
            context["any"] = bool(context.get("lines"))
        if not context["any"]:
            context |= self._first_steps()
        return super().get_context_data(**context, **kwargs)

    def _first_steps(self) -> dict[str, Any]:
        """Where a shop without any credit goes from here, for who may go there."""
        live = wallet.live_programmes().plans.values()
        has_live = any(not plan.withdrawn for plan in live)
        gives = has_live and may(self.request, GIVE_CREDIT)
        return {
            "any_programme": has_live,
            "begin_url": reverse("clm_programmes:list")
            if may(self.request, *SEE_PROGRAMMES)
            else "",
            "give_url": reverse("clm_ledger:give") if gives else "",
        }


class LedgerViewSet(GuardedViewSet):
    name = "clm_ledger"
    url_prefix = "lifecycle/store-credit"
    permission = (SEE_BOOKS, SEE_CREDIT)
    icon = "clm-wallet"
    menu_label = _("Store credit")
    menu_name = "clm-ledger"

    def get_urlpatterns(self) -> list[URLPattern]:
        requests = credit_grants_requests
        return [
            path("", LedgerView.as_view(), name="index"),
            path("transactions/", TransactionsView.as_view(), name="transactions"),
            path("transactions/<int:pk>/", TransactionView.as_view(), name="transaction"),
            path("transactions/<int:pk>/reverse/", ReverseView.as_view(), name="reverse"),
            path("accounts/<int:pk>/", AccountView.as_view(), name="account"),
            path("accounts/<int:pk>/lots/", LotsView.as_view(), name="lots"),
            path("liability/", liability.LiabilityView.as_view(), name="liability"),
            path("give/", credit_grants.GiveView.as_view(), name="give"),
            path("by-hand/", requests.RequestsView.as_view(), name="requests"),
            path("by-hand/<int:pk>/", requests.RequestView.as_view(), name="request"),
            path("by-hand/<int:pk>/approve/", requests.ApproveView.as_view(), name="approve"),
            path("by-hand/<int:pk>/refuse/", requests.RefuseView.as_view(), name="refuse"),
        ]
