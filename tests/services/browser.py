"""Chromium from npm for pytest-playwright, and the promise that no page calls outside."""

from __future__ import annotations

import json
import os
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Request

SYSTEM_CHROMIUM = Path("/usr/bin/chromium")
UNPACK = Path(__file__).resolve().parents[1] / "browser" / "chromium.mjs"
# The last ones keep the browser itself from calling home in the background.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--headless=shell",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--no-default-browser-check",
    "--no-pings",
    # The headless shell says what it is, and the plugin rightly keeps such browsers out. As an
    # argument, because a context's user agent does not hold for beacons of a page that is left.
    "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/147.0.0.0 Safari/537.36",
]
OWN_HOSTS = {"localhost", "127.0.0.1", "testserver", ""}


@lru_cache(maxsize=1)
def chromium() -> tuple[str, dict[str, str]]:
    """The browser's file and the environment it needs: npm's, else the machine's."""
    done = subprocess.run(["node", str(UNPACK)], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        found = json.loads(done.stdout)
        return str(found["executable"]), dict(found["environment"])
    if SYSTEM_CHROMIUM.exists():
        return str(SYSTEM_CHROMIUM), {}
    message = f"No Chromium: run 'npm ci' first. {done.stderr}"
    raise RuntimeError(message)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """pytest-playwright's hook: which browser to start, and how."""
    executable, environment = chromium()
    return {
        **browser_type_launch_args,
        "executable_path": executable,
        "args": ARGUMENTS,
        "env": {**os.environ, **environment},
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A desktop shopper in London whose browser moves nothing, so that nothing has to settle."""
    return {
        **browser_context_args,
        "viewport": {"width": 1280, "height": 800},
        "locale": "en-GB",
        "timezone_id": "Europe/London",
        "reduced_motion": "reduce",
    }


@pytest.fixture
def context(context: BrowserContext) -> Iterator[BrowserContext]:
    """pytest-playwright's context; the test fails if a page asked another host for anything."""
    asked = _watch(context)
    yield context
    assert not asked, f"the page called outside: {asked}"


@pytest.fixture
def phone(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A page on a phone 390 px wide, under the same promise."""
    size = {"width": 390, "height": 844}
    phone_args = {**browser_context_args, "viewport": size, "is_mobile": True, "has_touch": True}
    with browser.new_context(**phone_args) as context:
        asked = _watch(context)
        yield context.new_page()
    assert not asked, f"the page called outside: {asked}"


def _watch(context: BrowserContext) -> list[str]:
    asked: list[str] = []
    context.on("request", lambda request: _note_outside(request, asked))
    return asked


def _note_outside(request: Request, asked: list[str]) -> None:
    if (urlsplit(request.url).hostname or "") not in OWN_HOSTS:
        asked.append(request.url)
