"""Routes of the API; also all that its schema describes."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import SimpleRouter

from clm_plugin.rest.api.codes import CodesViewSet
from clm_plugin.rest.api.credit import CreditViewSet, HoldViewSet, TransactionViewSet
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
router.register("credit/holds", HoldViewSet, basename="api-hold")
router.register("credit/transactions", TransactionViewSet, basename="api-transaction")
router.register("credit", CreditViewSet, basename="api-credit")
router.register("codes", CodesViewSet, basename="api-code")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(router.urls)),
    path("events/", EventsView.as_view(), name="api-events"),
    path("lifecycle/", LifecycleView.as_view(), name="api-lifecycle"),
    path("traits/", TraitsView.as_view(), name="api-traits"),
]
