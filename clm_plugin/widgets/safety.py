"""What marketers wrote, made safe to put on a page of the shop."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from django.utils.safestring import SafeString, mark_safe

_TAGS = {"a", "b", "br", "em", "i", "li", "ol", "p", "strong", "ul"}


@lru_cache(maxsize=512)
def safe_html(html: str) -> SafeString:
    """Rich text with nothing in it but text, emphasis, lists and links."""
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )
    return mark_safe(cleaned)


def is_own_path(link: object) -> bool:
    """Whether a link stays in this shop: a path, not another host's and not a script.

    Browsers drop tabs and line ends inside a URL and read a backslash as a slash.
    """
    if not isinstance(link, str) or not link.startswith("/") or link.startswith("//"):
        return False
    if "\\" in link or any(ord(character) < 33 for character in link):
        return False
    try:
        return not urlsplit(link).netloc
    except ValueError:
        return False
