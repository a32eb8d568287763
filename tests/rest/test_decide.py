"""``POST /clm/d``: slots in, widgets and receipts out, never cached."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError

from clm_plugin.campaigns.api import Audience
from clm_plugin.models import Impression, Receipt
from tests.widgets.gift_shop import GiftShop
from tests.widgets.plans import bundle_plan, make_live, make_person, make_together, popup_plan

if TYPE_CHECKING:
    from django.test import Client

    from tests.rest.conftest import Send

pytestmark = pytest.mark.django_db

BUNDLE = {"slots": [{"name": "product-bundle", "product": "1"}, {"name": "overlay"}]}
EXIT = {"slots": [{"name": "overlay"}], "signal": "exit"}


def become(shopper: Client, actor: str) -> None:
    """Carry the cookie of a visitor."""
    shopper.cookies["clm_v"] = actor.partition(":")[2]


def test_a_product_page_gets_its_bundle_and_the_watch_is_armed(send: Send, shopper: Client) -> None:
    make_live(bundle_plan(), popup_plan())
    make_together("1", "2", "3", "4", "5", "6")
    profile, actor = make_person()
    become(shopper, actor)
    response = send("/clm/d", BUNDLE)
    assert response["Cache-Control"] == "no-store"
    answer = response.json()
    assert answer["arm"] == ["exit"]
    assert set(answer["slots"]) == {"product-bundle"}
    widget = answer["slots"]["product-bundle"]
    assert widget["kind"] == "bundle"
    # Titles are escaped; the first buyable form of a product with variants is the chosen one.
    assert "Hand-drawn &lt;b&gt;mug&lt;/b&gt; &amp; saucer" in widget["html"]
    assert "£35.45" in widget["html"]
    receipt = Receipt.objects.get(pk=widget["receipt"])
    assert (receipt.profile_id, receipt.yes, receipt.channel) == (profile, True, "inline")
    assert (receipt.place, receipt.object_id) == ("product-bundle", "1")


def test_a_warm_page_load_costs_two_statements(
    send: Send, shopper: Client, django_assert_num_queries: Any
) -> None:
    make_live(
        bundle_plan(), popup_plan(), *(bundle_plan(f"other-{n}", priority=n) for n in range(3))
    )
    make_together("1", "2", "3")
    become(shopper, make_person()[1])
    slots = [*BUNDLE["slots"], {"name": "footer"}, {"name": "header"}]
    send("/clm/d", {"slots": slots})
    reads = GiftShop.reads
    with django_assert_num_queries(2):  # the person, the receipts
        assert send("/clm/d", {"slots": slots}).json()["slots"]
    assert GiftShop.reads == reads, "a warm decision reads nothing from the shop"


def test_the_loser_of_a_slot_is_outbid(send: Send, shopper: Client) -> None:
    make_live(bundle_plan("low", priority=10), bundle_plan("high", priority=90))
    make_together("1", "2")
    become(shopper, make_person()[1])
    send("/clm/d", BUNDLE)
    rules = dict(Receipt.objects.values_list("campaign", "rule"))
    assert rules == {"high": "all_rules_passed", "low": "outbid"}
    assert list(Receipt.objects.filter(yes=True).values_list("campaign", flat=True)) == ["high"]


def test_the_next_campaign_gets_the_slot_that_a_widget_cannot_fill(
    send: Send, shopper: Client
) -> None:
    make_live(
        bundle_plan("buyers", priority=90, audience=Audience(stages=("loyal",))),
        bundle_plan("all", priority=10),
    )
    make_together("1", "2")
    become(shopper, make_person()[1])
    assert "product-bundle" in send("/clm/d", BUNDLE).json()["slots"]
    assert Receipt.objects.get(campaign="buyers").rule == "stage"


@pytest.mark.parametrize(
    ("product", "others", "rule"),
    [
        ("1", [], "too_few_items"),
        ("1", ["5"], "too_few_items"),
        ("1", ["6"], "too_few_items"),
        ("5", ["1"], "too_few_items"),
        ("none", ["1"], "too_few_items"),
        ("", [], "too_few_items"),
    ],
)
def test_a_bundle_that_makes_no_sense_is_refused_with_a_rule(
    send: Send, shopper: Client, product: str, others: list[str], rule: str
) -> None:
    make_live(bundle_plan())
    make_together(product, *others)
    become(shopper, make_person()[1])
    answer = send("/clm/d", {"slots": [{"name": "product-bundle", "product": product}]}).json()
    assert answer["slots"] == {}
    assert Receipt.objects.get().rule == rule


def test_what_is_in_the_basket_is_not_offered_again(send: Send, shopper: Client) -> None:
    make_live(bundle_plan())
    make_together("1", "3")
    become(shopper, make_person(basket_items=1)[1])
    session = shopper.session
    session["basket"] = {"32": 1}  # a variant: its parent is what the bundle would offer
    session.save()
    shopper.cookies["sessionid"] = session.session_key or ""
    assert send("/clm/d", BUNDLE).json()["slots"] == {}
    assert Receipt.objects.get().rule == "in_basket"


def test_a_newcomer_gets_the_bundle_without_a_receipt(send: Send) -> None:
    make_live(
        bundle_plan("loyal", priority=90, audience=Audience(min_orders=2)), bundle_plan("all")
    )
    make_together("1", "2")
    answer = send("/clm/d", BUNDLE).json()
    assert answer["slots"]["product-bundle"]["receipt"] == ""
    assert Receipt.objects.count() == 0


def test_exit_shows_the_popup_once(send: Send, shopper: Client) -> None:
    make_live(popup_plan())
    _profile, actor = make_person()
    become(shopper, actor)
    widget = send("/clm/d", EXIT).json()["slots"]["overlay"]
    assert widget["kind"] == "popup"
    assert "<b>free delivery</b>" in widget["html"]
    assert send("/clm/d", EXIT).json()["slots"] == {}
    yes, no = Receipt.objects.order_by("id")
    assert (yes.yes, yes.channel) == (True, "overlay")
    assert (no.yes, no.rule) == (False, "overlay_this_session")


@pytest.mark.parametrize(
    ("facts", "rule"),
    [({"product_views": 2}, "product_views"), ({"basket_items": 1}, "basket_not_empty")],
)
def test_who_does_not_fit_gets_no_popup_and_a_receipt(
    send: Send, shopper: Client, facts: Any, rule: str
) -> None:
    make_live(popup_plan())
    become(shopper, make_person(**facts)[1])
    assert send("/clm/d", EXIT).json() == {"slots": {}, "arm": []}
    assert Receipt.objects.get().rule == rule


def test_a_dismissed_popup_stays_away(send: Send, shopper: Client, settings: Any) -> None:
    make_live(popup_plan(), popup_plan("other", priority=10))
    become(shopper, make_person()[1])
    receipt = send("/clm/d", EXIT).json()["slots"]["overlay"]["receipt"]
    shown = Receipt.objects.get(pk=receipt)
    then = shown.decided_at - timedelta(days=3)
    Receipt.objects.update(decided_at=then)
    Impression.objects.create(receipt=shown, dismissed_at=then)
    assert send("/clm/d", EXIT).json()["slots"] == {}
    assert Receipt.objects.filter(rule="dismissed_recently").count() == 2


def test_nobody_gets_a_popup_unknown(send: Send) -> None:
    make_live(popup_plan())
    assert send("/clm/d", EXIT).json() == {"slots": {}, "arm": []}


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\tx",
        "",
    ],
)
def test_a_popup_leads_nowhere_else(send: Send, shopper: Client, link: str) -> None:
    make_live(popup_plan(content={"link": link}))
    become(shopper, make_person()[1])
    assert send("/clm/d", EXIT).json()["slots"] == {}
    assert Receipt.objects.get().rule == "bad_link"


def test_what_marketers_write_cannot_run(send: Send, shopper: Client) -> None:
    nasty = '<img src=x onerror=alert(1)><script>alert(1)</script><a href="javascript:x">y</a>'
    make_live(popup_plan(content={"heading": nasty, "body": nasty, "button": nasty}))
    become(shopper, make_person()[1])
    html = send("/clm/d", EXIT).json()["slots"]["overlay"]["html"]
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_crawlers_get_nothing(send: Send) -> None:
    make_live(bundle_plan())
    make_together("1", "2")
    response = send("/clm/d", BUNDLE, headers={"User-Agent": "Googlebot/2.1"})
    assert response.json() == {"slots": {}, "arm": []}


def test_a_refusal_leaves_what_everybody_gets(send: Send, shopper: Client) -> None:
    make_live(bundle_plan(), popup_plan())
    make_together("1", "2")
    become(shopper, make_person()[1])
    answer = send("/clm/d", BUNDLE, headers={"Sec-GPC": "1"}).json()
    assert answer["arm"] == []
    assert answer["slots"]["product-bundle"]["receipt"] == ""
    assert Receipt.objects.count() == 0


def test_nothing_before_a_required_consent(send: Send, settings: Any) -> None:
    settings.CLM = {**settings.CLM, "REQUIRE_CONSENT": True}
    make_live(bundle_plan())
    make_together("1", "2")
    response = send("/clm/d", BUNDLE)
    assert response.json() == {"slots": {}, "arm": []}
    assert not response.cookies


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "slots"),
        ({"slots": "all"}, 400, "slots"),
        ({"slots": ["a"]}, 400, "slots[0]"),
        ({"slots": [{"name": "A"}]}, 400, "slots[0].name"),
        ({"slots": [{"name": "a\n"}]}, 400, "slots[0].name"),
        ({"slots": [{"name": 1}]}, 400, "slots[0].name"),
        ({"slots": [{"name": "a", "product": 1}]}, 400, "slots[0].product"),
        ({"slots": [{"name": "a", "product": "\x00"}]}, 400, "slots[0].product"),
        ({"slots": [{"name": "a", "product": "x" * 65}]}, 400, "slots[0].product"),
        ({"slots": [{"name": f"s{n}"} for n in range(17)]}, 413, "slots"),
        ({"slots": [], "signal": "boo"}, 400, "signal"),
        ({"slots": [], "signal": ["exit"]}, 400, "signal"),
        (b"[]", 400, "body"),
        (b"{", 400, "body"),
    ],
)
def test_bad_questions_name_the_field(send: Send, body: Any, status: int, field: str) -> None:
    response = send("/clm/d", body)
    assert (response.status_code, response.json()["field"]) == (status, field)


def test_a_database_that_is_down_is_503(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("clm_plugin.widgets.decide.person_of", fail)
    assert send("/clm/d", BUNDLE).status_code == 503
