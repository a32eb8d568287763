"""What is wrong with a programme as a whole, in words for its author."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from clm_plugin.money import Money, MoneyError, exponent
from clm_plugin.wallet.checking import LAST_YEAR
from clm_plugin.wallet.compile import Coins
from clm_plugin.wallet.models import Account

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clm_plugin.wallet.authoring import Programme as Authored

_AMOUNTS = (
    "min_order",
    "cap_order",
    "cap_period",
    "cap_customer",
    "budget",
    "spend_min_order",
    "spend_max",
    "rounding_unit",
)


def programme_troubles(authored: Authored) -> list[tuple[str, str]]:
    """What is wrong with a programme as a whole, as (field, what to do about it)."""
    found = list(_amounts(authored))
    if any(name == "currency" for name, _text in found):
        return found  # no amount can be read without it
    found += [*_dates(authored), *_rules_wrong(authored)]
    return found or list(_books(authored))


def _amounts(authored: Authored) -> Iterator[tuple[str, str]]:
    try:
        exponent(authored.currency)
        Money(0, authored.currency)
    except MoneyError:
        yield "currency", _("This is not an ISO 4217 currency, such as GBP.")
        return
    money = Coins(authored.currency)
    for name in _AMOUNTS:
        try:
            money.minor(getattr(authored, name))
        except MoneyError:
            yield (
                name,
                _("%(currency)s has %(decimals)s decimal places.")
                % {
                    "currency": authored.currency,
                    "decimals": exponent(authored.currency),
                },
            )


def _dates(authored: Authored) -> Iterator[tuple[str, str]]:
    earn, redeem = authored.earn_last_day, authored.redeem_last_day
    days = ("earn_first_day", "earn_last_day", "redeem_first_day", "redeem_last_day")
    far = [name for name in days if (on := getattr(authored, name)) and on.year > LAST_YEAR]
    if far:
        yield from ((name, _("Choose a day before the year 2200, or none.")) for name in far)
        return
    if earn and authored.earn_first_day and earn < authored.earn_first_day:
        yield "earn_last_day", _("The last day is before the first.")
    if redeem and authored.redeem_first_day and redeem < authored.redeem_first_day:
        yield "redeem_last_day", _("The last day is before the first.")
    if authored.expiry_kind == "window" and redeem is None:
        yield "redeem_last_day", _("Name the last day on which it can be spent: it expires then.")
    if redeem is not None and earn is None and authored.earn:
        yield (
            "earn_last_day",
            _("Name a last day to earn: what is earned after the last day to spend is lost."),
        )
    if redeem is not None and authored.earn_first_day and redeem < authored.earn_first_day:
        yield "redeem_last_day", _("It could be spent only before the first day to earn it.")
    elif redeem is not None and earn is not None:
        opens = earn + timedelta(days=authored.pending_days)
        if opens > redeem:
            yield (
                "redeem_last_day",
                _(
                    "What is earned on the last day opens %(days)s days later, on %(opens)s;"
                    " let it be spent at least until then."
                )
                % {"days": authored.pending_days, "opens": opens.isoformat()},
            )
    if authored.expiry_kind == "days":
        if authored.expiry_days < 1:
            yield "expiry_days", _("At least one day.")
        elif authored.expiry_days < authored.pending_days and not authored.grace_days:
            yield (
                "expiry_days",
                _(
                    "Orders can be returned for %(days)s days, and credit that is good for fewer"
                    " would be lost with a returned order. Make it good for longer, or give days"
                    " of grace."
                )
                % {"days": authored.pending_days},
            )


def _rules_wrong(authored: Authored) -> Iterator[tuple[str, str]]:
    money = Coins(authored.currency)
    orders = False
    for block in authored.earn or ():
        value = block.value
        orders |= block.block_type in ("per_full", "percent")
        for name in ("amount", "per"):
            if name not in value:
                continue
            try:
                minor = money.minor(value[name])
            except MoneyError:
                minor = None
            if not minor:
                yield (
                    "earn",
                    _("Each amount must be above 0, and one that %(currency)s has.")
                    % {"currency": authored.currency},
                )
                return
        if block.block_type == "multiplier" and not value["times"]:
            yield "earn", _("Say how many times the lines count.")
            return
        if block.block_type == "percent" and not value["percent"]:
            yield "earn", _("A percentage must be above 0.")
            return
    kinds = {block.block_type for block in authored.earn or ()}
    if "multiplier" in kinds and not orders:
        yield "earn", _("There is nothing to multiply: add a way to earn by an order.")


def _books(authored: Authored) -> Iterator[tuple[str, str]]:
    held = (
        Account.objects.filter(programme=authored.key)
        .exclude(currency=authored.currency)
        .values_list("currency", flat=True)
        .first()
    )
    if held:
        yield (
            "currency",
            _(
                "Credit of this programme was granted in %(currency)s; keep it, or make another"
                " programme."
            )
            % {"currency": held},
        )
