"""Giving credit, and taking it away by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin.wallet.accounts import accounts_of, begin_budget, currency_of, lock, owner_of
from clm_plugin.wallet.accounts import shop_accounts as shops_of
from clm_plugin.wallet.booking import Booking, Draft, answer, claim
from clm_plugin.wallet.checking import (
    fingerprint,
    sane,
    sane_dates,
    sane_key,
    sane_minor,
    sane_word,
    words,
)
from clm_plugin.wallet.data import LotShare, News, Posted, Source
from clm_plugin.wallet.errors import BadAmount
from clm_plugin.wallet.models import Account, Lot
from clm_plugin.wallet.notices import next_notice
from clm_plugin.wallet.spreading import enough, in_order, spread
from clm_plugin.wallet.telling import tell

if TYPE_CHECKING:
    from datetime import datetime

    from clm_plugin.money import Money

_Purpose = Account.Purpose


def grant(
    *,
    profile_id: int,
    programme: str,
    amount: Money,
    key: str,
    opens_at: datetime,
    expires_at: datetime | None,
    source: Source,
    reason: str,
    actor: str,
    now: datetime,
    budget_minor: int | None = None,
) -> Posted:
    """Give a person a lot of credit; what she owes of the same programme is paid from it first.

    ``key`` makes it happen once; profile, programme, amount and source must be the same when it is
    repeated. Stops hard at ``budget_minor`` (all that the programme may issue, less what came
    back). Raises BadAmount, KeyConflict, OverBudget, NoSuchPerson, WalletError.
    """
    money, minor = sane(amount), amount.minor
    sane_word(programme, 64, "a programme's key")
    sane_word(source.kind, 32, "a source's kind")
    sane_word(source.reference, 128, "a source's reference")
    if budget_minor is not None:
        sane_minor(budget_minor, zero=True)
    draft = Draft(
        kind="grant", programme=programme, currency=money.currency, key=sane_key(key),
        fingerprint=fingerprint("grant", profile_id, programme, minor, money.currency, source),
        at=now, reason=reason, actor=actor, source=source,
    )  # fmt: skip
    with transaction.atomic():
        number = claim(draft)
        if number is None:
            return answer(key)
        sane_dates(opens_at, expires_at, now)
        owner = owner_of(profile_id)
        if budget_minor is not None:
            begin_budget(programme, money.currency)
        shop = shops_of(programme, money.currency)
        own, *others = accounts_of(owner, programme, money.currency)
        lot = Lot.objects.create(
            account=own, granted_minor=minor, remaining_minor=0, granted_at=now,
            opens_at=opens_at, expires_at=expires_at, source_kind=source.kind,
            source_ref=source.reference, reason=words(reason),
            due_at=next_notice(opens_at, expires_at, after=now),
        )  # fmt: skip
        booking = Booking()
        booking.post_shop(number, shop, _Purpose.ISSUED, -minor, programme)
        booking.post(number, own.pk, minor, lot=lot.pk)
        paid = _repay(booking, draft, own, lot, others)
        booking.write(most=budget_minor)
        news = News(
            kind="grant", profile_id=owner, programme=programme, currency=money.currency,
            amount_minor=minor, at=now, transaction_id=number, lot_ids=(lot.pk,),
            opens_at=opens_at, expires_at=expires_at, source=source,
        )  # fmt: skip
        tell([news, *paid])
    return Posted(
        transaction_id=number, kind="grant", amount_minor=minor, currency=money.currency,
        shares=(LotShare(lot.pk, programme, minor),),
    )  # fmt: skip


def _repay(
    booking: Booking, grant: Draft, own: Account, lot: Lot, others: list[Account]
) -> list[News]:
    """Pay her debts of the programme out of the new lot, each in a transaction of its own."""
    left, news = lot.granted_minor, []
    for debt in others:
        minor = min(left, -debt.balance_minor)
        if debt.purpose != _Purpose.DEBT or minor <= 0:
            continue
        left -= minor
        draft = Draft(
            kind="repay", programme=grant.programme, currency=grant.currency,
            key=f"repay:{debt.pk}:{lot.pk}", fingerprint=grant.fingerprint, at=grant.at,
            reason=grant.reason, actor=grant.actor, source=grant.source,
        )  # fmt: skip
        number = claim(draft)
        assert number is not None
        booking.post(number, own.pk, -minor, lot=lot.pk)
        booking.post(number, debt.pk, minor)
        news.append(
            News(
                kind="repay", profile_id=own.profile_id, programme=grant.programme,
                currency=grant.currency, amount_minor=minor, at=grant.at, transaction_id=number,
                lot_ids=(lot.pk,), source=grant.source,
            )
        )  # fmt: skip
    return news


def deduct(
    *,
    profile_id: int,
    programme: str,
    amount: Money,
    key: str,
    reason: str,
    actor: str,
    now: datetime,
) -> Posted:
    """Take credit of a programme away by hand, what expires first before what opens later.

    Raises NotEnough (what is held for an order cannot be taken), BadAmount, KeyConflict,
    UnknownProgramme, NoSuchPerson.
    """
    money, minor = sane(amount), amount.minor
    draft = Draft(
        kind="deduct", programme=programme, currency=money.currency, key=sane_key(key),
        fingerprint=fingerprint("deduct", profile_id, programme, minor, money.currency),
        at=now, reason=reason, actor=actor,
    )  # fmt: skip
    with transaction.atomic():
        number = claim(draft)
        if number is None:
            return answer(key)
        owner = owner_of(profile_id)
        if currency_of(programme) != money.currency:
            raise BadAmount(f"{programme} does not count in {money.currency}")
        shop = shops_of(programme, money.currency)
        accounts = lock(
            Account.objects.filter(
                profile=owner, programme=programme, purpose=_Purpose.CUSTOMER
            ).values_list("pk", flat=True)
        )
        left = Lot.objects.filter(account__in=accounts, remaining_minor__gt=0)
        lots = sorted(
            (lot for lot in left if lot.expires_at is None or lot.expires_at > now),
            key=lambda lot: (lot.opens_at > now, in_order(lot)),
        )
        shares = spread(minor, lots)
        enough(sum(part for _, part in shares), minor)
        booking = Booking()
        for lot, part in shares:
            booking.post(number, lot.account_id, -part, lot=lot.pk)
        booking.post_shop(number, shop, _Purpose.CLAWED_BACK, minor, programme)
        booking.write()
        tell(
            [
                News(
                    kind="deduct", profile_id=owner, programme=programme,
                    currency=money.currency, amount_minor=minor, at=now, transaction_id=number,
                    lot_ids=tuple(lot.pk for lot, _ in shares),
                )
            ]
        )  # fmt: skip
    return Posted(
        transaction_id=number, kind="deduct", amount_minor=minor, currency=money.currency,
        shares=tuple(LotShare(lot.pk, programme, part) for lot, part in shares),
    )  # fmt: skip
