"""Where links may lead, and the tags that tell web analytics where a visit came from. Pure."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


def own_path(link: str, host: str) -> str:
    """The path of a link that stays in the shop (``/sale/``, ``https://<host>/sale/``), else "".

    Browsers read a backslash as a slash and drop tabs and line ends, so those are refused.
    """
    if "\\" in link or any(ord(character) <= 32 for character in link):
        return ""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    if parts.netloc:
        if parts.hostname != host or parts.scheme not in ("http", "https"):
            return ""
    elif parts.scheme or not link.startswith("/"):
        return ""
    path = parts.path or "/"
    if path.startswith("//"):
        return ""
    return urlunsplit(("", "", path, parts.query, parts.fragment))


def with_query(link: str, **values: str) -> str:
    """A link with these query parameters, in place of any of the same name."""
    parts = urlsplit(link)
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if k not in values]
    query = urlencode([*kept, *values.items()])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))


def tagged(path: str, campaign: str) -> str:
    """A path of the shop with UTM tags; an author's own tags win."""
    given = {name for name, _ in parse_qsl(urlsplit(path).query, keep_blank_values=True)}
    tags = {"utm_source": "clm", "utm_medium": "email", "utm_campaign": campaign}
    return with_query(path, **{k: v for k, v in tags.items() if k not in given})
