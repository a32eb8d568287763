"""What marketers write: text, emphasis, lists and links get through, and nothing that runs."""

import pytest

from clm_plugin.widgets.safety import is_own_path, safe_html


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>Tea <b>and</b> <i>cake</i></p>", "<p>Tea <b>and</b> <i>cake</i></p>"),
        ("<script>alert(1)</script>x", "x"),
        ("<p onclick=x style='color:red' class=a>x</p>", "<p>x</p>"),
        ("<img src=x onerror=alert(1)>", ""),
        ("<a href='javascript:alert(1)'>x</a>", '<a rel="noopener">x</a>'),
        ("<a href='/gifts/' target=_top>x</a>", '<a href="/gifts/" rel="noopener">x</a>'),
        ("<svg><script>alert(1)</script></svg>", ""),
        ("{{ 7*7 }}", "{{ 7*7 }}"),
        ("<iframe src=//evil.example></iframe>", ""),
    ],
)
def test_safe_html(html: str, kept: str) -> None:
    assert safe_html(html) == kept


@pytest.mark.parametrize(
    ("link", "own"),
    [
        ("/", True),
        ("/gifts/?a=b#c", True),
        ("/gifts/caf\u00e9/", True),
        ("", False),
        (None, False),
        ("gifts/", False),
        ("//evil.example/", False),
        ("/\\evil.example/", False),
        ("/\t/evil.example/", False),
        ("/\n/evil.example/", False),
        ("https://evil.example/", False),
        ("javascript:alert(1)", False),
    ],
)
def test_is_own_path(link: object, own: bool) -> None:
    assert is_own_path(link) is own
