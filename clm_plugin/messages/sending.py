"""The sender: claims one mail, sends it, claims the next.

A claim is committed before the mail leaves and the result with the claim of the next one, so a mail
costs one commit. A process that dies leaves at most its one claimed mail behind, which ``recover``
marks as unknown: it may have left, so it is not sent again.
"""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.translation import override

from clm_plugin.campaigns.api import is_looked_at
from clm_plugin.conf import settings
from clm_plugin.messages.baskets import lines_of
from clm_plugin.messages.data import Lines, SendReport
from clm_plugin.messages.fields import FROZEN
from clm_plugin.messages.holding import is_held
from clm_plugin.messages.looking import World, look_around, words_of
from clm_plugin.messages.models import Delivery
from clm_plugin.messages.queries import standing_of
from clm_plugin.messages.rendering import (
    Recipient,
    Rendered,
    language_of,
    message_of,
    render,
)
from clm_plugin.messages.rules import CLAIM_LIFE, RETRY, Outcome, reason_to_stop, short
from clm_plugin.messages.site import Sender, sender
from clm_plugin.messages.transport import Postbox
from clm_plugin.money import MoneyError
from clm_plugin.offers.api import HandedOut, OfferError, hand_again, hand_out

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger("clm_plugin")

_State = Delivery.State
_BAD_DATA = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, MoneyError)
"""What one recipient's data can raise. Anything else is true for every mail, and gives up none."""


def send_due(*, now: datetime, limit: int = 100) -> SendReport:
    """Send up to ``limit`` mails that are due. Several processes may run it at once.

    Must not run inside a transaction (RuntimeError): a claim has to be committed before its mail
    leaves. Raises ImproperlyConfigured when the shop's address is not known. Sends nothing while
    mails are held after a restored backup.
    """
    batch = _pick(now, limit)
    if not batch:
        return SendReport()
    run = _Run(now, sender())
    with Postbox() as postbox:
        try:
            run.work(batch, postbox)
        finally:
            run.settle()
    return run.report


def recover(*, now: datetime) -> int:
    """Mark mails whose sender died as unknown; returns how many. They are never sent again."""
    return Delivery.objects.filter(state=_State.SENDING, claimed_at__lt=now - CLAIM_LIFE).update(
        state=_State.UNKNOWN, reason="no answer", ended_at=now
    )


def _pick(now: datetime, limit: int) -> list[Delivery]:
    due = (
        Delivery.objects.filter(~is_held(), state=_State.QUEUED, due_at__lte=now)
        .select_related("profile")
        .order_by("due_at", "id")
    )
    with transaction.atomic(durable=True):
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        batch = list(due[:limit])
    # Two senders that picked the same mails meet less often when each has its own order.
    random.shuffle(batch)
    return batch


@dataclass(slots=True)
class _Run:
    """One run of the sender. ``pending``: a claimed mail whose result is still to be written."""

    now: datetime
    sender: Sender
    report: SendReport = field(default_factory=SendReport)
    started: float = field(default_factory=time.monotonic)
    pending: tuple[Delivery, str, str] | None = None

    def at(self) -> datetime:
        """The present of this run: the time it was given plus the time it took."""
        return self.now + timedelta(seconds=time.monotonic() - self.started)

    def work(self, batch: Sequence[Delivery], postbox: Postbox) -> None:
        world = look_around(batch, self.at())
        for number, delivery in enumerate(batch):
            if not world.is_fresh:
                world = look_around(batch[number:], self.at())
            try:
                mail = self._prepare(delivery, world)
            except _BAD_DATA as error:
                logger.warning("clm: mail %s cannot be written: %r", delivery.token, error)
                self._end_unclaimed(delivery, _State.FAILED, f"{type(error).__name__}: {error}")
                continue
            if mail is None or not self._claim(delivery, mail):
                continue
            outcome = self._send(delivery, mail, postbox)
            if outcome.stop:
                self._postpone(batch[number + 1 :], outcome.reason)
                return

    def _prepare(self, delivery: Delivery, world: World) -> Rendered | None:
        """The finished mail; None when it must not leave (the row then says why)."""
        wanted = world.baskets.get(delivery.object_id)
        lines = lines_of(wanted or (), world.products)
        about, reason = is_looked_at(delivery.object_id), ""
        if not settings.SENDING:
            reason = "sending_off"
        elif self.at() > delivery.send_by:
            reason = "too_late"
        elif about:
            reason = world.about.gone(delivery.object_id, delivery.profile_id)
        elif delivery.object_id and wanted is None:
            reason = "basket_gone"
        elif delivery.object_id and not lines.shown:
            reason = "nothing_left"
        if reason:
            self._end_unclaimed(delivery, _State.SUPPRESSED, reason)
            return None
        try:
            offer = self._offer(delivery, world)
        except OfferError:
            # What it promises cannot be had any more: it must not promise it.
            self._end_unclaimed(delivery, _State.SUPPRESSED, "no_offer")
            return None
        if about:
            delivery.content["about"] = words_of(delivery, world.about)
        mail = self._render(delivery, lines, offer)
        delivery.subject, delivery.links = mail.subject, list(mail.links)
        delivery.content["lines"] = [[f.product_id, f.quantity, f.title] for f in lines.frozen]
        return mail

    def _offer(self, delivery: Delivery, world: World) -> HandedOut | None:
        """What the mail gives, given to her as it is written; once, however often it is tried.

        Else what it is about: an offer that she was given before.
        """
        key = delivery.content.get("offer")
        had = world.about.offer(delivery.object_id, delivery.profile_id)
        if not key and had is None:
            return None
        with override(language_of(delivery.profile.language)):
            if not key and had is not None:
                return hand_again(had, now=self.at())
            return hand_out(
                offer=key,
                profile_id=delivery.profile_id,
                key=f"mail:{delivery.token}",
                reason=delivery.campaign,
                now=self.at(),
            )

    def _render(self, delivery: Delivery, lines: Lines, offer: HandedOut | None) -> Rendered:
        content = {k: v for k, v in delivery.content.items() if k not in FROZEN}
        who = Recipient(
            token=delivery.token,
            address=delivery.address,
            first_name=delivery.profile.first_name,
            language=delivery.profile.language,
            offer=offer,
            about=delivery.content.get("about") or {},
        )
        return render(
            content, campaign=delivery.campaign, recipient=who, lines=lines, sender=self.sender
        )

    def _claim(self, delivery: Delivery, mail: Rendered) -> bool:
        """Commit the last mail's result together with the claim of this one."""
        with transaction.atomic(durable=True):
            self._write_pending()
            won = Delivery.objects.filter(pk=delivery.pk, state=_State.QUEUED).update(
                state=_State.SENDING,
                claimed_at=self.at(),
                subject=mail.subject,
                links=delivery.links,
                content=delivery.content,
            )
        self._count_pending()
        return bool(won)

    def _send(self, delivery: Delivery, mail: Rendered, postbox: Postbox) -> Outcome:
        """Look once more at the recipient, then send."""
        self.pending = (delivery, _State.QUEUED, "interrupted")
        reason = reason_to_stop(
            standing_of(delivery.profile_id, delivery.address),
            address=delivery.address,
            decided_at=delivery.created_at,
            about_basket=bool(delivery.object_id) and not is_looked_at(delivery.object_id),
        )
        if reason:
            self.pending = (delivery, _State.SUPPRESSED, reason)
            return Outcome(state="sent")
        try:
            message = message_of(
                mail,
                to=delivery.address,
                token=delivery.token,
                campaign=delivery.campaign,
                sender=self.sender,
            )
        except ValueError as error:
            self.pending = (delivery, _State.FAILED, str(error))
            return Outcome(state="failed")
        # Until there is an answer, this is what is known; an exception on the way leaves it so.
        self.pending = (delivery, _State.UNKNOWN, "interrupted")
        outcome = postbox.send(message)
        state = _State.QUEUED if outcome.state == "later" else _State(outcome.state)
        self.pending = (delivery, state, outcome.reason)
        return outcome

    def settle(self) -> None:
        """Write the result of the last claimed mail."""
        self._write_pending()
        self._count_pending()

    def _write_pending(self) -> None:
        if self.pending is None:
            return
        delivery, state, reason = self.pending
        later = state == _State.QUEUED
        # UNKNOWN too: a slow answer may come after ``recover`` gave the claim up.
        Delivery.objects.filter(pk=delivery.pk, state__in=[_State.SENDING, _State.UNKNOWN]).update(
            state=state,
            reason=short(reason),
            due_at=self.at() + RETRY if later else delivery.due_at,
            ended_at=None if later else self.at(),
        )

    def _count_pending(self) -> None:
        if self.pending is not None:
            self._count(self.pending[1])
        self.pending = None

    def _end_unclaimed(self, delivery: Delivery, state: str, reason: str) -> None:
        if Delivery.objects.filter(pk=delivery.pk, state=_State.QUEUED).update(
            state=state, reason=short(reason), ended_at=self.at()
        ):
            self._count(state)

    def _postpone(self, rest: Sequence[Delivery], reason: str) -> None:
        """The server takes nothing now: the rest of the batch waits too."""
        logger.warning("clm: mails wait, the mail server says: %s", reason)
        self.report.postponed += Delivery.objects.filter(
            pk__in=[delivery.pk for delivery in rest], state=_State.QUEUED
        ).update(due_at=self.at() + RETRY, reason=short(reason))

    def _count(self, state: str) -> None:
        name = "postponed" if state == _State.QUEUED else str(state)
        setattr(self.report, name, getattr(self.report, name) + 1)
