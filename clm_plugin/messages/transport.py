"""One line to the mail server, kept open for many mails."""

from __future__ import annotations

import contextlib
import smtplib
from typing import TYPE_CHECKING, Any, Self, cast

from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from clm_plugin.messages.rules import Outcome, outcome_of

if TYPE_CHECKING:
    from types import TracebackType

    from django.core.mail import EmailMessage

_TIMEOUT = 30
"""Seconds, where the host set no EMAIL_TIMEOUT: Django's own default is to wait for ever."""


class Postbox:
    """Sends through the host's own mail backend and tells what became of each mail.

    With SMTP it notes whether DATA began, because that decides if a lost line may be tried again.
    """

    def __init__(self) -> None:
        self._backend = cast("Any", get_connection())
        self._smtp = isinstance(self._backend, SmtpBackend)
        if self._smtp:
            self._backend.timeout = self._backend.timeout or _TIMEOUT
        self._carried = 0
        self._began = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, message: EmailMessage) -> Outcome:
        """Send one mail. Never raises for what a server or a mail's content can do wrong."""
        used = self._carried > 0
        outcome = self._try(message)
        if outcome.state == "later" and not outcome.stop and used and self._carried == 0:
            # A line that had carried mails was dropped before this one's DATA: servers end a line
            # after some number of mails. The mail was not taken, so a new line is safe.
            outcome = self._try(message)
        return outcome

    def close(self) -> None:
        self._carried = 0
        # The server may have gone already; there is nothing to lose on the line any more.
        with contextlib.suppress(OSError):
            self._backend.close()

    def _try(self, message: EmailMessage) -> Outcome:
        try:
            self._open()
        except Exception as error:
            self.close()
            return Outcome(state="later", reason=f"no connection: {error}"[:200], stop=True)
        self._began = False
        try:
            count = self._backend.send_messages([message])
        except Exception as error:
            if not isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) or (
                getattr(error, "smtp_code", 0) == 421
            ):
                self.close()
            return outcome_of(error, began=self._began, smtp=self._smtp)
        if count == 0:
            return Outcome(state="failed", reason="the mail backend sent nothing")
        self._carried += 1
        return Outcome(state="sent")

    def _open(self) -> None:
        if not self._backend.open() or not self._smtp:
            return
        line = self._backend.connection
        data = line.data

        def noted(content: Any) -> Any:
            self._began = True
            return data(content)

        line.data = noted
