"""A batch of mails: what it costs, and what becomes of it when its sender is held up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clm_plugin.messages import api, looking, sending
from clm_plugin.messages.models import Delivery
from clm_plugin.messages.operations import unsubscribe
from clm_plugin.messages.transport import Postbox
from tests.factories import NOW
from tests.messages.parts import MailShop, person, queued, state_of

if TYPE_CHECKING:
    from clm_plugin.messages.rules import Outcome
    from clm_plugin.shop.api import Product

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=1)


def test_unsubscribing_during_a_batch_stops_what_has_not_left(
    shop: MailShop, mug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    basket = shop.fill((mug, 1))
    rows = [queued(person(f"p{n}@example.com"), basket) for n in range(20)]
    sent: list[str] = []
    send = Postbox.send

    def watched(self: Postbox, message: Any) -> Outcome:
        outcome = send(self, message)
        sent.append(message.to[0])
        if len(sent) == 5:
            for row in rows:
                if row.address not in sent:
                    unsubscribe(row, now=SOON)
        return outcome

    monkeypatch.setattr(Postbox, "send", watched)
    report = api.send_due(now=SOON)
    assert (report.sent, report.suppressed) == (5, 15)
    assert len(mail.outbox) == 5


def statements(queries: CaptureQueriesContext) -> list[str]:
    """What was asked of the database, without the words that open and close transactions."""
    frame = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return [q["sql"] for q in queries.captured_queries if not q["sql"].startswith(frame)]


@pytest.mark.parametrize("mails", [1, 5, 25])
def test_a_mail_costs_three_statements_and_a_batch_one(
    shop: MailShop, mug: Product, mails: int
) -> None:
    """Pick once; for each mail its claim, a look at the recipient, and the result."""
    basket = shop.fill((mug, 1))
    for number in range(mails):
        queued(person(f"p{number}@example.com"), basket)
    shop.asked.clear()
    with CaptureQueriesContext(connection) as queries:
        assert api.send_due(now=SOON).sent == mails
    assert len(statements(queries)) <= 1 + 3 * mails
    assert shop.asked == ["baskets", "products"]


def test_a_slow_server_makes_us_read_baskets_again(
    shop: MailShop, mug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_FRESH_SECONDS", 0.0)
    for number in range(3):
        queued(person(f"p{number}@example.com"), shop.fill((mug, 1)))
    shop.asked.clear()
    assert api.send_due(now=SOON).sent == 3
    assert shop.asked.count("baskets") == 4


def test_a_dead_senders_mail_is_unknown_and_never_sent_again(shop: MailShop, mug: Product) -> None:
    row = queued(person(), shop.fill((mug, 1)))
    Delivery.objects.filter(pk=row.pk).update(state="sending", claimed_at=NOW)
    assert api.recover(now=NOW + timedelta(minutes=10)) == 0
    assert api.recover(now=NOW + timedelta(minutes=10, seconds=1)) == 1
    assert state_of(row) == ("unknown", "no answer")
    assert api.send_due(now=NOW + timedelta(hours=1)).claimed == 0
    assert mail.outbox == []


def test_an_answer_that_comes_after_all_is_believed(
    shop: MailShop, mug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queued(person(), shop.fill((mug, 1)))
    send = Postbox.send

    def slow(self: Postbox, message: Any) -> Outcome:
        assert api.recover(now=SOON + timedelta(hours=1)) == 1
        return send(self, message)

    monkeypatch.setattr(Postbox, "send", slow)
    api.send_due(now=SOON)
    assert state_of(row) == ("sent", "")


def test_an_interrupted_send_is_unknown(
    shop: MailShop, mug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = queued(person(), shop.fill((mug, 1)))

    def interrupted(self: Postbox, message: Any) -> Outcome:
        raise KeyboardInterrupt

    monkeypatch.setattr(Postbox, "send", interrupted)
    with pytest.raises(KeyboardInterrupt):
        api.send_due(now=SOON)
    assert state_of(row) == ("unknown", "interrupted")


def test_a_mail_taken_by_another_sender_is_left_to_it(
    shop: MailShop, mug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued(person(), shop.fill((mug, 1)))
    look = looking.look_around

    def meanwhile(batch: Any, now: Any) -> Any:
        Delivery.objects.update(state="sending", claimed_at=SOON)
        return look(batch, now)

    monkeypatch.setattr(sending, "look_around", meanwhile)
    assert api.send_due(now=SOON).claimed == 0
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_sending_inside_a_transaction_is_refused(shop: MailShop, mug: Product) -> None:
    row = queued(person(), shop.fill((mug, 1)))
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        api.send_due(now=SOON)
    assert state_of(row) == ("queued", "")
