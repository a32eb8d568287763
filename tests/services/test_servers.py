"""The servers that other tests build on work, and are our own."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demo_shop.services.postgres import PostgresServer
    from tests.services.mail import SmtpRecorder


def test_postgres_is_the_bundled_one(postgres_server: PostgresServer) -> None:
    import psycopg

    with psycopg.connect(postgres_server.uri()) as connection:
        row = connection.execute("SELECT current_setting('server_version_num')::int").fetchone()
        sorted_by = connection.execute("SELECT 'a' < 'B'").fetchone()
    assert row is not None
    assert row[0] >= 180000
    assert sorted_by == (False,), "code points, on every machine the same"


def test_valkey_wants_its_password(valkey_url: str) -> None:
    import pytest
    import redis

    with redis.Redis.from_url(valkey_url) as client:
        client.set("key", "value")
        assert client.get("key") == b"value"
    stranger = valkey_url.partition("@")[2]
    with (
        redis.Redis.from_url(f"redis://{stranger}") as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.get("key")


def _send(recorder: SmtpRecorder, *recipients: str) -> None:
    message = EmailMessage()
    message["Subject"] = "Grüße"
    message["From"] = "shop@example.com"
    message["To"] = ", ".join(recipients)
    message.set_content("Hello")
    with smtplib.SMTP(recorder.host, recorder.port) as client:
        client.send_message(message)


def test_mail_is_recorded_whole(smtp_recorder: SmtpRecorder) -> None:
    _send(smtp_recorder, "ann@example.com", "bob@example.com")
    (mail,) = smtp_recorder.mails()
    assert mail.recipients == ("ann@example.com", "bob@example.com")
    assert mail.message["Subject"] == "Grüße"


def test_refused_mail_is_not_recorded(smtp_recorder: SmtpRecorder) -> None:
    import pytest

    smtp_recorder.answer = lambda envelope: "451 Try again later"
    with pytest.raises(smtplib.SMTPDataError):
        _send(smtp_recorder, "ann@example.com")
    assert smtp_recorder.recipients() == []
