"""What the console shows of offers: numbers by offer, and what one person has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from clm_plugin.offers.code_models import CodeBatch, OfferCode
from clm_plugin.offers.granting import with_use
from clm_plugin.offers.models import OfferCounter, OfferGrant, Redemption

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Aggregate, QuerySet

    from clm_plugin.offers.authoring import Offer

_FREE = Q(state=OfferCode.State.FREE, written="")
_REVOKED = Q(state=OfferCode.State.REVOKED)
_ACCEPTED = Q(accepted_at__isnull=False)
_RESERVED, _USED = Q(state=Redemption.State.RESERVED), Q(state=Redemption.State.CONFIRMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """An offer in numbers. ``reserved`` and ``used`` are orders; money in the offer's currency.

    ``revenue_minor``: what the orders came to of which that is known (``revenue_orders``).
    """

    granted: int = 0
    accepted: int = 0
    codes: int = 0
    codes_free: int = 0
    codes_revoked: int = 0
    reserved: int = 0
    used: int = 0
    discount_minor: int = 0
    revenue_minor: int = 0
    revenue_orders: int = 0


def figures(keys: Iterable[str] | None = None) -> dict[str, Figures]:
    """The numbers of these offers (None: of all that have any), by key; three grouped queries."""
    chosen = {} if keys is None else {"offer__in": list(keys)}
    found: dict[str, Figures] = {}
    grants = OfferGrant.objects.filter(**chosen).values_list("offer").order_by()
    for key, granted, accepted in grants.annotate(a=Count("pk"), b=Count("pk", filter=_ACCEPTED)):
        found[key] = Figures(granted=granted, accepted=accepted)
    codes = OfferCode.objects.filter(**chosen).values_list("offer").order_by()
    for key, every, free, revoked in codes.annotate(
        a=Count("pk"),
        b=Count("pk", filter=_FREE),
        c=Count("pk", filter=_REVOKED),
    ):
        found[key] = replace(
            found.get(key, Figures()), codes=every, codes_free=free, codes_revoked=revoked
        )
    for key, told in _used(chosen).items():
        found[key] = replace(found.get(key, Figures()), **told)
    return found


def _used(chosen: dict[str, list[str]]) -> dict[str, dict[str, int]]:
    rows = Redemption.objects.filter(**chosen).values_list("offer").order_by()
    return {
        key: {
            "reserved": reserved,
            "used": used,
            "discount_minor": discount or 0,
            "revenue_minor": revenue or 0,
            "revenue_orders": orders,
        }
        for key, reserved, used, discount, revenue, orders in rows.annotate(
            a=Count("pk", filter=_RESERVED),
            b=Count("pk", filter=_USED),
            c=Sum("discount_minor", filter=_USED),
            d=Sum("order_minor", filter=_USED),
            e=Count("pk", filter=_USED & Q(order_minor__isnull=False)),
        )
    }


def with_figures(rows: QuerySet[Offer]) -> QuerySet[Offer]:
    """Offers with the same numbers as columns of their own rows (None: nothing yet), for a file."""
    given, codes = OfferGrant.objects.all(), OfferCode.objects.all()
    uses = Redemption.objects.all()
    return rows.annotate(
        granted=_of(given, Count("pk")),
        accepted=_of(given.filter(_ACCEPTED), Count("pk")),
        codes=_of(codes, Count("pk")),
        codes_free=_of(codes.filter(_FREE), Count("pk")),
        codes_revoked=_of(codes.filter(_REVOKED), Count("pk")),
        reserved=_of(uses.filter(_RESERVED), Count("pk")),
        used=_of(uses.filter(_USED), Count("pk")),
        discount_minor=_of(uses.filter(_USED), Sum("discount_minor")),
        revenue_minor=_of(uses.filter(_USED), Sum("order_minor")),
    )


def _of(rows: QuerySet[Any], what: Aggregate) -> Subquery:
    its = rows.filter(offer=OuterRef("key")).order_by().values("offer")
    return Subquery(its.annotate(number=what).values("number"))


def limits_used(offer: str) -> dict[str, tuple[int, int]]:
    """How much of the whole offer's limits is used: ``total`` and ``budget`` -> (used, most)."""
    rows = OfferCounter.objects.filter(offer=offer, scope__in=["total", "budget"])
    return {scope: (used, most) for scope, used, most in rows.values_list("scope", "used", "most")}


def batches_of(offer: str) -> QuerySet[CodeBatch]:
    """The batches of an offer, newest first, each with how many of its codes can still be used."""
    rows = CodeBatch.objects.filter(offer=offer).order_by("-created_at", "-pk")
    free = Count("codes", filter=Q(codes__state=OfferCode.State.FREE))
    used = Count("codes", filter=Q(codes__state=OfferCode.State.USED))
    return rows.annotate(free=free, used=used)


def redemptions_of(offer: str, *, limit: int = 25) -> list[Redemption]:
    """The latest uses of an offer, with their codes; one query."""
    rows = Redemption.objects.filter(offer=offer).exclude(state=Redemption.State.FREED)
    return list(rows.select_related("code", "public_code").order_by("-reserved_at", "-pk")[:limit])


def grants_of(profile_id: int, *, limit: int = 25) -> list[OfferGrant]:
    """What was given to a person, newest first, with codes and whether it was used; one query."""
    rows = with_use(OfferGrant.objects.filter(profile=profile_id).select_related("code"))
    return list(rows.order_by("-granted_at", "-pk")[:limit])
