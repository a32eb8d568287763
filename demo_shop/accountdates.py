"""The account page "Dates that matter to you": a host's own form on the plugin's public API."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clm_plugin.api import (
    declare_life_event,
    life_event_kinds,
    now,
    own_life_events,
    withdraw_life_event,
)


class DatesForm(forms.Form):
    """A date field for each dated kind, a box for the others; what is sensitive is not asked."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.kinds = [kind for kind in life_event_kinds() if not kind.sensitive]
        self.told = own_life_events(request)
        initial: dict[str, Any] = {
            key: told.on if told.on is not None else True for key, told in self.told.items()
        }
        super().__init__(request.POST or None, initial=initial)
        for kind in self.kinds:
            label = _(kind.label)
            self.fields[kind.key] = (
                forms.DateField(label=label, required=False, widget=_date())
                if kind.needs_date
                else forms.BooleanField(label=label, required=False)
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name, value in data.items():
            if hasattr(value, "year") and not 1900 <= value.year <= now().year + 5:
                self.add_error(name, _("Is the year right?"))
        return data

    def save(self) -> bool:
        """Tell the plugin what is different now; False when it may know nothing of her."""
        heard = True
        for kind in self.kinds:
            value = self.cleaned_data.get(kind.key)
            if not value and kind.key in self.told:
                heard = withdraw_life_event(self.request, kind.key) and heard
            elif value and (kind.key not in self.told or kind.key in self.changed_data):
                on = value if kind.needs_date else None
                heard = declare_life_event(self.request, kind.key, on) and heard
        return heard


def _date() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dates(request: HttpRequest) -> HttpResponse:
    form = DatesForm(request)
    if request.method == "POST" and form.is_valid():
        if form.save():
            messages.success(request, _("Thank you. We keep your dates to ourselves."))
        else:
            messages.warning(
                request, _("We kept nothing: you asked us not to remember what you do here.")
            )
        return redirect("account-dates")
    context = {
        "form": form,
        "page_title": gettext_lazy("Dates that matter to you"),
        "active_tab": "dates",
    }
    return render(request, "demo_shop/accountdates.html", context)
