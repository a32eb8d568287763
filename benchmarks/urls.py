"""The demo shop's URLs, and a view that does nothing but one point read."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt  # as the endpoint it is compared to
def point_read(request: HttpRequest) -> JsonResponse:
    """The least that a view on a database can do: one row by its primary key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version FROM clm_plugin_planset WHERE id = %s", [1])
        (version,) = cursor.fetchone()
    return JsonResponse({"version": version})


urlpatterns = [
    path("bench/point-read", point_read),
    path("", include("demo_shop.urls")),
]
