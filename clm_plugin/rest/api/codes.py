"""Codes of offers, for a till or a shop of its own: check, reserve, confirm, free; or take up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from clm_plugin import clock
from clm_plugin.offers import api as offers
from clm_plugin.profiles.api import survivor_of
from clm_plugin.rest.api.base import Api
from clm_plugin.rest.api.credit import said
from clm_plugin.rest.api.describing import described

if TYPE_CHECKING:
    from datetime import datetime

    from rest_framework.request import Request

_MINUTES = 30


class CodeShape(serializers.Serializer):
    """``customer`` is whoever typed it, as the till knows her: tries are counted by it."""

    code = serializers.CharField(max_length=64)
    profile = serializers.IntegerField(
        min_value=1, max_value=2**62, required=False, default=None, allow_null=True
    )
    order_id = serializers.CharField(max_length=64, required=False, default="")
    customer = serializers.CharField(max_length=128, required=False, default="")


class TakeUpShape(serializers.Serializer):
    """``profile``: whose account it is for; ``customer`` as above."""

    code = serializers.CharField(max_length=64)
    profile = serializers.IntegerField(min_value=1, max_value=2**62)
    customer = serializers.CharField(max_length=128, required=False, default="")


class ReserveShape(serializers.Serializer):
    """``customer`` as above: without a profile, a public code counts her uses by it."""

    code = serializers.CharField(max_length=64)
    profile = serializers.IntegerField(
        min_value=1, max_value=2**62, required=False, default=None, allow_null=True
    )
    order_id = serializers.CharField(max_length=64)
    discount_minor = serializers.IntegerField(min_value=0, max_value=10**12, default=0)
    minutes = serializers.IntegerField(min_value=1, max_value=7 * 24 * 60, default=_MINUTES)
    customer = serializers.CharField(max_length=128, required=False, default="")

    def validate_order_id(self, value: str) -> str:
        if offers.behind(value) != "order":
            raise serializers.ValidationError(
                "grant-, code- and erased- begin names of the plugin's own; take another number"
            )
        return value


class OrderShape(serializers.Serializer):
    order_id = serializers.CharField(max_length=64)


class AnswerShape(serializers.Serializer):
    """``reason``: empty, ``refused``, ``in_use`` or ``used``; ``text`` is for the shopper.

    ``kind``: what the offer gives. ``store_credit``, ``multiplier`` and ``trial`` are taken up; no
    order can use them.
    """

    ok = serializers.BooleanField()
    reason = serializers.CharField()
    text = serializers.CharField()
    code = serializers.CharField()
    offer = serializers.CharField()
    kind = serializers.CharField()


class ReservedShape(serializers.Serializer):
    id = serializers.IntegerField()
    offer = serializers.CharField()
    order_id = serializers.CharField()
    state = serializers.CharField()
    until = serializers.DateTimeField()
    discount_minor = serializers.IntegerField()
    repeated = serializers.BooleanField()


class SettledShape(serializers.Serializer):
    """``lost`` ran out meanwhile, and somebody else has the code or the last place now."""

    confirmed = ReservedShape(many=True)
    lost = ReservedShape(many=True)


class FreedShape(serializers.Serializer):
    freed = serializers.IntegerField()


def _person(pk: int | None) -> int | None:
    """Who has this id now: she may have been merged with another since the till noted it.

    Raises ValidationError when there is nobody.
    """
    found = None if pk is None else survivor_of(pk)
    if pk is not None and not found:
        raise serializers.ValidationError({"profile": ["there is nobody of this id"]})
    return found


def _check(body: dict[str, Any], now: datetime) -> offers.Answer:
    """What comes of a code for who typed it, and whether its offer has room."""
    asked: dict[str, Any] = {
        "profile_id": _person(body["profile"]),
        "session_key": body["customer"],
        "order_id": body.get("order_id", ""),
        "now": now,
    }
    # The address would be the service's own: it asks for everybody.
    answer = offers.check_code(text=body["code"], ip="", **asked)
    if answer.ok and answer.offer and not offers.has_room(answer.offer, **asked):
        return _used(_("This offer has been used as often as it may be."))
    return answer


def _used(text: str) -> offers.Answer:
    return offers.Answer(ok=False, reason="used", text=text)


def _told(answer: offers.Answer) -> dict[str, Any]:
    return {
        "ok": answer.ok,
        "reason": answer.reason,
        "text": answer.text,
        "code": answer.code,
        "offer": answer.offer.key if answer.offer else "",
        "kind": answer.offer.effect.kind if answer.offer else "",
    }


class CodesViewSet(Api, GenericViewSet):
    """Codes in orders that are paid elsewhere. The same order and code again: the same answer."""

    serializer_class = AnswerShape
    may = {"POST": ("add_redemption",)}

    @described(body=CodeShape, answers=AnswerShape, refuses=False)
    @action(detail=False, methods=["post"])
    def check(self, request: Request) -> Response:
        """Whether this person may use a code, and its offer has room. Every wrong code has one
        answer."""
        return Response(_told(_check(said(CodeShape, request), clock.now())))

    @described(body=TakeUpShape, answers=AnswerShape)
    @action(detail=False, methods=["post"], url_path="take-up")
    def take_up(self, request: Request) -> Response:
        """Put what a code gives beside orders (store credit, a pass) on an account, once."""
        body, now = said(TakeUpShape, request), clock.now()
        answer = _check(body, now)
        reason = _("Code %(code)s") % {"code": offers.shown_code(answer.code)}
        if answer.ok and not offers.take_up_code(
            answer, profile_id=body["profile"], reason=reason, now=now
        ):
            answer = _used(_("This code has been used."))
        return Response(_told(answer))

    @described(body=ReserveShape, answers=ReservedShape, makes=True)
    @action(detail=False, methods=["post"])
    def reserve(self, request: Request) -> Response:
        """Hold a code for an order until it is confirmed, freed, or the minutes are over."""
        body, now = said(ReserveShape, request), clock.now()
        reserved = offers.reserve(
            code=body["code"],
            profile_id=_person(body["profile"]),
            order_id=body["order_id"],
            now=now,
            until=now + timedelta(minutes=body["minutes"]),
            discount_minor=body["discount_minor"],
            session_key=body["customer"],
        )
        return Response(ReservedShape(reserved).data, status=200 if reserved.repeated else 201)

    @described(body=OrderShape, answers=SettledShape, refuses=False)
    @action(detail=False, methods=["post"])
    def confirm(self, request: Request) -> Response:
        """The order is placed: what was reserved for it is used; ``lost`` ran out meanwhile."""
        done = offers.confirm(said(OrderShape, request)["order_id"], now=clock.now())
        return Response(SettledShape(done).data)

    @described(body=OrderShape, answers=FreedShape, refuses=False)
    @action(detail=False, methods=["post"])
    def free(self, request: Request) -> Response:
        """The order came to nothing: its codes can be used again. Returns how many."""
        order_id = said(OrderShape, request)["order_id"]
        return Response({"freed": offers.free(order_id, now=clock.now())})
