"""The language in which somebody reads now."""

from __future__ import annotations

from django.utils.translation import get_language


def reader_language() -> str:
    """The two letters of the language of the page, mail or answer that is being made; English where none is set."""
    return (get_language() or "en")[:2]
