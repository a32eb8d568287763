"""Imports: a file from upload over columns and a look through it to the end, one screen each."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from clm_plugin import clock, jobs
from clm_plugin.adapters.files.api import (
    IMPORTERS,
    MAX_FILE,
    MAX_ROWS,
    BadFile,
    Column,
    Import,
    Reading,
    RefusedRow,
    begin,
    choose,
    chunks,
    csv_lines,
    examples,
    guess,
    upload,
)
from clm_plugin.conf import settings
from clm_plugin.console.credit_grants_file import ask_for
from clm_plugin.console.guard import (
    GIVE_CREDIT,
    IMPORT_FILES,
    SEE_IMPORTS,
    Guarded,
    GuardedViewSet,
    may,
)
from clm_plugin.console.imports_columns import ColumnsForm
from clm_plugin.console.ledger_screen import HANDS
from clm_plugin.console.ledger_transaction import refusal
from clm_plugin.console.wording import money
from clm_plugin.profiles.api import trait_keys
from clm_plugin.wallet.api import GrantRequest, WalletError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse

CREDIT = "credit"
"""The kind of file that gives store credit."""
MOST = 100
SHOWN = 20
"""Refused rows on the screen; the file has them all."""


class _Screen(Guarded, WagtailAdminTemplateMixin):
    permission: str | tuple[str, ...] = IMPORT_FILES
    header_icon = "upload"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        index = {"url": reverse("clm_imports:index"), "label": _("Imports")}
        return [*self.breadcrumbs_items, index, {"url": "", "label": self.get_page_title()}]

    request: HttpRequest

    @cached_property
    def run(self) -> Import:
        found = Import.objects.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        if found.kind == CREDIT and not may(self.request, *HANDS):
            raise PermissionDenied
        return found


class ImportsView(_Screen, TemplateView):
    permission = SEE_IMPORTS
    page_title = _("Imports")
    template_name = "clm_plugin/console/imports.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            runs=[(run, _label(run)) for run in Import.objects.order_by("-pk")[:MOST]],
            may_import=may(self.request, IMPORT_FILES),
            **kwargs,
        )


def _label(run: Import) -> str:
    importer = IMPORTERS.get(run.kind)
    return gettext(importer.label) if importer else run.kind


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is in it"), widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("CSV file"), widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"})
    )

    def __init__(self, *args: Any, gives_credit: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.choices = [
            (each.kind, f"{gettext(each.label)}: {gettext(each.help)}")
            for each in IMPORTERS.values()
            if gives_credit or each.kind != CREDIT
        ]
        self.fields["file"].help_text = gettext(
            "With the names of the columns in the first line; at most %(mb)s MB and %(rows)s rows."
        ) % {"mb": MAX_FILE // 1024**2, "rows": f"{MAX_ROWS:,}"}


class UploadView(_Screen, FormView):
    page_title = _("Import a file")
    template_name = "clm_plugin/console/import_upload.html"
    form_class = UploadForm

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("kind", "")
        return {"kind": asked if asked in IMPORTERS else "customers"}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "gives_credit": may(self.request, GIVE_CREDIT)}

    def form_valid(self, form: UploadForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        try:
            run = upload(
                file,
                kind=form.cleaned_data["kind"],
                name=file.name,
                by=self.request.user.get_username(),
                now=clock.now(),
            )
        except BadFile as error:
            form.add_error("file", gettext("This file cannot be read: %(why)s.") % {"why": error})
            return self.form_invalid(form)
        return redirect("clm_imports:columns", run.pk)


class ColumnsView(_Screen, FormView):
    """Which column is what, with example values beside each."""

    page_title = _("Columns")
    template_name = "clm_plugin/console/import_columns.html"
    form_class = ColumnsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        traits = trait_keys() if self.run.kind == "customers" else []
        mapping = self.run.mapping or guess(IMPORTERS[self.run.kind], self.run.header, traits)
        return {
            **super().get_form_kwargs(),
            "importer": IMPORTERS[self.run.kind],
            "traits": traits,
            "header": self.run.header,
            "mapping": mapping,
            "reading": Reading(**self.run.reading) if self.run.reading else _usual_reading(),
        }

    def form_valid(self, form: ColumnsForm) -> HttpResponse:
        try:
            choose(self.run, mapping=form.mapping(), reading=form.reading())
        except BadFile as error:
            form.add_error(None, gettext("This does not do yet: %(why)s.") % {"why": error})
            return self.form_invalid(form)
        jobs.send("clm_plugin.read_in", self.run.pk)
        return redirect("clm_imports:run", self.run.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            run=self.run, label=_label(self.run), shown=examples(self.run, 3), **kwargs
        )


def _usual_reading() -> Reading:
    return Reading(zone=settings.TIME_ZONE or "UTC", currency=settings.CURRENCY)


class RunView(_Screen, TemplateView):
    """Where an import is; renews itself while a worker is at it."""

    permission = SEE_IMPORTS
    page_title = _("Import")
    template_name = "clm_plugin/console/import_run.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.run
        return super().get_context_data(
            run=run,
            label=_label(run),
            working=run.state in (Import.State.CHECKING, Import.State.RUNNING),
            done=min(run.new + run.known + run.bad, run.rows),
            refused=list(RefusedRow.objects.filter(run=run).order_by("line")[:SHOWN]),
            shown=SHOWN,
            may_import=may(self.request, IMPORT_FILES),
            sums=[money(minor, its) for its, minor in run.credit.get("checked", {}).items()],
            asked=GrantRequest.objects.filter(file=run.pk).order_by("-pk").first()
            if run.kind == CREDIT
            else None,
            **kwargs,
        )


class BeginView(_Screen, View):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.run.state == Import.State.CHECKED:
            if self.run.kind == CREDIT:
                return self._ask()
            begin(self.run)
            log(instance=self.run, action="clm_plugin.import", user=request.user)
            jobs.send("clm_plugin.read_in", self.run.pk)
        return redirect("clm_imports:run", pk)

    def _ask(self) -> HttpResponse:
        """A file of store credit counts against the limit of who has it read in."""
        if not may(self.request, GIVE_CREDIT):
            raise PermissionDenied
        try:
            row = ask_for(self.run, self.request)
        except WalletError as error:
            messages.error(self.request, refusal(error))
            return redirect("clm_imports:run", self.run.pk)
        if row.state != GrantRequest.State.APPROVED:
            return redirect("clm_ledger:request", row.pk)
        jobs.send("clm_plugin.read_in", self.run.pk)
        return redirect("clm_imports:run", self.run.pk)


class DeleteView(_Screen, View):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        name = self.run.name
        self.run.delete()
        messages.success(
            request, gettext("“%(name)s” is gone; what was read in stays.") % {"name": name}
        )
        return redirect("clm_imports:index")


class ErrorsView(_Screen, View):
    """The refused rows as a file to mend and import again, with why in a last column."""

    def get(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        run = self.run
        response = StreamingHttpResponse(_error_lines(run), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="refused-rows-{run.pk}.csv"'
        return response


def _error_lines(run: Import) -> Iterator[str]:
    columns = (Column(name="cells", value="cells"), Column(name="why", value="why"))
    rows = chain.from_iterable(chunks(RefusedRow.objects.filter(run=run), columns))
    return csv_lines([*run.header, gettext("why")], ([*cells, why] for cells, why in rows))


class ImportsViewSet(GuardedViewSet):
    name = "clm_imports"
    url_prefix = "lifecycle/imports"
    permission = SEE_IMPORTS
    icon = "upload"
    menu_label = _("Imports")
    menu_name = "clm-imports"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", ImportsView.as_view(), name="index"),
            path("new/", UploadView.as_view(), name="new"),
            path("<int:pk>/", RunView.as_view(), name="run"),
            path("<int:pk>/columns/", ColumnsView.as_view(), name="columns"),
            path("<int:pk>/begin/", BeginView.as_view(), name="begin"),
            path("<int:pk>/delete/", DeleteView.as_view(), name="delete"),
            path("<int:pk>/errors.csv", ErrorsView.as_view(), name="errors"),
        ]
