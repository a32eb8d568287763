"""Traits of people: every word is kept with its time, and the one that counts by its trait's rule.

``Profile`` holds the built-in ones once more, as the fast copy that mails and screens read.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from clm_plugin.profiles.data import BUILT_IN
from clm_plugin.profiles.models import Identifier, Profile, TraitDefinition, TraitValue
from clm_plugin.profiles.names import EMAIL, email_hash
from clm_plugin.profiles.telling import MAX_TEXT, NEWEST, STRONGEST, Word, built_in, counts, typed
from clm_plugin.upsert import REPLACE, upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from clm_plugin.profiles.sums import Trait

Words = dict[tuple[int, str], Word]
"""(profile id, key) -> the word that counts."""
SURVEY = "survey."
COLUMNS = ("email", "first_name", "language", "country", "time_zone")
_WORD = ("text", "number", "moment", "told_at", "strong", "source")
# An insert must fill these columns, and never does: the row is there already.
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_FILLED = "CASE WHEN {new} = '' THEN {old} ELSE {new} END"


def write_traits(traits: Mapping[int, list[Trait]], proven: Collection[int] = ()) -> frozenset[int]:
    """Write what a batch tells of people; a fixed number of queries, none if nothing was told.

    ``proven`` are those who proved an address to be theirs. Returns whose traits are others now.
    """
    if not traits and not proven:
        return frozenset()
    keys = {key for told in traits.values() for trait in told for key in trait.values}
    definitions = definitions_of(keys)
    words: Words = {}
    for pid, told in traits.items():
        for trait in told:
            for key, raw in trait.values.items():
                word = _word(key, raw, trait, definitions)
                if word is not None:
                    keep(words, (pid, key), word, definitions)
    return put(words, definitions, proven=proven)


def definitions_of(keys: Iterable[str]) -> dict[str, TraitDefinition]:
    """The declared traits among these keys; one query, none for built-in ones and surveys."""
    declared = {key for key in keys if key not in BUILT_IN and not key.startswith(SURVEY)}
    if not declared:
        return {}
    return {each.key: each for each in TraitDefinition.objects.filter(key__in=declared)}


def rule_of(key: str, definitions: Mapping[str, TraitDefinition]) -> str:
    if key in BUILT_IN:
        return STRONGEST
    return definitions[key].rule if key in definitions else NEWEST


def keep(
    words: Words, place: tuple[int, str], word: Word, definitions: Mapping[str, TraitDefinition]
) -> None:
    """Keep a word where no other counts before it."""
    if place not in words or counts(word, words[place], rule_of(place[1], definitions)):
        words[place] = word


def put(
    words: Words, definitions: Mapping[str, TraitDefinition], *, proven: Collection[int] = ()
) -> frozenset[int]:
    """Write the words that count before those that are stored; returns whose changed.

    The caller holds the profiles: what is read here is still so when it is written over.
    """
    stored = words_of({pid for pid, _ in words}, {key for _, key in words}) if words else {}
    changed = {
        place: word
        for place, word in words.items()
        if place not in stored or counts(word, stored[place], rule_of(place[1], definitions))
    }
    upsert(
        TraitValue,
        ("profile_id", "key", *_WORD),
        [
            (*place, *(getattr(word, name) for name in _WORD))
            for place, word in sorted(changed.items(), key=lambda item: item[0])
        ],
        key=("profile_id", "key"),
        combine=dict.fromkeys(_WORD, REPLACE),
    )
    columns: dict[int, dict[str, str]] = {}
    for (pid, key), word in changed.items():
        if key in COLUMNS and word.value != _value(stored.get((pid, key))):
            columns.setdefault(pid, {})[key] = word.text or ""
    copy_to_profiles(columns)
    check_addresses({*proven, *(pid for pid, filled in columns.items() if "email" in filled)})
    return frozenset(pid for pid, _ in changed)


def words_of(profile_ids: Collection[int], keys: Collection[str] | None = None) -> Words:
    """The stored words of these people, of all keys or of these; one query."""
    rows = TraitValue.objects.filter(profile__in=profile_ids)
    if keys is not None:
        rows = rows.filter(key__in=keys)
    return {
        (pid, key): Word(**dict(zip(_WORD, word, strict=True)))
        for pid, key, *word in rows.values_list("profile_id", "key", *_WORD)
    }


def copy_to_profiles(columns: Mapping[int, Mapping[str, str]]) -> None:
    """Write the columns of profiles that are not empty."""
    if not columns:
        return
    fields = ("id", "created_at", "customer_id", "email_verified", *COLUMNS)
    upsert(
        Profile,
        fields,
        [
            (pid, _EPOCH, "", False, *(columns[pid].get(name, "") for name in COLUMNS))
            for pid in sorted(columns)
        ],
        key=("id",),
        combine=dict.fromkeys(COLUMNS, _FILLED),
    )


def check_addresses(profile_ids: Collection[int]) -> None:
    """Set whether the address of each profile is proven to be hers; two queries, one write."""
    if not profile_ids:
        return
    rows = Profile.objects.filter(pk__in=profile_ids).values_list("pk", "email", "email_verified")
    names = {pk: f"{EMAIL}{email_hash(email)}" for pk, email, _ in rows if email}
    proven = set(
        Identifier.objects.filter(actor__in=names.values(), verified=True).values_list(
            "actor", "profile_id"
        )
    )
    for is_verified in (True, False):
        wrong = [
            pk
            for pk, _, was in rows
            if was != is_verified and ((names.get(pk, ""), pk) in proven) == is_verified
        ]
        if wrong:
            Profile.objects.filter(pk__in=wrong).update(email_verified=is_verified)


def _word(
    key: str, raw: object, trait: Trait, definitions: Mapping[str, TraitDefinition]
) -> Word | None:
    """What somebody sent as a word of its trait; None when it is none, or of no declared trait."""
    at, strong, source = trait.at, trait.strong, trait.source
    if key in BUILT_IN:
        text = built_in(key, raw)
        return Word(text=text, told_at=at, strong=strong, source=source) if text else None
    if key.startswith(SURVEY):
        score, answer = raw if isinstance(raw, tuple | list) else (-1, "")
        number = float(score) if score >= 0 else None
        if number is None and not answer:
            return None
        return Word(
            number=number, text=answer[:MAX_TEXT] or None, told_at=at, strong=strong, source=source
        )
    definition = definitions.get(key)
    if definition is None:
        return None
    return typed(
        raw,
        definition.kind,
        choices=definition.choices,
        told_at=at,
        strong=strong,
        source=source,
    )


def _value(word: Word | None) -> tuple[Any, ...] | None:
    return None if word is None else word.value
