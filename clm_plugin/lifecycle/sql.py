"""The rules of a model as SQL, for everybody at once: the same answer as ``rules.py``, row by row.

``placing`` gives the common table expressions ``yard`` (what the rules look at), ``staged`` (the
stage) and ``placed``: (pid, stage, due_at, advocate, churn_risk). Every number in the text is one
that we computed; names of stages go as parameters.

Time is counted in whole microseconds. PostgreSQL adds intervals to timestamps; SQLite keeps
timestamps as text, so there they are numbers until the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection

from clm_plugin.lifecycle.models import PurchaseGap
from clm_plugin.lifecycle.ruler import REFERRALS, SURVEYS
from clm_plugin.lifecycle.rules import (
    DAY_MICROS,
    DEFAULT_GAP,
    MIN_GAP,
    OWN_GAP_ORDERS,
    PROMOTER,
    STORE_GAPS,
)
from clm_plugin.profiles.api import facts, profiles, trait_values

if TYPE_CHECKING:
    from clm_plugin.lifecycle.data import Entry, FlagRules, Model, Stage
    from clm_plugin.lifecycle.gaps import Yardsticks

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sql:
    """A piece of SQL with its parameters."""

    text: str
    params: list[str]


class _Postgres:
    never = "'infinity'::timestamptz"
    least, greatest = "LEAST", "GREATEST"

    def at(self, column: str) -> str:
        return column

    def moment(self, at: datetime) -> str:
        return f"'{at.astimezone(UTC).isoformat()}'::timestamptz"

    def whole(self, number: str) -> str:
        return f"trunc({number})"

    def plus(self, at: str, micros: str) -> str:
        return f"({at} + {micros} * interval '1 microsecond')"

    def column(self, at: str) -> str:
        return at


class _Sqlite:
    never = "9e18"
    least, greatest = "MIN", "MAX"

    def at(self, column: str) -> str:
        # "2026-11-21 12:00:00" or "2026-11-21 12:00:00.123456", UTC
        return (
            f"(CAST(strftime('%%s', substr({column}, 1, 19)) AS INTEGER) * 1000000"
            f" + CAST(substr(substr({column}, 21) || '000000', 1, 6) AS INTEGER))"
        )

    def moment(self, at: datetime) -> str:
        return str((at - _EPOCH) // timedelta(microseconds=1))

    def whole(self, number: str) -> str:
        return f"CAST({number} AS INTEGER)"

    def plus(self, at: str, micros: str) -> str:
        return f"({at} + {micros})"

    def column(self, at: str) -> str:
        rest = f"({at} - {at} / 1000000 * 1000000)"
        return (
            f"(datetime({at} / 1000000, 'unixepoch') ||"
            f" CASE {rest} WHEN 0 THEN '' ELSE '.' || substr('000000' || {rest}, -6) END)"
        )


def placing(
    model: Model,
    yardsticks: Yardsticks,
    *,
    now: datetime,
    above: int,
    to: int,
    one_in: int = 1,
) -> Sql:
    """``WITH … placed`` for the profiles with ``above < id <= to``; ``one_in``: a sample."""
    speak = _Postgres() if connection.vendor == "postgresql" else _Sqlite()
    moment = speak.moment(now)
    spans = [_span(stage.entry, speak) for stage in model.stages]
    numbers = range(len(model.stages) - 1, 0, -1)
    where_am_i = " ".join(
        f"WHEN {_holds(model.stages[n], spans[n], moment)} THEN {n}" for n in numbers
    )
    names = " ".join(f"WHEN {n} THEN %s" for n in range(len(model.stages)))
    advocate, risk, flips = _flags(model.flags, yardsticks.worth_minor, speak, moment)
    due = f"{speak.least}({speak.never}, {_due(model, spans, speak, moment)}, {flips})"
    text = (
        f"WITH yard AS ({_yard(model, yardsticks, speak, above, to, one_in)}),"
        f" staged AS (SELECT yard.*, CASE {where_am_i} ELSE 0 END AS no FROM yard),"
        f" timed AS (SELECT pid, CASE no {names} END AS stage, {due} AS due,"
        f" {advocate} AS advocate, {risk} AS churn_risk FROM staged),"
        " placed AS (SELECT pid, stage, advocate, churn_risk,"
        f" CASE WHEN due < {speak.never} THEN {speak.column('due')} END AS due_at FROM timed)"
    )
    return Sql(text=text, params=list(model.keys))


def within(column: str, above: int, to: int) -> str:
    """A range of profiles. Say it of every table that is joined: no planner infers it."""
    return f"{column} > {above:d} AND {column} <= {to:d}"


def _yard(
    model: Model,
    yardsticks: Yardsticks,
    speak: _Postgres | _Sqlite,
    above: int,
    to: int,
    one_in: int,
) -> str:
    tables = [m._meta.db_table for m in (facts().model, profiles().model, PurchaseGap)]
    traits = trait_values().model._meta.db_table
    store = yardsticks.store if yardsticks.store is not None else DEFAULT_GAP.days
    days = (
        f"COALESCE(CASE WHEN f.orders >= {OWN_GAP_ORDERS} THEN f.gap_days END, c.median_days,"
        f" {float(store)!r})"
    )
    gap = (
        f"{speak.greatest}({speak.whole(f'{days} * {float(DAY_MICROS)!r}')},"
        f" {MIN_GAP // timedelta(microseconds=1)})"
    )
    recommended = (
        f"CASE WHEN f.orders < {model.flags.advocate_orders} THEN 0"
        f" WHEN f.praises > 0 THEN 1 WHEN EXISTS (SELECT 1 FROM {traits} t"
        " WHERE t.profile_id = f.profile_id AND"
        f" ((substr(t.key, 1, {len(SURVEYS)}) = '{SURVEYS}' AND t.number >= {PROMOTER})"
        f" OR (t.key = '{REFERRALS}' AND t.number >= 1))) THEN 1 ELSE 0 END"
    )
    sample = f" AND f.profile_id - f.profile_id / {one_in} * {one_in} = 0" if one_in > 1 else ""
    return (
        "SELECT f.profile_id AS pid, (p.customer_id <> '' OR p.email <> '') AS known,"
        " f.product_views AS views, f.orders, f.spend_minor AS spend,"
        f" CASE WHEN f.orders > 0 THEN {speak.at('f.last_order_at')} END AS last,"
        f" CASE WHEN f.basket_items > 0 THEN {speak.at('f.basket_at')} END AS basket,"
        f" {gap} AS gap, {recommended} AS recommended"
        f" FROM {tables[0]} f JOIN {tables[1]} p ON p.id = f.profile_id"
        f" LEFT JOIN {tables[2]} c ON c.category_id = f.main_category AND c.category_id <> ''"
        f" AND c.gaps >= {STORE_GAPS}"
        f" WHERE {within('f.profile_id', above, to)} AND {within('p.id', above, to)}{sample}"
    )


_Span = tuple[list[str], list[str]]
"""When an entry rule begins to hold and when it ends: all of each must be past, or to come."""


def _span(entry: Entry, speak: _Postgres | _Sqlite) -> _Span:
    begins: list[str] = []
    ends: list[str] = []
    for found, gaps, fixed in (
        (begins, entry.silent_gaps, entry.silent_for),
        (ends, entry.bought_within_gaps, entry.bought_within),
    ):
        if gaps:
            found.append(_gaps_later(gaps, speak))
        if fixed is not None:
            found.append(speak.plus("last", str(fixed // timedelta(microseconds=1))))
    if entry.basket_within is not None:
        within = entry.basket_within // timedelta(microseconds=1)
        ends.append(speak.plus("basket", str(within)))
    return begins, ends


def _gaps_later(gaps: float, speak: _Postgres | _Sqlite) -> str:
    return speak.plus("last", speak.whole(f"gap * {float(gaps)!r}"))


def _holds(stage: Stage, span: _Span, moment: str, *, ever: bool = False) -> str:
    """The entry rule as a condition; ``ever``: without time, but its facts must be there."""
    entry = stage.entry
    parts = []
    if entry.known:
        parts.append("known")
    if entry.engaged_views is not None:
        parts.append(f"(known OR views >= {int(entry.engaged_views)})")
    if entry.min_views:
        parts.append(f"views >= {int(entry.min_views)}")
    if entry.min_orders:
        parts.append(f"orders >= {int(entry.min_orders)}")
    if entry.max_orders is not None:
        parts.append(f"orders <= {int(entry.max_orders)}")
    if entry.min_spend_minor:
        parts.append(f"spend >= {int(entry.min_spend_minor)}")
    begins, ends = span
    if ever:  # LEAST of PostgreSQL passes over what is NULL; a span without its fact is none
        parts += [f"{fact} IS NOT NULL" for fact in _facts_of(entry)]
    else:
        parts += [f"{begin} <= {moment}" for begin in begins]
        parts += [f"{moment} < {end}" for end in ends]
    return " AND ".join(parts) or "1 = 1"


def _facts_of(entry: Entry) -> list[str]:
    """The facts that the span of an entry rule is counted from."""
    by_order = any(
        (entry.silent_gaps, entry.silent_for, entry.bought_within_gaps, entry.bought_within)
    )
    return [*(["last"] if by_order else []), *(["basket"] if entry.basket_within else [])]


def _due(model: Model, spans: list[_Span], speak: _Postgres | _Sqlite, moment: str) -> str:
    """The first of: this stage's end, and the begin of a later stage that will come."""
    never, cases = speak.never, []
    for number, stage in enumerate(model.stages):
        begins, ends = spans[number]
        if ends:
            cases.append(f"CASE WHEN no = {number} THEN {_first(ends, speak)} END")
        if begins:
            begin = _last(begins, speak)
            lasts = f" AND {begin} < {_first(ends, speak)}" if ends else ""
            cases.append(
                f"CASE WHEN no < {number} AND {_holds(stage, spans[number], moment, ever=True)}"
                f" AND {begin} > {moment}{lasts} THEN {begin} END"
            )
    return ", ".join(f"COALESCE({case}, {never})" for case in cases) or never


def _first(ats: list[str], speak: _Postgres | _Sqlite) -> str:
    return ats[0] if len(ats) == 1 else f"{speak.least}({', '.join(ats)})"


def _last(ats: list[str], speak: _Postgres | _Sqlite) -> str:
    return ats[0] if len(ats) == 1 else f"{speak.greatest}({', '.join(ats)})"


def _flags(
    rules: FlagRules, worth: int, speak: _Postgres | _Sqlite, moment: str
) -> tuple[str, str, str]:
    """Advocate, churn risk, and the moments at which time flips them."""
    least = worth if rules.churn_spend_minor is None else rules.churn_spend_minor
    fond = _gaps_later(rules.advocate_gaps, speak)
    start = _gaps_later(rules.churn_from_gaps, speak)
    end = _gaps_later(rules.churn_until_gaps, speak)
    recommends = f"recommended = 1 AND orders >= {int(rules.advocate_orders)}"
    of_worth = f"orders >= {int(rules.churn_orders)} AND spend >= {int(least)}"
    advocate = f"CASE WHEN {recommends} AND {moment} < {fond} THEN TRUE ELSE FALSE END"
    risk = (
        f"CASE WHEN {of_worth} AND {start} <= {moment} AND {moment} < {end}"
        " THEN TRUE ELSE FALSE END"
    )
    flips = (
        f"CASE WHEN {recommends} AND {moment} < {fond} THEN {fond} END",
        f"CASE WHEN {of_worth} AND {moment} < {end} THEN"
        f" CASE WHEN {moment} < {start} THEN {start} ELSE {end} END END",
    )
    return advocate, risk, ", ".join(f"COALESCE({flip}, {speak.never})" for flip in flips)
