"""Wagtail owns ``/`` and the landing pages, Oscar the shop, the plugin ``/clm/``."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import include, path, re_path
from django.views.static import serve as serve_file
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.views import serve as serve_page

from demo_shop import accountdates, views
from demo_shop.mailbox import views as mailbox

oscar: Any = apps.get_app_config("oscar")

demo_patterns = (
    [
        path("", views.start, name="start"),
        path("clock/", views.move_clock, name="clock"),
        path("clock/status/", views.clock_status, name="clock-status"),
        path("language/", views.language, name="language"),
        path("mail/", mailbox.mail_list, name="mail"),
        path("mail/clear/", mailbox.mail_clear, name="mail-clear"),
        path("mail/<str:name>/", mailbox.mail_detail, name="mail-detail"),
        path("mail/<str:name>/html/", mailbox.mail_html, name="mail-html"),
    ],
    "demo",
)

urlpatterns = [
    path("favicon.ico", views.favicon),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("clm/", include("clm_plugin.urls")),
    path("demo/", include(demo_patterns)),
    path("i18n/", include("django.conf.urls.i18n")),
    # The demo has no web server in front, so Django hands out the pictures itself.
    re_path(r"^media/(?P<path>.*)$", serve_file, {"document_root": settings.MEDIA_ROOT}),
    path("", serve_page, {"path": ""}, name="shop-window"),
    path("accounts/dates/", accountdates.dates, name="account-dates"),
    path("", include(oscar.urls[0])),
    path("", include(wagtail_urls)),
]
