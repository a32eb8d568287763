"""At most one mail a recipient and step, whatever dies: senders are killed with -9 as they send."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from clm_plugin.messages.api import recover
from clm_plugin.messages.models import Delivery
from clm_plugin.models import Consent, Facts, Profile
from demo_shop.services.valkey import free_port
from tests.factories import NOW
from tests.messages.parts import CONTENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
CONCURRENCY = 2


class Post:
    """The recording server, and the file it writes."""

    def __init__(self, folder: Path, repository: Path) -> None:
        self.log, self.port, self.repository = folder / "accepted", free_port(), repository
        self.log.touch()
        self.server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.messages.recording_server",
                str(self.port),
                str(self.log),
            ],
            cwd=repository,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.server.stdout is not None
        assert self.server.stdout.readline() == "ready\n"

    def close(self) -> None:
        assert self.server.stdout is not None
        self.server.stdout.close()
        self.server.kill()
        self.server.wait()

    def copies(self) -> Counter[str]:
        return Counter(line.strip() for line in self.log.read_text().splitlines())

    def send(self, database: str, *, mails: int, kills: int, seed: int, claim: str = "on") -> int:
        """Let mortal senders work until no mail waits; returns how many died."""
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "tests.messages.mortal_senders",
                str(self.log),
                *map(str, (mails, kills, CONCURRENCY, seed)),
            ],
            cwd=self.repository,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "CLAIM": claim,
                "DEMO_DATABASE": database,
                "DEMO_SMTP_PORT": str(self.port),
            },
        )
        assert done.returncode == 0, done.stderr
        return int(done.stdout)


@pytest.fixture
def post(tmp_path: Path, repository: Path) -> Iterator[Post]:
    found = Post(tmp_path, repository)
    yield found
    found.close()


def queue(mails: int) -> None:
    """Mails to distinct people; some are refused by the server, some withdrew their consent."""
    kinds = ["ok"] * 18 + ["refused", "left"]
    people = Profile.objects.bulk_create(
        [
            Profile(created_at=NOW, email=f"{kinds[n % 20]}{n}@example.com", first_name="Ann")
            for n in range(mails)
        ]
    )
    Facts.objects.bulk_create([Facts(profile=who) for who in people])
    Consent.objects.bulk_create(
        [
            Consent(
                profile=who,
                purpose="marketing",
                channel="mail",
                changed_at=NOW,
                granted=not who.email.startswith("left"),
            )
            for who in people
        ]
    )
    Delivery.objects.bulk_create(
        [
            Delivery(
                key=f"c:{who.pk}:b:s",
                profile=who,
                receipt_id=f"{who.pk:032x}",
                campaign="c",
                plan_version=1,
                step_id="s",
                object_id=f"b{who.pk}",
                address=who.email,
                content=dict(CONTENT),
                due_at=NOW,
                created_at=NOW,
                send_by=NOW + timedelta(hours=24),
            )
            for who in people
        ]
    )


@pytest.mark.parametrize(
    ("mails", "kills", "seed"),
    [
        pytest.param(300, 6, 11, id="300"),
        pytest.param(
            10_000, 20, 7, id="10000", marks=[pytest.mark.slow, pytest.mark.timeout(1200)]
        ),
    ],
)
def test_at_most_one_mail_under_kill(
    postgres_database: str, post: Post, mails: int, kills: int, seed: int
) -> None:
    queue(mails)
    died = post.send(postgres_database, mails=mails, kills=kills, seed=seed)
    print(f"seed {seed}: {died} senders killed")
    assert died == kills
    assert recover(now=NOW + timedelta(days=1)) <= kills * CONCURRENCY

    copies = post.copies()
    assert max(copies.values()) == 1
    states = Counter(Delivery.objects.values_list("state", flat=True))
    print(states)
    assert set(states) <= {"sent", "failed", "suppressed", "unknown"}
    assert sum(states.values()) == mails
    assert states["unknown"] <= kills * CONCURRENCY
    # The row tells the truth: what is sent arrived, what is not sent did not, unknown is unknown.
    arrived = set(copies)
    by_state: dict[str, set[str]] = {}
    for state, address in Delivery.objects.values_list("state", "address"):
        by_state.setdefault(state, set()).add(address)
    assert by_state["sent"] <= arrived
    assert not arrived & (by_state["failed"] | by_state["suppressed"])
    assert all(address.startswith("refused") for address in by_state["failed"])
    assert all(address.startswith("left") for address in by_state["suppressed"])


def test_without_the_claim_it_would_be_noticed(postgres_database: str, post: Post) -> None:
    queue(200)
    post.send(postgres_database, mails=200, kills=0, seed=1, claim="off")
    assert max(post.copies().values()) > 1
