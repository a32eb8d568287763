"""Taking an offer up: what it gives beside orders is booked, once.

Locked before anything else is the person, as a merge does it; then code, grant and uses, as in
every checkout; then the ledger's accounts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from clm_plugin.money import Money
from clm_plugin.offers import data
from clm_plugin.offers.beside import BESIDE, by_code, taken_up
from clm_plugin.offers.errors import OfferError, WrongUse
from clm_plugin.offers.granting import as_data, grant_offer, granted_before, locked_grant
from clm_plugin.offers.live import live_offers
from clm_plugin.offers.models import OfferGrant
from clm_plugin.offers.plan import AT_CHECKOUT
from clm_plugin.offers.reserving import reserve, reserve_all
from clm_plugin.offers.rules import end_of_day
from clm_plugin.offers.settling import confirm
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.offers.plan import Offer


def accept(grant_id: int, *, now: datetime) -> data.OfferGrant:
    """The person takes a grant up: store credit is booked, a trial starts. Twice is once.

    What is booked is a use, under the offer's limits. For what only counts at checkout nothing
    happens but the note. Raises OfferError when the grant is over or the offer is no longer there,
    LimitReached, WalletError as the ledger does.
    """
    with transaction.atomic():
        _hold_owner(grant_id)
        return _accept(grant_id, now)


def take_up_code(answer: data.Answer, *, profile_id: int, reason: str, now: datetime) -> bool:
    """Take up a code that gives something beside orders; False when she did so before.

    ``answer`` is ``check_code``'s, and ok. One's own code is used once, everybody's once by each
    person; ``reason`` is kept with the grant that everybody's code makes. Raises WrongUse (the
    code counts in orders), CodeTaken, CodeRefused, and as ``accept`` does.
    """
    plan = answer.offer
    if plan is None or plan.effect.kind in AT_CHECKOUT:
        raise WrongUse("this code counts in orders; type it in the basket")
    with transaction.atomic():
        profile_id = _owner(profile_id)
        if _has_taken_up(answer, profile_id):
            return False
        mark = f"{answer.code}-{profile_id}" if answer.is_public else answer.code
        order_id = by_code(mark)
        held = reserve(
            code=answer.code,
            profile_id=profile_id,
            order_id=order_id,
            now=now,
            until=now,
            discount_minor=worth(plan),
        )
        if held.state == "confirmed":
            return False
        grant_id = answer.grant_id
        if grant_id is None:
            key = f"code:{mark}"
            given: dict[str, Any] = {"offer": plan.key, "reason": reason, "source": "link"}
            grant_id = grant_offer(profile_id=profile_id, key=key, now=now, **given).id
        _accept(grant_id, now, is_counted=True)
        confirm(order_id, now=now)
    return True


def _has_taken_up(answer: data.Answer, profile_id: int) -> bool:
    """By this code, or by the link that was mailed with it."""
    if answer.is_public:
        return granted_before(profile_id, f"code:{answer.code}-") is not None
    _, row = locked_grant(answer.grant_id) if answer.grant_id else (None, None)
    return row is not None and row.accepted_at is not None


def _hold_owner(grant_id: int) -> None:
    """The person of a grant of credit, before its grant; nobody waits for what books nothing."""
    found = OfferGrant.objects.filter(pk=grant_id).values_list("offer", "profile_id").first()
    plan = live_offers().get(found[0]) if found else None
    if found and plan is not None and plan.effect.kind == "store_credit":
        _owner(found[1])


def _owner(profile_id: int) -> int:
    try:
        return wallet.owner_of(profile_id)
    except wallet.NoSuchPerson as error:
        raise OfferError("this offer is no longer there") from error


def _accept(grant_id: int, now: datetime, *, is_counted: bool = False) -> data.OfferGrant:
    """Under the lock of its owner; ``is_counted``: its use is reserved already."""
    _, row = locked_grant(grant_id)
    if row is None:
        raise OfferError("this offer is no longer there")
    if row.accepted_at is not None:
        return as_data(row, repeated=True)
    plan = live_offers().get(row.offer)
    if plan is None or not plan.is_open(now) or not as_data(row).is_open(now):
        raise OfferError("this offer has ended")
    if plan.effect.kind in BESIDE and not is_counted:
        _count(row, plan, now)
    row.accepted_at = now
    if plan.effect.kind == "trial":
        row.entitles = plan.effect.entitlement
        row.entitles_until = end_of_day(now, plan.zone, days=plan.effect.days)
    row.save()
    if plan.effect.kind == "store_credit":
        _book(row, plan, now)
    return as_data(row)


def _count(row: OfferGrant, plan: Offer, now: datetime) -> None:
    """A use without an order, reserved and confirmed as if it were one."""
    use = data.Use(grant_id=row.pk, discount_minor=worth(plan))
    order_id = taken_up(row.pk)
    reserve_all(uses=[use], profile_id=row.profile_id, order_id=order_id, now=now, until=now)
    confirm(order_id, now=now)


def worth(plan: Offer) -> int:
    """What a use beside an order takes of the offer's budget."""
    return plan.effect.amount_minor if plan.effect.kind == "store_credit" else 0


def _book(row: OfferGrant, plan: Offer, now: datetime) -> None:
    """The lot of store credit; its key is the grant's, so that it is booked once.

    Raises WalletError where the programme is no longer published, counts in another currency now,
    or has nothing left of its budget, or whose time to spend is over.
    """
    programme = wallet.programme(plan.effect.programme)
    # Not before the programme's own credit can be spent.
    opens_at = wallet.given_terms(programme, now)[0] if programme is not None else now
    wallet.give_by_hand(
        profile_id=row.profile_id,
        programme=plan.effect.programme,
        amount=Money(plan.effect.amount_minor, plan.currency),
        key=f"offer-grant:{row.pk}",
        opens_at=opens_at,
        expires_at=_lot_end(plan, opens_at),
        source=wallet.Source("offer", row.offer),
        reason=plan.title,
        actor=row.actor,
        now=now,
    )


def _lot_end(plan: Offer, opens_at: datetime) -> datetime | None:
    """When the credit expires: the offer's days after its opening, else as its programme says."""
    programme = wallet.programme(plan.effect.programme)
    days, ends = plan.effect.days, []
    if programme is not None:
        if not days and programme.expiry.kind == "days":
            days = programme.expiry.days
        ends += [programme.redeem_until] if programme.redeem_until else []
    if days:
        ends.append(end_of_day(opens_at, plan.zone, days=days))
    return min(ends, default=None)
