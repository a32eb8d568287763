"""Events that failed every try: read the reason, put them back in the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages

from clm_plugin import clock, jobs
from clm_plugin.console.guard import (
    REPLAY_DEAD_LETTERS,
    SEE_DEAD_LETTERS,
    Guarded,
    GuardedViewSet,
    may,
)
from clm_plugin.console.listing import Listing
from clm_plugin.console.paging import CappedPaginator
from clm_plugin.events.api import replay
from clm_plugin.events.models import DeadLetter, Event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponseBase


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    letter: DeadLetter
    event: Event | None
    """None when the event was erased meanwhile."""

    @property
    def headline(self) -> str:
        """The line of the reason that names the error: the first with a colon, or the first."""
        lines = [line.strip() for line in self.letter.reason.splitlines() if line.strip()]
        return lines[0] if lines else ""

    @property
    def rest(self) -> str:
        return self.letter.reason.partition("\n")[2].rstrip()


class DeadLettersView(Listing):
    permission = SEE_DEAD_LETTERS
    page_title = _("Dead letters")
    header_icon = "warning"
    template_name = "clm_plugin/console/dead_letters.html"
    results_template_name = "clm_plugin/console/dead_letters_results.html"
    index_url_name = "clm_dead_letters:index"
    index_results_url_name = "clm_dead_letters:index_results"
    model = DeadLetter
    paginate_by = 50
    paginator_class = CappedPaginator
    default_ordering = "-failed_at"

    def get_valid_orderings(self) -> list[str]:
        return ["-failed_at"]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return {
            **context,
            "rows": told_rows(context["object_list"]),
            "may_replay": may(self.request, REPLAY_DEAD_LETTERS),
            "now": clock.now(),
        }


def told_rows(letters: Iterable[DeadLetter]) -> list[Row]:
    """Dead letters with their events; one query."""
    found = list(letters)
    events = Event.objects.in_bulk([letter.event_id for letter in found])
    return [Row(letter=letter, event=events.get(letter.event_id)) for letter in found]


class ReplayView(Guarded, View):
    """Puts one dead letter, or all, back in the queue. POST only: it changes what will happen."""

    permission = REPLAY_DEAD_LETTERS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, event_id: UUID | None = None) -> HttpResponseBase:
        count = replay(None if event_id is None else [event_id], now=clock.now())
        if count:
            jobs.wake()
            said = ngettext(
                "%(n)s event is back in the queue.", "%(n)s events are back in the queue.", count
            )
            messages.success(request, said % {"n": count})
        else:
            messages.warning(request, gettext("There was nothing to replay: somebody was faster."))
        return redirect("clm_dead_letters:index")


class DeadLettersViewSet(GuardedViewSet):
    name = "clm_dead_letters"
    url_prefix = "lifecycle/dead-letters"
    permission = SEE_DEAD_LETTERS
    icon = "warning"
    menu_label = _("Dead letters")
    menu_name = "clm-dead-letters"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", DeadLettersView.as_view(), name="index"),
            path("results/", DeadLettersView.as_view(results_only=True), name="index_results"),
            path("replay/", ReplayView.as_view(), name="replay_all"),
            path("replay/<uuid:event_id>/", ReplayView.as_view(), name="replay"),
        ]
