"""Countries in sentences, by the names that the reader knows them by."""

import pytest
from django.utils import translation

from clm_plugin.segments import country_names as module
from clm_plugin.segments.conditions import Country
from clm_plugin.segments.country_names import country_names
from clm_plugin.segments.data import NO_LABELS, Subject
from tests.factories import NOW

BRITISH = Country(countries=("GB", "ZZ"))


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "United Kingdom"),
        ("en-gb", "United Kingdom"),
        ("zh-hans", "英国"),
        ("id", "Inggris Raya"),
        ("de-at", "Vereinigtes Königreich"),
        ("tlh", "United Kingdom"),
    ],
)
def test_the_readers_language(language: str, name: str) -> None:
    with translation.override(language):
        assert country_names(["GB", "ZZ", "419", ""]) == {"GB": name}


def test_a_sentence_and_her_own_value() -> None:
    with translation.override("en"):
        assert BRITISH.sentence(NO_LABELS) == "live in United Kingdom or “ZZ”"
        for country, why in (("FR", "France"), ("XQ", "XQ"), ("", "not known")):
            subject = Subject(profile_id=1, country=country)
            assert BRITISH.why(subject, NOW, NO_LABELS) == why


def test_without_names_a_country_goes_by_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    module._known.cache_clear()
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert BRITISH.sentence(NO_LABELS) == "live in “GB” or “ZZ”"
    module._known.cache_clear()
