"""What forms that make codes of an offer have in common: of one order each, or one for many."""

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
from clm_plugin.wallet.api import LAST_YEAR

if TYPE_CHECKING:
    from django.http import HttpResponse


class CodesForm(forms.Form):
    expires_at = forms.DateTimeField(
        label=_("Expires"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=_("Empty: with the offer."),
    )

    def clean_expires_at(self) -> Any:
        at = self.cleaned_data["expires_at"]
        if at is not None and at <= clock.now():
            raise forms.ValidationError(
                gettext("This is over already; choose a time in the future.")
            )
        if at is not None and at.year > LAST_YEAR:
            raise forms.ValidationError(gettext("Choose a day before the year 2200, or none."))
        return at


class MakingView(OfOffer, Guarded, WagtailAdminTemplateMixin, FormView):
    """``make`` makes them; what cannot be made is said on the form, what was made in the log."""

    permission = MAKE_CODES
    header_icon = "tag"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, *self.trail(self.page_title)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(offer=self.offer, **kwargs)

    def make(self, said: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """What the log notes of it, and what the page says. Raises OfferError."""
        raise NotImplementedError

    def why_not(self, error: offers.OfferError) -> tuple[str | None, str]:
        """The field that is to blame, and what to do."""
        if isinstance(error, offers.UnknownOffer):
            return None, gettext("Publish the offer first; codes of a draft could not be used.")
        return None, gettext("This offer is used without a code; change “used by” first.")

    def form_valid(self, form: CodesForm) -> HttpResponse:
        try:
            noted, text = self.make(form.cleaned_data)
        except offers.OfferError as error:
            form.add_error(*self.why_not(error))
            return self.form_invalid(form)
        action, user = "clm_plugin.make_codes", self.request.user
        log(instance=self.offer, action=action, user=user, data=noted)
        messages.success(self.request, text)
        return redirect("clm_offers:page", self.offer.pk)
