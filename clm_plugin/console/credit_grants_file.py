"""A file of store credit, between its look-through and its reading: whose limit its sum is of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from clm_plugin import clock
from clm_plugin.adapters.files.api import begin_approved
from clm_plugin.console.credit_grants import ASKED, GAVE, staff_of
from clm_plugin.money import Money, MoneyError
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import GrantRequest, Wish

if TYPE_CHECKING:
    from django.http import HttpRequest

    from clm_plugin.adapters.files.api import Import


def ask_for(run: Import, request: HttpRequest) -> GrantRequest:
    """Ask for the sum of a file that was looked through; within one's limit it begins at once.

    Raises WalletError: several currencies, nothing new in it, changed meanwhile.
    """
    sums = {key: minor for key, minor in run.credit.get("checked", {}).items() if minor}
    if len(sums) != 1:
        raise wallet.WalletError(
            _("The credit of a file must be of one currency: cut it into one file for each.")
        )
    ((currency, minor),) = sums.items()
    try:
        amount = Money(minor, currency)
    except MoneyError as error:
        raise wallet.WalletError(_("This is more than one file can give: cut it.")) from error
    wish = Wish(kind="file", programme="", amount=amount, reason=run.name, file=run.pk)
    # Another look through gives another sum, or has the first request to be decided on first.
    key = f"file:{run.pk}:{currency}:{minor}:{run.new}"
    is_new = not GrantRequest.objects.filter(key=key).exists()
    with transaction.atomic():
        row = wallet.ask(wish, key=key, by=staff_of(request), now=clock.now())
        done = row.state == GrantRequest.State.APPROVED
        if done and is_new and not begin_approved(row):
            raise wallet.WalletError(_("The file was changed or read in since: look at it again."))
    if is_new:
        log(row, GAVE if done else ASKED)
    return row
