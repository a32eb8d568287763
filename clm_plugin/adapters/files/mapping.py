"""Which column of a file is which field: guessed from the names, then the importer's to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clm_plugin.adapters.files.crediting import CREDIT
from clm_plugin.adapters.files.people import CONSENTS, CUSTOMERS, TRAIT
from clm_plugin.adapters.files.reading import BadFile, unquoted
from clm_plugin.adapters.files.selling import ORDERS, SPEND

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from clm_plugin.adapters.files.data import Importer

IMPORTERS: dict[str, Importer] = {
    each.kind: each for each in (CUSTOMERS, ORDERS, CONSENTS, SPEND, CREDIT)
}


def guess(
    importer: Importer, header: Sequence[str], traits: Collection[str] = ()
) -> dict[str, str]:
    """Field key -> column name, as far as the names tell; each column is given once."""
    plain = {_plain(name): name for name in header}
    found: dict[str, str] = {}
    for field in importer.fields:
        for name in (field.key, *field.names):
            column = plain.get(_plain(name))
            if column is not None and column not in found.values():
                found[field.key] = column
                break
    if importer.kind == "customers":
        for key in traits:
            column = plain.get(_plain(key))
            if column is not None and column not in found.values():
                found[TRAIT + key] = column
    return found


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def missing(importer: Importer, mapping: Mapping[str, str]) -> list[str]:
    """The labels of required fields that no column fills; the last may stand for "one of"."""
    wanted = [f.label for f in importer.fields if f.required and not mapping.get(f.key)]
    if importer.one_of and not any(mapping.get(key) for key in importer.one_of):
        labels = {field.key: field.label for field in importer.fields}
        wanted.append(" / ".join(labels[key] for key in importer.one_of))
    return wanted


def check_mapping(
    importer: Importer, mapping: Mapping[str, str], header: Sequence[str]
) -> dict[str, str]:
    """The mapping without empty entries. Raises BadFile: unknown, doubled or missing columns."""
    kept = {key: column for key, column in mapping.items() if column}
    known = {field.key for field in importer.fields}
    for key, column in kept.items():
        if key not in known and not (importer.kind == "customers" and key.startswith(TRAIT)):
            raise BadFile(f"“{key}” is no field of {importer.kind}")
        if column not in header:
            raise BadFile(f"the file has no column “{column}”")
    if len(set(kept.values())) < len(kept):
        raise BadFile("a column is used for two fields")
    if lacking := missing(importer, kept):
        raise BadFile(f"no column for: {', '.join(lacking)}")
    return kept


def as_row(
    cells: Sequence[str], header: Sequence[str], mapping: Mapping[str, str]
) -> dict[str, str]:
    """The cells of a record by field, trimmed."""
    at = {column: number for number, column in enumerate(header)}
    return {key: unquoted(cells[at[column]].strip()) for key, column in mapping.items()}
