"""The admin as four kinds of users see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client

from tests.factories import NOW

if TYPE_CHECKING:
    from collections.abc import Callable


def present() -> Any:
    """The clock of these tests."""
    return NOW


@pytest.fixture(autouse=True)
def _console_settings(settings: Any) -> None:
    settings.CLM = {
        "SHOP": "tests.widgets.gift_shop.GiftShop", "CLOCK": "tests.console.conftest.present"
    }  # fmt: skip
    settings.TIME_ZONE = "UTC"


@pytest.fixture
def log_in(db: None) -> Callable[..., Client]:
    """``log_in("view_profile", …)``: a client of an editor with these permissions of the plugin."""

    def make(*codenames: str, superuser: bool = False) -> Client:
        name = "root" if superuser else "editor"
        user = get_user_model().objects.create_user(
            username=name, email=f"{name}@example.com", password="x", is_superuser=superuser
        )
        user.groups.add(Group.objects.get(name="Editors"))
        found = Permission.objects.filter(
            content_type__app_label="clm_plugin", codename__in=codenames
        )
        assert found.count() == len(codenames), "a permission is misspelt"
        user.user_permissions.set(found)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture
def root(log_in: Callable[..., Client]) -> Client:
    return log_in(superuser=True)
