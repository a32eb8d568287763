"""Somebody whose every name is a canary, known on every floor; and the search for what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import connection

from clm_plugin import pipeline
from clm_plugin.events.api import replay
from clm_plugin.models import CompiledSegment as Segment
from clm_plugin.models import (
    DeadLetter,
    Delivery,
    Enrolment,
    Event,
    Identifier,
    Import,
    ImportPart,
    Impression,
    KeptApart,
    MailClick,
    Membership,
    Profile,
    QueuedEvent,
    Receipt,
    RefusedRow,
    TraitValue,
)
from tests.console.makers import make_credit, make_mail, make_person, make_receipt
from tests.factories import NOW, basket, days, new, order, store, viewed

ME, GUEST = "customer:canary77", "basket:canarybasket"
VISITOR = "visitor:ca0a12fee1dead00ca0a12fee1dead00"
EMAIL, NAME, PHONE = "canary@example.com", "Canarissa", "+442079460999"
ORDER, LATER, SEARCH, PAGE = "canary-1001", "canary-1002", "canary seed", "/canary/"
CANARIES = (
    "canary", NAME.lower(), VISITOR.partition(":")[2], PHONE.strip("+"),
)  # fmt: skip


@dataclass(frozen=True)
class Canary:
    profile_id: int
    late: tuple[Any, ...] = ()


def make_canary() -> Canary:
    """Known by account, device, basket and address; mid-journey, with a mail that waits, an event
    in the queue, a dead letter, and a device that she shares with somebody else."""
    store(
        new("customer.registered", ME, NOW - days(40), email=EMAIL, first_name=NAME, key="reg"),
        new(
            "customer.logged_in", ME, NOW - days(39), email=EMAIL, first_name=NAME,
            links=(VISITOR, GUEST),
        ),
        new("page.viewed", VISITOR, NOW - days(38), path=PAGE, session=True, source="browser"),
        new("search.made", VISITOR, NOW - days(38), query=SEARCH, source="browser"),
        viewed(VISITOR, "1", NOW - days(38)),
        new("profile.identified", ME, NOW - days(30), traits={"phone": PHONE, "city": "x"}),
        new("survey.answered", ME, NOW - days(30), survey="nps", answer="canary says", score=9),
        new("life_event.declared", ME, NOW - days(30), kind="birthday", date="1990-05-01"),
        new("consent.given", ME, NOW - days(30), purposes=["mail"], text_version="canary-text"),
        new("consent.withdrawn", ME, NOW - days(1), purposes=["mail"]),
        order(ME, ORDER, NOW - days(20), email=EMAIL, first_name=NAME, basket_id="canarybasket"),
        order(ME, LATER, NOW - days(5)),
        new(
            "order.refunded", "", NOW - days(4), order_id=LATER, refund_id="canary-r",
            amount_minor=100, currency="GBP",
        ),
        basket(ME, "canarybasket2", NOW),
        at=NOW,
    )  # fmt: skip
    Event.objects.filter(type="order.refunded").update(object_id=LATER)
    pipeline.drain(now=NOW)
    pid = Identifier.objects.get(actor=ME).profile_id
    me = Profile.objects.get(pk=pid)
    _on_every_floor(me)
    _somebody_on_the_same_device()
    _in_a_file()
    store(new("review.added", ME, NOW, product_id="canary-9", score=5), at=NOW)
    dead = new("wishlist.changed", ME, NOW, product_id="canary-8")
    store(dead, at=NOW)
    row = QueuedEvent.objects.order_by("event_id").last()
    assert row is not None
    DeadLetter.objects.create(
        event_id=row.event_id, shard=row.shard, reason=f"KeyError: {EMAIL}", failed_at=NOW
    )
    row.delete()
    assert QueuedEvent.objects.count() == 1
    return Canary(pid)


def _on_every_floor(me: Profile) -> None:
    receipt = make_receipt(me, object_id="canarybasket2", inputs={"basket": "canarybasket2"})
    Impression.objects.create(receipt=receipt, shown_at=NOW)
    Enrolment.objects.create(
        profile=me, campaign="tea", object_id="canarybasket2", entered_at=NOW, due_at=NOW
    )
    mail = make_mail(
        me, state="queued", address=EMAIL, subject=f"For {NAME}", object_id="canarybasket2",
        content={"lines": [["1", 1, "canary tin"]]}, links=[f"/?c={EMAIL}"],
    )  # fmt: skip
    MailClick.objects.create(id=uuid4(), delivery=mail, link=0, clicked_at=NOW)
    make_mail(me, address="canary.old@example.com")
    make_credit(me, order_id=ORDER)
    segment = Segment.objects.create(key="tea", kind="static", compiled_at=NOW)
    Membership.objects.create(segment=segment, profile=me, inside=True, since=NOW)
    TraitValue.objects.get_or_create(
        profile=me, key="city", defaults={"text": "canary wharf", "told_at": NOW}
    )
    merged = make_person(email="canary.work@example.com", first_name=NAME)
    Profile.objects.filter(pk=merged.pk).update(merged_into=me)
    apart = make_person(first_name="Zed")
    KeptApart.objects.create(low_id=min(me.pk, apart.pk), high_id=max(me.pk, apart.pk), since=NOW)


def _in_a_file() -> None:
    """Rows of a file that somebody brought: hers go, the others stay."""
    run = Import.objects.create(kind="customers", name="till.csv", created_at=NOW)
    zed = [3, ["zed@example.com", "Zed"], ""]
    hers = [[1, ["x", f" {EMAIL.upper()} "], ""], [2, ["order", ORDER], ""]]
    ImportPart.objects.create(run=run, number=1, lines=[*hers, zed])
    RefusedRow.objects.create(run=run, line=4, cells=["y", PHONE], why=f"{EMAIL}: twice")
    RefusedRow.objects.create(run=run, line=5, cells=["zed@example.com"], why="no date")


def _somebody_on_the_same_device() -> None:
    """Her events name the canary's device among their links, and are hers all the same."""
    store(
        new("customer.logged_in", "customer:8", NOW, email="zed@example.com", links=(VISITOR,)),
        viewed("customer:8", "5", NOW, links=(VISITOR,)),
        at=NOW,
    )
    pipeline.drain(now=NOW)


def left_of(needles: tuple[str, ...] = CANARIES) -> list[str]:
    """Every row of every table of the database, ours or not, in which a canary is left."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                text = str(row).lower().replace("-", "") + str(row).lower()
                found += [f"{table}: {needle} in {row}" for needle in needles if needle in text]
    return found


def everything_again() -> None:
    """What a late webhook, a replay, the reconciler, a back-fill and an import would tell."""
    late = NOW + days(2)
    replay(now=late)
    store(
        order(ME, ORDER, NOW - days(20), email=EMAIL, first_name=NAME, key="again", source="shop"),
        order("guest:canary", "canary-1003", NOW - days(60), email=EMAIL, source="backfill"),
        order("basket:new", "canary-1004", NOW - days(3), email=EMAIL, first_name=NAME),
        new("customer.registered", ME, NOW - days(40), email=EMAIL, source="backfill"),
        new("order.refunded", "", late, order_id=ORDER, refund_id="canary-r2", amount_minor=5,
            currency="GBP"),
        new("order.cancelled", ME, late, order_id="canary-1003"),
        new("profile.identified", "ext:crm:canary", late, traits={"email": EMAIL, "name": NAME}),
        new("page.viewed", VISITOR, late, path=PAGE, source="browser"),
        viewed("customer:8", "6", late, links=(VISITOR,)),
        new("consent.given", ME, late, purposes=["mail"]),
        at=late,
    )  # fmt: skip
    pipeline.drain(now=late + days(1))
    assert not QueuedEvent.objects.exists()


def delivered(state: str) -> int:
    return Delivery.objects.filter(state=state).count()


def receipts() -> int:
    return Receipt.objects.count()
