"""People: who they are, where they stand, what they said and did."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils.dateparse import parse_datetime
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from clm_plugin import clock
from clm_plugin.events.api import NewEvent, actor, events_about, record
from clm_plugin.privacy.api import consents_of, give_consent, withdraw_consent
from clm_plugin.profiles.api import actors_of, profile_id_of, profiles, survivor_of, trait_values
from clm_plugin.rest.api.answers import (
    AcceptedShape,
    ConsentsShape,
    SegmentsShape,
    ToldTraits,
    TraitsShape,
)
from clm_plugin.rest.api.base import Api, Page
from clm_plugin.rest.api.describing import described
from clm_plugin.rest.api.shapes import (
    EventShape,
    GivenConsent,
    ProfileShape,
)
from clm_plugin.segments.api import hidden_from, rfm_of, segments_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from clm_plugin.profiles.models import Profile

_SEE, _CHANGE = ("view_profile",), ("change_profile",)
_EQUAL = {
    "stage": "standing__stage",
    "advocate": "standing__advocate",
    "churn_risk": "standing__churn_risk",
    "customer_id": "customer_id",
    "email": "email",
    "country": "country",
    "language": "language",
}
_SINCE = {"seen_since": "facts__last_seen_at__gte", "created_since": "created_at__gte"}
_FLAGS = {"true": True, "false": False}

_ASKED: dict[str, tuple[type, str]] = {
    **dict.fromkeys(("stage", "customer_id", "email"), (str, "Equal to this.")),
    **dict.fromkeys(("country", "language"), (str, "Code, as it is stored.")),
    **dict.fromkeys(("advocate", "churn_risk"), (bool, "Has the flag, or has it not.")),
    **dict.fromkeys(_SINCE, (datetime, "A time with its zone.")),
    "segment": (str, "Key of a segment she is in."),
    "identifier": (str, "A name of hers: customer:17."),
}


class EventPage(Page):
    ordering = ("-occurred_at", "-id")


class ProfileViewSet(Api, ReadOnlyModelViewSet):
    """People. An old id of somebody who was merged answers with the person she is now."""

    serializer_class = ProfileShape
    may = {"GET": _SEE, "POST": _CHANGE, "PATCH": _CHANGE}
    lookup_value_regex = "[0-9]+"

    def get_queryset(self) -> QuerySet[Profile]:
        rows = profiles().filter(merged_into__isnull=True)
        return rows.select_related("facts", "standing")

    def filter_queryset(self, queryset: Any) -> Any:
        """Filters of the query string; an unknown one is refused, for it would be passed over."""
        if self.action != "list":
            return queryset
        for name, value in self.request.query_params.items():
            if name in ("cursor", "page_size"):
                continue
            if name == "segment" and value in hidden_from(self.request.user).segments:
                self.permission_denied(self.request, "who is in tells something sensitive")
            queryset = queryset.filter(**_condition(name, str(value)))
        return queryset

    def get_object(self) -> Profile:
        pk = survivor_of(int(self.kwargs["pk"][:18]))
        found = self.get_queryset().filter(pk=pk).first() if pk else None
        if found is None:
            raise Http404
        return found

    @described(answers=ProfileShape, refuses=False, pages=True, asks=_ASKED)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """People, the newest first; every filter given must hold."""
        return super().list(request, *args, **kwargs)

    @described(answers=ProfileShape, refuses=False)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One person with her facts and her stage."""
        return super().retrieve(request, *args, **kwargs)

    @described(
        answers=EventShape,
        refuses=False,
        pages=True,
        asks={"type": (str, "Only events of this type.")},
    )
    @action(detail=True, methods=["get"], pagination_class=EventPage)
    def events(self, request: Request, pk: str) -> Response:
        """What she did, newest first, from the log of all her names."""
        rows = events_about(actors_of(self.get_object().pk))
        if type_ := request.query_params.get("type"):
            rows = rows.filter(type=type_)
        page = self.paginate_queryset(rows)
        context = {"hidden": hidden_from(request.user)}
        return self.get_paginated_response(EventShape(page, many=True, context=context).data)

    @described(answers=SegmentsShape, refuses=False)
    @action(detail=True, methods=["get"])
    def segments(self, request: Request, pk: str) -> Response:
        """The segments she is in, with since when, and her RFM scores."""
        person = self.get_object()
        hidden = hidden_from(request.user).segments
        inside = [each for each in segments_of(person.pk) if each.segment not in hidden]
        told = {"segments": inside, "rfm": rfm_of(person.pk)}
        return Response(SegmentsShape(told).data)

    @described(methods=["GET"], answers=TraitsShape, refuses=False)
    @described(methods=["PATCH"], body=ToldTraits, answers=AcceptedShape, refuses=False, status=202)
    @action(detail=True, methods=["get", "patch"])
    def traits(self, request: Request, pk: str) -> Response:
        """Her traits; PATCH ``{"traits": {…}}`` tells some as an event of a trusted source."""
        person = self.get_object()
        if request.method == "PATCH":
            told = request.data.get("traits") if isinstance(request.data, dict) else None
            if not isinstance(told, dict) or not told:
                raise ValidationError({"traits": ["must be an object with at least one trait"]})
            record(
                NewEvent(
                    type="profile.identified",
                    actor=_name_of(person),
                    payload={"traits": told},
                    occurred_at=clock.now(),
                    source="api",
                )
            )
            return Response(AcceptedShape({"accepted": sorted(told)}).data, status=202)
        rows = trait_values().filter(profile=person.pk).order_by("key")
        rows = rows.exclude(key__in=hidden_from(request.user).traits)
        return Response(TraitsShape({"traits": rows}).data)

    @described(methods=["GET"], answers=ConsentsShape, refuses=False)
    @described(methods=["POST"], body=GivenConsent, answers=ConsentsShape, refuses=False)
    @action(detail=True, methods=["get", "post"])
    def consents(self, request: Request, pk: str) -> Response:
        """What she agreed to now; POST writes an answer down, with who told it."""
        name = _name_of(self.get_object())
        if request.method == "POST":
            shape = GivenConsent(data=request.data)
            shape.is_valid(raise_exception=True)
            said = dict(shape.validated_data)
            tell = give_consent if said.pop("granted") else withdraw_consent
            by = f"user:{request.user.pk}"
            tell(name, said.pop("purpose"), now=clock.now(), told_by=by, **said)
        return Response(ConsentsShape({"consents": consents_of(name)}).data)


def _name_of(person: Profile) -> str:
    """A name her events go by: her account, or our own id of her."""
    if person.customer_id:
        return actor("customer", person.customer_id)
    return actor("profile", person.pk)


def _condition(name: str, value: str) -> dict[str, Any]:
    if "\x00" in value or len(value) > 254:
        raise ValidationError({name: ["is not a value this can be compared with"]})
    if name in ("advocate", "churn_risk"):
        if value not in _FLAGS:
            raise ValidationError({name: ["must be true or false"]})
        return {_EQUAL[name]: _FLAGS[value]}
    if name in _EQUAL:
        return {_EQUAL[name]: value}
    if name in _SINCE:
        try:
            at = parse_datetime(value)
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            raise ValidationError({name: ["must be a time with its zone: 2026-11-22T10:00:00Z"]})
        return {_SINCE[name]: at}
    if name == "segment":
        return {"memberships__segment": value, "memberships__inside": True}
    if name == "identifier":
        return {"pk": profile_id_of(value) or 0}
    known = ", ".join(sorted((*_EQUAL, *_SINCE, "segment", "identifier")))
    raise ValidationError({name: [f"is not a filter; there are: {known}"]})
