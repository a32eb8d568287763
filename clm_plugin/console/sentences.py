"""The timeline in words: one sentence an event, with an icon. Reads nothing; names come in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clm_plugin.console import credit_sentences, offers_sentences
from clm_plugin.console.identity_sentences import WORDS
from clm_plugin.console.wording import money, purpose, whole
from clm_plugin.insights.api import Happening, TimelinePage

Names = Mapping[str, str]
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """``tone`` colours the icon: ``quiet``, ``active``, ``good`` or ``bad``."""

    icon: str
    text: str
    detail: str = ""
    tone: str = "quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    happening: Happening
    sentence: Sentence


def entries(page: TimelinePage, names: Names) -> list[Entry]:
    """A sentence for every event of a page; basket changes are told against the one before."""
    older = [*page.happenings[1:], *([page.before] if page.before else [])]
    told = []
    for at, happening in enumerate(page.happenings):
        if happening.type == "basket.changed":
            sentence = _basket(happening.payload, _earlier(happening, older[at:]), names)
        else:
            sentence = _tell(happening, names)
        told.append(Entry(happening=happening, sentence=sentence))
    return told


def _tell(happening: Happening, names: Names) -> Sentence:
    if happening.type in WORDS:
        icon, text, detail = WORDS[happening.type](happening.payload)
        return Sentence(icon=icon, text=text, detail=detail, tone="active")
    if happening.type in credit_sentences.CREDIT:
        text, detail, tone = credit_sentences.tell(happening.type, happening.payload)
        return Sentence(icon="clm-credit", text=text, detail=detail, tone=tone)
    if happening.type in offers_sentences.OFFERS:
        text, detail, tone = offers_sentences.tell(happening.type, happening.payload)
        return Sentence(icon="tag", text=text, detail=detail, tone=tone)
    teller = _TELLERS.get(happening.type)
    if teller is None:
        return Sentence(icon="circle-check", text=happening.type)
    return teller(happening.payload, names)


def product_ids(page: TimelinePage) -> set[str]:
    """The products that a page's sentences name."""
    shown = [*page.happenings, *([page.before] if page.before else [])]
    ids: set[str] = set()
    for happening in shown:
        payload = happening.payload
        ids.update(str(each) for each in payload.get("product_ids") or ())
        if payload.get("product_id"):
            ids.add(str(payload["product_id"]))
    return ids


def _quoted(product_id: object, names: Names) -> str:
    name = names.get(str(product_id))
    return _("“%(name)s”") % {"name": name} if name else _("product %(id)s") % {"id": product_id}


def _lines(payload: Payload, names: Names, *, most: int = 3) -> str:
    ids = list(payload.get("product_ids") or ())
    quantities = list(payload.get("quantities") or ())
    parts = [
        f"{quantity} × {_quoted(each, names)}" if quantity != 1 else _quoted(each, names)
        for each, quantity in zip(ids[:most], quantities[:most] or [1] * most, strict=False)
    ]
    if len(ids) > most:
        parts.append(_("%(n)s more") % {"n": len(ids) - most})
    return ", ".join(parts)


def _amount(payload: Payload, key: str = "total_minor") -> str:
    return money(int(payload.get(key) or 0), str(payload.get("currency") or ""))


def _contents(payload: Payload) -> dict[str, int]:
    ids = [str(each) for each in payload.get("product_ids") or ()]
    return dict(zip(ids, payload.get("quantities") or [1] * len(ids), strict=False))


def _earlier(happening: Happening, older: Iterable[Happening]) -> Payload | None:
    same = (
        each.payload
        for each in older
        if each.type == "basket.changed"
        and each.payload.get("basket_id") == happening.payload.get("basket_id")
    )
    return next(same, None)


def _basket(payload: Payload, before: Payload | None, names: Names) -> Sentence:
    now = _contents(payload)
    total = _("Basket: %(total)s") % {"total": _amount(payload)} if now else ""
    if not now:
        return Sentence(icon="clm-basket", text=_("Emptied the basket"), tone="bad")
    was = _contents(before) if before is not None else None
    if was is None:
        text = _("Basket holds %(lines)s") % {"lines": _lines(payload, names)}
        return Sentence(icon="clm-basket", text=text, detail=total, tone="active")
    added = {each: n - was.get(each, 0) for each, n in now.items() if n > was.get(each, 0)}
    removed = {each: n - now.get(each, 0) for each, n in was.items() if n > now.get(each, 0)}
    parts = []
    if added:
        parts.append(_("Added %(lines)s") % {"lines": _lines(_as_lines(added), names)})
    if removed:
        parts.append(_("Removed %(lines)s") % {"lines": _lines(_as_lines(removed), names)})
    text = "; ".join(parts) or _("Basket unchanged")
    return Sentence(icon="clm-basket", text=text, detail=total, tone="active" if added else "quiet")


def _as_lines(quantities: Mapping[str, int]) -> Payload:
    return {"product_ids": list(quantities), "quantities": list(quantities.values())}


def _page(payload: Payload, names: Names) -> Sentence:
    came = payload.get("source") or payload.get("referrer") or ""
    how = "/".join(str(each) for each in (came, payload.get("medium")) if each)
    detail = _("from %(source)s") % {"source": how} if how else ""
    text = _("Came to %(path)s") if payload.get("session") else _("Opened %(path)s")
    return Sentence(icon="desktop", text=text % {"path": payload.get("path", "")}, detail=detail)


def _read(payload: Payload, names: Names) -> Sentence:
    seconds, scroll = int(payload.get("seconds") or 0), int(payload.get("scroll") or 0)
    return Sentence(
        icon="glasses",
        text=_("Read %(path)s") % {"path": payload.get("path", "")},
        detail=_("%(seconds)s s, scrolled %(scroll)s %%") % {"seconds": seconds, "scroll": scroll},
    )


def _order(payload: Payload, names: Names) -> Sentence:
    text = _("Order %(id)s, %(total)s") % {
        "id": payload.get("order_id", ""),
        "total": _amount(payload),
    }
    return Sentence(icon="clm-parcel", text=text, detail=_lines(payload, names), tone="good")


def _refund(payload: Payload, names: Names) -> Sentence:
    text = _("Refunded %(amount)s of order %(id)s") % {
        "amount": _amount(payload, "amount_minor"),
        "id": payload.get("order_id", ""),
    }
    return Sentence(icon="rotate", text=text, tone="bad")


def _status(payload: Payload, names: Names) -> Sentence:
    text = _("Order %(id)s is now “%(new)s”") % {
        "id": payload.get("order_id", ""),
        "new": payload.get("new", ""),
    }
    return Sentence(icon="clm-parcel", text=text)


def _line_status(payload: Payload, names: Names) -> Sentence:
    text = _("%(product)s of order %(id)s is now “%(new)s”") % {
        "product": _quoted(payload.get("product_id", ""), names),
        "id": payload.get("order_id", ""),
        "new": payload.get("new", ""),
    }
    return Sentence(icon="clm-parcel", text=text[:1].upper() + text[1:])


def _review(payload: Payload, names: Names) -> Sentence:
    score = int(payload.get("score") or 0)
    return Sentence(
        icon="openquote",
        text=_("Reviewed %(product)s") % {"product": _quoted(payload.get("product_id"), names)},
        detail=ngettext("%(n)s star", "%(n)s stars", score) % {"n": whole(score)} if score else "",
        tone="good",
    )


def _wish(payload: Payload, names: Names) -> Sentence:
    text = (
        _("Put %(product)s on the wish list")
        if payload.get("added", True)
        else _("Took %(product)s off the wish list")
    )
    product = _quoted(payload.get("product_id"), names)
    return Sentence(icon="pick", text=text % {"product": product}, tone="active")


def _purposes(payload: Payload) -> str:
    channel = str(payload.get("channel", ""))
    return ", ".join(purpose(str(each), channel) for each in payload.get("purposes") or ())


def _fixed(icon: str, text: Callable[[], str], tone: str = "quiet") -> Callable[..., Sentence]:
    return lambda payload, names: Sentence(icon=icon, text=text(), tone=tone)


def _with(
    icon: str, text: Callable[[], str], key: str, tone: str = "quiet"
) -> Callable[..., Sentence]:
    return lambda payload, names: Sentence(
        icon=icon, text=text() % {"value": payload.get(key, "")}, tone=tone
    )


_TELLERS: dict[str, Callable[[Payload, Names], Sentence]] = {
    "page.viewed": _page,
    "page.read": _read,
    "product.viewed": lambda payload, names: Sentence(
        icon="view",
        text=_("Viewed %(product)s") % {"product": _quoted(payload.get("product_id"), names)},
    ),
    "search.made": _with("search", lambda: _("Searched for “%(value)s”"), "query"),
    "exit.signalled": _fixed("logout", lambda: _("Was about to leave")),
    "widget.shown": _fixed("clm-popup", lambda: _("Saw a widget")),
    "widget.clicked": _fixed("clm-popup", lambda: _("Clicked a widget"), "active"),
    "widget.dismissed": _fixed("clm-popup", lambda: _("Closed a widget"), "bad"),
    "mail.clicked": _fixed("mail", lambda: _("Clicked a link in a mail"), "active"),
    "basket.merged": _fixed("clm-basket", lambda: _("Basket joined with an earlier one")),
    "voucher.applied": _with("tag", lambda: _("Used the voucher “%(value)s”"), "code", "active"),
    "voucher.removed": _with("tag", lambda: _("Took the voucher “%(value)s” off"), "code"),
    "checkout.started": _fixed("arrow-right", lambda: _("Started the checkout"), "active"),
    "payment.reached": _fixed("arrow-right-full", lambda: _("Reached the payment"), "active"),
    "order.placed": _order,
    "order.status_changed": _status,
    "order.line_status_changed": _line_status,
    "order.cancelled": _with(
        "cross", lambda: _("Order %(value)s was cancelled"), "order_id", "bad"
    ),
    "order.refunded": _refund,
    "customer.registered": _fixed("user", lambda: _("Opened an account"), "good"),
    "customer.logged_in": _fixed("login", lambda: _("Logged in")),
    "customer.logged_out": _fixed("logout", lambda: _("Logged out")),
    "review.added": _review,
    "wishlist.changed": _wish,
    "consent.given": lambda payload, names: Sentence(
        icon="check",
        text=_("Agreed to: %(purposes)s") % {"purposes": _purposes(payload)},
        tone="good",
    ),
    "consent.withdrawn": lambda payload, names: Sentence(
        icon="cross",
        text=_("Withdrew consent to: %(purposes)s") % {"purposes": _purposes(payload)},
        tone="bad",
    ),
    "referral.converted": _fixed("group", lambda: _("Brought a friend who ordered"), "good"),
    "history.summed": _fixed("history", lambda: _("What happened before, added up")),
}
