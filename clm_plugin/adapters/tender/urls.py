"""The path of the form "use up to X"."""

from django.urls import path

from clm_plugin.adapters.tender.views import use_credit

urlpatterns = [path("credit/use", use_credit, name="use_credit")]
