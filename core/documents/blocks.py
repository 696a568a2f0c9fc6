"""Building blocks of a document's content. Each returns plain JSON; `core.documents.content.prepare` checks it.

Text is a string or the runs made by `text(...)`. Nothing in a text is markup: `<b>`, `#import` and `{{ x }}` are printed
as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

Json = dict[str, Any]
Run = dict[str, Any]
Text = str | Sequence[str | Run]
Cell = str | int | float | Decimal | date | None | Sequence[str | Run]
Item = str | Sequence[str | Run] | Json

AUTO = "auto"


# --- runs ---------------------------------------------------------------------------------------------------------


def text(*parts: str | Run) -> list[str | Run]:
    """A text of several runs: `text("Seen by ", bold("two"), " teams", footnote("Teams 3 and 4."))`."""
    return list(parts)


def bold(value: str) -> Run:
    """A run in bold."""
    return {"text": value, "bold": True}


def italic(value: str) -> Run:
    """A run in italics."""
    return {"text": value, "italic": True}


def link(value: str, url: str) -> Run:
    """A run that leads to `url` (https, http or mailto; anything else is printed without a link)."""
    return {"text": value, "link": url}


def foreign(value: str, lang: str) -> Run:
    """A run in another language, so that it is read aloud rightly: `foreign("Народно събрание", "bg")`."""
    return {"text": value, "lang": lang}


def footnote(value: Text) -> Run:
    """A footnote at this place of the text; numbered through the document when it is frozen."""
    return {"footnote": value}


# --- blocks -------------------------------------------------------------------------------------------------------


def heading(level: int, value: Text, *, number: str | None = None, restart: bool = False, anchor: str = "") -> Json:
    """A heading of level 1 to 4. `number=AUTO` numbers it (1, 1.1, ...); `restart` lets paragraph numbers begin at 1. anchor: as of
    a paragraph."""
    return {"type": "heading", "level": level, "text": value, "number": number, "restart": restart, "anchor": anchor}


def paragraph(
    value: Text, *, number: str | None = None, lang: str | None = None, unchecked: bool = False, style: str = "", anchor: str = ""
) -> Json:
    """A paragraph. `number=AUTO` or a fixed one ("12"); `style`: "", "lead" or "small"; `unchecked` marks a translation
    that nobody has checked yet. anchor: a name that the Word file carries as a bookmark, so that the paragraph is known when
    the file is brought back (letters, digits, `_`, at most 40)."""
    return {"type": "paragraph", "text": value, "number": number, "lang": lang, "unchecked": unchecked, "style": style, "anchor": anchor}


def item(value: Text, *, items: Iterable[Item] = (), kind: str = "bullet", unchecked: bool = False, anchor: str = "") -> Json:
    """An entry of a list that has a list below it. anchor: as of a paragraph."""
    return {"text": value, "items": list(items), "kind": kind, "unchecked": unchecked, "anchor": anchor}


def bullets(items: Iterable[Item]) -> Json:
    """A list with bullets."""
    return {"type": "list", "kind": "bullet", "items": list(items)}


def numbered(items: Iterable[Item], *, start: int = 1) -> Json:
    """A list with numbers: 1. 2. 3."""
    return {"type": "list", "kind": "number", "items": list(items), "start": start}


def lettered(items: Iterable[Item], *, start: int = 1) -> Json:
    """A list with letters: a. b. c. (sub-paragraphs of recommendations)."""
    return {"type": "list", "kind": "letter", "items": list(items), "start": start}


def table(
    caption: Text,
    *,
    head: Sequence[Cell],
    rows: Iterable[Sequence[Cell]],
    widths: Sequence[float] | None = None,
    align: Sequence[str] | None = None,
    row_heads: bool = False,
    note: Text | None = None,
    empty: str | None = None,
) -> Json:
    """A table with a caption and a header row that is repeated on every page.

    widths: relative (`[1, 3, 1]`). align: "left", "right" or "center" per column (numbers stand right by themselves).
    row_heads: the first column names its row. note: printed below. empty: printed instead, where there are no rows.
    """
    return {
        "type": "table",
        "caption": caption,
        "head": list(head),
        "rows": [list(row) for row in rows],
        "widths": list(widths) if widths else None,
        "align": list(align) if align else None,
        "row_heads": row_heads,
        "note": note,
        "empty": empty,
    }


def facts(rows: Iterable[tuple[str, Cell]], *, caption: Text | None = None) -> Json:
    """Labels and values, one pair a line ("Country": "Bulgaria")."""
    return {"type": "facts", "rows": [[label, value] for label, value in rows], "caption": caption}


def figure(caption: Text, *, alt: str, chart: Json | None = None, image: Any = None, width: float = 1.0, data_table: bool = True) -> Json:
    """A chart or an image. `alt` says in words what it shows (required). image: a StoredFile or its SHA-256 (PNG or
    JPEG). width: share of the line. data_table: a chart's figures follow as a small table."""
    sha = getattr(image, "sha256", image)
    return {"type": "figure", "caption": caption, "alt": alt, "chart": chart, "image": sha, "width": width, "data_table": data_table}


def note(value: Text, *, title: str = "", kind: str = "info") -> Json:
    """A box: kind "info" or "warning"."""
    return {"type": "note", "text": value, "title": title, "kind": kind}


def quote(value: Text, *, source: Text | None = None, lang: str | None = None) -> Json:
    """Words of somebody else, set off."""
    return {"type": "quote", "text": value, "source": source, "lang": lang}


def contents() -> Json:
    """A list of contents at this place (a document with `layout="report"` has one after its cover by itself)."""
    return {"type": "contents"}


def page_break() -> Json:
    """What follows begins on a new page."""
    return {"type": "page_break"}


def appendix(title: Text, *, anchor: str = "") -> Json:
    """An appendix begins here, on a new page; appendices are numbered in their order. anchor: as of a paragraph."""
    return {"type": "appendix", "text": title, "anchor": anchor}


def signature(name: str, *, role: str = "", place: str = "") -> Json:
    """A place to sign: a line with name and role below it."""
    return {"type": "signature", "name": name, "role": role, "place": place}


# --- charts -------------------------------------------------------------------------------------------------------


def bars(categories: Sequence[str], values: Sequence[float], *, name: str = "", unit: str = "") -> Json:
    """Horizontal bars, one per category."""
    return {"kind": "bars", "categories": list(categories), "series": [{"name": name, "values": list(values)}], "unit": unit}


def columns(categories: Sequence[str], series: Mapping[str, Sequence[float]], *, unit: str = "") -> Json:
    """Columns side by side, one colour per series (at most six)."""
    return {"kind": "columns", "categories": list(categories), "series": _series(series), "unit": unit}


def stacked(categories: Sequence[str], series: Mapping[str, Sequence[float]], *, unit: str = "") -> Json:
    """Bars cut into parts, one colour per series (at most six): answers yes, no, not observed."""
    return {"kind": "stacked", "categories": list(categories), "series": _series(series), "unit": unit}


def line(categories: Sequence[str], series: Mapping[str, Sequence[float]], *, unit: str = "") -> Json:
    """Lines over an ordered axis (turnout by hour)."""
    return {"kind": "line", "categories": list(categories), "series": _series(series), "unit": unit}


def places(
    names: Sequence[str],
    values: Sequence[float],
    *,
    points: Sequence[Sequence[float]],
    outline: Sequence[Sequence[Sequence[float]]] = (),
    name: str = "",
) -> Json:
    """A map: one dot per place, as large as its value. points: longitude and latitude; outline: rings of such points below them."""
    made = {"kind": "map", "categories": list(names), "series": [{"name": name, "values": list(values)}], "unit": ""}
    return made | {"points": [list(point) for point in points], "outline": [[list(point) for point in ring] for ring in outline]}


def _series(series: Mapping[str, Sequence[float]]) -> list[Json]:
    return [{"name": name, "values": list(values)} for name, values in series.items()]


# --- the whole ----------------------------------------------------------------------------------------------------


def document(
    *,
    title: str,
    language: str,
    blocks: Iterable[Json],
    subtitle: str = "",
    reference: str = "",
    date: str = "",
    kind_line: str = "",
    cover: Iterable[tuple[str, Cell]] = (),
    summary: Text | None = None,
    layout: str = "note",
    orientation: str = "portrait",
    contents: bool | None = None,
    draft: bool = False,
    watermark: str = "",
    unchecked: bool = False,
    institution: str = "",
    access_note: str = "",
    anchor: str = "",
    words: Mapping[str, str] | None = None,
    langs: Mapping[str, str] | None = None,
) -> Json:
    """The content of a document.

    layout: "report" has a cover page and a list of contents, "note" begins with its title block on the first page.
    kind_line: what it is, above the title ("Report", "Bureau note"). cover: label and value, in order. draft: watermark
    in the document's language, or the words in `watermark`. unchecked: the whole is a translation nobody has checked.
    institution: instead of the Congress' name. access_note: printed in the footer ("Committee only"). anchor: the title's, as of a
    paragraph. words: the engine's fixed words in a language beside ours. langs: lines of the title block that stand in another
    language than the document ({"kind_line": "en"}).
    """
    return {
        "title": title,
        "anchor": anchor,
        "subtitle": subtitle,
        "reference": reference,
        "date": date,
        "kind_line": kind_line,
        "language": language,
        "cover": [[label, value] for label, value in cover],
        "summary": summary,
        "layout": layout,
        "orientation": orientation,
        "contents": (layout == "report") if contents is None else contents,
        "draft": draft,
        "watermark": watermark,
        "unchecked": unchecked,
        "institution": institution,
        "access_note": access_note,
        "blocks": list(blocks),
        "words": dict(words or {}),
        "langs": dict(langs or {}),
    }
