"""Programmes authored, compiled, published; what a basket is quoted."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clm_plugin.money import Money
from clm_plugin.profiles.models import Profile
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.authoring import Programme as Authored
from clm_plugin.wallet.compile import compile_programme
from clm_plugin.wallet.encoding import PlanError, from_json, to_json
from clm_plugin.wallet.faults import programme_troubles
from clm_plugin.wallet.plan import Programme
from clm_plugin.wallet.programme_models import CompiledProgramme, ProgrammeSet, ProgrammeVersion
from clm_plugin.wallet.publishing import publish, withdraw
from clm_plugin.wallet.purchase import PricedLine, Purchase

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)

PER_FULL = ("per_full", {"amount": Decimal(10), "per": Decimal(50)})
MULTIPLIER = ("multiplier", {"times": Decimal(2), "products": [], "categories": ["7"]})
BIRTHDAY = (
    "event",
    {
        "event": "life_event.declared",
        "life_event": "birthday",
        "survey": "",
        "amount": Decimal(5),
        "once": "year",
        "waits_for_order": False,
    },
)


def authored(**changes: Any) -> Authored:
    fields = {
        "key": "harbour",
        "name": "Harbour credit",
        "currency": "GBP",
        "pending_days": 14,
        "expiry_kind": "days",
        "expiry_days": 30,
        **changes,
    }
    earn = fields.pop("earn", [PER_FULL])
    made = Authored(**fields)
    made.earn = earn
    return made


@pytest.fixture
def person() -> Profile:
    return Profile.objects.create(created_at=NOW)


def give(person: Profile, minor: int, programme: str = "harbour", days: int = 30) -> None:
    wallet.grant(
        profile_id=person.pk,
        programme=programme,
        amount=Money(minor, "GBP"),
        key=f"test:{programme}:{minor}:{days}",
        opens_at=NOW,
        expires_at=NOW + timedelta(days=days),
        source=wallet.Source("manual"),
        reason="test",
        actor="test",
        now=NOW,
    )


@pytest.mark.django_db
def test_what_was_authored_is_in_the_plan_and_survives_storage() -> None:
    plan = compile_programme(
        authored(
            earn=[PER_FULL, MULTIPLIER, BIRTHDAY, ("percent", {"percent": Decimal("2.5")})],
            earn_last_day=date(2026, 3, 29),
            redeem_last_day=date(2026, 4, 30),
            cap_order=Decimal(100),
            budget=Decimal("5000.5"),
        )
    )
    assert [(r.kind, r.amount_minor, r.per_minor, r.basis_points) for r in plan.earn] == [
        ("per_full", 10_00, 50_00, 0),
        ("event", 5_00, 0, 0),
        ("percent", 0, 0, 250),
    ]
    assert plan.event_rules[0].about == "birthday"
    assert plan.multipliers[0].percent == 200
    assert plan.earn_exclusions.gift_cards
    assert plan.earn_exclusions.shipping
    assert not plan.earn_exclusions.tax
    assert (plan.caps.order_minor, plan.budget_minor) == (100_00, 5000_50)
    assert plan.earn_until is not None
    assert timezone.localtime(plan.earn_until, plan.earn_until.tzinfo).hour == 0
    assert from_json(to_json(plan)) == plan


@pytest.mark.parametrize("broken", [None, [], {}, {"key": "x"}, "plan", {"spend": 1}])
def test_what_is_no_plan_is_refused(broken: Any) -> None:
    with pytest.raises(PlanError):
        from_json(broken)


@pytest.mark.parametrize(
    "change",
    [
        {"currency": "pounds"},
        {"zone": "Nowhere/Land"},
        {"pending_days": -1},
        {"rounding": {"direction": "down", "unit_minor": 0}},
        {"budget_minor": "many"},
        {"earn": [{"id": "a", "kind": "per_full", "amount_minor": 1, "per_minor": 0}]},
        {"earn_from": "2026-01-01T00:00:00"},
        {"surprise": 1},
    ],
)
def test_a_plan_that_would_stumble_later_is_refused(change: dict[str, Any]) -> None:
    stored = to_json(Programme(key="a", version=1, name="A", currency="GBP"))
    from_json(stored)
    with pytest.raises(PlanError):
        from_json({**stored, **change})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, None),
        ({"currency": "GBQQ"}, "currency"),
        ({"currency": "JPY", "cap_order": Decimal("10.5")}, "cap_order"),
        ({"currency": "KWD", "cap_order": Decimal("10.555")}, None),
        ({"budget": Decimal("0.001")}, "budget"),
        (
            {"earn_first_day": date(2026, 2, 2), "earn_last_day": date(2026, 2, 1)},
            "earn_last_day",
        ),
        (
            {"redeem_first_day": date(2026, 2, 2), "redeem_last_day": date(2026, 2, 1), "earn": []},
            "redeem_last_day",
        ),
        ({"redeem_last_day": date(2026, 2, 1)}, "earn_last_day"),
        (
            {"earn_last_day": date(2026, 2, 1), "redeem_last_day": date(2026, 2, 14)},
            "redeem_last_day",
        ),
        ({"earn_last_day": date(2026, 2, 1), "redeem_last_day": date(2026, 2, 15)}, None),
        ({"expiry_kind": "window"}, "redeem_last_day"),
        ({"expiry_days": 0}, "expiry_days"),
        ({"expiry_days": 13, "grace_days": 0}, "expiry_days"),
        ({"expiry_days": 13}, None),
        ({"earn": [("percent", {"percent": Decimal(0)})]}, "earn"),
        ({"earn": [("per_full", {"amount": Decimal(1), "per": Decimal(0)})]}, "earn"),
        ({"earn": [MULTIPLIER]}, "earn"),
        ({"earn": []}, None),
    ],
)
def test_what_cannot_be_meant_is_told_at_its_field(
    changes: dict[str, Any], field: str | None
) -> None:
    assert [name for name, _ in programme_troubles(authored(**changes))] == (
        [field] if field else []
    )


@pytest.mark.django_db
def test_the_currency_stays_once_credit_was_granted(person: Profile) -> None:
    give(person, 5_00)
    assert [name for name, _ in programme_troubles(authored(currency="EUR"))] == ["currency"]
    assert programme_troubles(authored()) == []


@pytest.mark.django_db
def test_a_publish_is_a_new_version_and_the_old_one_is_kept() -> None:
    plan = compile_programme(authored())
    assert publish(plan, now=NOW).version == 1
    again = publish(replace(plan, pending_days=30), now=NOW + timedelta(days=1))
    assert again.version == 2
    found = wallet.programme("harbour")
    assert found == again
    old = wallet.programme_version("harbour", 1)
    assert old is not None
    assert old.pending_days == 14


@pytest.mark.django_db
def test_a_programme_taken_offline_earns_nothing_and_is_still_spent(person: Profile) -> None:
    publish(compile_programme(authored()), now=NOW)
    give(person, 5_00)
    withdraw("harbour", now=NOW)
    assert wallet.programmes(NOW) == ()
    found = wallet.quote(person.pk, basket(100_00), now=NOW)
    assert (found.up_to_minor, found.will_earn) == (5_00, ())
    assert publish(compile_programme(authored()), now=NOW).version == 2
    assert len(wallet.programmes(NOW)) == 1


@pytest.mark.django_db
def test_a_stored_plan_that_cannot_be_read_is_left_out_and_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    publish(compile_programme(authored()), now=NOW)
    publish(compile_programme(authored(key="other")), now=NOW)
    CompiledProgramme.objects.filter(key="other").update(plan={"version": "?"})
    ProgrammeSet.objects.update(version=1)
    with caplog.at_level(logging.ERROR, "clm_plugin"):
        assert [plan.key for plan in wallet.programmes(NOW)] == ["harbour"]
    assert "other" in caplog.text
    assert list(wallet.live_programmes().broken) == ["other"]
    assert ProgrammeVersion.objects.filter(key="other").count() == 1


def basket(minor: int, **changes: Any) -> Purchase:
    line = PricedLine(product_id="1", total_minor=minor, title="Mug")
    return Purchase(**{"currency": "GBP", "lines": (line,), **changes})


@pytest.mark.django_db
def test_a_guest_sees_what_she_would_earn() -> None:
    publish(compile_programme(authored()), now=NOW)
    found = wallet.quote(None, basket(120_00), now=NOW)
    assert found.will_earn == (("Harbour credit", 20_00),)
    assert (found.available_minor, found.up_to_minor, found.most) == (0, 0, {"harbour": 0})


@pytest.mark.django_db
def test_a_quote_promises_what_offers_of_hers_make_of_it() -> None:
    publish(compile_programme(authored()), now=NOW)
    asked = []

    def boost(profile_id: int | None, programme: str, at: datetime) -> int:
        asked.append((profile_id, programme, at))
        return 200

    found = wallet.quote(None, basket(60_00), now=NOW, boost=boost)
    assert found.will_earn == (("Harbour credit", 20_00),)
    assert asked == [(None, "harbour", NOW)]
    assert wallet.quote(None, basket(60_00), now=NOW, with_earning=False).will_earn == ()


@pytest.mark.django_db
def test_a_quote_says_what_is_left_out_in_words_and_names_every_programme(
    person: Profile,
) -> None:
    publish(compile_programme(authored()), now=NOW)
    publish(compile_programme(authored(key="euro", currency="EUR")), now=NOW)
    give(person, 30_00)
    give(person, 7_00, "gone")  # credit of a programme nobody published here
    gift = PricedLine(product_id="2", total_minor=20_00, title="Voucher", is_gift_card=True)
    mug = PricedLine(product_id="1", total_minor=20_00, title="Mug")
    found = wallet.quote(person.pk, basket(0, lines=(mug, gift), shipping_minor=3_00), now=NOW)
    assert (found.available_minor, found.up_to_minor) == (37_00, 20_00)
    assert found.most == {"harbour": 20_00, "gone": 0}
    assert [(out.title, out.reason) for out in found.left_out] == [
        ("Voucher", "Gift cards are left out."),
        ("", "Shipping is left out."),
    ]


@pytest.mark.django_db
def test_caps_count_what_was_earned_and_not_what_was_given(person: Profile) -> None:
    publish(compile_programme(authored(cap_period=Decimal(25), cap_period_days=30)), now=NOW)
    give(person, 30_00)
    for number, ago in enumerate((40, 5)):
        wallet.grant(
            profile_id=person.pk, programme="harbour", amount=Money(10_00, "GBP"),
            key=f"earn:{number}", opens_at=NOW, expires_at=NOW + timedelta(days=30),
            source=wallet.Source("order", str(number)), reason="", actor="",
            now=NOW - timedelta(days=ago),
        )  # fmt: skip
    found = wallet.quote(person.pk, basket(150_00), now=NOW)
    assert found.will_earn == (("Harbour credit", 15_00),)
    assert "£25.00 in 30 days; £10.00 was earned" in found.earn_left_out[0].reason


@pytest.mark.django_db
def test_a_quote_costs_the_same_queries_whatever_is_in_the_purse(person: Profile) -> None:
    for key in ("harbour", "second", "third"):
        plan = compile_programme(authored(key=key, cap_customer=Decimal(50), budget=Decimal(99)))
        publish(plan, now=NOW)
        for days in (1, 2, 3):
            give(person, 1_00, key, days)
    wallet.quote(person.pk, basket(10_00), now=NOW)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        wallet.quote(person.pk, basket(60_00), now=NOW)
    assert len(queries) == 4
    with CaptureQueriesContext(connection) as queries:
        wallet.quote(person.pk, basket(60_00), now=NOW, with_earning=False)
    assert len(queries) == 2
