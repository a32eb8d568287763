"""One transaction: its postings, why and by whom; and its reversal, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.log_actions import log

from clm_plugin import clock
from clm_plugin.console.customer import name_of
from clm_plugin.console.guard import REVERSE_CREDIT, SEE_CREDIT, may
from clm_plugin.console.ledger_screen import Screen
from clm_plugin.console.ledger_words import (
    REVERSIBLE,
    Sources,
    account_words,
    actor_words,
    kind_words,
    order_link,
    programme_names,
    reason_words,
    request_url,
)
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.models import Account, Posting, Transaction

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

REVERSED = "clm_plugin.reverse_credit"
"""The action of Wagtail's log."""


class _OfTransaction(Screen):
    """Base of the screens of one transaction. Raises Http404."""

    tab = "transactions"

    @cached_property
    def row(self) -> Transaction:
        found = Transaction.objects.select_related("reverses").filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def reversed_by(self) -> Transaction | None:
        return Transaction.objects.filter(reverses=self.row).first()

    def trail(self) -> list[dict[str, Any]]:
        index = reverse("clm_ledger:transactions")
        return [{"url": index, "label": gettext_lazy("Transactions")}]

    def legs(self) -> list[dict[str, Any]]:
        """The postings in words; one query."""
        names = programme_names()
        rows = Posting.objects.filter(transaction=self.row).select_related("account__profile")
        return [
            {
                "leg": leg,
                "opposite": -leg.amount_minor,
                "account": account_words(leg.account.purpose),
                "programme": names.get(leg.account.programme, leg.account.programme),
                "owner": name_of(leg.account.profile) if leg.account.profile else "",
                "url": reverse("clm_ledger:account", args=(leg.account_id,))
                if leg.account.purpose in (Account.Purpose.CUSTOMER, Account.Purpose.DEBT)
                else "",
            }
            for leg in rows.order_by("pk")
        ]


class TransactionView(_OfTransaction, TemplateView):
    permission = SEE_CREDIT
    template_name = "clm_plugin/console/ledger_transaction.html"

    def get_page_title(self) -> str:
        return _("Transaction %(id)s") % {"id": self.row.pk}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, legs = self.row, self.legs()
        request = wallet.GrantRequest.objects.filter(transaction=row).first()
        return super().get_context_data(
            row=row,
            kind=kind_words(row.kind),
            legs=legs,
            total=sum(each["leg"].amount_minor for each in legs),
            order=order_link(row),
            source=Sources(self.request, [row]).of(row),
            reason=reason_words(row.reason),
            actor=actor_words(row.actor),
            asked=request,
            asked_url=request_url(self.request, request.pk) if request else "",
            reversed_by=self.reversed_by,
            may_reverse=row.kind in REVERSIBLE
            and self.reversed_by is None
            and may(self.request, REVERSE_CREDIT),
            **kwargs,
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200, strip=True,
        help_text=gettext_lazy("It stays in the books, and the customer may read it."),
    )  # fmt: skip


class ReverseView(_OfTransaction, FormView):
    """What will be posted, and the reason for it; on POST it is."""

    permission = REVERSE_CREDIT
    page_title = gettext_lazy("Reverse a transaction")
    template_name = "clm_plugin/console/ledger_reverse.html"
    form_class = ReasonForm

    def trail(self) -> list[dict[str, Any]]:
        here = reverse("clm_ledger:transaction", args=(self.row.pk,))
        label = _("Transaction %(id)s") % {"id": self.row.pk}
        return [*super().trail(), {"url": here, "label": label}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.row.kind not in REVERSIBLE or self.reversed_by is not None:
            messages.warning(request, _("This transaction cannot be reversed any more."))
            return redirect("clm_ledger:transaction", self.row.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            row=self.row, kind=kind_words(self.row.kind), legs=self.legs(), **kwargs
        )

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        pk = self.row.pk
        try:
            done = wallet.reverse(
                transaction_id=pk,
                key=f"reverse:{pk}",
                reason=form.cleaned_data["reason"],
                actor=f"staff:{self.request.user.get_username()}",
                now=clock.now(),
            )
        except wallet.WalletError as error:
            form.add_error(None, refusal(error))
            return self.form_invalid(form)
        if not done.repeated:
            log(self.row, REVERSED, data={"by": done.transaction_id})
        messages.success(self.request, _("It is reversed; both transactions stay in the books."))
        return redirect("clm_ledger:transaction", done.transaction_id)


_REFUSALS = {
    "not_enough": gettext_lazy(
        "There is not enough credit left: it was spent, or is held for an order that is being paid."
    ),
    "over_budget": gettext_lazy("The programme's budget is used up; raise it and publish, or ask."),
    "not_reversible": gettext_lazy("This transaction cannot be reversed any more."),
    "key_conflict": gettext_lazy("This form was sent before with other values; open it again."),
    "no_such_person": gettext_lazy("There is nobody of this number: she was erased."),
    "unknown_programme": gettext_lazy("Nobody ever got credit of this programme."),
    "not_waiting": gettext_lazy("Somebody was faster, or it waited too long: it waits no more."),
    "own_request": gettext_lazy("Somebody else has to agree to what you asked for."),
    "bad_amount": gettext_lazy("This is no amount that the programme can give."),
}


def refusal(error: wallet.WalletError) -> str:
    """What the ledger refused, in words for who sits at the screen."""
    text = _REFUSALS.get(error.code)
    return str(text) if text is not None else str(error)
