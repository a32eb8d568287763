"""A public code for an offer: one word for many, such as SPRING26."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clm_plugin import clock
from clm_plugin.console.codes_making import CodesForm, MakingView
from clm_plugin.offers import api as offers


class PublicCodeForm(CodesForm):
    text = forms.CharField(
        label=_("Public code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=_(
            "4 to 20 letters and digits, such as SPRING26. Capitals, spaces and dashes do not"
            " matter when it is typed."
        ),
    )
    field_order = ("text", "expires_at")

    def clean_text(self) -> str:
        found = offers.written_code(self.cleaned_data["text"])
        if not found:
            raise forms.ValidationError(
                gettext("Use 4 to 20 letters from A to Z and digits, and nothing else.")
            )
        return found


class PublicCodeView(MakingView):
    """Says how often it can be used before it is made; it works at once."""

    page_title = _("Public code")
    form_class = PublicCodeForm
    template_name = "clm_plugin/console/codes_public.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan = offers.live_offers().get(self.offer.key)
        limits = plan.limits if plan else None
        return super().get_context_data(
            limits=limits,
            is_endless=limits is not None and limits.total is None and limits.budget_minor is None,
            **kwargs,
        )

    def make(self, said: dict[str, Any]) -> tuple[dict[str, Any], str]:
        made = offers.make_public_code(offer=self.offer.key, now=clock.now(), **said)
        text = gettext("Everybody can use %(code)s now, as often as the offer's limits allow.")
        return {"public": made.code}, text % {"code": made.code}

    def why_not(self, error: offers.OfferError) -> tuple[str | None, str]:
        if isinstance(error, offers.CodeExists):
            return "text", self._taken()
        return super().why_not(error)

    def _taken(self) -> str:
        known = offers.public_code_of(self.offer.key)
        if known is not None:
            text = gettext("The offer has the public code %(code)s; revoke that one first.")
            return text % {"code": known.code}
        return gettext(
            "A code that reads like this one is there already, was revoked, or is a voucher of the"
            " shop's own; choose another word."
        )
