"""The store credit on a customer's page, for who may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from clm_plugin.console.guard import GIVE_CREDIT, SEE_CREDIT, may
from clm_plugin.console.ledger_words import programme_names
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.models import Account

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest


def credit_box(profile_id: int, request: HttpRequest, *, now: datetime) -> dict[str, Any] | None:
    """Balances by currency and accounts by programme; None for who may not see them.

    A fixed number of queries.
    """
    if not may(request, SEE_CREDIT):
        return None
    names = programme_names()
    accounts = Account.objects.filter(profile=profile_id, purpose=Account.Purpose.CUSTOMER)
    return {
        "balances": wallet.balances(profile_id, now=now),
        "accounts": [
            (account, names.get(account.programme, account.programme))
            for account in accounts.order_by("programme", "pk")[:20]
        ],
        "give_url": f"{reverse('clm_ledger:give')}?profile={profile_id}"
        if may(request, GIVE_CREDIT)
        else "",
    }
