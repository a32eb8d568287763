"""Mails as files: one ``.eml`` each, named so that sorting by name sorts by time."""

import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parseaddr
from pathlib import Path

from django.conf import settings

from demo_shop import clock

NAME = re.compile(r"\d{19,20}-[0-9a-f]{8}")
SHOP_TIME = "X-Demo-Shop-Time"
RECIPIENTS = "X-Demo-Recipients"


@dataclass(frozen=True, kw_only=True)
class MailSummary:
    """What the list shows of a mail."""

    name: str
    to: str
    sender: str
    subject: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail taken apart for showing."""

    summary: MailSummary
    html: str
    text: str
    source: str
    headers: tuple[tuple[str, str], ...]


def folder() -> Path:
    path = Path(settings.DEMO_MAIL)
    path.mkdir(parents=True, exist_ok=True)
    return path


def keep(content: bytes, recipients: Iterable[str]) -> str:
    """Stores a mail and returns its name."""
    name = f"{time.time_ns()}-{secrets.token_hex(4)}"
    head = f"{SHOP_TIME}: {clock.now().isoformat()}\r\n{RECIPIENTS}: {', '.join(recipients)}\r\n"
    # Written aside and renamed: the page never lists half a mail.
    temporary = folder() / f"{name}.part"
    temporary.write_bytes(head.encode() + content)
    temporary.replace(folder() / f"{name}.eml")
    return name


def names() -> list[str]:
    """All mails, newest first."""
    found = (path.stem for path in folder().glob("*.eml"))
    return sorted((name for name in found if NAME.fullmatch(name)), reverse=True)


def summary(name: str) -> MailSummary | None:
    """A mail's list entry, or None if somebody has cleared it meanwhile."""
    try:
        with (folder() / f"{name}.eml").open("rb") as stream:
            message = BytesHeaderParser(policy=policy.default).parse(stream)
    except FileNotFoundError:
        return None
    return _summary(name, message)


def search(recipient: str) -> list[MailSummary]:
    """Mails to an address that contains ``recipient``, newest first."""
    wanted = recipient.strip().lower()
    found = (summary(name) for name in names())
    return [mail for mail in found if mail is not None and wanted in mail.to.lower()]


def read(name: str) -> Mail | None:
    """A whole mail, or None if there is no such mail."""
    if not NAME.fullmatch(name):
        return None
    try:
        content = (folder() / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = BytesParser(policy=policy.default).parsebytes(content)
    return Mail(
        summary=_summary(name, message),
        html=_part(message, "html"),
        text=_part(message, "plain"),
        source=content.decode("utf-8", "replace"),
        headers=tuple((key, str(value)) for key, value in message.items()),
    )


def clear() -> int:
    """Removes every mail and says how many there were."""
    paths = list(folder().glob("*.eml"))
    for path in paths:
        path.unlink(missing_ok=True)
    return len(paths)


def _summary(name: str, message: EmailMessage) -> MailSummary:
    try:
        at = datetime.fromisoformat(str(message.get(SHOP_TIME, "")))
    except ValueError:
        at = None
    shown, address = parseaddr(str(message.get("From", "")))
    return MailSummary(
        name=name,
        to=str(message.get(RECIPIENTS, "")) or str(message.get("To", "")),
        sender=shown or address,
        subject=str(message.get("Subject", "")),
        at=at,
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    if body is None:
        return ""
    try:
        return str(body.get_content())
    except (LookupError, UnicodeDecodeError):
        payload = body.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
