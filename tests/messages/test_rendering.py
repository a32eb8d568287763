"""What a mail looks like, and that nothing anybody wrote is ever more than text."""

from __future__ import annotations

import html as html_module
import re
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clm_plugin.messages.data import Lines, ShownLine
from clm_plugin.messages.fields import one_line, replace_fields, shown_name
from clm_plugin.messages.plain import html_to_text
from clm_plugin.messages.rendering import Recipient, Rendered, message_of, render
from clm_plugin.messages.site import Sender
from clm_plugin.messages.targets import own_path, tagged, with_query
from clm_plugin.money import Money
from tests.messages.parts import BASE, CONTENT

if TYPE_CHECKING:
    from email.message import EmailMessage

SENDER = Sender(BASE, "Hearth & Home", "Hearth <hello@shop.example>", "12 Mill Lane, Bath")
MUG = ShownLine(
    product_id="1",
    title="Mug",
    quantity=2,
    url="/mug/",
    image_url="/media/mug.png",
    unit=Money(950, "GBP"),
)
CLICK = f"{BASE}/clm/l/tok/"


def mail(
    first_name: str = "Ann", lines: Lines | None = None, language: str = "en", **content: Any
) -> Rendered:
    who = Recipient(token="tok", first_name=first_name, language=language)
    return render(
        CONTENT | content,
        campaign="basket-reminder",
        recipient=who,
        lines=Lines(shown=(MUG,)) if lines is None else lines,
        sender=SENDER,
    )


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def hrefs(self) -> list[str]:
        return [attrs.get("href") or "" for tag, attrs in self.found if tag == "a"]


def test_every_link_but_the_footers_goes_through_the_click_path() -> None:
    rendered = mail()
    tags = Tags(rendered.html)
    numbers = {int(href.removeprefix(CLICK)) for href in tags.hrefs() if href.startswith(CLICK)}
    assert numbers == set(range(len(rendered.links)))
    others = {href for href in tags.hrefs() if not href.startswith(CLICK)}
    assert others == {f"{BASE}/", f"{BASE}/clm/u/tok", f"{BASE}/clm/p/tok", f"{BASE}/clm/m/tok"}
    tags_of = "utm_source=clm&utm_medium=email&utm_campaign=basket-reminder"
    assert rendered.links == (
        f"/clm/r/tok?{tags_of}",
        f"/catalogue/?{tags_of}",
        f"/mug/?{tags_of}",
    )


def test_the_text_has_the_same_links_and_lines() -> None:
    rendered = mail()
    assert {f"{CLICK}{n}" for n in range(3)} <= set(
        re.findall(r"https://\S+?(?=[)\s])", rendered.text)
    )
    assert "2 x Mug: £19.00" in rendered.text
    assert "12 Mill Lane, Bath" in rendered.text
    assert "&amp;" not in rendered.text


def test_prices_pictures_and_what_is_missing() -> None:
    rendered = mail(lines=Lines(shown=(MUG,), sold_out=("Bowl",), gone=("Vase",)))
    assert "£19.00" in rendered.html
    assert "2 at £9.50 each" in rendered.html
    assert f'src="{BASE}/media/mug.png"' in rendered.html
    assert "2 things from your basket" in rendered.html
    assert "2 things from your basket" in rendered.text


def test_a_mail_without_lines_has_no_empty_table() -> None:
    rendered = mail(show_basket=False)
    assert "clm-rows" not in rendered.html
    assert "Mug" not in rendered.text


def test_styles_are_inlined_and_dark_mode_is_kept() -> None:
    rendered = mail()
    assert "@media (prefers-color-scheme: dark)" in rendered.html
    link = next(
        attrs
        for tag, attrs in Tags(rendered.html).found
        if tag == "a" and attrs.get("href") == f"{CLICK}1"
    )
    assert "underline" in (link.get("style") or "")
    assert max(map(len, rendered.html.splitlines())) < 998  # no quoted-printable needed


def test_nothing_is_fetched_from_elsewhere() -> None:
    for tag, attrs in Tags(mail().html).found:
        assert tag not in ("link", "script", "iframe")
        assert (attrs.get("src") or BASE).startswith(BASE)
    assert not re.search(r"@import|url\(", mail().html)


HOSTILE = [
    "{{7*7}}",
    "{% load static %}",
    "{{ settings.SECRET_KEY }}",
    "${7*7}",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|'/c calc'!A1",
    "Ann\r\nBcc: all@example.com",
    "Ann\u202egnp.exe",
    "]]><mj-raw>",
    "<mj-include path='/etc/passwd'/>",
    "{{ first_name }}",
    "&lt;b&gt;",
    "Ann\x00",
    "clm0123456789abcdefrowsclm",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_first_name_is_text(name: str) -> None:
    plain, rendered = mail("Ann"), mail(name, subject="{{ first_name }}, you left something")
    shape = [tag for tag, _ in Tags(plain.html).found]
    assert [tag for tag, _ in Tags(rendered.html).found] == shape
    assert html_module.escape(shown_name(name)) in rendered.html
    assert "\n" not in rendered.subject
    assert "\r" not in rendered.subject
    assert rendered.subject == f"{shown_name(name)}, you left something"
    message_of(rendered, to="a@b.example", token="tok", campaign="c", sender=SENDER).message()


@pytest.mark.parametrize("text", [*HOSTILE, "{% include 'x' %}", "{{ first_name.__class__ }}"])
def test_authored_text_is_never_evaluated(text: str) -> None:
    rendered = mail(heading=text, body=html_module.escape(text), subject=text, preheader=text)
    shape = [tag for tag, _ in Tags(mail(body="x").html).found]
    assert [tag for tag, _ in Tags(rendered.html).found] == shape
    if "first_name }}" not in text:
        assert Tags(rendered.html).text.count(one_line(text)) >= 3
        assert rendered.subject == one_line(text)
    assert "49" not in rendered.subject


def test_authored_html_keeps_only_text_links_and_lists() -> None:
    rendered = mail(
        body='<p onclick="x()">a<script>alert(1)</script><style>p{}</style><img src="//evil/x.png">'
        '<a href="javascript:alert(1)">b</a><a href="//other.example/x">c</a>'
        '<a href="mailto:us@shop.example">d</a></p>'
    )
    assert "alert" not in rendered.html
    assert "onclick" not in rendered.html
    assert "evil" not in rendered.html
    assert rendered.links[1] == "https://other.example/x"
    assert "mailto:us@shop.example" in Tags(rendered.html).hrefs()


@pytest.mark.parametrize(
    ("text", "name", "shown"),
    [
        ("Hello {{ first_name }}!", "Ann", "Hello Ann!"),
        ("Hello {{first_name|there}}!", "", "Hello there!"),
        ("Hello {{ first_name | you & me }}!", "", "Hello you & me!"),
        ("{{ items }} from {{ shop_name }}", "", "2 from Hearth & Home"),
        ("{{ password }} {{ first_name", "Ann", "{{ password }} {{ first_name"),
    ],
)
def test_merge_fields(text: str, name: str, shown: str) -> None:
    rendered = mail(name, subject=text, heading=text)
    assert rendered.subject == shown
    assert html_module.escape(shown) in rendered.html


def test_merge_fields_survive_what_editors_do_to_spaces() -> None:
    assert (
        replace_fields("{{&nbsp;first_name&nbsp;|&nbsp;x }}", lambda f, s: f"<{f}>")
        == "<first_name>"
    )


@pytest.mark.parametrize(
    "name", ["see https://evil.example", "www.evil.example", "x" * 41, "win.at/now"]
)
def test_a_message_in_place_of_a_name_greets_nobody(name: str) -> None:
    assert shown_name(name) == ""


@given(st.text(max_size=60))
def test_any_name_is_one_line_of_storable_text(name: str) -> None:
    shown = shown_name(name)
    assert len(shown.splitlines()) <= 1
    assert "\x00" not in shown
    shown.encode()


def parsed(rendered: Rendered, to: str = "ann@example.com") -> EmailMessage:
    message = message_of(rendered, to=to, token="tok", campaign="basket-reminder", sender=SENDER)
    return message_from_bytes(message.message().as_bytes(), policy=default)


def test_headers() -> None:
    message = parsed(mail())
    assert message["List-Unsubscribe"] == f"<{BASE}/clm/u/tok>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-ID"] == "<basket-reminder.clm.shop.example>"
    assert message["Message-ID"] == "<tok@shop.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "Hearth <hello@shop.example>"
    assert message.get_body(("plain",)) is not None
    assert message.get_body(("html",)) is not None


def test_an_address_with_a_line_end_is_refused() -> None:
    with pytest.raises(ValueError, match="newlines"):
        parsed(mail(), to="a@b.example\nBcc: all@example.com")


def test_the_recipients_language_is_used_if_the_shop_has_it(settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    assert mail(language="de-AT").language == "de"
    assert "19,00\N{NO-BREAK SPACE}£" in mail(language="de").html
    assert mail(language="xx").language == settings.LANGUAGE_CODE


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("/sale/?a=1#b", "/sale/?a=1#b"),
        ("https://shop.example/x", "/x"),
        ("https://shop.example", "/"),
        ("https://shop.example//evil.example", ""),
        ("//evil.example/x", ""),
        ("/\\evil.example", ""),
        ("https://evil.example/x", ""),
        ("https://shop.example@evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("ftp://shop.example/x", ""),
        ("/a b", ""),
        ("x", ""),
        ("", ""),
        ("http://[", ""),
    ],
)
def test_own_path(link: str, path: str) -> None:
    assert own_path(link, "shop.example") == path


def test_an_authors_own_tags_win() -> None:
    assert tagged("/x?utm_source=me", "c") == "/x?utm_source=me&utm_medium=email&utm_campaign=c"
    assert with_query("/x?a=1&b=2#f", a="3") == "/x?b=2&a=3#f"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a  <b>b</b></p><p>c</p>", "a b\n\nc"),
        ("<p>a<br>b</p>", "a\nb"),
        ('<p><a href="/x">go</a> on</p>', "go (/x) on"),
        ("<ul><li>a</li><li>b</li></ul>c", "- a\n- b\n\nc"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("", ""),
    ],
)
def test_html_to_text(html: str, text: str) -> None:
    assert html_to_text(html) == text
