"""Languages beside the three of the interface: their names, and the locale that writes their days and numbers."""

from __future__ import annotations

from functools import cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language


def base(code: str) -> str:
    """The language of a code without region or script: `de` of `de-AT`, `cnr` of `cnr`."""
    return code.replace("_", "-").split("-")[0].lower()


@cache
def locale_of(code: str) -> Locale:
    """The locale of CLDR that writes days, numbers and lists in a language; English where CLDR does not know it."""
    for known in (code, base(code)):
        try:
            return Locale.parse(known, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en_GB", sep="_")


def language_name(code: str) -> str:
    """`bg` in the reader's language."""
    try:
        return Locale.parse(get_language() or "en", sep="-").languages.get(code, code)
    except (UnknownLocaleError, ValueError):
        return code


def own_name(code: str) -> str:
    """`hy` in its own language: “հայերեն”."""
    return str(locale_of(code).languages.get(base(code)) or language_name(code))


def reader_language() -> str:
    """The two letters of the language of the page, mail or answer that is being made; English where none is set."""
    return (get_language() or "en")[:2]
