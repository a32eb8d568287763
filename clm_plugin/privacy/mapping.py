"""The data map: which table holds what about people, why, for how long, and what erasure does.

Made of the models' own declarations, for the console and for ``docs/reference/data-map.md``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from clm_plugin.privacy.declared import is_nothing, tables
from clm_plugin.privacy.retention import DEFAULTS, days_of

_MODULE = '''"""The words of the tables' declarations, for the translators' tools.

Made by ``manage.py clm_data_map --words FILE``; do not edit it.
"""

from django.utils.translation import gettext_noop

WORDS = (
%s
)
'''
_ERASURE = {
    "delete": "deleted",
    "clear": "emptied",
    "anonymise": "made nobody's",
    "keep": "kept: leads to nobody",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A table of the map; the texts are English and translatable."""

    name: str
    model: str
    holds: str
    why: str
    kept: str
    erase: str
    columns: tuple[str, ...]
    days: int | None


def data_map() -> list[Line]:
    """The tables that hold something about people, or something that outlives an erasure."""
    return [
        Line(
            name=table.name.replace("_", " "),
            model=table.model.__name__,
            holds=table.data.holds,
            why=table.data.why,
            kept=table.data.kept,
            erase=table.data.erase,
            columns=table.data.columns,
            days=days_of(table.model.__name__) if table.data.aged_by else None,
        )
        for table in tables()
        if not is_nothing(table)
    ]


def words_module() -> str:
    """The words of all declarations as a module for the translators' tools to find."""
    words = sorted({w for t in tables() for w in (t.data.holds, t.data.why, t.data.kept) if w})
    lines = [
        "    gettext_noop(\n        " + json.dumps(word, ensure_ascii=False) + "\n    ),"
        for word in words
    ]
    return _MODULE % "\n".join(lines)


def data_map_page() -> str:
    """The map as ``docs/reference/data-map.md``, in English with the default periods."""
    lines = [
        "# Data map",
        "",
        "Made by `manage.py clm_data_map --write docs/reference/data-map.md` from what each model",
        "declares; do not edit it. The console shows the same under Lifecycle, Privacy, with the",
        "periods of your settings.",
        "",
        "## Tables about people",
        "",
        "| table | holds | why | kept | at erasure |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {line.model} | {line.holds} | {line.why} | {line.kept} | {_ERASURE[line.erase]} |"
        for line in data_map()
    ]
    lines += [
        "",
        "## Events, by type",
        "",
        'Types that are not named here are kept until the person is erased. `CLM["RETENTION"]`',
        "changes any of them.",
        "",
        "| type | days |",
        "|---|---|",
    ]
    lines += [f"| `{name}` | {days} |" for name, days in sorted(DEFAULTS.items())]
    nothing = ", ".join(table.model.__name__ for table in tables() if is_nothing(table))
    lines += ["", "## Tables about the shop only", "", f"{nothing}.", ""]
    return "\n".join(lines)
