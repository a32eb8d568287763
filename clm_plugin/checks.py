"""System checks: what a host got wrong, each with an id and a hint."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from clm_plugin import INSTALLED_APPS
from clm_plugin.conf import KNOWN, current
from clm_plugin.privacy import api as privacy
from clm_plugin.shop.api import ShopError, get_shop

_NEEDED_APPS = ("django.contrib.sites", *INSTALLED_APPS)
_ADMIN_URLS = {
    "wagtailadmin_home": 'path("lifecycle-admin/", include("wagtail.admin.urls"))',
    "wagtaildocs_serve": 'path("documents/", include("wagtail.documents.urls"))',
}


@register("clm")
def check_settings(**_: Any) -> list[CheckMessage]:
    """clm.E001 unknown keys, clm.E003 values of the wrong kind, clm.E004 the clock."""
    given = getattr(django_settings, "CLM", {})
    if not isinstance(given, dict):
        return [Error("CLM must be a dictionary.", hint='CLM = {"SHOP": "…"}', id="clm.E003")]
    found: list[CheckMessage] = [
        Error(
            f'CLM["{name}"] is not a setting of clm_plugin.',
            hint=f"Known settings: {', '.join(sorted(KNOWN))}.",
            id="clm.E001",
        )
        for name in sorted(set(map(str, given)) - KNOWN)
    ]
    values = current()
    for name in sorted(KNOWN & set(given)):
        default = type(values).__dataclass_fields__[name].default
        value = getattr(values, name)
        if default is not None and not isinstance(value, _kinds(default)):
            found.append(
                Error(
                    f'CLM["{name}"] must be a {type(default).__name__}, not {value!r}.',
                    hint=f"The default is {default!r}.",
                    id="clm.E003",
                )
            )
    if not 0 <= float(values.GLOBAL_HOLDOUT) < 1:
        found.append(Error('CLM["GLOBAL_HOLDOUT"] must be from 0 to below 1.', id="clm.E003"))
    try:
        clock_ok = callable(import_string(values.CLOCK))
    except (ImportError, AttributeError):
        clock_ok = False
    if not clock_ok:
        found.append(
            Error(
                f'CLM["CLOCK"] = {values.CLOCK!r} is not a callable.',
                hint="Leave it out to use django.utils.timezone.now.",
                id="clm.E004",
            )
        )
    return found


def _kinds(default: object) -> type | tuple[type, ...]:
    if isinstance(default, bool):
        return bool
    return (int, float) if isinstance(default, float) else type(default)


@register("clm")
def check_shop(**_: Any) -> list[CheckMessage]:
    """clm.E002 the adapter; its own checks follow."""
    try:
        return get_shop().check()
    except ShopError as error:
        return [
            Error(
                str(error),
                hint='For django-oscar: CLM = {"SHOP": "clm_plugin.adapters.oscar.OscarShop"}.',
                id="clm.E002",
            )
        ]


@register("clm")
def check_privacy(**_: Any) -> list[CheckMessage]:
    """clm.E012 and clm.E013: what is purged, and where erasures are noted."""
    return privacy.check_privacy()


@register("clm")
def check_host(**_: Any) -> list[CheckMessage]:
    """clm.E005 apps, clm.E006 time zones, clm.W007 URLs, clm.W008 middleware."""
    found: list[CheckMessage] = [
        Error(
            f"{name} is not in INSTALLED_APPS.",
            hint="Add clm_plugin.INSTALLED_APPS to the list: it holds all that is needed.",
            id="clm.E005",
        )
        for name in _NEEDED_APPS
        if not apps.is_installed(name)
    ]
    if not django_settings.USE_TZ:
        found.append(Error("clm_plugin needs USE_TZ = True.", id="clm.E006"))
    try:
        import_module(django_settings.ROOT_URLCONF)
        reverse("clm:collect")
    except (ImportError, NoReverseMatch):
        found.append(
            Warning(
                "The URLs of clm_plugin are not included.",
                hint='path("clm/", include("clm_plugin.urls")) in your ROOT_URLCONF.',
                id="clm.W007",
            )
        )
    found += [
        Warning(
            f"No {name} in MIDDLEWARE.",
            hint="Without it logged-in shoppers are taken for anonymous visitors.",
            id="clm.W008",
        )
        for name in ("SessionMiddleware", "AuthenticationMiddleware")
        if not any(path.endswith(name) for path in django_settings.MIDDLEWARE)
    ]
    return found


@register("clm")
def check_admin(**_: Any) -> list[CheckMessage]:
    """clm.E009 the admin's name, clm.W010 its URLs, clm.W011 the order of two apps."""
    found: list[CheckMessage] = []
    if not getattr(django_settings, "WAGTAIL_SITE_NAME", ""):
        found.append(
            Error(
                "WAGTAIL_SITE_NAME is not set: the admin's start page fails without it.",
                hint='WAGTAIL_SITE_NAME = "The name of your shop" in your settings.',
                id="clm.E009",
            )
        )
    found += [
        Warning(
            f"Wagtail's URL {name!r} is not there: the Lifecycle menu cannot be used.",
            hint=f"{line} in your ROOT_URLCONF.",
            id="clm.W010",
        )
        for name, line in _ADMIN_URLS.items()
        if not _has_url(name, 1, "x")
    ]
    names = [config.name for config in apps.get_app_configs()]
    if {"haystack", "wagtail.search"} <= set(names) and (
        names.index("wagtail.search") < names.index("haystack")
    ):
        found.append(
            Warning(
                "wagtail.search stands before haystack: manage.py update_index is Wagtail's.",
                hint="Put haystack first in INSTALLED_APPS, so that it stays the shop's.",
                id="clm.W011",
            )
        )
    return found


def _has_url(name: str, *args: object) -> bool:
    """Whether a URL of this name exists, with these arguments or with none."""
    for given in ((), args):
        try:
            reverse(name, args=given)
        except (NoReverseMatch, ImportError, ImproperlyConfigured):
            continue
        return True
    return False
