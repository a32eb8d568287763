"""Takes back what was given to one customer: an offer given by mistake, a pass that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import Offer, OfferGrant

if TYPE_CHECKING:
    from django.http import HttpResponse


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("For your colleagues, such as “given to the wrong customer”."),
    )


class TakeBackView(Guarded, WagtailAdminTemplateMixin, FormView):
    """The undo of giving: says first what she loses. What was used stays used."""

    permission = GIVE_OFFERS
    page_title = _("Take back an offer")
    header_icon = "tag"
    form_class = TakeBackForm
    template_name = "clm_plugin/console/offer_take_back.html"

    @cached_property
    def grant(self) -> OfferGrant:
        rows = offers.with_use(OfferGrant.objects.select_related("profile"))
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None or found.profile is None:
            raise Http404
        return found

    @property
    def back(self) -> str:
        return reverse("clm_customers:customer", args=(self.grant.profile_id,))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("clm_customers:index"), "label": _("Customers")},
            {"url": self.back, "label": name_of(self.grant.profile)},
            {"url": "", "label": self.page_title},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        grant, now = self.grant, clock.now()
        plan = offers.live_offers().get(grant.offer)
        until = grant.entitles_until
        return super().get_context_data(
            grant=grant,
            offer=plan.name if plan else grant.offer,
            name=name_of(grant.profile),
            is_over=not offers.is_returnable(grant, now=now),
            pass_until=until if until and until > now else None,
            back=self.back,
            **kwargs,
        )

    def form_valid(self, form: TakeBackForm) -> HttpResponse:
        grant, reason = self.grant, form.cleaned_data["reason"]
        if not offers.revoke_grant(grant.pk, reason=reason, now=clock.now()):
            text = gettext("It was used or taken back meanwhile; nothing was changed.")
            messages.warning(self.request, text)
            return redirect(self.back)
        offer = Offer.objects.filter(key=grant.offer).first()
        if offer is not None:
            log(
                instance=offer,
                action="clm_plugin.take_back",
                user=self.request.user,
                data={"profile": grant.profile_id, "grant": grant.pk, "reason": reason},
            )
        messages.success(self.request, gettext("The offer is taken back."))
        return redirect(self.back)
