"""Asking for marketing mail where an account is opened: a box of ours, never ticked for her."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from oscar.apps.customer.signals import user_registered

from clm_plugin.api import actor, give_consent, now

FIELD = "marketing_mail"
WORDS = _("Yes, write me now and then about new things and offers. I can stop it at any time.")


def connect() -> None:
    user_registered.connect(registered, dispatch_uid="demo_shop.consents.registered")


def registered(*, user: Any, request: HttpRequest | None = None, **_kwargs: object) -> None:
    """A new account; what was ticked is written down with the words beside it."""
    if request is None or FIELD not in request.POST:
        return
    give_consent(
        actor("customer", user.pk),
        "marketing",
        channel="mail",
        source="registration",
        now=now(),
        text=str(WORDS),
        request=request,
    )
