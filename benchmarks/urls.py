"""The demo shop's URLs, and a view that does nothing but one point read."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from clm_plugin.models import PlanSet


@csrf_exempt  # as the endpoint it is compared to
def point_read(request: HttpRequest) -> JsonResponse:
    """The least that a view on a database can do: one row by its primary key."""
    return JsonResponse({"version": PlanSet.objects.get(pk=1).version})


urlpatterns = [
    path("bench/point-read", point_read),
    path("", include("demo_shop.urls")),
]
