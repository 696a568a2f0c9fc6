"""Word documents."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from core.documents import blocks as b
from core.documents.letters import letters, round_of
from core.documents.rendering import Snapshot
from core.documents.web import render_html
from core.documents.word import render_docx
from tests.core.documents.samples import every_block, hostile_content

Make = Callable[..., Snapshot]


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def words_of(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs)


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_it_has_real_styles_numbers_fields_and_header_rows(snapshot: Make, language: str) -> None:
    data = render_docx(snapshot(every_block(language, draft=True)))
    word = Document(io.BytesIO(data))
    styles = [paragraph.style.name for paragraph in word.paragraphs]
    assert {"Title", "Heading 1", "Heading 2", "Numbered Paragraph", "Caption", "List Paragraph", "Quote"} <= set(styles)
    assert word.core_properties.title.startswith("Local elections")
    assert word.core_properties.language == {"en": "en-GB", "fr": "fr-FR", "de": "de-DE"}[language]
    assert word.core_properties.modified.isoformat().startswith("2026-03-25T10:30")
    body = etree.tostring(word.element.body).decode()
    assert 'TOC \\o "1-2"' in body and "SEQ table" in body
    for table in word.tables:
        assert table.rows[0]._tr.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
    assert [shape._inline.docPr.get("descr") for shape in word.inline_shapes][0] == "51 of 60 urban stations."


def test_numbered_headings_and_paragraphs_are_numbered_by_word_itself(snapshot: Make) -> None:
    word = Document(io.BytesIO(render_docx(snapshot(every_block()))))
    numbered = {p.text: p._p.pPr.numPr.numId.val for p in word.paragraphs if p._p.pPr is not None and p._p.pPr.numPr is not None}
    definitions = {num.numId: num.abstractNumId.val for num in word.part.numbering_part.element.num_lst}
    assert definitions[numbered["Introduction"]] == definitions[numbered["Election day"]]
    assert numbered["The Congress refers to:"] != numbered["Teams saw 12 of 90 stations in Стара Загора."]
    assert all(number in definitions for number in numbered.values())


def test_footnotes_hyperlinks_and_relations_fit_together(snapshot: Make) -> None:
    found = parts(render_docx(snapshot(every_block())))
    body, notes = found["word/document.xml"].decode(), found["word/footnotes.xml"].decode()
    assert re.findall(r'footnoteReference w:id="(\d+)"', body) == re.findall(r'<w:footnote w:id="(\d+)"', notes) == ["1", "2"]
    relations = found["word/_rels/document.xml.rels"].decode()
    for key in set(re.findall(r'r:(?:id|embed)="(rId\d+)"', body)):
        assert f'Id="{key}"' in relations
    assert 'Target="https://www.venice.coe.int/" TargetMode="External"' in relations


def test_the_same_snapshot_gives_the_same_bytes(snapshot: Make) -> None:
    first, second = (render_docx(snapshot(every_block("fr"))) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_hostile_text_stays_text(snapshot: Make) -> None:
    data = render_docx(snapshot(hostile_content()))
    text = words_of(data)
    assert "{{ settings.SECRET_KEY }}" in text and "<script>alert('x')</script>" in text
    for name, blob in parts(data).items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(blob)
            assert b"javascript:" not in blob


def test_the_watermark_is_in_every_header_of_a_draft(snapshot: Make) -> None:
    found = parts(render_docx(snapshot(every_block("de", draft=True))))
    headers = [blob.decode() for name, blob in found.items() if name.startswith("word/header")]
    assert len(headers) == 2 and all('string="ENTWURF"' in header for header in headers)
    assert not any(b"textpath" in blob for blob in parts(render_docx(snapshot(every_block("de")))).values())


def shown_by_word(data: bytes) -> list[str]:
    """The lettered labels as Word counts them: its own letters go on after z with aa, bb, cc."""
    word = Document(io.BytesIO(data))
    numbering = word.part.numbering_part.element
    definitions = {row.get(qn("w:abstractNumId")): row for row in numbering.iter(qn("w:abstractNum"))}
    lists = {row.numId: row for row in numbering.num_lst}
    at: dict[int, int] = {}
    shown = []
    for paragraph in word.paragraphs:
        numbered = paragraph._p.pPr.numPr if paragraph._p.pPr is not None else None
        if numbered is None or paragraph.style.name != "List Paragraph":
            continue
        used, level = numbered.numId.val, numbered.ilvl.val
        row = definitions[str(lists[used].abstractNumId.val)].findall(qn("w:lvl"))[level]
        if row.find(qn("w:numFmt")).get(qn("w:val")) != "lowerLetter":
            continue
        first = int(lists[used].find(f"{qn('w:lvlOverride')}/{qn('w:startOverride')}").get(qn("w:val")))
        at[used] = at.get(used, first - 1) + 1
        times, rest = divmod(at[used] - 1, 26)
        own = chr(97 + rest) * (times + 1)
        shown.append(row.find(qn("w:lvlText")).get(qn("w:val")).replace(f"%{level + 1}", own))
    return shown


@pytest.mark.parametrize("start", [1, 20, 27, 700])
def test_letters_after_z_are_those_of_the_other_renderings(snapshot: Make, start: int) -> None:
    content = every_block() | {"blocks": [b.lettered([f"Call {n}." for n in range(start, start + 60)], start=start)]}
    made = snapshot(content)
    wanted = [f"{letters(n)}." for n in range(start, start + 60)]
    assert shown_by_word(render_docx(made)) == wanted
    numbering = Document(io.BytesIO(render_docx(made))).part.numbering_part.element
    tags = [etree.QName(child).localname for child in numbering]
    assert tags == sorted(tags)  # abstractNum before num: Word mends nothing
    assert f'<ol type="a" start="{start}">' in render_html(made).decode()  # browsers count a, z, aa, ab


def test_letters_are_counted_without_gap() -> None:
    assert [letters(n) for n in (1, 26, 27, 28, 52, 53, 702, 703)] == ["a", "z", "aa", "ab", "az", "ba", "zz", "aaa"]
    assert all("".join([before, chr(96 + last)]) == letters(n) for n in range(1, 1500) for before, last in [round_of(n)])
