"""Fills a static list from a file: first a dry run with all that is wrong, then the real thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from clm_plugin import clock
from clm_plugin.console.guard import EDIT_SEGMENTS, SEE_PEOPLE, Guarded, may
from clm_plugin.console.segments_file import BadFile, Checked, check_file
from clm_plugin.console.segments_page import OfSegment
from clm_plugin.console.wording import whole
from clm_plugin.segments import api as segments
from clm_plugin.segments.models import Segment

if TYPE_CHECKING:
    from django.http import HttpRequest

_SALT = "clm.segment-list"
_HOUR = 3_600


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV: one e-mail address or customer number a row; a row of titles is fine."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    action = forms.ChoiceField(
        label=_("What to do with these people"),
        choices=[("add", _("Add them to the list")), ("remove", _("Take them off the list"))],
        initial="add",
        widget=forms.RadioSelect,
    )


class UploadView(OfSegment, Guarded, WagtailAdminTemplateMixin, TemplateView):
    """Two steps. The ids that the dry run found come back signed, so nothing is kept between."""

    permission = EDIT_SEGMENTS
    header_icon = "upload"
    template_name = "clm_plugin/console/segment_upload.html"
    form: UploadForm
    checked: Checked | None = None

    def get_page_title(self) -> str:
        return gettext("People for “%(segment)s”") % {"segment": self.segment}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, *self.trail(_("Upload"))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if refused := self._refuse():
            return refused
        self.form = UploadForm()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if refused := self._refuse():
            return refused
        if "found" in request.POST:
            return self._do(request)
        self.form = UploadForm(request.POST, request.FILES)
        if self.form.is_valid():
            try:
                self.checked = check_file(self.form.cleaned_data["file"].read())
            except BadFile as error:
                self.form.add_error("file", str(error))
        response: HttpResponseBase = self.render_to_response(self.get_context_data(**kwargs))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = {"segment": self.segment, "form": self.form}
        if self.checked is not None:
            action = self.form.cleaned_data["action"]
            context |= {
                "checked": self.checked,
                "action": action,
                "found": signing.dumps(
                    [self.segment.pk, action, list(self.checked.ids)], salt=_SALT, compress=True
                ),
            }
        return super().get_context_data(**context, **kwargs)

    def _refuse(self) -> HttpResponseBase | None:
        wrong = ""
        if not may(self.request, SEE_PEOPLE):
            wrong = gettext("You may not see people, so you cannot put them on lists.")
        elif self.segment.kind != Segment.Kind.STATIC:
            wrong = gettext("This segment goes by rules; only a static list is filled by hand.")
        elif not self.segment.live:
            wrong = gettext("Publish the list first, then fill it.")
        if not wrong:
            return None
        messages.error(self.request, wrong)
        return redirect("clm_segments:people", self.segment.pk)

    def _do(self, request: HttpRequest) -> HttpResponseBase:
        try:
            found = signing.loads(request.POST["found"], salt=_SALT, max_age=_HOUR)
        except signing.BadSignature:
            messages.error(request, gettext("That check is too old; upload the file again."))
            return redirect("clm_segments:upload", self.segment.pk)
        pk, action, ids = found
        if pk != self.segment.pk:
            messages.error(request, gettext("That check was for another list."))
            return redirect("clm_segments:upload", self.segment.pk)
        edit = segments.add_members if action == "add" else segments.remove_members
        changes = [c for c in edit(self.segment.key, ids, now=clock.now())
                   if c.segment == self.segment.key]  # fmt: skip
        number = len(changes)
        text = (
            ngettext("%(n)s person was added.", "%(n)s people were added.", number)
            if action == "add"
            else ngettext("%(n)s person is off the list.", "%(n)s people are off the list.", number)
        )
        messages.success(request, text % {"n": whole(number)})
        return redirect("clm_segments:people", self.segment.pk)
