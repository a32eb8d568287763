"""The broker that is a folder: no worker ever reads half a message."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu.connection import Connection

from demo_shop.database import broker as broker_of

# From a process of its own; kombu's own transport breaks within the first thousand.
SENDER = """
import sys
from pathlib import Path
from tests.demo.test_broker import connect
outbox = connect(Path(sys.argv[1])).channel()
for number in range(int(sys.argv[2])):
    outbox._put("celery", {"number": number, "body": "word " * 200})
"""


def connect(folder: Path) -> Any:
    url, options = broker_of("", folder=folder)
    return Connection(url, transport_options=options)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("messages", [1_500, pytest.param(5_000, marks=pytest.mark.slow)])
def test_a_message_appears_whole(messages: int, tmp_path: Path, repository: Path) -> None:
    found: set[int] = set()
    sender = subprocess.Popen(
        [sys.executable, "-c", SENDER, str(tmp_path), str(messages)], cwd=repository
    )
    with connect(tmp_path) as receiver, sender:
        inbox = receiver.channel()
        while sender.poll() is None or any((tmp_path / "queue").iterdir()):
            try:
                found.add(inbox._get("celery")["number"])
            except Empty:
                continue
    assert found == set(range(messages))


def test_the_url_says_all_that_kombu_asks(tmp_path: Path, caplog: Any) -> None:
    with connect(tmp_path) as connection:
        connection.as_uri()
    assert caplog.messages == []
