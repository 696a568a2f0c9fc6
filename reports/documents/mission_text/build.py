"""Blocks of a mission's smaller text, from its frozen version and nothing else."""

from __future__ import annotations

import re
from typing import Any

from core.documents import blocks as b
from core.documents.words import lang_of
from core.enums import Language
from reports.documents.wording import say, spoken, tongue
from reports.models import MissionTextVersion

ADDRESS = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:)])")


def build(version: MissionTextVersion, language: str, **options: Any) -> dict[str, Any]:
    """The document of one version in one language. options: `draft` prints a watermark."""
    content = version.content["languages"][language]
    # a language of the host country: the words that were frozen with it, whatever the desk says by now
    fixed, langs = content.get("fixed") or {"words": {}, "sentences": {}}, _langs(content)
    with spoken(language, fixed["sentences"]):
        blocks = [*_head(content, language), *body(content["body"]), *_tables(content, language), *_contact(content, language)]
    return b.document(
        title=content["title"],
        kind_line=content["kind_text"],
        language=language,
        reference=content["mission"],
        date=content["date_text"],
        layout="note",
        blocks=blocks,
        draft=bool(options.get("draft")),
        unchecked=bool(version.unchecked.get(language)),
        words=fixed["words"],
        langs={"kind_line": langs["kind_text"]} if "kind_text" in langs else {},
    )


def parse(text: str) -> list[dict[str, str]]:
    """The parts of a body: headings (`# `), entries of lists (`- `), paragraphs parted by blank lines."""
    parts: list[dict[str, str]] = []
    for chunk in text.replace("\r\n", "\n").split("\n\n"):
        plain: list[str] = []
        for line in [line.strip() for line in chunk.split("\n") if line.strip()]:
            kind = "heading" if line.startswith("# ") else "item" if line.startswith(("- ", "• ")) else ""
            if not kind:
                plain.append(line)
                continue
            if plain:
                parts.append({"type": "paragraph", "text": " ".join(plain)})
                plain = []
            parts.append({"type": kind, "text": line[2:].strip()})
        if plain:
            parts.append({"type": "paragraph", "text": " ".join(plain)})
    return parts


def body(parts: list[dict[str, str]]) -> list[dict[str, Any]]:
    """The parts as blocks; entries that follow each other are one list."""
    blocks: list[dict[str, Any]] = []
    entries: list[list[Any]] = []
    for part in [*parts, {"type": "end", "text": ""}]:
        if part["type"] == "item":
            entries.append(linked(part["text"]))
            continue
        if entries:
            blocks.append(b.bullets(entries))
            entries = []
        if part["type"] == "heading":
            blocks.append(b.heading(1, part["text"]))
        elif part["type"] == "paragraph":
            blocks.append(b.paragraph(linked(part["text"])))
    return blocks


def linked(text: str) -> list[Any]:
    """The text as runs in which an address leads where it says."""
    lang = lang_of(text)
    pieces = [piece for piece in ADDRESS.split(text) if piece]
    return [b.link(piece, piece) if ADDRESS.fullmatch(piece) else b.foreign(piece, lang) if lang else piece for piece in pieces]


def _langs(content: dict[str, Any]) -> dict[str, str]:
    """Which frozen lines are in another language than the text; of a version from before fixed words were translated, all of them."""
    before = content["language"] not in Language.values and "fixed" not in content
    return dict.fromkeys(("kind_text", "embargo_text", "correction_text"), "en") if before else content.get("langs") or {}


def _lang(key: str, language: str) -> dict[str, str]:
    """The mark of a sentence that is said in English because the document's language has none; nothing where it has."""
    return {} if tongue(language, key) == language else {"lang": "en"}


def _marked(text: str, lang: str) -> Any:
    return [b.foreign(text, lang)] if lang else text


def _said(key: str, language: str) -> Any:
    """A fixed sentence; one in another language carries its mark."""
    return {"text": say(key, language), **mark} if (mark := _lang(key, language)) else say(key, language)


def _head(content: dict[str, Any], language: str) -> list[dict[str, Any]]:
    blocks, langs = [], _langs(content)
    if content["embargo_text"]:
        blocks.append(b.note(_marked(content["embargo_text"], langs.get("embargo_text", "")), kind="warning"))
    if content["correction_text"]:
        blocks.append(b.note(_marked(content["correction_text"], langs.get("correction_text", ""))))
    if content["kind"] == "speaking_notes":
        blocks.append(b.paragraph(b.text(b.italic(say("check_delivery", language)) | _lang("check_delivery", language))))
    if content["event"]:
        rows = [(_said(f"text_{name}", language), content["event"][name]) for name in ("what", "who", "when", "where")]
        blocks.append(b.facts([row for row in rows if row[1]]))
    return blocks


def _tables(content: dict[str, Any], language: str) -> list[dict[str, Any]]:
    blocks = []
    if content["members"]:
        head = [say("col_name", language), say("col_country", language), say("col_role", language)]
        rows = [[row["name"], row["place"], row["role"]] for row in content["members"]]
        blocks.append(b.table(say("appendix_delegation", language), head=head, rows=rows, widths=[3, 4, 3], row_heads=True))
    if content["institutions"]:
        head = [say("text_institution", language), say("text_people", language)]
        rows = [[row["name"], row["n"]] for row in content["institutions"]]
        blocks.append(b.table(say("text_numbers", language), head=head, rows=rows, widths=[5, 1], row_heads=True))
    return blocks


def _contact(content: dict[str, Any], language: str) -> list[dict[str, Any]]:
    if not content["contact"]:
        return []
    lines = [line.strip() for line in content["contact"].splitlines() if line.strip()]
    return [b.heading(1, [_said("text_contact", language)]), *[b.paragraph(line) for line in lines]]
