"""Offers and shoppers for tests of offers in Oscar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clm_plugin import clock
from clm_plugin.adapters.oscar import offers_memory
from clm_plugin.events.api import actor
from clm_plugin.offers import api as offers
from clm_plugin.profiles.models import Identifier, Profile
from tests.adapters import oscar_factory as oscar
from tests.offers import plans

if TYPE_CHECKING:
    from clm_plugin.offers.plan import Offer


def publish(*published: Offer) -> None:
    """Put plans in force, and known to this process at once."""
    plans.publish(*published)
    offers_memory.forget()


def known(name: str) -> int:
    """A profile of this name ("customer:7"); returns its id."""
    now = clock.now()
    profile = Profile.objects.create(created_at=now)
    Identifier.objects.create(actor=name, profile=profile, created_at=now)
    return int(profile.pk)


def shopper(**fields: Any) -> tuple[Any, int]:
    """An account with a profile: user and profile id."""
    user = oscar.make_user(**fields)
    return user, known(actor("customer", user.pk))


def give(profile_id: int, key: str, **more: Any) -> offers.OfferGrant:
    grant = offers.grant_offer(
        profile_id=profile_id,
        offer=key,
        key=f"{key}:{profile_id}",
        reason="test",
        now=clock.now(),
        **more,
    )
    offers_memory.forget()
    return grant


def code_of(profile_id: int, key: str) -> str:
    return offers.code_for(give(profile_id, key), now=clock.now())


def priced(request: Any) -> Any:
    """The request's basket, priced anew as the next page would."""
    basket = request.basket
    basket.reset_offer_applications()
    request._clm_offers = None
    from oscar.core.loading import get_class

    get_class("offer.applicator", "Applicator")().apply(basket, request.user, request)
    return basket
