"""Documents: a report of 60 pages in three languages, each as PDF, Word document and web page (DESIGN 8)."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, datetime
from time import process_time
from typing import Any

from bench.runner import bench
from core.documents import blocks as b
from core.documents.content import prepare
from core.documents.rendering import Snapshot, render_many

LANGUAGES = ("en", "fr", "de")
FORMATS = ("pdf", "docx", "html")
SENTENCES = {
    "en": "Teams visited 90 polling stations in six districts, from the opening to the count, and were received everywhere without delay.",
    "fr": "Les équipes ont visité 90 bureaux de vote dans six districts, de l’ouverture au dépouillement, et ont été reçues partout.",
    "de": "Die Teams besuchten 90 Wahllokale in sechs Bezirken, von der Öffnung bis zur Auszählung, und wurden überall sogleich empfangen.",
}


def report(language: str, *, turn: int = 0) -> dict[str, Any]:
    """A report of a little over 60 pages: thirteen chapters with numbered paragraphs, footnotes, tables and a chart each."""
    sentence = SENTENCES[language]
    blocks: list[dict[str, Any]] = []
    for chapter in range(1, 14):
        blocks.append(b.heading(1, f"{chapter}. {sentence[:40]}"))
        for section in range(1, 4):
            blocks.append(b.heading(2, sentence[:30], number=b.AUTO))
            for paragraph in range(8):
                note = b.footnote(f"{sentence} ({chapter}.{section}.{paragraph}, {turn})") if paragraph % 4 == 0 else ""
                text = b.text(f"{sentence} ", b.bold(f"{chapter * section} / 90"), note, f" {sentence} Стара Загора, Пловдив. {sentence}")
                blocks.append(b.paragraph(text, number=b.AUTO))
            blocks.append(b.lettered([sentence, b.text(b.italic("Article 3"), f"; {sentence}"), sentence]))
        figures = b.stacked(["A", "B", "C"], {"1": [chapter, 20, 30], "2": [5, turn + 6, 7]})
        blocks.append(b.figure(sentence, alt=sentence, chart=figures))
        rows = [[f"{sentence[:18]} {row}", "BG", "EPP/CCE", row * chapter, sentence[:50]] for row in range(30)]
        blocks.append(b.table(sentence[:60], head=["1", "2", "3", "4", "5"], rows=rows, row_heads=True))
    blocks.append(b.appendix(sentence[:30]))
    return b.document(
        title=f"{sentence[:60]} {turn}", language=language, reference="CPL(2026)50-04", layout="report", blocks=blocks, summary=sentence
    )


turns = iter(range(1000))


def drawn(languages: tuple[str, ...], formats: tuple[str, ...]) -> Generator[None, None, str]:
    """Draws another content each time, so that nothing is taken from what the run before left in memory."""
    turn, moment = next(turns), datetime(2026, 3, 25, tzinfo=UTC)
    snapshots = [Snapshot(content=prepare(report(language, turn=turn)), frozen_at=moment) for language in languages]
    yield
    before = process_time()
    for _at, _data in render_many((snapshot, format) for snapshot in snapshots for format in formats):
        pass
    return f"{process_time() - before:.2f} s of processor"


@bench("60 pages x 3 languages x PDF, DOCX, HTML", n=9, runs=3, seconds=10)
def render_report() -> Generator[None, None, str]:
    """All of a report."""
    return (yield from drawn(LANGUAGES, FORMATS))


@bench("60 pages in English as PDF")
def render_pdf() -> Generator[None, None, str]:
    """Thirteen charts as SVG, 65 pages set by typst."""
    return (yield from drawn(("en",), ("pdf",)))


@bench("60 pages in English as DOCX")
def render_docx() -> Generator[None, None, str]:
    """Thirteen charts as PNG and the file."""
    return (yield from drawn(("en",), ("docx",)))


@bench("60 pages in English as HTML")
def render_html() -> Generator[None, None, str]:
    """Thirteen charts as SVG and the page."""
    return (yield from drawn(("en",), ("html",)))
