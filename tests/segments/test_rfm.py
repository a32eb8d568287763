"""Scores in SQL: as the rules say, from facts and from orders, today and at any date."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from clm_plugin import pipeline
from clm_plugin.models import Facts, OrderFact, Profile, RfmScore
from clm_plugin.profiles.order_facts import recompute
from clm_plugin.segments import rfm, rfm_rules
from clm_plugin.segments.rfm import NOT_YET, Score
from tests.factories import NOW, days, new, order, store

pytestmark = pytest.mark.django_db


def shop(buyers: int, *, seed: int = 1, orders: int = 6) -> list[int]:
    """Buyers with orders of the last two years, some cancelled, refunded or in another currency."""
    chance = random.Random(seed)
    people = Profile.objects.bulk_create([Profile(created_at=NOW) for _ in range(buyers)])
    rows = []
    for person in people:
        for number in range(chance.randint(1, orders)):
            total = chance.choice((500, 1000, 1000, 2500, 9000))
            rows.append(
                OrderFact(
                    order_id=f"{person.pk}-{number}",
                    profile=person,
                    placed_at=NOW - timedelta(hours=chance.randint(0, 24 * 700)),
                    currency=chance.choice(("GBP", "GBP", "GBP", "EUR")),
                    total_minor=total,
                    refunded_minor=chance.choice((0, 0, total // 2)),
                    items=1,
                    cancelled_at=NOW if chance.random() < 0.1 else None,
                )
            )
    OrderFact.objects.bulk_create(rows)
    ids = [person.pk for person in people]
    recompute(ids)
    return ids


def by_the_rules(now: datetime) -> dict[int, tuple[int, int, int, str]]:
    """The same scores in plain Python, from the orders."""
    sums: dict[int, tuple[datetime, int, int]] = {}
    for o in OrderFact.objects.filter(cancelled_at=None, placed_at__lte=now):
        assert o.profile_id is not None
        assert o.placed_at is not None
        last, orders, spend = sums.get(o.profile_id, (o.placed_at, 0, 0))
        own = o.total_minor - o.refunded_minor if o.currency == "GBP" else 0
        sums[o.profile_id] = (max(last, o.placed_at), orders + 1, spend + own)
    found = {}
    mean = sum(s for _, _, s in sums.values()) / max(sum(n for _, n, _ in sums.values()), 1)
    for pid, mine in sums.items():
        if len(sums) >= rfm_rules.ENOUGH_BUYERS:
            r, f, m = (
                rfm_rules.tile(sum(o[i] < mine[i] for o in sums.values()), len(sums))  # type: ignore[operator]  # columns of one type each
                for i in range(3)
            )
        else:
            silent = (now - mine[0]) / timedelta(days=1)
            r, f, m = rfm_rules.fixed_scores(
                days=silent, orders=mine[1], spend_minor=mine[2], mean_order_minor=mean
            )
        found[pid] = (r, f, m, rfm_rules.name_of(r, f, m))
    return found


def stored() -> dict[int, tuple[int, int, int, str]]:
    rows = RfmScore.objects.values_list("profile_id", "r", "f", "m", "name")
    return {pid: (r, f, m, name) for pid, r, f, m, name in rows}


@pytest.mark.parametrize("buyers", [40, 499, 520])
def test_sql_scores_as_the_rules_do(buyers: int) -> None:
    shop(buyers)
    rfm.score_buyers(now=NOW)
    wanted = by_the_rules(NOW)
    assert stored() == wanted
    assert len({name for *_, name in wanted.values()}) > 5  # the data cover the map


@pytest.mark.parametrize("ago", [0, 30, 365])
@pytest.mark.parametrize("buyers", [60, 700])
def test_any_date_from_the_orders(buyers: int, ago: int) -> None:
    shop(buyers)
    moment = NOW - days(ago)
    found = {s.profile_id: (s.r, s.f, s.m, s.name) for s in rfm.rfm_as_of(moment)}
    assert found == by_the_rules(moment)


def test_facts_and_orders_agree() -> None:
    shop(600)
    rfm.score_buyers(now=NOW)
    assert {Score(pid, *score) for pid, score in stored().items()} == set(rfm.rfm_as_of(NOW))


def test_statements_do_not_grow_with_buyers() -> None:
    with queries() as few:
        shop(10)
        rfm.score_buyers(now=NOW)
    few_scoring = [q for q in few if "rfmscore" in q]
    shop(300, seed=2)
    with queries() as many:
        rfm.score_buyers(now=NOW)
    assert len([q for q in many if "rfmscore" in q]) == len(few_scoring) == 3


@contextmanager
def queries() -> Iterator[list[str]]:
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [query["sql"] for query in captured.captured_queries]


def test_twice_changes_nothing_and_keeps_the_time() -> None:
    shop(50)
    assert rfm.score_buyers(now=NOW) > 0
    assert rfm.score_buyers(now=NOW) == 0
    changed = rfm.score_buyers(now=NOW + days(31))
    since = set(RfmScore.objects.values_list("scored_at", flat=True))
    assert changed > 0
    assert since == {NOW, NOW + days(31)}


def test_who_is_a_buyer_no_more_loses_the_score() -> None:
    store(order("customer:1", "o1"), order("customer:2", "o2"))
    pipeline.drain(now=NOW)
    rfm.score_buyers(now=NOW)
    assert RfmScore.objects.count() == 2
    store(new("order.cancelled", "shop:1", order_id="o1"))
    pipeline.drain(now=NOW)
    assert rfm.score_buyers(now=NOW) == 1
    gone = Facts.objects.get(orders=0).profile_id
    assert not RfmScore.objects.filter(profile=gone).exists()


def test_nobody_bought_yet() -> None:
    assert rfm.score_buyers(now=NOW) == 0
    assert rfm.transitions(NOW - days(30), NOW).counts == {}
    assert sum(cell.buyers for cell in rfm.heat_map()) == 0
    assert len(rfm.heat_map()) == 25


@pytest.mark.parametrize("buyers", [80, 600])
def test_transitions_count_every_buyer_once(buyers: int) -> None:
    shop(buyers)
    then = NOW - days(200)
    matrix = rfm.transitions(then, NOW)
    after = by_the_rules(NOW)
    assert sum(matrix.counts.values()) == len(after)
    assert matrix.quantiles is (buyers >= 500)
    names = [name for *_, name in after.values()]
    assert matrix.after() == {name: names.count(name) for name in set(names)}
    known = len(by_the_rules(then))
    assert sum(n for name, n in matrix.before().items() if name != NOT_YET) == known
    assert matrix.before()[NOT_YET] == len(after) - known
    some = next(name for name in matrix.before() if name != NOT_YET)
    assert sum(matrix.share(some, to) for to in matrix.after()) == pytest.approx(1)


def test_transitions_follow_each_person() -> None:
    """Who ordered between the dates came in; who fell silent went down."""
    store(
        order("customer:silent", "o1", NOW - days(110)),
        order("customer:new", "o2", NOW - days(2)),
    )
    pipeline.drain(now=NOW)
    matrix = rfm.transitions(NOW - days(100), NOW)
    assert matrix.counts == {
        ("new-customers", "about-to-sleep"): 1,
        (NOT_YET, "new-customers"): 1,
    }
    assert matrix.share("new-customers", "about-to-sleep") == 1
    assert matrix.share("champions", "lost") == 0


def test_dates_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValueError, match="first date"):
        rfm.transitions(NOW, NOW - days(1))


def test_heat_map_holds_every_buyer_and_her_money(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    shop(120)
    rfm.score_buyers(now=NOW)
    with django_assert_num_queries(1):
        cells = rfm.heat_map()
    assert [(cell.r, cell.f) for cell in cells][:6] == [
        *((5, f) for f in range(1, 6)),
        (4, 1),
    ]
    assert sum(cell.buyers for cell in cells) == RfmScore.objects.count()
    net = sum(f.spend_minor - f.refunded_minor for f in Facts.objects.filter(orders__gt=0))
    assert sum(cell.spend_minor for cell in cells) == net
    names = dict(RfmScore.objects.order_by().values_list("name").annotate(Count("pk")))
    with django_assert_num_queries(1):
        assert rfm.name_counts() == names
