"""Consent as a shop gives and reads it; the events of the log are the history.

An answer is an event like any other, so it is folded within a second; what is read here counts
answers that are still on their way.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings as django_settings
from django.utils.translation import get_language

from clm_plugin.conf import settings
from clm_plugin.events.api import BadEvent, NewEvent, events_about, record_many
from clm_plugin.privacy.models import ConsentText
from clm_plugin.profiles.api import (
    CHANNELS,
    MARKETING,
    PURPOSES,
    actors_of,
    consent_key,
    profile_id_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

_TYPES = {"consent.given": True, "consent.withdrawn": False}
_HISTORY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """An answer: to what, yes or no, when, where it was asked, and what was shown."""

    purpose: str
    channel: str
    granted: bool
    changed_at: datetime
    source: str = ""
    text_version: str = ""
    proof: Mapping[str, Any]


def give_consent(
    who: str,
    purpose: str,
    *,
    channel: str = "",
    source: str,
    now: datetime,
    text: str = "",
    text_version: str = "",
    request: HttpRequest | None = None,
    told_by: str = "",
) -> None:
    """Write down that somebody agreed, in the caller's transaction.

    ``who`` is an actor (``actor("customer", user.pk)``); ``purpose`` analytics, personalisation or
    marketing, the last with its ``channel`` (mail, push, sms, phone, post). ``source`` says where
    it was asked (``checkout``, ``account_page``, ``import``, …), ``text`` the words that were
    shown, which are kept once and named in the proof by their hash. ``told_by`` names who wrote it
    down where it was not the person herself. Raises BadEvent for an unknown purpose or channel.
    """
    key = _key(purpose, channel)
    proof = _proof(text, text_version, now, request, told_by)
    _record("consent.given", who, key, source, now, proof)


def withdraw_consent(
    who: str,
    purpose: str,
    *,
    channel: str = "",
    source: str,
    now: datetime,
    text: str = "",
    text_version: str = "",
    request: HttpRequest | None = None,
    told_by: str = "",
) -> None:
    """Write down that somebody refused or took her agreement back; else as ``give_consent``."""
    key = _key(purpose, channel)
    proof = _proof(text, text_version, now, request, told_by)
    _record("consent.withdrawn", who, key, source, now, proof)


def _key(purpose: str, channel: str) -> tuple[str, str]:
    if purpose not in PURPOSES:
        raise BadEvent("purpose", f"must be one of {', '.join(PURPOSES)}")
    if (purpose == MARKETING) != (channel in CHANNELS):
        raise BadEvent("channel", f"marketing has one of {', '.join(CHANNELS)}, the others none")
    return purpose, channel


def _proof(
    text: str, version: str, now: datetime, request: HttpRequest | None, told_by: str
) -> dict[str, Any]:
    """The fields of the payload that show what was agreed to."""
    version = (version or settings.CONSENT_TEXT_VERSION)[:64]
    proof = proof_of(text, version=version, now=now, request=request)
    if told_by:
        proof["told_by"] = told_by
    return {"text_version": version, "proof": proof}


def _record(
    type_: str,
    who: str,
    key: tuple[str, str],
    source: str,
    now: datetime,
    proof: Mapping[str, Any],
) -> None:
    payload = {"purposes": [key[0]], "channel": key[1], "place": source[:32], **proof}
    event = NewEvent(type=type_, actor=who, occurred_at=now, source="consent", payload=payload)
    record_many([event], received_at=now)


def proof_of(
    text: str, *, version: str, now: datetime, request: HttpRequest | None = None
) -> dict[str, Any]:
    """What shows later what was agreed to: the text's hash and language; the text itself is kept
    once. With ``CLM["CONSENT_PROOF_IP"]`` a keyed hash of the address it came from."""
    proof: dict[str, Any] = {}
    if text:
        language = get_language() or ""
        proof = {"text": keep_text(text, version=version, language=language, now=now)}
        proof["language"] = language
    if request is not None and settings.CONSENT_PROOF_IP:
        key = (settings.ERASURE_KEY or django_settings.SECRET_KEY).encode()
        address = request.META.get("REMOTE_ADDR", "")
        proof["ip"] = hmac.new(key, address.encode(), hashlib.sha256).hexdigest()
    return proof


def keep_text(text: str, *, version: str, language: str, now: datetime) -> str:
    """Keep a text that asked for consent, once; returns its hash."""
    digest = hashlib.sha256(f"{language}\n{text}".encode()).hexdigest()
    ConsentText.objects.get_or_create(
        hash=digest,
        defaults={
            "version": version[:64],
            "language": language[:16],
            "text": text,
            "first_shown_at": now,
        },
    )
    return digest


def consents_of(who: str) -> list[Consent]:
    """What somebody says now, one entry a purpose and channel; answers on their way count."""
    latest: dict[tuple[str, str], Consent] = {}
    for consent in consent_history(who):  # newest first
        latest.setdefault((consent.purpose, consent.channel), consent)
    return [latest[key] for key in sorted(latest)]


def consent_history(who: str) -> list[Consent]:
    """Every answer of the person behind an actor, newest first (the latest 500)."""
    profile_id = profile_id_of(who)
    return history_of([who, *(actors_of(profile_id) if profile_id else ())])


def history_of(actors: list[str]) -> list[Consent]:
    """Every answer of these actors, newest first; one query."""
    rows = (
        events_about(actors)
        .filter(type__in=list(_TYPES))
        .order_by("-occurred_at", "-type", "-id")
        .values_list("type", "occurred_at", "source", "payload")[:_HISTORY]
    )
    return [
        Consent(
            purpose=key[0],
            channel=key[1],
            granted=_TYPES[type_],
            changed_at=at,
            source=payload.get("place") or source,
            text_version=payload.get("text_version", ""),
            proof=payload.get("proof") or {},
        )
        for type_, at, source, payload in rows
        for key in (
            consent_key(word, payload.get("channel", "")) for word in payload.get("purposes", ())
        )
    ]


def texts(hashes: list[str]) -> dict[str, ConsentText]:
    """The texts behind the hashes of proofs."""
    return ConsentText.objects.in_bulk([each for each in hashes if each])
