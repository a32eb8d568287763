"""System checks of the Oscar adapter: what a host left out, and what does not work without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.core.checks import Warning as Missing
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from clm_plugin.conf import settings as own

if TYPE_CHECKING:
    from django.core.checks import CheckMessage

MIDDLEWARE = "oscar.apps.basket.middleware.BasketMiddleware"
_NEEDED = ("catalogue", "partner", "basket", "order", "offer", "checkout", "customer")
_USEFUL = {
    "payment": "refunds are not seen",
    "wishlists": "wish lists are not seen",
    "reviews": "reviews are not seen",
    "voucher": "voucher codes are not seen",
}


def check_shop() -> list[CheckMessage]:
    """Warnings ``clm.W101`` to ``clm.W105``."""
    if not apps.is_installed("oscar"):
        return [
            Missing(
                'CLM["SHOP"] is the Oscar adapter, but Oscar is not installed.',
                hint="Add 'oscar.config.Shop' and Oscar's apps to INSTALLED_APPS, or name the "
                'adapter of your shop in CLM["SHOP"].',
                id="clm.W101",
            )
        ]
    return [*_check_apps(), *_check_middleware(), *_check_urls(), *_check_currency()]


def _check_apps() -> list[CheckMessage]:
    found = {config.label for config in apps.get_app_configs()}
    messages: list[CheckMessage] = [
        Missing(
            f"Oscar's app {label!r} is not installed.",
            hint=f"Add it to INSTALLED_APPS; the Oscar adapter reads its models ({label}).",
            id="clm.W101",
        )
        for label in _NEEDED
        if label not in found
    ]
    messages += [
        Missing(
            f"Oscar's app {label!r} is not installed: {what}.",
            hint="Add it to INSTALLED_APPS, or silence clm.W104 if your shop has none.",
            id="clm.W104",
        )
        for label, what in _USEFUL.items()
        if label not in found
    ]
    return messages


def _check_middleware() -> list[CheckMessage]:
    wanted = import_string(MIDDLEWARE)
    for path in settings.MIDDLEWARE:
        try:
            found = import_string(path)
        except ImportError:
            continue  # Django itself says so
        if isinstance(found, type) and issubclass(found, wanted):
            return []
    return [
        Missing(
            "Oscar's basket middleware is missing: requests have no basket.",
            hint=f"Add {MIDDLEWARE!r} to MIDDLEWARE, after the authentication middleware. Without "
            "it no widget can fill a basket.",
            id="clm.W102",
        )
    ]


def _check_urls() -> list[CheckMessage]:
    try:
        reverse("basket:summary")
        reverse("catalogue:index")
    except (NoReverseMatch, ImproperlyConfigured):
        return [
            Missing(
                "Oscar's URLs are not included: products and the basket have no address.",
                hint='Add path("", include(apps.get_app_config("oscar").urls[0])) to your URLs.',
                id="clm.W103",
            )
        ]
    return []


def _check_currency() -> list[CheckMessage]:
    theirs = getattr(settings, "OSCAR_DEFAULT_CURRENCY", "")
    if not theirs or theirs == own.CURRENCY:
        return []
    return [
        Missing(
            f'CLM["CURRENCY"] is {own.CURRENCY!r}, but the shop sells in {theirs!r}: '
            "orders in another currency count as orders, and their money nowhere.",
            hint=f'CLM = {{"CURRENCY": {theirs!r}}} in your settings.',
            id="clm.W105",
        )
    ]
