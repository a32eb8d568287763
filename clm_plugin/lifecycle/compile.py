"""From what was authored to a model of plain data, and from a model to what one may author on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from clm_plugin.conf import settings
from clm_plugin.lifecycle.data import Entry, FlagRules, Model, Stage
from clm_plugin.money import Money, exponent

if TYPE_CHECKING:
    from clm_plugin.lifecycle.authoring import LifecycleModel
    from clm_plugin.lifecycle.defaults import Template


def compile_model(authored: LifecycleModel) -> Model:
    """The model as it stands. A draft too: stages without a name or a key are left out."""
    stages = [block.value for block in authored.stages if block.value.get("label")]
    return Model(
        key=str(authored.pk or ""),
        version=0,
        name=authored.name,
        stages=tuple(_stage(value, number) for number, value in enumerate(stages, 1)),
        flags=FlagRules(
            advocate_orders=authored.advocate_orders,
            advocate_gaps=authored.advocate_gaps,
            churn_orders=authored.churn_orders,
            churn_from_gaps=authored.churn_from_gaps,
            churn_until_gaps=authored.churn_until_gaps,
            churn_spend_minor=_minor(authored.churn_spend),
        ),
    )


def _stage(value: Any, number: int) -> Stage:
    return Stage(
        key=value.get("key") or f"stage-{number}",
        label=value["label"],
        order=number,
        goal=value.get("goal") or "",
        loss=bool(value.get("loss")),
        metric=value.get("metric") or "retention",
        channels=tuple(value.get("channels") or ()),
        # The first stage takes everybody, also while its draft has a condition too many.
        entry=_entry(value.get("entry") or ()) if number > 1 else Entry(),
    )


def _entry(stream: Any) -> Entry:
    found = {block.block_type: block.value for block in stream}

    def given(kind: str, name: str) -> Any:
        value = found.get(kind)
        return value.get(name) if value is not None else None

    return Entry(
        known="known" in found,
        engaged_views=given("engaged", "views"),
        min_views=given("views", "at_least") or 0,
        min_orders=given("orders", "at_least") or 0,
        max_orders=given("orders", "at_most"),
        min_spend_minor=_minor(given("spend", "at_least")) or 0,
        basket_within=_days(given("basket", "within_days")),
        silent_gaps=given("silent", "gaps") or 0.0,
        silent_for=_days(given("silent", "days")),
        bought_within_gaps=given("bought", "gaps") or 0.0,
        bought_within=_days(given("bought", "days")),
    )


def _days(number: int | None) -> timedelta | None:
    return timedelta(days=number) if number else None


def _minor(amount: Decimal | None) -> int | None:
    return None if amount is None else Money.of(amount, settings.CURRENCY).minor


def start_from(template: Template) -> dict[str, Any]:
    """The field values of a draft that begins as this template, in the active language."""
    model = template.model
    return {
        "name": gettext(model.name),
        "about": gettext(template.about),
        "stages": [("stage", _plain_stage(stage)) for stage in model.stages],
        "advocate_orders": model.flags.advocate_orders,
        "advocate_gaps": model.flags.advocate_gaps,
        "churn_orders": model.flags.churn_orders,
        "churn_from_gaps": model.flags.churn_from_gaps,
        "churn_until_gaps": model.flags.churn_until_gaps,
    }


def _plain_stage(stage: Stage) -> dict[str, Any]:
    return {
        "label": gettext(stage.label),
        "key": stage.key,
        "goal": gettext(stage.goal) if stage.goal else "",
        "loss": stage.loss,
        "metric": stage.metric,
        "channels": list(stage.channels),
        "entry": _conditions(stage.entry),
    }


def _conditions(entry: Entry) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if entry.known:
        found.append(("known", None))
    if entry.engaged_views is not None:
        found.append(("engaged", {"views": entry.engaged_views}))
    if entry.min_views:
        found.append(("views", {"at_least": entry.min_views}))
    if entry.basket_within is not None:
        found.append(("basket", {"within_days": entry.basket_within.days}))
    if entry.min_orders or entry.max_orders is not None:
        found.append(("orders", {"at_least": entry.min_orders, "at_most": entry.max_orders}))
    if entry.min_spend_minor:
        amount = Decimal(entry.min_spend_minor).scaleb(-exponent(settings.CURRENCY))
        found.append(("spend", {"at_least": amount}))
    if entry.silent_gaps or entry.silent_for:
        found.append(("silent", _since(entry.silent_gaps, entry.silent_for)))
    if entry.bought_within_gaps or entry.bought_within:
        found.append(("bought", _since(entry.bought_within_gaps, entry.bought_within)))
    return found


def _since(gaps: float, time: timedelta | None) -> dict[str, Any]:
    return {"gaps": gaps or None, "days": time.days if time else None}
