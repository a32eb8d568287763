"""The paths of the public endpoints, under the prefix where the host included the plugin."""

from django.urls import path

from clm_plugin.rest.bundle import add_bundle
from clm_plugin.rest.collect import collect
from clm_plugin.rest.consent import change_consent
from clm_plugin.rest.decide import decide
from clm_plugin.rest.health import health
from clm_plugin.rest.survey import answer_survey
from clm_plugin.rest.wallet import store_credit, store_credit_history
from clm_plugin.rest.your_data import your_data

urlpatterns = [
    path("e", collect, name="collect"),
    path("d", decide, name="decide"),
    path("bundle", add_bundle, name="bundle"),
    path("consent", change_consent, name="consent"),
    path("survey", answer_survey, name="survey"),
    path("you/", your_data, name="your-data"),
    path("credit/", store_credit, name="store-credit"),
    path("credit/history.csv", store_credit_history, name="store-credit-history"),
    path("health", health, name="health"),
]
