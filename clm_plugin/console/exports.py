"""Any list as a file: who may takes what the list shows, filters in force, as CSV or Parquet.

A screen joins in by the mixin ``Exports``, the key of its list and its rows; the button is then in
its header. The list's own address answers ``?export``: GET says what the file will hold, POST
sends it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets.button import HeaderButton
from wagtail.log_actions import log

from clm_plugin import clock
from clm_plugin.adapters.files.api import chunks, csv_pieces, has_parquet, parquet_pieces
from clm_plugin.console.exports_lists import LISTS
from clm_plugin.console.guard import EXPORT_LISTS, SEE_PEOPLE, may
from clm_plugin.console.paging import CAP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Model, QuerySet
    from django.http import HttpRequest, HttpResponseBase

    from clm_plugin.adapters.files.api import Column

ASKED = "export"
_WRITERS = {"csv": csv_pieces, "parquet": parquet_pieces}
_MIMES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
_CAPPED = {"did", "moved_from", "moved_to", "q"}
"""What the list of customers answers with the newest ``CAP`` only."""


class FormatForm(forms.Form):
    format = forms.ChoiceField(label=_("Format"), widget=forms.RadioSelect, initial="csv")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["format"]
        field.choices = [("csv", gettext("CSV, for spreadsheets and other systems"))]
        if has_parquet():
            field.choices += [("parquet", gettext("Parquet, typed columns for data tools"))]
        else:
            field.help_text = gettext(
                "For Parquet, have “clm-plugin[parquet]” installed where the shop runs."
            )


def may_export(request: HttpRequest) -> bool:
    """All lists name people, so who takes one must be allowed to see them as well."""
    return may(request, EXPORT_LISTS) and may(request, SEE_PEOPLE)


def export_button(url: str) -> list[HeaderButton]:
    """The button for a header; none without an address."""
    return [HeaderButton(gettext("Export"), url=url, icon_name="download")] if url else []


class Exports:
    """Mixin of views: their rows as a file, for who may see the screen and export lists."""

    exports: str = ""
    """Key of ``exports_lists.LISTS``."""
    narrowed_by: tuple[str, ...] = ()
    """Parameters of the address that narrow the list and are no filters."""
    request: HttpRequest

    def export_rows(self) -> QuerySet[Any]:
        """The rows of the list with all that narrows it, in any order."""
        raise NotImplementedError

    def export_url(self) -> str:
        """Where this list is exported, with the filters that are on; empty: the user may not."""
        if not may_export(self.request):
            return ""
        return f"{self.list_url()}?{self._query(export='1')}"

    def list_url(self) -> str:
        """The address of the list, also where only its results are asked for."""
        index = getattr(self, "get_index_url", None)
        return str(index() if index is not None else self.request.path)

    def _query(self, **more: str) -> str:
        told = self.request.GET.copy()
        for name in (ASKED, "p", "_w_filter_fragment"):
            told.pop(name, None)
        told.update(more)
        return told.urlencode()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if ASKED in request.GET:
            self._refuse()
            return self._back_to_the_list() or self._ask(FormatForm())
        view: Any = super()
        response: HttpResponse = view.get(request, *args, **kwargs)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self._refuse()
        if wrong := self._back_to_the_list():
            return wrong
        form = FormatForm(request.POST)
        if ASKED not in request.GET or not form.is_valid():
            return self._ask(form)
        return self._send(form.cleaned_data["format"])

    def _refuse(self) -> None:
        if not may_export(self.request):
            raise PermissionDenied

    def _back_to_the_list(self) -> HttpResponse | None:
        """Where a filter is wrong the list ignores it, and says so; a file could not."""
        filters = getattr(self, "filters", None)
        if filters is None or filters.is_valid():
            return None
        return redirect(f"{self.list_url()}?{self._query()}")

    def get_header_buttons(self) -> list[Any]:
        view: Any = super()
        return [*view.get_header_buttons(), *export_button(self.export_url())]

    def _ask(self, form: FormatForm) -> HttpResponse:
        """What the file will hold, before anything leaves the house."""
        view: Any = self
        crumbs = view.get_breadcrumbs_items()
        back = f"{self.list_url()}?{self._query()}".rstrip("?")
        here = {"url": back, "label": view.get_page_title()}
        rows = self.export_rows().order_by()[: CAP + 1].count()
        context = {
            "breadcrumbs_items": [*crumbs[:-1], here, {"url": "", "label": _("Export")}],
            "page_title": _("Export"),
            "header_title": _("Export"),
            "header_icon": "download",
            "form": form,
            "back": back,
            "list_title": view.get_page_title(),
            "rows": min(rows, CAP),
            "more": rows > CAP,
            "filters": list(getattr(self, "active_filters", ())),
            "search": getattr(self, "search_query", ""),
            "columns": [column.name for column in self._columns],
            "newest_only": self.exports == "customers" and bool(_CAPPED & self._filters.keys()),
            "limit": CAP,
        }
        return TemplateResponse(self.request, "clm_plugin/console/export.html", context)

    @cached_property
    def _columns(self) -> tuple[Column, ...]:
        return LISTS[self.exports].columns()

    @cached_property
    def _filters(self) -> dict[str, Any]:
        """What narrows the list, as parameters of its address."""
        filters = getattr(self, "filters", None)
        names = [f"{name}{end}" for name in (filters.filters if filters else ())
                 for end in ("", "_from", "_to", "_after", "_before", "_min", "_max")]  # fmt: skip
        told = {name: self.request.GET.getlist(name) for name in ("q", *self.narrowed_by, *names)}
        return {name: values for name, values in told.items() if any(values)}

    def _send(self, kind: str) -> StreamingHttpResponse:
        rows = self.export_rows()
        parts = self._noted(kind, rows.model, chunks(rows, self._columns))
        response = StreamingHttpResponse(
            _WRITERS[kind](self._columns, parts), content_type=_MIMES[kind]
        )
        name = f"{self.exports}-{clock.now():%Y-%m-%d}.{kind}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _noted(
        self, kind: str, model: type[Model], parts: Iterable[list[Any]]
    ) -> Iterator[list[Any]]:
        """The parts, with an entry of the audit log: written before the first row leaves, and
        told at the end, or where the download broke off, how many there were.

        A term that was searched for is not kept: it is somebody's name or address.
        """
        view: Any = self
        said: dict[str, Any] = dict(self._filters)
        if said.pop("q", None):
            said["searched"] = True
        told: dict[str, Any] = {
            "list": self.exports, "at": self.request.path, "format": kind, "filters": said,
            "rows": 0, "whole": False,
        }  # fmt: skip
        entry = log(
            ContentType.objects.get_for_model(model),
            "clm_plugin.export_list",
            user=self.request.user,
            title=str(view.get_page_title()),
            data=told,
        )
        try:
            for part in parts:
                told["rows"] += len(part)
                yield part
            told["whole"] = True
        finally:
            entry.data = told
            entry.save(update_fields=["data"])
