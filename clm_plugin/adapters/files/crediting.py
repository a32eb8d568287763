"""Store credit from a file: one grant a row, once by its reference.

A row is checked against the programmes and people of the moment, so it is settled in batches and
not by itself. Who may have a file read in, and whether a second person must agree to its sum, is
decided before it begins (``begin_approved``, and the console).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from clm_plugin.adapters.files.cells import BadRow, day, money, short
from clm_plugin.adapters.files.data import CreditLine, Field, Importer, Reading, Told
from clm_plugin.adapters.files.people import WHO
from clm_plugin.profiles.api import normalise_email, profiles, profiles_by_id
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import Programme, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from clm_plugin.money import Money

SOURCE = "import"


@dataclass(slots=True)
class Settled:
    """What became of some rows. ``sums``: minor units of new rows by currency; ``bad``: the place
    of a row among those given, and what is wrong with it."""

    sums: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    new: int = 0
    known: int = 0
    bad: list[tuple[int, BadRow]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A row that can be granted."""

    profile: int
    plan: Programme
    amount: Money
    key: str
    line: CreditLine
    opens_at: datetime
    expires_at: datetime | None


@dataclass(slots=True)
class Seen:
    """What earlier parts of a file would give when it is only looked through, so that a row that is
    there twice counts once. Digests: a million rows are some hundred megabytes."""

    parts: int = 0
    """So many parts are in it."""
    _asked: str = ""
    _marks: dict[int, int] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return _mark(key) in self._marks

    def begin(self, asked: str, done: int) -> None:
        """Forget all where the look began anew meanwhile, or is another one; ``done``: parts."""
        if asked != self._asked or done < self.parts:
            self.parts, self._asked = 0, asked
            self._marks.clear()

    def is_same(self, key: str, granted: wallet.Granted) -> bool:
        return self._marks[_mark(key)] == _mark(repr(granted))

    def add(self, key: str, granted: wallet.Granted) -> None:
        self._marks[_mark(key)] = _mark(repr(granted))


def _mark(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def find_people(asked: Iterable[str]) -> dict[str, list[int]]:
    """Profiles by e-mail address or customer number, as given; merged ones are who they became.

    With an address, people with an account win over guests who typed it. At most three queries.
    """
    wanted = {text: text.strip() for text in asked}
    mails = {normalise_email(text) for text in wanted.values() if "@" in text} - {""}
    numbers = {text for text in wanted.values() if text and "@" not in text}
    rows = profiles().filter(Q(email__in=mails) | Q(customer_id__in=numbers)).values_list(
        "pk", "email", "customer_id", "merged_into"
    )  # fmt: skip
    roots = _roots({merged for *_, merged in rows if merged})
    by_name: dict[str, dict[int, bool]] = defaultdict(dict)
    for pk, email, customer, merged in rows:
        root = roots.get(merged, merged) if merged else pk
        for name in {email if email in mails else "", customer if customer in numbers else ""}:
            by_name[name][root] = by_name[name].get(root, False) or bool(customer)
    found: dict[str, list[int]] = {}
    for text, plain in wanted.items():
        name = normalise_email(plain) if "@" in plain else plain
        its = by_name.get(name, {}) if name else {}
        found[text] = sorted(pk for pk, has in its.items() if has) or sorted(its)
    return found


def _roots(merged: set[int]) -> dict[int, int]:
    """Where merged profiles lead; a chain is two or three long."""
    roots = {pk: pk for pk in merged}
    fresh = merged
    for _step in range(20):
        if not fresh:
            break
        after = {pk: row.merged_into_id for pk, row in profiles_by_id(fresh).items()}
        fresh = {to for to in after.values() if to}
        roots = {pk: after.get(to) or to for pk, to in roots.items()}
    return roots


def settle(
    lines: Sequence[CreditLine],
    reading: Reading,
    *,
    now: datetime,
    actor: str = "",
    post: bool = False,
    left: Mapping[str, int] | None = None,
    seen: Seen | None = None,
) -> Settled:
    """Look through rows, and with ``post`` grant them; ``left``: what was agreed to and not given.

    ``seen``: what parts before would give, where rows are only looked through.

    A fixed number of queries to look, and the ledger's own for each grant.
    """
    done = Settled()
    people = find_people({line.id or line.email for line in lines})
    plans = {each.key.casefold(): each for each in wallet.live_programmes().plans.values()}
    plans |= {each.name.casefold(): each for each in plans.values()}
    ready: list[tuple[int, _Ready]] = []
    for place, line in enumerate(lines):
        try:
            ready.append((place, _ready(line, reading, people, plans, now)))
        except BadRow as error:
            done.bad.append((place, error))
    before = wallet.grants_of(each.key for _, each in ready)
    rest = dict(left or {})
    seen = Seen() if seen is None else seen
    for place, each in ready:
        try:
            _one(each, before, seen, done, rest if post else None, now=now, actor=actor)
        except BadRow as error:
            done.bad.append((place, error))
    return done


def _one(
    each: _Ready, before: Mapping[str, wallet.Granted], seen: Seen, done: Settled,
    rest: dict[str, int] | None, *, now: datetime, actor: str,
) -> None:  # fmt: skip
    """Count a row, and grant it where ``rest`` says what may still be given."""
    its, currency, minor = each.plan.key, each.amount.currency, each.amount.minor
    now_granted = wallet.Granted(
        profile_id=each.profile, programme=its, currency=currency, minor=minor
    )
    if each.key in before or each.key in seen:
        old = before.get(each.key)
        if not (old == now_granted if old else seen.is_same(each.key, now_granted)):
            raise BadRow("reference", "was used before for another person or amount")
        done.known += 1
        return
    if rest is not None:
        if minor > rest.get(currency, 0):
            raise BadRow("amount", "is beyond the sum that was looked through and agreed to")
        _grant(each, now=now, actor=actor)
        rest[currency] -= minor
    seen.add(each.key, now_granted)
    done.sums[currency] += minor
    done.new += 1


def _grant(each: _Ready, *, now: datetime, actor: str) -> None:
    try:
        wallet.grant(
            profile_id=each.profile, programme=each.plan.key, amount=each.amount, key=each.key,
            opens_at=each.opens_at, expires_at=each.expires_at,
            source=Source(SOURCE, each.line.reference), reason=each.line.reason, actor=actor,
            now=now, budget_minor=each.plan.budget_minor,
        )  # fmt: skip
    except wallet.WalletError as error:
        raise BadRow("", str(error)) from error


def _ready(
    line: CreditLine,
    reading: Reading,
    people: Mapping[str, Sequence[int]],
    plans: Mapping[str, Programme],
    now: datetime,
) -> _Ready:
    plan = plans.get(line.programme.casefold())
    if plan is None or plan.withdrawn:
        raise BadRow("programme", f"“{line.programme[:40]}” is no programme that is live")
    who = line.id or line.email
    found, column = people.get(who, ()), "id" if line.id else "email"
    if not found:
        raise BadRow(column, f"nobody is called “{who[:60]}”")
    if len(found) > 1:
        raise BadRow(column, "several people have it: give the customer number")
    amount = money(line.amount, plan.currency, "amount", reading, exact=True)
    if amount.minor <= 0:
        raise BadRow("amount", "is not more than nothing")
    try:
        opens_at, expires_at = wallet.given_terms(plan, now)
    except wallet.WalletError as error:
        raise BadRow("programme", "its time to spend is over") from error
    if line.until is not None:
        if line.until.year > wallet.LAST_YEAR:
            raise BadRow("expires", "is too far away; leave it empty for what the programme says")
        after = line.until + timedelta(days=1)
        expires_at = datetime.combine(after, time.min, tzinfo=ZoneInfo(plan.zone))
        if expires_at <= opens_at:
            raise BadRow("expires", "is over: the credit could never be spent")
    return _Ready(
        profile=found[0], plan=plan, amount=amount, key=f"file:{plan.key}:{line.reference}",
        line=line, opens_at=opens_at, expires_at=expires_at,
    )  # fmt: skip


def _credit(row: Mapping[str, str], reading: Reading) -> Told:
    id_, email = short(row.get("id", ""), "id", 48), short(row.get("email", ""), "email", 254)
    if not id_ and not email:
        raise BadRow("email", "neither a customer number nor an e-mail")
    reference, reason = row.get("reference", ""), row.get("reason", "")
    if not reference or not reference.isprintable():
        raise BadRow("reference", "is empty, or has signs that cannot be printed")
    if not reason:
        raise BadRow("reason", "is empty")
    until: date | None = day(row["expires"], "expires", reading) if row.get("expires") else None
    return Told(
        credit=CreditLine(
            id=id_, email=email, programme=short(row["programme"], "programme", 80),
            amount=short(row["amount"], "amount", 40), until=until,
            reason=short(reason, "reason", 200), reference=short(reference, "reference", 100),
        )
    )  # fmt: skip


CREDIT = Importer(
    kind="credit",
    label=_("Store credit"),
    help=_("Credit for many people at once; its sum counts against your limit."),
    fields=(
        *WHO,
        Field(
            key="programme",
            label=_("Programme"),
            required=True,
            help=_("Its key or its name, such as “Harbour credit”."),
            names=("programme", "program"),
        ),
        Field(
            key="amount",
            label=_("Amount"),
            required=True,
            help=_("In the programme's currency."),
            names=("amount", "credit", "value"),
        ),
        Field(
            key="expires",
            label=_("Last day"),
            help=_("Without it as the programme says."),
            names=("expires", "expires at", "last day", "until", "expiry"),
        ),
        Field(
            key="reason",
            label=_("Reason"),
            required=True,
            help=_("It stays in the books, and the customer may read it."),
            names=("reason", "why", "note"),
        ),
        Field(
            key="reference",
            label=_("Reference"),
            required=True,
            help=_("A name for the row that no other has: the same one again gives nothing."),
            names=("reference", "ref", "key", "number"),
        ),
    ),
    tell=_credit,
    one_of=("id", "email"),
)
