"""Guardrails as a table: which rule objects, and in which order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clm_plugin.campaigns.api import (
    Audience,
    Case,
    Channel,
    Contact,
    Guardrails,
    Person,
    Plan,
    Step,
    Trigger,
    judge,
)
from clm_plugin.campaigns.rules import Limits, quiet_until
from tests.factories import NOW, days

LIMITS = Limits(
    mails_per_day=1,
    mails_per_week=3,
    mail_spacing=timedelta(hours=16),
    quiet_from=21,
    quiet_until=8,
    zone="UTC",
)
PLAN = Plan(
    campaign="c",
    version=1,
    name="C",
    trigger=Trigger(kind="basket_idle"),
    audience=Audience(),
    steps=(Step(id="s1", kind="mail"),),
    guardrails=Guardrails(),
)
PERSON = Person(
    profile_id=1,
    email="ada@example.com",
    mail_consent=True,
    stage="convert",
    product_views=5,
)


def case(channel: str = "mail", **changes: object) -> Case:
    values: dict = {
        "plan": PLAN,
        "person": PERSON,
        "channel": channel,
        "contacts": (),
        "now": NOW,
        "limits": LIMITS,
        "held_out": False,
        "in_control": False,
    }
    return Case(**{**values, **changes})


def met(channel: Channel, ago: timedelta, campaign: str = "other", **more: Any) -> Contact:
    return Contact(campaign=campaign, channel=channel, at=NOW - ago, **more)


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        (case(), "all_rules_passed"),
        (case(person=replace(PERSON, email="")), "no_address"),
        (case(person=replace(PERSON, mail_consent=False)), "no_consent"),
        (case(plan=replace(PLAN, audience=Audience(stages=("loyal",)))), "stage"),
        (case(plan=replace(PLAN, audience=Audience(min_orders=1))), "orders"),
        (
            case(
                plan=replace(PLAN, guardrails=Guardrails(bought_within=days(4))),
                person=replace(PERSON, last_order_at=NOW - days(3)),
            ),
            "bought_recently",
        ),
        (
            case(
                plan=replace(PLAN, guardrails=Guardrails(bought_within=days(4))),
                person=replace(PERSON, last_order_at=NOW - days(4)),
            ),
            "all_rules_passed",
        ),
        (case(held_out=True), "holdout"),
        (case(in_control=True), "control_group"),
        (case(held_out=True, person=replace(PERSON, email="")), "no_address"),
        (case(contacts=[met("mail", days(3), "c")]), "met_recently"),
        (case(contacts=[met("mail", days(7), "c")]), "all_rules_passed"),
        (case(contacts=[met("mail", timedelta(hours=15))]), "mail_cap"),
        (case(contacts=[met("mail", timedelta(hours=23))]), "mail_cap"),
        (case(contacts=[met("mail", days(n)) for n in (2, 4, 6)]), "mail_cap"),
        (case(contacts=[met("mail", days(n)) for n in (2, 4, 8)]), "all_rules_passed"),
        (case(contacts=[met("overlay", timedelta(hours=1))]), "all_rules_passed"),
        (case(now=NOW.replace(hour=22)), "quiet_hours"),
        (case("overlay", contacts=[met("overlay", timedelta(minutes=29))]), "overlay_this_session"),
        (
            case("overlay", contacts=[met("overlay", days(n), "c") for n in (10, 20, 30)]),
            "overlay_cap",
        ),
        (
            case("overlay", contacts=[met("overlay", days(8), dismissed_at=NOW - days(6))]),
            "dismissed_recently",
        ),
        (
            case(
                "overlay",
                plan=replace(PLAN, trigger=Trigger(kind="exit_signal", min_product_views=6)),
            ),
            "product_views",
        ),
        (
            case(
                "overlay",
                plan=replace(PLAN, trigger=Trigger(kind="exit_signal", empty_basket=True)),
                person=replace(PERSON, basket_items=1),
            ),
            "basket_not_empty",
        ),
        (
            case("inline", contacts=[met("overlay", timedelta(0)), met("mail", timedelta(0))]),
            "all_rules_passed",
        ),
    ],
)
def test_the_rule_that_decides(given: Case, rule: str) -> None:
    verdict = judge(given)
    assert verdict.rule == rule
    assert verdict.yes == (rule == "all_rules_passed")


@pytest.mark.parametrize(
    ("local", "ends"),
    [
        ((20, 59), None),
        ((21, 0), (22, 8)),
        ((23, 59), (22, 8)),
        ((0, 0), (21, 8)),
        ((7, 59), (21, 8)),
        ((8, 0), None),
    ],
)
def test_quiet_hours_by_the_shoppers_clock(
    local: tuple[int, int], ends: tuple[int, int] | None
) -> None:
    zone = ZoneInfo("Asia/Jakarta")
    now = datetime(2026, 11, 21, *local, tzinfo=zone).astimezone(UTC)
    until = quiet_until(now, "Asia/Jakarta", LIMITS)
    assert until == (ends and datetime(2026, 11, ends[0], ends[1], tzinfo=zone))


def test_an_unknown_zone_falls_back_to_the_shops() -> None:
    assert quiet_until(NOW.replace(hour=3), "Mars/Olympus", LIMITS) == NOW.replace(hour=8, minute=0)
