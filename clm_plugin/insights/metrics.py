"""The headline metrics of the stages: pure arithmetic on what was counted over two periods.

``docs/reference/metrics.md`` has a heading for each, with formula and unit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from clm_plugin.insights.board_data import Contacts, Metric, Sums, Unready
from clm_plugin.lifecycle.api import Stage

FEW = 30
"""Under so many people a rate is shown, but called shaky."""
GAP_BUCKETS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 75, 90, 120, 150, 180, 270, 365, 540, 730)
"""Upper ends, in days, of the histogram of days to the second order; longer ones share the last."""
CURVE = (0, 30, 60, 90, 180, 360)
"""Days since the first order at which the margin earned so far is known."""

METRICS: dict[str, str] = {
    "new_visitors": "visitors",
    "cost_per_visitor": "visitors",
    "conversion": "conversion",
    "payback": "conversion",
    "second_order": "second_order",
    "days_to_second": "second_order",
    "click_rate": "second_order",
    "retention": "retention",
    "churn": "retention",
    "won_back": "retention",
    "frequency": "frequency",
    "referral": "referral",
}
"""Every metric, and the kind of stage (``Stage.metric``) that it heads."""


def goes_on(source: Stage, target: Stage) -> bool:
    """Whether a move leads forward: to a later stage that is wanted, or out of a loss."""
    return not target.loss and (source.loss or target.order > source.order)


def drops(source: Stage, target: Stage) -> bool:
    """Whether a move leaves the path: into a loss (or deeper into it), or back to an earlier stage.

    From a loss back to a milder one is neither.
    """
    if target.loss:
        return not source.loss or target.order > source.order
    return not source.loss and target.order < source.order


def moved(
    sums: Sums, stages: Sequence[Stage], source: Stage, kind: Callable[[Stage, Stage], bool]
) -> int:
    """Moves out of a stage that are of a kind."""
    by_key = {stage.key: stage for stage in stages}
    return sum(
        flow.moves
        for flow in sums.flows
        if flow.source == source.key and flow.target in by_key
        if kind(source, by_key[flow.target])
    )


def were_there(sums: Sums, stage: Stage) -> int:
    """People who stood in a stage at some time: at the start, and who came since."""
    came = sum(flow.moves for flow in sums.flows if flow.target == stage.key)
    return sums.before.get(stage.key, 0) + came


def stage_metrics(
    stage: Stage, stages: Sequence[Stage], now: Sums, before: Sums
) -> tuple[Metric, ...]:
    """The metrics of a stage, its headline first."""
    made = []
    for key in _keys(stage, stages):
        measure = _MEASURES[key]
        metric, earlier = measure(now, stage, stages), measure(before, stage, stages)
        comparable = before.is_whole and not earlier.unready
        made.append(_with_before(metric, earlier.value if comparable else None))
    return tuple(made)


def _keys(stage: Stage, stages: Sequence[Stage]) -> tuple[str, ...]:
    if stage.loss:
        return ("won_back",)
    keys = tuple(key for key, kind in METRICS.items() if kind == stage.metric and key != "won_back")
    if stage.metric == "conversion":
        first = next(each for each in stages if each.metric == "conversion" and not each.loss)
        return keys if stage.key == first.key else ("conversion",)
    return keys


def _with_before(metric: Metric, before: float | None) -> Metric:
    return Metric(
        key=metric.key,
        unit=metric.unit,
        value=metric.value,
        part=metric.part,
        whole=metric.whole,
        before=before,
        unready=metric.unready,
        less_is_better=metric.less_is_better,
    )


def _rate(key: str, part: float, whole: float, *, less_is_better: bool = False) -> Metric:
    """A share; without a whole there is none, and on few people it is shaky."""
    unready: Unready = "nobody" if whole <= 0 else "few" if whole < FEW else ""
    return Metric(
        key=key,
        unit="share",
        value=min(part / whole, 1.0) if whole > 0 else None,
        part=part,
        whole=whole,
        unready=unready,
        less_is_better=less_is_better,
    )


def _new_visitors(sums: Sums, stage: Stage, stages: Sequence[Stage]) -> Metric:
    return Metric(key="new_visitors", unit="people", value=sums.newcomers)


def _cost_per_visitor(sums: Sums, stage: Stage, stages: Sequence[Stage]) -> Metric:
    spend, people = sums.spend_minor, sums.newcomers
    return Metric(
        key="cost_per_visitor",
        unit="money",
        value=spend / people if spend is not None and people else None,
        part=spend,
        whole=people,
        unready="no_spend" if spend is None else "" if people else "nobody",
        less_is_better=True,
    )


def _conversion(sums: Sums, stage: Stage, stages: Sequence[Stage]) -> Metric:
    return _rate("conversion", moved(sums, stages, stage, goes_on), were_there(sums, stage))


def _payback(sums: Sums, stage: Stage, stages: Sequence[Stage]) -> Metric:
    """Days until the margin of a new customer has covered what winning her cost."""
    customers = sums.numbers.get("first_orders", 0)
    cost = sums.spend_minor / customers if sums.spend_minor is not None and customers else None
    days = days_to_earn(cost, sums.levels_after) if cost is not None else None
    unready: Unready = ""
    if sums.spend_minor is None:
        unready = "no_spend"
    elif not customers:
        unready = "nobody"
    elif days is None:
        unready = "not_earned"
    return Metric(
        key="payback",
        unit="days",
        value=days,
        part=sums.spend_minor,
        whole=customers,
        unready=unready,
        less_is_better=True,
    )


def days_to_earn(cost: float, levels: Mapping[str, int]) -> float | None:
    """When the average margin of a customer, by days since her first order, reaches a cost.

    Straight lines between the points of ``CURVE``; None where a year is not enough, or unknown.
    """
    last_days, last_margin = 0, 0.0
    for days in CURVE:
        people = levels.get(f"curve_people_{days}", 0)
        if not people:
            return None
        margin = levels.get(f"curve_margin_{days}", 0) / people
        if margin >= cost:
            if days == 0 or margin == last_margin:
                return float(last_days)
            return last_days + (days - last_days) * max(cost - last_margin, 0) / (
                margin - last_margin
            )
        last_days, last_margin = days, margin
    return None


def _second_order(sums: Sums, stage: Stage, stages: Sequence[Stage]) -> Metric:
    level = sums.levels_before
    once = max(level.get("buyers", 0) - level.get("repeaters", 0), 0)
    return _rate(
        "second_order",
        sums.numbers.get("second_orders", 0),
        once + sums.numbers.get("first_orders", 0),
    )


def _days_to_second(sums: Sums, stage: Stage, stages: Sequence[Stage]) -> Metric:
    counts = [sums.numbers.get(f"second_after_{days}", 0) for days in GAP_BUCKETS]
    total = sum(counts)
    return Metric(
        key="days_to_second",
        unit="days",
        value=median_of_buckets(counts),
        whole=total,
        unready="nobody" if not total else "few" if total < FEW else "",
        less_is_better=True,
    )


def median_of_buckets(counts: Sequence[int]) -> float | None:
    """The median of a histogram over ``GAP_BUCKETS``, by a straight line inside its bucket."""
    half = sum(counts) / 2
    if not half:
        return None
    passed, low = 0, 0
    for count, high in zip(counts, GAP_BUCKETS, strict=True):
        if count and passed + count >= half:
            return low + (high - low) * (half - passed) / count
        passed, low = passed + count, high
    return float(GAP_BUCKETS[-1])


def _click_rate(sums: Sums, stage: Stage, stages: Sequence[Stage]) -> Metric:
    contacts = sums.contacts.get(stage.key, Contacts())
    metric = _rate("click_rate", contacts.clicked, contacts.delivered)
    if metric.unready == "nobody":
        return Metric(key="click_rate", unit="share", value=None, unready="no_contacts")
    return metric


def _gone(stages: Sequence[Stage]) -> Stage | None:
    """The stage of those who are gone: the last one that is a loss."""
    return next((stage for stage in reversed(stages) if stage.loss), None)


def _churn(sums: Sums, stage: Stage, stages: Sequence[Stage]) -> Metric:
    gone = _gone(stages)
    if gone is None:
        return Metric(key="churn", unit="share", value=None, unready="no_loss")
    lost = sum(flow.moves for flow in sums.flows if flow.target == gone.key and flow.source)
    active = max(sums.levels_before.get("buyers", 0) - sums.before.get(gone.key, 0), 0)
    return _rate("churn", lost, active + sums.numbers.get("first_orders", 0), less_is_better=True)


def _retention(sums: Sums, stage: Stage, stages: Sequence[Stage]) -> Metric:
    churn = _churn(sums, stage, stages)
    if churn.value is None or churn.part is None or churn.whole is None:
        return Metric(key="retention", unit="share", value=None, unready=churn.unready)
    return _rate("retention", max(churn.whole - churn.part, 0), churn.whole)


def _won_back(sums: Sums, stage: Stage, stages: Sequence[Stage]) -> Metric:
    return _rate("won_back", moved(sums, stages, stage, goes_on), were_there(sums, stage))


def _frequency(sums: Sums, stage: Stage, stages: Sequence[Stage]) -> Metric:
    """Orders a year of an active customer: who has bought and is not gone."""
    gone = _gone(stages)
    key = gone.key if gone else ""
    active = [
        max(level.get("buyers", 0) - people.get(key, 0), 0)
        for level, people in ((sums.levels_before, sums.before), (sums.levels_after, sums.after))
    ]
    mean = sum(active) / 2
    orders = sums.numbers.get("orders", 0)
    return Metric(
        key="frequency",
        unit="per_year",
        value=orders / mean * 365 / sums.days if mean else None,
        part=orders,
        whole=mean,
        unready="nobody" if not mean else "few" if mean < FEW else "",
    )


def _referral(sums: Sums, stage: Stage, stages: Sequence[Stage]) -> Metric:
    return Metric(key="referral", unit="share", value=None, unready="no_referrals")


_MEASURES: dict[str, Callable[[Sums, Stage, Sequence[Stage]], Metric]] = {
    "new_visitors": _new_visitors,
    "cost_per_visitor": _cost_per_visitor,
    "conversion": _conversion,
    "payback": _payback,
    "second_order": _second_order,
    "days_to_second": _days_to_second,
    "click_rate": _click_rate,
    "retention": _retention,
    "churn": _churn,
    "won_back": _won_back,
    "frequency": _frequency,
    "referral": _referral,
}
