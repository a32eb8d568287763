"""The board: what it says of a small shop, its period, its links, its picture, its benchmarks."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from clm_plugin.console.board_period import choose
from clm_plugin.insights.api import last_days, recount
from clm_plugin.models import Benchmark, ChannelSpend, Standing, Tally
from tests.console.makers import make_campaign, make_credit, make_move, make_person
from tests.console.test_customers import listed
from tests.factories import NOW
from tests.insights.test_counting import make_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

TODAY = NOW.date()
DAY = timedelta(days=1)
LINK = re.compile(r'href="([^"]*clm|[^"]*customers/[^"]*)"')


def board(client: Client, query: str = "") -> str:
    return client.get(reverse("clm_board:index") + query).content.decode()


@pytest.fixture
def shop(db: None) -> dict[str, Any]:
    """Ann came back, Bob and Cid drifted away, Dan is new; two of them ordered."""
    names = {"Ann": "retain", "Bob": "lapsed", "Cid": "at-risk", "Dan": "reach"}
    people = {name: make_person(first_name=name, stage=stage) for name, stage in names.items()}
    make_move(people["Ann"], "nurture", "retain", at=NOW - 2 * DAY)
    make_move(people["Bob"], "at-risk", "lapsed", at=NOW - 3 * DAY)
    make_move(people["Cid"], "retain", "at-risk", at=NOW - 4 * DAY)
    make_move(people["Dan"], "", "reach", at=NOW - DAY)
    make_move(people["Dan"], "", "reach", at=NOW - 40 * DAY)  # before the usual window
    make_order(people["Ann"], "a1", NOW - 50 * DAY)
    make_order(people["Ann"], "a2", NOW - 2 * DAY)
    make_order(people["Cid"], "c1", NOW - 9 * DAY)
    Standing.objects.filter(profile=people["Ann"]).update(advocate=True)
    make_campaign("tea", name="Tea time", stages=["retain", "loyal"])
    make_credit(people["Ann"], margin_minor=1234)
    recount(now=NOW)
    return people


def test_board(root: Client, shop: dict[str, Any]) -> None:
    page = board(root)
    assert page.count('class="clm-arrow clm-arrow--on"') == 2  # once across, once down
    assert page.count('class="clm-arrow clm-arrow--away"') == 4
    assert 'aria-label="Nurture to Retain: 1 move"' in page
    assert "+1 new" in page
    assert "Tea time" in page
    assert "Retain, Loyal" in page
    assert page.count("clm-lane__cell--hit") == 2
    assert "£12.34" in page
    assert '<th scope="row">Retain</th>' in page  # the table beside the picture
    assert "Import spend to see it" in page
    assert "counted 21 Nov 2026, 12:00" in page
    assert " style=" not in page.split('class="clm clm-page')[1].split("</main>")[0]


def test_a_longer_period_has_more_moves(root: Client, shop: dict[str, Any]) -> None:
    assert "+1 new" in board(root, "?days=7")
    assert "+2 new" in board(root, "?days=90")
    page = board(root, "?since=2026-10-01&until=2026-10-31")
    assert "1 Oct 2026 to 31 Oct 2026" in page
    assert "+1 new" in page
    assert 'value="2026-10-01"' in page


@pytest.mark.parametrize(
    ("query", "days", "since"),
    [
        ({}, 30, TODAY - 29 * DAY),
        ({"days": "7"}, 7, TODAY - 6 * DAY),
        ({"days": "8"}, 30, TODAY - 29 * DAY),
        ({"days": "-7"}, 30, TODAY - 29 * DAY),
        ({"days": "99999999999999"}, 30, TODAY - 29 * DAY),
        ({"days": "٣٠"}, 30, TODAY - 29 * DAY),
        ({"since": "x", "until": "2026-13-01"}, 30, TODAY - 29 * DAY),
        ({"since": "2026-11-01"}, 0, date(2026, 11, 1)),
        ({"until": "2026-11-01"}, 0, date(2026, 11, 1)),
        ({"since": "2026-11-09", "until": "2026-11-01", "days": "7"}, 0, date(2026, 11, 1)),
    ],
)
def test_period(query: dict[str, str], days: int, since: date) -> None:
    chosen = choose(query, TODAY)
    assert (chosen.days, chosen.period.since) == (days, since)
    again = choose({k: v[0] for k, v in parse_qs(chosen.query).items()}, TODAY)
    assert again == chosen


def links_to_people(client: Client) -> set[str]:
    found = {
        link.replace("&amp;", "&")
        for link in re.findall(r'href="([^"]*)"', board(client, "?days=7"))
        if link.startswith(reverse("clm_customers:index"))
    }
    assert len(found) > 20
    return found


@pytest.mark.slow
def test_every_number_is_a_link_that_opens(root: Client, shop: dict[str, Any]) -> None:
    for link in links_to_people(root):
        assert root.get(link).status_code == 200, link


def test_every_number_leads_to_its_people(root: Client, shop: dict[str, Any]) -> None:
    """Those of moves and orders list exactly who is meant."""
    links = links_to_people(root)

    def behind(**wanted: str) -> list[str]:
        (found,) = {
            link
            for link in links
            if wanted.items()
            <= {k: v[0] for k, v in parse_qs(urlsplit(link).query).items()}.items()
            and len(parse_qs(urlsplit(link).query)) == len(wanted) + 2
        }
        return sorted(listed(root, "?" + urlsplit(found).query))

    assert behind(moved_from="nurture", moved_to="retain") == ["Ann"]
    assert behind(moved_from="retain", moved_to="at-risk") == ["Cid"]
    assert behind(moved_from="retain", moved_to="off") == ["Cid"]
    assert behind(moved_from="new") == ["Dan"]
    assert behind(moved_to="lapsed") == ["Bob"]
    assert behind(did="second_order") == ["Ann"]
    assert behind(did="order") == ["Ann"]
    assert behind(did="credited") == ["Ann"]


def test_flags_lead_to_their_people(root: Client, shop: dict[str, Any]) -> None:
    assert listed(root, "?flag=advocate") == ["Ann"]
    assert "?flag=advocate" in board(root)


def test_cost_and_payback_after_an_import(root: Client, shop: dict[str, Any]) -> None:
    ChannelSpend.objects.create(
        day=TODAY - DAY, channel="google ads", amount_minor=2500, currency="GBP"
    )
    ChannelSpend.objects.create(day=TODAY, channel="elsewhere", amount_minor=9, currency="EUR")
    page = board(root)
    assert "£25.00" in page  # one newcomer
    assert "spend of £25.00 for 1 new visitors" in page
    assert "google ads" in page
    assert "spent £25.00" in page


def test_gaps_are_named(root: Client, shop: dict[str, Any]) -> None:
    page = board(root)
    assert "Lapsed: nobody speaks by Mail" in page
    assert "Retain: nobody speaks by On the page" in page
    assert "Loyal: nobody" not in page  # nobody stands there


def test_collisions_are_named(root: Client, shop: dict[str, Any]) -> None:
    assert "meet (Mail)" not in board(root)
    make_campaign("mug", name="Mug week", stages=["lapsed"])
    assert "meet (Mail)" not in board(root)
    make_campaign("pot", name="Pot week", stages=["loyal", "lapsed"])
    page = board(root)
    assert "“Pot week” and “Tea time” meet (Mail)" in page.replace("&quot;", '"')
    assert "for Loyal" in page
    assert "Both have priority 50" in page


def test_days_before_anybody_came_are_no_empty_shop(root: Client, shop: dict[str, Any]) -> None:
    page = board(root, "?since=2020-01-01&until=2020-01-31")
    assert "Nobody here yet" not in page
    assert "1 Jan 2020 to 31 Jan 2020" in page


def test_people_nobody_counted(root: Client) -> None:
    make_person(stage="loyal")
    assert "Nobody has counted yet" in board(root)


def test_old_counts_are_called_old(root: Client, shop: dict[str, Any]) -> None:
    warning = "Nobody has counted for a while"
    assert warning not in board(root)
    Tally.objects.update(counted_at=NOW - timedelta(hours=2))
    assert warning in board(root)


def test_a_campaign_is_linked_for_who_may_see_it(log_in: Callable[..., Client], shop: Any) -> None:
    page = board(log_in("view_numbers"))
    assert "Tea time" in page
    assert reverse("clm_campaigns:list") not in page.split("<main")[1]


def test_who_may_see_numbers_only_gets_no_link_to_people(
    log_in: Callable[..., Client], shop: Any
) -> None:
    page = board(log_in("view_numbers")).split("<main")[1]
    assert "Retain" in page
    assert reverse("clm_customers:index") not in page
    assert 'class="clm-arrow clm-arrow--on"' in page


def test_picture_is_one_file_that_stands_alone(root: Client, shop: dict[str, Any]) -> None:
    make_person(first_name="<script>", stage="loyal")
    answer = root.get(reverse("clm_board:picture") + "?days=90")
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="lifecycle-2026-11-21.svg"'
    tree = ElementTree.fromstring(answer.content)
    texts = " ".join("".join(tree.itertext()).split())
    assert "24 Aug 2026 to 21 Nov 2026" in texts
    assert "At risk" in texts
    tags = {element.tag.rpartition("}")[2] for element in tree.iter()}
    assert tags <= {"svg", "title", "rect", "text", "tspan", "g", "path", "polygon", "line"}
    references = [
        value
        for element in tree.iter()
        for name, value in element.attrib.items()
        if "href" in name or name == "style" or name.startswith("on")
    ]
    assert references == []


class TestBenchmarks:
    url = "clm_board:benchmarks"

    def data(self, **fields: str) -> dict[str, str]:
        return {name.replace("__", "-"): value for name, value in fields.items()}

    def test_shipped_ones_are_called_rough(self, root: Client, shop: dict[str, Any]) -> None:
        page = root.get(reverse(self.url)).content.decode()
        assert page.count("shipped, rough") == 2
        assert "Baymard Institute" in page
        assert 'name="lapsed-percent"' not in page  # nothing lies behind the last loss
        assert "Rough figure" in board(root)

    def test_own_ones_stand_in(self, root: Client, shop: dict[str, Any]) -> None:
        data = self.data(retain__percent="62.5", retain__source="Our trade body")
        assert root.post(reverse(self.url), data).status_code == 302
        assert Benchmark.objects.get(stage="retain").share == 0.625
        page = board(root)
        assert "Our trade body" in page
        assert "Benchmark: 63 %" in page or "Benchmark: 62 %" in page
        # An emptied field takes the shipped figure away.
        assert Benchmark.objects.get(stage="nurture").share is None
        assert "repeat rates" not in page

    @pytest.mark.parametrize("percent", ["101", "-1", "nan", "many", "1e400"])
    def test_nonsense_saves_nothing(self, root: Client, percent: str) -> None:
        answer = root.post(reverse(self.url), self.data(retain__percent=percent, win__percent="5"))
        assert answer.status_code == 200
        assert "Nothing was saved" in answer.content.decode()
        assert not Benchmark.objects.exists()

    def test_the_edit_link_needs_the_permission(
        self, log_in: Callable[..., Client], shop: Any
    ) -> None:
        page = board(log_in("view_numbers"))
        assert "Where the path leaks" in page
        assert reverse(self.url) not in page

    def test_a_source_is_escaped(self, root: Client, shop: dict[str, Any]) -> None:
        source = '"><script>alert(1)</script>'
        root.post(reverse(self.url), self.data(retain__percent="5", retain__source=source))
        assert "&lt;script&gt;alert(1)" in board(root)
        assert "<script>alert(1)" not in board(root)
        assert "<script>alert(1)" not in root.get(reverse(self.url)).content.decode()


def test_panel_at_home_says_when_it_was_counted(root: Client, shop: dict[str, Any]) -> None:
    page = root.get(reverse("wagtailadmin_home")).content.decode()
    assert "counted 21 Nov 2026, 12:00" in page
    assert "changes within 30 days" in page


def test_last_days_is_what_the_board_calls_days() -> None:
    assert choose({}, TODAY).period == last_days(30, TODAY)
