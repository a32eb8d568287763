"""Settings of the host, typed and read live, so that ``override_settings(CLM=…)`` works.

The host writes one dictionary::

    CLM = {"SHOP": "clm_plugin.adapters.oscar.OscarShop", "REQUIRE_CONSENT": True}
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from django.conf import settings as django_settings
from django.core.signals import setting_changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting with its default. ``docs/reference/settings.md`` has a heading for each."""

    SHOP: str = "clm_plugin.adapters.oscar.OscarShop"
    """Dotted path of the Shop class."""
    CLOCK: str = "django.utils.timezone.now"
    """Dotted path of a callable that returns the present as an aware datetime."""
    CURRENCY: str = "GBP"
    """ISO 4217 code in which spend and margin are counted."""
    REQUIRE_CONSENT: bool = False
    """Store nothing about a visitor before she agreed."""
    HONOUR_GPC: bool = True
    """Treat the Global Privacy Control header as a refusal until the visitor agrees herself."""
    BEACON: bool = True
    """Browsing comes from the browser's beacon; off: from the shop's own signals."""
    DATA_LAYER: bool = False
    """The browser's script also reads the GA4 events that the shop pushes to ``dataLayer``."""
    VISITOR_COOKIE: str = "clm_v"
    """Name of the first-party visitor cookie."""
    VISITOR_COOKIE_AGE: timedelta = timedelta(days=390)
    CONSENT_COOKIE: str = "clm_c"
    COOKIE_SECURE: bool | None = None
    """None: secure exactly when the request was."""
    GLOBAL_HOLDOUT: float = 0.05
    """Share of profiles that never get a campaign, to measure what campaigns earn."""
    BATCH_SIZE: int = 5_000
    """Events a worker claims at once."""
    MAX_ATTEMPTS: int = 5
    """Tries before an event is dead-lettered."""
    BROWSER_KEY_DAYS: int = 30
    """How long dedupe keys of browser events are kept."""
    INGEST_RATE: int = 60_000
    """Messages a minute that one write key may send."""
    API_RATE: int = 600
    """Requests a minute that one user may make to the REST API."""
    ATTRIBUTION_WINDOW: timedelta = timedelta(days=5)
    GIFT_CARDS: tuple[str, ...] = ("gift-card", "gift_card")
    """Slugs of product classes, or codes of yes/no attributes, that say "this is a gift card"."""
    CREDIT_HOLD: timedelta = timedelta(minutes=30)
    """How long store credit is kept for a payment that has begun; then it is free again."""
    CREDIT_BY_HAND: int = 25
    """Store credit that staff gives or takes by hand within a day, in whole units of its currency;
    what is beyond waits for a second person."""
    CREDIT_BY_APPROVER: int = 250
    """The same for who may approve what others ask for."""
    MAIL_FROM: str = ""
    """Sender of the plugin's mails; empty: DEFAULT_FROM_EMAIL."""
    POSTAL_ADDRESS: str = ""
    """One line at the foot of marketing mails; many countries' laws ask for it."""
    SITE_URL: str = ""
    """Absolute base of links in mails, e.g. ``https://shop.example``; empty: Django's Site."""
    MAIL_CAP_PER_DAY: int = 1
    MAIL_CAP_PER_WEEK: int = 3
    MAIL_SPACING: timedelta = timedelta(hours=16)
    QUIET_HOURS: tuple[int, int] = (21, 8)
    """Local hours in which no marketing mail leaves: from, until."""
    TIME_ZONE: str = ""
    """Zone of quiet hours when a profile has none; empty: Django's TIME_ZONE."""
    SOFT_OPT_IN: bool = False
    """Mail customers (account or order) who never said no; off: only who said yes."""
    SENDING: bool = True
    """Off (staging, shadow mode): decisions and receipts are made, nothing is sent."""
    MICRO_SHARE: float = 0.4
    """Share of a buyer's spend from which a category is a micro-segment she belongs to."""
    CONSENT_TEXT_VERSION: str = "1"
    """Version of the texts that ask for consent; change it when you change their meaning."""
    CONSENT_PROOF_IP: bool = False
    """Keep a keyed hash of the IP address with each answer to a question for consent."""
    RETENTION: dict[str, int | None] | None = None
    """Days by event type or table; None for an entry: keep. What is not named has its default."""
    ERASURE_KEY: str = ""
    """Secret under which the names of erased people are hashed; empty: SECRET_KEY."""
    ERASURE_JOURNAL: str = ""
    """Path of a file outside the database that knows every erasure, for restored backups."""


KNOWN = frozenset(field.name for field in fields(Settings))
_held: tuple[dict[str, Any], Settings] | None = None


def current() -> Settings:
    """The settings in force now. Unknown keys are left to the system check ``clm.E001``."""
    global _held
    given: dict[str, Any] = getattr(django_settings, "CLM", {})
    if not isinstance(given, dict):
        given = {}  # the system check clm.E003 says so; a crash here would hide it
    held = _held
    # The dictionary itself is held, so that no other one can take its place in memory.
    if held is None or held[0] is not given:
        held = given, Settings(**{k: v for k, v in given.items() if k in KNOWN})
        _held = held
    return held[1]


def _forget(*, setting: str, **_: object) -> None:
    global _held
    if setting == "CLM":
        _held = None


setting_changed.connect(_forget)


class _Live:
    def __getattr__(self, name: str) -> Any:
        return getattr(current(), name)


settings = _Live()
