"""Writing life events: what people declare, and what their orders point to.

Inferred ones are a pure function of the orders and of what the person withdrew, so that a rebuild,
a merge and its undo give the same rows.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection

from clm_plugin.profiles.life_rules import inferred_until, month_day, read_date
from clm_plugin.profiles.models import ItemFact, LifeEvent, LifeEventKind, OrderFact
from clm_plugin.upsert import REPLACE, upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from clm_plugin.profiles.sums import Said

DECLARED, DATED, INFERRED = "declared", "dated", "inferred"
_KEY = ("profile_id", "kind", "source")
_STATE = ("on_date", "month_day", "yearly", "declared_at", "ends_at")
# The latest word counts; of two at the same instant the one that takes it back.
_LATER = (
    "CASE WHEN excluded.declared_at > {table}.declared_at OR"
    " (excluded.declared_at = {table}.declared_at AND excluded.ends_at IS NOT NULL)"
    " THEN {new} ELSE {old} END"
)
_CHUNK = 2_000


def write_life_events(life: Mapping[tuple[int, str], Said], ordered: Collection[int]) -> None:
    """Write what a batch tells, and look again at the orders of whom it touched.

    No query for a batch without declarations and orders, one where the shop infers nothing.
    """
    again = set(ordered)
    if life:
        kinds = {k.key: k for k in LifeEventKind.objects.filter(key__in={k for _, k in life})}
        rows = []
        for (pid, key), said in sorted(life.items()):
            if key in kinds and (row := _declared(kinds[key], said)):
                rows.append((pid, key, *row))
                again.add(pid)
        _upsert(rows, _LATER)
    if again:
        infer(again)


def _declared(kind: LifeEventKind, said: Said) -> tuple[Any, ...] | None:
    """Source and state of a declaration; None for a date that is none."""
    on = read_date(said.date)
    dated = kind.source == LifeEventKind.Source.DATED
    if dated and on is None and not said.is_over:
        return None
    ends_at = said.at if said.is_over else None
    source = DATED if dated else DECLARED
    return (source, on, month_day(on), kind.yearly, said.at, ends_at)


def infer(profile_ids: Collection[int]) -> None:
    """Set the inferred life events of these people from all their orders."""
    for kind in LifeEventKind.objects.filter(source=LifeEventKind.Source.INFERRED):
        ids = sorted(profile_ids)
        for start in range(0, len(ids), _CHUNK):
            chunk = ids[start : start + _CHUNK]
            found = list(_hits(kind, profile_ids=chunk))
            LifeEvent.objects.filter(
                kind=kind.key, source=INFERRED, profile__in=set(chunk) - {row[0] for row in found}
            ).delete()
            _upsert(found, REPLACE)


def infer_all(*, now: datetime, kind: LifeEventKind | None = None) -> int:
    """Set the inferred life events of everybody, from the orders that can still point to one.

    For the nightly run, and for a kind that was just edited (its old rows go). Returns how many
    people have one. Orders stream; memory stays flat.
    """
    kinds = [kind] if kind else LifeEventKind.objects.filter(source=LifeEventKind.Source.INFERRED)
    total = 0
    for each in kinds:
        if kind is not None:
            LifeEvent.objects.filter(kind=each.key, source=INFERRED).delete()
        if each.source != LifeEventKind.Source.INFERRED:
            continue
        batch: list[tuple[Any, ...]] = []
        for row in _hits(each, since=now - timedelta(days=each.within_days)):
            batch.append(row)
            if len(batch) == _CHUNK:
                _upsert(batch, REPLACE)
                batch = []
            total += 1
        _upsert(batch, REPLACE)
    return total


def _hits(
    kind: LifeEventKind,
    *,
    profile_ids: Collection[int] | None = None,
    since: datetime | None = None,
) -> Iterator[tuple[Any, ...]]:
    """Rows of the people whose latest orders in the category stand close enough together."""
    orders, items, life = (m._meta.db_table for m in (OrderFact, ItemFact, LifeEvent))
    where = ""
    given: list[Any] = []
    if profile_ids is not None:
        where = f" AND o.profile_id IN ({', '.join(['%s'] * len(profile_ids))})"
        given += list(profile_ids)
    if since is not None:
        where += " AND o.placed_at > %s"
        given.append(connection.ops.adapt_datetimefield_value(since))
    within = timedelta(days=kind.within_days)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, MAX(placed_at), MIN(placed_at) FROM ("
            " SELECT o.profile_id AS pid, o.placed_at, ROW_NUMBER() OVER"
            "  (PARTITION BY o.profile_id ORDER BY o.placed_at DESC, o.order_id) AS nth"
            f" FROM {orders} o WHERE o.profile_id IS NOT NULL AND o.placed_at IS NOT NULL"
            "  AND o.cancelled_at IS NULL"
            f"  AND EXISTS (SELECT 1 FROM {items} i WHERE i.order_id = o.order_id"
            "   AND i.category_id = %s)"
            f"  AND NOT EXISTS (SELECT 1 FROM {life} l WHERE l.profile_id = o.profile_id"
            "   AND l.kind = %s AND l.source <> 'inferred' AND l.ends_at IS NOT NULL)"
            f"{where}) a WHERE nth <= %s GROUP BY pid HAVING COUNT(*) = %s",
            [kind.category_id, kind.key, *given, kind.at_least, kind.at_least],
        )
        while rows := cursor.fetchmany(_CHUNK):
            for pid, newest, nth in rows:
                last, first = _moment(newest), _moment(nth)
                ends_at = inferred_until(last, first, within)
                if ends_at is not None:
                    yield (pid, kind.key, INFERRED, None, None, False, last, ends_at)


def _moment(value: Any) -> datetime:
    """A moment as the driver gives it: SQLite knows texts only."""
    if not isinstance(value, str):
        moment: datetime = value
        return moment
    field = OrderFact._meta.get_field("placed_at")
    for convert in connection.ops.get_db_converters(field.get_col(OrderFact._meta.db_table)):
        value = convert(value, field, connection)
    converted: datetime = value
    return converted


def _upsert(rows: list[tuple[Any, ...]], rule: str) -> None:
    upsert(LifeEvent, (*_KEY, *_STATE), rows, key=_KEY, combine=dict.fromkeys(_STATE, rule))


def move_life_events(old: int, new: int, *, ordered: bool) -> None:
    """After a merge: the later word of the two counts; what orders point to is looked at anew."""
    rows = LifeEvent.objects.filter(profile=old)
    declared = rows.exclude(source=INFERRED).values_list(
        "kind", "source", "on", "month_day", "yearly", "declared_at", "ends_at"
    )
    _upsert([(new, *row) for row in declared], _LATER)
    if rows.delete()[0] or ordered:
        infer([new])
