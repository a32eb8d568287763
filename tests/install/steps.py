"""What happens inside the stranger's project: run as a process under its settings."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

import django

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"
ADMIN = "/lifecycle-admin/"
LIFECYCLE = ("board", "customers", "campaigns", "receipts", "health", "dead-letters")


def sell() -> None:
    """The shop before us: three products, thirty orders of two of them, and its owner."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from tests.adapters.oscar_factory import make_order, make_product

    users: Any = get_user_model()
    users.objects.create_superuser("owner", "owner@shop.example", "secret")
    tea, pot, lamp = (make_product(title, stock=500) for title in ("Tea", "Pot", "Lamp"))
    for number in range(30):
        buyer = users.objects.create_user(f"buyer{number}", f"buyer{number}@mail.example", "x")
        at = timezone.now() - timedelta(days=90 - number)
        make_order(buyer, [(tea, 1), (pot, 1)] if number % 2 else [(lamp, 1)], at=at)


def visit() -> None:
    """A shopper looks at a page, is seen, and is shown what goes with it."""
    from oscar.core.loading import get_model

    from clm_plugin.models import Event, Profile

    tea = get_model("catalogue", "Product").objects.get(title="Tea")
    client = _client()
    for path in ("/catalogue/", "/basket/", "/search/?q=tea", tea.get_absolute_url()):
        page = client.get(path, follow=True).content.decode()
        assert page.count("data-clm ") == 1, path
        assert page.count('<clm-slot name="overlay">') == 1, path
        assert not client.cookies.get("clm_v"), "a page of the shop sets no visitor cookie"
    assert f'<clm-slot name="product-bundle" product="{tea.pk}"' in page
    events = [
        {"id": "1", "type": "page.viewed", "data": {"path": tea.get_absolute_url()}},
        {"id": "2", "type": "product.viewed", "data": {"product_id": str(tea.pk)}},
    ]
    stored = _post(client, "/clm/e", {"events": events})
    assert stored == {"stored": 2, "refused": []}, stored
    from clm_plugin.api import drain, now

    drain(now=now())
    visitor = client.cookies["clm_v"].value
    assert Event.objects.filter(actor=f"visitor:{visitor}", source="browser").count() == 2
    assert Profile.objects.filter(identifiers__actor=f"visitor:{visitor}").exists()
    answer = _post(
        client, "/clm/d", {"slots": [{"name": "product-bundle", "product": str(tea.pk)}]}
    )
    widget = answer["slots"]["product-bundle"]
    assert "Pot" in widget["html"]
    assert widget["receipt"]
    client.post(f"/basket/add/{tea.pk}/", {"quantity": 2})
    basket = Event.objects.get(type="basket.changed")
    assert (basket.source, basket.payload["quantities"]) == ("shop", [2])
    drain(now=now())
    facts = Profile.objects.get(identifiers__actor=f"visitor:{visitor}").facts
    assert facts.basket_items == 2, "the shop's own signal reaches the same profile"


def administer() -> None:
    """The owner opens every screen of the Lifecycle menu, and the admin around it."""
    from django.contrib.auth import get_user_model

    from clm_plugin.models import Campaign, Profile

    client = _client()
    asked = client.get(ADMIN)
    assert asked.headers["Location"].startswith(f"{ADMIN}login/"), asked.headers
    client.force_login(get_user_model().objects.get(username="owner"))
    home = client.get(ADMIN)
    assert home.status_code == 200
    menu = home.content.decode()
    for screen in LIFECYCLE:
        path = f"{ADMIN}lifecycle/{screen}/"
        assert path in menu, path
        assert client.get(path).status_code == 200, path
    assert Profile.objects.count() >= 30, "the back-fill has read the shop's customers"
    assert Campaign.objects.filter(live=True).count() == 7
    edit = f"{ADMIN}lifecycle/campaigns/edit/{Campaign.objects.earliest('pk').pk}/"
    for path in (edit, f"{ADMIN}documents/", f"{ADMIN}images/", f"{ADMIN}pages/", "/admin/"):
        assert client.get(path, follow=True).status_code == 200, path


def upload() -> None:
    """A document in Wagtail's library: its list needs the URLs of documents."""
    from django.contrib.auth import get_user_model
    from django.core.files.base import ContentFile
    from wagtail.documents.models import Document

    Document(title="Terms").file.save("terms.txt", ContentFile(b"terms"))
    client = _client()
    client.force_login(get_user_model().objects.get(username="owner"))
    assert client.get(f"{ADMIN}documents/").status_code == 200


def _client() -> Any:
    from django.test import Client

    return Client(headers={"user-agent": AGENT, "sec-fetch-site": "same-origin"})


def _post(client: Any, path: str, body: object) -> Any:
    response = client.post(path, data=json.dumps(body), content_type="application/json")
    assert response.status_code == 200, response.content
    return response.json()


if __name__ == "__main__":
    django.setup()
    {step.__name__: step for step in (sell, visit, administer, upload)}[sys.argv[1]]()
