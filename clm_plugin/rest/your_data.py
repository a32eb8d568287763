"""``/clm/you/``: a customer's own data: what she agrees to, a copy to take along, being forgotten.

For the logged-in customer and about her alone; no address of this page names anybody. A shop puts
a ``clm_plugin/privacy/your_data.html`` of its own before ours; ``{% url "clm:your-data" %}`` links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from clm_plugin import clock
from clm_plugin.conf import settings
from clm_plugin.events.api import actor
from clm_plugin.http import uncached
from clm_plugin.privacy.api import (
    consents_of,
    erase,
    export,
    give_consent,
    withdraw_consent,
)
from clm_plugin.profiles.api import (
    ANALYTICS,
    MAIL,
    MARKETING,
    PERSONALISATION,
    customer_of,
    may_personalise,
    may_track,
    profile_id_of,
    set_consent,
)
from clm_plugin.rest.throttle import allowed

if TYPE_CHECKING:
    from django.http import StreamingHttpResponse as Streaming
    from django.http.response import HttpResponseBase

TIMES, WINDOW = 5, 3600
"""How often in how many seconds one customer may export, or try to erase."""
_TEMPLATE = "clm_plugin/privacy/your_data.html"
_ASKED = (
    (ANALYTICS, "", gettext_lazy("Look at how I use the shop, to make it better.")),
    (PERSONALISATION, "", gettext_lazy("Show offers and suggestions that fit me.")),
    (MARKETING, MAIL, gettext_lazy("Write me mails with offers and reminders.")),
)
"""Purpose, channel and the words she agrees to, which the consent log keeps."""


class EraseForm(forms.Form):
    """She proves that it is she: by her password or, where she has none, by her address."""

    proof = forms.CharField(max_length=254, strip=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.by_password = user.has_usable_password()
        field = self.fields["proof"]
        if self.by_password:
            field.label = _("Your password")
            field.widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        else:
            field.label = _("Your e-mail address")
            field.widget = forms.EmailInput(attrs={"autocomplete": "email"})

    def clean_proof(self) -> str:
        given: str = self.cleaned_data["proof"]
        if self.by_password:
            if not self.user.check_password(given):
                raise forms.ValidationError(_("That is not your password."))
        elif given.strip().casefold() != str(getattr(self.user, "email", "")).casefold():
            raise forms.ValidationError(_("That is not the address of this account."))
        return given


@login_required
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def your_data(request: HttpRequest) -> HttpResponseBase:
    """The page, and its three forms by their ``do``."""
    customer = customer_of(request)
    if not customer:
        raise PermissionDenied  # staff who pose as her
    who = actor("customer", customer)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "consent":
        return _change(request, who)
    if do == "export":
        return _export(request, who)
    if do == "erase":
        return _erase(request, who)
    return _page(request, who)


def _page(
    request: HttpRequest, who: str, *, form: EraseForm | None = None, status: int = 200
) -> HttpResponse:
    said = _said(request, who)
    context = {
        "choices": [
            {"name": _field(purpose, channel), "label": words, "on": said[purpose, channel]}
            for purpose, channel, words in _ASKED
        ],
        "is_known": profile_id_of(who) is not None,
        "form": form or EraseForm(user=request.user),
        "page_title": _("Your data"),
        "active_tab": "your-data",
    }
    return uncached(render(request, _TEMPLATE, context, status=status))


def _said(request: HttpRequest, who: str) -> dict[tuple[str, str], bool]:
    """What holds now: her answers, and what the settings make of none."""
    mail = {(each.purpose, each.channel): each.granted for each in consents_of(who)}
    return {
        (ANALYTICS, ""): may_track(request),
        (PERSONALISATION, ""): may_personalise(request),
        (MARKETING, MAIL): mail.get((MARKETING, MAIL), settings.SOFT_OPT_IN),
    }


def _field(purpose: str, channel: str) -> str:
    return f"{purpose}_{channel}" if channel else purpose


def _change(request: HttpRequest, who: str) -> HttpResponse:
    before, now = _said(request, who), clock.now()
    after = {
        (purpose, channel): _field(purpose, channel) in request.POST
        for purpose, channel, _words in _ASKED
    }
    # What fits cannot be shown without looking.
    after[ANALYTICS, ""] = after[ANALYTICS, ""] or after[PERSONALISATION, ""]
    for purpose, channel, words in _ASKED:
        granted = after[purpose, channel]
        if granted == before[purpose, channel]:
            continue
        change = give_consent if granted else withdraw_consent
        change(
            who,
            purpose,
            channel=channel,
            source="account_page",
            now=now,
            text=str(words),
            request=request,
        )
    messages.success(request, _("Saved."), fail_silently=True)
    response = HttpResponseRedirect(reverse("clm:your-data"))
    set_consent(
        response, request, granted=after[ANALYTICS, ""], personalised=after[PERSONALISATION, ""]
    )
    return uncached(response)


def _export(request: HttpRequest, who: str) -> HttpResponseBase:
    profile_id = profile_id_of(who)
    now = clock.now()
    if profile_id is None:
        messages.info(request, _("Nothing is known of you."), fail_silently=True)
        return uncached(HttpResponseRedirect(reverse("clm:your-data")))
    if not allowed("export", who, times=TIMES, seconds=WINDOW):
        return _too_often(request)
    pieces = export(profile_id, now=now)
    if pieces is None:
        return uncached(HttpResponseRedirect(reverse("clm:your-data")))
    response: Streaming = StreamingHttpResponse(pieces, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="your-data-{now:%Y-%m-%d}.zip"'
    response["Cache-Control"] = "no-store"
    return response


def _erase(request: HttpRequest, who: str) -> HttpResponse:
    if not allowed("erase", who, times=TIMES, seconds=WINDOW):
        return _too_often(request)
    form = EraseForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, who, form=form, status=422)
    profile_id = profile_id_of(who)
    if profile_id is not None:
        erase(profile_id, now=clock.now(), asked_by="account")
    messages.success(
        request,
        _("What we knew of you is erased. Your account and orders are still in the shop."),
        fail_silently=True,
    )
    response = HttpResponseRedirect(reverse("clm:your-data"))
    response.delete_cookie(settings.VISITOR_COOKIE, samesite="Lax")
    return uncached(response)


def _too_often(request: HttpRequest) -> HttpResponse:
    messages.error(
        request, _("That was too often. Please try again in an hour."), fail_silently=True
    )
    response = HttpResponseRedirect(reverse("clm:your-data"))
    response["Retry-After"] = str(WINDOW)
    return uncached(response)
