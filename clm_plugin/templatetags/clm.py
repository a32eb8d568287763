"""``{% load clm %}``: what a shop's template says to let the plugin onto its pages.

All tags give the same bytes to everybody, so pages stay cacheable; what is personal comes in one
``no-store`` call of the script.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.conf import settings as django_settings
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from clm_plugin.conf import current
from clm_plugin.privacy.api import banner_words
from clm_plugin.templatetags.compiled import compiled

register = template.Library()

_NONCE = "\x1a"
_HERE = f"clm{secrets.token_hex(8)}"
"""The page's address in what is kept: no page has this word, and no filter of a shop's own template
(``urlencode``) makes another of it."""
_RESERVE = {"none", "small", "medium", "bundle"}


@register.simple_tag(takes_context=True)
def clm_head(context: template.Context) -> SafeString:
    """The style sheet and the one script, for the ``head`` of every page of the shop.

    Empty while the plugin's URLs are not included (a system check says so). The nonce of a
    Content-Security-Policy is taken from ``request.csp_nonce`` if there is one.
    """
    given = current()
    html = _head(
        _urls(context),
        (given.REQUIRE_CONSENT, given.HONOUR_GPC, given.BEACON, given.DATA_LAYER),
        given.CONSENT_COOKIE,
    )
    nonce = getattr(context.get("request"), "csp_nonce", "")
    return SafeString(html.replace(_NONCE, f' nonce="{escape(str(nonce))}"' if nonce else ""))


def _urls(context: template.Context) -> tuple[str, str]:
    """What the plugin's addresses depend on, asked once a page: a host may be served by its own."""
    page = context.render_context
    if "clm_urls" not in page:
        page["clm_urls"] = get_urlconf() or django_settings.ROOT_URLCONF, get_script_prefix()
    found: tuple[str, str] = page["clm_urls"]
    return found


@lru_cache(maxsize=32)
def _head(urls: tuple[str, str], flags: tuple[bool, ...], cookie: str) -> str:
    """The tags with a place for the nonce: all else is the same on every page of a shop."""
    try:
        paths = {name: reverse(f"clm:{name}") for name in ("collect", "decide", "consent")}
    except NoReverseMatch:
        return ""
    return format_html(
        '<link rel="stylesheet" href="{css}">'
        '<script defer src="{core}"{nonce} data-clm data-collect="{collect}" data-decide="{decide}"'
        ' data-consent="{consent}" data-ask="{ask}" data-gpc="{gpc}" data-beacon="{beacon}"'
        ' data-cookie="{cookie}" data-banner="{banner}"'
        ' data-popup="{popup}" data-bundle="{bundle}" data-survey="{survey}"'
        ' data-credit="{credit}"{layer}></script>',
        css=static("clm_plugin/clm.css"),
        core=static("clm_plugin/clm.js"),
        popup=static("clm_plugin/clm-popup.js"),
        bundle=static("clm_plugin/clm-bundle.js"),
        survey=static("clm_plugin/clm-survey.js"),
        credit=static("clm_plugin/clm-chip.js"),
        banner=static("clm_plugin/clm-consent.js"),
        layer=format_html(' data-layer="{}"', static("clm_plugin/clm-data-layer.js"))
        if flags[3]
        else "",
        cookie=cookie,
        nonce=_NONCE,
        ask=int(flags[0]),
        gpc=int(flags[1]),
        beacon=int(flags[2]),
        **paths,
    )


@register.simple_tag(takes_context=True)
def clm_consent_banner(
    context: template.Context, heading: str = "", text: str = "", version: str = ""
) -> SafeString:
    """The consent banner, best at the beginning of ``body``; ``href="#clm-consent"`` opens it.

    ``heading`` and ``text`` are the shop's own words, ``version`` names them (else
    ``CLM["CONSENT_TEXT_VERSION"]``). The same for everybody: the script shows it to who has not
    answered. Empty while the plugin's URLs are not included.
    """
    given = current()
    html = _banner(
        compiled(context, "clm_plugin/consent/banner.html"),
        _urls(context),
        get_language() or "",
        given.REQUIRE_CONSENT,
        version or given.CONSENT_TEXT_VERSION,
        (str(heading), str(text)),
    )
    return SafeString(html.replace(_HERE, escape(getattr(context.get("request"), "path", "/"))))


@lru_cache(maxsize=64)
def _banner(
    source: template.base.Template,
    urls: tuple[str, str],
    language: str,
    required: bool,
    version: str,
    own: tuple[str, str],
) -> str:
    """The banner with a place for the page's address: all else is the same on every page."""
    try:
        action = reverse("clm:consent")
    except NoReverseMatch:
        return ""
    heading, text = own
    values = {
        "action": action,
        "next": _HERE,
        "version": version,
        "words": banner_words(required=required, heading=heading, text=text),
    }
    return source.render(template.Context(values))


@register.simple_tag
def clm_slot(name: str, product: Any = "", reserve: str = "") -> SafeString:
    """A place for a widget: ``{% clm_slot "product-bundle" product=product.id %}``.

    ``product`` is the shop's id of the product the page is about. ``reserve`` keeps room for the
    widget so that nothing jumps when it comes: none, small, medium or bundle; by default a slot
    with a product keeps the room of a bundle. Raises TemplateSyntaxError for another word.
    """
    product_id = "" if product is None else str(product)
    room = reserve or ("bundle" if product_id else "none")
    if room not in _RESERVE:
        raise template.TemplateSyntaxError(
            f"clm_slot: reserve={room!r} is none of {', '.join(sorted(_RESERVE))}"
        )
    return _slot(name, product_id, room)


@lru_cache(maxsize=4096)
def _slot(name: str, product_id: str, room: str) -> SafeString:
    return format_html(
        '<clm-slot name="{}"{}{}></clm-slot>',
        name,
        format_html(' product="{}"', product_id) if product_id else "",
        format_html(' reserve="{}"', room) if room != "none" else "",
    )
