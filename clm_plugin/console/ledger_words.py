"""The ledger in words: kinds, states, where credit came from, and what leads on from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clm_plugin.console.guard import APPROVE_CREDIT, SEE_CAMPAIGNS, SEE_OFFERS, may
from clm_plugin.shop.api import ShopError, get_shop
from clm_plugin.wallet.api import live_programmes
from clm_plugin.wallet.models import ERASED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import Model
    from django.http import HttpRequest

    from clm_plugin.wallet.models import Lot, Transaction

KINDS = {
    "grant": gettext_noop("Given"),
    "capture": gettext_noop("Spent"),
    "expire": gettext_noop("Expired"),
    "claw_back": gettext_noop("Taken back"),
    "restore": gettext_noop("Given back after a refund"),
    "deduct": gettext_noop("Taken away by hand"),
    "reverse": gettext_noop("Reversed"),
    "repay": gettext_noop("Paid a debt"),
}
ACCOUNTS = {
    "customer": gettext_noop("Customer"),
    "debt": gettext_noop("Customer's debt"),
    "issued": gettext_noop("Issued"),
    "redeemed": gettext_noop("Redeemed"),
    "expired": gettext_noop("Expired"),
    "clawed_back": gettext_noop("Clawed back"),
}
_SOURCES = {
    "order": gettext_noop("Order %(ref)s"),
    "promise": gettext_noop("Promise kept by order %(ref)s"),
    "event": gettext_noop("Event %(ref)s"),
    "offer": gettext_noop("Offer %(ref)s"),
    "campaign": gettext_noop("Campaign %(ref)s"),
    "by_hand": gettext_noop("By hand, no. %(ref)s"),
    "import": gettext_noop("File, reference %(ref)s"),
    "api": gettext_noop("Another system, reference %(ref)s"),
}
REVERSIBLE = frozenset({"grant", "deduct", "claw_back"})


@dataclass(frozen=True, slots=True)
class Link:
    """Words, and where they lead; nowhere with an empty address."""

    text: str
    url: str = ""


def kind_words(kind: str) -> str:
    return _(KINDS[kind]) if kind in KINDS else kind


def account_words(purpose: str) -> str:
    return _(ACCOUNTS[purpose]) if purpose in ACCOUNTS else purpose


def lot_state(lot: Lot, now: datetime) -> tuple[str, str]:
    """What can be done with a lot now: a word for the style sheet, and one for people."""
    if lot.expires_at is not None and lot.expires_at <= now:
        return ("over", _("expires now") if lot.remaining_minor else _("over"))
    if not lot.remaining_minor:
        return "over", _("used up")
    if lot.opens_at > now:
        return "later", _("opens later")
    return "open", _("can be spent")


def programme_names() -> dict[str, str]:
    """Names of published programmes by key; of others the key has to do."""
    return {each.key: each.name for each in live_programmes().plans.values()}


_ACTORS = {
    "checkout": gettext_noop("the checkout"),
    "expiry": gettext_noop("expiry"),
    "programme": gettext_noop("the programme"),
}


def actor_words(actor: str) -> str:
    """Who did it: staff, or whose key of the API it was, by name; nobody where it was the shop
    itself."""
    kind, _sep, name = actor.partition(":")
    if kind == "staff":
        return name
    if kind == "api":
        return _("{name} (API)").format(name=name)
    return _(_ACTORS[actor]) if actor in _ACTORS else actor or _("the shop")


def reason_words(reason: str) -> str:
    """A reason as it was given; those of the plugin itself in the reader's language."""
    return _(reason) if reason else ""


class Sources:
    """Where credit came from, in words, with the page of that for who may open it.

    ``rows`` are the lots or transactions of a page: two queries for all campaigns and offers that
    they name.
    """

    def __init__(self, request: HttpRequest, rows: Iterable[Lot | Transaction]) -> None:
        from clm_plugin.campaigns.models import Campaign
        from clm_plugin.offers.models import Offer

        self._request = request
        named: dict[str, set[str]] = {"campaign": set(), "offer": set()}
        for row in rows:
            named.get(row.source_kind, set()).add(row.source_ref)
        self._authored = {
            **self._pages("campaign", Campaign, named, "clm_campaigns:numbers", SEE_CAMPAIGNS),
            **self._pages("offer", Offer, named, "clm_offers:page", SEE_OFFERS),
        }

    def _pages(
        self,
        kind: str,
        model: type[Model],
        named: dict[str, set[str]],
        page: str,
        sees: tuple[str, ...],
    ) -> dict[tuple[str, str], tuple[str, str]]:
        """By kind and key: the name, and where its numbers are."""
        if not named[kind]:
            return {}
        found = model._default_manager.filter(key__in=named[kind])
        opens = may(self._request, *sees)
        return {
            (kind, key): (name, reverse(page, args=(pk,)) if opens else "")
            for pk, key, name in found.values_list("pk", "key", "name")
        }

    def of(self, row: Lot | Transaction) -> Link | None:
        kind, ref = row.source_kind, row.source_ref
        if not kind:
            return None
        if ref.startswith(ERASED):
            return Link(_("erased"))
        name, url = self._authored.get((kind, ref), (ref, ""))
        if kind == "by_hand":
            url = request_url(self._request, ref)
        elif kind in ("order", "promise"):
            url = order_url(ref)
        words = _SOURCES.get(kind)
        return Link(_(words) % {"ref": name} if words else f"{kind} {ref}".strip(), url)


def request_url(request: HttpRequest, number: object) -> str:
    """The page of what was given by hand, for who may open it whoever asked."""
    if not str(number).isdecimal() or not may(request, APPROVE_CREDIT):
        return ""
    return reverse("clm_ledger:request", args=(int(str(number)),))


def order_url(order_id: str) -> str:
    """The shop's own page of an order for its staff; empty where it has none."""
    if not order_id or order_id.startswith(ERASED):
        return ""
    try:
        return get_shop().staff_order_url(order_id)
    except ShopError:
        return ""


def order_link(transaction: Transaction) -> Link | None:
    its = transaction.order_id
    if not its:
        return None
    if its.startswith(ERASED):
        return Link(_("erased"))
    return Link(_("Order %(ref)s") % {"ref": its}, order_url(its))
