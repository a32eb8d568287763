"""Consent by the public Python API: purpose and channel, source, words, proof; and its history."""

from __future__ import annotations

from typing import Any

import pytest

from clm_plugin import pipeline
from clm_plugin.api import consent_history, consents_of, give_consent, withdraw_consent
from clm_plugin.events.api import BadEvent
from clm_plugin.models import Consent, ConsentText, Event
from clm_plugin.profiles.api import consent_key, mail_consents, profile_id_of
from tests.factories import NOW, days, new, store

pytestmark = pytest.mark.django_db
ME = "customer:1"


def give(purpose: str, channel: str = "", **more: Any) -> None:
    more.setdefault("now", NOW)
    give_consent(ME, purpose, channel=channel, source="checkout", **more)


@pytest.mark.parametrize(
    ("word", "channel", "key"),
    [
        ("analytics", "", ("analytics", "")),
        ("analytics", "mail", ("analytics", "")),
        ("marketing", "push", ("marketing", "push")),
        ("marketing", "", ("marketing", "mail")),
        ("mail", "", ("marketing", "mail")),
        ("sms", "", ("marketing", "sms")),
        ("x" * 40, "", ("x" * 32, "")),
    ],
)
def test_the_words_of_events_old_and_new(word: str, channel: str, key: tuple[str, str]) -> None:
    assert consent_key(word, channel) == key


def test_an_answer_is_kept_with_all_that_proves_it() -> None:
    give("marketing", "mail", text="Yes, write me.", text_version="2026-11", told_by="staff:4")
    pipeline.drain(now=NOW)
    row = Consent.objects.get()
    assert (row.purpose, row.channel, row.granted, row.source, row.text_version) == (
        "marketing", "mail", True, "checkout", "2026-11",
    )  # fmt: skip
    text = ConsentText.objects.get()
    assert row.proof == {"text": text.hash, "language": "en", "told_by": "staff:4"}
    assert (text.text, text.version, text.language) == ("Yes, write me.", "2026-11", "en")
    profile = profile_id_of(ME)
    assert profile is not None
    assert mail_consents([profile]) == {profile: True}


def test_a_text_is_kept_once_and_another_word_is_another_text() -> None:
    give("analytics", text="A")
    give("personalisation", text="A")
    give("analytics", text="B", now=NOW + days(1))
    assert ConsentText.objects.count() == 2


def test_channels_stand_for_themselves() -> None:
    give("marketing", "mail")
    withdraw_consent(ME, "marketing", channel="push", source="account_page", now=NOW)
    pipeline.drain(now=NOW)
    assert set(Consent.objects.values_list("channel", "granted")) == {
        ("mail", True), ("push", False),
    }  # fmt: skip
    withdraw_consent(ME, "marketing", channel="mail", source="account_page", now=NOW + days(1))
    pipeline.drain(now=NOW + days(1))
    assert set(Consent.objects.values_list("channel", "granted")) == {
        ("mail", False), ("push", False),
    }  # fmt: skip


def test_what_is_read_counts_answers_on_their_way() -> None:
    give("marketing", "mail")
    [now] = consents_of(ME)
    assert (now.purpose, now.channel, now.granted, now.source) == (
        "marketing", "mail", True, "checkout",
    )  # fmt: skip
    pipeline.drain(now=NOW)
    withdraw_consent(ME, "marketing", channel="mail", source="account_page", now=NOW + days(1))
    [now] = consents_of(ME)
    assert (now.granted, now.source) == (False, "account_page")
    assert [each.granted for each in consent_history(ME)] == [False, True]


def test_the_history_is_the_whole_persons() -> None:
    store(new("customer.logged_in", ME, NOW - days(5), links=("visitor:a",)))
    store(new("consent.given", "visitor:a", NOW - days(4), purposes=["analytics", "mail"]))
    pipeline.drain(now=NOW)
    give("marketing", "sms")
    told = [(each.purpose, each.channel) for each in consent_history(ME)]
    assert told == [("marketing", "sms"), ("analytics", ""), ("marketing", "mail")]
    assert [each.source for each in consent_history(ME)] == ["checkout", "shop", "shop"]


def test_at_the_same_instant_a_refusal_wins() -> None:
    withdraw_consent(ME, "analytics", source="banner", now=NOW)
    give("analytics")
    assert [each.granted for each in consents_of(ME)] == [False]
    pipeline.drain(now=NOW)
    assert not Consent.objects.get().granted


@pytest.mark.parametrize(
    ("purpose", "channel"),
    [("tracking", ""), ("marketing", ""), ("marketing", "pigeon"), ("analytics", "mail")],
)
def test_a_misspelt_purpose_or_channel_is_refused(purpose: str, channel: str) -> None:
    with pytest.raises(BadEvent):
        give(purpose, channel)
    assert not Event.objects.exists()


def test_the_address_is_hashed_and_only_where_the_shop_says_so(rf: Any, settings: Any) -> None:
    request = rf.post("/", REMOTE_ADDR="192.0.2.7")
    give("analytics", request=request)
    settings.CLM = {**settings.CLM, "CONSENT_PROOF_IP": True}
    give("personalisation", request=request)
    first, second = Event.objects.order_by("id").values_list("payload", flat=True)
    assert first["proof"] == {}
    assert len(second["proof"]["ip"]) == 64
    assert "192.0.2.7" not in str(second)
