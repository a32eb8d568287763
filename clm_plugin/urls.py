"""What a host includes: ``path("clm/", include("clm_plugin.urls"))``."""

from django.urls import include, path

app_name = "clm"
urlpatterns = [
    path("", include("clm_plugin.rest.urls")),
    path("api/", include("clm_plugin.rest.api.urls")),
    path("", include("clm_plugin.messages.urls")),
    path("", include("clm_plugin.offers.urls")),
    path("", include("clm_plugin.adapters.segment.urls")),
    path("", include("clm_plugin.adapters.tender.urls")),
]
