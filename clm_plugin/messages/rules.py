"""What is decided about a mail right before and right after it leaves. Pure."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

UNSUBSCRIBED = "unsubscribed"
RETRY = timedelta(minutes=1)
"""How long a mail waits after a server that could not be reached or asked to come back."""
CLAIM_LIFE = timedelta(minutes=10)
"""After this, a claim belongs to a dead process."""
RESTORE_LIFE = timedelta(days=30)
"""How long a mail's restore link works."""

_TOO_SOON = timedelta(seconds=2)
_BURST = timedelta(seconds=2)
# What mail gateways and link checkers call themselves beyond the public list of crawlers.
_SCANNERS = (
    "safelinks",
    "proofpoint",
    "mimecast",
    "barracuda",
    "bitdefender",
    "trendmicro",
    "symantec",
    "forcepoint",
    "sophos",
    "ironport",
    "fireeye",
    "googleimageproxy",
    "yahoomailproxy",
    "urldefense",
    "headlesschrome",
    "phantomjs",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of the recipient at the moment of the claim."""

    email: str
    agreed: bool
    agreed_at: datetime | None = None
    """When she last said yes herself; None for a yes that is only implied."""
    last_order_at: datetime | None = None
    suppressed_at: datetime | None = None
    suppressed_for: str = ""


def is_renewed(who: Standing) -> bool:
    """Whether she said yes again after she had unsubscribed."""
    return (
        who.suppressed_for == UNSUBSCRIBED
        and who.suppressed_at is not None
        and who.agreed
        and who.agreed_at is not None
        and who.agreed_at > who.suppressed_at
    )


def gets_mail(who: Standing | None) -> bool:
    """Whether marketing mail is on for her, as the preferences page shows it."""
    return who is not None and who.agreed and (who.suppressed_at is None or is_renewed(who))


def reason_to_stop(
    who: Standing | None, *, address: str, decided_at: datetime, about_basket: bool
) -> str:
    """Why a claimed mail must not leave; "" when it may.

    A yes given after an unsubscribe lifts it; nothing lifts a bounce or a complaint.
    """
    if who is None:
        return "profile_gone"
    if who.email != address:
        return "address_changed"
    if who.suppressed_at is not None and not is_renewed(who):
        return "suppressed"
    if not who.agreed:
        return "no_consent"
    if about_basket and who.last_order_at is not None and who.last_order_at >= decided_at:
        return "ordered"
    return ""


def short(reason: str) -> str:
    """A reason as the database takes it."""
    return reason.replace("\0", "")[:200]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one try. ``later`` goes back to the queue; ``stop`` ends the run."""

    state: Literal["sent", "failed", "unknown", "later"]
    reason: str = ""
    stop: bool = False


def outcome_of(error: Exception, *, began: bool, smtp: bool) -> Outcome:
    """What an error in sending means. ``began``: the mail's text was on its way (SMTP's DATA).

    Only a clear answer allows a second try: silence after DATA may mean that the mail was taken.
    """
    reason = f"{type(error).__name__}: {error}"[:200]
    return _smtp_outcome(error, reason, began) if smtp else _other_outcome(error, reason)


def _smtp_outcome(error: Exception, reason: str, began: bool) -> Outcome:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return _by_code(max(codes, default=550), reason)
    if isinstance(error, smtplib.SMTPDataError):
        return _by_code(error.smtp_code, reason)
    if isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code == 552:
        return Outcome(state="failed", reason=reason)  # this one mail is too large
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Outcome(state="failed", reason=reason)  # this one address needs SMTPUTF8
    if isinstance(error, smtplib.SMTPResponseException):
        # Sender or login refused: nothing about this recipient, and true for all the others.
        return Outcome(state="later", reason=reason, stop=True)
    if began:
        return Outcome(state="unknown", reason=reason)
    if isinstance(error, OSError):
        return Outcome(state="later", reason=reason)
    return Outcome(state="failed", reason=reason)


def _other_outcome(error: Exception, reason: str) -> Outcome:
    """Backends that speak HTTP to a mail service: a status is an answer, all else is silence."""
    code = getattr(error, "status_code", None)
    if isinstance(code, int) and 400 <= code < 500:
        if code in (401, 403, 429):
            return Outcome(state="later", reason=reason, stop=True)
        return Outcome(state="failed", reason=reason)
    if isinstance(error, ConnectionRefusedError):
        return Outcome(state="later", reason=reason, stop=True)
    if isinstance(error, ValueError | TypeError | LookupError | AttributeError):
        return Outcome(state="failed", reason=reason)
    return Outcome(state="unknown", reason=reason)


def _by_code(code: int, reason: str) -> Outcome:
    if code == 421:  # the server is going away
        return Outcome(state="later", reason=reason, stop=True)
    return Outcome(state="later" if 400 <= code < 500 else "failed", reason=reason)


def suspicion(
    *,
    method: str,
    user_agent: str,
    is_crawler: bool,
    clicked_at: datetime,
    sent_at: datetime | None,
    others_at: list[datetime],
) -> str:
    """Why a fetch of a link looks like a machine's; "" when it looks like a person's.

    ``others_at`` are the times at which *other* links of the same mail were fetched.
    """
    if method == "HEAD":
        return "head"
    agent = user_agent.lower()
    if not agent or is_crawler or any(name in agent for name in _SCANNERS):
        return "bot"
    if any(abs(clicked_at - at) < _BURST for at in others_at):
        return "burst"
    if sent_at is not None and clicked_at - sent_at < _TOO_SOON:
        return "too_soon"
    return ""


CONFIRMABLE = ("", "too_soon")
"""What a browser that ran our script can still confirm."""
