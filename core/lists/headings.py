"""Which column of a list is what: guessed from its heading, by the names that a kind of list has for its fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from core.romanisation import folded, loosened, romanised

ENDING = re.compile(r"(?<=\w)\((?:s|es|n|en|e|in|innen)\)")
STRICTLY, LOOSELY = re.compile(r"[\s_\-./°º()]+"), re.compile(r"[\s_\-./°º'’:()]+")


def guess_columns(
    columns: Sequence[str],
    known: Mapping[str, Sequence[str]],
    *,
    whole: frozenset[str] = frozenset(),
    last: Sequence[str] = (),
    settled: Mapping[str, str] | None = None,
    loosely: bool = True,
) -> dict[str, str]:
    """The field of each column; each field of `known` (names of its column, by field) at most once; `ignore` where nothing fits.

    A heading that is a name as it stands goes first. Then the longest name whose words all stand in a heading counts, so
    that the more telling one wins. whole: fields that only a whole heading names, because their word stands in the headings
    of others. last: fields taken only where no other fits, because others are qualified by their word (“type of
    organisation”). settled: columns whose field is known. loosely: see `plain_heading`.
    """
    plain = {column: plain_heading(column, loosely=loosely) for column in columns}
    found = dict(settled or {})
    taken: set[str] = set()
    names = {field: _spellings(row) for field, row in known.items()}
    for field, row in names.items():
        for column in columns:
            if column not in found and field not in taken and (plain[column] in row or loosened(plain[column]) in row):
                found[column] = field
                taken.add(field)
    for _is_last, _length, column, field in _by_words(plain, names, whole, last):
        if column not in found and field not in taken:
            found[column] = field
            taken.add(field)
    return {column: found.get(column, "ignore") for column in columns}


def plain_heading(column: str, *, loosely: bool = True) -> str:
    """A heading as it is compared: folded, without signs; loosely, without endings in brackets too: “Sprache(n)”, “langue(s)”."""
    text = ENDING.sub("", folded(column)) if loosely else folded(column)
    return (LOOSELY if loosely else STRICTLY).sub(" ", text).strip()


def _spellings(names: Sequence[str]) -> list[str]:
    """The names folded; those of another script in Latin letters too, by any standard: “Obshtina”, “Obština”, “Sekcia”."""
    plain = [folded(name) for name in names]
    latin = [spelt for name in plain if romanised(name) != name for spelt in (romanised(name), loosened(name))]
    return [*dict.fromkeys([*plain, *latin])]


def _by_words(
    plain: dict[str, str], names: dict[str, list[str]], whole: frozenset[str], last: Sequence[str]
) -> list[tuple[bool, int, str, str]]:
    """Every pair of a column and a field of which all words of a name stand in the heading: the longest name first."""
    found = []
    for column, text in plain.items():
        words = {*text.split(), *loosened(text).split()}
        for field, row in names.items():
            longest = max((len(name) for name in row if len(name) > 3 and set(name.split()) <= words), default=0)
            if longest and field not in whole:
                found.append((field in last, -longest, column, field))
    return sorted(found, key=lambda pair: pair[:2])  # stable: the order of columns and fields decides between equals
