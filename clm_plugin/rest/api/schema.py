"""The OpenAPI schema of our own endpoints, and a page that shows it without fetching anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from clm_plugin.rest.api.base import Api

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_ANY_USE = (
    "view_profile",
    "view_segment",
    "view_survey",
    "view_lifecyclemodel",
    "add_event",
)


class SchemaView(Api, SpectacularAPIView):
    """The schema; who may use any of the endpoints may read it."""

    may = {"GET": _ANY_USE}
    urlconf: Any = "clm_plugin.rest.api.endpoints"
    renderer_classes: Any = SpectacularAPIView.renderer_classes
    custom_settings: Any = {
        "TITLE": "Customer lifecycle",
        "DESCRIPTION": "People, events, segments and consents. Money is in minor units.",
        "VERSION": "1",
    }


def documentation(request: HttpRequest) -> HttpResponse:
    """The schema as a page. It holds nothing itself: what the schema says, its own view guards."""
    return render(request, "clm_plugin/rest/docs.html")


documents = [
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", documentation, name="api-docs"),
]
