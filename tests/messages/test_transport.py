"""Real mail servers that refuse, fall silent or hang up, and what becomes of the mail."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from clm_plugin.messages import api
from clm_plugin.messages.models import Delivery
from demo_shop.services.valkey import free_port
from tests.factories import NOW
from tests.messages.parts import MailShop, person, queued, state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django.fixtures import Settings

    from clm_plugin.shop.api import Product

pytestmark = pytest.mark.django_db
SOON = NOW + timedelta(minutes=1)


class Server:
    """A mail server that does with each mail what its recipient's name says."""

    def __init__(self) -> None:
        self.accepted: list[str] = []
        self.lines = 0
        self.mails_a_line = 0
        self.controller: Controller | None = None

    def start(self) -> int:
        server = self

        class Talker(SMTP):
            carried = 0

            def connection_made(self, transport: Any) -> None:
                server.lines += 1
                super().connection_made(transport)

            async def smtp_MAIL(self, arg: str) -> None:
                if server.mails_a_line and self.carried >= server.mails_a_line:
                    assert self.transport is not None
                    self.transport.close()  # a polite limit, impolitely kept
                    return
                self.carried += 1
                await super().smtp_MAIL(arg)

        class OwnController(Controller):
            def factory(self) -> SMTP:
                return Talker(self.handler, enable_SMTPUTF8=True)

        port = free_port()
        self.controller = OwnController(self, hostname="127.0.0.1", port=port)
        self.controller.start()
        self.lines = 0  # starting is told by a first connection
        return port

    def stop(self) -> None:
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        answers = {"nobody": "550 no such user", "busy": "450 come back later"}
        answer = answers.get(address.split("@")[0])
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        [to] = envelope.rcpt_tos
        name = to.split("@")[0]
        if name == "spam":
            return "554 looks like spam"
        if name == "later":
            return "451 try again"
        self.accepted.append(to)
        if name == "hangup":  # the mail was taken, and nobody will ever know
            assert server.transport is not None
            server.transport.close()
        if name == "silent":
            await asyncio.sleep(3)
        if name == "closing":
            self.accepted.remove(to)
            return "421 shutting down"
        return "250 taken"


@pytest.fixture
def server(shop: MailShop, settings: Settings) -> Iterator[Server]:
    found = Server()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.start()
    settings.EMAIL_HOST_USER, settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = "", False, 1
    yield found
    found.stop()


@pytest.fixture
def to(shop: MailShop, mug: Product) -> Callable[..., list[Delivery]]:
    """Queues a mail to each name."""
    basket = shop.fill((mug, 1))
    return lambda *names: [queued(person(f"{name}@example.com"), basket) for name in names]


def test_one_line_carries_a_whole_batch(server: Server, to: Callable[..., list[Delivery]]) -> None:
    rows = to(*(f"p{n}" for n in range(12)))
    assert api.send_due(now=SOON).sent == 12
    assert server.lines == 1
    assert sorted(server.accepted) == sorted(row.address for row in rows)


@pytest.mark.parametrize(
    ("name", "state", "copies"),
    [
        ("nobody", "failed", 0),
        ("spam", "failed", 0),
        ("busy", "queued", 0),
        ("later", "queued", 0),
        ("hangup", "unknown", 1),
        ("silent", "unknown", 1),
    ],
)
def test_what_a_server_does_to_one_mail(
    server: Server, to: Callable[..., list[Delivery]], name: str, state: str, copies: int
) -> None:
    [odd, *others] = to(name, "ann", "bob")
    api.send_due(now=SOON)
    assert state_of(odd)[0] == state
    assert state_of(odd)[1]
    assert [state_of(row)[0] for row in others] == ["sent", "sent"]
    # And whatever comes later, an unknown or refused one is not repeated.
    for minutes in (5, 60):
        api.recover(now=SOON + timedelta(minutes=minutes))
        api.send_due(now=SOON + timedelta(minutes=minutes))
    assert server.accepted.count(odd.address) == copies


def test_a_mail_that_may_come_back_is_due_again_later(
    server: Server, to: Callable[..., list[Delivery]]
) -> None:
    [row] = to("busy")
    assert api.send_due(now=SOON).postponed == 1
    row.refresh_from_db()
    assert row.due_at >= SOON + timedelta(minutes=1)
    assert row.ended_at is None
    assert api.send_due(now=SOON).claimed == 0
    assert api.send_due(now=row.send_by + timedelta(minutes=1)).suppressed == 1
    assert state_of(row) == ("suppressed", "too_late")


def test_a_line_dropped_between_mails_costs_nothing(
    server: Server, to: Callable[..., list[Delivery]]
) -> None:
    server.mails_a_line = 2
    to(*(f"p{n}" for n in range(5)))
    assert api.send_due(now=SOON).sent == 5
    assert len(server.accepted) == 5
    assert server.lines == 3


@pytest.mark.parametrize("mails", [1, 4])
def test_a_server_that_is_away_postpones_the_batch(
    server: Server, to: Callable[..., list[Delivery]], mails: int
) -> None:
    rows = to(*(f"p{n}" for n in range(mails)))
    server.stop()
    report = api.send_due(now=SOON)
    assert (report.postponed, report.claimed) == (mails, mails)
    assert {state_of(row)[0] for row in rows} == {"queued"}
    assert api.send_due(now=SOON).claimed == 0


def test_a_server_that_shuts_down_ends_the_run(
    server: Server, to: Callable[..., list[Delivery]]
) -> None:
    rows = to("closing")
    report = api.send_due(now=SOON)
    assert report.postponed == 1
    assert state_of(rows[0])[0] == "queued"
    assert server.accepted == []
