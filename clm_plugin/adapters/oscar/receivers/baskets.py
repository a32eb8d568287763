"""The basket: each change of its lines is one snapshot of it, in the transaction of the change.

Oscar sends no signal for a changed quantity, a removal or a merge, so the saves themselves are
received. Seen are saves and deletions of lines through the ORM's instances and ``queryset.delete``;
``queryset.update`` and ``bulk_create`` send nothing. Django has no hook before a commit, so several
saves in one request are several snapshots, except our own ``add_lines``, which makes one.

The request, which tells crawlers and staff and names the visitor, hangs on the basket's strategy.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.signals import request_started
from django.db.models import QuerySet
from oscar.core.loading import get_model

from clm_plugin import clock
from clm_plugin.adapters.guard import Told, safely, tell
from clm_plugin.adapters.oscar.baskets import first_category, loaded_basket, worth
from clm_plugin.adapters.oscar.columns import minor_of
from clm_plugin.adapters.people import is_silent, names_of
from clm_plugin.conf import settings
from clm_plugin.events.api import NewEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

# Baskets that changed inside ``one_snapshot``, by key.
_held: ContextVar[dict[Any, Any] | None] = ContextVar("clm_held_baskets", default=None)
# The basket whose line was saved last: in a merge, the one that the lines go into.
_last: ContextVar[Any] = ContextVar("clm_last_basket", default=None)


def _forget(**_: object) -> None:
    _last.set(None)


request_started.connect(_forget, dispatch_uid="clm.oscar.baskets.forget")


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Make all changes of a basket inside the block one event, stored at its end."""
    held: dict[Any, Any] = {}
    token = _held.set(held)
    try:
        yield
    finally:
        _held.reset(token)
    for basket_id, basket in held.items():
        tell(partial(_snapshot, basket_id, basket))


@safely
def line_saved(*, instance: Any, raw: bool = False, **_: Any) -> Told:
    if raw:
        return None
    _last.set(instance.basket_id)
    return _changed(instance)


@safely
def line_deleted(*, instance: Any, origin: Any = None, **_: Any) -> Told:
    """A removal; not the lines that go with a deleted basket or product."""
    if isinstance(origin, QuerySet):
        # Django deletes all rows and then sends a signal each: the first snapshot shows it all.
        told = origin.__dict__.setdefault("_clm_told", set())
        if origin.model is not type(instance) or instance.basket_id in told:
            return None
        told.add(instance.basket_id)
    elif origin is not None and type(origin) is not type(instance):
        return None
    return _changed(instance)


def _changed(line: Any) -> Told:
    basket = line._state.fields_cache.get("basket")
    held = _held.get()
    if held is not None:
        held[line.basket_id] = basket
        return None
    return partial(_snapshot, line.basket_id, basket)


@safely
def basket_addition(*, request: HttpRequest, **_: Any) -> Told:
    """Links the basket to the visitor where the saved line could not see the request."""
    basket = loaded_basket(request)
    if basket is None or not basket.pk or getattr(basket, "_clm_visitor_told", False):
        return None
    return partial(_snapshot, basket.pk, basket, request)


@safely
def basket_saved(*, instance: Any, created: bool = False, raw: bool = False, **_: Any) -> Told:
    """A merge: Oscar marks the emptied basket after it has saved its lines into the other one."""
    if raw or created or instance.status != instance.MERGED:
        return None
    into = _last.get()
    if into is None or into == instance.pk:
        return None  # it was empty: nothing went anywhere
    return partial(_merged, instance.pk, into)


def _merged(gone: Any, into: Any) -> list[NewEvent] | None:
    # The survivor's state comes last, after what the emptied basket said of itself.
    snapshot = _snapshot(into, None)
    if not snapshot:
        return None
    merged = NewEvent(
        type="basket.merged",
        actor=snapshot[0].actor,
        links=(*snapshot[0].links, f"basket:{gone}"),
        object_id=str(gone),
        occurred_at=snapshot[0].occurred_at,
        payload={"basket_id": str(gone), "into": str(into)},
    )
    return [merged, *snapshot]


@safely
def voucher_addition(*, basket: Any, voucher: Any, **_: Any) -> Told:
    """A code was entered. Oscar takes it off again, without a signal, if it gives no discount."""
    return _voucher("voucher.applied", basket, voucher)


@safely
def voucher_removal(*, basket: Any, voucher: Any, **_: Any) -> Told:
    return _voucher("voucher.removed", basket, voucher)


def _voucher(type_: str, basket: Any, voucher: Any) -> list[NewEvent] | None:
    request = request_of(basket)
    if _is_silent(request, basket.owner_id):
        return None
    name, links = names_of(request, customer_id=basket.owner_id, basket_id=basket.pk)
    payload = {"basket_id": str(basket.pk), "code": voucher.code}
    return [
        NewEvent(
            type=type_,
            actor=name,
            links=links,
            object_id=str(basket.pk),
            occurred_at=clock.now(),
            payload=payload,
        )
    ]


def request_of(basket: Any) -> HttpRequest | None:
    """The request that a basket was loaded for, if any."""
    strategy = getattr(basket, "_strategy", None) if basket is not None else None
    return getattr(strategy, "request", None)


def _is_silent(request: HttpRequest | None, owner_id: Any) -> bool:
    if request is not None:
        return is_silent(request)
    # Nobody's leave can be read without a request; a stranger's basket then stays unknown.
    return settings.REQUIRE_CONSENT and owner_id is None


def _snapshot(
    basket_id: Any, basket: Any, request: HttpRequest | None = None
) -> list[NewEvent] | None:
    """The basket as it is now, if it is open; one query (two when its last line went)."""
    request = request or request_of(basket)
    if request is not None and is_silent(request):
        return None
    rows = _rows(basket_id)
    state = rows[0][5:] if rows else _state(basket_id, basket)
    if state is None:
        return None
    status, owner_id = state
    if status != get_model("basket", "Basket").OPEN or _is_silent(request, owner_id):
        return None
    name, links = names_of(request, customer_id=owner_id, basket_id=basket_id)
    if basket is not None and request is not None:
        basket._clm_visitor_told = True
    lines = [row for row in rows if row[1] > 0]
    currency = lines[0][3] if lines else ""
    payload = {
        "basket_id": str(basket_id),
        "product_ids": [str(row[0]) for row in lines],
        "category_ids": [str(row[4] or "") for row in lines],
        "quantities": [row[1] for row in lines],
        "total_minor": minor_of(sum(row[2] for row in lines), currency),
        "currency": currency,
    }
    return [
        NewEvent(
            type="basket.changed",
            actor=name,
            links=links,
            object_id=str(basket_id),
            occurred_at=clock.now(),
            payload=payload,
        )
    ]


def _rows(basket_id: Any) -> list[tuple[Any, ...]]:
    lines = get_model("basket", "Line").objects.filter(basket=basket_id)
    return list(
        lines.annotate(worth=worth(), category=first_category())
        .order_by("pk")
        .values_list(
            "product_id",
            "quantity",
            "worth",
            "price_currency",
            "category",
            "basket__status",
            "basket__owner_id",
        )
    )


def _state(basket_id: Any, basket: Any) -> tuple[str, Any] | None:
    if basket is not None:
        return basket.status, basket.owner_id
    baskets = get_model("basket", "Basket").objects.filter(pk=basket_id)
    found: tuple[str, Any] | None = baskets.values_list("status", "owner_id").first()
    return found
