"""Segments and their members; the lifecycle; surveys; declared traits; events coming in."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.http import Http404
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from clm_plugin import clock
from clm_plugin.events.api import BadEvent, NewEvent, actor, record_many
from clm_plugin.events.api import check as check_payload
from clm_plugin.lifecycle.api import current_model, stage_counts
from clm_plugin.profiles.api import declared_traits
from clm_plugin.rest.api.answers import (
    ChangedShape,
    DeclaredTraitsShape,
    LifecycleShape,
    NewEvents,
    ResultsShape,
    SizeShape,
    SizesShape,
    StoredShape,
    SurveysShape,
)
from clm_plugin.rest.api.base import Api
from clm_plugin.rest.api.describing import described
from clm_plugin.rest.api.shapes import EventBatch, Members, NewEventShape, ProfileShape
from clm_plugin.segments.api import add_members, hidden_from, members, remove_members, sizes
from clm_plugin.surveys.api import answer_counts, question, results, survey_names

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from clm_plugin.profiles.models import Profile

_NUMBERS = ("view_segment", "change_segment")


class SegmentViewSet(Api, GenericViewSet):
    """Published segments, by key."""

    serializer_class = ProfileShape
    may = {"GET": _NUMBERS, "POST": ("change_segment",), "DELETE": ("change_segment",)}
    lookup_value_regex = "[a-z0-9_-]{1,64}"

    @described(answers=SizesShape, refuses=False, named="segments_list")
    def list(self, request: Request) -> Response:
        """All published segments with their numbers of members. Three queries."""
        return Response(SizesShape({"results": sizes().values()}).data)

    @described(answers=SizeShape, refuses=False)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One segment with its number of members."""
        return Response(SizeShape(_size(pk)).data)

    @described(methods=["GET"], answers=ProfileShape, pages=True, refuses=False)
    @described(methods=["POST", "DELETE"], body=Members, answers=ChangedShape, refuses=False)
    @action(detail=True, methods=["get", "post", "delete"])
    def members(self, request: Request, pk: str) -> Response:
        """Who is inside. POST and DELETE ``{"profiles": [ids]}`` edit a static list."""
        if request.method == "GET" and not request.user.has_perm("clm_plugin.view_profile"):
            self.permission_denied(request)
        _size(pk)
        if request.method == "GET":
            if pk in hidden_from(request.user).segments:
                self.permission_denied(request, "who is in tells something sensitive")
            page = self.paginate_queryset(self.get_queryset())
            return self.get_paginated_response(ProfileShape(page, many=True).data)
        shape = Members(data=request.data)
        shape.is_valid(raise_exception=True)
        edit = add_members if request.method == "POST" else remove_members
        changes = edit(pk, shape.validated_data["profiles"], now=clock.now())
        changed = len({c.profile_id for c in changes if c.segment == pk})
        return Response(ChangedShape({"changed": changed}).data)

    def get_queryset(self) -> QuerySet[Profile]:
        return members(self.kwargs["pk"]).select_related("facts", "standing")


def _size(key: str) -> Any:
    size = sizes().get(key)
    if size is None:
        raise Http404
    return size


class LifecycleView(Api, APIView):
    """The lifecycle model in use, with how many people are in each stage."""

    may = {"GET": ("view_lifecyclemodel", "change_lifecyclemodel", "view_profile")}

    @described(answers=LifecycleShape, refuses=False)
    def get(self, request: Request) -> Response:
        model, counts = current_model(), stage_counts()
        stages = [{**asdict(stage), "people": counts.get(stage.key, 0)} for stage in model.stages]
        told = {"key": model.key, "version": model.version, "stages": stages}
        return Response(LifecycleShape(told).data)


class TraitsView(Api, APIView):
    """The traits that the shop declared."""

    may = {"GET": ("view_traitdefinition", "change_traitdefinition", "view_profile")}

    @described(answers=DeclaredTraitsShape, refuses=False)
    def get(self, request: Request) -> Response:
        return Response(DeclaredTraitsShape({"results": declared_traits()}).data)


class SurveyViewSet(Api, GenericViewSet):
    """Published surveys and what came of them."""

    serializer_class = ResultsShape
    may = {"GET": ("view_survey", "change_survey")}
    lookup_value_regex = "[a-z0-9_-]{1,48}"

    @described(answers=SurveysShape, refuses=False, named="surveys_list")
    def list(self, request: Request) -> Response:
        """All published surveys with their numbers of answers."""
        answers = answer_counts()
        rows = [
            {"key": key, "name": name, "answers": answers.get(key, 0)}
            for key, name in sorted(survey_names().items())
        ]
        return Response(SurveysShape({"results": rows}).data)

    @described(answers=ResultsShape, refuses=False)
    def retrieve(self, request: Request, pk: str) -> Response:
        """A question, and what came of it by stage and segment."""
        asked = question(pk)
        if asked is None:
            raise Http404
        found = asdict(results(asked))
        if not request.user.has_perm("clm_plugin.view_profile"):
            found["comments"] = []
        return Response(ResultsShape({"question": asked, **found}).data)


class EventsView(Api, APIView):
    """Events of a trusted service: up to 100 a request, each stored once by its ``id``."""

    may = {"POST": ("add_event",)}

    @described(body=NewEvents, answers=StoredShape, refuses=False)
    def post(self, request: Request) -> Response:
        """200 with how many were new, and the refused ones by index, field and reason."""
        batch = EventBatch(data=request.data)
        batch.is_valid(raise_exception=True)
        good: list[NewEvent] = []
        refused: list[dict[str, Any]] = []
        for index, raw in enumerate(batch.validated_data["events"]):
            shape = NewEventShape(data=raw)
            if not shape.is_valid():
                refused.append({"index": index, "errors": shape.errors})
                continue
            try:
                good.append(_event(shape.validated_data))
            except BadEvent as error:
                refused.append({"index": index, "errors": {error.field: [error.why]}})
        told = {"stored": record_many(good, checked=True), "refused": refused}
        return Response(StoredShape(told).data)


def _event(said: dict[str, Any]) -> NewEvent:
    customer = said["customer_id"]
    name = actor("customer", customer) if customer else actor("profile", said["profile"])
    return NewEvent(
        type=said["type"],
        actor=name,
        object_id=said["object_id"],
        payload=check_payload(said["type"], said["payload"]),
        occurred_at=said["occurred_at"] or clock.now(),
        source="api",
        key=said["id"],
    )
