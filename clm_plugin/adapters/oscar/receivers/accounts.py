"""Accounts: registration, login, logout.

A login is the one moment at which a device and an account are known to be the same person, so it
links the visitor, and the basket in Oscar's cookie, to the customer. A logout needs nothing from
us but its event: the visitor cookie was marked as an account's while she was logged in, and is
given up with the account (``profiles.api.visitor_of``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from clm_plugin import clock
from clm_plugin.adapters import history
from clm_plugin.adapters.guard import Told, safely
from clm_plugin.adapters.oscar.baskets import cookie_basket_id
from clm_plugin.adapters.oscar.customers import customer_from
from clm_plugin.adapters.people import is_silent, names_of
from clm_plugin.events.api import NewEvent, actor
from clm_plugin.profiles.api import visitor_of

if TYPE_CHECKING:
    from django.http import HttpRequest


@safely
def user_registered(*, user: Any, request: HttpRequest | None = None, **_: Any) -> Told:
    """A new account: a record of the shop. The device is linked only with leave."""
    visitor = "" if request is None or is_silent(request) else visitor_of(request)
    links = (actor("visitor", visitor),) if visitor else ()
    return [history.customer_registered(customer_from(user), at=clock.now(), links=links)]


@safely
def user_logged_in(*, user: Any, request: HttpRequest | None = None, **_: Any) -> Told:
    """Django's signal, and Oscar's own for the same login: the first of a request counts."""
    if request is None or getattr(request, "_clm_login_told", None) == user.pk:
        return None
    request._clm_login_told = user.pk  # type: ignore[attr-defined]  # our own mark
    if is_silent(request):
        return None
    basket = cookie_basket_id(request)
    name, links = names_of(request, customer_id=user.pk, basket_id=basket)
    account = customer_from(user)
    return [
        NewEvent(
            type="customer.logged_in",
            actor=name,
            links=links,
            occurred_at=clock.now(),
            payload={
                "email": account.email,
                "first_name": account.first_name,
                "language": get_language() or "",
            },
        )
    ]


@safely
def user_logged_out(*, user: Any, request: HttpRequest | None = None, **_: Any) -> Told:
    if user is None or request is None or is_silent(request):
        return None
    return [
        NewEvent(
            type="customer.logged_out",
            actor=actor("customer", user.pk),
            occurred_at=clock.now(),
            payload={},
        )
    ]
