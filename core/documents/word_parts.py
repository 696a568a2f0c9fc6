"""The unchanging parts of our Word documents: styles, numbering, footnotes, header and footer."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from docx import Document as new_document
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm
from lxml import etree

from core.documents.letters import round_of
from core.documents.words import Fixed
from core.languages import base

HERE = Path(__file__).resolve().parent
W = nsdecls("w")
VML = "{urn:schemas-microsoft-com:vml}"
FONT = "Arial"
LANGUAGES = {"en": "en-GB", "fr": "fr-FR", "de": "de-DE"}
# numbering definitions; a list in the text is an instance of one of them
HEADINGS, PARAGRAPHS, BULLETS, NUMBERS, LETTERS = 1, 2, 3, 4, 5
LIST_DEFINITIONS = {"bullet": BULLETS, "number": NUMBERS, "letter": LETTERS}
# of each level: its kind, what is shown, indent and hanging in twentieths of a point
FORMATS = {
    HEADINGS: [("decimal", ".".join(f"%{n}" for n in range(1, level + 1)), 0, 567 + 142 * level) for level in range(1, 5)],
    PARAGRAPHS: [("decimal", "%1.", 0, 567)],
    BULLETS: [("bullet", mark, 284 + 397 * level, 284) for level, mark in enumerate("•–·")],
    NUMBERS: [("decimal", f"%{level}.", 284 + 397 * (level - 1), 340) for level in range(1, 4)],
    LETTERS: [("lowerLetter", f"%{level}.", 284 + 397 * (level - 1), 340) for level in range(1, 4)],
}


def el(tag: str, *children: Any, **attributes: Any) -> Any:
    """An element of WordprocessingML: `el("w:p", el("w:r"), w_rsid="1")`; `None` children and attributes are left out."""
    element = etree.Element(qn(tag), nsmap=None)
    for name, value in attributes.items():
        if value is not None:
            element.set(qn(name.replace("_", ":", 1)) if "_" in name else name, str(value))
    for child in children:
        if child is not None:
            element.append(child)
    return element


def new_word(content: Mapping[str, Any], created: Any) -> Word:
    """An empty document in house style: page, styles, numbering, properties."""
    word = new_document()
    _drop_thumbnail(word)
    _page(word, content)
    _styles(word, content["language"], title_size=52 if content["layout"] == "report" else 36)
    _numbering(word)
    _settings(word)
    properties = word.core_properties
    properties.title = content["title"][:255]
    properties.subject = content["reference"][:255]
    properties.author = properties.last_modified_by = content["institution"][:255]
    properties.language = LANGUAGES.get(base(content["language"]), content["language"])
    properties.comments = properties.keywords = properties.category = ""
    properties.created = properties.modified = created
    properties.revision = 1
    body = word.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    return word


def save(word: Word) -> bytes:
    """The document's bytes: parts in a fixed order, with fixed dates, so that the same content gives the same bytes."""
    raw, out = io.BytesIO(), io.BytesIO()
    word.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        names = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o600 << 16
            target.writestr(info, source.read(name))
    return out.getvalue()


def add_footnotes(word: Word, notes: Iterable[Any]) -> None:
    """Add the footnotes part. notes: `w:footnote` elements with ids from 1."""
    root = parse_xml(f"<w:footnotes {W}/>")
    for number, kind, mark in ((-1, "separator", "w:separator"), (0, "continuationSeparator", "w:continuationSeparator")):
        spacing = el("w:pPr", el("w:spacing", w_after=0, w_line=240, w_lineRule="auto"))
        root.append(el("w:footnote", el("w:p", spacing, el("w:r", el(mark))), w_type=kind, w_id=number))
    for note in notes:
        root.append(note)
    _add_part(word, root, "footnotes", CONTENT_TYPE.WML_FOOTNOTES, RELATIONSHIP_TYPE.FOOTNOTES)


def add_comments(word: Word, comments: Iterable[Any]) -> None:
    """Add the part with the comments in the margin. comments: `w:comment` elements with ids from 0."""
    root = parse_xml(f"<w:comments {W}/>")
    for comment in comments:
        root.append(comment)
    _add_part(word, root, "comments", CONTENT_TYPE.WML_COMMENTS, RELATIONSHIP_TYPE.COMMENTS)


def _add_part(word: Word, root: Any, name: str, kind: str, relation: str) -> None:
    blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    word.part.relate_to(Part(PackURI(f"/word/{name}.xml"), kind, blob, word.part.package), relation)


def text_width(content: Mapping[str, Any]) -> int:
    """Width of a line in twentieths of a point: the page without its margins."""
    return 14003 if content["orientation"] == "landscape" else 9071


def number_instance(word: Word, definition: int, *, level: int = 0, start: int = 1) -> int:
    """A new list of this definition that begins at `start`; its numId."""
    root = word.part.numbering_part.element
    number = len(root.findall(qn("w:num"))) + 1
    override = el("w:lvlOverride", el("w:startOverride", w_val=start), w_ilvl=level)
    root.append(el("w:num", el("w:abstractNumId", w_val=definition), override, w_numId=number))
    return number


def lettered_instance(word: Word, place: int, *, level: int) -> int:
    """A new lettered list that begins at `place`; its numId. It holds up to the next z, then another one goes on: see `letters`.

    Word's own lettering goes on after z with aa, bb, cc. Behind z the letters before the last are fixed text of a definition of their own.
    """
    before, start = round_of(place)
    if not before:
        return number_instance(word, LETTERS, level=level, start=start)
    root = word.part.numbering_part.element
    known = root.findall(qn("w:abstractNum"))
    levels = [("lowerLetter", f"{before}{shown}", *rest) for _kind, shown, *rest in FORMATS[LETTERS]]
    known[-1].addnext(_definition(len(known) + 1, levels))  # definitions stand before what uses them
    return number_instance(word, len(known) + 1, level=level, start=start)


def head_and_foot(word: Word, content: Mapping[str, Any], fixed: Fixed) -> None:
    """Running head, foot with page numbers, and the watermark where there is one."""
    section = word.sections[0]
    report = content["layout"] == "report"
    section.different_first_page_header_footer = True
    stamp = content["watermark"] or (fixed["draft"] if content["draft"] else "")
    right = el(
        "w:tabs",
        el("w:tab", w_val="clear", w_pos=4320),
        el("w:tab", w_val="clear", w_pos=8640),
        el("w:tab", w_val="right", w_pos=text_width(content)),
    )
    head = section.header.paragraphs[0]._p
    head.append(el("w:pPr", el("w:pStyle", w_val="Header"), right))
    _text(head, content["reference"][:60])
    head.append(el("w:r", el("w:tab")))
    _text(head, content["title"][:80])
    drafted = "" if content["watermark"] else "draft"
    parts = [("short_institution", fixed["short_institution"]), ("", content["access_note"]), (drafted, stamp)]
    left = [(fixed.lang(key), part) for key, part in parts if part]
    for footer in (section.footer, section.first_page_footer):
        paragraph = footer.paragraphs[0]._p
        paragraph.append(el("w:pPr", el("w:pStyle", w_val="Footer"), parse_xml(etree.tostring(right))))
        if footer is section.first_page_footer and report:
            continue
        for at, (lang, part) in enumerate(left):
            _text(paragraph, f"  ·  {part}" if at else part, lang)
        paragraph.append(el("w:r", el("w:tab")))
        _text(paragraph, f"{fixed['page']} ", fixed.lang("page"))
        paragraph.append(field("PAGE", "1"))
        _text(paragraph, f" {fixed['of']} ", fixed.lang("of"))
        paragraph.append(field("NUMPAGES", "1"))
    # the first page has no running head, so it has no rule below one either
    first = section.first_page_header.paragraphs[0]._p
    first.append(el("w:pPr", el("w:pStyle", w_val="Header"), el("w:pBdr", el("w:bottom", w_val="nil"))))
    if stamp:
        for number, header in enumerate((section.header, section.first_page_header), start=1):
            header.paragraphs[0]._p.append(_watermark(stamp, number))


def field(instruction: str, shown: str) -> Any:
    """A field that Word computes, with what it shows until then."""
    return el("w:fldSimple", el("w:r", _t(shown)), w_instr=f" {instruction} ")


def _t(value: str) -> Any:
    text = el("w:t")
    text.text = value
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return text


def _text(paragraph: Any, value: str, lang: str = "") -> None:
    if value:
        mark = el("w:rPr", el("w:lang", w_val=LANGUAGES.get(lang, lang))) if lang else None
        paragraph.append(el("w:r", mark, _t(value)))


def _watermark(stamp: str, number: int) -> Any:
    """Word's own watermark: a text path behind the page. The words go in as an attribute, never as markup."""
    run = parse_xml((HERE / "word_watermark.xml").read_bytes())
    shape = next(run.iter(f"{VML}shape"))
    shape.set("id", f"watermark{number}")
    shape.set("alt", stamp)
    letters = max(len(stamp), 4)
    width = min(440, 68 * letters)
    shape.set("style", shape.get("style", "").replace("WIDTH", f"{width}pt").replace("HEIGHT", f"{round(width / letters * 1.5)}pt"))
    next(shape.iter(f"{VML}textpath")).set("string", stamp)
    return run


def _drop_thumbnail(word: Word) -> None:
    relations = word.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        del relations[key]


def _page(word: Word, content: Mapping[str, Any]) -> None:
    section = word.sections[0]
    lying = content["orientation"] == "landscape"
    section.orientation = WD_ORIENT.LANDSCAPE if lying else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if lying else (Mm(210), Mm(297))
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin, section.bottom_margin = Mm(27), Mm(25)
    section.header_distance = section.footer_distance = Mm(12)


def _settings(word: Word) -> None:
    settings = word.settings.element
    for name in ("w:compat", "w:footnotePr"):
        for old in settings.findall(qn(name)):
            settings.remove(old)
    compat = el("w:compat", el("w:compatSetting", w_name="compatibilityMode", w_uri="http://schemas.microsoft.com/office/word", w_val=15))
    footnotes = el("w:footnotePr", el("w:footnote", w_id=-1), el("w:footnote", w_id=0))
    # the schema wants them in this order, before the list of revision marks
    after = settings.find(qn("w:rsids"))
    for element in (footnotes, compat):
        if after is not None:
            after.addprevious(element)
        else:
            settings.append(element)


def _styles(word: Word, language: str, *, title_size: int) -> None:
    """Replace the template's styles by ours, so that a reader's list of styles holds what the house uses and no more."""
    root = word.styles.element
    for child in list(root):
        if child.tag in {qn("w:style"), qn("w:docDefaults")}:
            root.remove(child)
    code = LANGUAGES.get(base(language), language)
    fonts = el("w:rFonts", w_ascii=FONT, w_hAnsi=FONT, w_cs=FONT, w_eastAsia=FONT)
    run = el("w:rPr", fonts, el("w:sz", w_val=20), el("w:szCs", w_val=20), el("w:lang", w_val=code, w_eastAsia=code, w_bidi="ar-SA"))
    root.insert(0, el("w:docDefaults", el("w:rPrDefault", run), el("w:pPrDefault")))
    made = parse_xml((HERE / "word_styles.xml").read_bytes())
    for style in list(made):
        root.append(style)
    next(word.styles["Title"].element.iter(qn("w:sz"))).set(qn("w:val"), str(title_size))


def _numbering(word: Word) -> None:
    root = word.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    for definition, levels in FORMATS.items():
        root.append(_definition(definition, levels))
    root.append(el("w:num", el("w:abstractNumId", w_val=HEADINGS), w_numId=1))


def _definition(number: int, levels: Sequence[Any]) -> Any:
    """A numbering definition; a level is its kind, what is shown, indent and hanging in twentieths of a point."""
    abstract = el("w:abstractNum", el("w:multiLevelType", w_val="multilevel"), w_abstractNumId=number)
    for level, (kind, shown, indent, hanging) in enumerate(levels):
        paragraph = el("w:pPr", el("w:ind", w_left=indent + hanging, w_hanging=hanging))
        parts = (
            el("w:start", w_val=1),
            el("w:numFmt", w_val=kind),
            el("w:lvlText", w_val=shown),
            el("w:lvlJc", w_val="left"),
            paragraph,
        )
        abstract.append(el("w:lvl", *parts, w_ilvl=level))
    return abstract
