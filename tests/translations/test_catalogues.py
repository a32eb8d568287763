"""The catalogues say all that the plugin says, in step with its sources."""

from __future__ import annotations

import gettext
import re
import struct

import pytest

from tests.translations.catalogues import (
    FOLDERS,
    HOWTO,
    LANGUAGES,
    Source,
    catalogue,
    folder,
    marked,
    read_po,
)

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|</?\w+>")
HAN = re.compile(r"[\u4e00-\u9fff]")
FORMATS = {"date format", "date and time format", "time format"}


@pytest.mark.parametrize("language", LANGUAGES)
class TestCatalogues:
    def test_hold_all_that_is_marked_and_nothing_else(self, language: str) -> None:
        wanted, held = marked(), set(catalogue(language))
        assert len(wanted) > 400, "the sources were not read"
        assert not wanted - held, f"without a translation; {HOWTO}"
        assert not held - wanted, f"no longer said; {HOWTO}"

    def test_are_compiled_as_they_are_written(self, language: str) -> None:
        path = folder(language) / "django.mo"
        entries = catalogue(language)
        assert struct.unpack("<I", path.read_bytes()[8:12]) == (len(entries) + 1,), HOWTO
        with path.open("rb") as file:
            compiled = gettext.GNUTranslations(file)
        for source, text in entries.items():
            if source.context:
                found = [compiled.pgettext(source.context, source.text)]
            elif source.plural:
                found = [compiled.ngettext(source.text, source.plural, n) for n in (0, 1, 2, 5)]
            else:
                found = [compiled.gettext(source.text)]
            assert set(found) == {text}, HOWTO

    def test_have_one_plural_form(self, language: str) -> None:
        header = read_po(folder(language) / "django.po")[Source("")]
        assert "Plural-Forms: nplurals=1; plural=0;\n" in header
        assert f"Language: {FOLDERS[language]}\n" in header

    def test_keep_placeholders_and_tags(self, language: str) -> None:
        for source, text in catalogue(language).items():
            wanted = PLACEHOLDER.findall(source.plural or source.text)
            # "0 %" is no placeholder, but a number with its sign.
            assert sorted(PLACEHOLDER.findall(text)) == sorted(wanted), source
            assert text.strip() == text, source
            assert text.endswith("\n") == source.text.endswith("\n"), source

    def test_end_labels_and_sentences_alike(self, language: str) -> None:
        """A colon leads on to something; without it a label runs into its value."""
        for source, text in catalogue(language).items():
            if source.text.endswith(":"):
                assert text.endswith((":", "：")), source


def test_all_chinese_is_chinese() -> None:
    texts = ("“%(name)s”", "0 %", "< 0.1 %", "%(value)s %%", "%(words)s.")
    same = {Source(text) for text in texts}
    for source, text in catalogue("zh-hans").items():
        assert HAN.search(text) or source in same or source.context in FORMATS, source


def test_indonesian_is_not_english() -> None:
    loans = {
        "Loyal", "Popup", "Slot", "Status", "Margin", "margin", "Broker", "Worker", "No.",
        "“%(name)s”", "Popup: {heading}", "%(amount)s %(what)s.",
        "%(amount)s, %(often)s: %(event)s", "%(words)s.",
    }  # fmt: skip
    entries = catalogue("id").items()
    assert {
        source.text for source, text in entries if source.text == text and not source.context
    } == loans
