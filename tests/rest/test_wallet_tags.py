"""The tags of ``clm_wallet`` on pages and in mails; none of them ever breaks one."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.template import Context, Engine, Template
from django.test import RequestFactory
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from clm_plugin.adapters.tender.api import CreditUse
from clm_plugin.clock import now
from clm_plugin.money import Money
from clm_plugin.shop.api import Basket
from clm_plugin.statements.api import forget_hints
from clm_plugin.templatetags import clm_wallet
from clm_plugin.wallet.api import Source
from clm_plugin.wallet.plan import Caps, Choice, Exclusions
from tests.statements.test_orders import OrderShop, basket, order
from tests.statements.words import customer, give, in_force

pytestmark = pytest.mark.django_db


class BasketShop(OrderShop):
    held: Basket | None = None
    down = False

    def request_purchase(self, request: Any) -> Basket | None:
        if self.down:
            raise RuntimeError("the shop is down")
        return self.held


@pytest.fixture(autouse=True)
def shop(settings: Any, gift_shop: None) -> Iterator[type[BasketShop]]:
    settings.CLM = {**settings.CLM, "SHOP": "tests.rest.test_wallet_tags.BasketShop"}
    BasketShop.held, BasketShop.down, BasketShop.placed = basket(38_00), False, None
    forget_hints()
    yield BasketShop
    forget_hints()


def page(tag: str, *, user: Any = None, **context: Any) -> str:
    request = RequestFactory().get("/basket/")
    request.user = user or AnonymousUser()
    html: str = Template("{% load clm_wallet %}" + tag).render(
        Context({"request": request, **context})
    )
    return " ".join(html.split())


def user(profile_of: str = "ann") -> tuple[Any, int]:
    _client, profile, key = customer(profile_of)
    return get_user_model().objects.get(pk=key), profile


def test_a_little_more_and_she_earns() -> None:
    in_force(now=now())
    html = page("{% earn_preview %}")
    assert "<b>£12.00</b> more and you earn £10 of Harbour credit." in html


def test_guests_see_what_they_would_earn_and_customers_what_they_will(
    shop: type[BasketShop],
) -> None:
    in_force(now=now())
    shop.held = basket(55_00)
    told = "You will earn <b>£10</b> of Harbour credit with this order."
    html = page("{% earn_preview %}")
    assert told in html
    assert "It is kept in your account; you need one to spend it." in html
    ann, _ = user()
    html = page("{% earn_preview %}", user=ann)
    assert told in html
    assert "you need one" not in html
    assert "It opens on" in html


def test_her_own_caps_count(shop: type[BasketShop]) -> None:
    in_force(now=now(), caps=Caps(customer_minor=15_00))
    shop.held = basket(120_00)
    ann, profile = user()
    assert "<b>£15</b>" in page("{% earn_preview %}", user=ann)
    give(profile, 10_00, now=now(), source=Source("order", "1"))
    assert "<b>£5</b>" in page("{% earn_preview %}", user=ann)


def test_what_credit_will_pay_earns_nothing(shop: type[BasketShop]) -> None:
    in_force(now=now())
    shop.held = basket(55_00)
    total, nothing = Money(55_00, "GBP"), Money(0, "GBP")
    credit = Money(20_00, "GBP")
    use = CreditUse(
        total=total, available=credit, pending=nothing, held=nothing, up_to=credit, amount=credit
    )
    html = page("{% earn_preview %}", store_credit=use)
    assert "You will earn" not in html
    assert "Paid with store credit: £20.00." in html


def test_lines_that_do_not_count_are_named_and_safe(shop: type[BasketShop]) -> None:
    in_force(now=now(), earn_exclusions=Exclusions(choice=Choice(products=("0",))))
    held = basket(60_00)
    shop.held = replace(held, lines=(replace(held.lines[0], title="<img src=x>"),))
    html = page("{% earn_preview %}")
    assert "<b>&lt;img src=x&gt;:</b> Not part of this offer." in html


@pytest.mark.parametrize("tag", ["{% earn_preview %}", '{% earn_hint "1" %}'])
def test_without_a_programme_there_is_nothing_and_the_shop_is_not_asked(
    shop: type[BasketShop], tag: str
) -> None:
    shop.down = True
    with CaptureQueriesContext(connection) as captured:
        assert page(tag) == ""
    assert len([q for q in captured if '"clm_plugin_' in q["sql"]]) <= 2


def test_a_shop_that_is_down_costs_the_page_nothing(
    shop: type[BasketShop], caplog: pytest.LogCaptureFixture
) -> None:
    in_force(now=now())
    shop.down = True
    with caplog.at_level(logging.CRITICAL, logger="clm_plugin"):
        assert page("{% earn_preview %}") == ""


def test_our_tables_gone_cost_the_page_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_args: Any, **_kwargs: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM there_is_no_such_table")

    monkeypatch.setattr("clm_plugin.templatetags.clm_wallet.programmes", gone)
    monkeypatch.setattr("clm_plugin.templatetags.clm_wallet.order_earned", gone)
    monkeypatch.setattr("clm_plugin.templatetags.clm_wallet.hints", gone)
    tags = '{% earn_preview %}{% earn_hint "1" %}{% order_credit "100" %}'
    with caplog.at_level(logging.CRITICAL, logger="clm_plugin"):
        assert page(tags) == ""
    assert in_force(now=now()).version == 1, "the shop's transaction goes on"


def test_the_thank_you_page_and_both_forms_of_the_mail(shop: type[BasketShop]) -> None:
    in_force(now=now())
    shop.placed = order(60_00, placed_at=now())
    html = page('{% order_credit "100" %}')
    assert "<b>£10</b> <span>Harbour credit</span>" in html
    assert "It opens on" in html
    assert "Good until" in html
    assert 'href="/clm/credit/"' in html
    mail = page('{% order_credit_mail "100" %}')
    assert "You earned £10 of Harbour credit." in mail
    text = page('{% order_credit_text "100" %}')
    assert text.startswith("You earned £10 of Harbour credit. It opens on")
    assert "<" not in text
    assert page('{% order_credit "101" %}{% order_credit_text "101" %}') == ""


def test_a_guest_is_told_that_she_needs_an_account(shop: type[BasketShop]) -> None:
    in_force(now=now(), pending_days=0)
    shop.placed = order(60_00, placed_at=now())
    guests = page('{% order_credit "100" %}')
    assert "make an account in this browser" in guests
    assert "You can spend it now." not in guests
    hers = page('{% order_credit "100" %}', user=get_user_model()(pk=5, username="ann"))
    assert "make an account" not in hers
    assert "You can spend it now." in hers
    assert "See your store credit" in hers


def test_a_database_that_was_slow_a_moment_ago_hides_nothing_after_the_order(
    shop: type[BasketShop], monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force(now=now())
    shop.placed = order(60_00, placed_at=now())
    monkeypatch.setattr("clm_plugin.adapters.later._rest_until", time.monotonic() + 60)
    assert page("{% earn_preview %}") == "", "the checkout is spared"
    assert "<b>£10</b>" in page('{% order_credit "100" %}')


def test_a_product_page_says_the_same_to_everybody() -> None:
    in_force(now=now())
    ann, profile = user()
    give(profile, 77_00, now=now())
    tag = '{% earn_hint "1" %}'
    page(tag)
    with CaptureQueriesContext(connection) as captured:
        page(tag)
    assert len(captured) == 0, "a warm page costs no statement at all"
    assert page(tag) == page(tag, user=ann)
    assert "£10 for every full £50 of one order." in page(tag)


def test_products_that_earn_the_same_share_one_hint_in_a_language() -> None:
    in_force(now=now())
    clm_wallet._hint.cache_clear()
    names: list[str] = []

    def note(*, template: Any, **_: Any) -> None:
        names.append(template.name)

    template_rendered.connect(note)
    try:
        first, second = page('{% earn_hint "1" %}'), page('{% earn_hint "2" %}')
        with override("id"):
            other = page('{% earn_hint "1" %}')
    finally:
        template_rendered.disconnect(note)
    assert first == second != other
    assert "" not in (first, other)
    assert names.count("clm_plugin/wallet/earn_hint.html") == 2


def test_the_shops_own_hint_is_seen_as_soon_as_its_template_is_loaded_anew() -> None:
    in_force(now=now())
    name = "clm_plugin/wallet/earn_hint.html"
    templates = {name: "<i>{{ hints.0.programme }}</i>"}
    shop = Engine(
        loaders=[("django.template.loaders.locmem.Loader", templates)],
        libraries={"clm_wallet": "clm_plugin.templatetags.clm_wallet"},
    )
    tag = Template('{% load clm_wallet %}{% earn_hint "1" %}', engine=shop)
    assert tag.render(Context()) == "<i>Harbour credit</i>"
    templates[name] = "<b>{{ hints.0.programme }}</b>"
    assert tag.render(Context()) == "<b>Harbour credit</b>"
