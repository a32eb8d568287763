"""Grants and uses when people are joined, parted and erased."""

from __future__ import annotations

import pytest

from clm_plugin import merges
from clm_plugin.offers import api as offers
from clm_plugin.offers.models import OfferCode, OfferCounter, OfferGrant, Redemption
from clm_plugin.privacy.api import erase
from clm_plugin.profiles.api import profile_id_of
from clm_plugin.profiles.models import MergeRecord
from tests.factories import NOW, store, viewed
from tests.offers.plans import LATER, plan, publish

pytestmark = pytest.mark.django_db


def known(name: str) -> int:
    from clm_plugin import pipeline

    store(viewed(name))
    pipeline.drain(now=NOW)
    found = profile_id_of(name)
    assert found is not None
    return found


def use(profile_id: int, order: str) -> str:
    grant = offers.grant_offer(profile_id=profile_id, offer="ten", key=order, reason="", now=NOW)
    code = offers.code_for(grant)
    offers.reserve(
        code=code, profile_id=profile_id, order_id=order, now=NOW, until=LATER, discount_minor=50
    )
    offers.confirm(order, now=NOW)
    return code


def join(visitor: str, customer: str) -> None:
    from clm_plugin import pipeline

    store(viewed(customer, links=(visitor,)))
    pipeline.drain(now=NOW)


def test_a_merge_moves_grants_codes_and_limits_and_an_undo_gives_them_back() -> None:
    publish(plan(limits={"per_profile": 2}))
    visitor, customer = known("visitor:1"), known("customer:1")
    use(visitor, "v")
    use(customer, "c")
    open_grant = offers.grant_offer(profile_id=visitor, offer="ten", key="open", reason="", now=NOW)
    code = offers.code_for(open_grant)
    join("visitor:1", "customer:1")
    survivor = profile_id_of("visitor:1")
    assert survivor == profile_id_of("customer:1")
    assert set(OfferGrant.objects.values_list("profile", flat=True)) == {survivor}
    assert OfferCounter.objects.get(scope=f"profile:{survivor}").used == 2
    with pytest.raises(offers.LimitReached):
        offers.reserve(code=code, profile_id=survivor, order_id="x", now=NOW, until=LATER)
    assert offers.wrong_counters() == []
    merges.unmerge(MergeRecord.objects.get().pk, now=NOW)
    freed = {profile_id_of("visitor:1"), profile_id_of("customer:1")}
    assert set(OfferGrant.objects.values_list("profile", flat=True)) == freed
    assert offers.wrong_counters() == []
    owner = OfferGrant.objects.get(pk=open_grant.id).profile_id
    held = offers.reserve(code=code, profile_id=owner, order_id="x", now=NOW, until=LATER)
    assert held.state == "reserved"


def test_two_who_used_more_than_one_may_are_over_the_limit_and_nothing_breaks() -> None:
    publish(plan(limits={"per_profile": 1}))
    use(known("visitor:1"), "v")
    use(known("customer:1"), "c")
    join("visitor:1", "customer:1")
    survivor = profile_id_of("customer:1")
    row = OfferCounter.objects.get(scope=f"profile:{survivor}")
    assert (row.used, row.most) == (2, 2)
    offers.free("v", now=NOW)
    third = offers.grant_offer(profile_id=survivor or 0, offer="ten", key="3", reason="", now=NOW)
    with pytest.raises(offers.LimitReached):
        offers.reserve(
            code=offers.code_for(third), profile_id=survivor, order_id="3", now=NOW, until=LATER
        )


def test_who_is_erased_leaves_numbers_and_money_and_no_way_to_her() -> None:
    publish(plan(limits={"total": 5, "per_profile": 5, "budget_minor": 500}))
    other, her = known("customer:2"), known("customer:1")
    use(other, "theirs")
    code = use(her, "hers")
    erase(her, now=NOW, asked_by="test")
    assert list(OfferGrant.objects.values_list("profile", flat=True)) == [other]
    assert not OfferCode.objects.filter(text=code).exists()
    row = Redemption.objects.exclude(order_id="theirs").get()
    assert (row.profile_id, row.code_id, row.discount_minor) == (None, None, 50)
    assert row.order_id.startswith("erased-")
    assert offers.wrong_counters() == []
    assert OfferCounter.objects.get(scope="total").used == 2
