"""Names by which a Word file of a report knows its paragraphs when it is brought back: hidden bookmarks, at most 40 characters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from core.languages import base

ELSEWHERE = "elsewhere"
"""A heading below which no paragraph of the report stands: the recommendation, an appendix."""

_NAME = re.compile(r"^_S([vprcf])_?([0-9a-f]{32}|[a-z_]+)(?:_([a-z]{2,4}))?(?:_Copy_?\d+|_?\d+)?$")


@dataclass(frozen=True)
class Anchor:
    """A name read back. kind: `version`, `paragraph`, `call`, `finding` or `chapter`; key: a uuid as text, or the chapter's code."""

    kind: str
    key: str
    language: str = ""


def of_version(uuid: UUID | str, language: str) -> str:
    """The title's: which version in which language the file was drawn from."""
    return f"_Sv{UUID(str(uuid)).hex}_{base(language)}"


def of_paragraph(uuid: UUID | str) -> str:
    """A paragraph of the summary or the memorandum."""
    return f"_Sp{UUID(str(uuid)).hex}"


def of_call(uuid: UUID | str) -> str:
    """A call of the recommendation."""
    return f"_Sr{UUID(str(uuid)).hex}"


def of_finding(uuid: UUID | str) -> str:
    """A sentence of the recommendation that states a finding."""
    return f"_Sf{UUID(str(uuid)).hex}"


def of_chapter(code: str) -> str:
    """A heading of a chapter."""
    return f"_Sc_{code}"


def of_heading(name: str) -> str:
    """A heading below which no paragraph of the report stands; `name` tells it from the others, for Word keeps each name once."""
    return f"_Sc_{ELSEWHERE}_{name}"


def read(name: str) -> Anchor | None:
    """What a bookmark of ours names; None for any other. A number that a word processor put behind a copy is left out."""
    match = _NAME.match(name)
    if match is None:
        return None
    kind, key, language = match.groups()
    if kind == "c":
        return Anchor("chapter", ELSEWHERE if key.startswith(ELSEWHERE) else key)
    if len(key) != 32:
        return None
    return Anchor({"v": "version", "p": "paragraph", "r": "call", "f": "finding"}[kind], str(UUID(key)), language or "")
