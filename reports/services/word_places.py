"""The paragraphs of a report's Word document: what each is, read from a file that came back or from a version as it would be drawn."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.documents.content import prepare
from core.documents.rendering import Snapshot, render_content
from core.documents.word_reader import WordComment, WordText, read_docx
from core.documents.words import words
from core.enums import Language
from reports.documents.report import anchors
from reports.documents.report.build import build
from reports.documents.wording import not_translated, own_words, speaking
from reports.models import ReportVersion
from reports.services.diffs import normalised
from reports.services.figures import TOKEN, in_words, item_of

_NUMBER = re.compile(r"^\d+\.\t")


DOT = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
"""A PNG of one pixel."""


@dataclass
class Place:
    """A paragraph of Word with what it is: `key` names ours (`paragraph:<uuid>`), `region` the chapter it stands in."""

    text: str
    raw: str
    anchors: list[anchors.Anchor]
    style: str
    in_table: bool
    comments: list[WordComment] = field(default_factory=list)
    key: str = ""
    region: str = ""
    by_words: bool = False

    @property
    def is_contents(self) -> bool:
        """An entry of the list of contents, which Word fills in by itself."""
        return self.style.startswith(("toc ", "contents ", "toc", "table of "))


def places_in(text: WordText, language: str, content: Mapping[str, Any]) -> list[Place]:
    """The paragraphs of a Word document without what the drawing put before their words. content: of the version in that language, whose
    fixed words it was drawn with."""
    found, marks = [], _marks(language, content)
    for row in text.paragraphs:
        raw = _bare(row.text, marks)
        named = [one for name in row.anchors if (one := anchors.read(name))]
        found.append(Place(normalised(raw), raw, named, row.style, row.in_table, row.comments))
    return found


def drawn(version: ReportVersion, language: str) -> list[Place]:
    """The version as its Word document reads, before anybody touched it."""
    content = prepare({**build(version, language), "language": language})
    # a dot instead of each chart: charts take their time, and only their captions are read
    blocks = [{**block, "chart": None, "image": "dot"} if block["type"] == "figure" else block for block in content["blocks"]]
    data = render_content(Snapshot(content={**content, "blocks": blocks}, frozen_at=version.frozen_at, assets={"dot": DOT}), "docx")
    return places_in(read_docx(data), language, version.content["languages"][language])


def marked_version(text: WordText) -> anchors.Anchor | None:
    """Which version in which language the document says it was drawn from."""
    named = (anchors.read(name) for row in text.paragraphs for name in row.anchors)
    return next((one for one in named if one and one.kind == "version"), None)


def keys_of(place: Place) -> Iterator[str]:
    """The names of ours that cover words of the paragraph."""
    for anchor in place.anchors:
        yield "title:" if anchor.kind == "version" else f"{anchor.kind}:{anchor.key}"


def chapter_of(place: Place) -> str:
    """The chapter whose heading this is, by its bookmark."""
    return next((anchor.key for anchor in place.anchors if anchor.kind == "chapter"), "")


def put_back_figures(text: str, source: str, figures: dict[str, Any], language: str) -> tuple[str, list[str]]:
    """The text with its live figures where they still stand as they were drawn, and the codes of those that were typed over."""
    lost = []
    for code in TOKEN.findall(source):
        figure = item_of(figures, code)
        if figure is None:
            continue
        drawn_as = re.compile(r"\s+".join(re.escape(word) for word in in_words(figure, language).split()))
        text, n = drawn_as.subn(f"{{figure:{code}}}", text, count=1)
        if not n:
            lost.append(code)
    return text, lost


def _bare(text: str, marks: Iterable[str]) -> str:
    """The words alone: no number, no mark of a translation that is unchecked or missing. Spaces of all kinds stay as they are."""
    text = _NUMBER.sub("", text.strip())
    for mark in marks:
        if text.startswith(mark):
            text = text[len(mark) :]
    return text.replace("\u00ad", "").replace("\u200b", "").strip()


def _marks(language: str, content: Mapping[str, Any]) -> list[str]:
    with speaking(content, language):
        unchecked = words(language, own_words(content))["unchecked"]
        return [f"[{unchecked}] ", *(f"{not_translated(code, language)} " for code in Language.values)]
