"""The e-commerce vocabulary of the Segment specification in the words of our catalogue. Pure.

One line of ``EVENTS`` is one name. A name that is not here becomes ``custom.tracked`` under itself,
and so does one that says too little to be the event it is called, or that a public key may not say.
"""

from __future__ import annotations

from collections.abc import Callable

from clm_plugin.adapters.segment.amounts import minor_of, quantity_of
from clm_plugin.adapters.segment.data import Context, Mapped, Piece
from clm_plugin.adapters.segment.products import (
    cart_id,
    category_of,
    lines_of,
    order_id,
    person_fields,
    product_id,
    text_of,
    total_of,
)
from clm_plugin.events.api import BadEvent


def _product_viewed(context: Context) -> Mapped:
    id_ = product_id(context.properties)
    category = category_of(context.properties, context)
    payload = {"product_id": id_, "category_ids": [category] if category else []}
    return Mapped(type="product.viewed", payload=payload, object_id=id_)


def _list_viewed(context: Context) -> Mapped:
    products = context.properties.get("products") or []
    if not isinstance(products, list):
        raise BadEvent("properties.products", "must be a list")
    ids = [product_id(each) for each in products if isinstance(each, dict)][:100]
    return Mapped(
        type="list.viewed",
        payload={
            "list_id": text_of(context.properties, "list_id", limit=255),
            "category_id": category_of(context.properties, context),
            "product_ids": ids,
        },
    )


def _searched(context: Context) -> Mapped:
    query = text_of(context.properties, "query", limit=1024)
    if not query:
        raise BadEvent("properties.query", "is missing")
    return Mapped(type="search.made", payload={"query": query})


def _added(context: Context) -> Piece | None:
    return _piece(context, 1)


def _removed(context: Context) -> Piece | None:
    return _piece(context, -1)


def _piece(context: Context, sign: int) -> Piece | None:
    if context.sender.shop_tells_baskets:
        return None
    properties = context.properties
    quantity = quantity_of(properties.get("quantity"), "properties.quantity")
    price = properties.get("price")
    each = 0 if price in (None, "") else minor_of(price, context.currency, "properties.price")
    return Piece(
        cart_id=cart_id(context),
        lines={product_id(properties): (sign * quantity, each, category_of(properties, context))},
        currency=context.currency,
    )


def _cart(context: Context) -> Piece | None:
    """A basket's contents, where the message has them."""
    if context.sender.shop_tells_baskets or context.properties.get("products") is None:
        return None
    lines = {
        id_: (quantity, total // quantity if quantity else 0, category)
        for id_, category, quantity, total in lines_of(context)
    }
    return Piece(cart_id=cart_id(context), lines=lines, whole=True, currency=context.currency)


def _emptied(context: Context) -> Piece | None:
    """An order takes the basket with it; the order's own event says so."""
    if context.sender.shop_tells_baskets:
        return None
    return Piece(cart_id=cart_id(context), whole=True, silent=True)


def _checkout(type_: str) -> Callable[[Context], Mapped | None]:
    def read(context: Context) -> Mapped | None:
        if context.sender.shop_tells_baskets:
            return None
        basket = cart_id(context)
        return Mapped(type=type_, payload={"basket_id": basket}, object_id=basket)

    return read


def _voucher(type_: str) -> Callable[[Context], Mapped | None]:
    def read(context: Context) -> Mapped | None:
        if context.sender.shop_tells_baskets:
            return None
        names = ("coupon_name", "coupon_id", "coupon")
        code = next((c for n in names if (c := text_of(context.properties, n, limit=255))), "")
        if not code:
            raise BadEvent("properties.coupon_id", "is missing")
        basket = cart_id(context)
        return Mapped(type=type_, payload={"basket_id": basket, "code": code}, object_id=basket)

    return read


def _ordered(context: Context) -> Mapped:
    id_, total, lines = order_id(context), total_of(context), lines_of(context)
    if total is None:
        raise BadEvent("properties.total", "is missing")
    return Mapped(
        type="order.placed",
        object_id=id_,
        record=f"order.placed:{id_}",
        payload={
            "order_id": id_,
            "basket_id": "" if context.sender.shop_tells_baskets else cart_id(context),
            "currency": context.currency,
            "total_minor": total,
            "product_ids": [line[0] for line in lines],
            "category_ids": [line[1] for line in lines],
            "quantities": [line[2] for line in lines],
            "totals_minor": [line[3] for line in lines],
            "costs_minor": [-1 for _ in lines],
            **person_fields(context),
        },
    )


def _order_updated(context: Context) -> Mapped:
    id_ = order_id(context)
    new = text_of(context.properties, "status", limit=64)
    return Mapped(type="order.status_changed", object_id=id_, payload={"order_id": id_, "new": new})


def _order_cancelled(context: Context) -> Mapped:
    id_ = order_id(context)
    return Mapped(
        type="order.cancelled",
        object_id=id_,
        record=f"order.cancelled:{id_}",
        payload={"order_id": id_},
    )


def _refunded(context: Context) -> Mapped | None:
    """A refund needs an id of its own where the shop tells its refunds too, or it counts twice."""
    id_, refund = order_id(context), text_of(context.properties, "refund_id")
    if not refund and context.sender.shop_tells_refunds:
        return None
    amount = total_of(context)
    if amount is None:
        raise BadEvent("properties.total", "is missing: what was given back")
    return Mapped(
        type="order.refunded",
        object_id=id_,
        record=f"order.refunded:{refund}" if refund else "",
        payload={
            "order_id": id_,
            "refund_id": refund or text_of(context.message, "messageId", "messageId", 255),
            "amount_minor": amount,
            "currency": context.currency,
        },
    )


def _signed_up(context: Context) -> Mapped | None:
    if not context.message.get("userId"):
        return None  # nobody's account
    person = person_fields(context)
    person.pop("country", None)
    record = f"customer.registered:{context.actor.partition(':')[2]}"
    return Mapped(type="customer.registered", payload=dict(person), record=record)


def _reviewed(context: Context) -> Mapped:
    id_ = product_id(context.properties)
    rating = context.properties.get("rating")
    score = round(rating) if isinstance(rating, int | float) and -100 < rating < 100 else 0
    return Mapped(type="review.added", payload={"product_id": id_, "score": score}, object_id=id_)


def _wish(added: bool) -> Callable[[Context], Mapped]:
    def read(context: Context) -> Mapped:
        id_ = product_id(context.properties)
        payload = {"product_id": id_, "added": added}
        return Mapped(type="wishlist.changed", payload=payload, object_id=id_)

    return read


Reading = Callable[[Context], Mapped | Piece | None]

PUBLIC: dict[str, tuple[Reading, ...]] = {
    "product viewed": (_product_viewed,),
    "product list viewed": (_list_viewed,),
    "product list filtered": (_list_viewed,),
    "products searched": (_searched,),
}
"""What anybody may say: it is about her own browsing."""
EVENTS: dict[str, tuple[Reading, ...]] = {
    **PUBLIC,
    "product added": (_added,),
    "product removed": (_removed,),
    "cart viewed": (_cart,),
    "checkout started": (_checkout("checkout.started"), _cart),
    "payment info entered": (_checkout("payment.reached"),),
    "coupon applied": (_voucher("voucher.applied"),),
    "coupon removed": (_voucher("voucher.removed"),),
    "order completed": (_ordered, _emptied),
    "order updated": (_order_updated,),
    "order cancelled": (_order_cancelled,),
    "order refunded": (_refunded,),
    "signed up": (_signed_up,),
    "product reviewed": (_reviewed,),
    "product added to wishlist": (_wish(True),),
    "product removed from wishlist": (_wish(False),),
}
