"""Whether the machinery is alive, and what to do where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from clm_plugin import clock, health
from clm_plugin.campaigns.api import stranded
from clm_plugin.console.guard import SEE_HEALTH, Guarded, GuardedViewSet
from clm_plugin.console.ledger_health import books
from clm_plugin.console.offers_health import guessing
from clm_plugin.console.wording import whole
from clm_plugin.events.api import dead_letters
from clm_plugin.segments.api import broken_segments

if TYPE_CHECKING:
    from collections.abc import Collection

_LATE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: str
    ok: bool
    said: str
    remedy: str = ""


def parts(
    report: dict[str, Any], dead: int, broken: Collection[str] = (), alone: Collection[str] = ()
) -> list[Part]:
    """One line a part of the machinery, from ``health.report``.

    ``broken``: names of segments that cannot be read; ``alone``: of campaigns that are stranded.
    """
    if not report["database"]:
        return [
            Part(
                name=gettext("Database"),
                ok=False,
                said=gettext("does not answer"),
                remedy=gettext("Look at the database server; nothing works without it."),
            )
        ]
    found = [
        _alive(
            gettext("Broker"), report["broker"], gettext("Start the broker, or correct its URL.")
        ),
        _alive(
            gettext("Worker"),
            report["worker"],
            gettext("Start one: celery -A <your project> worker. Until then events only pile up."),
        ),
        _alive(
            gettext("Scheduler"),
            report["scheduler"],
            gettext(
                "Start one: celery -A <your project> beat. Until then nothing happens by time."
            ),
        ),
    ]
    found += [_queue(report["queue"]), _dead(dead)]
    found += [_segments(broken)] if broken else []
    return [*found, _campaigns(alone)] if alone else found


def _alive(name: str, ok: bool, remedy: str) -> Part:
    said = gettext("running") if ok else gettext("not seen in the last 90 seconds")
    return Part(name=name, ok=ok, said=said, remedy="" if ok else remedy)


def _queue(queue: dict[str, Any]) -> Part:
    lag = timedelta(seconds=queue["lag_seconds"])
    ok = lag < _LATE
    return Part(
        name=gettext("Queue"),
        ok=ok,
        said=gettext("%(n)s events waiting, the oldest for %(s)s s")
        % {"n": whole(queue["waiting"]), "s": whole(round(lag.total_seconds()))},
        remedy="" if ok else gettext("Start more workers, or look for what they wait on."),
    )


def _dead(count: int) -> Part:
    return Part(
        name=gettext("Dead letters"),
        ok=not count,
        said=whole(count),
        remedy=gettext("Read the reasons, correct the cause, then replay them.") if count else "",
    )


def _segments(broken: Collection[str]) -> Part:
    return Part(
        name=gettext("Segments"),
        ok=False,
        said=gettext("The rules of %(segments)s cannot be read: nobody enters or leaves.")
        % {"segments": ", ".join(f"“{name}”" for name in sorted(broken))},
        remedy=gettext("Open it in the list of segments and publish it again."),
    )


def _campaigns(alone: Collection[str]) -> Part:
    return Part(
        name=gettext("Campaigns"),
        ok=False,
        said=gettext("%(campaigns)s: live, but for stages or segments that are not there.")
        % {"campaigns": ", ".join(f"“{name}”" for name in sorted(alone))},
        remedy=gettext("Publish those segments or that lifecycle model, or change the campaign."),
    )


class HealthView(Guarded, WagtailAdminTemplateMixin, TemplateView):
    permission = SEE_HEALTH
    page_title = _("Health")
    header_icon = "clm-pulse"
    template_name = "clm_plugin/console/health.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Heartbeats are in real time; the queue is in the plugin's, which a demo may have moved.
        report = health.report(now=timezone.now(), clock_now=clock.now())
        sweep = report.get("last_sweep")
        return super().get_context_data(
            parts=[
                *parts(
                    report,
                    dead_letters(),
                    broken_segments().values(),
                    [one.name for one in stranded()],
                ),
                *(Part(**line) for line in books(now=clock.now())),
                *(Part(**line) for line in guessing(now=clock.now())),
            ]
            if report["database"]
            else parts(report, 0),
            ok=report["ok"],
            last_sweep=datetime.fromisoformat(sweep) if sweep else None,
            **kwargs,
        )


class HealthViewSet(GuardedViewSet):
    name = "clm_health"
    url_prefix = "lifecycle/health"
    permission = SEE_HEALTH
    icon = "clm-pulse"
    menu_label = _("Health")
    menu_name = "clm-health"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", HealthView.as_view(), name="index")]
