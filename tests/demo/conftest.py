"""A small stocked shop and a shopper who walks through its checkout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from oscar.core.loading import get_model
from oscar.test import factories
from wagtail.signal_handlers import disable_reference_index_auto_update

from demo_shop import gateway

if TYPE_CHECKING:
    from django.test import Client

ADDRESS = {
    "first_name": "Ada",
    "last_name": "Finch",
    "line1": "3 Mill Lane",
    "line4": "York",
    "postcode": "YO1 7HH",
    "country": "GB",
}


@dataclass(frozen=True)
class StockedShop:
    mug: Any
    lantern: Any
    cards: Any
    category: Any


@pytest.fixture(autouse=True)
def own_var(settings: Any, tmp_path: Path) -> Path:
    """Clock, mail and pictures of a test are its own."""
    settings.DEMO_VAR = tmp_path
    settings.DEMO_MAIL = tmp_path / "mail"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    return tmp_path


def pages_without_history() -> None:
    """The shop's pages as visitors see them; revisions and indexes for editors take thrice as long.

    ``demo_pages`` as it is runs in ``test_pages``.
    """
    with (
        disable_reference_index_auto_update(),
        pytest.MonkeyPatch.context() as quick,
    ):
        quick.setattr("wagtail.models.Page.save_revision", Mock())
        quick.setattr("modelsearch.signal_handlers.insert_or_update_object_task", Mock())
        call_command("demo_pages", verbosity=0)


@pytest.fixture
def stocked_shop(db: None) -> StockedShop:
    pages_without_history()
    category = factories.CategoryFactory(name="Lights & candles")
    mug = factories.create_product(title="Spotted mug", price=Decimal("9.50"), num_in_stock=20)
    lantern = factories.create_product(title="Iron lantern", price=Decimal("45"), num_in_stock=3)
    cards = factories.create_product(title="Playing cards", structure="parent")
    for name in ("Playing cards, red", "Playing cards, blue"):
        factories.create_product(
            title=name,
            structure="child",
            parent=cards,
            price=Decimal("1.25"),
            num_in_stock=5,
        )
    # Oscar's factory gives variants a class of their own; real ones take their parent's.
    cards.children.update(product_class=None)
    for product in (mug, lantern, cards):
        product.categories.add(category)
    return StockedShop(mug=mug, lantern=lantern, cards=cards, category=category)


@dataclass
class Shopper:
    """Does what a browser does, one form after the other."""

    client: Client
    email: str = "guest@example.org"
    steps: list[Any] = field(default_factory=list)

    def add(self, product: Any, quantity: int = 1) -> None:
        answer = self.client.post(f"/basket/add/{product.pk}/", {"quantity": quantity})
        assert answer.status_code == 302, answer.content

    def to_payment(self, method: str = "standard") -> None:
        if "_auth_user_id" not in self.client.session:
            form = {"username": self.email, "options": "anonymous"}
            self._step("/checkout/", form, "/checkout/shipping-address/")
        self._step("/checkout/shipping-address/", ADDRESS, "/checkout/shipping-method/")
        form = {"method_code": method}
        self._step("/checkout/shipping-method/", form, "/checkout/payment-method/")

    def pay(self, number: str = gateway.APPROVES) -> Any:
        card = {"name": "Ada Finch", "number": number, "expiry": "08/39", "code": "123"}
        self._step("/checkout/payment-details/", card, "/checkout/preview/")
        return self.client.post("/checkout/preview/", {"action": "place_order"})

    def buy(self, number: str = gateway.APPROVES, method: str = "standard") -> Any:
        self.to_payment(method)
        return self.pay(number)

    def order(self) -> Any:
        return get_model("order", "Order").objects.get()

    def _step(self, url: str, form: dict[str, str], target: str) -> None:
        answer = self.client.post(url, form)
        assert answer.status_code == 302, answer.content.decode()
        assert answer.headers["Location"] == target


@pytest.fixture
def guest(client: Client, stocked_shop: StockedShop) -> Shopper:
    return Shopper(client)


@pytest.fixture
def make_user(db: None) -> Callable[..., Any]:
    def make(email: str, **fields: Any) -> Any:
        return get_user_model().objects.create_user(
            username=email, email=email, password="lifecycle", **fields
        )

    return make
