"""What a host left out is said with an id and a hint."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from django.apps import apps

from clm_plugin.adapters.oscar import OscarShop
from clm_plugin.adapters.oscar.checks import MIDDLEWARE


def ids() -> list[str]:
    found = OscarShop().check()
    assert all(message.hint for message in found)
    return [str(message.id) for message in found]


def test_a_complete_shop_has_no_warnings() -> None:
    assert ids() == []


def test_the_basket_middleware_is_missed(settings: Any) -> None:
    settings.MIDDLEWARE = [path for path in settings.MIDDLEWARE if path != MIDDLEWARE]
    assert ids() == ["clm.W102"]


def test_a_middleware_derived_from_oscars_will_do(settings: Any) -> None:
    own = f"{__name__}.OwnMiddleware"
    settings.MIDDLEWARE = [own if path == MIDDLEWARE else path for path in settings.MIDDLEWARE]
    assert ids() == []


def __getattr__(name: str) -> Any:  # late, so that no model is imported before Django is ready
    if name == "OwnMiddleware":
        from oscar.apps.basket.middleware import BasketMiddleware

        return type("OwnMiddleware", (BasketMiddleware,), {})
    raise AttributeError(name)


@pytest.mark.urls("clm_plugin.urls")
def test_oscars_urls_are_missed() -> None:
    assert "clm.W103" in ids()


def test_oscar_itself_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps, "is_installed", lambda name: False)
    assert ids() == ["clm.W101"]
    OscarShop().connect()  # and the process starts all the same


@pytest.mark.parametrize(
    ("label", "warning"),
    [("payment", "clm.W104"), ("wishlists", "clm.W104"), ("order", "clm.W101")],
)
def test_an_app_of_oscars_is_missed(
    monkeypatch: pytest.MonkeyPatch, label: str, warning: str
) -> None:
    rest = [config for config in apps.get_app_configs() if config.label != label]
    monkeypatch.setattr(apps, "get_app_configs", lambda: rest)
    assert ids() == [warning]


def test_the_class_is_imported_before_django_is_ready() -> None:
    """Settings name it, and a host may import it there."""
    code = "from clm_plugin.adapters.oscar import OscarShop; OscarShop"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
