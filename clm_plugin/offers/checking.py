"""What is wrong with an offer as a whole, at which field, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from clm_plugin.money import exponent
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from decimal import Decimal


def wrong_with(data: Mapping[str, Any], *, now: datetime) -> Iterator[tuple[str, str]]:
    """(field, text) of everything that would make the offer do something else than was meant."""
    yield from _dates(data, now)
    yield from _effect(data)
    yield from _sharing(data)
    yield from _amounts(data)


def _dates(data: Mapping[str, Any], now: datetime) -> Iterator[tuple[str, str]]:
    opens, closes = data.get("opens_at"), data.get("closes_at")
    for name, at in (("opens_at", opens), ("closes_at", closes)):
        if at and at.year > wallet.LAST_YEAR:
            yield name, _("Choose a day before the year 2200, or none.")
            return
    if closes and opens and closes <= opens:
        yield "closes_at", _("It closes before it opens; choose a later end.")
    elif closes and closes <= now:
        yield "closes_at", _("This is over already; choose an end in the future.")


def _effect(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if data.get("given") == "everybody" and data.get("lasts_days"):
        yield "lasts_days", _("Nobody is given this offer one by one; use the end date instead.")
    effect = data.get("effect")
    if not effect:
        return
    kind, value = effect[0].block_type, effect[0].value
    if kind == "gift" and len(value["product"]) != 1:
        yield "effect", _("A gift is one product; choose exactly one.")
    if kind in ("store_credit", "trial") and data.get("given") == "everybody":
        yield (
            "given",
            _("Store credit and trials are given to somebody: choose a code, or who was given it."),
        )
    if kind in ("store_credit", "multiplier"):
        yield from _programme(str(value["programme"] or ""), data)
    if kind == "multiplier" and data.get("given") == "code":
        yield "given", _("Earning more needs no code: choose everybody, or who was given it.")


def _programme(key: str, data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    programme = wallet.programme(key) if key else None
    if programme is None or programme.withdrawn:
        yield "effect", _("Choose a programme that is published.")
    elif programme.currency != data.get("currency"):
        yield (
            "currency",
            _("The programme is in %(currency)s; choose the same currency.")
            % {"currency": programme.currency},
        )


def _sharing(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    named = data.get("combines_with") or []
    if data.get("combines") == "named" and not named:
        yield "combines_with", _("Name at least one offer, or choose “with no other offer”.")
    if data.get("combines") != "named" and named:
        yield "combines_with", _("These only count for “only with the offers named here”.")
    total, daily = data.get("most_total"), data.get("most_per_day")
    if total and daily and daily > total:
        yield "most_per_day", _("More a day than in all; lower it, or raise the total.")


def _amounts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Amounts finer than the currency has coins for."""
    currency = data.get("currency") or ""
    text = _("%(currency)s has %(digits)s decimals; give an amount with no more.") % {
        "currency": currency,
        "digits": exponent(currency),
    }
    if _too_fine(data.get("budget"), currency):
        yield "budget", text
    for name in ("effect", "conditions"):
        for block in data.get(name) or ():
            value = block.value
            amounts = (value.get("amount"), value.get("most")) if hasattr(value, "get") else ()
            if any(_too_fine(amount, currency) for amount in amounts):
                yield name, text
                break


def _too_fine(amount: Decimal | None, currency: str) -> bool:
    return amount is not None and amount != round(amount, exponent(currency))
