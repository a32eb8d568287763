"""Reads catalogues, and what the sources mark for them; neither needs gettext's own tools."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from collections.abc import Iterator

PLUGIN = Path(__file__).resolve().parent.parent.parent / "clm_plugin"
LANGUAGES = ("id", "zh-hans")
FOLDERS = {"id": "id", "zh-hans": "zh_Hans"}
HOWTO = "docs/reference/languages.md says how to bring the catalogues up to date"


class Source(NamedTuple):
    """What a programme asks for: its English text, as a catalogue finds it."""

    text: str
    plural: str = ""
    context: str = ""


def read_po(path: Path) -> dict[Source, str]:
    """A catalogue as it is kept: source to translation; the header's source is empty.

    Both languages have one plural form, so one translation an entry. Fuzzy entries are refused.
    """
    found: dict[Source, str] = {}
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        fields: dict[str, str] = {}
        key = ""
        for line in block.splitlines():
            assert not line.startswith(("#~", "#, fuzzy")), f"{path}: {line}"
            if line.startswith("#") or not line.strip():
                continue
            word, _space, literal = line.rpartition(" ") if line[0] == '"' else line.partition(" ")
            if line[0] == '"':
                literal = line
            else:
                key = word
            fields[key] = fields.get(key, "") + ast.literal_eval(literal)
        plural = fields.get("msgid_plural", "")
        source = Source(fields["msgid"], plural, fields.get("msgctxt", ""))
        assert source not in found, f"{path}: twice: {source}"
        found[source] = fields["msgstr[0]" if plural else "msgstr"]
    return found


def folder(language: str) -> Path:
    return PLUGIN / "locale" / FOLDERS[language] / "LC_MESSAGES"


@cache
def catalogue(language: str) -> dict[Source, str]:
    return {key: text for key, text in read_po(folder(language) / "django.po").items() if key.text}


_WHERE = {"gettext": 0, "gettext_lazy": 0, "gettext_noop": 0, "_": 0, "pgettext": 1}
_WHERE |= {"pgettext_lazy": 1, "ngettext": 2, "ngettext_lazy": 2}
_CALL = re.compile(
    r"""\b(_|gettext|ngettext|pgettext)\(((?:\s*u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")\s*,?)+)"""
)


def _source(function: str, texts: list[str]) -> Source:
    if _WHERE[function] == 1:
        return Source(texts[1], context=texts[0])
    return Source(texts[0], plural=texts[1] if _WHERE[function] == 2 else "")


def _functions(tree: ast.AST) -> dict[str, str]:
    """The names under which a module has gettext's functions: ``gettext as _now`` counts, too."""
    found = {name: name for name in _WHERE}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            found |= {each.asname or each.name: each.name for each in node.names}
    return {local: name for local, name in found.items() if name in _WHERE}


def _in_python(text: str) -> Iterator[Source]:
    tree = ast.parse(text)
    functions = _functions(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
        if node.func.id in functions and texts and isinstance(texts[0], str):
            yield _source(functions[node.func.id], [str(each) for each in texts])


def _in_template(text: str) -> Iterator[Source]:
    for function, literals in _CALL.findall(templatize(text)):
        yield _source(function, list(ast.literal_eval(f"({literals},)".replace(",,", ","))))


@cache
def marked() -> set[Source]:
    """All that the plugin's sources mark for translation."""
    found: set[Source] = set()
    for path in PLUGIN.rglob("*"):
        if path.suffix == ".py":
            found.update(_in_python(path.read_text()))
        elif path.suffix in {".html", ".txt", ".mjml"}:
            found.update(_in_template(path.read_text()))
    return found
