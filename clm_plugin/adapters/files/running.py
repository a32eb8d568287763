"""An import from upload to end: in parts, a transaction each; a stop loses and doubles nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

from django.db import transaction
from django.db.models import F

from clm_plugin.adapters.files.cells import BadRow
from clm_plugin.adapters.files.crediting import CREDIT, Seen, Settled, settle
from clm_plugin.adapters.files.data import Reading, Spend, Told
from clm_plugin.adapters.files.mapping import IMPORTERS, as_row, check_mapping
from clm_plugin.adapters.files.models import Import, ImportPart, RefusedRow
from clm_plugin.adapters.files.reading import BadFile, Line, lines, look
from clm_plugin.attribution.api import set_spend
from clm_plugin.events.api import BadEvent, NewEvent, check, known_keys, record_many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from clm_plugin.adapters.files.data import CreditLine
    from clm_plugin.wallet.api import GrantRequest

PART = 1_000
"""Rows of a part: one transaction, and one step of the progress bar."""
KEPT = timedelta(days=30)
"""How long the rows of files are kept."""
_State = Import.State


def upload(file: BinaryIO, *, kind: str, name: str, by: str, now: datetime) -> Import:
    """Take a file in, part by part, without believing a word of it. Raises BadFile."""
    table = look(file)
    with transaction.atomic():
        run = Import.objects.create(
            kind=IMPORTERS[kind].kind,
            name=name[:200],
            header=list(table.header),
            encoding=table.encoding,
            created_by=by[:150],
            created_at=now,
        )
        part: list[Line] = []
        number = 0
        for line in lines(file, table):
            part.append(line)
            if len(part) == PART:
                _keep(run, number, part)
                part, number = [], number + 1
        if part:
            _keep(run, number, part)
        if not run.rows:
            raise BadFile("there is no row behind the names of the columns")
        run.save(update_fields=["rows"])
    return run


def _keep(run: Import, number: int, part: Sequence[Line]) -> None:
    # No database keeps a NUL in JSON; the row is refused for it anyway.
    rows = [
        [line.number, [cell.replace("\x00", "\ufffd") for cell in line.cells], line.problem]
        for line in part
    ]
    ImportPart.objects.create(run=run, number=number, lines=rows)
    run.rows += len(part)


def examples(run: Import, count: int) -> list[list[str]]:
    """The cells of the first rows, to see what the columns hold; one query."""
    part = ImportPart.objects.filter(run=run, number=0).first()
    return [cells for _, cells, _ in part.lines[:count]] if part else []


def choose(run: Import, *, mapping: dict[str, str], reading: Reading) -> None:
    """Say which column is what, and how cells are read; looks through from the start again.

    Raises BadFile where columns are missing or used twice.
    """
    kept = check_mapping(IMPORTERS[run.kind], mapping, run.header)
    _restart(run, _State.CHECKING, mapping=kept, reading=asdict(reading), credit={})


def begin(run: Import) -> None:
    """Read in what was looked through. Raises BadFile for store credit, which needs a request."""
    if run.kind == CREDIT.kind:
        raise BadFile("store credit is read in from the console, where limits are kept")
    _restart(run, _State.RUNNING)


def begin_approved(request: GrantRequest) -> bool:
    """Read in a file of store credit that a request is for, if it is still the file that was looked
    through then; False otherwise. In the transaction of the approval."""
    run = Import.objects.select_for_update().filter(
        pk=request.file or 0, kind=CREDIT.kind, state=_State.CHECKED
    ).first()  # fmt: skip
    checked = {request.currency: request.amount_minor}
    if run is None or run.credit.get("checked") != checked:
        return False
    names = ", ".join(filter(None, (request.requested_name, request.closed_name)))
    _restart(run, _State.RUNNING, credit={"checked": checked, "by": f"staff:{names}"})
    return True


def _restart(run: Import, state: str, **changes: Any) -> None:
    with transaction.atomic():
        RefusedRow.objects.filter(run=run).delete()
        Import.objects.filter(pk=run.pk).update(
            state=state, done_parts=0, new=0, known=0, bad=0, problem="", ended_at=None, **changes
        )
    run.refresh_from_db()


def work(
    run_id: int, *, now: datetime, progress: Callable[[int, int], None] = lambda done, of: None
) -> Import | None:
    """Go on with an import where it stopped, to the end of its looking or reading.

    Safe to run twice: each part is claimed under the import's lock, in the transaction of its
    effects. Returns the import as it is then; None when it is gone.
    """
    seen = Seen()
    while True:
        with transaction.atomic():
            run = Import.objects.select_for_update().filter(pk=run_id).first()
            if run is None or run.state not in (_State.CHECKING, _State.RUNNING):
                return run
            part = ImportPart.objects.filter(run=run, number=run.done_parts).first()
            if part is None:
                _finish(run, now)
                return run
            _take(run, part, now, seen)
            done = min((run.done_parts + 1) * PART, run.rows)
        progress(done, run.rows)


def _finish(run: Import, now: datetime) -> None:
    checking = run.state == _State.CHECKING
    run.state = _State.CHECKED if checking else _State.DONE
    run.ended_at = None if checking else now
    run.save(update_fields=["state", "ended_at"])


def _take(run: Import, part: ImportPart, now: datetime, seen: Seen) -> None:
    """Look through or read in one part, and count what became of its rows."""
    importer, reading = IMPORTERS[run.kind], Reading(**run.reading)
    rows: list[tuple[NewEvent, ...]] = []
    spent: dict[tuple[Any, str, str], Spend] = {}
    credit: list[tuple[int, Any, CreditLine]] = []
    bad: list[RefusedRow] = []
    for number, cells, problem in part.lines:
        try:
            if problem:
                raise BadRow("", problem)
            told = importer.tell(as_row(cells, run.header, run.mapping), reading)
            if told.credit is not None:
                credit.append((number, cells, told.credit))
                continue
            rows.append(_checked(told.events))
            if told.spend is not None:
                spend = told.spend
                spent[spend.day, spend.channel, spend.currency] = spend
        except (BadRow, BadEvent) as error:
            bad.append(RefusedRow(run=run, line=number, cells=cells, why=_why(error, run)))
    known = _count_known(rows)
    if run.state == _State.RUNNING:
        record_many([event for row in rows for event in row], received_at=now, checked=True)
        set_spend(spent.values())
    settled = _settle(run, [line for *_, line in credit], reading, now, seen)
    for place, refused in settled.bad:
        number, cells, _line = credit[place]
        bad.append(RefusedRow(run=run, line=number, cells=cells, why=_why(refused, run)))
    RefusedRow.objects.bulk_create(bad, ignore_conflicts=True)
    Import.objects.filter(pk=run.pk).update(
        done_parts=F("done_parts") + 1,
        credit=run.credit,
        new=F("new") + len(rows) - known + settled.new,
        known=F("known") + known + settled.known,
        bad=F("bad") + len(bad),
    )


def _settle(
    run: Import, lines: list[CreditLine], reading: Reading, now: datetime, seen: Seen
) -> Settled:
    """Look through rows of store credit or grant them, and add up what they come to."""
    if not lines:
        return Settled()
    post = run.state == _State.RUNNING
    if not post:
        _catch_up(run, reading, now, seen)
    checked, done = run.credit.get("checked", {}), run.credit.get("done", {})
    left = {currency: minor - done.get(currency, 0) for currency, minor in checked.items()}
    settled = settle(
        lines, reading, now=now, actor=run.credit.get("by", ""), post=post, left=left, seen=seen
    )  # fmt: skip
    name, sums = ("done", done) if post else ("checked", checked)
    for currency, minor in settled.sums.items():
        sums[currency] = sums.get(currency, 0) + minor
    run.credit[name] = sums
    return settled


def _catch_up(run: Import, reading: Reading, now: datetime, seen: Seen) -> None:
    """Look again at the parts that another process looked through, or this one before a stop."""
    seen.begin(repr((run.mapping, run.reading)), run.done_parts)
    missed = ImportPart.objects.filter(run=run, number__gte=seen.parts, number__lt=run.done_parts)
    for part in missed.order_by("number").iterator(chunk_size=1):
        found = []
        for _, cells, problem in part.lines:
            with suppress(BadRow):
                told = problem or CREDIT.tell(as_row(cells, run.header, run.mapping), reading)
                found += [told.credit] if isinstance(told, Told) and told.credit else []
        settle(found, reading, now=now, seen=seen)
    seen.parts = run.done_parts + 1


def _why(error: BadRow | BadEvent, run: Import) -> str:
    """What is wrong, under the name that the file itself gives the column."""
    if isinstance(error, BadRow) and error.field in run.mapping:
        return f"{run.mapping[error.field]}: {error.why}"
    return str(error)


def _checked(events: Iterable[NewEvent]) -> tuple[NewEvent, ...]:
    checked = []
    for event in events:
        event.payload.update(check(event.type, event.payload))
        checked.append(event)
    return tuple(checked)


def _count_known(rows: Sequence[tuple[NewEvent, ...]]) -> int:
    """Rows all of whose events are in the log, or stand in this part already; one query."""
    stored = known_keys([event for row in rows for event in row])
    seen: set[tuple[str, str]] = set()
    count = 0
    for row in rows:
        names = {(event.namespace or event.source, event.key) for event in row}
        count += bool(names) and all(name in stored or name in seen for name in names)
        seen |= names
    return count


def purge(*, now: datetime) -> int:
    """Delete the rows of old files; what became of them stays. Returns how many imports."""
    old = Import.objects.filter(created_at__lt=now - KEPT)
    with_rows = old.filter(parts__isnull=False).distinct()
    count = with_rows.count()
    RefusedRow.objects.filter(run__in=old).delete()
    ImportPart.objects.filter(run__in=old).delete()
    return count
