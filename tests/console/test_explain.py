"""Every rule that can decide has words, and its inputs appear in them."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import clm_plugin
from clm_plugin.campaigns import rules
from clm_plugin.console.explain import MAIL_REASONS, WORDS, explain, mail_reason
from clm_plugin.messages.rules import reason_to_stop

RULES = sorted({name for family in rules.RULES.values() for name, _rule in family})
SOURCE = Path(clm_plugin.__file__).parent


def test_every_rule_of_the_engine_has_words() -> None:
    assert set(RULES) <= set(WORDS)


def test_every_rule_named_anywhere_in_a_verdict_has_words() -> None:
    named = set()
    for folder in ("campaigns", "widgets", "messages"):
        for path in (SOURCE / folder).rglob("*.py"):
            named |= set(re.findall(r"""\brule=["'](\w+)["']""", path.read_text()))
    assert named
    assert named <= set(WORDS)


def test_every_reason_for_which_a_mail_stays_has_words() -> None:
    stops = inspect.getsource(reason_to_stop)
    sends = (SOURCE / "messages" / "sending.py").read_text()
    named = set(re.findall(r'return "(\w+)"', stops)) | set(re.findall(r'reason = "(\w+)"', sends))
    assert {"ordered", "too_late"} <= named
    assert named <= set(MAIL_REASONS)
    assert mail_reason("550 no such user") == "550 no such user"


@pytest.mark.parametrize("rule", sorted(WORDS))
def test_words_without_inputs_do_not_break(rule: str) -> None:
    for inputs in ({}, None, {"surprise": [1, None]}, {"stage": {"a": 1}}):
        explanation = explain(rule, inputs)
        assert explanation.title
        assert "%(" not in explanation.sentence


@pytest.mark.django_db
def test_inputs_are_told() -> None:
    told = explain("stage", {"stage": "reach", "wanted": ["convert", "nurture"]})
    assert told.sentence == "The person was in “Reach”; the campaign is for “Convert, Nurture”."
    assert told.inputs == (("Stage", "Reach"), ("Wanted", "Convert, Nurture"))


def test_times_and_shares_read_well() -> None:
    told = explain("bought_recently", {"last_order_at": "2026-11-20T08:00:00+00:00",
                                       "within_days": 4})  # fmt: skip
    assert "20 Nov 2026, 08:00" in told.sentence
    assert "4 days" in told.sentence
    assert "12 %" in explain("control_group", {"share": 0.12}).sentence


def test_an_unknown_rule_speaks_by_its_name() -> None:
    told = explain("lucky_number", {"number": 7})
    assert told.title == "Lucky number"
    assert told.inputs == (("Number", "7"),)
