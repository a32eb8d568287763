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
from clm_plugin.rest.api.base import Api
from clm_plugin.rest.api.shapes import EventBatch, Members, NewEventShape, ProfileShape
from clm_plugin.segments.api import add_members, members, remove_members, sizes
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

    def list(self, request: Request) -> Response:
        """All published segments with their numbers of members. Three queries."""
        return Response({"results": [asdict(size) for size in sizes().values()]})

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(asdict(_size(pk)))

    @action(detail=True, methods=["get", "post", "delete"])
    def members(self, request: Request, pk: str) -> Response:
        """Who is inside. POST and DELETE ``{"profiles": [ids]}`` edit a static list."""
        if request.method == "GET" and not request.user.has_perm("clm_plugin.view_profile"):
            self.permission_denied(request)
        _size(pk)
        if request.method == "GET":
            page = self.paginate_queryset(self.get_queryset())
            return self.get_paginated_response(ProfileShape(page, many=True).data)
        shape = Members(data=request.data)
        shape.is_valid(raise_exception=True)
        edit = add_members if request.method == "POST" else remove_members
        changes = edit(pk, shape.validated_data["profiles"], now=clock.now())
        return Response({"changed": len({c.profile_id for c in changes if c.segment == pk})})

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

    def get(self, request: Request) -> Response:
        model, counts = current_model(), stage_counts()
        stages = [
            {
                "key": stage.key,
                "label": stage.label,
                "order": stage.order,
                "loss": stage.loss,
                "people": counts.get(stage.key, 0),
            }
            for stage in model.stages
        ]
        return Response({"key": model.key, "version": model.version, "stages": stages})


class TraitsView(Api, APIView):
    """The traits that the shop declared."""

    may = {"GET": ("view_traitdefinition", "change_traitdefinition", "view_profile")}

    def get(self, request: Request) -> Response:
        return Response({"results": declared_traits()})


class SurveyViewSet(Api, GenericViewSet):
    """Published surveys and what came of them."""

    serializer_class = None
    may = {"GET": ("view_survey", "change_survey")}
    lookup_value_regex = "[a-z0-9_-]{1,48}"

    def list(self, request: Request) -> Response:
        answers = answer_counts()
        rows = [
            {"key": key, "name": name, "answers": answers.get(key, 0)}
            for key, name in sorted(survey_names().items())
        ]
        return Response({"results": rows})

    def retrieve(self, request: Request, pk: str) -> Response:
        asked = question(pk)
        if asked is None:
            raise Http404
        found = asdict(results(asked))
        if not request.user.has_perm("clm_plugin.view_profile"):
            found["comments"] = []
        return Response({"question": asdict(asked), **found})


class EventsView(Api, APIView):
    """Events of a trusted service: up to 100 a request, each stored once by its ``id``."""

    may = {"POST": ("add_event",)}

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
        return Response({"stored": record_many(good, checked=True), "refused": refused})


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
