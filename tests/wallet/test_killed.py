"""Killed before the answer, and asked again: it was done once, or not at all and is done now."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from clm_plugin.models import Transaction
from clm_plugin.wallet import api as wallet
from tests.wallet.ledger import NOW, give, person

_CHILD = """
import os, sys, time
import django; django.setup()
from django.db import transaction
from tests.wallet.ledger import give
jane, moment = int(sys.argv[1]), sys.argv[2]
if moment == "before commit":
    with transaction.atomic():
        give(jane, 100, key="k")
        print("posted", flush=True)
        time.sleep(60)
give(jane, 100, key="k")
print("posted", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("moment", ["before commit", "after commit"])
def test_killed_before_the_answer_and_asked_again(
    postgres_database: str, repository: Path, moment: str
) -> None:
    jane = person()
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(jane), moment],
        cwd=repository,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DEMO_DATABASE": postgres_database,
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "posted\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait(20)
    child.stdout.close()
    again = give(jane, 100, key="k")
    assert again.repeated is (moment == "after commit")
    assert Transaction.objects.count() == 1
    assert wallet.balance(jane, "GBP", now=NOW).available_minor == 100
    assert wallet.verify(now=NOW).ok
