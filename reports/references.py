"""Reference numbers of the Congress' documents and adopted texts: parsed, formatted, never refused (report-structure 3).

A reference is stored as the text that a person typed; the parts are a reading of it. A pattern nobody knew stays
valid: `parse` then returns a Reference whose `era` is "unknown".
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Reference:
    """A document reference and what could be read from it."""

    text: str
    era: str = "unknown"
    prefix: str = ""
    year: int | None = None
    session: int | None = None
    number: str = ""
    stage: str = ""
    inf: str = ""

    def as_dict(self) -> dict[str, object]:
        """The parts as stored beside the text."""
        return asdict(self)


@dataclass(frozen=True)
class AdoptedText:
    """A numbered text adopted by the Congress: "Recommendation 509 (2024)"."""

    text: str
    kind: str = ""
    number: int | None = None
    year: int | None = None
    revision: str = ""


_STAGE = r"(?P<stage>(?:[\s-]*(?:PROV|AMDT|FINAL|REP|REV\d*))*)"
_PATTERNS: list[tuple[str, re.Pattern[str]]] = [
    ("forum", re.compile(r"(?P<prefix>CG-FORUM)\((?P<year>\d{4})\)(?P<session>\d+)-(?P<number>\d+)" + _STAGE, re.I)),
    ("bureau", re.compile(r"(?P<prefix>CG[-/]BUR)\((?P<year>\d{4})\)(?P<session>\d+)-(?:INF(?P<inf>\d+)|(?P<number>\d+))" + _STAGE, re.I)),
    ("bureau_old", re.compile(r"(?P<prefix>CG[-/]BUR)\((?P<session>\d{1,2})\)(?P<number>\d+)" + _STAGE, re.I)),
    ("from_2021", re.compile(r"(?P<prefix>CG|CPL|CPR)\((?P<year>\d{4})\)(?P<session>\d+)-(?P<number>\d+)" + _STAGE, re.I)),
    ("2016_2020", re.compile(r"(?P<prefix>CG|CPL|CPR)(?P<session>\d+)\((?P<year>\d{4})\)(?P<number>\d+)" + _STAGE, re.I)),
    ("2015", re.compile(r"(?P<prefix>CG|CPL|CPR)/(?P<year>\d{4})\((?P<session>\d+)\)(?P<number>\d+)" + _STAGE, re.I)),
    ("to_2014", re.compile(r"(?P<prefix>CG|CPL|CPR)\s?\((?P<session>\d{1,2})\)\s?(?P<number>\d+)" + _STAGE, re.I)),
    ("press", re.compile(r"(?P<prefix>CG)(?P<number>\d{3})\((?P<year>\d{4})\)(?P<stage>)", re.I)),
]
_ADOPTED = re.compile(
    r"(?P<kind>Recommendation|Resolution|Recommandation|Résolution|Empfehlung|Entschließung)\s+(?P<number>\d+)\s*"
    r"(?P<before>REV\d*)?\s*\((?P<year>\d{4})\)\s*(?P<after>REV\d*)?",
    re.I,
)
_ADOPTED_KINDS = {
    "recommandation": "recommendation",
    "empfehlung": "recommendation",
    "résolution": "resolution",
    "entschließung": "resolution",
}


def parse(text: str) -> Reference:
    """Read a document reference; a pattern nobody knew gives `era="unknown"` and keeps the text."""
    text = text.strip()
    for era, pattern in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            parts = found.groupdict()
            stage = " ".join(re.findall(r"[A-Z]+\d*", (parts.get("stage") or "").upper()))
            return Reference(
                text=text,
                era=era,
                prefix=parts["prefix"].upper(),
                year=int(parts["year"]) if parts.get("year") else None,
                session=int(parts["session"]) if parts.get("session") else None,
                number=parts.get("number") or "",
                stage=stage,
                inf=parts.get("inf") or "",
            )
    return Reference(text=text)


def format_reference(*, prefix: str, year: int, session: int, number: int, stage: str = "") -> str:
    """The reference of a session document in today's pattern: `CPL(2024)46-04`, `CG(2022)42-14-AMDT`."""
    tail = f"-{stage}" if stage else ""
    return f"{prefix}({year}){session}-{number:02d}{tail}"


def parse_adopted(text: str) -> AdoptedText:
    """Read "Recommendation 509 (2024)" in English, French or German; unknown patterns keep their text."""
    text = text.strip()
    found = _ADOPTED.fullmatch(text)
    if not found:
        return AdoptedText(text=text)
    kind = found["kind"].lower()
    revision = (found["before"] or found["after"] or "").upper()
    return AdoptedText(
        text=text, kind=_ADOPTED_KINDS.get(kind, kind), number=int(found["number"]), year=int(found["year"]), revision=revision
    )


_ADOPTED_LABELS = {
    ("recommendation", "en"): "Recommendation",
    ("recommendation", "fr"): "Recommandation",
    ("recommendation", "de"): "Empfehlung",
    ("resolution", "en"): "Resolution",
    ("resolution", "fr"): "Résolution",
    ("resolution", "de"): "Entschließung",
}


def format_adopted(text: str, language: str = "en") -> str:
    """The adopted text's number in `language`; an unknown pattern is shown as it was typed."""
    parsed = parse_adopted(text)
    if parsed.number is None:
        return text
    label = _ADOPTED_LABELS.get((parsed.kind, language)) or _ADOPTED_LABELS[(parsed.kind, "en")]
    revision = f" {parsed.revision}" if parsed.revision else ""
    return f"{label} {parsed.number} ({parsed.year}){revision}"
