"""Random conditions and groups, over the words and numbers that the crowd is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from clm_plugin.segments import conditions as kinds
from clm_plugin.segments.api import Condition, Group, SegmentError
from clm_plugin.segments.conditions.event import OPS, Property
from clm_plugin.segments.conditions.figure import FIGURES
from clm_plugin.segments.conditions.survey import OPS as SURVEY_OPS
from clm_plugin.segments.conditions.trait import OPS as TRAIT_OPS
from tests.segments.crowd import FIELDS, IDS, STAGES, TRAITS, TYPES, VALUES, WINDOWS, WORDS

maybe = st.none()
windows = st.none() | st.sampled_from(WINDOWS)
words = st.sampled_from([word for word in WORDS if word])
scalars = st.sampled_from([value for value in VALUES if isinstance(value, str | int | float)])
dates = st.sampled_from(["2026-11-20", "2026-11-21T12:00:00+00:00", "2026-11-18T12:00:00.000001Z"])


def some(values: tuple[str, ...], least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=3)


def ends(*values: Any) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(values)


def valid(make: Callable[..., Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Those that can be made; what does not go together is drawn again."""

    def attempt(**values: Any) -> Any:
        try:
            return make(**values)
        except SegmentError:
            return None

    return st.builds(attempt, **fields).filter(lambda made: made is not None)


filters = st.builds(Property, field=st.sampled_from(FIELDS), op=st.sampled_from(OPS), value=scalars)
counts = ends(0, 1, 2, 3)
scores = ends(1, 2, 4, 5)
things = {"products": some(IDS), "categories": some(IDS)}

BY_KIND: dict[type[Condition], st.SearchStrategy[Condition]] = {
    kinds.InStage: valid(kinds.InStage, stages=some(STAGES, 1), min_days=windows, max_days=windows),
    kinds.DidEvent: valid(
        kinds.DidEvent,
        type=st.sampled_from(TYPES),
        name=st.sampled_from(["", "", "a"]),
        at_least=counts,
        at_most=counts,
        within_days=windows,
        where=st.lists(filters, max_size=2),
    ),
    kinds.HasTrait: valid(
        kinds.HasTrait,
        key=st.sampled_from(TRAITS),
        op=st.sampled_from(TRAIT_OPS),
        value=st.none() | scalars | dates | st.sampled_from(WINDOWS),
    ),
    kinds.Rfm: valid(
        kinds.Rfm,
        names=some(("loyal", "lost", "other")),
        **{f"{name}_{end}": scores for name in "rfm" for end in ("min", "max")},
    ),
    kinds.Figure: valid(
        kinds.Figure,
        figure=st.sampled_from(FIGURES),
        at_least=ends(-100, 0, 1, 1.5, 3, 30, 100),
        at_most=ends(-1, 0, 1, 2, 30, 100, 101, 10**12),
    ),
    kinds.Bought: valid(
        kinds.Bought,
        **things,
        at_least=st.sampled_from([1, 1, 2, 3, 6]),
        within_days=windows,
        never=st.booleans(),
    ),
    kinds.BoughtNot: valid(
        kinds.BoughtNot,
        **things,
        within_days=windows,
        not_products=some(IDS),
        not_categories=some(IDS),
    ),
    kinds.ViewedNotBought: valid(
        kinds.ViewedNotBought, **things, within_days=st.sampled_from(WINDOWS)
    ),
    kinds.Basket: valid(
        kinds.Basket,
        **things,
        min_items=counts,
        max_items=counts,
        min_minor=ends(-100, 0, 100),
        max_minor=ends(-1, 100, 101),
    ),
    kinds.Channel: valid(
        kinds.Channel,
        which=st.sampled_from(["first", "last"]),
        channels=st.lists(words, min_size=1),
    ),
    kinds.Utm: valid(
        kinds.Utm,
        source=st.sampled_from(WORDS),
        medium=st.sampled_from(WORDS),
        within_days=windows,
    ),
    kinds.HasConsent: valid(
        kinds.HasConsent,
        purpose=st.sampled_from(["mail", "marketing", "analytics"]),
        channel=st.sampled_from(["", "push"]),
        state=st.sampled_from(["granted", "refused", "never"]),
    ),
    kinds.Language: valid(kinds.Language, languages=some(("de", "DE-at", "en", "d"), 1)),
    kinds.Country: valid(kinds.Country, countries=some(("GB", "DE", "XX"), 1)),
    kinds.Predicted: valid(
        kinds.Predicted,
        measure=st.sampled_from(["value", "churn"]),
        at_least=ends(0, 0.25, 1),
        at_most=ends(0, 0.5, 100),
    ),
    kinds.AnsweredSurvey: valid(
        kinds.AnsweredSurvey,
        survey=st.just("nps"),
        op=st.sampled_from(SURVEY_OPS),
        value=st.none() | scalars | st.sampled_from(WINDOWS),
    ),
    kinds.InSegment: valid(
        kinds.InSegment, segments=some((*STAGES, "gone"), 1), inside=st.booleans()
    ),
    kinds.HasLifeEvent: valid(
        kinds.HasLifeEvent,
        events=some(("birthday", "move"), 1),
        from_days=ends(-366, -7, -1, 0, 1),
        to_days=ends(-1, 0, 1, 90, 366),
    ),
    kinds.Favourite: valid(
        kinds.Favourite,
        categories=some(IDS, 1),
        at_least=st.sampled_from([0.0, 0.3, 0.5, 1.0]),
    ),
    kinds.StoreCredit: valid(
        kinds.StoreCredit,
        ask=st.sampled_from(["balance", "expiring", "ever"]),
        min_minor=ends(-1, 0, 100, 101),
        max_minor=ends(0, 100, 200),
        expires_in_days=windows,
        is_so=st.booleans(),
    ),
    kinds.Flagged: valid(
        kinds.Flagged, flag=st.sampled_from(["advocate", "churn_risk"]), is_set=st.booleans()
    ),
}

conditions: st.SearchStrategy[Condition] = st.one_of(*BY_KIND.values())


on_rows: st.SearchStrategy[Condition] = st.one_of(
    *(BY_KIND[kind] for kind in (kinds.Figure, kinds.Channel, kinds.InStage, kinds.Flagged)),
    BY_KIND[kinds.Basket],
)
"""Those that test the one row of a table, which are put together in one look at it."""


def groups(
    depth: int = 3, of: st.SearchStrategy[Condition] = conditions
) -> st.SearchStrategy[Group]:
    members: st.SearchStrategy[Any] = of
    if depth > 1:
        members = st.one_of(of, of, groups(depth - 1, of))
    return st.builds(
        Group,
        st.sampled_from(["all", "any", "none"]),
        st.lists(members, min_size=1, max_size=3).map(tuple),
    )
