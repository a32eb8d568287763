"""Entry rules and yardsticks in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clm_plugin.conf import settings
from clm_plugin.console.wording import money, whole
from clm_plugin.lifecycle.api import CHANNEL_NAMES, METRIC_NAMES, label_in, load_yardsticks

if TYPE_CHECKING:
    from datetime import timedelta

    from clm_plugin.lifecycle.api import Entry, Model, Stage

_STORE_DAYS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStage:
    """A stage as a reader sees it."""

    key: str
    label: str
    number: int
    goal: str
    loss: bool
    metric: str
    channels: str
    rules: tuple[str, ...]
    """All of these hold; empty: everybody."""


def told_stages(model: Model) -> list[ToldStage]:
    """The stages of a model in words; one query, for the shop's own gap in days."""
    store = load_yardsticks().store or _STORE_DAYS
    return [_told(model, stage, store) for stage in model.stages]


def _told(model: Model, stage: Stage, store: float) -> ToldStage:
    return ToldStage(
        key=stage.key,
        label=label_in(model, stage.label),
        number=stage.order,
        goal=label_in(model, stage.goal),
        loss=stage.loss,
        metric=str(METRIC_NAMES.get(stage.metric, stage.metric)),
        channels=", ".join(str(CHANNEL_NAMES.get(one, one)) for one in stage.channels),
        rules=tuple(rules_of(stage.entry, store)),
    )


def rules_of(entry: Entry, store_days: float) -> list[str]:
    """Each condition of an entry rule as a phrase; gaps also in days of this shop."""
    told = []
    if entry.known:
        told.append(_("is known by account or e-mail"))
    if entry.engaged_views is not None:
        told.append(
            ngettext(
                "is known, or has viewed %(n)s product",
                "is known, or has viewed %(n)s products or more",
                entry.engaged_views,
            )
            % {"n": entry.engaged_views}
        )
    if entry.min_views:
        told.append(_("has viewed %(n)s products or more") % {"n": entry.min_views})
    if entry.basket_within is not None:
        told.append(
            _("has a basket changed within %(days)s days") % {"days": entry.basket_within.days}
        )
    if entry.min_orders or entry.max_orders is not None:
        told.append(_orders(entry.min_orders, entry.max_orders))
    if entry.min_spend_minor:
        amount = money(entry.min_spend_minor, settings.CURRENCY)
        told.append(_("has spent %(amount)s or more") % {"amount": amount})
    told += [
        _("last ordered %(time)s ago or longer") % {"time": time}
        for time in _times(entry.silent_gaps, entry.silent_for, store_days)
    ]
    told += [
        _("last ordered less than %(time)s ago") % {"time": time}
        for time in _times(entry.bought_within_gaps, entry.bought_within, store_days)
    ]
    return told


def _orders(least: int, most: int | None) -> str:
    if most is None:
        text = ngettext("has %(n)s order or more", "has %(n)s orders or more", least)
        return text % {"n": whole(least)}
    if not most:
        return _("has no order yet")
    if least == most:
        return ngettext("has exactly %(n)s order", "has exactly %(n)s orders", least) % {
            "n": whole(least)
        }
    if not least:
        return ngettext("has %(n)s order at most", "has %(n)s orders at most", most) % {
            "n": whole(most)
        }
    return _("has %(least)s to %(most)s orders") % {"least": whole(least), "most": whole(most)}


def _times(gaps: float, fixed: timedelta | None, store_days: float) -> list[str]:
    told = []
    if gaps:
        told.append(
            _("%(gaps)s purchase gaps (about %(days)s days in this shop)")
            % {"gaps": number_format(Decimal(f"{gaps:g}")), "days": whole(round(gaps * store_days))}
            if gaps != 1
            else _("one purchase gap (about %(days)s days in this shop)")
            % {"days": whole(round(store_days))}
        )
    if fixed is not None:
        told.append(ngettext("%(n)s day", "%(n)s days", fixed.days) % {"n": whole(fixed.days)})
    return told
