"""Our codes in Oscar's voucher form: a mixin for the host's ``basket.views.VoucherAddView``.

    class VoucherAddView(ClmVouchers, OscarVoucherAddView):
        pass

A code that is one of the shop's own vouchers goes Oscar's way, untouched. Every other one is asked
of the plugin, and every wrong guess has one answer.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.utils.translation import gettext as _
from oscar.core.loading import get_class, get_model
from oscar.core.utils import redirect_to_referrer

from clm_plugin import clock
from clm_plugin.adapters.guard import hurried
from clm_plugin.adapters.oscar.mixed_in import OscarsOwn
from clm_plugin.adapters.oscar.offers_candidates import forget_look, person_of
from clm_plugin.adapters.oscar.offers_memory import memory
from clm_plugin.adapters.oscar.offers_rows import PREFIX, voucher_for
from clm_plugin.events.api import actor
from clm_plugin.exceptions import ClmError
from clm_plugin.offers import api as offers
from clm_plugin.profiles.api import customer_of, profile_id_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

logger = logging.getLogger("clm_plugin")

PATIENCE_MS = 1_000


class ClmVouchers(OscarsOwn):
    """Reads a typed code as people write codes, and puts ours on the basket as a voucher."""

    request: Any

    def form_valid(self, form: Any) -> HttpResponse:
        code, basket = form.cleaned_data["code"], self.request.basket
        if not basket.id or is_the_shops(code):
            answer: HttpResponse = super().form_valid(form)
            return answer
        level, text = self._use(code)
        messages.add_message(self.request, level, text)
        response: HttpResponse = redirect_to_referrer(self.request, "basket:summary")
        return response

    def _use(self, typed: str) -> tuple[int, str]:
        """What is said about a typed code, after it was used if it could be."""
        code, basket = offers.read_code(typed), self.request.basket
        # Asked for what can be no code of ours as well: all wrong guesses cost the same.
        if is_on(basket, code or "-"):
            return messages.INFO, _("This code is on your basket already.")
        try:
            found = ask(self.request, typed)
            if not found.ok:
                return messages.ERROR, found.text
            if found.offer is not None and found.offer.effect.kind not in offers.AT_CHECKOUT:
                return take_beside(self.request, found)
            voucher = put_on(self.request, basket, found)
        except offers.CodeTaken:
            return messages.ERROR, _("This code is in use elsewhere, or was used before.")
        except ClmError:
            return messages.ERROR, _("This offer is not open at the moment.")
        except Exception:
            logger.exception("clm: a code could not be looked at")
            return messages.ERROR, _("Codes cannot be used at the moment; go on, or try later.")
        return self._say(voucher, found)

    def _say(self, voucher: Any, found: offers.Answer) -> tuple[int, str]:
        """Price the basket with it, and say what came of that."""
        basket = self.request.basket
        self.add_signal.send(sender=self, basket=basket, voucher=voucher)
        basket.reset_offer_applications()
        applicator = get_class("offer.applicator", "Applicator")
        applicator().apply(basket, self.request.user, self.request)
        told = getattr(basket, "clm_offers", None)
        for each in told.used if told is not None else ():
            if each.code == voucher.code:
                return messages.SUCCESS, _("“%(title)s” is taken off.") % {"title": each.title}
        reason = (
            next((e.reason for e in told.left_out if e.code == voucher.code), "") if told else ""
        )
        if not reason:
            return messages.WARNING, _("The code is kept, but nothing is taken off for it now.")
        return messages.WARNING, _("The code is kept, but not used now. %(reason)s") % {
            "reason": reason
        }


def is_on(basket: Any, code: str) -> bool:
    """Whether a code that was read is on a basket already; one query."""
    codes = basket.vouchers.values_list("code", flat=True)
    return any(offers.read_code(one) == code for one in codes)


def is_the_shops(code: str) -> bool:
    """Whether this is a voucher that the shop itself made. One query, whatever the code."""
    vouchers = get_model("voucher", "Voucher").objects.filter(code=code)
    return bool(vouchers.exclude(offers__slug__startswith=PREFIX).exists())


def ask(request: HttpRequest, typed: str) -> offers.Answer:
    """Whether the shopper may use a typed code; counted as a guess when she may not."""
    name = person_of(request)
    with hurried(PATIENCE_MS):
        profile_id = profile_id_of(name) if name else None
        return offers.check_code(
            text=typed,
            profile_id=profile_id,
            session_key=request.session.session_key or "",
            ip=request.META.get("REMOTE_ADDR", ""),
            now=clock.now(),
        )


def put_on(request: HttpRequest, basket: Any, found: offers.Answer) -> Any:
    """The code's voucher on a basket; returns it. Raises OfferError where the offer is gone."""
    held, plan = memory(clock.now()), found.offer
    row = held.rows.get(plan.key) if plan is not None else None
    if plan is None or row is None:
        raise offers.UnknownOffer("this offer is not open, or was suspended in Oscar's dashboard")
    voucher = voucher_for(found.code, row, title=plan.title, is_public=found.is_public)
    basket.vouchers.add(voucher)
    forget_look(request)
    return voucher


def take_beside(request: HttpRequest, found: offers.Answer) -> tuple[int, str]:
    """A code that gives something beside an order (store credit, a pass): it is booked now, once;
    a public one once for each account.
    """
    plan, customer = found.offer, customer_of(request)
    # An account's, never a device's: each fresh browser would have it again, and bring it along.
    profile_id = profile_id_of(actor("customer", customer)) if customer else None
    assert plan is not None  # asked before
    if profile_id is None:
        return messages.INFO, _("Sign in first: “%(title)s” is put on your account.") % {
            "title": plan.title
        }
    reason = _("Code %(code)s") % {"code": offers.shown_code(found.code)}
    if not offers.take_up_code(found, profile_id=profile_id, reason=reason, now=clock.now()):
        return messages.ERROR, _("You have used this code.")
    return messages.SUCCESS, _("“%(title)s” is on your account.") % {"title": plan.title}


def take_up_remembered(request: HttpRequest, basket: Any) -> None:
    """Put codes on a basket that the shopper took up by a link before she had one. Never raises.

    A code that cannot be used is forgotten and counts as no guess: she was shown it by us.
    """
    codes = offers.remembered_codes(request)
    if not codes:
        return
    try:
        with hurried(PATIENCE_MS):
            now, name = clock.now(), person_of(request)
            held = memory(now)
            answers = offers.standing_of_codes(
                codes,
                profile_id=profile_id_of(name) if name else None,
                plans=held.plans,
                now=now,
            )
            for code, found in answers.items():
                if found.ok and found.offer is not None and found.offer.key in held.rows:
                    put_on(request, basket, found)
                if found.reason != "in_use":
                    offers.forget_code(request, code)
    except Exception:
        logger.exception("clm: a code that was taken up is not put on the basket")


def apply_code(request: HttpRequest, code: str) -> bool:
    """The port's ``apply_code``: on the request's basket if there is one, else remembered."""
    basket = getattr(request, "basket", None)
    offers.remember_code(request, code)
    if basket is None or not basket.id:
        return False
    take_up_remembered(request, basket)
    forget_look(request)
    return is_on(basket, offers.read_code(code) or "-")
