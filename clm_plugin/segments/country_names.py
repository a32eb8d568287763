"""Countries by their names in the language in use, as the browser names them in the field.

Django ships none. Babel does (the same list as the browsers'), and comes with the extra ``oscar``;
without it a country goes by its code.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.utils.translation import get_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NOWHERE = "ZZ"
"""Unknown, and no country."""


def country_names(codes: Iterable[str]) -> dict[str, str]:
    """ISO 3166 code -> name; those that are no country's are left out."""
    known = _known(get_language() or "en")
    return {code: known[code] for code in codes if code in known}


@lru_cache(maxsize=16)
def _known(language: str) -> Mapping[str, str]:
    if not find_spec("babel"):
        return {}
    from babel.core import Locale, UnknownLocaleError

    try:
        named = Locale.parse(language, sep="-").territories
    except (UnknownLocaleError, ValueError):
        named = Locale("en").territories
    return {code: name for code, name in named.items() if code.isalpha() and code != _NOWHERE}
