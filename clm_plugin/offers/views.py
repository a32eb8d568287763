"""The page behind a signed link: it says what the offer is, and takes it up by POST.

A GET changes nothing, for scanners and previews of links fetch every link of a mail. A link that
was forwarded gives a stranger nothing and tells her so; nothing personal is on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from clm_plugin import clock
from clm_plugin.events.api import actor
from clm_plugin.exceptions import ClmError
from clm_plugin.offers.alphabet import shown_code
from clm_plugin.offers.beside import BESIDE, taken_up
from clm_plugin.offers.codes import code_for
from clm_plugin.offers.compile import compile_offer
from clm_plugin.offers.granting import as_data, grant_offer, granted_before
from clm_plugin.offers.links import read_link
from clm_plugin.offers.live import live_offers
from clm_plugin.offers.models import OfferGrant, Redemption
from clm_plugin.offers.plan import AT_CHECKOUT
from clm_plugin.offers.remembering import remember_code
from clm_plugin.offers.taking_up import accept
from clm_plugin.offers.wording import gives, small_print, until
from clm_plugin.profiles.api import actor_of, customer_of, profile_id_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from clm_plugin.offers.authoring import Offer as Authored
    from clm_plugin.offers.links import Link
    from clm_plugin.offers.plan import Offer

_PAGE = "clm_plugin/offers/offer.html"


@dataclass(slots=True)
class _Case:
    """What a link comes to for whoever followed it. ``ended``: why it gives nothing any more."""

    offer: Offer | None = None
    grant: OfferGrant | None = None
    profile_id: int | None = None
    ended: str = ""

    @property
    def is_strangers(self) -> bool:
        return self.grant is not None and self.grant.profile_id != self.profile_id


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """Show an offer; POST takes it up, as often as she likes, once."""
    response = _answer(request, token)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response.setdefault("Referrer-Policy", "same-origin")
    return response


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    link, now = read_link(token), clock.now()
    case = _case(link, _caller(request), now) if link is not None else _Case()
    if case.grant is None and _is_for_an_account(case.offer) and not customer_of(request):
        case.profile_id = None  # each fresh browser would take it up anew, and bring it along
    if case.ended:
        return _page(request, case, status=410)
    if link is None or case.offer is None:
        return render(request, "clm_plugin/messages/gone.html", status=404)
    if request.method != "POST":
        return _page(request, case)
    if case.is_strangers or case.profile_id is None:
        return _page(request, case, status=403)
    try:
        return _take(request, case, now)
    except ClmError:
        case.ended = _("This offer cannot be taken up any more.")
        return _page(request, case, status=410)


def _caller(request: HttpRequest) -> int | None:
    """Whose session it is. An account is hers whatever she said about tracking."""
    customer = customer_of(request)
    name = actor("customer", customer) if customer else actor_of(request)
    return profile_id_of(name) if name else None


def _is_for_an_account(plan: Offer | None) -> bool:
    return plan is not None and plan.effect.kind in BESIDE


def _case(link: Link, profile_id: int | None, now: datetime) -> _Case:
    grant = OfferGrant.objects.filter(pk=link.grant_id).first() if link.grant_id else None
    key = grant.offer if grant else link.offer
    case = _Case(live_offers().get(key), grant, profile_id)
    ends = _end(case, link)
    zone = case.offer.zone if case.offer else "UTC"
    if link.grant_id and grant is None:
        return _Case()
    if now >= ends:
        case.ended = _("This offer was open %(until)s.") % {"until": until(ends, zone)}
    elif case.offer is None or (grant is not None and grant.revoked_at is not None):
        case.ended = _("This offer is no longer open.")
    elif not case.offer.is_open(now):
        case.ended = _("This offer has not begun.")
    elif grant is not None and not case.is_strangers and _is_used(grant):
        case.ended = _("You have used this offer.")
    return case


def _end(case: _Case, link: Link) -> datetime:
    grant, plan = case.grant, case.offer
    ends = (link.ends_at, grant.expires_at if grant else None, plan.closes_at if plan else None)
    return min(at for at in ends if at is not None)


def _is_used(grant: OfferGrant) -> bool:
    used = Redemption.objects.filter(grant=grant, state=Redemption.State.CONFIRMED)
    return used.exclude(order_id=taken_up(grant.pk)).exists()


def _take(request: HttpRequest, case: _Case, now: datetime) -> HttpResponse:
    plan, pid = case.offer, case.profile_id
    assert plan is not None  # looked at before
    assert pid is not None
    grant = as_data(case.grant) if case.grant else None
    if grant is None and plan.given != "everybody":
        key = f"link:{plan.key}:"
        # One that she took up as another profile that is hers now as well.
        grant = granted_before(pid, key) or grant_offer(
            profile_id=pid, offer=plan.key, key=f"{key}{pid}", reason="", source="link", now=now
        )
    code = ""
    if grant is not None:
        accept(grant.id, now=now)
        if plan.given == "code" and plan.effect.kind in AT_CHECKOUT:
            code = code_for(grant, now=now)
            remember_code(request, code)
    return _page(request, case, done=True, code=code)


def _page(
    request: HttpRequest, case: _Case, *, status: int = 200, done: bool = False, code: str = ""
) -> HttpResponse:
    plan = case.offer
    context: dict[str, Any] = {
        "title": plan.title if plan else "",
        "ended": case.ended,
        "strange": not done and not case.ended and case.is_strangers,
        "unknown": not done and not case.ended and case.grant is None and case.profile_id is None,
        "done": done,
        "code": shown_code(code),
        "login_url": "" if customer_of(request) else redirect_to_login(request.path).url,
    }
    if plan is not None:
        grant_end = case.grant.expires_at if case.grant else None
        context |= {
            "gives": gives(plan),
            "small": small_print(plan, grant_end),
            "kind": plan.effect.kind,
            "at_checkout": plan.effect.kind in AT_CHECKOUT,
        }
    return render(request, _PAGE, context, status=status)


def preview(request: HttpRequest, authored: Authored) -> HttpResponse:
    """The page as its author sees it before the offer is published."""
    if not authored.effect:
        return render(request, "clm_plugin/campaigns/no_preview.html")
    return _page(request, _Case(offer=compile_offer(authored), profile_id=0))
