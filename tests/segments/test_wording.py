"""Rules in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from clm_plugin.segments import api as segments
from clm_plugin.segments.blocks import choices
from clm_plugin.segments.language import condition_from_json


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"names": ["champions"]}, "People who are Champions by RFM."),
        ({"m_min": 2}, "People who score at least 2 of 5 for spend by RFM."),
        ({"r_min": 4, "r_max": 4, "f_max": 2},
         "People who score exactly 4 of 5 for recency and at most 2 of 5 for frequency by RFM."),
        ({"names": ["champions"], "f_min": 2, "f_max": 4},
         "People who are Champions by RFM and score 2 to 4 of 5 for frequency by RFM."),
    ],
)  # fmt: skip
def test_rfm(fields: dict[str, Any], says: str) -> None:
    assert segments.sentence(condition_from_json({"kind": "rfm", **fields})) == says


def test_an_event_is_called_the_same_where_it_is_chosen_and_in_the_sentence() -> None:
    for _group, events in choices.events():
        for type_, label in events:
            if type_ == "custom.tracked":
                continue  # it has the shop's own name
            rule = condition_from_json({"kind": "event", "type": type_, "at_least": 1})
            assert f"“{label}”" in segments.sentence(rule)
