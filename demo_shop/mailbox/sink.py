"""The SMTP server that accepts every mail and delivers none."""

import asyncio

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from demo_shop.mailbox import store


class KeepEverything:
    """aiosmtpd's handler: one method per SMTP command it cares about."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        # The disk is slow next to the socket; a thread keeps other senders going.
        await asyncio.to_thread(store.keep, content, envelope.rcpt_tos)
        return "250 Kept"


def controller(*, host: str, port: int) -> Controller:
    """An SMTP server in a thread of its own; call ``start()`` and ``stop()``."""
    return Controller(KeepEverything(), hostname=host, port=port, data_size_limit=20_000_000)
