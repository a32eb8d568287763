"""The template tags: the same bytes for everybody, and no surprise without a request."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client, RequestFactory, override_settings

HEAD = "{% load clm %}{% clm_head %}"


def render(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


def test_head_is_one_deferred_script_and_one_style_sheet() -> None:
    head = render(HEAD)
    assert head.count("<script") == head.count("<link") == 1
    assert "<script defer src=" in head
    for part in ("clm/e", "clm/d", "clm/consent", "clm-popup.js", "clm-bundle.js", "clm.css"):
        assert part in head
    assert "nonce" not in head


def test_head_takes_the_nonce_of_the_request() -> None:
    request = RequestFactory().get("/")
    assert "nonce" not in render(HEAD, request=request)
    request.csp_nonce = 'a"b'  # type: ignore[attr-defined]  # read by templates
    assert 'nonce="a&quot;b"' in render(HEAD, request=request)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ['data-ask="0"', 'data-gpc="1"', 'data-beacon="1"']),
        (
            {"REQUIRE_CONSENT": True, "HONOUR_GPC": False, "BEACON": False},
            ['data-ask="1"', 'data-gpc="0"', 'data-beacon="0"'],
        ),
    ],
)
def test_head_carries_the_rules_of_consent(settings: Any, given: Any, words: list[str]) -> None:
    settings.CLM = {**settings.CLM, **given}
    head = render(HEAD)
    assert [word for word in words if word not in head] == []


@override_settings(ROOT_URLCONF="tests.empty_urls")
def test_head_is_empty_without_our_urls() -> None:
    assert render(HEAD) == ""


@pytest.mark.parametrize(
    ("tag", "html"),
    [
        ('{% clm_slot "footer" %}', '<clm-slot name="footer"></clm-slot>'),
        (
            '{% clm_slot "b" product=id %}',
            '<clm-slot name="b" product="12" reserve="bundle"></clm-slot>',
        ),
        (
            '{% clm_slot "b" product=id reserve="none" %}',
            '<clm-slot name="b" product="12"></clm-slot>',
        ),
        (
            '{% clm_slot "b" reserve="small" %}',
            '<clm-slot name="b" reserve="small"></clm-slot>',
        ),
        (
            '{% clm_slot "b" product=nasty reserve="none" %}',
            '<clm-slot name="b" product="&quot;&gt;&lt;script&gt;"></clm-slot>',
        ),
        ('{% clm_slot "b" product=nothing %}', '<clm-slot name="b"></clm-slot>'),
    ],
)
def test_slot(tag: str, html: str) -> None:
    shown = render("{% load clm %}" + tag, id=12, nasty='"><script>', nothing=None)
    assert shown == html


def test_slot_refuses_a_word_it_does_not_know() -> None:
    with pytest.raises(TemplateSyntaxError, match="reserve='huge'"):
        render('{% load clm %}{% clm_slot "b" reserve="huge" %}')


@pytest.mark.django_db
def test_a_page_is_byte_equal_for_everybody(settings: Any, django_user_model: Any) -> None:
    settings.ROOT_URLCONF = "tests.widgets.pages"
    known = Client()
    known.force_login(django_user_model.objects.create_user("canary", first_name="Canary"))
    known.cookies["clm_v"] = "ca" * 16
    pages = [client.get("/gift/1/").content for client in (Client(), known)]
    assert pages[0] == pages[1]
    assert b"csrf" not in pages[0].lower()
    response = known.get("/gift/1/")
    assert not response.cookies
