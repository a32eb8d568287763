"""SQL: never a value in its text, counts, samples."""

from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clm_plugin.models import Profile
from clm_plugin.segments import sql
from clm_plugin.segments.api import Count, Group, count, from_json, matching, sample, to_json
from clm_plugin.segments.conditions import Country, HasTrait
from tests.lengths import examples
from tests.segments.crowd import NOW
from tests.segments.strategies import groups

pytestmark = pytest.mark.django_db

# What is chosen from a fixed list; every other text is free.
_CHOSEN = {"kind", "op", "type", "figure", "which", "state", "measure", "flag", "purpose", "ask"}
_SHORT = {"countries": 2, "languages": 16, "channel": 16, "field": 64}
nasty = st.one_of(
    st.sampled_from(
        [
            "'",
            "''; DROP TABLE x; --",
            '"',
            "%",
            "%s",
            "%(a)s",
            "{{ 7*7 }}",
            "{0}",
            "\\",
            "\\'",
            "?",
            "$1",
            ":a",
            "/*",
            "$$",
            "\u202e",
            "\U0001f4a5",
            "a\nb",
        ]
    ),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1),
)


def spoil(value: Any, draw: Any, name: str = "") -> Any:
    """The same group with its free texts replaced; lists keep their length, dates stay dates."""
    if isinstance(value, dict):
        dated = value.get("op") in ("before", "after")
        return {
            key: inner if dated and key == "value" else spoil(inner, draw, key)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [spoil(inner, draw, name if i == 0 else f"{name}") for i, inner in enumerate(value)]
    if not isinstance(value, str) or name in _CHOSEN or not value:
        return value
    return draw(value, name)


@settings(
    max_examples=examples(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(groups(), st.data())
def test_the_text_of_the_statement_does_not_hang_on_values(
    group: Group, data: st.DataObject
) -> None:
    seen: dict[str, str] = {}

    def other(value: str, name: str) -> str:
        # Equal texts stay equal and different ones different: lists keep their number of entries.
        if value not in seen:
            seen[value] = f"{len(seen)}{data.draw(nasty)}"
        limit = _SHORT.get(name, 50)
        text = seen[value][:limit]
        if name == "field":
            text = "".join(c for c in text if c.isprintable() and c not in '"\\') or "x"
        return text

    spoiled = from_json(spoil(to_json(group), other))
    text, _ = matching(group, NOW).query.sql_with_params()
    spoiled_text, params = matching(spoiled, NOW).query.sql_with_params()
    assert spoiled_text == text
    assert spoiled_text.count("%s") == len(params)
    list(matching(spoiled, NOW)[:1])  # and the database takes them


@pytest.mark.parametrize("word", ["50%", "o'neil", '"q"', "a_b", "\\", "{{x}}", "ü", "%s"])
def test_nasty_words_match_themselves_only(word: str) -> None:
    from clm_plugin.models import TraitValue

    people = [Profile.objects.create(created_at=NOW) for _ in range(2)]
    for person, text in zip(people, (f"x{word}y", "x?y"), strict=True):
        TraitValue.objects.create(profile=person, key="plan", text=text, told_at=NOW)
    for op, value in (("contains", word), ("eq", f"x{word}y")):
        found = matching(HasTrait(key="plan", op=op, value=value), NOW)
        assert list(found) == people[:1]


def crowd(number: int) -> None:
    Profile.objects.bulk_create(
        Profile(created_at=NOW, country="GB" if n % 4 == 0 else "DE") for n in range(number)
    )


BRITISH = Group("all", (Country(countries=("GB",)),))


def test_a_small_shop_is_counted_exactly() -> None:
    crowd(40)
    assert count(BRITISH, NOW) == Count(number=10)
    assert count(Group("none", (BRITISH,)), NOW).number == 30


def test_a_large_one_is_estimated_with_a_margin(monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(4_000)
    monkeypatch.setattr(sql, "EXACT_UP_TO", 1_000)
    highest = Profile.objects.latest("pk").pk
    monkeypatch.setattr(sql, "SAMPLE", highest // 4)  # every fourth profile is British
    found = count(BRITISH, NOW)
    assert found.estimated
    assert 0 < found.margin < 200
    assert abs(found.number - 1_000) <= found.margin
    nobody = count(Country(countries=("FR",)), NOW)
    assert (nobody.number, nobody.estimated) == (0, True)
    assert nobody.margin > 0


@pytest.mark.parametrize(("hits", "step", "margin"), [(0, 4, 12), (100, 2, 28), (100, 10, 186)])
def test_the_margin(hits: int, step: int, margin: int) -> None:
    """1.96 standard deviations of ``step`` x Binomial(n, 1/step), n estimated by hits x step."""
    assert sql._margin(hits, step) == margin


def test_a_sample_is_of_the_newest() -> None:
    crowd(60)
    found = sample(BRITISH, NOW)
    assert len(found) == 10
    newest = Profile.objects.filter(country="GB").order_by("-pk")[:10]
    assert found == list(newest)
    assert len(sample(BRITISH, NOW, 3)) == 3


def test_one_statement_counts(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):  # the highest id says whether to count or to estimate
        count(BRITISH, NOW)
    assert connection.vendor in {"sqlite", "postgresql"}
