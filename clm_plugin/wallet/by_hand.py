"""Credit given by hand, by a service or as an offer: on the terms of its programme."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from clm_plugin.wallet.checking import sane_key
from clm_plugin.wallet.errors import BadAmount, UnknownProgramme, WalletError
from clm_plugin.wallet.granting import grant
from clm_plugin.wallet.models import Transaction
from clm_plugin.wallet.programmes import programme as plan_of
from clm_plugin.wallet.terms import terms

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.money import Money
    from clm_plugin.wallet.data import Posted, Source
    from clm_plugin.wallet.plan import Programme


def given_terms(programme: Programme, at: datetime) -> tuple[datetime, datetime | None]:
    """When credit given at a moment opens and expires: it waits for no return window.

    Raises WalletError when the programme's redeem window is over by then.
    """
    found = terms(replace(programme, pending_days=0), at)
    if found is None:
        raise WalletError(
            f"credit of {programme.key} could not be spent any more: its redeem window is over;"
            " publish the programme with a later one, or give a later expires_at"
        )
    return found.opens_at, found.expires_at


def give_by_hand(
    *,
    profile_id: int,
    programme: str,
    amount: Money,
    key: str,
    source: Source,
    reason: str,
    actor: str,
    now: datetime,
    opens_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> Posted:
    """``grant`` of a published programme: its currency, its budget, and its dates unless given.

    The same key again has the same answer, also when the programme is over by then. Raises
    UnknownProgramme, BadAmount (another currency), and what ``grant`` raises.
    """
    if Transaction.objects.filter(key=sane_key(key)).exists():
        # Given already: what became of the programme since changes nothing of the answer.
        return grant(
            profile_id=profile_id, programme=programme, amount=amount, key=key, opens_at=now,
            expires_at=None, source=source, reason=reason, actor=actor, now=now,
        )  # fmt: skip
    plan = plan_of(programme)
    if plan is None or plan.withdrawn:
        raise UnknownProgramme(
            f"there is no published programme {programme!r}; publish it, or choose another"
        )
    if plan.currency != amount.currency:
        raise BadAmount(f"{programme} counts in {plan.currency}, not in {amount.currency}")
    if opens_at is None or expires_at is None:
        opens, expires = given_terms(plan, opens_at or now)
        opens_at, expires_at = opens_at or opens, expires_at or expires
    return grant(
        profile_id=profile_id,
        programme=programme,
        amount=amount,
        key=key,
        opens_at=opens_at,
        expires_at=expires_at,
        source=source,
        reason=reason,
        actor=actor,
        now=now,
        budget_minor=plan.budget_minor,
    )
