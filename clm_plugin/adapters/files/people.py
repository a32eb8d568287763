"""Customers and consents from a file. Who a row is about is named by id, or by address."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from clm_plugin.adapters.files.cells import BadRow, moment, short, truth
from clm_plugin.adapters.files.data import Field, Importer, Reading, Told
from clm_plugin.events.api import NewEvent, actor
from clm_plugin.profiles.api import (
    BUILT_IN,
    CHANNELS,
    PURPOSES,
    email_hash,
    normalise_email,
    normalise_phone,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

SOURCE = "import"
TRAIT = "trait:"
"""Columns mapped to ``trait:<key>`` fill a trait that the shop declared."""

WHO = (
    Field(
        key="id",
        label=_("Customer id"),
        help=_("The shop's own id of the account, or the id of another system."),
        names=("id", "customer id", "customer_id", "user id", "user_id", "customer number"),
    ),
    Field(
        key="email",
        label=_("E-mail"),
        help=_("Names a person where there is no id."),
        names=("email", "e-mail", "e-mail address", "email address", "mail"),
    ),
)


def who(row: Mapping[str, str], reading: Reading) -> str:
    """The actor of a row: the shop's account, another system's id, or an address as its hash."""
    id_ = short(row.get("id", ""), "id", 48)
    if id_:
        if reading.ids_are == "customer":
            return actor("customer", id_)
        return actor("ext", f"{reading.ids_are}:{id_}")
    address = row.get("email", "")
    if not normalise_email(address):
        why = f"“{address[:60]}” is no address" if address else "neither an id nor an e-mail"
        raise BadRow("email", why)
    return actor("email", email_hash(address))


def happened(row: Mapping[str, str], reading: Reading, now_field: str = "when") -> datetime:
    text = row.get(now_field, "")
    if not text:
        raise BadRow(now_field, "is empty")
    return moment(text, now_field, reading)


def fingerprint(kind: str, *parts: object) -> str:
    """The key of a row: the same row again changes nothing, a changed one is news."""
    text = json.dumps([kind, *map(str, parts)])
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _customer(row: Mapping[str, str], reading: Reading) -> Told:
    name = who(row, reading)
    traits: dict[str, object] = {}
    for key in BUILT_IN:
        value = row.get(key, "")
        if value:
            traits[key] = short(value, key, 254)
    _check_contacts(traits)
    for key, value in row.items():
        if key.startswith(TRAIT) and value:
            traits[key.removeprefix(TRAIT)] = short(value, key, 255)
    at = happened(row, reading)
    stamp = fingerprint("customer", name, sorted(traits.items()))
    event = NewEvent(
        type="profile.identified",
        actor=name,
        payload={"traits": traits},
        occurred_at=at,
        source=SOURCE,
        key=stamp,
    )
    return Told(events=(event,))


def _check_contacts(traits: dict[str, object]) -> None:
    address, phone, country = (str(traits.get(key, "")) for key in ("email", "phone", "country"))
    if address and not normalise_email(address):
        raise BadRow("email", f"“{address[:60]}” is no address")
    if phone and not normalise_phone(phone):
        raise BadRow("phone", f"“{phone[:40]}” is no international number such as +44 20 7946 0123")
    if country and (len(country) != 2 or not country.isalpha()):
        raise BadRow("country", f"“{country[:20]}” is no two-letter code such as GB")


def _consent(row: Mapping[str, str], reading: Reading) -> Told:
    name, at = who(row, reading), happened(row, reading)
    purpose = row.get("purpose", "").strip().lower()
    channel = row.get("channel", "").strip().lower()
    if purpose not in (*PURPOSES, *CHANNELS):
        raise BadRow("purpose", f"“{purpose[:40]}” is none of {', '.join((*PURPOSES, *CHANNELS))}")
    if channel and channel not in CHANNELS:
        raise BadRow("channel", f"“{channel[:40]}” is none of {', '.join(CHANNELS)}")
    granted = truth(row.get("granted", ""), "granted")
    payload: dict[str, object] = {
        "purposes": [purpose],
        "channel": channel,
        "place": short(row.get("place", ""), "place", 64) or SOURCE,
        "text_version": short(row.get("text_version", ""), "text_version", 64),
    }
    if row.get("proof"):
        payload["proof"] = {"told": short(row["proof"], "proof", 500)}
    event = NewEvent(
        type="consent.given" if granted else "consent.withdrawn",
        actor=name,
        payload=payload,
        occurred_at=at,
        source=SOURCE,
        key=fingerprint("consent", name, purpose, channel, granted, at.isoformat()),
    )
    return Told(events=(event,))


_WHEN = Field(
    key="when",
    label=_("When"),
    required=True,
    help=_("When this was true; a later word wins."),
    names=("when", "date", "updated", "updated at", "created", "created at", "since", "timestamp"),
)

CUSTOMERS = Importer(
    kind="customers",
    label=_("Customers"),
    help=_("Names, addresses and traits of people."),
    fields=(
        *WHO,
        _WHEN,
        Field(key="first_name", label=_("First name"), names=("first name", "firstname", "name")),
        Field(key="phone", label=_("Phone"), names=("phone", "telephone", "mobile")),
        Field(key="country", label=_("Country"), help=_("Two letters: GB."), names=("country",)),
        Field(key="language", label=_("Language"), names=("language", "locale")),
        Field(key="time_zone", label=_("Time zone"), names=("time zone", "timezone")),
    ),
    tell=_customer,
    one_of=("id", "email"),
)

CONSENTS = Importer(
    kind="consents",
    label=_("Consents"),
    help=_("What people agreed to, or refused, elsewhere, with when and where."),
    fields=(
        *WHO,
        _WHEN,
        Field(
            key="purpose",
            label=_("Purpose"),
            required=True,
            help=_("marketing, analytics or personalisation."),
            names=("purpose", "consent", "list"),
        ),
        Field(key="channel", label=_("Channel"), help=_("mail, push, sms …"), names=("channel",)),
        Field(
            key="granted",
            label=_("Agreed"),
            required=True,
            help=_("yes or no."),
            names=("granted", "agreed", "opted in", "opt in", "subscribed", "status"),
        ),
        Field(key="place", label=_("Where"), names=("where", "place", "source", "form")),
        Field(
            key="text_version", label=_("Version of the text"), names=("text version", "version")
        ),
        Field(key="proof", label=_("Proof"), help=_("What shows that it is so."), names=("proof",)),
    ),
    tell=_consent,
    one_of=("id", "email"),
)
