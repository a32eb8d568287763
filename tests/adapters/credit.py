"""Store credit in the demo checkout: a programme, somebody's credit, a shopper who uses it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from django.test import Client

from clm_plugin import clock
from clm_plugin.events.api import actor
from clm_plugin.models import Profile
from clm_plugin.money import Money
from clm_plugin.profiles.models import Identifier
from clm_plugin.wallet import api as wallet
from clm_plugin.wallet.plan import Programme
from clm_plugin.wallet.publishing import publish
from demo_shop import gateway
from demo_shop.models import GatewayTransaction
from tests.demo.conftest import Shopper

if TYPE_CHECKING:
    from datetime import datetime

TEA = "tea"
_keys = count(1)
CARD = {"name": "Ada Finch", "expiry": "08/39", "code": "123"}


def programme(key: str = TEA, **rules: Any) -> Programme:
    """A published programme of a plan's own fields."""
    plan = Programme(key=key, version=0, name="Tea credit", currency="GBP")
    plan = type(plan)(**{**_fields(plan), **rules})
    return publish(plan, now=clock.now())


def _fields(plan: Programme) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in plan.__dataclass_fields__}


def profile_of(user: Any) -> int:
    """The customer's profile, made if she has none."""
    name = actor("customer", str(user.pk))
    found = Identifier.objects.filter(actor=name).values_list("profile_id", flat=True).first()
    if found is None:
        profile = Profile.objects.create(created_at=clock.now())
        Identifier.objects.create(actor=name, profile=profile, created_at=clock.now())
        found = profile.pk
    return int(found)


def give(
    user: Any,
    minor: int,
    *,
    key: str = TEA,
    currency: str = "GBP",
    expires_at: datetime | None = None,
    opens_at: datetime | None = None,
) -> int:
    """Open credit; returns the lot's id."""
    now = clock.now()
    posted = wallet.grant(
        profile_id=profile_of(user),
        programme=key,
        amount=Money(minor, currency),
        key=f"test-{next(_keys)}-{now.timestamp()}",
        opens_at=opens_at or now,
        expires_at=expires_at or now + timedelta(days=90),
        source=wallet.Source("manual", ""),
        reason="a test",
        actor="staff:eve",
        now=now,
    )
    return posted.shares[0].lot_id


def free(user: Any, currency: str = "GBP") -> int:
    return wallet.balance(profile_of(user), currency, now=clock.now()).available_minor


def held(user: Any) -> int:
    return wallet.balance(profile_of(user), "GBP", now=clock.now()).held_minor


@dataclass
class Saver(Shopper):
    """A customer who pays with store credit."""

    def use(self, amount: str = "") -> Any:
        return self.client.post("/clm/credit/use", {"amount": amount, "next": "/basket/"})

    def enter_card(self, number: str = gateway.APPROVES) -> Any:
        card = {**CARD, "number": number}
        return self.client.post("/checkout/payment-details/", card)

    def preview(self) -> str:
        return str(self.client.get("/checkout/preview/").content.decode())

    def place(self, shown: str | None = None) -> Any:
        """Press "Place order" on the preview, with the field that it had."""
        if shown is None:
            found = re.search(r'name="credit_minor" value="(\d+)"', self.preview())
            shown = found.group(1) if found else ""
        form = {"action": "place_order", "credit_minor": shown}
        return self.client.post("/checkout/preview/", form)

    def checkout(self, product: Any, *, use: str = "", number: str = gateway.APPROVES) -> Any:
        """The whole way, with as much credit as possible or ``use``."""
        self.add(product)
        self.use(use)
        self.to_payment()
        self.enter_card(number)
        return self.place()


def charged() -> list[Decimal]:
    rows = GatewayTransaction.objects.filter(kind="charge", status="captured").order_by("pk")
    return [row.amount for row in rows]


def other_session(user: Any) -> Saver:
    client = Client()
    client.force_login(user)
    return Saver(client)


def to_preview(saver: Saver, product: Any, *, use: str = "", number: str = gateway.APPROVES) -> str:
    """As far as "Place order"; what the preview shows."""
    saver.add(product)
    saver.use(use)
    saver.to_payment()
    saver.enter_card(number)
    return saver.preview()
