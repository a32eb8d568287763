"""The public pages of mail.

A link in a mail gets forwarded, scanned and prefetched. So GET and HEAD change nothing but the log
of clicks, no page shows anything personal, and a token never logs anybody in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import crawleruseragents
from django.contrib import messages as flash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render as render_page
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from clm_plugin import clock
from clm_plugin.messages import operations
from clm_plugin.messages.baskets import lines_of
from clm_plugin.messages.data import Frozen, Lines
from clm_plugin.messages.fields import FROZEN
from clm_plugin.messages.pages import gone, has_expired, private
from clm_plugin.messages.queries import by_token, standing_of
from clm_plugin.messages.rendering import Recipient, priced, render
from clm_plugin.messages.rules import gets_mail
from clm_plugin.messages.site import sender
from clm_plugin.messages.targets import with_query
from clm_plugin.shop.api import Wanted, get_shop

if TYPE_CHECKING:
    from django.http import HttpRequest

    from clm_plugin.messages.models import Delivery

_LEFT_OUT = "•••"
"""What the page of a mail has in the place of an amount of credit."""
CLICK = "clm_click"
# A mail is all inline styles and runs nothing: the opposite of the shop's own policy.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
_any_of = require_http_methods(["GET", "HEAD", "POST"])


@private
@require_safe
def click(request: HttpRequest, token: str, link: int) -> HttpResponse:
    """Note the click and go on to the stored target; the path holds no address of its own."""
    delivery = by_token(token)
    if delivery is None or link >= len(delivery.links):
        return gone(request, 404)
    agent = request.headers.get("User-Agent", "")[:1000]
    click_id = operations.log_click(
        delivery,
        link,
        method=request.method or "GET",
        user_agent=agent,
        is_crawler=crawleruseragents.is_crawler(agent),
        now=clock.now(),
    )
    target: str = delivery.links[link]
    if click_id is not None and target.startswith("/"):
        target = with_query(target, **{CLICK: str(click_id)})
    return HttpResponseRedirect(target)


@private
@_any_of
@csrf_protect
def restore(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the mail's basket had; on POST put it into the basket of this browser."""
    delivery = by_token(token)
    if delivery is None:
        return gone(request, 404)
    if has_expired(delivery):
        return gone(request, 410)
    lines = _lines_now(delivery)
    if request.method == "POST":
        return _put_back(request, lines)
    return render_page(
        request,
        "clm_plugin/messages/restore.html",
        {
            "rows": [priced(line) for line in lines.shown],
            "lines": lines,
            "click": _click_of(request.GET),
        },
        # Nothing of it is left: the page says so, and so does the status.
        status=200 if lines.shown else 410,
    )


def _lines_now(delivery: Delivery) -> Lines:
    kept = delivery.content.get("lines", ())
    wanted = [Frozen(product_id=p, quantity=q, title=t) for p, q, t in kept]
    return lines_of(wanted, get_shop().products([each.product_id for each in wanted]))


def _put_back(request: HttpRequest, lines: Lines) -> HttpResponse:
    shop = get_shop()
    wanted = [Wanted(product_id=line.product_id, quantity=line.quantity) for line in lines.shown]
    added = shop.add_lines(request, wanted)
    _tell(request, len(added.added), lines.missing + len(added.refused))
    target, click_id = shop.basket_url(), _click_of(request.POST)
    return HttpResponseRedirect(with_query(target, **{CLICK: click_id}) if click_id else target)


def _tell(request: HttpRequest, added: int, missing: int) -> None:
    if added:
        flash.success(request, _("Your basket is back."), fail_silently=True)
    if missing:
        text = ngettext(
            "One thing is sold out or no longer available.",
            "%(count)s things are sold out or no longer available.",
            missing,
        )
        flash.warning(request, text % {"count": missing}, fail_silently=True)


def _click_of(query: Any) -> str:
    """The click that brought the shopper here, if the query names one; "" otherwise."""
    try:
        return str(UUID(query.get(CLICK, "")))
    except ValueError:
        return ""


@private
@csrf_exempt  # RFC 8058: a mail program posts without cookies
@_any_of
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button; POST unsubscribes at once, however often. Never expires."""
    delivery = by_token(token)
    if delivery is None:
        return gone(request, 404)
    done = request.method == "POST"
    if done:
        operations.unsubscribe(delivery, now=clock.now())
    return render_page(
        request, "clm_plugin/messages/unsubscribe.html", {"done": done, "token": token}
    )


@private
@_any_of
@csrf_protect
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Marketing mail on or off."""
    delivery = by_token(token)
    if delivery is None:
        return gone(request, 404)
    saved = request.method == "POST" and request.POST.get("mail") in ("on", "off")
    if saved:
        change = {"on": operations.resubscribe, "off": operations.unsubscribe}
        change[request.POST["mail"]](delivery, now=clock.now(), place="preference_centre")
        is_on = request.POST["mail"] == "on"
    else:
        is_on = gets_mail(standing_of(delivery.profile_id, delivery.address))
    return render_page(
        request, "clm_plugin/messages/preferences.html", {"is_on": is_on, "saved": saved}
    )


@private
@require_safe
def mail(request: HttpRequest, token: str) -> HttpResponse:
    """The mail as a page, without name, code and amount of credit: whoever it was forwarded to may
    look."""
    delivery = by_token(token)
    if delivery is None or not delivery.links:
        return gone(request, 404)
    if has_expired(delivery):
        return gone(request, 410)
    content = {key: value for key, value in delivery.content.items() if key not in FROZEN}
    about = dict(delivery.content.get("about") or {})
    if "credit_amount" in about:
        about["credit_amount"] = _LEFT_OUT
    shown = render(
        content,
        campaign=delivery.campaign,
        recipient=Recipient(token=token, language=delivery.profile.language, about=about),
        lines=_lines_now(delivery),
        sender=sender(),
    )
    response = HttpResponse(shown.html)
    response["Content-Security-Policy"] = MAIL_POLICY
    return response
