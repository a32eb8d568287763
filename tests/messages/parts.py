"""A shop with baskets, and mails on their way: what the tests of mail start from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.urls import reverse

from clm_plugin.campaigns.api import (
    Audience,
    Decision,
    Guardrails,
    Intent,
    Person,
    Plan,
    Step,
    Trigger,
    Verdict,
)
from clm_plugin.messages.models import Delivery
from clm_plugin.messages.operations import deliver
from clm_plugin.models import Consent, Facts, Identifier, Profile
from clm_plugin.money import Money
from clm_plugin.shop.api import Basket, Line, Product
from clm_plugin.testing.memory_shop import MemoryShop
from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Iterable

SHOP = f"{__name__}.MailShop"
BASE = "https://shop.example"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CANARIES = ("ann@example.com", "Annabella")
"""What must not stand in a page that anybody may see: Ann's address and name."""
CONTENT: dict[str, Any] = {
    "subject": "You left something behind",
    "preheader": "It is still there.",
    "heading": "Still thinking it over, {{ first_name|friend }}?",
    "body": '<p>Have <a href="/catalogue/">another look</a>.</p>',
    "button": "Back to my basket",
    "show_basket": True,
}


class MailShop(MemoryShop):
    """A memory shop whose baskets outlive their products, and that counts how it is asked."""

    def clear(self) -> None:
        super().clear()
        self.lines: dict[str, tuple[Line, ...]] = {}
        self.asked: list[str] = []

    def fill(self, *wanted: tuple[Product, int]) -> str:
        """The id of a basket with these products."""
        basket_id = self.open_basket()
        self.lines[basket_id] = tuple(
            Line(
                product_id=product.id,
                quantity=quantity,
                title=product.title,
                total=Money((product.price or Money(0, "GBP")).minor * quantity, "GBP"),
            )
            for product, quantity in wanted
        )
        return basket_id

    def basket(self, basket_id: str) -> Basket | None:
        if basket_id not in self.lines:
            return super().basket(basket_id)
        lines = self.lines[basket_id]
        if not self._baskets[basket_id].is_open:
            return None
        total = Money(sum(line.total.minor for line in lines), "GBP")
        return Basket(id=basket_id, customer_id=None, lines=lines, total=total)

    def baskets(self, ids: Iterable[str]) -> dict[str, Basket]:
        self.asked.append("baskets")
        return super().baskets(ids)

    def products(self, ids: Iterable[str]) -> dict[str, Product]:
        self.asked.append("products")
        return super().products(ids)

    def close(self, basket_id: str) -> None:
        self._baskets[basket_id].is_open = False

    def change(self, product: Product, **values: Any) -> None:
        self._products[product.id] = replace(self._products[product.id], **values)

    def delete(self, product: Product) -> None:
        del self._products[product.id]


def person(email: str = "ann@example.com", *, agreed: bool | None = True, **known: Any) -> Profile:
    """A profile that said yes (or no, or nothing) to mail."""
    known.setdefault("first_name", "Ann")
    profile = Profile.objects.create(created_at=NOW, email=email, **known)
    Facts.objects.create(profile=profile)
    Identifier.objects.create(actor=f"visitor:{uuid4().hex}", profile=profile, created_at=NOW)
    if agreed is not None:
        Consent.objects.create(
            profile=profile, purpose="marketing", channel="mail", granted=agreed, changed_at=NOW
        )
    return profile


def intent(profile: Profile, basket_id: str, **content: Any) -> Intent:
    """A yes for the basket mail."""
    step = Step(id="s1", kind="mail", content=CONTENT | content)
    plan = Plan(
        campaign="basket-reminder",
        version=3,
        name="Basket",
        trigger=Trigger(kind="basket_idle"),
        audience=Audience(),
        steps=(step,),
        guardrails=Guardrails(),
    )
    decision = Decision(
        id=uuid4(),
        profile_id=profile.pk,
        campaign=plan.campaign,
        plan_version=3,
        channel="mail",
        place=step.id,
        verdict=Verdict(yes=True, rule="all_clear"),
        decided_at=NOW,
        object_id=basket_id,
    )
    return Intent(
        key=f"{plan.campaign}:{profile.pk}:{basket_id}:{step.id}",
        decision=decision,
        person=Person(profile_id=profile.pk, email=profile.email, first_name=profile.first_name),
        plan=plan,
        step=step,
        object_id=basket_id,
        send_by=NOW + timedelta(hours=24),
    )


def queued(profile: Profile, basket_id: str, **content: Any) -> Delivery:
    """A mail that waits to be sent."""
    wanted = intent(profile, basket_id, **content)
    assert deliver([wanted], now=NOW) == 1
    return Delivery.objects.get(key=wanted.key)


def state_of(delivery: Delivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.state, delivery.reason


def url(name: str, row: Delivery | str, *more: Any) -> str:
    """The address of a public page of a mail, or of a token."""
    return reverse(f"clm:{name}", args=[row if isinstance(row, str) else row.token, *more])
