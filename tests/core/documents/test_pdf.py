"""PDF/UA-1."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import page
import pikepdf
import pytest
from PIL import Image

from core.documents import blocks as b
from core.documents import pdf
from core.documents.fonts import covered, drawable, font_files
from core.documents.pdf import DrawingError, compile_typst, render_pdf
from core.documents.rendering import Snapshot
from tests.core.documents.samples import every_block, hostile_content

Make = Callable[..., Snapshot]
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="no pdftotext on this machine (apt install poppler-utils)")


def check_ua1(data: bytes) -> None:
    report = page.validate_pdf_bytes(data, profile="ua1")
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


def tags(document: pikepdf.Pdf) -> list[str]:
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append(str(node.S))
            if "/K" in node:
                walk(node.K)

    walk(document.Root.StructTreeRoot)
    return found


@pytest.mark.parametrize("language", ["en", "fr", "de"])
@pytest.mark.parametrize("layout", ["report", "note"])
def test_every_block_in_every_language_is_pdf_ua(snapshot: Make, language: str, layout: str) -> None:
    check_ua1(render_pdf(snapshot(every_block(language, layout=layout, draft=True, unchecked=True, orientation="portrait"))))


def test_it_is_tagged_titled_bookmarked_and_in_its_language(snapshot: Make) -> None:
    with pikepdf.open(io.BytesIO(render_pdf(snapshot(every_block("fr"))))) as document:
        assert document.Root.Lang == "fr"
        assert document.Root.MarkInfo.Marked
        assert document.Root.ViewerPreferences.DisplayDocTitle
        with document.open_metadata() as metadata:
            assert metadata["dc:title"] == "Local elections in Bulgaria (25 October 2026)"
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["xmp:CreateDate"].startswith("2026-03-25T10:30:00")
        with document.open_outline() as outline:
            titles = [entry.title for entry in outline.root]
        assert titles[-1] == "Annexe 1 – Programme"
        found = tags(document)
        assert {"/Figure", "/TH", "/TD", "/Caption", "/Note", "/L", "/LI", "/H1", "/H2", "/Link", "/TOC"} <= set(found)
        assert found.count("/Figure") >= 4


def test_the_same_snapshot_gives_the_same_bytes(snapshot: Make) -> None:
    first = render_pdf(snapshot(every_block("de")))
    pdf._fonts.cache_clear()
    assert render_pdf(snapshot(every_block("de"))) == first


@pytest.mark.parametrize("layout", ["report", "note"])
def test_hostile_text_stays_text(snapshot: Make, layout: str) -> None:
    data = render_pdf(snapshot(hostile_content(layout)))
    check_ua1(data)
    with pikepdf.open(io.BytesIO(data)) as document:
        links = [str(note.A.URI) for leaf in document.pages for note in leaf.get("/Annots", []) if "/A" in note and "/URI" in note.A]
        assert not any("javascript" in link.lower() for link in links)
        assert "/JavaScript" not in document.Root.get("/Names", {}) and "/OpenAction" not in document.Root


def test_a_landscape_page_lies(snapshot: Make) -> None:
    with pikepdf.open(io.BytesIO(render_pdf(snapshot(every_block(orientation="landscape"))))) as document:
        box = document.pages[0].mediabox
        assert float(box[2]) > float(box[3])


def test_images_by_their_hash(snapshot: Make) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(picture, "PNG")
    sha = "a" * 64
    content = every_block(blocks=[{"type": "figure", "caption": "A station", "alt": "A door with steps.", "image": sha, "width": 0.5}])
    check_ua1(render_pdf(snapshot(content, assets={sha: picture.getvalue()})))
    with pytest.raises(DrawingError, match="neither PNG nor JPEG"):
        render_pdf(snapshot(content, assets={sha: b"GIF89a"}))


def test_every_shipped_script_is_drawn_and_the_rest_is_marked() -> None:
    for text in ("Ñandú Łódź İstanbul", "Θεσσαλονίκη", "Стара Загора Љубљана", "Երևան", "თბილისი", "→ ✓ ☐ שלום شكرا"):
        assert drawable(text) == text
    assert drawable("中 x") == "\ufffd x"
    assert len(covered()) > 3000
    assert all(file.is_file() for file in font_files())


def test_an_unknown_font_fails(tmp_path: Path) -> None:
    template = tmp_path / "template.typ"
    template.write_text('#set document(title: "x")\n#set text(font: "Comic Sans MS")\nHello')
    with pytest.raises(DrawingError, match="unknown font family"):
        compile_typst(template, tmp_path, 0)


def test_a_template_reads_nothing_outside_its_folder(tmp_path: Path) -> None:
    template = tmp_path / "template.typ"
    template.write_text('#set document(title: "x")\n#read("/../../../../etc/passwd")')
    with pytest.raises(DrawingError):
        compile_typst(template, tmp_path, 0)


def test_a_kind_may_bring_its_own_template(snapshot: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = '#import "house.typ": *\n#let data = json("data.json")\n#let words = json("words.json")\n'
    own = head + "#show: body => house(data, words, body)\n= Own look\n"
    (tmp_path / "template.typ").write_text(own)
    monkeypatch.setattr(pdf, "template_folder", lambda template: tmp_path)
    data = render_pdf(snapshot(every_block(), template="tests/documents/own"))
    check_ua1(data)
    with pikepdf.open(io.BytesIO(data)) as document, document.open_outline() as outline:
        assert [entry.title for entry in outline.root] == ["Own look"]


def heading_at(data: bytes, title: str) -> tuple[int, float]:
    """Page (from 0) and height above the foot of the page, in points, of a heading, by its bookmark."""
    with pikepdf.open(io.BytesIO(data)) as document, document.open_outline() as outline:
        entry = next(one for one in outline.root if one.title == title)
        pages = [page.objgen for page in document.pages]
        destination = entry.destination if entry.destination is not None else entry.action.D
        return pages.index(destination[0].objgen), float(destination[3])


@pytest.mark.parametrize("lines", [27, 29, 31, 33])
def test_a_heading_with_facts_stands_on_the_page_of_its_table(snapshot: Make, lines: int) -> None:
    rows = [[f"{hour}:00", "Station"] for hour in range(7, 21)]
    blocks = [b.paragraph("Filled.") for _ in range(lines)]
    blocks += [b.heading(1, "Team 1"), b.facts([("Team", "Two"), ("Area", "North")]), b.table("Stops", head=["Time", "What"], rows=rows)]
    _page, height = heading_at(render_pdf(snapshot(b.document(title="Plan", language="en", blocks=blocks))), "Team 1")
    # heading, facts, caption, head and a row need some 130 points above the margin of 71
    assert height > 200


@pytest.mark.parametrize("rows", [24, 25, 26, 27])
def test_the_last_lines_take_company_to_their_page(snapshot: Make, rows: int) -> None:
    table = b.table("Delegation", head=["Name", "Role"], rows=[[f"Person {at}", "Observer"] for at in range(12)])
    blocks = [*[b.paragraph("Filled.") for _ in range(rows - 12)], table, b.heading(1, "Contact"), b.paragraph("Press service")]
    _page, height = heading_at(render_pdf(snapshot(b.document(title="Announcement", language="en", blocks=blocks))), "Contact")
    assert height < 700


def pages_of(data: bytes) -> list[str]:
    """The words of each page, as a reader copies them."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


@needs_poppler
def test_an_address_is_copied_as_it_stands(snapshot: Make) -> None:
    address = "https://observation.example.org/published/en/reports/bg-2026-cpl202699-01/v1/changes-since-v2/"
    data = render_pdf(snapshot(b.document(title="T", language="en", blocks=[b.paragraph(b.link(address, address))])))
    assert address in "".join(pages_of(data)[0].split())


def test_a_long_word_is_parted_by_its_syllables_and_what_is_no_word_anywhere() -> None:
    assert pdf.breakable("Wahlbewertungsmission", 12, words=True) == "Wahlbewertungsmission"
    assert pdf.breakable("Informationsbericht,", 12, words=True) == "Informationsbericht,"
    assert pdf.breakable("(Wahlbewertungs-/Beobachtungsmission)", 12, words=True) == "(Wahlbewertungs-/Beobachtungsmission)"
    for torn in ("AAAAAAAAAAAAAAAA", "xkcdxkcdxkcdxkcd", "Избирателнакомисия", "1.2.3.4.5.6.7.8", "Wort" * 11):
        assert pdf.BREAK in pdf.breakable(torn, 12, words=True), torn
    assert pdf.BREAK in pdf.breakable("Wahlbewertungsmission", 12)


@needs_poppler
def test_words_of_narrow_columns_are_hyphenated(snapshot: Make) -> None:
    table = b.table("T", head=["Paragraphe", "Texte"], rows=[["Wahlbewertungsmission", "Kurz."]], widths=[1, 7])
    (text,) = pages_of(render_pdf(snapshot(b.document(title="T", language="de", layout="note", blocks=[table]))))
    column = [line.split()[0] for line in text.splitlines() if line.strip()]
    assert [word for word in column if word.endswith("\u00ad")] == ["Paragra\u00ad", "Wahlbe\u00ad", "wertungs\u00ad"]


@needs_poppler
def test_a_note_stands_on_the_page_of_its_table(snapshot: Make) -> None:
    table = b.table("Formats", head=["A", "B"], rows=[[f"row {at}", "x"] for at in range(6)], note="← proposed")
    for lines in range(30, 50):
        blocks = [*[b.paragraph("A line.") for _ in range(lines)], table]
        pages = pages_of(render_pdf(snapshot(b.document(title="T", language="en", layout="note", blocks=blocks))))
        assert [("row 5" in text) == ("← proposed" in text) for text in pages] == [True] * len(pages), lines
