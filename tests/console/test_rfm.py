"""The RFM screen: heat map, names, moves between two days."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from clm_plugin.console.rfm import heat_rows, matrix_rows, named_rows, shade
from clm_plugin.console.rfm_words import ADVICE, cut_offs, rough, summary
from clm_plugin.models import Facts, MicroField, MicroSegment, OrderFact, RfmScore
from clm_plugin.segments.api import NOT_YET, RFM_NAMES, Cell, Matrix, score_buyers
from tests.console.makers import make_person
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client


def matrix(counts: dict[tuple[str, str], int]) -> Matrix:
    return Matrix(from_date=NOW - timedelta(days=90), to_date=NOW, quantiles=True, counts=counts)


def test_summary_in_words() -> None:
    told = summary(
        matrix(
            {
                ("champions", "champions"): 60, ("champions", "at-risk"): 20,
                ("loyal", "champions"): 5, (NOT_YET, "promising"): 7,
            }
        )
    )  # fmt: skip
    assert told.headline == (
        "Of 85 buyers, 60 kept their name, 5 rose and 20 fell; 7 bought for the first time."
    )
    assert told.lines == (
        "▼ 20 went from “Champions” to “At risk”: 25 % of them.",
        "▲ 5 went from “Loyal” to “Champions”: 100 % of them.",
    )
    assert summary(matrix({})).lines == ()


def test_matrix_rows() -> None:
    rows = matrix_rows(matrix({("loyal", "loyal"): 4, ("loyal", "lost"): 1, (NOT_YET, "lost"): 2}))
    assert [(row.label, row.total) for row in rows] == [("Loyal", 5), ("Had not bought yet", 2)]
    cells = {label: (number, shaded, same) for label, number, shaded, same in rows[0].cells}
    assert cells["Loyal"] == (4, 6, True)
    assert cells["Lost"] == (1, 3, False)
    assert cells["Champions"] == (0, 0, False)


def test_heat_rows_and_names() -> None:
    cells = [Cell(r, f, 10 if (r, f) == (5, 5) else 0, 123_456) for r in range(5, 0, -1)
             for f in range(1, 6)]  # fmt: skip
    rows = heat_rows(cells)
    assert [r for r, _ in rows] == [5, 4, 3, 2, 1]
    assert [field.f for field in rows[0][1]] == [1, 2, 3, 4, 5]
    assert (rows[0][1][4].shade, rows[0][1][4].spend, rows[1][1][4].shade) == (6, "£1,235", 0)
    named = named_rows({"champions": 3, "lost": 1})
    assert [one.key for one in named] == list(RFM_NAMES)
    assert (named[0].share, named[-1].share) == (0.75, 0.25)
    assert set(ADVICE) == set(RFM_NAMES)


@pytest.mark.parametrize(("number", "most", "wanted"), [(0, 9, 0), (1, 10_000, 1), (9, 9, 6)])
def test_shade(number: int, most: int, wanted: int) -> None:
    assert shade(number, most) == wanted


def test_rough(settings: Any) -> None:
    assert rough(123_456) == "£1,235"
    settings.CLM = {"CURRENCY": "JPY"}
    assert rough(123_456) == "¥123,456"


def test_cut_offs_have_five_steps() -> None:
    assert [len(steps) for _letter, steps in cut_offs()] == [5, 5, 5]


def make_orders() -> None:
    ann = make_person(first_name="Ann", orders=2, spend_minor=9_000)
    Facts.objects.filter(pk=ann.pk).update(last_order_at=NOW - timedelta(days=1))
    for days, number in ((200, "1"), (1, "2")):
        OrderFact.objects.create(
            order_id=number, profile=ann, placed_at=NOW - timedelta(days=days), currency="GBP",
            total_minor=4_500,
        )  # fmt: skip
    MicroSegment.objects.create(profile=ann, category_id="tea", share=0.8)
    MicroField.objects.create(category_id="tea", buyers=1, share=0.8)
    score_buyers(now=NOW)


def test_screen(root: Client, settings: Any) -> None:
    settings.CLM = {
        "SHOP": "tests.console.named_shop.NamedShop", "CLOCK": "tests.console.conftest.present"
    }  # fmt: skip
    make_orders()
    page = root.get(reverse("clm_rfm:index")).content.decode()
    assert "by fixed cut-offs" in page
    assert "£90" in page
    assert "Of 1 buyer" in page or "Of 1 buyers" in page
    assert "Tea things" in page
    name = RfmScore.objects.get().name
    for query, seen in (
        ({"name": name}, True), ({"name": "lost"}, False), ({"r": "5", "f": "2"}, True),
        ({"r": "1", "f": "1"}, False), ({"category": "tea"}, True), ({"category": "x"}, False),
    ):  # fmt: skip
        people = root.get(reverse("clm_rfm:people"), query).content.decode()
        assert ("Ann" in people) == seen, query


def test_two_days_of_ones_own(root: Client) -> None:
    make_orders()
    url = reverse("clm_rfm:index")
    day = f"{NOW - timedelta(days=100):%Y-%m-%d}"
    page = root.get(url, {"since": day, "until": f"{NOW:%Y-%m-%d}"}).content.decode()
    assert "rfm-matrix" in page
    wrong = root.get(url, {"since": f"{NOW:%Y-%m-%d}", "until": day}).content.decode()
    assert "Choose a day after the first one." in wrong
    assert "rfm-matrix" not in wrong


def test_nobody_bought(root: Client) -> None:
    assert "No scores yet" in root.get(reverse("clm_rfm:index")).content.decode()


def test_many_buyers_are_compared_when_asked(root: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_orders()
    monkeypatch.setattr("clm_plugin.console.rfm.AT_ONCE", 0)
    url = reverse("clm_rfm:index")
    assert "Choose two days and compare" in root.get(url).content.decode()
    asked = {"since": f"{NOW - timedelta(days=9):%Y-%m-%d}", "until": f"{NOW:%Y-%m-%d}"}
    assert "rfm-matrix" in root.get(url, asked).content.decode()


def test_who_may_see_people_may_see_it(log_in: Callable[..., Client]) -> None:
    assert log_in("view_segment").get(reverse("clm_rfm:index")).status_code == 302
