"""Giving store credit by hand, or taking it away: at once within one's limit, else it waits."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.log_actions import log

from clm_plugin import clock
from clm_plugin.adapters.files.api import find_people
from clm_plugin.conf import settings
from clm_plugin.console.customer import name_of
from clm_plugin.console.guard import APPROVE_CREDIT, GIVE_CREDIT, SEE_CREDIT, may
from clm_plugin.console.ledger_screen import Screen
from clm_plugin.console.ledger_transaction import refusal
from clm_plugin.console.wording import day, money
from clm_plugin.money import MAX_MINOR, Money, MoneyError, exponent
from clm_plugin.profiles.models import Profile
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import GrantRequest, Staff, Wish

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

GAVE, ASKED = "clm_plugin.give_credit", "clm_plugin.ask_credit"
"""The actions of Wagtail's log."""


def staff_of(request: HttpRequest) -> Staff:
    """Who sits at the screen, with the limit of her permissions."""
    limit = 0
    if may(request, APPROVE_CREDIT):
        limit = settings.CREDIT_BY_APPROVER
    elif may(request, GIVE_CREDIT):
        limit = settings.CREDIT_BY_HAND
    return Staff(id=str(request.user.pk), name=request.user.get_username(), limit=limit)


def currencies() -> dict[str, tuple[str, str]]:
    """Name and currency of each programme by key: the published ones, and those with credit."""
    found = {each.programme: (each.programme, each.currency) for each in wallet.owed_now()}
    plans = wallet.live_programmes().plans
    return found | {key: (each.name, each.currency) for key, each in plans.items()}


class GiveForm(forms.Form):
    """Dates are days of the programme's zone; the last day still counts."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    customer = forms.CharField(
        label=gettext_lazy("Customer"), max_length=254, strip=True,
        help_text=gettext_lazy("Her e-mail address or customer number."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("What"), widget=forms.RadioSelect, initial="grant",
        choices=[("grant", gettext_lazy("Give credit")), ("deduct", gettext_lazy("Take it away"))],
    )  # fmt: skip
    programme = forms.ChoiceField(label=gettext_lazy("Programme"))
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), max_digits=12, decimal_places=3, min_value=Decimal("0.001"),
        error_messages={
            "min_value": gettext_lazy("Write an amount above nought; “Take it away” deducts it."),
        },
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, strip=True,
        help_text=gettext_lazy("It stays in the books, and the customer may read it."),
    )  # fmt: skip
    opens = forms.DateField(
        label=gettext_lazy("Can be spent from"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: at once. Of no meaning where it is taken away."),
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("Last day"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: as the programme says."),
    )  # fmt: skip

    def __init__(self, *args: Any, now: datetime, person: Profile | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.person = now, person
        self.programmes = currencies()
        field: Any = self.fields["programme"]
        field.choices = [
            (key, f"{name} ({currency})") for key, (name, currency) in self.programmes.items()
        ]
        if person is not None:
            del self.fields["customer"]

    def clean_customer(self) -> str:
        asked: str = self.cleaned_data["customer"]
        people = find_people([asked]).get(asked, [])
        if not people:
            raise forms.ValidationError(_("Nobody has this address or customer number."))
        if len(people) > 1:
            raise forms.ValidationError(
                _("Several people have this address: give the customer number.")
            )
        self.person = Profile.objects.get(pk=people[0])
        return asked

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if self.errors:
            return said
        self._clean_amount(said)
        if said["kind"] == "grant" and not self.errors:
            self._clean_dates(said)
        return said

    def _clean_amount(self, said: dict[str, Any]) -> None:
        currency = self.programmes[said["programme"]][1]
        if said["amount"] != round(said["amount"], exponent(currency)):
            self.add_error("amount", _("%(currency)s is counted in steps of %(step)s: round it.")
                           % {"currency": currency, "step": money(1, currency)})  # fmt: skip
            return
        try:
            said["money"] = Money.of(said["amount"], currency)
        except MoneyError:
            most = money(MAX_MINOR, currency)
            self.add_error("amount", _("At most %(most)s.") % {"most": most})

    def _clean_dates(self, said: dict[str, Any]) -> None:
        plan = wallet.programme(said["programme"])
        if plan is None or plan.withdrawn:
            why = _("This programme is offline: credit of it can only be taken away.")
            self.add_error("programme", why)
            return
        far = [name for name in ("opens", "until") if (on := said.get(name))
               and on.year > wallet.LAST_YEAR]  # fmt: skip
        if far:
            self.add_error(far[0], _("Choose a day before the year 2200, or none."))
            return
        zone = ZoneInfo(plan.zone)
        opens = _midnight(said["opens"], zone) if said.get("opens") else self.now
        said["opens_at"] = max(opens, self.now)
        try:
            opened, ends = wallet.given_terms(plan, said["opens_at"])
        except wallet.WalletError:
            why = _("This programme's time to spend is over: nothing can be given any more.")
            self.add_error("programme", why)
            return
        said["opens_at"], said["expires_at"] = opened, ends
        if said.get("until"):
            said["expires_at"] = _midnight(said["until"], zone, days=1)
            if said["expires_at"] <= opened:
                self.add_error("until", _("It could never be spent: it opens on %(day)s.")
                               % {"day": day(opened)})  # fmt: skip

    def wish(self) -> Wish:
        said = self.cleaned_data
        assert self.person is not None
        return Wish(
            kind=said["kind"], profile_id=self.person.pk, programme=said["programme"],
            amount=said["money"], reason=said["reason"], opens_at=said.get("opens_at"),
            expires_at=said.get("expires_at"),
        )  # fmt: skip


def _midnight(on: date, zone: ZoneInfo, *, days: int = 0) -> datetime:
    start = datetime.combine(on, time.min, tzinfo=zone)
    return (start + timedelta(days=days)).astimezone(timezone.get_default_timezone())


class GiveView(Screen, FormView):
    permission = GIVE_CREDIT
    page_title = gettext_lazy("Give or take credit")
    template_name = "clm_plugin/console/credit_give.html"
    form_class = GiveForm
    tab = "requests"

    @cached_property
    def person(self) -> Profile | None:
        """Whom the address names; a merged profile is the one that it was merged into."""
        text = self.request.GET.get("profile", "")
        if not text.isdecimal() or len(text) > 18:
            return None
        found = Profile.objects.filter(pk=int(text)).select_related("merged_into").first()
        return found.merged_into if found is not None and found.merged_into_id else found

    def get_initial(self) -> dict[str, Any]:
        return {
            "key": uuid4().hex,
            "kind": "deduct" if self.request.GET.get("kind") == "deduct" else "grant",
            "programme": self.request.GET.get("programme", ""),
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "now": clock.now(), "person": self.person}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        by, now = staff_of(self.request), clock.now()
        form: GiveForm = context["form"]
        its = sorted({currency for _name, currency in form.programmes.values()})
        person = self.person
        return {
            **context,
            "person": person,
            "name": name_of(person) if person else "",
            "balances": wallet.balances(person.pk, now=now)
            if person and may(self.request, SEE_CREDIT)
            else [],
            "left": [money(wallet.alone_left(by, each, now=now), each) for each in its],
        }

    def form_valid(self, form: GiveForm) -> HttpResponse:
        key = f"form:{form.cleaned_data['key']}"
        is_new = not GrantRequest.objects.filter(key=key).exists()
        try:
            row = wallet.ask(form.wish(), key=key, by=staff_of(self.request), now=clock.now())
        except wallet.WalletError as error:
            form.add_error(None, refusal(error))
            return self.form_invalid(form)
        waits = row.state == GrantRequest.State.WAITING
        if is_new:
            log(row, ASKED if waits else GAVE)
        if waits:
            messages.warning(self.request, _("This is beyond your limit: somebody else has to"
                                             " approve it."))  # fmt: skip
        elif row.kind == GrantRequest.Kind.DEDUCT:
            messages.success(self.request, _("The credit is taken away."))
        else:
            messages.success(self.request, _("The credit is given."))
        return redirect("clm_ledger:request", row.pk)
