"""System checks: every mistake of a host has an id and a hint."""

from pathlib import Path

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from clm_plugin.conf import KNOWN

GOOD = {"SHOP": "clm_plugin.testing.memory_shop.MemoryShop"}


def found(settings: Settings, **clm: object) -> dict[str, str]:
    settings.CLM = {**GOOD, **clm}
    return {str(message.id): message.hint or "" for message in run_checks(tags=["clm"])}


@pytest.mark.parametrize(
    ("clm", "id_"),
    [
        ({"SHOPP": "x"}, "clm.E001"),
        ({"SHOP": "no.such.Shop"}, "clm.E002"),
        ({"SHOP": "clm_plugin.money.Money"}, "clm.E002"),
        ({"SHOP": "clm_plugin.shop.api.Shop"}, "clm.E002"),
        ({"BATCH_SIZE": "many"}, "clm.E003"),
        ({"REQUIRE_CONSENT": "yes"}, "clm.E003"),
        ({"GLOBAL_HOLDOUT": 2.0}, "clm.E003"),
        ({"CLOCK": "no.such.clock"}, "clm.E004"),
    ],
)
def test_a_mistake_is_named(settings: Settings, clm: dict[str, object], id_: str) -> None:
    assert id_ in found(settings, **clm)


def test_the_demo_has_none(settings: Settings) -> None:
    assert found(settings) == {}


def test_missing_apps_urls_and_middleware(settings: Settings) -> None:
    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = "tests.empty_urls"
    ids = found(settings)
    assert {"clm.W007", "clm.W008"} <= ids.keys()
    assert all(ids.values())


def test_every_setting_is_documented() -> None:
    text = (Path(__file__).parent.parent / "docs/reference/settings.md").read_text()
    missing = [name for name in sorted(KNOWN) if f"## {name}\n" not in text]
    assert not missing
