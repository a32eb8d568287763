"""Giving and taking credit by hand: at once within one's limit, else when a second person agrees.

A request and its transaction are written together; the key that came with the form makes both
happen once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Sum

from clm_plugin.money import Money, exponent
from clm_plugin.wallet.checking import sane, sane_key, words
from clm_plugin.wallet.data import Source
from clm_plugin.wallet.errors import BadAmount, KeyConflict, WalletError
from clm_plugin.wallet.granting import deduct, grant
from clm_plugin.wallet.programmes import programme as plan_of
from clm_plugin.wallet.request_models import GrantRequest
from clm_plugin.wallet.request_rules import WAITS, WINDOW, is_alone, limit_minor

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from clm_plugin.wallet.request_rules import Staff

_State = GrantRequest.State
SOURCE = "by_hand"
"""The source of lots that were given by hand; its reference is the request."""


class NotWaiting(WalletError):
    """This request was decided before, withdrawn, or waited too long."""

    code = "not_waiting"


class OwnRequest(WalletError):
    """Nobody agrees to what she asked for herself."""

    code = "own_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for. ``profile_id`` is None for a file, ``expires_at`` None for never."""

    kind: Literal["grant", "deduct", "file"]
    programme: str
    amount: Money
    reason: str
    profile_id: int | None = None
    opens_at: datetime | None = None
    expires_at: datetime | None = None
    file: int | None = None


def ask(wish: Wish, *, key: str, by: Staff, now: datetime) -> GrantRequest:
    """Give or take credit by hand, or have it wait for a second person (``state``).

    A file is only noted; who approves it begins its import. The same key gives the first request.
    Raises WalletError without a reason, and what ``grant`` and ``deduct`` raise.
    """
    money, reason = sane(wish.amount), words(wish.reason).strip()
    sane_key(key)
    if not reason:
        raise WalletError("say why: the books keep the reason")
    with transaction.atomic():
        # One request of a person at a time: two at once must not both fit under her limit.
        list(get_user_model().objects.select_for_update().filter(pk=by.id).values_list("pk"))
        before = GrantRequest.objects.filter(key=key).first()
        if before is not None:
            return _same(before, wish, by)
        alone = alone_left(by, money.currency, now=now) >= money.minor
        row = GrantRequest.objects.create(
            key=key, kind=wish.kind, profile_id=wish.profile_id, programme=wish.programme,
            currency=money.currency, amount_minor=money.minor, opens_at=wish.opens_at,
            expires_at=wish.expires_at, reason=reason, needs_approval=not alone,
            state=_State.APPROVED if alone else _State.WAITING, requested_by=by.id,
            requested_name=by.name, requested_at=now, lapses_at=now + WAITS, file=wish.file,
        )  # fmt: skip
        if alone:
            _post(row, actor=by.actor, now=now)
    return row


def _same(before: GrantRequest, wish: Wish, by: Staff) -> GrantRequest:
    asked = (wish.kind, wish.profile_id, wish.programme, wish.amount.minor, wish.amount.currency)
    kept = (
        before.kind, before.profile_id, before.programme, before.amount_minor, before.currency,
    )  # fmt: skip
    if asked != kept or by.id != before.requested_by:
        raise KeyConflict("this form was sent before with other values; open it again")
    return before


def alone_left(by: Staff, currency: str, *, now: datetime) -> int:
    """What she may still give or take alone, in minor units; one query."""
    given = GrantRequest.objects.filter(
        requested_by=by.id, requested_at__gt=now - WINDOW, currency=currency,
        needs_approval=False, state=_State.APPROVED,
    ).aggregate(total=Sum("amount_minor"))["total"] or 0  # fmt: skip
    most = limit_minor(by.limit, exponent(currency))
    return max(0, most - given) if is_alone(0, given, most) else 0


def _post(row: GrantRequest, *, actor: str, now: datetime) -> None:
    if row.kind == GrantRequest.Kind.FILE:
        return
    if row.profile_id is None:
        raise WalletError("this person was erased meanwhile; refuse the request")
    money = Money(row.amount_minor, row.currency)
    if row.kind == GrantRequest.Kind.DEDUCT:
        done = deduct(
            profile_id=row.profile_id, programme=row.programme, amount=money,
            key=f"request:{row.pk}", reason=row.reason, actor=actor, now=now,
        )  # fmt: skip
    else:
        plan = plan_of(row.programme)
        if plan is not None and plan.currency != row.currency:
            raise BadAmount(
                f"{row.programme} counts in {plan.currency} now, not in {row.currency}; refuse"
                " the request, and ask again"
            )
        done = grant(
            profile_id=row.profile_id, programme=row.programme, amount=money,
            key=f"request:{row.pk}", opens_at=row.opens_at or now, expires_at=row.expires_at,
            source=Source(SOURCE, str(row.pk)), reason=row.reason, actor=actor, now=now,
            budget_minor=None if plan is None else plan.budget_minor,
        )  # fmt: skip
    row.transaction_id = done.transaction_id
    row.save(update_fields=["transaction"])


def approve(pk: int, *, by: Staff, now: datetime) -> GrantRequest:
    """Agree to what somebody else asked for, and do it.

    Raises NotWaiting, OwnRequest, and what ``grant`` and ``deduct`` raise.
    """
    with transaction.atomic():
        row = _waiting(pk, now)
        if by.id == row.requested_by:
            raise OwnRequest("somebody else has to agree to what you asked for")
        row.approved_by = by.id
        _close(row, _State.APPROVED, by, "", now)
        _post(row, actor=f"staff:{row.requested_name}, {by.name}", now=now)
    return row


def refuse(pk: int, *, by: Staff, why: str, now: datetime) -> GrantRequest:
    """Refuse what somebody asked for, or withdraw what one asked for oneself. Raises NotWaiting."""
    with transaction.atomic():
        row = _waiting(pk, None)
        own = by.id == row.requested_by
        _close(row, _State.WITHDRAWN if own else _State.REFUSED, by, why, now)
    return row


def _waiting(pk: int, now: datetime | None) -> GrantRequest:
    row = GrantRequest.objects.select_for_update().filter(pk=pk).first()
    if row is None or row.state != _State.WAITING:
        raise NotWaiting("somebody was faster: this request waits no more")
    if now is not None and row.lapses_at <= now:
        raise NotWaiting("this request waited too long; ask again")
    return row


def _close(row: GrantRequest, state: str, by: Staff, why: str, now: datetime) -> None:
    row.state, row.closed_name, row.closed_at = state, by.name, now
    row.closed_why = words(why).strip()
    row.save(update_fields=["state", "approved_by", "closed_name", "closed_at", "closed_why"])


def waiting(*, now: datetime) -> QuerySet[GrantRequest]:
    """The requests that a second person may agree to, the one that lapses first before others."""
    return GrantRequest.objects.filter(state=_State.WAITING, lapses_at__gt=now).order_by(
        "lapses_at", "pk"
    )
