"""The demo's store credit, and the gift card that it neither pays for nor is earned by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from oscar.core.loading import get_model

from clm_plugin.models import Programme


@pytest.mark.django_db
def test_the_gift_card_is_named_where_credit_cannot_pay(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    for _ in range(2):  # as after every change of the code
        call_command("demo_credit", verbosity=0)
    assert Programme.objects.count() == 1
    card = get_model("catalogue", "Product").objects.get()
    assert Path(tmp_path, card.images.get().original.name).exists()
    client = Client()
    client.post(f"/basket/add/{card.pk}/", {"quantity": 1})
    page = client.get("/basket/").content.decode()
    told = page[page.index("What does not count") :]
    assert "<b>Gift card, £25:</b> Gift cards are left out." in told
