"""The page of one segment: its people, why somebody is in or out, who came and went."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from clm_plugin import clock
from clm_plugin.console.customer import name_of
from clm_plugin.console.customers import CustomersView
from clm_plugin.console.exports import export_button, may_export
from clm_plugin.console.guard import EDIT_SEGMENTS, SEE_PEOPLE, SEE_SEGMENTS, Guarded, may
from clm_plugin.console.segments_choices import labels_for
from clm_plugin.console.segments_preview import number_of_profiles
from clm_plugin.console.segments_used import used_by
from clm_plugin.console.segments_why import find_person, told_changes, why
from clm_plugin.profiles.models import Profile
from clm_plugin.segments import api as segments
from clm_plugin.segments.models import (
    CompiledSegment,
    Evaluation,
    Membership,
    MembershipChange,
    Segment,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from clm_plugin.profiles.models import Facts
    from clm_plugin.segments.api import Group

WEEK = timedelta(days=7)
NEWEST = 12
HISTORY = 20


class OfSegment:
    """Mixin of views: the segment that the address names, and the way back to it."""

    segment: Segment
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may(request, *SEE_SEGMENTS):
            raise PermissionDenied
        self.segment = get_object_or_404(Segment, pk=kwargs["pk"])
        view: Any = super()
        response: HttpResponseBase = view.dispatch(request, *args, **kwargs)
        return response

    @cached_property
    def is_masked(self) -> bool:
        """Whether who is in would tell the user something sensitive that she may not see."""
        return self.segment.key in segments.hidden_from(self.request.user).segments

    def trail(self, *last: Any) -> list[dict[str, Any]]:
        here = reverse("clm_segments:people", args=(self.segment.pk,))
        crumbs: list[dict[str, Any]] = [
            {"url": reverse("clm_segments:list"), "label": _("Segments")},
            {"url": here if last else "", "label": str(self.segment)},
        ]
        return [*crumbs, *({"url": "", "label": label} for label in last)]


class SegmentView(OfSegment, Guarded, WagtailAdminTemplateMixin, TemplateView):
    permission = SEE_SEGMENTS
    header_icon = "group"
    template_name = "clm_plugin/console/segment_page.html"

    def get_page_title(self) -> str:
        return str(self.segment)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, *self.trail()]

    def get_header_buttons(self) -> list[Any]:
        members = reverse("clm_segments:members", args=(self.segment.pk,))
        may_take = may_export(self.request) and not self.is_masked
        url = f"{members}?export=1" if may_take else ""
        return [*super().get_header_buttons(), *export_button(url)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        segment, now = self.segment, clock.now()
        row = CompiledSegment.objects.filter(key=segment.key).first()
        group, broken = rules_of(row)
        labels = labels_for(group)
        people = may(self.request, SEE_PEOPLE) and not self.is_masked
        context: dict[str, Any] = {
            "segment": segment,
            "row": row,
            "sees_people": people,
            "is_masked": self.is_masked,
            "may_edit": may(self.request, *EDIT_SEGMENTS),
            "is_static": segment.kind == Segment.Kind.STATIC,
            "sentence": segments.sentence(group, labels) if group is not None else "",
            "broken": broken,
            "now": now,
        }
        if row is not None:
            entered, left = segments.movement(segment.key, since=now - WEEK, until=now)
            members, done = size_of(segment.key)
            context |= {
                "members": members,
                "share": members / (number_of_profiles() or 1),
                "percent_done": done,
                "entered": entered,
                "left": left,
                "used": used_by(segment.key),
            }
            if people:
                context |= {
                    "newest": newest(segment.key),
                    "history": told_changes(
                        segments.history(segment=segment.key, limit=HISTORY), self.request
                    ),
                    **self._asked(row, group, labels, now),
                }
        return super().get_context_data(**context, **kwargs)

    def _asked(self, row: Any, group: Any, labels: Any, now: Any) -> dict[str, Any]:
        """The answer to "why is she in, or out", when somebody was asked about."""
        asked = self.request.GET.get("who", "").strip()
        if not asked or (group is None and row.kind == CompiledSegment.Kind.RULE):
            return {}
        person = find_person(asked)
        if person is None:
            return {"asked": asked, "nobody": True}
        return {"asked": asked, "why": why(row, group, person, labels, now)}


def rules_of(row: CompiledSegment | None) -> tuple[Group | None, bool]:
    """The rules in force (None: a list, or nothing published), and whether they cannot be read."""
    if row is None or row.kind == CompiledSegment.Kind.STATIC:
        return None, False
    try:
        return segments.from_json(row.rules), False
    except Exception:  # whatever is wrong with it, as where events are processed
        return None, True


def size_of(key: str) -> tuple[int, int]:
    """Members now, and how many per cent of all profiles were looked at (100: all)."""
    members = Membership.objects.filter(segment=key, inside=True).count()
    waiting = Evaluation.objects.filter(segment=key).values_list("after", flat=True).first()
    if waiting is None:
        return members, 100
    last = Profile.objects.aggregate(last=Max("pk"))["last"] or 1
    return members, min(99, waiting * 100 // last)


def newest(key: str) -> list[dict[str, Any]]:
    """Who came in last, by the history, whose index is in that order; two queries."""
    came = MembershipChange.objects.filter(segment=key, entered=True).order_by("-changed_at", "-pk")
    ids = list(dict.fromkeys(came.values_list("profile_id", flat=True)[: NEWEST * 4]))
    rows = {
        row.profile_id: row
        for row in Membership.objects.filter(
            segment=key, inside=True, profile__in=ids
        ).select_related("profile")
    }
    inside = [rows[one] for one in ids if one in rows][:NEWEST]
    return [{"profile": row.profile, "name": name_of(row.profile), "since": row.since}
            for row in inside]  # fmt: skip


class ByKeyView(Guarded, View):
    """From a key to the segment's page; engines know keys only."""

    permission = SEE_SEGMENTS

    def get(self, request: HttpRequest, key: str) -> HttpResponseBase:
        return redirect("clm_segments:people", get_object_or_404(Segment, key=key).pk)


class MembersView(OfSegment, CustomersView):
    """Everybody who is in, with the search, filters and columns of the list of customers."""

    permission = SEE_PEOPLE
    template_name = "clm_plugin/console/customers.html"
    default_ordering = "-pk"  # the order of the members' index; the others sort all of them
    index_url_name = "clm_segments:members"
    index_results_url_name = "clm_segments:members_results"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_masked:
            raise PermissionDenied
        return super().get(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return gettext("In “%(segment)s”") % {"segment": self.segment}

    def get_index_url(self) -> str:
        return reverse("clm_segments:members", args=(self.segment.pk,))

    def get_index_results_url(self) -> str:
        return reverse("clm_segments:members_results", args=(self.segment.pk,))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, *self.trail(_("People"))]

    def get_base_queryset(self) -> QuerySet[Facts]:
        return (
            super()
            .get_base_queryset()
            .filter(
                profile__memberships__segment=self.segment.key, profile__memberships__inside=True
            )
        )


class RemoveView(OfSegment, Guarded, View):
    """Takes one person off a static list."""

    permission = EDIT_SEGMENTS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        asked = request.POST.get("profile", "")
        person = Profile.objects.filter(pk=int(asked)).first() if asked.isdecimal() else None
        if person is not None and self.segment.kind == Segment.Kind.STATIC:
            try:
                segments.remove_members(self.segment.key, [person.pk], now=clock.now())
            except segments.SegmentError:
                messages.error(request, gettext("Publish the list first."))
            else:
                messages.success(
                    request, gettext("%(name)s is off the list.") % {"name": name_of(person)}
                )
        return redirect("clm_segments:people", self.segment.pk)
