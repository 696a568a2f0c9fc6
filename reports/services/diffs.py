"""Two texts against each other, word by word: what was added and removed, and three texts joined where that loses no word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, ADDED, REMOVED = "same", "added", "removed"
TOKENS = re.compile(r"\w+|[^\w\s]|\s+")
_SPACES = re.compile(r"[^\S\n]+")


@dataclass(frozen=True)
class Piece:
    """A stretch of text: `same`, `added` or `removed`."""

    kind: str
    text: str


def normalised(text: str) -> str:
    """The text as it is compared: NFC, every kind of space one space, line ends without spaces, soft hyphens gone."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).replace("\u00ad", "").replace("\u200b", "")
    text = text.replace("\u2011", "-")
    return "\n".join(_SPACES.sub(" ", line).strip() for line in text.split("\n")).strip()


def word_diff(old: str, new: str) -> list[Piece]:
    """How `old` became `new`. Joined without the removed pieces it is `new`, without the added ones `old`.

    A space alone between two changed words is shown with them, so that a reader sees phrases and not a comb.
    """
    before, after = TOKENS.findall(old), TOKENS.findall(new)
    pieces: list[tuple[list[str], list[str], bool]] = []
    for tag, i1, i2, j1, j2 in _matcher(before, after).get_opcodes():
        same = tag == "equal"
        bridge = same and not "".join(before[i1:i2]).strip() and bool(pieces) and not pieces[-1][2] and i2 < len(before)
        if pieces and not pieces[-1][2] and (bridge or not same):
            pieces[-1][0].extend(before[i1:i2])
            pieces[-1][1].extend(after[j1:j2])
        else:
            pieces.append((list(before[i1:i2]), list(after[j1:j2]), same))
    return list(_as_pieces(pieces))


def _as_pieces(pieces: Sequence[tuple[list[str], list[str], bool]]) -> Iterator[Piece]:
    for before, after, same in pieces:
        if same:
            yield Piece(SAME, "".join(before))
            continue
        if before:
            yield Piece(REMOVED, "".join(before))
        if after:
            yield Piece(ADDED, "".join(after))


def joined(base: str, mine: str, theirs: str) -> str | None:
    """Both changes of `base` in one text, or None where they touch: then a person joins them."""
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    tokens = TOKENS.findall(base)
    edits = sorted({*_edits(tokens, mine), *_edits(tokens, theirs)})
    for (_start, end, _text), (start, _end, _other) in zip(edits, edits[1:], strict=False):
        if start <= end:
            return None
    made, at = [], 0
    for start, end, text in edits:
        made += [*tokens[at:start], text]
        at = end
    return "".join([*made, *tokens[at:]])


def likeness(one: str, other: str) -> float:
    """From 0 (no word in common) to 1 (the same words in the same order)."""
    before, after = one.casefold().split(), other.casefold().split()
    matcher = _matcher(before, after)
    return 0.0 if matcher.real_quick_ratio() < 0.4 or matcher.quick_ratio() < 0.4 else matcher.ratio()


def kept_in_order(places: Sequence[int]) -> set[int]:
    """Positions in `places` of the longest run that rises: what is not among them was moved."""
    best: list[int] = []
    before: list[int] = [-1] * len(places)
    for at, place in enumerate(places):
        low, high = 0, len(best)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if places[best[middle]] < place else (low, middle)
        before[at] = best[low - 1] if low else -1
        best[low : low + 1] = [at]
    kept, at = set(), best[-1] if best else -1
    while at >= 0:
        kept.add(at)
        at = before[at]
    return kept


def _edits(tokens: Sequence[str], changed: str) -> list[tuple[int, int, str]]:
    after = TOKENS.findall(changed)
    return [(i1, i2, "".join(after[j1:j2])) for tag, i1, i2, j1, j2 in _matcher(list(tokens), after).get_opcodes() if tag != "equal"]


def _matcher(before: Sequence[str], after: Sequence[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, before, after, autojunk=False)
