"""Gives one customer an offer by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.log_actions import log

from clm_plugin import clock
from clm_plugin.console.customer import name_of
from clm_plugin.console.guard import GIVE_OFFERS, Guarded
from clm_plugin.exceptions import ClmError
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import Offer
from clm_plugin.profiles.models import Profile

if TYPE_CHECKING:
    from django.http import HttpResponse


def givable() -> list[tuple[str, str]]:
    """The offers that are open now and are given to somebody: key and name."""
    return [(o.key, o.name) for o in offers.offers(clock.now()) if o.given != "everybody"]


class GiveForm(forms.Form):
    offer = forms.ChoiceField(label=_("Offer"), choices=givable)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("For your colleagues, such as “parcel came late, order 100012”."),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    """Of this form: a form that is sent twice gives once."""


class CustomersOffer(Guarded, WagtailAdminTemplateMixin, FormView):
    """A form about an offer of one customer, that leads back to her page."""

    permission = GIVE_OFFERS
    header_icon = "tag"

    def whose(self) -> Profile:
        """Raises Http404."""
        raise NotImplementedError

    @cached_property
    def profile(self) -> Profile:
        return self.whose()

    @property
    def back(self) -> str:
        return reverse("clm_customers:customer", args=(self.profile.pk,))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("clm_customers:index"), "label": _("Customers")},
            {"url": self.back, "label": name_of(self.profile)},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = name_of(self.profile)
        return super().get_context_data(name=name, back=self.back, **kwargs)


class GiveView(CustomersOffer):
    page_title = _("Give an offer")
    form_class = GiveForm
    template_name = "clm_plugin/console/offer_give.html"

    def whose(self) -> Profile:
        found = Profile.objects.filter(pk=self.kwargs["pk"], merged_into=None).first()
        if found is None:
            raise Http404
        return found

    def get_initial(self) -> dict[str, Any]:
        return {"key": uuid4().hex}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(any=bool(givable()), **kwargs)

    def form_valid(self, form: GiveForm) -> HttpResponse:
        said, now = form.cleaned_data, clock.now()
        try:
            grant = offers.grant_offer(
                profile_id=self.profile.pk,
                offer=said["offer"],
                key=f"manual:{said['key']}",
                reason=said["reason"],
                source="manual",
                actor=str(self.request.user.pk),
                now=now,
            )
        except ClmError:
            form.add_error("offer", gettext("This offer is not open any more; choose another one."))
            return self.form_invalid(form)
        if not grant.repeated:
            log(
                instance=Offer.objects.get(key=grant.offer),
                action="clm_plugin.give_offer",
                user=self.request.user,
                data={"profile": grant.profile_id, "reason": grant.reason},
            )
        plan = offers.live_offers()[grant.offer]
        if plan.given == "code":
            code = offers.shown_code(offers.code_for(grant, now=now))
            text = gettext("“%(offer)s” is hers; her code is %(code)s.")
            messages.success(self.request, text % {"offer": plan.name, "code": code})
        else:
            messages.success(self.request, gettext("“%(offer)s” is hers.") % {"offer": plan.name})
        return redirect(self.back)
