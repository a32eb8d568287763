"""Looking around: product pages and searches (without the beacon), reviews, wish lists."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from clm_plugin import clock
from clm_plugin.adapters.guard import Told, safely
from clm_plugin.adapters.oscar.catalogue import category_ids
from clm_plugin.adapters.people import is_silent, names_of
from clm_plugin.conf import settings
from clm_plugin.events.api import NewEvent, actor

if TYPE_CHECKING:
    from django.http import HttpRequest

_LONGEST_QUERY = 200


@safely
def product_viewed(*, product: Any, request: HttpRequest, **_: Any) -> Told:
    """A product page; only of people who are known already, since no page sets our cookie."""
    if settings.BEACON or is_silent(request):
        return None
    name, links = names_of(request)
    if not name:
        return None
    return partial(_viewed, product, name, links)


def _viewed(product: Any, name: str, links: tuple[str, ...]) -> list[NewEvent]:
    parent = product.parent_id or product.pk
    payload = {
        "product_id": str(product.pk),
        "category_ids": list(category_ids([parent]).get(parent, ())),
    }
    return [_event("product.viewed", name, links, payload, object_id=str(product.pk))]


@safely
def user_search(*, sender: Any, query: str, **_: Any) -> Told:
    """A search. The signal carries no request, but its sender is the view."""
    request = getattr(sender, "request", None)
    if settings.BEACON or request is None or is_silent(request):
        return None
    name, links = names_of(request)
    text = query.replace("\x00", "").strip()[:_LONGEST_QUERY]
    if not name or not text:
        return None
    return [_event("search.made", name, links, {"query": text})]


@safely
def review_added(*, review: Any, request: HttpRequest, **_: Any) -> Told:
    if is_silent(request):
        return None
    name, links = names_of(request, customer_id=review.user_id)
    if not name:
        return None
    product = str(review.product_id)
    payload = {"product_id": product, "score": int(review.score or 0)}
    return [_event("review.added", name, links, payload, object_id=product)]


@safely
def wish_list_line_saved(
    *, instance: Any, created: bool = False, raw: bool = False, **_: Any
) -> Told:
    """A product put on a wish list; a change of its quantity is none."""
    return None if raw or not created else partial(_wish, instance, added=True)


@safely
def wish_list_line_deleted(*, instance: Any, origin: Any = None, **_: Any) -> Told:
    """A product taken off a wish list; not because list, product or owner was deleted."""
    is_own = origin is None or type(origin) is type(instance)
    return partial(_wish, instance, added=False) if is_own else None


def _wish(line: Any, *, added: bool) -> list[NewEvent] | None:
    if line.product_id is None or line.wishlist.owner_id is None:
        return None
    product = str(line.product_id)
    payload = {"product_id": product, "added": added}
    name = actor("customer", line.wishlist.owner_id)
    return [_event("wishlist.changed", name, (), payload, object_id=product)]


def _event(
    type_: str, name: str, links: tuple[str, ...], payload: dict[str, Any], *, object_id: str = ""
) -> NewEvent:
    return NewEvent(
        type=type_,
        actor=name,
        links=links,
        object_id=object_id,
        occurred_at=clock.now(),
        payload=payload,
    )
