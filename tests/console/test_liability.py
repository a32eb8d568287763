"""What is owed, over time and as it is expected: numbers that equal the ledger's."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth import get_user_model
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.users.models import UserProfile

from clm_plugin.console.liability_drawing import HEIGHT, WIDTH, Part, columns, line
from clm_plugin.console.liability_history import history, spans
from clm_plugin.insights.api import (
    count_credit,
    credit_days,
    credit_lives,
    credit_sums,
    first_credit_day,
)
from clm_plugin.insights.credit_models import CreditCount, CreditDay
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.api import DaySum
from tests.console.makers import make_person
from tests.console.test_ledger import granted, url
from tests.console.test_ledger_exports import rows_of
from tests.factories import NOW
from tests.lengths import examples
from tests.wallet.ledger import days, pay

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

TODAY = date(2026, 5, 4)


def day(on: date, liability: int, **sums: int) -> DaySum:
    values = dict.fromkeys(("issued", "redeemed", "expired", "clawed_back", "debt"), 0) | sums
    return DaySum(day=on, programme="tea", currency="GBP", liability=liability, **values)


def test_weeks_end_today_and_months_are_the_calendars() -> None:
    weeks = spans(TODAY, "week")
    assert (len(weeks), weeks[-1]) == (13, (date(2026, 4, 28), TODAY))
    assert all((b[0] - a[1]).days == 1 for a, b in pairwise(weeks))
    months = spans(TODAY, "month")
    assert months[-1] == (date(2026, 5, 1), TODAY)
    assert months[0] == (date(2025, 6, 1), date(2025, 6, 30))


def test_what_was_owed_is_counted_back() -> None:
    told = history(
        [day(date(2026, 4, 20), 1000, issued=1000), day(TODAY, -300, redeemed=300)],
        TODAY, "week", 700,
    )  # fmt: skip
    assert [span.owed for span in told[-4:]] == [0, 1000, 1000, 700]
    assert (told[-3].issued, told[-1].redeemed, told[-1].gone) == (1000, 300, 300)


def test_columns_share_a_scale() -> None:
    drawn = columns(
        [[Part(tone="up", amount=300)], []],
        [[Part(tone="a", amount=50), Part(tone="b", amount=50)], [Part(tone="a", amount=0)]],
    )
    assert [(r.tone, r.y, r.height) for r in drawn.rects] == [
        ("up", "0.00", "90.00"), ("a", "90.00", "15.00"), ("b", "105.00", "15.00"),
    ]  # fmt: skip
    assert (drawn.zero, drawn.most, drawn.least) == ("90.00", 300, 100)


def test_nothing_is_drawn_of_nothing() -> None:
    assert columns([[], []], [[], []]).rects == ()
    assert line([]).points == ""
    assert line([0, 0]).points.split()[0] == f"150.00,{HEIGHT:.2f}"


@settings(max_examples=examples(30))
@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=60))
def test_the_drawing_stays_inside(amounts: list[int]) -> None:
    parts = [[Part(tone="t", amount=amount)] for amount in amounts]
    for rect in columns(parts, parts).rects:
        assert 0 <= float(rect.x) <= float(rect.x) + float(rect.width) <= WIDTH
        assert -1 <= float(rect.y) <= float(rect.y) + float(rect.height) <= HEIGHT + 1
    for point in line(amounts).points.split():
        x, y = map(float, point.split(","))
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


@pytest.mark.django_db
def test_days_are_counted_once_whenever_the_night_was() -> None:
    ann = make_person(first_name="Ann")
    granted(ann, 1000, now=NOW - days(3), opens_at=NOW - days(3))
    assert count_credit(now=NOW - days(2)) == 1
    granted(ann, 200, now=NOW - days(1), opens_at=NOW - days(1))
    pay(ann.pk, 300, "o1", now=NOW)
    before = credit_days((NOW - days(9)).date(), NOW.date())
    (sums,) = credit_sums()
    assert (sums.issued, sums.redeemed, sums.liability) == (1200, 300, 900)
    for _ in range(2):
        count_credit(now=NOW + days(1))
    assert CreditCount.objects.get().through > 0
    assert credit_days((NOW - days(9)).date(), NOW.date()) == before
    assert credit_sums() == [sums]
    (late,) = credit_sums(since=(NOW - days(1)).date(), until=(NOW - days(1)).date())
    assert (late.issued, late.redeemed) == (200, 0)
    assert first_credit_day() == (NOW - days(3)).date()


@pytest.mark.django_db
def test_a_transaction_that_may_still_end_is_not_counted_for_good() -> None:
    granted(make_person(), 1000)
    count_credit(now=NOW)
    assert CreditCount.objects.get().through == 0
    assert not CreditDay.objects.exists()
    assert credit_sums()[0].issued == 1000


@pytest.mark.django_db
def test_how_lots_lived_is_stored_and_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from clm_plugin.insights import credit_days as counting

    ann = make_person()
    granted(ann, 1000, now=NOW - days(9), opens_at=NOW - days(9))
    pay(ann.pk, 400, "o1", now=NOW)
    count_credit(now=NOW)
    fresh, as_of = credit_lives(now=NOW)
    assert as_of == NOW
    monkeypatch.setattr(counting, "SMALL", 0)
    stored, counted_at = credit_lives(now=NOW + days(1))
    assert counted_at == NOW
    assert stored["tea"] == fresh["tea"]


@pytest.mark.django_db
def test_the_screen_equals_the_ledger(root: Client) -> None:
    ann, bob = make_person(), make_person()
    granted(ann, 1000)
    granted(bob, 500, opens_at=NOW + days(10), expires_at=NOW + days(40))
    pay(ann.pk, 250, "o1", now=NOW)
    context = root.get(url("liability")).context
    ledger = wallet.totals()[0]
    open_, later = wallet.liability(now=NOW)["GBP"]
    assert context["owed"] == ledger.liability_minor == open_ + later == 1250
    assert context["later"] == later == 500
    assert context["past"][-1].owed == 1250
    assert sum(span.issued for span in context["past"]) == ledger.issued_minor
    assert sum(each["week"].expires for each in context["weeks"]) == 1250
    assert context["coming"].more == wallet.ENOUGH
    assert wallet.verify(now=NOW).ok
    page = root.get(url("liability", by="month")).content.decode()
    assert "cannot be told yet" in page
    assert "<svg" in page


@pytest.mark.django_db
def test_with_enough_history_an_expectation_is_told(
    root: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clm_plugin.wallet import forecasting

    monkeypatch.setattr(forecasting, "ENOUGH", 2)
    for number in range(3):
        one = make_person()
        born = NOW - days(20)
        granted(one, 1000, now=born, opens_at=born, expires_at=NOW + days(9))
        pay(one.pk, 1000, f"o{number}", now=born + days(8))
    granted(make_person(), 600)
    context = root.get(url("liability")).context
    assert context["coming"].is_told
    assert context["coming"].redeemed == 600
    assert context["weeks"][1]["week"].redeemed == 600, "in the second week of its age"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "week", "month"),
    [
        ("zh-hans", "2026年11月15日", "2026年11月"),
        ("fr", "15 Nov 2026", "novembre 2026"),
    ],
)
def test_days_are_written_as_the_reader_writes_them(
    root: Client, language: str, week: str, month: str
) -> None:
    granted(make_person(), 1000)
    user = get_user_model().objects.get(pk=root.session["_auth_user_id"])
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    page = root.get(url("liability")).content.decode()
    assert week in page
    assert (
        f'<th scope="row" class="clm-when">{month}</th>'
        in root.get(url("liability", by="month")).content.decode()
    )


@pytest.mark.django_db
def test_currencies_are_never_added_up(root: Client) -> None:
    from clm_plugin.money import Money

    granted(make_person(), 1000)
    granted(make_person(), 700, programme="euro", amount=Money(700, "EUR"))
    assert root.get(url("liability")).context["owed"] == 1000
    assert root.get(url("liability", currency="EUR")).context["owed"] == 700
    assert root.get(url("liability", currency="XXX")).context["owed"] == 1000


@pytest.mark.django_db
def test_days_as_a_file(log_in: Callable[..., Client]) -> None:
    granted(make_person(), 1234, now=NOW - days(1), opens_at=NOW - days(1))
    count_credit(now=NOW)
    client = log_in("view_ledgerproof", "export_list")
    (row,) = rows_of(client.post(url("liability", export=1), {"format": "csv"}))
    assert (row["issued"], row["liability_change"], row["programme"]) == ("12.340", "12.340", "tea")
