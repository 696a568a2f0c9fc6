"""Choices as lists write them: their labels in any of our languages, further words, or the codes; answered in the reader's."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache

from django.db.models import TextChoices
from django.utils.translation import override

from core.enums import Language
from core.romanisation import folded


def read_choice(text: str, choices: type[TextChoices], words: Mapping[str, Collection[str]] | None = None) -> str | None:
    """The code that `text` means, in any case and without accents; None where it means none.

    words: what else lists say, folded, by code.
    """
    plain = plain_words(text)
    if plain in _meanings(choices):
        return _meanings(choices)[plain]
    return next((code for code, said in (words or {}).items() if plain in said or text.strip() in said), None)


def labels_of(choices: type[TextChoices]) -> str:
    """What may be written, for a sentence, in the reader's language."""
    return ", ".join(f"“{label}”" for label in choices.labels)


def plain_words(text: str) -> str:
    """Folded, and one space for each sign between words."""
    return " ".join(re.sub(r"[-_/’']+", " ", folded(text)).split())


@cache
def _meanings(choices: type[TextChoices]) -> dict[str, str]:
    """Codes and labels of every language."""
    found = {plain_words(str(code)): str(code) for code in choices.values}
    for language in Language.values:
        with override(language):
            for choice in choices:
                found.setdefault(plain_words(str(choice.label)), str(choice.value))
    return found
