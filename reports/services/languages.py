"""Which languages the texts of a mission may have: English, French and German, and those of the host country."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from core.enums import Language
from core.errors import Invalid
from core.languages import language_name


def languages_of(country: Any) -> list[str]:
    """Languages that texts on a country may have: ours, then its own."""
    return list(dict.fromkeys([*Language.values, *(code for code in country.languages if 2 <= len(code) <= 5)]))


def host_languages_of(country: Any) -> list[str]:
    """Those of them that are not ours."""
    return [code for code in languages_of(country) if code not in Language.values]


def refuse_unknown(languages: Iterable[str], country: Any, *, attr: str) -> None:
    """Raise Invalid where a text is given in a language that texts on this country do not have."""
    unknown = sorted(set(languages) - set(languages_of(country)))
    if unknown:
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": ", ".join(unknown)}, code="not_a_choice", attr=attr)


def choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    """The languages with their names in the reader's language, for forms and pages."""
    return [(code, str(dict(Language.choices).get(code) or language_name(code))) for code in codes]
