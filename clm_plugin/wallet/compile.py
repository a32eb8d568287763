"""From what was authored to a frozen plan, and what is wrong with it, in words."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from clm_plugin.conf import settings
from clm_plugin.money import Money, MoneyError
from clm_plugin.wallet.plan import (
    Caps,
    Choice,
    Combines,
    EarnRule,
    Exclusions,
    Expiry,
    Multiplier,
    Programme,
    Rounding,
    SpendRules,
)
from clm_plugin.wallet.terms import start_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from clm_plugin.wallet.authoring import Programme as Authored


def compile_programme(authored: Authored, *, version: int = 0) -> Programme:
    """The frozen plan of a programme as it stands (a draft too: previews use it).

    Raises MoneyError for an amount that is none in the programme's currency.
    """
    zone = shop_zone()
    money = Coins(authored.currency)
    return Programme(
        key=authored.key,
        version=version,
        name=authored.name,
        currency=authored.currency,
        earn=tuple(_rules(authored.earn, money)),
        earn_exclusions=_exclusions(authored.earn_exclusions),
        multipliers=tuple(_multipliers(authored.earn)),
        min_order_minor=money.minor(authored.min_order) or 0,
        caps=Caps(
            order_minor=money.minor(authored.cap_order),
            period_minor=money.minor(authored.cap_period),
            period_days=authored.cap_period_days,
            customer_minor=money.minor(authored.cap_customer),
        ),
        spend=SpendRules(
            exclusions=_exclusions(authored.spend_exclusions),
            min_order_minor=money.minor(authored.spend_min_order) or 0,
            max_percent=authored.spend_max_percent,
            max_minor=money.minor(authored.spend_max),
        ),
        combines=Combines(
            earn_with_codes=authored.earn_with_codes,
            spend_with_codes=authored.spend_with_codes,
            spend_with_others=authored.spend_with_others,
        ),
        rounding=Rounding(
            direction="half_up" if authored.rounding_direction == "half_up" else "down",
            unit_minor=money.minor(authored.rounding_unit) or 1,
        ),
        pending_days=authored.pending_days,
        expiry=_expiry(authored),
        earn_from=_begins(authored.earn_first_day, zone),
        earn_until=_ends(authored.earn_last_day, zone),
        redeem_from=_begins(authored.redeem_first_day, zone),
        redeem_until=_ends(authored.redeem_last_day, zone),
        zone=zone,
        budget_minor=money.minor(authored.budget),
        refund_policy=authored.refund_policy,  # type: ignore[arg-type]  # the same three choices
        grace_days=authored.grace_days,
    )


def shop_zone() -> str:
    """The zone by whose clock days begin and end."""
    from django.conf import settings as django_settings

    return str(settings.TIME_ZONE or django_settings.TIME_ZONE)


class Coins:
    """Decimal amounts as minor units of one currency; what it has no coin for is refused."""

    def __init__(self, currency: str) -> None:
        self._currency = currency

    def minor(self, amount: Decimal | None) -> int | None:
        if amount is None:
            return None
        money = Money.of(amount, self._currency)
        if money.amount != amount:
            raise MoneyError(f"{self._currency} has no coin for {amount}")
        return money.minor


def _rules(stream: Any, money: Coins) -> Iterator[EarnRule]:
    for block in stream or ():
        value, name = block.value, str(block.id or block.block_type)
        if block.block_type == "per_full":
            yield EarnRule(
                id=name,
                kind="per_full",
                amount_minor=money.minor(value["amount"]) or 0,
                per_minor=money.minor(value["per"]) or 0,
            )
        elif block.block_type == "percent":
            points = Decimal(value["percent"]) * 100
            yield EarnRule(id=name, kind="percent", basis_points=int(points))
        elif block.block_type == "event":
            about = {"life_event.declared": "life_event", "survey.answered": "survey"}
            yield EarnRule(
                id=name,
                kind="event",
                event=value["event"],
                about=value.get(about.get(value["event"], "")) or "",
                amount_minor=money.minor(value["amount"]) or 0,
                once=value.get("once") or "ever",
                waits_for_order=bool(value.get("waits_for_order")),
            )


def _multipliers(stream: Any) -> Iterator[Multiplier]:
    for block in stream or ():
        if block.block_type == "multiplier":
            percent = int(Decimal(block.value["times"]) * 100)
            yield Multiplier(percent=percent, choice=_choice(block.value))


def _choice(*values: Any) -> Choice:
    products = [item for value in values for item in value["products"]]
    categories = [item for value in values for item in value["categories"]]
    return Choice(
        products=tuple(dict.fromkeys(products)), categories=tuple(dict.fromkeys(categories))
    )


def _exclusions(stream: Any) -> Exclusions:
    kinds = {block.block_type for block in stream or ()}
    things = [block.value for block in stream or () if block.block_type == "things"]
    return Exclusions(
        choice=_choice(*things),
        gift_cards="gift_cards" in kinds,
        discounted="discounted" in kinds,
        shipping="shipping" in kinds,
        tax="tax" in kinds,
    )


def _expiry(authored: Authored) -> Expiry:
    if authored.expiry_kind == "days":
        return Expiry(kind="days", days=authored.expiry_days)
    return Expiry(kind="window") if authored.expiry_kind == "window" else Expiry(kind="never")


def _begins(day: date | None, zone: str) -> datetime | None:
    return None if day is None else start_of(day, zone)


def _ends(day: date | None, zone: str) -> datetime | None:
    """The end of a last day is the start of the next one."""
    return None if day is None else start_of(day + timedelta(days=1), zone)


def publish_programme(authored: Authored, *, now: datetime) -> Programme:
    """Compile a published programme and put it in force."""
    from clm_plugin.wallet.publishing import publish

    return publish(compile_programme(authored), now=now)
