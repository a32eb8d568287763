"""The form of a mail: one published step, compiled once to HTML and text with gaps to fill.

MJML and the inlining of styles cost milliseconds and are the same for every recipient, so they run
once. What differs (name, lines, links) is filled into gaps afterwards, in one join. A gap is marked
by a random word that no author can type, so authored text cannot make one.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import css_inline
import mrml
import nh3
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_bidi, override

from clm_plugin.exceptions import ClmError
from clm_plugin.messages.fields import one_line, replace_fields
from clm_plugin.messages.plain import html_to_text
from clm_plugin.messages.questions import answer_values, asked_in
from clm_plugin.messages.targets import own_path, tagged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clm_plugin.messages.site import Sender

_TAGS = {"p", "br", "b", "strong", "i", "em", "a", "ol", "ul", "li"}
_ATTRIBUTES = {"a": {"href"}}
_SCHEMES = {"http", "https", "mailto"}
# Longer lines would make every mail go out in quoted-printable, which costs time and size.
_BREAK = re.compile(
    r"(</(?:td|tr|table|tbody|div|p|ul|ol|li|head|style)>|<tr>|<tbody>|<!\[endif\]-->)"
)

GAPS = (
    "rows",
    "notice",
    "back",
    "unsubscribe",
    "preferences",
    "browser",
    "offertitle",
    "offergives",
    "offercode",
    "offersmall",
    "offerlink",
)
# By default every mail would fetch its fonts from Google.
_options = mrml.RenderOptions(fonts={})
_inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


class LayoutError(ClmError):
    """The layout of mails is broken: no mail can be written until it is mended."""


@dataclass(frozen=True, slots=True)
class Gapped:
    """Text in pieces: the odd ones are names of gaps."""

    pieces: tuple[str, ...]

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with every gap filled; what is filled in is never looked at again."""
        parts = list(self.pieces)
        parts[1::2] = [values[name] for name in parts[1::2]]
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Form:
    """A mail to be filled in. ``targets``: where its authored links lead, in order.

    ``answers``: the values of the survey's answers, each a link of its own.
    """

    subject: Gapped
    html: Gapped
    text: Gapped
    targets: tuple[str, ...]
    answers: tuple[str, ...]
    fields: Mapping[str, tuple[str, str]]
    """Gap -> merge field and stand-in."""


@dataclass(slots=True)
class _Draft:
    """Marks given out while one form is being made."""

    sender: Sender
    campaign: str
    word: str = field(default_factory=lambda: f"clm{secrets.token_hex(8)}")
    targets: list[str] = field(default_factory=list)
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)

    def mark(self, gap: str) -> str:
        return f"{self.word}{gap}clm"

    def merge(self, name: str, stand_in: str) -> str:
        gap = f"field{len(self.fields)}"
        self.fields[gap] = (name, unescape(stand_in))
        return self.mark(gap)

    def link(self, tag: str, attribute: str, value: str) -> str | None:
        """Give an authored link its number; one that leads nowhere safe loses its target."""
        if (tag, attribute) != ("a", "href"):  # asked for what is about to be dropped, too
            return None
        path = own_path(value, self.sender.host)
        if path:
            value = tagged(path, self.campaign)
        elif value.startswith("//"):
            value = f"https:{value}"
        scheme = urlsplit(value).scheme
        if scheme == "mailto":
            return value
        if not path and scheme not in ("http", "https"):
            return None
        self.targets.append(value)
        return self.mark(f"link{len(self.targets) - 1}")

    def split(self, text: str) -> Gapped:
        return Gapped(tuple(re.split(rf"{self.word}([a-z]+[0-9]*)clm", text)))


def form_of(content: Mapping[str, Any], *, campaign: str, language: str, sender: Sender) -> Form:
    """The compiled form of a mail's content; made once per content and language.

    ``content`` is that of a mail step: subject, preheader, heading, body (HTML), button,
    show_basket. Raises LayoutError when the layout is not valid MJML.
    """
    return _compile(json.dumps(content, sort_keys=True), campaign, language, sender)


@lru_cache(maxsize=256)
def _compile(content_json: str, campaign: str, language: str, sender: Sender) -> Form:
    content = json.loads(content_json)
    draft = _Draft(sender, campaign)
    with override(language):
        html = _html(content, draft)
        text = _text(content, draft)
        subject = replace_fields(one_line(content.get("subject") or ""), draft.merge)
    return Form(
        subject=draft.split(subject),
        html=draft.split(html),
        text=draft.split(text),
        targets=tuple(draft.targets),
        answers=answer_values(content),
        fields=draft.fields,
    )


def _html(content: Mapping[str, Any], draft: _Draft) -> str:
    authored = {
        name: replace_fields(escape(one_line(content.get(name) or "")), draft.merge)
        for name in ("subject", "preheader", "heading", "button")
    }
    authored["body"] = replace_fields(_clean(content, draft), draft.merge)
    marks = {name: draft.mark(name) for name in (*authored, *GAPS)}
    mjml = render_to_string(
        "clm_plugin/messages/mail.mjml",
        {
            **marks,
            "show_rows": bool(content.get("show_basket", True)),
            "about_basket": not content.get("link"),
            "survey": asked_in(content, draft.mark),
            "offer": bool(content.get("offer")),
            "has_preheader": bool(authored["preheader"]),
            "shop_name": draft.sender.name,
            "home": draft.sender.base,
            "postal": draft.sender.postal,
            "language": get_language(),
            "direction": "rtl" if get_language_bidi() else "ltr",
        },
    )
    try:
        html = str(mrml.to_html(mjml, render_options=_options).content)
    except Exception as error:  # mrml raises its own class, which it does not export
        raise LayoutError(f"the mail layout is not valid MJML: {error}") from error
    # Authored text comes in behind the MJML parser, so that it is never parsed as MJML.
    for name, value in authored.items():
        html = html.replace(marks[name], value)
    return _BREAK.sub(r"\1\n", _inliner.inline(html))


def _text(content: Mapping[str, Any], draft: _Draft) -> str:
    first = len(draft.targets)
    body = replace_fields(_clean(content, draft), draft.merge)
    # The text has the same links as the HTML: the same numbers, and none twice in the list.
    again = draft.targets[first:]
    del draft.targets[first:]
    for number in range(len(again)):
        body = body.replace(draft.mark(f"link{first + number}"), draft.mark(f"link{number}"))
    authored = {
        name: replace_fields(one_line(content.get(name) or ""), draft.merge)
        for name in ("heading", "button")
    }
    return render_to_string(
        "clm_plugin/messages/mail.txt",
        {
            **{name: mark_safe(value) for name, value in authored.items()},
            **{name: draft.mark(name) for name in GAPS},
            "body": mark_safe(html_to_text(body)),
            "show_rows": bool(content.get("show_basket", True)),
            "about_basket": not content.get("link"),
            "survey": asked_in(content, draft.mark),
            "offer": bool(content.get("offer")),
            "shop_name": mark_safe(draft.sender.name),
            "postal": mark_safe(draft.sender.postal),
        },
    )


def _clean(content: Mapping[str, Any], draft: _Draft) -> str:
    return nh3.clean(
        content.get("body") or "",
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        attribute_filter=draft.link,
        link_rel=None,
    )
