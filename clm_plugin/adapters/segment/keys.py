"""Write keys: made, found, revoked. The key itself leaves here once and is stored nowhere."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.db.models import F

from clm_plugin.adapters.segment.data import BROWSER, CUSTOMER, SERVER, Sender
from clm_plugin.adapters.segment.models import WriteKey
from clm_plugin.exceptions import ClmError
from clm_plugin.shop.api import get_shop

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

_PREFIX = {SERVER: "clm_s_", BROWSER: "clm_b_"}
_SOURCE = re.compile(r"[a-z][a-z0-9-]{0,15}\Z")
# What the plugin itself writes as an event's source; a sender must not look like one of them.
RESERVED = frozenset({"shop", "backfill", "browser", "consent", "plugin", "import", "console"})
_COARSE = timedelta(minutes=1)


class WriteKeyError(ClmError, ValueError):
    """A key that cannot be made; ``field`` names the place."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that was just made: the only moment at which ``secret`` is known."""

    key: WriteKey
    secret: str


def make_key(
    *,
    name: str,
    source: str,
    kind: str = SERVER,
    ids_are: str = "external",
    origins: Iterable[str] = (),
    created_by: Any = None,
    now: datetime,
) -> NewKey:
    """Make a write key. Raises WriteKeyError."""
    if kind not in _PREFIX:
        raise WriteKeyError("kind", f"must be {SERVER} or {BROWSER}")
    if ids_are not in WriteKey.IdsAre.values:
        raise WriteKeyError("ids_are", f"must be {' or '.join(WriteKey.IdsAre.values)}")
    if not name.strip() or len(name) > 100:
        raise WriteKeyError("name", "must have 1 to 100 characters")
    secret = _PREFIX[kind] + secrets.token_urlsafe(24)
    key = WriteKey.objects.create(
        name=name.strip(),
        key_hash=_hash(secret),
        prefix=secret[:10],
        kind=kind,
        ids_are="external" if kind == BROWSER else ids_are,
        source=clean_source(source),
        origins=[clean_origin(origin) for origin in origins] if kind == BROWSER else [],
        created_at=now,
        created_by=created_by,
    )
    return NewKey(key=key, secret=secret)


def clean_source(source: str) -> str:
    """The name under which a sender's events are stored. Raises WriteKeyError."""
    if not _SOURCE.match(source):
        raise WriteKeyError(
            "source", "must be 1 to 16 lower-case letters, digits and hyphens, a letter first"
        )
    if source in RESERVED:
        raise WriteKeyError("source", f"{source} is the plugin's own; choose another")
    return source


def clean_origin(origin: str) -> str:
    """``scheme://host[:port]`` as browsers send it. Raises WriteKeyError."""
    text = origin.strip().lower()
    try:
        parts = urlsplit(text)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
        fine = fine and text.rstrip("/") == f"{parts.scheme}://{parts.netloc}"
        parts.port  # noqa: B018  (raises where it is no number)
    except ValueError:
        fine = False
    if not fine or len(text) > 255 or not text.isascii():
        raise WriteKeyError("origins", f"{origin[:60]!r} is not like https://www.example.com")
    return text.rstrip("/")


def revoke_key(key: WriteKey, *, now: datetime) -> bool:
    """Take a key's leave away at once; False when somebody else did."""
    rows = WriteKey.objects.filter(pk=key.pk, revoked_at__isnull=True)
    return bool(rows.update(revoked_at=now))


def write_keys() -> QuerySet[WriteKey]:
    """All keys: those in force, the newest first, then the revoked ones."""
    return WriteKey.objects.select_related("created_by").order_by(
        F("revoked_at").desc(nulls_first=True), "-created_at", "-pk"
    )


def find_key(secret: str) -> WriteKey | None:
    """The key in force with this secret; one query by a unique index."""
    if not secret.startswith(tuple(_PREFIX.values())) or len(secret) > 64:
        return None
    return WriteKey.objects.filter(key_hash=_hash(secret), revoked_at__isnull=True).first()


def is_allowed_origin(origin: str) -> bool:
    """Whether any browser key in force may be used from a page of this origin; one query."""
    keys = WriteKey.objects.filter(kind=BROWSER, revoked_at__isnull=True)
    return any(origin in origins for origins in keys.values_list("origins", flat=True))


def sender_of(key: WriteKey) -> Sender:
    """What the rest of the adapter needs of a key."""
    trusted = key.kind == SERVER
    of_shop = trusted and key.ids_are == CUSTOMER
    shop = get_shop() if of_shop else None
    return Sender(
        key_id=key.pk,
        source=key.source,
        trusted=trusted,
        ids_are=key.ids_are,
        origins=tuple(key.origins),
        shop_tells_baskets=bool(shop and shop.supports_baskets),
        shop_tells_refunds=bool(shop and shop.supports_refunds),
    )


def note_use(key: WriteKey, *, now: datetime, refused: str = "") -> None:
    """Write down that a key was used, and why a message was refused; at most once a minute each."""
    late = now - _COARSE
    changes: dict[str, Any] = {}
    if key.last_used_at is None or not late < key.last_used_at <= now:
        changes["last_used_at"] = now
    if refused and (key.refused_at is None or not late < key.refused_at <= now):
        changes |= {"refused_at": now, "refused_why": refused[:255].replace("\x00", "")}
    if changes:
        WriteKey.objects.filter(pk=key.pk).update(**changes)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
