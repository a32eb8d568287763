"""Routes of the API; also all that its schema describes."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import SimpleRouter

from clm_plugin.rest.api.groups import (
    EventsView,
    LifecycleView,
    SegmentViewSet,
    SurveyViewSet,
    TraitsView,
)
from clm_plugin.rest.api.people import ProfileViewSet

router = SimpleRouter(use_regex_path=True)
router.register("profiles", ProfileViewSet, basename="api-profile")
router.register("segments", SegmentViewSet, basename="api-segment")
router.register("surveys", SurveyViewSet, basename="api-survey")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(router.urls)),
    path("events/", EventsView.as_view(), name="api-events"),
    path("lifecycle/", LifecycleView.as_view(), name="api-lifecycle"),
    path("traits/", TraitsView.as_view(), name="api-traits"),
]
