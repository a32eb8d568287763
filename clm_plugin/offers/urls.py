"""The page that a signed link to an offer leads to."""

from django.urls import path

from clm_plugin.offers.views import offer

urlpatterns = [path("o/<str:token>", offer, name="offer")]
