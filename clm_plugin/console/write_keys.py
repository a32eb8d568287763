"""Write keys of the Segment endpoints: who may send events, made, shown once and revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from clm_plugin import clock
from clm_plugin.adapters.segment.api import (
    BROWSER,
    EXTERNAL,
    SERVER,
    WriteKeyError,
    clean_origin,
    clean_source,
    make_key,
    revoke_key,
    write_keys,
)
from clm_plugin.console.guard import (
    MAKE_WRITE_KEYS,
    REVOKE_WRITE_KEYS,
    SEE_WRITE_KEYS,
    Guarded,
    GuardedViewSet,
    may,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from clm_plugin.adapters.segment.models import WriteKey

MOST = 200
"""Keys on the screen; a shop has a handful."""


class _Screen(Guarded, WagtailAdminTemplateMixin):
    header_icon = "key"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        index = {"url": reverse("clm_write_keys:index"), "label": _("Write keys")}
        return [*self.breadcrumbs_items, index, {"url": "", "label": self.get_page_title()}]


class WriteKeysView(_Screen, TemplateView):
    permission = SEE_WRITE_KEYS
    page_title = _("Write keys")
    template_name = "clm_plugin/console/write_keys.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            keys=list(write_keys()[:MOST]),
            may_make=may(self.request, MAKE_WRITE_KEYS),
            may_revoke=may(self.request, REVOKE_WRITE_KEYS),
            endpoint=self.request.build_absolute_uri(reverse("clm:segment_batch")),
            **kwargs,
        )


class WriteKeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("For you: who sends with this key.")
    )
    kind = forms.ChoiceField(
        label=_("Where it is used"),
        widget=forms.RadioSelect,
        initial=SERVER,
        choices=[
            (SERVER, _("On a server. It is secret, and may say who a person is.")),
            (BROWSER, _("In a page or an app. Everybody can read it, so it names nobody.")),
        ],
    )
    ids_are = forms.ChoiceField(
        label=_("Its user ids are"),
        widget=forms.RadioSelect,
        initial=EXTERNAL,
        choices=[
            (EXTERNAL, _("Of another system, such as a till or a CRM")),
            ("customer", _("The ids of this shop's customers")),
        ],
        help_text=_("Only for a server key."),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=16,
        help_text=_(
            "A short word under which its events are stored, such as storefront. Keys of one front"
            " end share it: then a page and its server mean the same people."
        ),
    )
    origins = forms.CharField(
        label=_("Pages that may use it"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "https://www.example.com"}),
        help_text=_("Only for pages: one origin a line, with https:// and without a path."),
    )

    def clean_source(self) -> str:
        try:
            return clean_source(self.cleaned_data["source"])
        except WriteKeyError:
            raise forms.ValidationError(
                gettext(
                    "Use 1 to 16 lower-case letters, digits and hyphens, a letter first, and none"
                    " of the plugin's own words (shop, browser, backfill)."
                )
            ) from None

    def clean_origins(self) -> list[str]:
        found = []
        for line in self.cleaned_data["origins"].splitlines():
            if not line.strip():
                continue
            try:
                found.append(clean_origin(line))
            except WriteKeyError:
                raise forms.ValidationError(
                    gettext("“%(line)s” is not like https://www.example.com."),
                    params={"line": line.strip()[:80]},
                ) from None
        return list(dict.fromkeys(found))[:50]


class MakeView(_Screen, FormView):
    permission = MAKE_WRITE_KEYS
    page_title = _("New write key")
    template_name = "clm_plugin/console/write_key_form.html"
    form_class = WriteKeyForm

    def form_valid(self, form: WriteKeyForm) -> HttpResponse:
        """Shows the key in the answer itself: it is not kept anywhere, not even for a redirect."""
        made = make_key(**form.cleaned_data, created_by=self.request.user, now=clock.now())
        log(instance=made.key, action="wagtail.create", user=self.request.user)
        context = self.get_context_data(
            form=form,
            key=made.key,
            secret=made.secret,
            endpoint=self.request.build_absolute_uri(reverse("clm:segment_track")),
        )
        # Wagtail marks every screen of its admin as no-store.
        return render(self.request, "clm_plugin/console/write_key_made.html", context)


class RevokeView(_Screen, TemplateView):
    permission = REVOKE_WRITE_KEYS
    page_title = _("Revoke write key")
    template_name = "clm_plugin/console/write_key_revoke.html"

    @cached_property
    def key(self) -> WriteKey:
        found = write_keys().filter(pk=self.kwargs["pk"], revoked_at=None).first()
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(key=self.key, **kwargs)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponseBase:
        if revoke_key(self.key, now=clock.now()):
            log(instance=self.key, action="clm_plugin.revoke", user=request.user)
            messages.success(request, gettext("“%(key)s” is revoked.") % {"key": self.key.name})
        return redirect("clm_write_keys:index")


class WriteKeysViewSet(GuardedViewSet):
    name = "clm_write_keys"
    url_prefix = "lifecycle/write-keys"
    permission = SEE_WRITE_KEYS
    icon = "key"
    menu_label = _("Write keys")
    menu_name = "clm-write-keys"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", WriteKeysView.as_view(), name="index"),
            path("new/", MakeView.as_view(), name="new"),
            path("<int:pk>/revoke/", RevokeView.as_view(), name="revoke"),
        ]
