"""What happened to somebody's credit, in a sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clm_plugin.money import Money
from clm_plugin.shop.api import price
from clm_plugin.statements.data import Line
from clm_plugin.statements.days import zone_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clm_plugin.wallet.api import Movement, Source
    from clm_plugin.wallet.plan import Programme

_ORDERS = {
    "grant": gettext_lazy("Earned on order {order}"),
    "capture": gettext_lazy("Spent on order {order}"),
    "restore": gettext_lazy("Given back from order {order}"),
    "claw_back": gettext_lazy("Taken back: order {order} was cancelled or sent back"),
}
_PLAIN = {
    "grant": gettext_lazy("Given by the shop"),
    "capture": gettext_lazy("Spent"),
    "restore": gettext_lazy("Given back"),
    "claw_back": gettext_lazy("Taken back"),
    "expire": gettext_lazy("Expired"),
    "deduct": gettext_lazy("Corrected by the shop"),
    "reverse": gettext_lazy("Corrected by the shop"),
    "repay": gettext_lazy("Paid what you owed from before"),
}
_CORRECTIONS = ("deduct", "reverse")


def line_of(movement: Movement, plan: Programme | None, orders: Mapping[str, str]) -> Line:
    """A movement as she reads it; ``orders`` are addresses of the orders that she may open."""
    order = order_of(movement)
    amount = Money(abs(movement.amount_minor), movement.currency)
    sign = "+" if movement.amount_minor > 0 else "−" if movement.amount_minor else ""
    return Line(
        at=movement.at,
        day=date_format(movement.at.astimezone(zone_of(plan)).date()),
        sentence=_sentence(movement, order, orders.get(order, "")),
        plain=_plain(movement, order),
        note=_note(movement),
        amount=sign + price(amount),
        amount_minor=movement.amount_minor,
        currency=movement.currency,
        programme=plan.name if plan else movement.programme,
        order_id=order,
    )


def order_of(movement: Movement) -> str:
    """The order that a movement is about; "" for none."""
    if movement.order_id:
        return movement.order_id
    return movement.source.reference if movement.source.kind == "order" else ""


def source_words(source: Source, reason: str) -> str:
    """What a lot was granted for: "Order 100234"."""
    if source.kind == "order" and source.reference:
        return _("Order %(order)s") % {"order": source.reference}
    return _reason(source, reason) or str(_PLAIN["grant"])


def _reason(source: Source, reason: str) -> str:
    """Why a programme's own rule granted it: its reasons are sentences marked for translation."""
    return _(reason) if reason and source.kind in ("event", "promise") else ""


def _sentence(movement: Movement, order: str, url: str) -> str:
    if order and movement.kind in _ORDERS:
        link = format_html('<a href="{}">{}</a>', url, order) if url else order
        return format_html(str(_ORDERS[movement.kind]), order=link)
    return format_html("{}", _plain(movement, order))


def _plain(movement: Movement, order: str) -> str:
    if order and movement.kind in _ORDERS:
        return str(_ORDERS[movement.kind]).format(order=order)
    if movement.kind == "grant" and (why := _reason(movement.source, movement.reason)):
        return why
    return str(_PLAIN.get(movement.kind, ""))


def _note(movement: Movement) -> str:
    """The reason a colleague wrote; what a program wrote is said by the sentence. And what is owed:
    it takes nothing now."""
    by_hand = movement.actor.startswith("staff:")
    reason = movement.reason if movement.kind in _CORRECTIONS or by_hand else ""
    owed = price(Money(abs(movement.owed_minor), movement.currency))
    if movement.owed_minor > 0:
        text = _("%(amount)s was spent already: credit that you get later pays it.")
    elif movement.owed_minor < 0:
        text = _("You owe %(amount)s less.")
    else:
        return reason
    return " ".join(filter(None, (reason, text % {"amount": owed})))
