"""An SMTP server that writes down every mail it takes."""

from __future__ import annotations

import email
import email.policy
import itertools
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from aiosmtpd.controller import Controller

from demo_shop.services.valkey import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, kw_only=True)
class ReceivedMail:
    """One accepted mail: the envelope and the parsed message."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class SmtpRecorder:
    """Takes mail on ``port``. Set ``answer`` to refuse, delay or cut some of it."""

    def __init__(self, folder: Path) -> None:
        self.host, self.port = "127.0.0.1", free_port()
        self.answer: Callable[[Envelope], str | None] | None = None
        self._folder = folder
        self._numbers = itertools.count(1)
        self._controller = Controller(self, hostname=self.host, port=self.port)

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def mails(self) -> list[ReceivedMail]:
        """What was accepted so far, in order of arrival."""
        return [_read(path) for path in sorted(self._folder.glob("*.eml"))]

    def recipients(self) -> list[str]:
        """One entry for each copy that was accepted."""
        return [who for mail in self.mails() for who in mail.recipients]

    def clear(self) -> None:
        for path in self._folder.glob("*.eml"):
            path.unlink()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """aiosmtpd's hook. The copy is on disk, whole, before the sender hears 250."""
        if self.answer is not None and (refusal := self.answer(envelope)) is not None:
            return refusal
        path = self._folder / f"{next(self._numbers):09d}.eml"
        head = {"sender": envelope.mail_from, "recipients": envelope.rcpt_tos}
        content = envelope.content or b""
        assert isinstance(content, bytes)
        unfinished = path.with_suffix(".part")
        unfinished.write_bytes(json.dumps(head).encode() + b"\n" + content)
        os.replace(unfinished, path)
        return "250 Recorded"


def _read(path: Path) -> ReceivedMail:
    head, _, content = path.read_bytes().partition(b"\n")
    known = json.loads(head)
    return ReceivedMail(
        sender=known["sender"] or "",
        recipients=tuple(known["recipients"]),
        message=email.message_from_bytes(content, policy=email.policy.default),
    )


@pytest.fixture
def smtp_recorder(tmp_path: Path) -> Iterator[SmtpRecorder]:
    """An SMTP server in a thread of the test, so that it outlives any worker the test kills."""
    recorder = SmtpRecorder(tmp_path / "mail")
    recorder.start()
    yield recorder
    recorder.stop()
