"""Erasing one person: everything that leads to her, on every floor, in one transaction.

Store statistics stay: her orders become nobody's (``profiles.anonymise_orders``). What is told of
her again is dropped (``profiles.tombstones``). Her refusal of mail outlives her as a hash in the
suppression list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction

from clm_plugin.events.api import events_about, forget_events, hold_shards, unlink
from clm_plugin.messages.api import UNSUBSCRIBED, addresses_of, suppress
from clm_plugin.offers.api import anonymise_redemptions
from clm_plugin.privacy import journal
from clm_plugin.privacy.declared import Table, about_people
from clm_plugin.privacy.models import Erasure
from clm_plugin.privacy.searching import remove
from clm_plugin.profiles.api import (
    anonymise_orders,
    bury,
    delete_profiles,
    lock_profile,
    mail_consents,
    person_of,
)
from clm_plugin.signals import person_erased
from clm_plugin.wallet import api as wallet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from clm_plugin.profiles.api import Person

ANONYMISING: dict[str, Callable[[Sequence[int], datetime], int]] = {
    "Account": lambda ids, now: wallet.forget(ids, now=now),
    "Hold": lambda ids, now: 0,  # with the accounts
    "OrderFact": lambda ids, now: anonymise_orders(ids),
    "Redemption": lambda ids, now: anonymise_redemptions(ids, now),
}
"""What ``erase="anonymise"`` means, by model; each takes profile ids and the time of the erasure,
and returns a count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased: the profiles, and the number of rows by table."""

    profile_ids: tuple[int, ...]
    rows: dict[str, int] = field(default_factory=dict)


def preview(profile_id: int) -> dict[str, tuple[int, str]] | None:
    """What an erasure would do: (rows, ``delete``/``anonymise``/``clear``/``keep``) by table.

    None when there is nobody. A count for each table.
    """
    person = person_of(profile_id)
    if person is None:
        return None
    counted = {
        table.name: (table.rows(person).count(), table.data.erase) for table in about_people()
    }
    return {name: found for name, found in counted.items() if found[0]}


def erase(profile_id: int, *, now: datetime, asked_by: str, note: bool = True) -> Erased | None:
    """Erase the whole person behind a profile; None when there is none.

    ``note``: write it into the journal (a replay of the journal does not). Waits for workers that
    are at her events. Raises OSError, and erases nothing, when the journal cannot be written.
    """
    before = person_of(profile_id)
    if before is None:
        return None
    with transaction.atomic():
        hold_shards(before.actors)
        for pk in before.profile_ids:
            lock_profile(pk)
        person = person_of(profile_id)
        if person is None:
            return None  # somebody else was faster
        addresses = {*person.addresses, *addresses_of(person.profile_ids)}
        _keep_refusal(person, addresses, now)
        hashes = person.hashes(also=addresses)
        person_erased.send(sender=None, person=person, now=now)
        rows = _delete_rows(person, now) | remove(person.texts(also=addresses))
        delete_profiles(person.profile_ids)
        bury(hashes, at=now)
        Erasure.objects.create(erased_at=now, asked_by=asked_by, rows=rows)
        if note:
            journal.append(hashes, at=now)
    # Outside: it reads every event with links, and nobody has to wait for it.
    unlink(person.actors)
    return Erased(profile_ids=person.profile_ids, rows=rows)


def _keep_refusal(person: Person, addresses: set[str], now: datetime) -> None:
    """She said no to mail: the addresses stay suppressed, by hash, when the consent is gone."""
    if False in mail_consents(person.profile_ids).values():
        for address in addresses:
            suppress(address, reason=UNSUBSCRIBED, now=now)


def _delete_rows(person: Person, now: datetime) -> dict[str, int]:
    """Every table by its declaration, what hangs on events first; rows by table."""
    found = sorted(
        about_people(), key=lambda table: ("event", "actor", "profile").index(table.data.by)
    )
    rows = {table.name: table.rows(person).count() for table in found}
    for table in found:
        _delete(table, person, now)
    return {name: count for name, count in rows.items() if count}


def _delete(table: Table, person: Person, now: datetime) -> None:
    how, name = table.data.erase, table.model.__name__
    events = events_about(person.actors, person.orders)
    if how == "anonymise":
        ANONYMISING[name](person.profile_ids, now)
    elif how == "clear":
        table.rows(person).update(
            **{column: _empty(table, column) for column in table.data.columns}
        )
    elif table.model is events.model:
        forget_events(list(events.values_list("id", flat=True)))
    elif how == "delete" and name != "Profile":
        table.rows(person).order_by().delete()


def _empty(table: Table, column: str) -> object:
    field_ = table.model._meta.get_field(column)
    if getattr(field_, "null", False):
        return None
    return {} if field_.get_internal_type() == "JSONField" else ""
