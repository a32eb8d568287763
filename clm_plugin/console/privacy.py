"""Privacy: what is held of people and for how long, what was erased, and mails that are held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from clm_plugin import clock
from clm_plugin.conf import settings
from clm_plugin.console.guard import RELEASE_MAILS, SEE_PRIVACY, Guarded, GuardedViewSet, may
from clm_plugin.console.privacy_person import (
    ConsentLogView,
    EraseView,
    ExportView,
)
from clm_plugin.console.privacy_words import ASKED_BY, ERASURE
from clm_plugin.events.api import TYPES
from clm_plugin.messages.api import held_since, release_sends, waiting_mails
from clm_plugin.privacy.api import data_map, days_of, missing
from clm_plugin.privacy.models import Erasure

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

LATEST = 20


class PrivacyView(Guarded, WagtailAdminTemplateMixin, TemplateView):
    permission = SEE_PRIVACY
    page_title = _("Privacy")
    header_icon = "lock"
    template_name = "clm_plugin/console/privacy.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        held = held_since()
        return super().get_context_data(
            lines=told_map(),
            periods=periods(),
            erasures=[
                (row, ASKED_BY.get(row.asked_by, row.asked_by), sum(row.rows.values()))
                for row in Erasure.objects.order_by("-erased_at", "-pk")[:LATEST]
            ],
            held=held,
            waiting=waiting_mails() if held else 0,
            may_release=may(self.request, RELEASE_MAILS),
            has_journal=bool(settings.ERASURE_JOURNAL),
            unknown=len(missing()),
            **kwargs,
        )


def told_map() -> list[Any]:
    """The data map in the reader's language."""
    return [
        {
            "model": line.model,
            "holds": gettext(line.holds),
            "why": gettext(line.why) if line.why else "",
            "kept": gettext(line.kept) if line.kept else "",
            "days": line.days,
            "erase": ERASURE[line.erase],
            "how": line.erase,
        }
        for line in data_map()
    ]


def periods() -> list[tuple[str, int]]:
    """Event types that are purged, with their days; the longest first."""
    found = [(name, days) for name in (*TYPES, "raw") if (days := days_of(name)) is not None]
    return sorted(found, key=lambda each: (-each[1], each[0]))


class ReleaseView(Guarded, View):
    """Lets mails go that were held after a restored backup. POST only."""

    permission = RELEASE_MAILS
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        if held_since() is None:
            messages.warning(request, gettext("No mails are held: somebody was faster."))
            return redirect("clm_privacy:index")
        drop = request.POST.get("waiting") == "drop"
        count = release_sends(now=clock.now(), drop=drop)
        said = (
            ngettext("%(n)s waiting mail was dropped.", "%(n)s waiting mails were dropped.", count)
            if drop
            else ngettext("%(n)s waiting mail may leave.", "%(n)s waiting mails may leave.", count)
        )
        messages.success(request, said % {"n": count})
        return redirect("clm_privacy:index")


class PrivacyViewSet(GuardedViewSet):
    name = "clm_privacy"
    url_prefix = "lifecycle/privacy"
    permission = SEE_PRIVACY
    icon = "lock"
    menu_label = _("Privacy")
    menu_name = "clm-privacy"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", PrivacyView.as_view(), name="index"),
            path("release/", ReleaseView.as_view(), name="release"),
            path("<int:pk>/", ConsentLogView.as_view(), name="person"),
            path("<int:pk>/export/", ExportView.as_view(), name="export"),
            path("<int:pk>/erase/", EraseView.as_view(), name="erase"),
        ]
