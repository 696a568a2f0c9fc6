"""Word documents from outside, read as people would see them with every change accepted: paragraphs, bookmarks, comments.

A file from outside is material: nothing in it is followed, run or expanded. Text boxes, pictures, headers and footnotes are left out.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from core.errors import Invalid

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAX_UNPACKED = 300 * 1024 * 1024
MAX_PARTS = 5000
OLE = b"\xd0\xcf\x11\xe0"
"""How an old Word document begins, and one that is protected by a password."""

_GONE = {f"{W}del", f"{W}moveFrom", f"{W}drawing", f"{W}pict", f"{W}object", f"{W}txbxContent", f"{W}instrText", f"{W}delText"}
_MARKS = {f"{W}tab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "\u2011", f"{W}ptab": "\t"}


@dataclass(frozen=True)
class WordComment:
    """A comment in the margin, with the author's name as Word wrote it."""

    author: str
    at: datetime | None
    text: str


@dataclass
class WordParagraph:
    """A paragraph with its changes accepted. `anchors`: bookmarks that cover text of it; `style`: the name of its style, lower case."""

    text: str = ""
    style: str = ""
    anchors: list[str] = field(default_factory=list)
    comments: list[WordComment] = field(default_factory=list)
    in_table: bool = False


@dataclass(frozen=True)
class WordText:
    """What a document says. `has_changes`: it held tracked changes, which are read as accepted."""

    paragraphs: list[WordParagraph]
    loose: list[WordComment]
    has_changes: bool


def read_docx(data: bytes) -> WordText:
    """Read a Word document. Raises Invalid with a sentence for a file that is broken, protected, or no Word document."""
    _refuse_dangerous(data)
    from docx import Document as open_word  # heavy; only this act needs it

    try:
        word = open_word(io.BytesIO(data))
        body, styles = word.element.body, _style_names(word)
        comments = _comments(word)
    except Exception as error:  # python-docx and lxml raise a dozen kinds for a file that is not whole
        raise _broken() from error
    return _Reader(styles, comments).read(body)


def _refuse_dangerous(data: bytes) -> None:
    if data.startswith(OLE):
        sentence = _("The file is an old Word document (DOC), or protected by a password. Save it as DOCX without one.")
        raise Invalid(sentence, code="word_protected", attr="file")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise Invalid(_("The Word document is far larger unpacked than a report can be."), code="word_large", attr="file")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and _declares(packed.read(part)):
                    raise _broken()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise _broken() from error


def _declares(part: bytes) -> bool:
    """Does a part bring declarations of its own (entities)? Word writes none."""
    head = part[:4000]
    return b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head or "<!DOCTYPE".encode("utf-16-be") in head


def _broken() -> Invalid:
    sentence = _("The file cannot be read as a Word document (DOCX): it is broken or something else. Open it in Word and save it again.")
    return Invalid(sentence, code="word_broken", attr="file")


def _style_names(word: Any) -> dict[str, str]:
    """Names of styles by id: a German Word calls its heading `berschrift1`, but names it `heading 1`."""
    found = {}
    for style in word.styles.element.iter(f"{W}style"):
        name = style.find(f"{W}name")
        if name is not None:
            found[style.get(f"{W}styleId") or ""] = (name.get(f"{W}val") or "").lower()
    return found


def _comments(word: Any) -> dict[str, WordComment]:
    for relation in word.part.rels.values():
        if relation.reltype.endswith("/comments") and not relation.is_external:
            root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False, no_network=True))
            return {one.get(f"{W}id") or "": _comment(one) for one in root.iter(f"{W}comment")}
    return {}


def _comment(element: Any) -> WordComment:
    lines = ["".join(text.text or "" for text in line.iter(f"{W}t")) for line in element.iter(f"{W}p")]
    try:
        at = datetime.fromisoformat((element.get(f"{W}date") or "").replace("Z", "+00:00"))
    except ValueError:
        at = None
    return WordComment(element.get(f"{W}author") or "", at, "\n".join(lines).strip())


class _Reader:
    """One pass through a body in the order of reading."""

    def __init__(self, styles: dict[str, str], comments: dict[str, WordComment]) -> None:
        self.styles, self.comments = styles, comments
        self.open: dict[str, str] = {}
        self.found: list[WordParagraph] = []
        self.carried: WordParagraph | None = None
        self.told: set[str] = set()
        self.has_changes = False

    def read(self, body: Any) -> WordText:
        self.blocks(body, in_table=False)
        if self.carried is not None:
            self.found.append(self.carried)
        loose = [comment for key, comment in self.comments.items() if key not in self.told]
        return WordText(self.found, loose, self.has_changes)

    def blocks(self, parent: Any, *, in_table: bool) -> None:
        for child in parent:
            if child.tag == f"{W}p":
                self.paragraph(child, in_table=in_table)
            elif child.tag in {f"{W}bookmarkStart", f"{W}bookmarkEnd"}:
                self.mark(child)
            elif child.tag in {f"{W}del", f"{W}moveFrom"}:
                self.has_changes = True
            elif isinstance(child.tag, str) and child.tag not in {f"{W}sectPr", f"{W}tblPr", f"{W}tblGrid"}:
                if child.tag == f"{W}tr" and child.find(f"{W}trPr/{W}del") is not None:
                    self.has_changes = True  # a row that was struck out
                    continue
                self.blocks(child, in_table=in_table or child.tag == f"{W}tbl")

    def paragraph(self, element: Any, *, in_table: bool) -> None:
        made, self.carried = self.carried or WordParagraph(in_table=in_table), None
        head = element.find(f"{W}pPr")
        style = head.find(f"{W}pStyle") if head is not None else None
        key = style.get(f"{W}val") or "" if style is not None else ""
        made.style = self.styles.get(key, key.lower())
        made.text += "".join(self.pieces(element, made))
        marks = head.find(f"{W}rPr") if head is not None else None
        if marks is not None and marks.find(f"{W}del") is not None:
            self.has_changes = True
            self.carried = made  # its end was struck out: it runs on into the next one
        else:
            self.found.append(made)

    def pieces(self, parent: Any, made: WordParagraph) -> Iterator[str]:
        for child in parent:
            tag = child.tag
            if tag in _GONE:
                self.has_changes = self.has_changes or tag in {f"{W}del", f"{W}moveFrom"}
                self.marks_within(child)
            elif tag in {f"{W}bookmarkStart", f"{W}bookmarkEnd"}:
                self.mark(child)
            elif tag in {f"{W}commentRangeStart", f"{W}commentReference"}:
                self.comment(child.get(f"{W}id") or "", made)
            elif tag == f"{W}t":
                yield self.text(child.text or "", made)
            elif tag in _MARKS:
                yield self.text(_MARKS[tag], made)
            elif tag == f"{W}br":
                if child.get(f"{W}type") not in {"page", "column"}:
                    yield self.text("\n", made)
            elif isinstance(tag, str) and tag.startswith(W) and tag not in {f"{W}pPr", f"{W}rPr"}:
                self.has_changes = self.has_changes or tag in {f"{W}ins", f"{W}moveTo"}
                yield from self.pieces(child, made)

    def text(self, value: str, made: WordParagraph) -> str:
        if value.strip():
            made.anchors += [name for name in self.open.values() if name not in made.anchors]
        return value

    def mark(self, element: Any) -> None:
        key = element.get(f"{W}id") or ""
        if element.tag == f"{W}bookmarkStart":
            self.open[key] = element.get(f"{W}name") or ""
        else:
            self.open.pop(key, None)

    def marks_within(self, element: Any) -> None:
        """A bookmark may begin or end inside what was struck out."""
        for child in element.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd"):
            self.mark(child)

    def comment(self, key: str, made: WordParagraph) -> None:
        if key in self.comments and key not in self.told:
            self.told.add(key)
            made.comments.append(self.comments[key])
