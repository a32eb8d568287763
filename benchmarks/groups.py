"""Ten published segments of the kinds a shop has: behaviour in windows, buyers, stages, others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


def _did(type_: str, at_least: int = 1, **more: Any) -> dict[str, Any]:
    return {"kind": "event", "type": type_, "at_least": at_least, **more}


def _figure(name: str, **ends: float) -> dict[str, Any]:
    return {"kind": "figure", "figure": name, **ends}


TEN: dict[str, list[dict[str, Any]]] = {
    "buyers": [_figure("orders", at_least=1)],
    "regulars": [_figure("orders", at_least=3), _figure("spend", at_least=10_000)],
    "browsers": [_figure("product_views", at_least=3), _figure("orders", at_most=0)],
    "keen": [_did("product.viewed", 3, within_days=7)],
    "searchers": [_did("search.made", within_days=30)],
    "silent": [_figure("days_since_last_order", at_least=60)],
    "deciding": [{"kind": "stage", "stages": ["acquire", "convert"]}],
    "leaving": [{"kind": "stage", "stages": ["at-risk", "lapsed"]}],
    "from-search": [{"kind": "channel", "channels": ["organic-search"]}],
    "keen-strangers": [
        {"kind": "segment", "segments": ["keen"]},
        {"kind": "segment", "segments": ["buyers"], "inside": False},
    ],
}


def publish_ten(now: datetime) -> None:
    """Publish them and look at everybody there is."""
    from clm_plugin.segments import api as segments

    for key, members in TEN.items():
        group = segments.from_json({"kind": "all", "members": members})
        segments.publish(key=key, name=key, group=group, now=now)
    while segments.evaluate(now=now):
        pass
