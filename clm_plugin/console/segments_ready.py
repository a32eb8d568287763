"""Ready-made segments: one click makes a draft and opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from clm_plugin.console.guard import Guarded
from clm_plugin.segments.api import install_segment, ready_made
from clm_plugin.segments.models import Segment

if TYPE_CHECKING:
    from django.http import HttpRequest


class ReadyView(Guarded, WagtailAdminTemplateMixin, TemplateView):
    permission = "clm_plugin.add_segment"
    page_title = _("Ready-made segments")
    header_icon = "copy"
    template_name = "clm_plugin/console/segment_ready.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("clm_segments:list"), "label": _("Segments")},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        there = dict(Segment.objects.values_list("key", "pk"))
        return super().get_context_data(
            recipes=[(recipe, there.get(recipe.key)) for recipe in ready_made()], **kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponseBase:
        wanted = request.POST.get("key", "")
        recipe = next((one for one in ready_made() if one.key == wanted), None)
        if recipe is None:
            raise Http404
        segment = install_segment(recipe)
        if segment is None:
            messages.warning(request, gettext("This segment is there already."))
            return redirect("clm_segments:ready")
        messages.success(
            request,
            gettext("“%(segment)s” is a draft now: look at who is in, change it, publish it.")
            % {"segment": segment},
        )
        return redirect("clm_segments:edit", segment.pk)
