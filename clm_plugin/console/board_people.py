"""The addresses of the people behind the board's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clm_plugin.console.board_period import Chosen
    from clm_plugin.lifecycle.api import Stage

NEW, ONWARD, OFF = "new", "onward", "off"
"""Words of the filters that are no stage: who is new; moves forward; moves off the path."""


class People:
    """Links into the list of customers, for one period; all empty for who may not see people."""

    def __init__(self, chosen: Chosen, *, allowed: bool) -> None:
        self.base = reverse("clm_customers:index") if allowed else ""
        self.window = chosen.window

    def here(self, stage: str = "", **more: str) -> str:
        """Who stands in a stage now."""
        return self._url({"stage": stage, **more} if stage else more)

    def moved(self, source: str = "", target: str = "") -> str:
        """Who moved in the period; ``new``, ``onward`` and ``off`` are understood."""
        given = {"moved_from": source, "moved_to": target}
        return self._url({**{k: v for k, v in given.items() if v}, **self.window})

    def did(self, what: str, **more: str) -> str:
        """Who did something in the period."""
        return self._url({"did": what, **more, **self.window})

    @property
    def new(self) -> str:
        return self.moved(source=NEW)

    @property
    def orders(self) -> str:
        return self.did("order")

    @property
    def credited(self) -> str:
        return self.did("credited")

    @property
    def contacted(self) -> str:
        return self.did("contacted")

    @property
    def clicked(self) -> str:
        return self.did("clicked")

    @property
    def advocates(self) -> str:
        return self.here(flag="advocate")

    @property
    def churn_risk(self) -> str:
        return self.here(flag="churn_risk")

    def of_metrics(self, stage: Stage, stages: Sequence[Stage]) -> dict[str, str]:
        """The people behind each metric of a stage."""
        gone = next((each.key for each in reversed(stages) if each.loss), "")
        urls = {
            "new_visitors": self.moved(source=NEW),
            "cost_per_visitor": self.moved(source=NEW),
            "conversion": self.moved(stage.key, ONWARD),
            "won_back": self.moved(stage.key, ONWARD),
            "payback": self.did("first_order"),
            "second_order": self.did("second_order"),
            "days_to_second": self.did("second_order"),
            "frequency": self.did("order"),
            "click_rate": self.did("clicked", did_in=stage.key),
        }
        if gone:
            urls |= {"churn": self.moved(target=gone), "retention": self.moved(target=gone)}
        return urls

    def _url(self, params: dict[str, str]) -> str:
        return f"{self.base}?{urlencode(params)}" if params and self.base else self.base
