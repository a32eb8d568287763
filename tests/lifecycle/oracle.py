"""The eight-stage rule as it was before models could be edited: what the default must equal."""

from datetime import datetime, timedelta

INTENT, ENGAGED_VIEWS, LOYAL_ORDERS = timedelta(days=30), 3, 5


def place(
    known: bool,
    views: int,
    orders: int,
    last: datetime | None,
    basket_at: datetime | None,
    gap: timedelta,
    now: datetime,
) -> tuple[str, datetime | None]:
    if orders and last:
        at_risk, lapsed = last + gap, last + gap * 3
        if now >= lapsed:
            return "lapsed", None
        if now >= at_risk:
            return "at-risk", lapsed
        if orders >= LOYAL_ORDERS:
            return "loyal", at_risk
        return "nurture" if orders == 1 else "retain", at_risk
    intent_ends = basket_at + INTENT if basket_at is not None else None
    if intent_ends is not None and now < intent_ends:
        return "convert", intent_ends
    if known or views >= ENGAGED_VIEWS:
        return "acquire", None
    return "reach", None
