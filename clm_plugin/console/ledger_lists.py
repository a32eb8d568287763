"""The list of transactions: searched by customer, order, number or key; paged by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from clm_plugin.adapters.files.api import find_people
from clm_plugin.console.exports import Exports
from clm_plugin.console.guard import SEE_CREDIT
from clm_plugin.console.ledger_keyset import PAGE, before_of, page_of
from clm_plugin.console.ledger_screen import Screen
from clm_plugin.console.ledger_words import (
    KINDS,
    Link,
    Sources,
    actor_words,
    kind_words,
    order_link,
    programme_names,
    reason_words,
)
from clm_plugin.wallet.models import Account, Posting, Transaction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from clm_plugin.profiles.models import Profile

RARE = 200_000
"""Transactions that a filter without an index looks through, the newest first."""
FOUND = 200
"""Transactions and accounts that a search finds at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A transaction in words, with what it was to the customer."""

    transaction: Transaction
    kind: str
    minor: int
    programmes: tuple[str, ...]
    profile: Profile | None
    account: int | None
    source: Link | None
    """The order that it was for, else where it came from."""
    reason: str
    actor: str


def told(rows: Sequence[Transaction], names: Mapping[str, str], request: HttpRequest) -> list[Told]:
    """Transactions in words; one query for all their postings, two for what they came from."""
    sources = Sources(request, rows)
    legs: dict[int, list[Posting]] = {}
    found = Posting.objects.filter(transaction__in=rows).select_related("account__profile")
    for leg in found.order_by("pk"):
        legs.setdefault(leg.transaction_id, []).append(leg)
    return [_told(row, legs.get(row.pk, []), names, sources) for row in rows]


def _told(
    row: Transaction, legs: Sequence[Posting], names: Mapping[str, str], sources: Sources
) -> Told:
    own = [leg for leg in legs if leg.account.purpose == Account.Purpose.CUSTOMER]
    own = own or [leg for leg in legs if leg.account.purpose == Account.Purpose.DEBT]
    keys = dict.fromkeys(leg.account.programme for leg in own)
    return Told(
        transaction=row,
        kind=kind_words(row.kind),
        minor=sum(leg.amount_minor for leg in own),
        programmes=tuple(names.get(key, key) for key in keys),
        profile=own[0].account.profile if own else None,
        account=own[0].account_id if own else None,
        source=order_link(row) or sources.of(row),
        reason=reason_words(row.reason),
        actor=actor_words(row.actor),
    )


class TransactionFilters(forms.Form):
    """What narrows the list. A field that is wrong narrows nothing."""

    q = forms.CharField(
        label=gettext_lazy("Search"), required=False, max_length=200, strip=True,
        help_text=gettext_lazy("E-mail, customer number, order number, transaction or key"),
        widget=forms.TextInput(attrs={"type": "search"}),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("What happened"), required=False)
    programme = forms.ChoiceField(label=gettext_lazy("Programme"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, data: Any, names: Mapping[str, str]) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["kind"].choices = [("", _("All")), *((key, _(text)) for key, text in KINDS.items())]
        fields["programme"].choices = [("", _("All")), *names.items()]
        self.is_valid()

    @property
    def said(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value}


def accounts_of(query: str) -> list[Account]:
    """The accounts of whom a search names; three queries by index."""
    people = find_people([query]).get(query, [])
    rows = Account.objects.filter(profile__in=people, purpose=Account.Purpose.CUSTOMER)
    return list(rows.select_related("profile").order_by("pk")[:FOUND])


def narrowed(said: Mapping[str, Any], accounts: Sequence[Account]) -> QuerySet[Transaction]:
    """The transactions that somebody asked for; each condition is found by an index.

    What happened and the programme have none: they are looked for among the newest ``RARE``.
    """
    rows = Transaction.objects.all()
    if query := said.get("q"):
        rows = rows.filter(pk__in=_found(query, accounts))
    elif said.get("kind") or said.get("programme"):
        newest = Transaction.objects.aggregate(newest=Max("pk"))["newest"] or 0
        rows = rows.filter(pk__gt=newest - RARE)
    if kind := said.get("kind"):
        rows = rows.filter(kind=kind)
    if programme := said.get("programme"):
        rows = rows.filter(programme=programme)
    if since := said.get("since"):
        rows = rows.filter(at__gte=_midnight(since))
    if until := said.get("until"):
        rows = rows.filter(at__lt=_midnight(until + timedelta(days=1)))
    return rows


def _found(query: str, accounts: Sequence[Account]) -> set[int]:
    """Transactions of a number, key, order or source, and those of people's accounts."""
    wanted = [Q(key=query), ~Q(order_id="") & Q(order_id=query)]
    if query.isdecimal() and len(query) < 19:
        wanted.append(Q(pk=int(query)))
    found: set[int] = set()
    for each in wanted:
        rows = Transaction.objects.filter(each).order_by()
        found.update(rows.values_list("pk", flat=True)[:FOUND])
    if accounts:
        own = Posting.objects.filter(account__in=accounts).order_by("-transaction_id")
        found.update(own.values_list("transaction_id", flat=True)[: 5 * FOUND])
    return found


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())


class TransactionsView(Exports, Screen, TemplateView):
    permission = SEE_CREDIT
    page_title = gettext_lazy("Transactions")
    template_name = "clm_plugin/console/ledger_transactions.html"
    exports = "transactions"
    narrowed_by = ("kind", "programme", "since", "until")
    tab = "transactions"

    def _rows(self) -> QuerySet[Transaction]:
        self.names = programme_names()
        self.form = TransactionFilters(self.request.GET, self.names)
        query = self.form.said.get("q", "")
        self.accounts = accounts_of(query) if query else []
        return narrowed(self.form.said, self.accounts)

    def export_rows(self) -> QuerySet[Posting]:
        """Every leg of these transactions: a journal that sums to zero."""
        rows = self._rows()
        if not self.form.said:
            return Posting.objects.all()
        return Posting.objects.filter(transaction__in=rows.order_by())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self._rows()
        before = before_of(self.request)
        if before is not None:
            rows = rows.filter(pk__lt=before)
        page = page_of(self.request, list(rows.order_by("-pk")[: PAGE + 1]), lambda row: row.pk)
        said = self.form.said
        return super().get_context_data(
            form=self.form,
            page=page,
            rows=told(page.rows, self.names, self.request),
            accounts=[
                (account, self.names.get(account.programme, account.programme))
                for account in self.accounts
            ],
            is_narrowed=bool(said),
            rare=RARE if said.keys() & {"kind", "programme"} and "q" not in said else 0,
            **kwargs,
        )
