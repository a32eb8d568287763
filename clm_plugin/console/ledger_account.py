"""One account: what a person holds of a programme, lot by lot, and how it came to that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from clm_plugin import clock
from clm_plugin.console.customer import name_of
from clm_plugin.console.exports import Exports
from clm_plugin.console.guard import GIVE_CREDIT, SEE_CREDIT, SEE_PEOPLE, may
from clm_plugin.console.ledger_keyset import PAGE, before_of, page_of
from clm_plugin.console.ledger_screen import Screen
from clm_plugin.console.ledger_words import (
    Link,
    Sources,
    actor_words,
    kind_words,
    lot_state,
    order_link,
    programme_names,
    reason_words,
)
from clm_plugin.wallet.models import Account, Hold, Lot, Posting, Transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest

SHOWN = 50
"""Lots on the page; a list of its own has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLot:
    lot: Lot
    tone: str
    state: str
    reason: str
    source: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A transaction as the account saw it, and what it held afterwards."""

    transaction: Transaction
    kind: str
    minor: int
    debt_minor: int
    balance_minor: int
    order: Link | None
    source: Link | None
    reason: str
    actor: str


def told_lots(rows: Sequence[Lot], now: datetime, request: HttpRequest) -> list[ToldLot]:
    told, sources = [], Sources(request, rows)
    for lot in rows:
        tone, state = lot_state(lot, now)
        told.append(
            ToldLot(
                lot=lot,
                tone=tone,
                state=state,
                reason=reason_words(lot.reason),
                source=sources.of(lot),
            )
        )
    return told


class AccountScreen(Screen):
    """Base of the screens of one account, which its address names. Raises Http404."""

    permission = SEE_CREDIT
    tab = "transactions"

    @cached_property
    def account(self) -> Account:
        rows = Account.objects.select_related("profile")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None or found.purpose not in (Account.Purpose.CUSTOMER, Account.Purpose.DEBT):
            raise Http404
        return found

    @cached_property
    def owner(self) -> str:
        profile = self.account.profile
        return name_of(profile) if profile is not None else _("Somebody who was erased")

    @cached_property
    def programme(self) -> str:
        return programme_names().get(self.account.programme, self.account.programme)

    def get_page_title(self) -> str:
        return f"{self.owner}: {self.programme}"


class AccountView(Exports, AccountScreen, TemplateView):
    """Balance, lots, holds and movements. The export holds every movement."""

    template_name = "clm_plugin/console/ledger_account.html"
    exports = "account"
    beside: Sequence[Account] = ()
    """Her debt of the same programme."""

    def export_rows(self) -> QuerySet[Posting]:
        return Posting.objects.filter(account__in=self._both())

    def _both(self) -> list[int]:
        """The account, and the debt (or the credit) beside it; one query."""
        its = self.account
        if its.opened_for is None:
            return [its.pk]
        beside = Account.objects.filter(opened_for=its.opened_for, programme=its.programme)
        self.beside = list(beside.exclude(pk=its.pk))
        return [its.pk, *(account.pk for account in self.beside)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, its = clock.now(), self.account
        both = self._both()
        main = next(
            (each for each in (its, *self.beside) if each.purpose == Account.Purpose.CUSTOMER), its
        )
        lots = list(
            Lot.objects.filter(account=main, remaining_minor__gt=0).order_by("expires_at", "pk")[
                :SHOWN
            ]
        )
        lives = Q(expires_at=None) | Q(expires_at__gt=now)
        sums = Lot.objects.filter(account=main, remaining_minor__gt=0).aggregate(
            open=Sum("remaining_minor", filter=Q(opens_at__lte=now) & lives, default=0),
            later=Sum("remaining_minor", filter=Q(opens_at__gt=now), default=0),
        )
        debts = [each for each in (its, *self.beside) if each.purpose == Account.Purpose.DEBT]
        profile = main.profile
        return super().get_context_data(
            account=main,
            owner=self.owner,
            programme=self.programme,
            open_minor=sums["open"] - main.held_minor,
            later_minor=sums["later"],
            debt_minor=-sum(each.balance_minor for each in debts),
            lots=told_lots(lots, now, self.request),
            shown=SHOWN,
            next_expiry=min((lot.expires_at for lot in lots if lot.expires_at), default=None),
            holds=self._holds(main),
            page=self._page(main, both),
            customer_url=reverse("clm_customers:customer", args=(profile.pk,))
            if profile is not None and may(self.request, SEE_PEOPLE)
            else "",
            give_url=f"{reverse('clm_ledger:give')}?profile={profile.pk}&programme={main.programme}"
            if profile is not None and may(self.request, GIVE_CREDIT)
            else "",
            **kwargs,
        )

    def _holds(self, account: Account) -> list[tuple[Hold, int]]:
        """What is set aside of this account now, with how much of it; two queries by index."""
        if not account.held_minor or account.profile_id is None:
            return []
        rows = Hold.objects.filter(
            state=Hold.State.PENDING, profile=account.profile_id, shares__lot__account=account
        ).annotate(part=Sum("shares__amount_minor"))
        return [(row, row.part) for row in rows.order_by("expires_at")[:SHOWN]]

    def _page(self, account: Account, both: Sequence[int]) -> Any:
        """The movements of a page with the balance after each; three queries."""
        before = before_of(self.request)
        legs: Any = Posting.objects.filter(account__in=both)
        if before is not None:
            legs = legs.filter(transaction__lt=before)
        rows = list(
            legs.values("transaction_id")
            .annotate(
                credit=Sum("amount_minor", filter=Q(account=account.pk), default=0),
                debt=Sum("amount_minor", filter=~Q(account=account.pk), default=0),
            )
            .order_by("-transaction_id")[: PAGE + 1]
        )
        page = page_of(self.request, rows, lambda row: int(row["transaction_id"]))
        found = Transaction.objects.in_bulk([row["transaction_id"] for row in page.rows])
        balance = self._balance_at(account, page.rows[0]["transaction_id"]) if page.rows else 0
        moved, sources = [], Sources(self.request, found.values())
        for row in page.rows:
            moved.append(_moved(found[row["transaction_id"]], row, balance, sources))
            balance -= row["credit"]
        return {"rows": moved, "older": page.older, "newest": page.newest}

    def _balance_at(self, account: Account, transaction: int) -> int:
        if before_of(self.request) is None:
            return account.balance_minor
        legs = Posting.objects.filter(account=account, transaction__lte=transaction)
        return legs.aggregate(total=Sum("amount_minor"))["total"] or 0


def _moved(row: Transaction, sums: dict[str, int], balance: int, sources: Sources) -> Moved:
    return Moved(
        transaction=row,
        kind=kind_words(row.kind),
        minor=sums["credit"],
        debt_minor=-sums["debt"],
        balance_minor=balance,
        order=order_link(row),
        source=sources.of(row),
        reason=reason_words(row.reason),
        actor=actor_words(row.actor),
    )


class LotsView(Exports, AccountScreen, TemplateView):
    """All lots of an account, newest first, those that are over as well."""

    template_name = "clm_plugin/console/ledger_lots.html"
    exports = "lots"

    def get_page_title(self) -> str:
        return str(gettext_lazy("Lots"))

    def trail(self) -> list[dict[str, Any]]:
        url = reverse("clm_ledger:account", args=(self.account.pk,))
        return [{"url": url, "label": f"{self.owner}: {self.programme}"}]

    def export_rows(self) -> QuerySet[Lot]:
        return Lot.objects.filter(account=self.account)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.export_rows()
        before = before_of(self.request)
        if before is not None:
            rows = rows.filter(pk__lt=before)
        page = page_of(self.request, list(rows.order_by("-pk")[: PAGE + 1]), lambda row: row.pk)
        return super().get_context_data(
            account=self.account,
            lots=told_lots(page.rows, clock.now(), self.request),
            page=page,
            **kwargs,
        )
