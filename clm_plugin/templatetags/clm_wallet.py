"""``{% load clm_wallet %}``: what a product, a basket and an order earn.

``earn_hint`` says the same to everybody and may stand on cached pages. The others are about one
shopper: for pages that are never cached.

None of them breaks a page: where our side fails or is slow there is nothing to say.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from django import template
from django.db import InterfaceError, OperationalError, connection
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from clm_plugin import clock
from clm_plugin.adapters import later
from clm_plugin.adapters.boosts import boosts, boosts_for_all
from clm_plugin.adapters.guard import BUDGET_MS, hurried
from clm_plugin.adapters.tender.api import CreditUse, priced, profile_of
from clm_plugin.profiles.api import customer_of
from clm_plugin.statements.api import Earns, Hint, earns, hints, kept_hints, order_earned
from clm_plugin.templatetags.compiled import compiled
from clm_plugin.wallet.api import programmes

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

logger = logging.getLogger("clm_plugin")
register = template.Library()
T = TypeVar("T")
_AFTER_MS = 250
"""After the order there is no checkout to slow down, only a page that is about this very thing: nor
does it matter that receivers had to wait for the database a moment ago."""


@register.inclusion_tag("clm_plugin/wallet/earn_preview.html", takes_context=True)
def earn_preview(context: template.Context) -> dict[str, Any]:
    """What the request's basket earns, what a little more would, and what does not count and why.

    Guests see what they would earn. For basket and checkout pages.
    """
    request = context.get("request")
    found: tuple[Earns, ...] = ()
    if request is not None:
        found = _safely(lambda: _of_basket(context, request), ())
    is_customer = request is not None and bool(customer_of(request))
    return {"earns": found, "is_customer": is_customer}


@register.simple_tag(takes_context=True)
def earn_hint(context: template.Context, product: Any) -> SafeString:
    """What one of a product earns, by its id: the same for everybody. Empty where it is nothing."""
    # A warm page costs no statement, not even those that bound the time of others.
    language = get_language() or ""
    found = kept_hints(str(product), language)
    if found is None:
        nothing: tuple[Hint, ...] = ()
        found = _safely(
            lambda: hints(str(product), now=clock.now(), boost=boosts_for_all()), nothing
        )
    if not found:
        return SafeString("")
    return _hint(compiled(context, "clm_plugin/wallet/earn_hint.html"), language, found)


@lru_cache(maxsize=256)
def _hint(source: template.base.Template, language: str, found: tuple[Hint, ...]) -> SafeString:
    """Rendered once for all products that earn the same; it depends on nothing else."""
    return source.render(template.Context({"hints": found}))


@register.inclusion_tag("clm_plugin/wallet/order_earned.html", takes_context=True)
def order_credit(context: template.Context, order_id: object) -> dict[str, Any]:
    """What an order earned, when it opens, until when it is good: for thank-you and order pages.

    A guest is told that she needs an account to spend it.
    """
    request, found = context.get("request"), _of_order(order_id)
    is_guest = bool(found) and request is not None and not customer_of(request)
    return {"earns": found, "is_guest": is_guest}


@register.inclusion_tag("clm_plugin/wallet/order_earned_mail.html")
def order_credit_mail(order_id: object) -> dict[str, Any]:
    """The same as plain paragraphs, for the HTML of a mail."""
    return {"earns": _of_order(order_id)}


@register.inclusion_tag("clm_plugin/wallet/order_earned.txt")
def order_credit_text(order_id: object) -> dict[str, Any]:
    """The same as lines of text, for a mail without HTML."""
    return {"earns": _of_order(order_id)}


def _of_basket(context: template.Context, request: HttpRequest) -> tuple[Earns, ...]:
    now = clock.now()
    if not any(plan.order_rules for plan in programmes(now)):
        return ()
    bought = priced(context, request)
    if bought is None:
        return ()
    # What she wishes to pay with credit, where another tag of this page has looked already.
    use = context.get("store_credit")
    if isinstance(use, CreditUse) and use.is_used:
        bought = replace(bought, paid_by_credit=use.amount)
    return earns(profile_of(request), bought, now=now, boost=boosts())


def _of_order(order_id: object) -> tuple[Earns, ...]:
    return _safely(
        lambda: order_earned(str(order_id), now=clock.now(), boost=boosts()),
        (),
        budget_ms=_AFTER_MS,
    )


def _safely(read: Callable[[], T], nothing: T, *, budget_ms: int = BUDGET_MS) -> T:
    hasty = budget_ms <= BUDGET_MS
    if connection.needs_rollback or (hasty and later.is_resting()):
        return nothing
    try:
        with hurried(budget_ms):
            return read()
    except (OperationalError, InterfaceError) as error:
        logger.warning("clm: what is earned is not shown, the database is slow: %s", error)
    except Exception:
        logger.exception("clm: what is earned is not shown")
    return nothing
