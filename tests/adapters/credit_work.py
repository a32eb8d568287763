"""What processes do to a customer's credit: buy with it at once, and die in the middle of it."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client

from demo_shop import gateway
from tests.adapters.credit import Saver

ADDRESS = {
    "first_name": "Ada",
    "last_name": "Finch",
    "line1": "3 Mill Lane",
    "line4": "York",
    "postcode": "YO1 7HH",
    "country_id": "GB",
}


def at_the_till(user_id: int, product_id: int) -> Saver:
    """A customer who has only to press "Place order", with all the credit there is."""
    from django.contrib.auth import get_user_model
    from oscar.core.loading import get_model

    _missing_image()
    client = Client(raise_request_exception=False)
    client.force_login(get_user_model().objects.get(pk=user_id))
    saver = Saver(client)
    saver.add(get_model("catalogue", "Product").objects.get(pk=product_id))
    card = gateway.tokenise(gateway.APPROVES)
    session = client.session
    session["checkout_data"] = {
        "shipping": {"new_address_fields": ADDRESS, "method_code": "standard"},
        "payment": {"card": {"token": card.token, "label": card.label}},
    }
    session["clm_credit"] = [None, "GBP"]
    session.save()
    return saver


def _missing_image() -> None:
    """Oscar links it when a page first shows a product without a picture: all processes at once."""
    from django.conf import settings
    from PIL import Image

    place = Path(settings.MEDIA_ROOT, "image_not_found.jpg")
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        own = place.with_suffix(f".{os.getpid()}.jpg")
        Image.new("RGB", (8, 8)).save(own)
        own.replace(place)


def race(
    number: int, users: list[int], product: int, folder: str, round_: int, locked: bool = True
) -> None:
    """One of many who spend the same credit in the same moment; notes what the shop answered.

    Without ``locked`` nobody waits for a row in what the shop says itself; what the database's
    functions say is the test's to change.
    """
    if not locked:
        connection.execute_wrappers.append(_without_lock)
    saver = at_the_till(users[number], product)
    _meet(Path(folder), f"{round_}", number, len(users))
    answer = saver.place("1000")
    text = answer.content.decode()
    told = "of your store credit can be used" in text or "credit cannot be used" in text
    found = {"status": answer.status_code, "told": told}
    Path(folder, f"{number}.json").write_text(json.dumps(found))


def _meet(folder: Path, name: str, number: int, all_: int) -> None:
    """Wait until everybody is here."""
    Path(folder, f"{name}.{number}.here").touch()
    until = time.monotonic() + 60
    while len(list(folder.glob(f"{name}.*.here"))) < all_:
        assert time.monotonic() < until, "the others did not come"
        time.sleep(0.005)


_LOCK = re.compile(r" FOR (NO KEY )?UPDATE( OF \"?\w+\"?)?( NOWAIT| SKIP LOCKED)?")


def _without_lock(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    return execute(_LOCK.sub("", sql), params, many, context)


def buy_and_die(user: int, product: int, at: int, note: str = "") -> None:
    """Place an order, and be killed before the statement (or commit) number ``at``, counted from
    the hold; with a ``note`` live, and write down how many there are."""
    saver = at_the_till(user, product)
    counted = {"begun": False, "number": 0}

    def step() -> None:
        if not counted["begun"]:
            return
        if not note and counted["number"] == at:
            os.kill(os.getpid(), signal.SIGKILL)
        counted["number"] += 1

    def statement(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "clm_wallet_hold(" in sql:
            counted["begun"] = True
        step()
        return execute(sql, params, many, context)

    commit = getattr(connection, "_commit")  # noqa: B009

    def committing() -> None:
        step()
        commit()

    vars(connection)["_commit"] = committing
    with connection.execute_wrapper(statement):
        answer = saver.place("1000")
    if note:
        assert answer.status_code == 302, answer.content.decode()
        Path(note).write_text(str(counted["number"]))
