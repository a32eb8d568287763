"""``startproject``'s and Oscar's URLs, and the three lines of this plugin."""

from django.apps import apps
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("clm/", include("clm_plugin.urls")),
    path("lifecycle-admin/", include("wagtail.admin.urls")),
    path("documents/", include("wagtail.documents.urls")),
    path("", include(apps.get_app_config("oscar").urls[0])),
]
