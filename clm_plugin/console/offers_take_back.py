"""Takes back what was given to one customer: an offer given by mistake, a pass that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.log_actions import log

from clm_plugin import clock
from clm_plugin.console.offers_give import CustomersOffer
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import Offer, OfferGrant

if TYPE_CHECKING:
    from django.http import HttpResponse

    from clm_plugin.profiles.models import Profile


class TakeBackForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("For your colleagues, such as “given to the wrong customer”."),
    )


class TakeBackView(CustomersOffer):
    """The undo of giving: says first what she loses. What was used stays used."""

    page_title = _("Take back an offer")
    form_class = TakeBackForm
    template_name = "clm_plugin/console/offer_take_back.html"

    @cached_property
    def grant(self) -> OfferGrant:
        rows = offers.with_use(OfferGrant.objects.select_related("profile"))
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def whose(self) -> Profile:
        if self.grant.profile is None:  # erased
            raise Http404
        return self.grant.profile

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        grant, now = self.grant, clock.now()
        plan, until = offers.live_offers().get(grant.offer), grant.entitles_until
        return super().get_context_data(
            offer=plan.name if plan else grant.offer,
            is_over=not offers.is_returnable(grant, now=now),
            pass_until=until if until and until > now else None,
            **kwargs,
        )

    def form_valid(self, form: TakeBackForm) -> HttpResponse:
        grant, reason, now = self.grant, form.cleaned_data["reason"], clock.now()
        done = offers.is_returnable(grant, now=now) and offers.revoke_grant(
            grant.pk, reason=reason, now=now
        )
        if not done:
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
