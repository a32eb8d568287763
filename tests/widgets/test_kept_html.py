"""HTML that is the same on every page is made once, and never kept beyond what it depends on.

None of these tests may touch the database: neither does a page for these tags.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.template import Context, Engine, Template
from django.test import RequestFactory
from django.test.signals import template_rendered
from django.urls import set_script_prefix
from django.utils.translation import override

from clm_plugin.templatetags import clm, clm_wallet

HEAD = "{% load clm %}{% clm_head %}"
BANNER = "{% load clm %}{% clm_consent_banner %}"
FILE = "clm_plugin/consent/banner.html"


@pytest.fixture
def rendered() -> Iterator[list[str]]:
    """Names of templates in the order in which they are rendered."""
    names: list[str] = []

    def note(*, template: Any, **_: Any) -> None:
        names.append(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


def page(source: str, path: str = "/", *, engine: Engine | None = None, nonce: str = "") -> str:
    request = RequestFactory().get(path)
    if nonce:
        request.csp_nonce = nonce  # type: ignore[attr-defined]  # read by templates
    return Template(source, engine=engine).render(Context({"request": request}))


def shop_with(templates: dict[str, str]) -> Engine:
    """An engine that finds these templates and keeps none of them."""
    return Engine(
        loaders=[("django.template.loaders.locmem.Loader", templates)],
        libraries={"clm": "clm_plugin.templatetags.clm"},
    )


def test_the_banner_is_rendered_once_for_all_pages_of_a_language(rendered: list[str]) -> None:
    clm._banner.cache_clear()
    first = page(BANNER, "/gift/1/")
    second = page(BANNER, '/gift/"2"/')
    with override("id"):
        third = page(BANNER)
    assert rendered.count(FILE) == 2
    assert 'name="next" value="/gift/1/"' in first
    assert 'name="next" value="/gift/&quot;2&quot;/"' in second
    assert third != first.replace("/gift/1/", "/")


def test_the_shops_own_banner_is_seen_as_soon_as_its_template_is_loaded_anew() -> None:
    templates = {FILE: "<p>{{ words.accept }}, {{ next }}</p>"}
    shop = shop_with(templates)
    assert page(BANNER, "/a/", engine=shop) == "<p>Accept all, /a/</p>"
    templates[FILE] = "<b>{{ words.accept }}</b>"
    assert page(BANNER, "/a/", engine=shop) == "<b>Accept all</b>"
    assert "clm-consent-title" in page(BANNER), "another engine has a template of its own"


def test_the_shops_own_banner_may_have_the_address_in_a_link() -> None:
    """Red before: the address was lost, and a control character stood there."""
    shop = shop_with({FILE: '<a href="/privacy/?back={{ next|urlencode }}">Privacy</a>'})
    for path in ("/gift/1/", "/gift/2/"):
        assert page(BANNER, path, engine=shop) == f'<a href="/privacy/?back={path}">Privacy</a>'


@pytest.mark.parametrize(
    ("changes", "tag"),
    [
        ({"CONSENT_TEXT_VERSION": "2027-01"}, BANNER),
        ({"REQUIRE_CONSENT": True}, BANNER),
        ({"REQUIRE_CONSENT": True}, HEAD),
        ({"DATA_LAYER": True}, HEAD),
        ({"CONSENT_COOKIE": "other"}, HEAD),
    ],
)
def test_a_setting_is_live(settings: Any, changes: dict[str, Any], tag: str) -> None:
    before = page(tag)
    given = settings.CLM
    settings.CLM = {**given, **changes}
    assert page(tag) != before
    settings.CLM = given
    assert page(tag) == before


@pytest.mark.parametrize("tag", [HEAD, BANNER])
def test_urls_are_those_of_the_request(settings: Any, tag: str) -> None:
    assert "/clm/consent" in page(tag)
    try:
        set_script_prefix("/below/")
        assert '"/below/clm/consent' in page(tag)
    finally:
        set_script_prefix("/")
    settings.ROOT_URLCONF = "tests.empty_urls"
    assert page(tag) == ""


def test_a_nonce_is_of_one_page() -> None:
    assert 'nonce="one"' in page(HEAD, nonce="one")
    assert "one" not in page(HEAD, nonce="two")
    assert "nonce" not in page(HEAD)


def test_what_is_kept_is_bounded() -> None:
    kept = (clm._head, clm._banner, clm._slot, clm_wallet._hint)
    assert all(each.cache_info().maxsize for each in kept)
