"""Credit by hand: what waits for a second person, and what was given, asked for and refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.log_actions import log

from clm_plugin import clock, jobs
from clm_plugin.adapters.files.api import begin_approved
from clm_plugin.console.credit_grants import staff_of
from clm_plugin.console.customer import name_of
from clm_plugin.console.exports import Exports
from clm_plugin.console.guard import APPROVE_CREDIT, GIVE_CREDIT, IMPORT_FILES, Guarded, may
from clm_plugin.console.ledger_keyset import PAGE, before_of, page_of
from clm_plugin.console.ledger_screen import HANDS, Screen
from clm_plugin.console.ledger_transaction import refusal
from clm_plugin.console.ledger_words import programme_names
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import GrantRequest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

APPROVED, REFUSED = "clm_plugin.approve_credit", "clm_plugin.refuse_credit"
"""The actions of Wagtail's log."""
_State = GrantRequest.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A request in words. ``tone`` is that of the console's states."""

    row: GrantRequest
    what: str
    who: str
    url: str
    programme: str
    state: str
    tone: str


def told(rows: Iterable[GrantRequest], now: datetime) -> list[Told]:
    names = programme_names()
    return [_told(row, names, now) for row in rows]


def _told(row: GrantRequest, names: dict[str, str], now: datetime) -> Told:
    lapsed = row.state == _State.WAITING and row.lapses_at <= now
    tones = {_State.WAITING: "queued", _State.APPROVED: "sent"}
    who, url = "", ""
    if row.kind == GrantRequest.Kind.FILE:
        url = reverse("clm_imports:run", args=(row.file,)) if row.file else ""
        who = row.reason
    elif row.profile is not None:
        who = name_of(row.profile)
        url = reverse("clm_customers:customer", args=(row.profile.pk,))
    return Told(
        row=row,
        what=row.get_kind_display(),
        who=who or _("Somebody who was erased"),
        url=url,
        programme=names.get(row.programme, row.programme),
        state=_("Waited too long") if lapsed else row.get_state_display(),
        tone="failed" if lapsed else tones.get(_State(row.state), "failed"),
    )


class RequestsView(Exports, Screen, TemplateView):
    """What waits comes first; below it everything, newest first.

    Who may approve sees all; who may only give sees her own.
    """

    permission = HANDS
    page_title = gettext_lazy("Credit by hand")
    template_name = "clm_plugin/console/credit_requests.html"
    exports = "credit_requests"
    tab = "requests"

    def export_rows(self) -> QuerySet[GrantRequest]:
        rows = GrantRequest.objects.all()
        if may(self.request, APPROVE_CREDIT):
            return rows
        return rows.filter(requested_by=str(self.request.user.pk))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, me = clock.now(), str(self.request.user.pk)
        rows = self.export_rows().select_related("profile")
        waits = rows.filter(state=_State.WAITING, lapses_at__gt=now).order_by("lapses_at", "pk")
        before = before_of(self.request)
        past = rows if before is None else rows.filter(pk__lt=before)
        page = page_of(self.request, list(past.order_by("-pk")[: PAGE + 1]), lambda row: row.pk)
        approves = may(self.request, APPROVE_CREDIT)
        return super().get_context_data(
            waiting=[
                (each, approves and each.row.requested_by != me, each.row.requested_by == me)
                for each in told(waits[:PAGE], now)
            ],
            page=page,
            rows=told(page.rows, now),
            may_give=may(self.request, GIVE_CREDIT),
            may_file=may(self.request, GIVE_CREDIT) and may(self.request, IMPORT_FILES),
            **kwargs,
        )


class _OfRequest:
    """Mixin of views of one request: who may only give sees her own. Raises Http404."""

    request: HttpRequest
    kwargs: dict[str, Any]

    @cached_property
    def row(self) -> GrantRequest:
        rows = GrantRequest.objects.select_related("profile", "transaction")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        if not may(self.request, APPROVE_CREDIT) and not self.is_own(found):
            raise PermissionDenied
        return found

    def is_own(self, row: GrantRequest) -> bool:
        return row.requested_by == str(self.request.user.pk)


class RequestView(_OfRequest, Screen, TemplateView):
    permission = HANDS
    template_name = "clm_plugin/console/credit_request.html"
    tab = "requests"

    def get_page_title(self) -> str:
        return _("By hand, no. %(id)s") % {"id": self.row.pk}

    def trail(self) -> list[dict[str, Any]]:
        return [{"url": reverse("clm_ledger:requests"), "label": _("Credit by hand")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, row = clock.now(), self.row
        (its,) = told([row], now)
        waits = row.state == _State.WAITING and row.lapses_at > now
        return super().get_context_data(
            told=its,
            row=row,
            waits=waits,
            may_approve=waits and may(self.request, APPROVE_CREDIT) and not self.is_own(row),
            may_withdraw=row.state == _State.WAITING and self.is_own(row),
            **kwargs,
        )


class ApproveView(_OfRequest, Guarded, View):
    """A second person agrees; POST only."""

    permission = APPROVE_CREDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row, now = self.row, clock.now()
        try:
            with transaction.atomic():
                done = wallet.approve(row.pk, by=staff_of(request), now=now)
                if done.file is not None and not begin_approved(done):
                    raise wallet.WalletError(
                        _("The file was changed or read in since: refuse this, and ask again.")
                    )
        except wallet.WalletError as error:
            messages.error(request, refusal(error))
            return redirect("clm_ledger:request", pk)
        log(done, APPROVED)
        if done.file is not None:
            jobs.send("clm_plugin.read_in", done.file)
        messages.success(request, _("Approved and done."))
        return redirect("clm_ledger:request", pk)


class RefuseView(_OfRequest, Guarded, View):
    """Refuse what somebody asked for, or withdraw one's own; POST only."""

    permission = HANDS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self.row
        why = request.POST.get("why", "")[:200]
        try:
            done = wallet.refuse(row.pk, by=staff_of(request), why=why, now=clock.now())
        except wallet.WalletError as error:
            messages.error(request, refusal(error))
            return redirect("clm_ledger:request", pk)
        log(done, REFUSED)
        withdrawn = done.state == _State.WITHDRAWN
        messages.success(request, _("Withdrawn.") if withdrawn else _("Refused."))
        return redirect("clm_ledger:requests")
