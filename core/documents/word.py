"""Word documents by python-docx: real styles, numbering, footnotes, fields and header rows, so that people can go on writing.

Elements are made one by one with lxml instead of python-docx's proxies: those search the tree again for every cell, which
takes minutes where a deployment has thousands. No template language touches the text, so none can be smuggled in.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from docx.document import Document as Word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

from core.documents.charts import chart_png
from core.documents.content import clean, plain, unbroken_bracket
from core.documents.letters import LETTERS
from core.documents.rendering import MarginComment, Snapshot
from core.documents.word_parts import (
    LANGUAGES,
    LIST_DEFINITIONS,
    PARAGRAPHS,
    add_comments,
    add_footnotes,
    el,
    field,
    head_and_foot,
    lettered_instance,
    new_word,
    number_instance,
    save,
    text_width,
)
from core.documents.words import words_of

EMU_PER_TWIP = 635
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
FIRST_ANCHOR = 100_000
"""Numbers of anchors' bookmarks begin here, beyond those of headings."""
INDENT_UNDER_PARAGRAPH = 283


def render_docx(snapshot: Snapshot) -> bytes:
    """The snapshot as a Word document; the same content gives the same bytes."""
    word = new_word(snapshot.content, snapshot.frozen_at.replace(tzinfo=None, microsecond=0))
    writer = _Writer(word, snapshot)
    writer.write()
    return save(word)


class _Writer:
    """Appends the blocks of one content to one document."""

    def __init__(self, word: Word, snapshot: Snapshot) -> None:
        self.word = word
        self.content = snapshot.content
        self.assets = snapshot.assets
        self.fixed = words_of(self.content)
        self.langs = self.content.get("langs", {})
        self.end = word.element.body.find(qn("w:sectPr"))
        self.notes: list[Any] = []
        self.margin = dict(snapshot.margin)
        self.comments: list[Any] = []
        self.paragraph_lists: dict[int, int] = {}
        self.bookmarks: list[tuple[int, str, str]] = []
        self.anchors = 0
        self.contents_at: list[Any] = []
        self.width = text_width(self.content)

    def write(self) -> None:
        head_and_foot(self.word, self.content, self.fixed)
        self.front()
        for block in self.content["blocks"]:
            getattr(self, f"block_{block['type']}")(block)
        for anchor in self.contents_at:
            self.fill_contents(anchor)
        add_footnotes(self.word, self.notes)
        if self.comments:
            add_comments(self.word, self.comments)

    # --- paragraphs and runs ---

    def add(self, element: Any) -> Any:
        self.end.addprevious(element)
        return element

    def paragraph(self, runs: Sequence[Mapping[str, Any]], style: str = "", *properties: Any, lang: str = "") -> Any:
        head = el("w:pPr", el("w:pStyle", w_val=style) if style else None, *properties)
        paragraph = el("w:p", head if len(head) else None)
        self.fill(paragraph, runs, lang=lang)
        return paragraph

    def anchored(self, paragraph: Any, source: Mapping[str, Any]) -> Any:
        """The paragraph, inside a bookmark where its block has an anchor: it is known again when the file is brought back."""
        name = source.get("anchor")
        if name:
            self.anchors += 1
            mark = FIRST_ANCHOR + self.anchors
            start, head = el("w:bookmarkStart", w_id=mark, w_name=name), paragraph.find(qn("w:pPr"))
            paragraph.insert(0, start) if head is None else head.addnext(start)
            paragraph.append(el("w:bookmarkEnd", w_id=mark))
        for comment in self.margin.pop(name, ()):
            self.comment(paragraph, comment)
        return paragraph

    def comment(self, paragraph: Any, comment: MarginComment) -> None:
        """A comment of Word on the whole paragraph."""
        number, head = len(self.comments), paragraph.find(qn("w:pPr"))
        start = el("w:commentRangeStart", w_id=number)
        paragraph.insert(0, start) if head is None else head.addnext(start)
        paragraph.append(el("w:commentRangeEnd", w_id=number))
        paragraph.append(el("w:r", el("w:commentReference", w_id=number)))
        lines = [el("w:p", self.run({"text": clean(line)})) for line in comment.text.split("\n")]
        initials = "".join(word[0] for word in comment.author.split() if word)[:3]
        at = comment.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.comments.append(el("w:comment", *lines, w_id=number, w_author=clean(comment.author), w_date=at, w_initials=initials))

    def fill(self, parent: Any, runs: Sequence[Mapping[str, Any]], *, lang: str = "", linked: bool = True) -> None:
        for run in runs:
            if "footnote" in run:
                parent.append(self.footnote(run["footnote"]))
                continue
            made = self.run(run, lang)
            if "link" in run and linked:
                key = self.word.part.relate_to(run["link"], RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                parent.append(el("w:hyperlink", made, r_id=key))
            else:
                parent.append(made)

    def run(self, run: Mapping[str, Any], lang: str = "") -> Any:
        code = run.get("lang") or lang
        properties = el(
            "w:rPr",
            el("w:rStyle", w_val=run["style"]) if "style" in run else el("w:rStyle", w_val="Hyperlink") if "link" in run else None,
            el("w:b") if run.get("bold") else None,
            el("w:i") if run.get("italic") else None,
            el("w:lang", w_val=LANGUAGES.get(code, code)) if code else None,
        )
        made = el("w:r", properties if len(properties) else None)
        for number, line in enumerate(run["text"].split("\n")):
            if number:
                made.append(el("w:br"))
            text = el("w:t")
            text.text = line
            text.set(XML_SPACE, "preserve")
            made.append(text)
        return made

    def footnote(self, note: Mapping[str, Any]) -> Any:
        mark = el("w:r", el("w:rPr", el("w:rStyle", w_val="FootnoteReference")), el("w:footnoteRef"))
        paragraph = el("w:p", el("w:pPr", el("w:pStyle", w_val="FootnoteText")), mark)
        self.fill(paragraph, [{"text": " "}, *note["runs"]], linked=False)
        self.notes.append(el("w:footnote", paragraph, w_id=note["number"]))
        return el("w:r", el("w:rPr", el("w:rStyle", w_val="FootnoteReference")), el("w:footnoteReference", w_id=note["number"]))

    def flagged(self, runs: Sequence[Mapping[str, Any]], unchecked: bool) -> list[Mapping[str, Any]]:
        mark = [self.fixed.run("unchecked", f"[{self.fixed['unchecked']}] ") | {"style": "Unchecked"}] if unchecked else []
        return [*mark, *runs]

    # --- the first page ---

    def front(self) -> None:
        content, report = self.content, self.content["layout"] == "report"
        reference = [{"text": f"   ·   {content['reference']}"}] if content["reference"] else []
        self.add(self.paragraph([_run(content["institution"], self.langs.get("institution", "")), *reference], "Institution"))
        if report:
            self.add(self.paragraph([], "", el("w:spacing", w_before=2200)))
        if content["kind_line"]:
            self.add(self.paragraph([_run(content["kind_line"], self.langs.get("kind_line", ""))], "CoverLine"))
        title = _run(unbroken_bracket(content["title"]), content.get("langs", {}).get("title", ""))
        self.add(self.anchored(self.paragraph([title], "Title"), content))
        for value, style in ((content["subtitle"], "Subtitle"), (content["date"], "CoverLine")):
            if value:
                self.add(self.paragraph([{"text": value}], style))
        for flag in ("draft", "unchecked"):
            if content[flag]:
                self.add(self.paragraph([self.fixed.run(f"{flag}_long") | {"bold": True}], "WarningBox"))
        if content["cover"] and report:
            self.add(self.paragraph([], "", el("w:spacing", w_before=1800)))
        self.facts(content["cover"])
        if content["contents"]:
            if report:
                self.page_break()
            self.block_contents({})
        if report:
            self.page_break()
        if content["summary"]:
            self.block_heading({"level": 1, "runs": [self.fixed.run("summary")], "number": "", "auto": False})
            self.add(self.paragraph(content["summary"]))

    def facts(self, rows: Sequence[Any]) -> None:
        for label, value in rows:
            paragraph = self.paragraph([(label if isinstance(label, dict) else {"text": label}) | {"style": "Label"}], "Facts")
            paragraph.append(el("w:r", el("w:tab")))
            self.fill(paragraph, value)
            self.add(paragraph)

    def page_break(self) -> None:
        self.add(el("w:p", el("w:r", el("w:br", w_type="page"))))

    # --- blocks ---

    def block_heading(self, block: Mapping[str, Any], *properties: Any) -> None:
        level, runs, number = block["level"], block["runs"], None
        if block["auto"]:
            number = el("w:numPr", el("w:ilvl", w_val=level - 1), el("w:numId", w_val=1))
        elif block["number"]:
            runs = [{"text": f"{block['number']} "}, *runs]
        paragraph = self.paragraph([], f"Heading{level}", *properties, *([number] if number is not None else []))
        name = f"_Toc{len(self.bookmarks) + 1:06d}"
        paragraph.append(el("w:bookmarkStart", w_id=len(self.bookmarks) + 1, w_name=name))
        self.fill(paragraph, runs)
        paragraph.append(el("w:bookmarkEnd", w_id=len(self.bookmarks) + 1))
        shown = f"{block['number']} " if block["auto"] else ""
        self.bookmarks.append((level, shown + plain(runs), name))
        self.add(self.anchored(paragraph, block))

    def block_appendix(self, block: Mapping[str, Any]) -> None:
        runs = [_run(f"{block['label']} – " if block["runs"] else block["label"], block.get("label_lang", "")), *block["runs"]]
        heading = {"level": 1, "runs": runs, "number": "", "auto": False, "anchor": block.get("anchor", "")}
        self.block_heading(heading, el("w:pageBreakBefore"))

    def block_paragraph(self, block: Mapping[str, Any]) -> None:
        runs = self.flagged(block["runs"], block["unchecked"])
        if block["auto"]:
            group = block["group"]
            if group not in self.paragraph_lists:
                # explicit start: a second group would go on counting where the first one ended
                self.paragraph_lists[group] = number_instance(self.word, PARAGRAPHS, start=int(block["number"]))
            numbering = el("w:numPr", el("w:ilvl", w_val=0), el("w:numId", w_val=self.paragraph_lists[group]))
            self.add(self.anchored(self.paragraph(runs, "NumberedParagraph", numbering, lang=block["lang"]), block))
        elif block["number"]:
            paragraph = self.paragraph([{"text": f"{block['number']}."}], "NumberedParagraph")
            paragraph.append(el("w:r", el("w:tab")))
            self.fill(paragraph, runs, lang=block["lang"])
            self.add(self.anchored(paragraph, block))
        else:
            style = {"lead": "Lead", "small": "Small"}.get(block["style"], "")
            self.add(self.anchored(self.paragraph(runs, style, lang=block["lang"]), block))

    def block_list(self, block: Mapping[str, Any], level: int = 0) -> None:
        number = 0
        indent = None
        if block["under"]:
            hanging = 284 if block["kind"] == "bullet" else 340
            indent = el("w:ind", w_left=567 + hanging + 397 * level, w_hanging=hanging)
        for place, item in enumerate(block["items"], start=block["start"]):
            if block["kind"] == "letter" and (not number or (place - 1) % LETTERS == 0):
                number = lettered_instance(self.word, place, level=level)
            elif not number:
                number = number_instance(self.word, LIST_DEFINITIONS[block["kind"]], level=level, start=place)
            numbering = el("w:numPr", el("w:ilvl", w_val=level), el("w:numId", w_val=number))
            properties = [numbering] if indent is None else [numbering, el("w:ind", **_attributes(indent))]
            self.add(self.anchored(self.paragraph(self.flagged(item["runs"], item["unchecked"]), "ListParagraph", *properties), item))
            if item["list"]:
                self.block_list({**item["list"], "under": block["under"]}, level + 1)

    def block_table(self, block: Mapping[str, Any]) -> None:
        self.add(self.caption("table", block, el("w:keepNext")))
        self.table(block["head"], block["rows"], block["widths"], block["align"], block["row_heads"], plain(block["caption"]))
        if not block["rows"]:
            self.add(self.paragraph([_run(block["empty"], block.get("empty_lang", ""))], "Small"))
        self.add(self.paragraph(block["note"], "Small"))

    def caption(self, word: str, block: Mapping[str, Any], *properties: Any) -> Any:
        label = self.fixed.run(word, f"{self.fixed[word]} ") | {"style": "CaptionLabel"}
        paragraph = self.paragraph([label], "Caption", *properties)
        paragraph.append(field(f"SEQ {word} \\* ARABIC", str(block["number"])))
        self.fill(paragraph, [{"text": "  "}, *block["caption"]])
        return paragraph

    def table(self, head: Any, rows: Any, widths: Sequence[float], align: Sequence[str], row_heads: bool, title: str) -> None:
        twips = [int(self.width * width / sum(widths)) for width in widths]
        table = el(
            "w:tbl",
            el(
                "w:tblPr",
                el("w:tblStyle", w_val="HouseTable"),
                el("w:tblW", w_w=sum(twips), w_type="dxa"),
                el("w:tblLayout", w_type="fixed"),
                el(
                    "w:tblLook", w_val="04A0" if row_heads else "0420", w_firstRow=1, w_firstColumn=int(row_heads), w_noVBand=1, w_noHBand=1
                ),
                el("w:tblCaption", w_val=title) if title else None,
            ),
            el("w:tblGrid", *(el("w:gridCol", w_w=width) for width in twips)),
        )
        table.append(self.row(head, twips, align, header=True))
        for row in rows:
            table.append(self.row(row, twips, align))
        self.add(table)

    def row(self, cells: Any, twips: Sequence[int], align: Sequence[str], *, header: bool = False) -> Any:
        row = el("w:tr", el("w:trPr", el("w:cantSplit"), el("w:tblHeader") if header else None))
        for cell, width, side in zip(cells, twips, align, strict=True):
            justify = el("w:jc", w_val=side) if side != "left" else None
            paragraph = self.paragraph(cell, "TableText", *([justify] if justify is not None else []))
            row.append(el("w:tc", el("w:tcPr", el("w:tcW", w_w=width, w_type="dxa")), paragraph))
        return row

    def block_facts(self, block: Mapping[str, Any]) -> None:
        if block["caption"]:
            label = [{**run, "style": "CaptionLabel"} for run in block["caption"] if "text" in run]
            self.add(self.paragraph(label, "Caption", el("w:keepNext")))
        self.facts(block["rows"])

    def block_figure(self, block: Mapping[str, Any]) -> None:
        image = chart_png(block["chart"]) if block["chart"] else self.assets[block["image"]]
        width = int(self.width * EMU_PER_TWIP * block["width"])
        inline = self.word.part.new_pic_inline(io.BytesIO(image), width)
        inline.docPr.set("descr", block["alt"])
        inline.docPr.set("name", f"{self.fixed['figure']} {block['number']}")
        self.add(el("w:p", el("w:pPr", el("w:keepNext")), el("w:r", el("w:drawing", inline))))
        self.add(self.caption("figure", block))
        if block["data"]:
            title = self.fixed["data_of"].format(number=block["number"])
            self.add(self.paragraph([self.fixed.run("data_of", title) | {"style": "Label"}], "Caption", el("w:keepNext")))
            head, rows = block["data"]["head"], block["data"]["rows"]
            columns = len(head) - 1
            self.table(head, rows, [2.2, *[1.0] * columns], ["left", *["right"] * columns], False, title)
            self.add(self.paragraph([], "Small"))

    def block_note(self, block: Mapping[str, Any]) -> None:
        style = "WarningBox" if block["kind"] == "warning" else "NoteBox"
        self.add(self.paragraph([_run(f"{block['title']}\n", block.get("title_lang", "")) | {"bold": True}, *block["runs"]], style))

    def block_quote(self, block: Mapping[str, Any]) -> None:
        self.add(self.paragraph(block["runs"], "Quote", lang=block["lang"]))
        if block["source"]:
            self.add(self.paragraph([{"text": "— "}, *block["source"]], "Quote"))

    def block_page_break(self, block: Mapping[str, Any]) -> None:
        self.page_break()

    def block_signature(self, block: Mapping[str, Any]) -> None:
        line = el("w:pBdr", el("w:top", w_val="single", w_sz=4, w_space=4, w_color="56606B"))
        parts = [part for part in (block["role"], block["place"]) if part]
        runs = [{"text": block["name"], "bold": True}, *({"text": f"\n{part}"} for part in parts)]
        self.add(self.paragraph(runs, "", line, el("w:spacing", w_before=1000), el("w:ind", w_right=int(self.width * 0.5))))

    # --- contents ---

    def block_contents(self, block: Mapping[str, Any]) -> None:
        self.add(self.paragraph([self.fixed.run("contents")], "ContentsTitle"))
        self.contents_at.append(self.add(el("w:p")))

    def fill_contents(self, anchor: Any) -> None:
        """A contents field that shows the headings already and gets its page numbers when Word opens or prints it."""
        entries = [entry for entry in self.bookmarks if entry[0] <= 2]
        begin = [
            el("w:r", el("w:fldChar", w_fldCharType="begin", w_dirty="true")),
            el("w:r", _instruction(' TOC \\o "1-2" \\h \\z \\u ')),
            el("w:r", el("w:fldChar", w_fldCharType="separate")),
        ]
        finish = el("w:r", el("w:fldChar", w_fldCharType="end"))
        for at, (level, shown, name) in enumerate(entries):
            paragraph = el("w:p", el("w:pPr", el("w:pStyle", w_val=f"TOC{level}")))
            for part in begin if at == 0 else ():
                paragraph.append(part)
            paragraph.append(el("w:hyperlink", self.run({"text": shown}), w_anchor=name, w_history=1))
            if at == len(entries) - 1:
                paragraph.append(finish)
            anchor.addprevious(paragraph)
        anchor.getparent().remove(anchor)


def _run(text: str, lang: str = "") -> dict[str, Any]:
    return {"text": text, "lang": lang} if lang else {"text": text}


def _instruction(value: str) -> Any:
    element = el("w:instrText")
    element.text = value
    element.set(XML_SPACE, "preserve")
    return element


def _attributes(element: Any) -> dict[str, str]:
    return {f"w_{name.split('}')[1]}": value for name, value in element.attrib.items()}
