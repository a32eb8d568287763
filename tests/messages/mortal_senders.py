"""Senders that get killed: keeps some running until no mail waits, and kills them with -9.

    python -m tests.messages.mortal_senders FILE MAILS KILLS CONCURRENCY SEED

FILE is what the recording server writes; a kill comes when it has as many mails as the seed says.
Prints how many were killed. Needs DEMO_DATABASE and DEMO_SMTP_PORT. ``CLAIM=off`` takes the
claim's condition away, to see that the test would notice.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings

from tests.messages.recording_server import LINE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clm_plugin.shop.api import Basket, Product

SOON = timedelta(minutes=1)


def prepare() -> None:
    """Everything that takes time, once; senders are forked from here."""
    settings.CLM = {
        "SHOP": f"{__spec__.name}.EndlessShop" if __spec__ else "",
        "SITE_URL": "https://shop.example",
        "MAIL_FROM": "Hearth <hello@shop.example>",
    }
    django.setup()
    from django.urls import reverse

    from clm_plugin.messages import sending
    from clm_plugin.shop.api import get_shop

    reverse("clm:mail", args=["x"])
    get_shop()
    if os.environ.get("CLAIM") == "off":
        run: Any = sending._Run
        run._claim = claim_without_asking


def claim_without_asking(run: Any, delivery: Any, mail: Any) -> bool:
    """A claim that takes no heed of what another sender claimed."""
    run.settle()
    delivery.state = "sending"
    delivery.save(update_fields=["state", "links", "content"])
    return True


def send_until_none_waits() -> None:
    from clm_plugin.messages.api import send_due
    from clm_plugin.messages.models import Delivery
    from tests.factories import NOW

    while Delivery.objects.filter(state="queued").exists():
        send_due(now=NOW + SOON)


def fork_sender() -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        send_until_none_waits()
        code = 0
    finally:
        os._exit(code)


def run(path: Path, mails: int, kills: int, concurrency: int, seed: int) -> int:
    """Returns how many senders were killed."""
    chance = random.Random(seed)
    moments = sorted(chance.sample(range(1, max(2, int(mails * 0.8))), kills))
    senders = {fork_sender() for _ in range(concurrency)}
    killed = 0
    while senders:
        done, status = os.waitpid(-1, os.WNOHANG)
        if done:
            senders.discard(done)
            if status == signal.SIGKILL:
                senders.add(fork_sender())
            elif status:
                raise SystemExit(f"a sender failed with status {status}")
        if moments and path.stat().st_size // LINE >= moments[0]:
            moments.pop(0)
            os.kill(chance.choice(sorted(senders)), signal.SIGKILL)
            killed += 1
        time.sleep(0.001)
    return killed


def __getattr__(name: str) -> Any:
    """``EndlessShop``, made when Django is ready for its base class."""
    if name != "EndlessShop":
        raise AttributeError(name)
    from clm_plugin.money import Money
    from clm_plugin.shop.api import Basket, Line
    from tests.messages.parts import MailShop

    class EndlessShop(MailShop):
        """Has every basket anybody asks for, with a mug in it."""

        def clear(self) -> None:
            super().clear()
            self.mug: Product = self.add_product("Mug", price=Money(950, "GBP"), stock=9)

        def baskets(self, ids: Iterable[str]) -> dict[str, Basket]:
            price = Money(950, "GBP")
            line = Line(product_id=self.mug.id, quantity=1, total=price, title="Mug")
            return {
                key: Basket(id=key, customer_id=None, lines=(line,), total=price) for key in ids
            }

    return EndlessShop


if __name__ == "__main__":
    prepare()
    log, *numbers = sys.argv[1:]
    print(run(Path(log), *map(int, numbers)))
