"""Shares that stand without n and denominator: "45 per cent", "half of the stations", "1 in 3".

What is composed from figures always says n, denominator and "of the stations visited" (`figures.in_words`). What people type may not; a
share in it is found here, in English, French and German. It may be no figure of the mission at all (a threshold of the law): whether it
may stand is a publisher's decision (`accepted_shares`), never this module's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SHARES_FROM = 30
"""Under so many there are numbers only (field-forms 5, project rule)."""

NUMBER = r"\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?!\d)|\d+"
BASIS = re.compile(
    rf"(?<![\d.,])(?P<n>{NUMBER})\s+(?:out of|of|sur|von|de|от|из)\s+(?:the\s+|les\s+|den\s+)?(?P<d>{NUMBER})(?![\d%])",
    re.IGNORECASE,
)
"""n and its denominator: "12 of 96", "12 sur 96", "12 von 96"."""

_PER_CENT = r"(?:%|‰|\uff05|\u066a|per ?cents?\b|pour ?cents?\b|Prozent(?:e|en|s)?\b|v\. ?H\.|p\. ?100\b)"
_SMALL = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|un|une|deux|trois|quatre|cinq|sept|huit|neuf|dix"
    r"|ein|eine|einer|eines|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn)"
)
_PARTS = {
    "number": rf"\d+(?:[.,]\d+)?\s*{_PER_CENT}",
    "word": r"\b(?!(?:in|the|en|le|les|der|das|als|of|by|per)\b)[^\W\d_]+(?:-[^\W\d_]+)*\s+(?:per ?cent|pour ?cent|Prozent)\b",
    "glyph": r"[\u00bc-\u00be\u2150-\u215e]",
    "half": r"\bhal(?:f|ves)\s+(?:of\s+)?(?:the|all|them|those|these|our)\b(?!\s+(?:an?\s+)?(?:hour|day|year|time|term))",
    "part": r"\b(?:(?:a|one|two|three|four|\d)[ -])?(?:third|quarter|fifth|tenth)s?\s+of\s+(?!an?\s+hour|the\s+(?:year|hour|day)|20\d\d)",
    "moitie": r"\bmoitié\s+(?:des|de|du|d[’'])(?!\s*(?:heure|journée|année))",
    "tiers": r"\b(?:un|le|deux|les deux)\s+tiers\s+(?:des|du|d[’'])|\b(?:un|le|les|trois)\s+quarts?\s+(?:des|du)\s",
    "haelfte": r"\b(?:Hälfte|Drittel[ns]?|Viertel[ns]?|Fünftel[ns]?|Zehntel[ns]?)\s+(?:der|aller|des|von|dieser|unserer)\b",
    "jeder": r"\bjede[rsmn]?\s+(?:zweite|dritte|vierte|fünfte|zehnte)[rsnm]?\b",
    "every": r"\bevery\s+(?:second|third|fourth|fifth|tenth|other)\s+(?:station|voter|board|ballot|polling)",
    "one_in": rf"\b(?:\d{{1,2}}|{_SMALL})\s+(?:in|out of every|in every)\s+(?:\d{{1,3}}\b(?![.:/-]\d)|{_SMALL}\b)"
    r"(?!\s+(?:languages|municipalities|teams|regions|towns))",
    "un_sur": rf"\b(?:une?|\d{{1,2}})\s+(?:[^\W\d_]+\s+(?:de\s+vote\s+)?)sur\s+(?:{_SMALL}|\d{{1,2}})\b",
    "word_of": rf"\b{_SMALL}\s+(?:out of|sur|von)\s+{_SMALL}\b",
    "fraction": r"(?<![\d/.(])\d/\d{1,2}(?![\d/.])\s+(?:of|des|der|aller)\b",
}
SHARE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PARTS.items()), re.IGNORECASE)

_ENDS = re.compile(r"(?<=[.!?;])\s+(?!\d)|\n")
_EDGES = " \t\r\n.;:,-–•*#"

_VALUES = (("half", 50), ("halve", 50), ("moitié", 50), ("hälfte", 50), ("½", 50), ("two third", 66.7), ("deux tiers", 66.7))

ROUGHLY = 5.0
"""A share in words may be so many points away from what n and denominator say: "about half (46 of 96)"."""


@dataclass(frozen=True)
class BareShare:
    """A sentence with the shares in it that nothing beside them supports."""

    sentence: str
    shares: tuple[str, ...]


def bare_sentences(text: str) -> list[BareShare]:
    """The sentences of a text that give a share without n and denominator, each with these shares.

    A share is supported by n and denominator in its own sentence that come to the same value, from a denominator of 30 on: "12 of 96
    (12.5 %)". One beside numbers that say something else is not.
    """
    found = []
    for sentence in _ENDS.split(text):
        sentence = sentence.strip()
        bases = [(_whole(one["n"]), _whole(one["d"])) for one in BASIS.finditer(sentence)]
        shares = [one.group(0).strip() for one in SHARE.finditer(sentence) if not _is_supported(one, bases)]
        if shares:
            found.append(BareShare(sentence, tuple(dict.fromkeys(shares))))
    return found


def bare_shares(text: str) -> list[str]:
    """The shares alone, in the order of the text."""
    return [share for one in bare_sentences(text) for share in one.shares]


def core_of(sentence: str) -> str:
    """The sentence without what a list or a drawing sets around it, so that the same words are known again wherever they stand."""
    return " ".join(sentence.split()).strip(_EDGES)


def strings_in(content: object) -> Iterator[str]:
    """Every text of a frozen content, however deep."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from strings_in(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from strings_in(value)


def bare_in(content: object) -> list[BareShare]:
    """What stands bare anywhere in a content, each sentence once."""
    found = (one for text in strings_in(content) for one in bare_sentences(text))
    return list({core_of(one.sentence): one for one in found}.values())


FIGURE = re.compile(
    rf"(?:{NUMBER})\s+(?:of|sur|von)\s+(?:{NUMBER})"
    r"(?:\s+(?:of the stations visited|des bureaux de vote visités|der besuchten Wahllokale|[^()\d.;]{0,80}?(?=\s\([\d.,]+\s%\))))?"
    r"(?:\s+\([\d.,]+\s%\))?"
)
"""A figure as a sentence says it, with all that belongs to it."""


def shortened(text: str, limit: int) -> str:
    """The text in at most `limit` characters, ended by "…" between words and never inside a figure: half a denominator is another one."""
    if len(text) <= limit:
        return text
    cut = text.rfind(" ", 0, limit)
    cut = cut if cut > 0 else limit - 1
    cut = next((one.start() for one in FIGURE.finditer(text) if one.start() < cut < one.end()), cut)
    known = set(bare_shares(text))
    while lost := [share for share in bare_shares(text[:cut]) if share not in known]:  # what supports it would be cut off
        cut = text.index(lost[0])
    return f"{text[:cut].rstrip()}…"


def _is_supported(share: re.Match[str], bases: Iterable[tuple[int, int]]) -> bool:
    value, within = _value(share.group(0))
    return any(d >= SHARES_FROM and n <= d and value is not None and abs(100 * n / d - value) <= within for n, d in bases)


def _value(words: str) -> tuple[float | None, float]:
    """The share in per cent, as far as it is known, and how exactly it is meant."""
    number = re.match(r"(\d+)(?:[.,](\d+))?\s*(.)", words)
    if number and "/" not in words and re.search(_PER_CENT, words, re.IGNORECASE):
        decimals = number[2] or ""
        value = float(f"{number[1]}.{decimals or 0}")
        return (value / 10 if "‰" in words else value), 0.5 * 10 ** -len(decimals) + 1e-9
    folded = words.casefold()
    return next((float(value) for name, value in _VALUES if name in folded), None), ROUGHLY


def _whole(number: str) -> int:
    return int(re.sub(r"\D", "", number))
