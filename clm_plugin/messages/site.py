"""Who the shop is in a mail: where its links lead and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from clm_plugin.conf import settings


@dataclass(frozen=True, slots=True)
class Sender:
    """``base`` is the absolute address of the shop without a slash at its end."""

    base: str
    name: str
    address: str
    postal: str

    @property
    def host(self) -> str:
        return urlsplit(self.base).hostname or "localhost"


def sender() -> Sender:
    """The shop as its mails present it.

    Raises ImproperlyConfigured when nothing says under which address the shop is reached.
    """
    address = settings.MAIL_FROM or django_settings.DEFAULT_FROM_EMAIL
    base, name = settings.SITE_URL.rstrip("/"), parseaddr(address)[0]
    if (not base or not name) and _has_sites():
        from django.contrib.sites.models import Site

        site = Site.objects.get_current()  # cached by Django
        base, name = base or f"https://{site.domain}", name or site.name
    if not base:
        raise ImproperlyConfigured('mails need CLM["SITE_URL"], such as "https://shop.example"')
    name = name or urlsplit(base).hostname or ""
    return Sender(base=base, name=name, address=address, postal=settings.POSTAL_ADDRESS)


def _has_sites() -> bool:
    return apps.is_installed("django.contrib.sites") and bool(
        getattr(django_settings, "SITE_ID", None)
    )
