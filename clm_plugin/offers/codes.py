"""Codes: one for a grant when first asked for, many in a batch; found, listed, revoked."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, Q, Value, When

from clm_plugin.offers.alphabet import new_code
from clm_plugin.offers.data import OfferGrant
from clm_plugin.offers.errors import OfferError
from clm_plugin.offers.live import open_offer
from clm_plugin.offers.models import CodeBatch, OfferCode
from clm_plugin.offers.models import OfferGrant as Grant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

MOST_IN_BATCH = 1_000_000
CHUNK = 5_000
"""Codes made in one transaction."""
_State = OfferCode.State
_TRIES = 5


def code_for(grant: OfferGrant | int, *, now: datetime | None = None) -> str:
    """The code of a grant, made when it is first asked for; always the same one.

    Raises OfferError when the grant is gone.
    """
    grant_id = grant if isinstance(grant, int) else grant.id
    for _ in range(_TRIES):
        found = OfferCode.objects.filter(grant=grant_id).values_list("text", flat=True).first()
        if found is not None:
            return found
        row = Grant.objects.filter(pk=grant_id).first()
        if row is None:
            raise OfferError("this offer is no longer there")
        made = OfferCode(
            text=new_code(),
            offer=row.offer,
            grant=row,
            made_at=now or row.granted_at,
            expires_at=row.expires_at,
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            continue  # somebody asked at the same moment, or the code is another one's
        return made.text
    raise OfferError("no code could be made; try again")


def start_batch(
    *,
    offer: str,
    wanted: int,
    name: str = "",
    expires_at: datetime | None = None,
    actor: str = "",
    now: datetime,
) -> CodeBatch:
    """Ask for codes that belong to nobody; ``make_codes`` makes them, a part at a time.

    Raises UnknownOffer, OfferError for a number out of range or an offer that needs no code.
    """
    plan = open_offer(offer, now=now)
    if plan.given != "code":
        raise OfferError("this offer is used without a code; choose “who has a code” first")
    if not 1 <= wanted <= MOST_IN_BATCH:
        raise OfferError(f"choose between 1 and {MOST_IN_BATCH} codes")
    return CodeBatch.objects.create(
        offer=offer,
        name=name[:100],
        wanted=wanted,
        made_by=actor[:64],
        created_at=now,
        expires_at=expires_at or plan.closes_at,
    )


def make_codes(batch_id: int, *, now: datetime, chunk: int = CHUNK) -> int:
    """Make the next part of a batch, in a transaction of its own; returns how many are left.

    Two workers may be at one batch: each waits for the other's part. A stop loses no code.
    """
    with transaction.atomic():
        batch = CodeBatch.objects.select_for_update().filter(pk=batch_id).first()
        if batch is None or batch.state != CodeBatch.State.MAKING:
            return 0
        before = OfferCode.objects.filter(batch=batch).count()
        texts = {new_code() for _ in range(min(chunk, batch.wanted - before))}
        rows = [
            OfferCode(
                text=text,
                offer=batch.offer,
                batch=batch,
                made_at=now,
                expires_at=batch.expires_at,
            )
            for text in texts
        ]
        OfferCode.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
        batch.made = OfferCode.objects.filter(batch=batch).count()
        left = batch.wanted - batch.made
        if not left:
            batch.state, batch.done_at = CodeBatch.State.DONE, now
        batch.save()
    return left


def make_due(*, now: datetime) -> int:
    """The next part of the oldest batch that is being made; returns how many codes were made."""
    batch = CodeBatch.objects.filter(state=CodeBatch.State.MAKING).order_by("created_at").first()
    if batch is None:
        return 0
    left = make_codes(batch.pk, now=now)
    return max(batch.wanted - batch.made - left, 1)


def next_making() -> datetime | None:
    """Since when a batch waits to be made; None: none does."""
    rows = CodeBatch.objects.filter(state=CodeBatch.State.MAKING).order_by("created_at")
    return rows.values_list("created_at", flat=True).first()


def revoke_codes(
    *,
    reason: str,
    now: datetime,
    code: int | None = None,
    batch: int | None = None,
    offer: str = "",
) -> int:
    """Take one code, a batch or all codes of an offer back; returns how many could still be used.

    What is reserved at this moment may still be paid with; what was used stays used. A batch that
    is still being made stops.
    """
    chosen = [given for given in (code, batch, offer or None) if given is not None]
    if len(chosen) != 1 or not reason.strip():
        raise OfferError("name one code, batch or offer, and a reason")
    with transaction.atomic():
        batches = CodeBatch.objects.select_for_update()
        stopped = batches.filter(pk=batch) if batch is not None else batches.filter(offer=offer)
        if code is None:
            list(stopped.order_by("pk").values_list("pk"))
            CodeBatch.objects.filter(Q(pk=batch) if batch is not None else Q(offer=offer)).update(
                state=CodeBatch.State.REVOKED, revoke_reason=reason[:200], done_at=now
            )
        by = {"pk": code} if code is not None else {"batch": batch} if batch else {"offer": offer}
        rows = OfferCode.objects.filter(revoked_at=None, **by).exclude(state=_State.USED)
        # Locked by id first, as checkouts do: an UPDATE alone takes rows in any order.
        deque(rows.select_for_update().order_by("pk").values_list("pk").iterator(CHUNK), maxlen=0)
        was_free = When(state=_State.FREE, then=Value(_State.REVOKED))
        return rows.update(
            revoked_at=now,
            revoke_reason=reason[:200],
            state=Case(was_free, default=F("state")),
        )


def state_of(code: OfferCode, *, now: datetime) -> str:
    """free, reserved, used, revoked or expired, as people are told."""
    if code.state == _State.FREE and code.expires_at is not None and code.expires_at <= now:
        return "expired"
    return str(code.state)


def codes_of(
    offer: str, *, batch: int | None = None, text: str = "", state: str = "", now: datetime
) -> QuerySet[OfferCode]:
    """The codes of an offer, newest first; narrowed by batch, beginning of the text, state."""
    rows = OfferCode.objects.filter(offer=offer).order_by("-pk")
    if batch is not None:
        rows = rows.filter(batch=batch)
    if text:
        rows = rows.filter(text__startswith=text)
    over = Q(expires_at__isnull=False, expires_at__lte=now)
    if state == "expired":
        rows = rows.filter(over, state=_State.FREE)
    elif state == "free":
        rows = rows.filter(~over, state=_State.FREE)
    elif state:
        rows = rows.filter(state=state)
    return rows


def export_codes(rows: QuerySet[OfferCode]) -> Iterator[OfferCode]:
    """Every code, streamed; on SQLite too, whose cursor must not outlive other statements."""
    if connection.vendor == "postgresql":
        yield from rows.iterator(chunk_size=CHUNK)
        return
    last: int | None = None
    while True:
        part = list((rows if last is None else rows.filter(pk__lt=last))[:CHUNK])
        if not part:
            return
        yield from part
        last = part[-1].pk


def free_codes(batch: CodeBatch) -> int:
    """How many codes of a batch can still be used."""
    return OfferCode.objects.filter(batch=batch, state=_State.FREE).count()
