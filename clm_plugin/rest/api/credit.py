"""Store credit: balances, grants, holds and reversals, each operation once by its key."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import Http404
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from clm_plugin import clock
from clm_plugin.money import Money
from clm_plugin.profiles.api import survivor_of
from clm_plugin.rest.api.base import Api
from clm_plugin.rest.api.describing import described
from clm_plugin.rest.api.keys import key_of
from clm_plugin.rest.api.money_shapes import (
    BalanceShape,
    CaptureShape,
    CreditShape,
    DeductShape,
    GrantShape,
    HeldShape,
    HistoryShape,
    HoldShape,
    PostedShape,
    ReasonShape,
)
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.serializers import Serializer

SEE, MOVE = ("view_account",), ("add_transaction",)
_MINUTES = 30
"""How long a hold lasts unless the caller says so."""
_PAGE = 50
_DIGITS = 18
"""The longest number that any row of ours has."""


def said(shape: type[Serializer], request: Request) -> dict[str, Any]:
    """The body, checked. Raises ValidationError."""
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


class CreditViewSet(Api, GenericViewSet):
    """One person's store credit, by the id of her profile."""

    serializer_class = BalanceShape
    may = {"GET": SEE, "POST": MOVE}
    lookup_value_regex = "[0-9]+"

    @described(answers=CreditShape, refuses=False)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Her balances by currency, and the lots they are made of."""
        person, now = _person(pk), clock.now()
        found = {
            "profile": person,
            "balances": wallet.balances(person, now=now),
            "lots": wallet.lots(person, now=now),
        }
        return Response(CreditShape(found).data)

    @described(
        answers=HistoryShape,
        refuses=False,
        asks={"before": (int, "Only what is older than this transaction.")},
    )
    @action(detail=True, methods=["get"])
    def history(self, request: Request, pk: str) -> Response:
        """What happened to it, newest first; ``?before=`` a transaction goes on from there."""
        before = request.query_params.get("before")
        if before is not None and not (before.isascii() and before.isdigit()):
            raise ValidationError({"before": ["must be the number of a transaction"]})
        rows = wallet.history(_person(pk), before=_number(before), limit=_PAGE)
        last = rows[-1].transaction_id if len(rows) == _PAGE else None
        return Response(HistoryShape({"results": rows, "before": last}).data)

    @described(body=GrantShape, answers=PostedShape, once=True)
    @action(detail=True, methods=["post"])
    def grants(self, request: Request, pk: str) -> Response:
        """Give credit: 201, or 200 with ``repeated`` when the key was answered before."""
        body = said(GrantShape, request)
        posted = wallet.give_by_hand(
            profile_id=_asked(pk),
            programme=body["programme"],
            amount=Money(body["amount_minor"], body["currency"]),
            key=key_of(request, "grant"),
            opens_at=body["opens_at"],
            expires_at=body["expires_at"],
            source=wallet.Source("api", body["reference"]),
            reason=body["reason"],
            actor=_actor(request),
            now=clock.now(),
        )
        return _posted(posted)

    @described(body=DeductShape, answers=PostedShape, once=True)
    @action(detail=True, methods=["post"])
    def deductions(self, request: Request, pk: str) -> Response:
        """Take credit of a programme away, what expires first first."""
        body = said(DeductShape, request)
        posted = wallet.deduct(
            profile_id=_asked(pk),
            programme=body["programme"],
            amount=Money(body["amount_minor"], body["currency"]),
            key=key_of(request, "deduct"),
            reason=body["reason"],
            actor=_actor(request),
            now=clock.now(),
        )
        return _posted(posted)

    @described(body=HoldShape, answers=HeldShape, once=True)
    @action(detail=True, methods=["post"])
    def holds(self, request: Request, pk: str) -> Response:
        """Set credit aside for an order; the answer's ``key`` captures or releases it."""
        body, now = said(HoldShape, request), clock.now()
        held = wallet.hold(
            profile_id=_asked(pk),
            amount=Money(body["amount_minor"], body["currency"]),
            key=key_of(request, "hold"),
            now=now,
            expires_at=now + timedelta(minutes=body.get("minutes", _MINUTES)),
            order_id=body["order_id"],
            most=body["most"],
        )
        return Response(HeldShape(held).data, status=200 if held.repeated else 201)


class HoldViewSet(Api, GenericViewSet):
    """A hold, by the key that the answer to making it gave."""

    serializer_class = HeldShape
    may = {"GET": SEE, "POST": MOVE}
    lookup_value_regex = r"[^/\x00-\x1f]{1,200}"

    @described(answers=HeldShape, refuses=False)
    def retrieve(self, request: Request, pk: str) -> Response:
        """A hold as it stands."""
        held = wallet.hold_of(pk)
        if held is None:
            raise Http404
        return Response(HeldShape(held).data)

    @described(body=CaptureShape, answers=PostedShape, makes=True)
    @action(detail=True, methods=["post"])
    def capture(self, request: Request, pk: str) -> Response:
        """The order is placed: what was held is spent."""
        body = said(CaptureShape, request)
        return _posted(wallet.capture(hold_key=pk, now=clock.now(), **body))

    @described(body=ReasonShape, answers=HeldShape)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """The order came to nothing: what was held is free again."""
        held = wallet.release(hold_key=pk, now=clock.now(), **said(ReasonShape, request))
        return Response(HeldShape(held).data)


class TransactionViewSet(Api, GenericViewSet):
    """Transactions of the ledger, which are never edited."""

    serializer_class = PostedShape
    may = {"POST": MOVE}
    lookup_value_regex = "[0-9]{1,18}"

    @described(body=ReasonShape, answers=PostedShape, once=True)
    @action(detail=True, methods=["post"])
    def reverse(self, request: Request, pk: str) -> Response:
        """Undo a grant or a deduction by a transaction of its own."""
        posted = wallet.reverse(
            transaction_id=int(pk),
            key=key_of(request, "reverse"),
            reason=said(ReasonShape, request)["reason"],
            actor=_actor(request),
            now=clock.now(),
        )
        return _posted(posted)


def _posted(posted: wallet.Posted) -> Response:
    return Response(PostedShape(posted).data, status=200 if posted.repeated else 201)


def _person(pk: str) -> int:
    found = survivor_of(int(pk)) if len(pk) <= _DIGITS else None
    if not found:
        raise Http404
    return found


def _number(text: str | None) -> int | None:
    return None if not text else int(text) if len(text) <= _DIGITS else 10**_DIGITS


def _asked(pk: str) -> int:
    """The id as it was asked for: a call that is repeated after a merge is the same call, and the
    ledger finds whose credit it is now."""
    _person(pk)
    return int(pk)


def _actor(request: Request) -> str:
    return f"api:{request.user.get_username()}"
