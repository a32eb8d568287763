"""A public code for an offer: one word for many, such as SPRING26."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.log_actions import log

from clm_plugin import clock
from clm_plugin.console.guard import MAKE_CODES, Guarded
from clm_plugin.console.offers_page import OfOffer
from clm_plugin.offers import api as offers

if TYPE_CHECKING:
    from django.http import HttpResponse


class PublicCodeForm(forms.Form):
    text = forms.CharField(
        label=_("Public code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=_(
            "4 to 20 letters and digits, such as SPRING26. Capitals, spaces and dashes do not"
            " matter when it is typed."
        ),
    )
    expires_at = forms.DateTimeField(
        label=_("Expires"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=_("Empty: with the offer."),
    )

    def clean_text(self) -> str:
        found = offers.written_code(self.cleaned_data["text"])
        if not found:
            raise forms.ValidationError(
                gettext("Use 4 to 20 letters from A to Z and digits, and nothing else.")
            )
        return found

    def clean_expires_at(self) -> Any:
        at = self.cleaned_data["expires_at"]
        if at is not None and at <= clock.now():
            raise forms.ValidationError(
                gettext("This is over already; choose a time in the future.")
            )
        return at


class PublicCodeView(OfOffer, Guarded, WagtailAdminTemplateMixin, FormView):
    """Says how often it can be used before it is made; it works at once."""

    permission = MAKE_CODES
    page_title = _("Public code")
    header_icon = "tag"
    form_class = PublicCodeForm
    template_name = "clm_plugin/console/codes_public.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, *self.trail(self.page_title)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = offers.live_offers().get(self.offer.key)
        limits = plan.limits if plan else None
        return super().get_context_data(
            offer=self.offer,
            limits=limits,
            is_endless=limits is not None and limits.total is None and limits.budget_minor is None,
            **kwargs,
        )

    def form_valid(self, form: PublicCodeForm) -> HttpResponse:
        said = form.cleaned_data
        try:
            made = offers.make_public_code(
                offer=self.offer.key,
                text=said["text"],
                expires_at=said["expires_at"],
                now=clock.now(),
            )
        except offers.CodeExists:
            form.add_error("text", self._taken())
            return self.form_invalid(form)
        except offers.UnknownOffer:
            form.add_error(
                None, gettext("Publish the offer first; codes of a draft could not be used.")
            )
            return self.form_invalid(form)
        except offers.OfferError:
            form.add_error(
                None, gettext("This offer is used without a code; change “used by” first.")
            )
            return self.form_invalid(form)
        log(
            instance=self.offer,
            action="clm_plugin.make_codes",
            user=self.request.user,
            data={"public": made.code},
        )
        text = gettext("Everybody can use %(code)s now, as often as the offer's limits allow.")
        messages.success(self.request, text % {"code": made.code})
        return redirect("clm_offers:page", self.offer.pk)

    def _taken(self) -> str:
        known = offers.public_code_of(self.offer.key)
        if known is not None:
            text = gettext("The offer has the public code %(code)s; revoke that one first.")
            return text % {"code": known.code}
        return gettext(
            "A code that reads like this one is there already, was revoked, or is a voucher of the"
            " shop's own; choose another word."
        )
