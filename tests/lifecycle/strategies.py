"""Random models and random people, for rules that must hold for all of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from clm_plugin.lifecycle.data import Entry, FlagRules, Model, Stage
from tests.factories import NOW

_MICRO = timedelta(microseconds=1)
gaps = st.sampled_from([0.1, 0.5, 0.75, 1.0, 1.3, 2.0, 3.0, 7.7])
spans = st.integers(1, 200).map(lambda days: timedelta(days=days))


def maybe(values: st.SearchStrategy[Any], nothing: Any = None) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(nothing), values)


entries = st.builds(
    Entry,
    known=st.booleans(),
    engaged_views=maybe(st.integers(1, 5)),
    min_views=st.sampled_from([0, 0, 2]),
    min_orders=st.integers(0, 4),
    max_orders=maybe(st.integers(0, 5)),
    min_spend_minor=st.sampled_from([0, 0, 5_000]),
    basket_within=maybe(spans),
    silent_gaps=maybe(gaps, 0.0),
    silent_for=maybe(spans),
    bought_within_gaps=maybe(gaps, 0.0),
    bought_within=maybe(spans),
)
flag_rules = st.builds(
    FlagRules,
    advocate_orders=st.integers(1, 3),
    advocate_gaps=gaps,
    churn_orders=st.integers(1, 3),
    churn_from_gaps=st.sampled_from([0.5, 0.75]),
    churn_until_gaps=st.sampled_from([1.0, 3.0]),
    churn_spend_minor=st.sampled_from([None, 0, 4_000]),
)


@st.composite
def models(draw: st.DrawFn) -> Model:
    rules = draw(st.lists(entries, min_size=1, max_size=6))
    return Model(
        key="drawn",
        version=1,
        name="Drawn",
        flags=draw(flag_rules),
        stages=(
            Stage(key="s0", label="First", order=1),
            *(
                Stage(key=f"s{n}", label=f"Stage {n}", order=n + 1, entry=entry)
                for n, entry in enumerate(rules, 1)
            ),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """Facts as the profile floor would have them: orders have times, and several orders a gap."""

    known: bool
    views: int
    orders: int
    spend: int
    last: datetime | None
    own_gap: float | None
    category: str
    basket_items: int
    basket_at: datetime | None
    praises: int
    nps: int | None
    stands: str


# Times on the very microsecond of a cut-off are drawn often: there rules go wrong.
moments = st.one_of(
    st.builds(
        lambda days, off: NOW - timedelta(days=days) + off * _MICRO,
        st.sampled_from([7, 10, 14, 20, 30, 60]),
        st.integers(-1, 1),
    ),
    st.integers(0, 400 * 86_400 * 10**6).map(lambda micros: NOW - micros * _MICRO),
)


@st.composite
def people(draw: st.DrawFn) -> Someone:
    orders = draw(st.integers(0, 6))
    return Someone(
        known=draw(st.booleans()),
        views=draw(st.integers(0, 6)),
        orders=orders,
        spend=draw(st.integers(0, 10_000)) if orders else 0,
        last=draw(moments) if orders else None,
        own_gap=draw(st.floats(0.5, 200)) if orders > 1 else None,
        category=draw(st.sampled_from(["", "cat", "few", "unheard"])) if orders else "",
        basket_items=draw(st.integers(0, 2)),
        basket_at=draw(maybe(moments)),
        praises=draw(st.integers(0, 1)),
        nps=draw(maybe(st.integers(7, 10))),
        stands=draw(st.sampled_from(["", "s0", "s1", "gone"])),
    )
