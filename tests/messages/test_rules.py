"""Stopping a mail, reading a server's answer, and telling people from machines."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import pytest

from clm_plugin.messages.rules import Standing, gets_mail, outcome_of, reason_to_stop, suspicion
from tests.factories import NOW

HOUR = timedelta(hours=1)


def who(**known: Any) -> Standing:
    values: dict[str, Any] = {"email": "a@b.example", "agreed": True, "agreed_at": NOW - HOUR}
    return Standing(**(values | known))


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (who(), ""),
        (None, "profile_gone"),
        (who(email="new@b.example"), "address_changed"),
        (who(agreed=False), "no_consent"),
        (who(suppressed_at=NOW, suppressed_for="unsubscribed"), "suppressed"),
        # She said yes again after she had unsubscribed.
        (who(suppressed_at=NOW - 2 * HOUR, suppressed_for="unsubscribed"), ""),
        # A yes that is only implied lifts nothing, and no yes lifts a complaint.
        (
            who(suppressed_at=NOW - 2 * HOUR, suppressed_for="unsubscribed", agreed_at=None),
            "suppressed",
        ),
        (who(suppressed_at=NOW - 2 * HOUR, suppressed_for="complaint"), "suppressed"),
        (who(last_order_at=NOW), "ordered"),
        (who(last_order_at=NOW - timedelta(seconds=1)), ""),
    ],
)
def test_reason_to_stop(standing: Standing | None, reason: str) -> None:
    found = reason_to_stop(standing, address="a@b.example", decided_at=NOW, about_basket=True)
    assert found == reason


def test_an_order_stops_only_what_is_about_a_basket() -> None:
    ordered = who(last_order_at=NOW + HOUR)
    stop = reason_to_stop(ordered, address="a@b.example", decided_at=NOW, about_basket=False)
    assert stop == ""


@pytest.mark.parametrize(
    ("standing", "on"),
    [
        (who(), True),
        (None, False),
        (who(agreed=False), False),
        (who(suppressed_at=NOW, suppressed_for="bounce"), False),
        (who(suppressed_at=NOW - 2 * HOUR, suppressed_for="unsubscribed"), True),
    ],
)
def test_gets_mail(standing: Standing | None, on: bool) -> None:
    assert gets_mail(standing) is on


class ServiceError(Exception):
    def __init__(self, status_code: int | None) -> None:
        self.status_code = status_code


SMTP_ANSWERS: list[tuple[Exception, bool, str, bool]] = [
    (smtplib.SMTPRecipientsRefused({"a": (550, b"unknown")}), False, "failed", False),
    (smtplib.SMTPRecipientsRefused({"a": (450, b"greylisted")}), False, "later", False),
    (smtplib.SMTPDataError(554, b"spam"), True, "failed", False),
    (smtplib.SMTPDataError(451, b"later"), True, "later", False),
    (smtplib.SMTPDataError(421, b"closing"), True, "later", True),
    (smtplib.SMTPSenderRefused(550, b"no", "me"), False, "later", True),
    (smtplib.SMTPSenderRefused(552, b"too large", "me"), False, "failed", False),
    (smtplib.SMTPAuthenticationError(535, b"no"), False, "later", True),
    (smtplib.SMTPNotSupportedError("SMTPUTF8"), False, "failed", False),
    (smtplib.SMTPServerDisconnected("gone"), True, "unknown", False),
    (smtplib.SMTPServerDisconnected("gone"), False, "later", False),
    (TimeoutError(), True, "unknown", False),
    (ConnectionResetError(), True, "unknown", False),
    (ValueError("bad header"), False, "failed", False),
    (RuntimeError("?"), True, "unknown", False),
]


@pytest.mark.parametrize(("error", "began", "state", "stop"), SMTP_ANSWERS)
def test_smtp_answers(error: Exception, began: bool, state: str, stop: bool) -> None:
    outcome = outcome_of(error, began=began, smtp=True)
    assert (outcome.state, outcome.stop) == (state, stop)


@pytest.mark.parametrize(
    ("error", "state", "stop"),
    [
        (ServiceError(422), "failed", False),
        (ServiceError(429), "later", True),
        (ServiceError(401), "later", True),
        (ServiceError(500), "unknown", False),
        (ServiceError(None), "unknown", False),
        (TimeoutError(), "unknown", False),
        (ConnectionRefusedError(), "later", True),
        (ValueError("header"), "failed", False),
    ],
)
def test_answers_of_mail_services(error: Exception, state: str, stop: bool) -> None:
    outcome = outcome_of(error, began=False, smtp=False)
    assert (outcome.state, outcome.stop) == (state, stop)


PERSON: dict[str, Any] = {
    "method": "GET",
    "user_agent": "Mozilla/5.0 (X11) Firefox/140",
    "is_crawler": False,
    "clicked_at": NOW,
    "sent_at": NOW - HOUR,
    "others_at": [],
}


@pytest.mark.parametrize(
    ("differs", "why"),
    [
        ({}, ""),
        ({"method": "HEAD"}, "head"),
        ({"user_agent": ""}, "bot"),
        ({"is_crawler": True}, "bot"),
        ({"user_agent": "Mozilla/5.0 Barracuda Sentinel"}, "bot"),
        ({"others_at": [NOW - timedelta(seconds=1.9)]}, "burst"),
        ({"others_at": [NOW - timedelta(seconds=2)]}, ""),
        ({"sent_at": NOW - timedelta(seconds=1.9)}, "too_soon"),
        ({"sent_at": NOW - timedelta(seconds=2)}, ""),
        ({"sent_at": None}, ""),
    ],
)
def test_suspicion(differs: dict[str, Any], why: str) -> None:
    assert suspicion(**(PERSON | differs)) == why
