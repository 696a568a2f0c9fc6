"""Lettered numbers: a … z, aa, ab … az, ba … — one way in every rendering and in the numbers of paragraphs."""

from __future__ import annotations

LETTERS = 26


def letters(number: int) -> str:
    """The letters of a place, counted from 1: 26 is z, 27 aa, 28 ab. Browsers and typst count like this; Word alone would say aa, bb."""
    found = ""
    while number:
        number, rest = divmod(number - 1, LETTERS)
        found = chr(97 + rest) + found
    return found


def round_of(number: int) -> tuple[str, int]:
    """What stands before the last letter, and the last letter's place in the alphabet from 1: 28 is (“a”, 2)."""
    before, rest = divmod(number - 1, LETTERS)
    return letters(before), rest + 1
