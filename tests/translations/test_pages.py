"""What shoppers and editors see in another language holds no English of ours."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from clm_plugin.campaigns.choices import stage_choices
from clm_plugin.campaigns.recipes import first_day
from clm_plugin.console.explain import MAIL_REASONS, WORDS, explain
from clm_plugin.insights.api import recount
from clm_plugin.lifecycle.api import DEFAULT
from clm_plugin.messages import api as mails
from clm_plugin.money import Money
from clm_plugin.shop.api import get_shop
from clm_plugin.testing.clock import FrozenClock
from tests.console.makers import make_campaign, make_move
from tests.console.makers import make_person as make_profile
from tests.factories import NOW
from tests.messages.parts import BASE, BROWSER, SHOP, MailShop, person, queued, url
from tests.translations.catalogues import LANGUAGES, catalogue
from tests.widgets.gift_shop import GIFTS
from tests.widgets.plans import bundle_plan, make_live, make_person, make_together, popup_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clm_plugin.messages.models import Delivery

LATIN = re.compile(r"[A-Za-z]{2,}")


class _Words(HTMLParser):
    """What a reader sees or hears of the elements of a class (of all, without one)."""

    _HEARD = {"aria-label", "data-error", "data-basket", "placeholder", "title", "alt"}
    _VOID = {"input", "img", "br", "meta", "link", "path", "rect", "hr"}

    def __init__(self, within: str = "") -> None:
        super().__init__()
        self.within, self.depth, self.said = within, 0 if within else 1, list[str]()
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self.depth:
            self.said += [given[name] or "" for name in self._HEARD & given.keys()]
        if (self.depth or self.within in (given.get("class") or "").split()) and (
            tag not in self._VOID
        ):
            self.depth += 1
        self.silent += tag in {"code", "script", "style"}

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        """Closed at once: pictures, which say nothing here."""

    def handle_endtag(self, tag: str) -> None:
        if self.depth and tag not in self._VOID:
            self.depth -= 1
        self.silent -= tag in {"code", "script", "style"}

    def handle_data(self, data: str) -> None:
        if self.depth and not self.silent and data.strip():
            self.said.append(" ".join(data.split()))


def words(html: str, within: str = "") -> list[str]:
    parser = _Words(within)
    parser.feed(html)
    assert parser.said, "nothing was said"
    return parser.said


@cache
def english_of(language: str) -> re.Pattern[str]:
    """Any of our English texts that the language says in another way."""
    english = {
        re.sub(r"%\\\(\w+\\\)[sd]|%\(\w+\)[sd]", ".+", re.escape(form)).replace("%%", "%")
        for source, text in catalogue(language).items()
        for form in (source.text, source.plural)
        if form and form != text and not source.context
    }
    return re.compile("|".join(sorted(english)))


def check(said: list[str], language: str, *, names: tuple[str, ...] = ()) -> None:
    """No text is one of our English ones; in Chinese nothing but ``names`` is in Latin letters."""
    pattern = english_of(language)
    assert not [text for text in said if text not in names and pattern.fullmatch(text)]
    if language == "zh-hans":
        assert not [text for text in said if text not in names and LATIN.search(text)]


def test_the_check_finds_english() -> None:
    for text in ("Goal:", "Bought together in 5 orders", "Add all 3 to basket"):
        with pytest.raises(AssertionError):
            check([text], "id")


@pytest.fixture
def gift_shop(settings: Any) -> None:
    settings.CLM = {**settings.CLM, "SHOP": "tests.widgets.gift_shop.GiftShop"}


def ask(language: str, actor: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Sec-Fetch-Site": "same-origin", "User-Agent": BROWSER, "Accept-Language": language}
    client = Client(headers=headers)
    client.cookies["clm_v"] = actor.partition(":")[2]
    response = client.post("/clm/d", data=body, content_type="application/json")
    slots: dict[str, Any] = response.json()["slots"]
    return slots


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "reason", "button"),
    [
        ("id", "Dibeli bersama dalam 27 pesanan", "Tambahkan 3 ke keranjang"),
        ("zh-hans", "在 27 个订单中一起购买", "将 3 件加入购物车"),
    ],
)
def test_bundle(gift_shop: None, language: str, reason: str, button: str) -> None:
    make_live(bundle_plan(content={"heading": "*"}))
    make_together("1", "2", "3")
    body = {"slots": [{"name": "product-bundle", "product": "1"}]}
    said = words(ask(language, make_person()[1], body)["product-bundle"]["html"])
    assert {reason, button} <= set(said)
    gift = [GIFTS["1"], GIFTS["2"], GIFTS["3"]]
    titles = [each.title for each in gift] + [each.label for each in gift[2].variants]
    with override(language):
        titles.append(gettext("Choose for %(title)s") % {"title": gift[2].title})
    check(said, language, names=tuple(titles))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "close", "leave"),
    [("id", "Tutup", "Tidak, terima kasih"), ("zh-hans", "关闭", "不用了，谢谢")],
)
def test_popup(gift_shop: None, language: str, close: str, leave: str) -> None:
    make_live(popup_plan(content={"heading": "*", "body": "<p>*</p>", "button": "*"}))
    body = {"slots": [{"name": "overlay"}], "signal": "exit"}
    said = words(ask(language, make_person()[1], body)["overlay"]["html"])
    assert {close, leave} <= set(said)
    check(said, language)


@pytest.fixture
def letter(settings: Any, db: None, request: pytest.FixtureRequest) -> Iterator[Delivery]:
    """A mail that was sent to somebody of a language, about a basket of things without words."""
    settings.CLM = {"SHOP": SHOP, "SITE_URL": BASE, "MAIL_FROM": "7 <hello@shop.example>"}
    shop = get_shop()
    assert isinstance(shop, MailShop)
    shop.clear()
    with FrozenClock(NOW):
        things = [shop.add_product(f"{n}", price=Money(950, "GBP"), stock=3) for n in (1, 2, 3)]
        basket = shop.fill((things[0], 2), (things[1], 1), (things[2], 1))
        content = {"subject": "*", "preheader": "*", "heading": "*", "body": "*", "button": "*"}
        found = queued(person(language=request.param), basket, **content)
        shop.change(things[2], is_available=False)
        mails.send_due(now=NOW)
        found.refresh_from_db()
        assert found.state == "sent"
        yield found


@pytest.mark.parametrize(
    ("letter", "language", "texts"),
    [
        ("id", "id", {"Berhenti berlangganan", "2 × £9,50", "Lihat di browser"}),
        ("zh-hans", "zh-hans", {"退订", "2 件，单价 £9.50", "在浏览器中查看"}),
    ],
    indirect=["letter"],
)
def test_mail(letter: Delivery, language: str, texts: set[str]) -> None:
    (message,) = mail.outbox
    assert isinstance(message, mail.EmailMultiAlternatives)
    said = words(str(message.alternatives[0][0]), "clm-page")
    assert texts <= {part for text in said for part in text.split(" · ")}
    check(said, language)
    plain = [line for line in str(message.body).splitlines() if line and "http" not in line]
    check([line for line in plain if line != "-- "], language)


@pytest.mark.parametrize(
    ("letter", "language", "title"),
    [("id", "id", "Keranjang Anda"), ("zh-hans", "zh-hans", "您的购物车")],
    indirect=["letter"],
)
def test_pages_of_a_mail(letter: Delivery, language: str, title: str) -> None:
    client = Client(headers={"Accept-Language": language, "User-Agent": BROWSER})
    restore = client.get(url("restore", letter)).content.decode()
    assert f"<title>{title}" in restore
    pages = [restore]
    pages += [
        client.get(url(name, letter)).content.decode() for name in ("unsubscribe", "preferences")
    ]
    pages += [client.post(url("preferences", letter), {"mail": "off"}).content.decode()]
    pages += [client.post(url("unsubscribe", letter)).content.decode()]
    pages += [client.get(url("restore", "unknown")).content.decode()]
    for html in pages:
        check(words(html, "clm-note"), language)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "stage", "goal"),
    [
        ("id", "Berisiko", "Sasaran: Jadi promotor"),
        ("zh-hans", "流失风险", "目标： 转介绍"),
    ],
)
def test_board(settings: Any, admin_client: Client, language: str, stage: str, goal: str) -> None:
    settings.CLM = {**settings.CLM, "CLOCK": "tests.console.conftest.present"}
    make_campaign(name="*", stages=["at-risk", "loyal"])
    loyal = make_profile(stage="loyal", orders=6)
    make_move(loyal, "", "reach")
    make_move(loyal, "retain", "loyal")
    make_profile(stage="at-risk", orders=2)
    recount(now=NOW)
    admin_client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    html = admin_client.get(reverse("clm_board:index")).content.decode()
    said = words(html, "clm-page")
    assert {stage, goal} <= set(said)
    check(said, language)


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_stages_rules_and_recipes_are_told_in_the_language(language: str) -> None:
    with override(language):
        told = [str(label) for _key, label in stage_choices()]
        told += [gettext(stage.goal) for stage in DEFAULT.stages]
        told += [str(text) for words_ in WORDS.values() for text in words_]
        told += [str(text) for text in MAIL_REASONS.values()]
        recipes = first_day()
        told += [recipe.name for recipe in recipes]
        told += [
            re.sub("</?p>", "", text)
            for recipe in recipes
            for _kind, content in recipe.steps
            for text in content.values()
            if isinstance(text, str) and text != "/"
        ]
        why = explain("stage", {"stage": "lapsed", "wanted": ["loyal", "at-risk"]})
    check([re.sub(r"%\(\w+\)s", "", text) for text in told], language)
    check([why.title, why.sentence, *(text for pair in why.inputs for text in pair)], language)
    assert len(set(told)) > 60
