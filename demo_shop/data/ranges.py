"""Reads ``range.txt``: the products of the shop, chosen and named by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RANGE_FILE = Path(__file__).with_name("range.txt")
AXES = ("colour", "size", "design")


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One thing that can be bought: a stand-alone product or one variant of a product."""

    code: str
    value: str
    pattern: str
    colour: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Product:
    """A product page: one variant without a value, or several along one axis."""

    category: str
    title: str
    kind: str
    axis: str
    note: str
    variants: tuple[Variant, ...]


def _variant(code: str, value: str, art: str) -> Variant:
    pattern, colour, *detail = art.split(" ")
    return Variant(code=code, value=value, pattern=pattern, colour=colour, detail=" ".join(detail))


def _fields(line: str, count: int) -> list[str]:
    fields = [field.strip() for field in line.split("|")]
    return fields + [""] * (count - len(fields))


def _standalone(line: str, category: str) -> Product:
    code, title, kind, art, note = _fields(line, 5)
    variant = _variant(code, "", art)
    return Product(
        category=category, title=title, kind=kind, axis="", note=note, variants=(variant,)
    )


def _family(line: str, category: str, rows: list[str]) -> Product:
    title, kind, axis, note = _fields(line, 4)
    if axis not in AXES:
        raise ValueError(f"{title}: unknown axis {axis!r}")
    variants = tuple(_variant(*_fields(row, 3)) for row in rows)
    return Product(
        category=category, title=title, kind=kind, axis=axis, note=note, variants=variants
    )


def products(*, text: str | None = None) -> Iterator[Product]:
    """Yield the products in the order of the file."""
    source = RANGE_FILE.read_text(encoding="utf-8") if text is None else text
    lines = [line for line in source.splitlines() if line.strip() and not line.startswith("#")]
    category = ""
    for index, line in enumerate(lines):
        if line.startswith("["):
            category = line.strip("[] ")
        elif line.startswith("- "):
            yield _standalone(line[2:], category)
        elif line.startswith("= "):
            rows = []
            for row in lines[index + 1 :]:
                if not row.startswith("  "):
                    break
                rows.append(row)
            yield _family(line[2:], category, rows)
