"""Codes in bulk: made, exported, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from clm_plugin import clock, jobs
from clm_plugin.adapters.files.api import Column, csv_pieces
from clm_plugin.console.codes_making import CodesForm, MakingView
from clm_plugin.console.guard import EXPORT_LISTS, MAKE_CODES, REVOKE_CODES, Guarded, may
from clm_plugin.console.offers_page import OfOffer
from clm_plugin.console.wording import whole
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import CodeBatch, OfferCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

_PART = 1_000


class MakeCodesForm(CodesForm):
    wanted = forms.IntegerField(
        label=_("How many"),
        min_value=1,
        max_value=1_000_000,
        help_text=_("Each is good for one order of whoever has it."),
    )
    name = forms.CharField(
        label=_("Name of the batch"),
        max_length=100,
        required=False,
        help_text=_("For you: where the codes go, such as “leaflet in May”."),
    )
    field_order = ("wanted", "name", "expires_at")


class MakeCodesView(MakingView):
    """Asks for a batch; a worker makes it, and the offer's page shows how far it is."""

    page_title = _("Make codes")
    form_class = MakeCodesForm
    template_name = "clm_plugin/console/codes_make.html"

    def make(self, said: dict[str, Any]) -> tuple[dict[str, Any], str]:
        actor = str(self.request.user.pk)
        batch = offers.start_batch(offer=self.offer.key, actor=actor, now=clock.now(), **said)
        transaction.on_commit(lambda: jobs.send_soon("clm_plugin.make_codes"))
        noted = {"batch": batch.pk, "wanted": batch.wanted, "name": batch.name}
        return noted, gettext("The codes are being made; you may leave the page.")


class CodesExportView(OfOffer, Guarded, View):
    """The codes of an offer or of a batch as a file; who took it is in the audit log."""

    permission = MAKE_CODES
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        if not may(request, EXPORT_LISTS):
            raise PermissionDenied
        asked, now = request.POST.get("batch", ""), clock.now()
        batch = int(asked) if asked.isdecimal() else None
        rows = offers.codes_of(self.offer.key, batch=batch, now=now)
        log(
            ContentType.objects.get_for_model(OfferCode),
            "clm_plugin.export_list",
            user=request.user,
            title=str(self.offer),
            data={"list": "codes", "offer": self.offer.key, "batch": batch, "rows": rows.count()},
        )
        response = StreamingHttpResponse(
            csv_pieces(_COLUMNS, _parts(offers.export_codes(rows.select_related("grant")), now)),
            content_type="text/csv; charset=utf-8",
        )
        name = f"codes-{self.offer.key}-{now:%Y-%m-%d}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


# The rows come ready made: the state of a code depends on the time.
_COLUMNS = (
    Column(name="code", value=""),
    Column(name="state", value=""),
    Column(name="batch", value=""),
    Column(name="profile", value="", kind="whole"),
    Column(name="made_at", value="", kind="moment"),
    Column(name="expires_at", value="", kind="moment"),
    Column(name="revoke_reason", value=""),
)


def _parts(codes: Iterator[OfferCode], now: Any) -> Iterator[list[Any]]:
    names = dict(CodeBatch.objects.values_list("pk", "name"))
    part: list[Any] = []
    for code in codes:
        part.append(
            (
                code.as_written,
                offers.state_of(code, now=now),
                names.get(code.batch_id or 0) or (str(code.batch_id) if code.batch_id else ""),
                code.grant.profile_id if code.grant else None,
                code.made_at,
                code.expires_at,
                code.revoke_reason,
            )
        )
        if len(part) == _PART:
            yield part
            part = []
    yield part


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Kept with the codes, for whoever asks why they no longer work."),
    )


class RevokeView(OfOffer, Guarded, WagtailAdminTemplateMixin, FormView):
    """Takes back one code, a batch, or all codes of the offer: says first what it will do."""

    permission = REVOKE_CODES
    page_title = _("Revoke codes")
    header_icon = "tag"
    form_class = RevokeForm
    template_name = "clm_plugin/console/codes_revoke.html"

    @cached_property
    def chosen(self) -> tuple[str, OfferCode | CodeBatch | None]:
        """What the address names: ``code``, ``batch`` or all."""
        for name, model in (("code", OfferCode), ("batch", CodeBatch)):
            asked = self.request.GET.get(name, "")
            if asked:
                rows = model._default_manager.filter(offer=self.offer.key)
                found = rows.filter(pk=int(asked)).first() if asked.isdecimal() else None
                if found is None:
                    raise Http404
                return name, found
        return "all", None

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, *self.trail(self.page_title)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name, found = self.chosen
        rows = OfferCode.objects.filter(offer=self.offer.key, revoked_at=None)
        rows = rows.exclude(state=OfferCode.State.USED)
        if isinstance(found, OfferCode):
            rows = rows.filter(pk=found.pk)
        elif isinstance(found, CodeBatch):
            rows = rows.filter(batch=found)
        shown = offers.shown_code(found.as_written) if isinstance(found, OfferCode) else ""
        return super().get_context_data(
            offer=self.offer,
            what=name,
            found=found,
            shown=shown,
            usable=rows.count(),
            making=self._making(found).exists(),
            **kwargs,
        )

    def _making(self, found: OfferCode | CodeBatch | None) -> QuerySet[CodeBatch]:
        """Batches of what is chosen that a worker still makes: revoking ends that too."""
        rows = CodeBatch.objects.filter(offer=self.offer.key, state=CodeBatch.State.MAKING)
        if isinstance(found, OfferCode):
            return rows.none()
        return rows if found is None else rows.filter(pk=found.pk)

    def form_valid(self, form: RevokeForm) -> HttpResponse:
        name, found = self.chosen
        chosen: dict[str, Any] = {name: found.pk} if found else {"offer": self.offer.key}
        reason = form.cleaned_data["reason"]
        number = offers.revoke_codes(reason=reason, now=clock.now(), **chosen)
        log(
            instance=self.offer,
            action="clm_plugin.revoke",
            user=self.request.user,
            data={**chosen, "codes": number, "reason": reason},
        )
        text = ngettext("%(n)s code is revoked.", "%(n)s codes are revoked.", number)
        messages.success(self.request, text % {"n": whole(number)})
        return redirect("clm_offers:page", self.offer.pk)
