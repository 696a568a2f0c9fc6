"""`prepare`: checks a content and brings it into the one shape that every renderer reads.

Texts become runs, characters that no format can carry are taken out, paragraphs, headings, tables, figures, appendices
and footnotes get their numbers. What comes out is what is frozen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal

from core.dates import format_date
from core.documents.words import frozen_words, lang_of, words
from core.errors import Invalid
from core.languages import base, locale_of

SCHEMA = "scrutin.content/1"
LANG = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
SAFE_URL = re.compile(r"^(https?://|mailto:)[^\s<>\"]+$", re.IGNORECASE)
ANCHOR = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,39}$")
SHA256 = re.compile(r"^[0-9a-f]{64}$")
# the Congress writes 25 October 2026, not October 25, 2026
LOCALES = {"en": "en_GB"}
CHART_KINDS = ("bars", "columns", "stacked", "line", "map")
LIST_KINDS = ("bullet", "number", "letter")
MAX_LEVEL = 4
# bidirectional controls can make a text look like another one: isolates are closed by the renderers themselves
_DROPPED = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\ufeff", "\ufffe", "\uffff"}


class ContentError(Invalid):
    """A builder made a content that cannot be drawn; the sentence names the block."""

    code = "content"


def clean(value: str) -> str:
    """The text in NFC without characters that XML, PDF or Word cannot carry; line breaks stay, tabs become spaces."""
    value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    kept = [char for char in value if char == "\n" or not (unicodedata.category(char) in {"Cc", "Cs", "Cn", "Co"} or char in _DROPPED)]
    return unicodedata.normalize("NFC", "".join(kept))


def prepare(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content as it is frozen. Raises ContentError naming the block at fault."""
    return _Preparer(content).result()


def image_shas(content: Mapping[str, Any]) -> list[str]:
    """SHA-256 of each stored image that a prepared content names."""
    return sorted({block["image"] for block in content["blocks"] if block["type"] == "figure" and block["image"]})


def unbroken_bracket(title: str) -> str:
    """The title with a short bracket at its end ("(14 May 2023)") kept on one line."""
    return re.sub(r"\([^()]{1,24}\)$", lambda bracket: bracket.group().replace(" ", "\u00a0"), title)


def plain(runs: Sequence[Mapping[str, Any]]) -> str:
    """Prepared runs as plain text, without footnotes."""
    return "".join(run.get("text", "") for run in runs)


def column_widths(rows: Sequence[Sequence[Mapping[str, Any]]]) -> list[float]:
    """Relative widths that fit what stands in the columns: no word torn if that can be, long texts get most."""
    widths = []
    for column in zip(*rows, strict=True):
        cells = [plain(cell["runs"]) for cell in column]
        longest_word = max((len(word) for cell in cells for word in cell.split()), default=1)
        widths.append(float(max(5, min(longest_word + 1, 18), min(max(len(cell) for cell in cells), 34))))
    return widths


def _side(column: Sequence[Mapping[str, Any]]) -> str:
    """Numbers, with or without gaps, stand right; everything else left."""
    filled = [cell for cell in column if cell["runs"]]
    return "right" if filled and all(cell.get("number") for cell in filled) else "left"


def texts(value: Any) -> Iterator[str]:
    """Every string that a prepared content prints."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from texts(inner)


def _anchor(source: Mapping[str, Any]) -> dict[str, str]:
    """The anchor, where there is one: contents without any keep the shape, and the checksum, they had."""
    name = str(source.get("anchor") or "")
    if name and not ANCHOR.match(name):
        raise ContentError(f"{name!r} is no anchor: letters, digits and _, at most 40.", attr="anchor")
    return {"anchor": name} if name else {}


class _Preparer:
    """One pass over one content; it counts as it goes."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.content = content
        self.language = str(content.get("language", ""))
        if not LANG.match(self.language):
            raise ContentError(f"Language {self.language!r} of the document is not a language code.", attr="language")
        self.locale = LOCALES.get(base(self.language)) or str(locale_of(self.language))
        self.fixed = words(self.language, content.get("words"))
        self.counts = {"paragraph": 0, "table": 0, "figure": 0, "appendix": 0, "footnote": 0, "group": 0}
        self.headings = [0] * MAX_LEVEL
        self.level = 0
        self.under = False

    def result(self) -> dict[str, Any]:
        source = self.content
        title = self.line(source.get("title"))
        if not title:
            raise ContentError("A document needs a title.", attr="title")
        result = {
            "schema": SCHEMA,
            "title": title,
            "language": self.language,
            **{name: self.line(source.get(name)) for name in ("subtitle", "reference", "date", "kind_line")},
            **{name: self.short(source.get(name), limit, name) for name, limit in (("watermark", 24), ("access_note", 80))},
            "institution": self.line(source.get("institution")) or self.fixed["institution"],
            **frozen_words(source, self.fixed),
            "layout": self.choice(source.get("layout") or "note", ("report", "note"), "layout"),
            "orientation": self.choice(source.get("orientation") or "portrait", ("portrait", "landscape"), "orientation"),
            "draft": bool(source.get("draft")),
            "unchecked": bool(source.get("unchecked")),
            "contents": bool(source.get("contents")),
            "cover": [[self.label(label), self.cell(value)["runs"]] for label, value in source.get("cover") or []],
            "summary": self.runs(source["summary"]) if source.get("summary") else [],
            **_anchor(source),
        }
        result["blocks"] = [self.block(number, block) for number, block in enumerate(source.get("blocks") or [], start=1)]
        return result

    # --- texts ---

    def line(self, value: Any) -> str:
        return " ".join(clean(str(value or "")).split())

    def label(self, value: Any) -> Any:
        """A label is a line; one in another language keeps its mark."""
        if lang_of(value):
            value = {"text": value, "lang": lang_of(value)}
        return {"text": self.line(value["text"]), "lang": str(value["lang"])} if isinstance(value, Mapping) else self.line(value)

    def short(self, value: Any, limit: int, name: str) -> str:
        value = self.line(value)
        if len(value) > limit:
            raise ContentError(f"{name}: at most {limit} characters fit.", attr=name)
        return value

    def runs(self, value: Any, *, notes: bool = True) -> list[dict[str, Any]]:
        if value is None:
            return []
        parts = list(value) if isinstance(value, (list, tuple)) else [value]
        return [run for part in parts for run in self.run(part, notes)]

    def run(self, part: Any, notes: bool) -> list[dict[str, Any]]:
        if isinstance(part, str):
            part = {"text": part, "lang": lang_of(part)}
        elif isinstance(part, Mapping) and not part.get("lang") and lang_of(part.get("text")):
            part = {**part, "lang": lang_of(part["text"])}
        if not isinstance(part, Mapping):
            return [{"text": clean(str(part))}]
        if "runs" in part:
            return self.runs(part["runs"], notes=notes)
        made: list[dict[str, Any]] = []
        if part.get("text"):
            run: dict[str, Any] = {"text": clean(str(part["text"]))}
            run.update({name: True for name in ("bold", "italic") if part.get(name)})
            if LANG.match(str(part.get("lang") or "")):
                run["lang"] = part["lang"]
            url = clean(str(part.get("link") or ""))
            if SAFE_URL.match(url):
                run["link"] = url
            made.append(run)
        if part.get("footnote"):
            if not notes:
                raise ContentError("A footnote cannot stand in a footnote, a heading or a caption.")
            self.counts["footnote"] += 1
            number = self.counts["footnote"]
            made.append({"footnote": {"number": number, "runs": self.runs(part["footnote"], notes=False)}})
        return made

    def cell(self, value: Any) -> dict[str, Any]:
        if isinstance(value, bool):
            raise ContentError("Write a word instead of true or false in a table.")
        if isinstance(value, date) and not isinstance(value, datetime):
            return {"runs": [{"text": format_date(value, format="long", locale=self.locale)}]}
        if isinstance(value, (int, float, Decimal)):
            text = format_decimal(value, locale=self.locale)
            return {"runs": [{"text": text}], "number": True}
        return {"runs": self.runs(value)}

    def choice(self, value: Any, allowed: Iterable[str], attr: str) -> str:
        if value not in allowed:
            raise ContentError(f"{attr}: {value!r} is not one of {', '.join(allowed)}.", attr=attr)
        return str(value)

    # --- blocks ---

    def block(self, number: int, block: Mapping[str, Any]) -> dict[str, Any]:
        kind = str(block.get("type") or "")
        method = getattr(self, f"block_{kind}", None)
        if method is None:
            raise ContentError(f"Block {number}: there is no block of type {kind!r}.", attr="blocks")
        try:
            prepared = {"type": kind, **method(block)}
            # a list right below a numbered paragraph belongs to it and stands under its text
            self.under = bool(prepared.get("number")) if kind == "paragraph" else self.under and kind == "list"
            return prepared
        except ContentError as error:
            raise ContentError(f"Block {number} ({kind}): {error.sentence}", attr="blocks") from None
        except (KeyError, TypeError, ValueError) as error:
            raise ContentError(f"Block {number} ({kind}): {type(error).__name__} {error}", attr="blocks") from error

    def block_heading(self, block: Mapping[str, Any]) -> dict[str, Any]:
        # PDF/UA-1 7.4.2: no level is skipped on the way down
        level = min(max(int(block.get("level") or 1), 1), MAX_LEVEL, self.level + 1)
        self.level = level
        number, automatic = str(block.get("number") or ""), block.get("number") == "auto"
        if automatic:
            self.headings[level - 1] += 1
            self.headings[level:] = [0] * (MAX_LEVEL - level)
            number = ".".join(str(count or 1) for count in self.headings[:level])
        if block.get("restart"):
            self.counts["paragraph"] = 0
            self.counts["group"] += 1
        return {
            "level": level,
            "runs": self.runs(block["text"], notes=False),
            "number": self.short(number, 12, "number"),
            "auto": automatic,
            **_anchor(block),
        }

    def block_paragraph(self, block: Mapping[str, Any]) -> dict[str, Any]:
        number, automatic = str(block.get("number") or ""), block.get("number") == "auto"
        if automatic:
            self.counts["paragraph"] += 1
            number = str(self.counts["paragraph"])
        lang = str(block.get("lang") or "")
        return {
            "runs": self.runs(block["text"]),
            "number": self.short(number, 12, "number"),
            "auto": automatic,
            "group": self.counts["group"],
            "lang": lang if LANG.match(lang) else "",
            "unchecked": bool(block.get("unchecked")),
            "style": self.choice(block.get("style") or "", ("", "lead", "small"), "style"),
            **_anchor(block),
        }

    def block_list(self, block: Mapping[str, Any]) -> dict[str, Any]:
        return {**self.sublist(block), "under": self.under}

    def sublist(self, block: Mapping[str, Any], depth: int = 1) -> dict[str, Any]:
        if depth > 3:
            raise ContentError("Lists go three deep at most.")
        kind = self.choice(block.get("kind") or "bullet", LIST_KINDS, "kind")
        return {"kind": kind, "start": int(block.get("start") or 1), "items": [self.item(item, depth) for item in block["items"]]}

    def item(self, item: Any, depth: int) -> dict[str, Any]:
        if isinstance(item, Mapping) and ("items" in item or "unchecked" in item) and "footnote" not in item:
            runs = self.runs(item["text"])
            below = self.sublist(item, depth + 1) if item.get("items") else None
            return {"runs": runs, "unchecked": bool(item.get("unchecked")), "list": below, **_anchor(item)}
        return {"runs": self.runs(item), "unchecked": False, "list": None}

    def block_table(self, block: Mapping[str, Any]) -> dict[str, Any]:
        head = [self.cell(value) for value in block["head"]]
        if not head:
            raise ContentError("A table needs a header row.")
        rows = [[self.cell(value) for value in row] for row in block["rows"]]
        for row_number, row in enumerate(rows, start=1):
            if len(row) != len(head):
                raise ContentError(f"Row {row_number} has {len(row)} cells, the header has {len(head)}.")
        widths = [float(value) for value in block.get("widths") or []] or column_widths([head, *rows])
        if len(widths) != len(head) or min(widths) <= 0:
            raise ContentError("Widths need one number above zero per column.")
        align = [self.choice(value, ("left", "right", "center"), "align") for value in block.get("align") or []]
        if not align:
            align = [_side([row[at] for row in rows]) for at in range(len(head))]
        if len(align) != len(head):
            raise ContentError("Align needs one word per column.")
        self.counts["table"] += 1
        return {
            "number": self.counts["table"],
            "caption": self.runs(block.get("caption"), notes=False),
            "head": [cell["runs"] for cell in head],
            "rows": [[cell["runs"] for cell in row] for row in rows],
            "widths": widths,
            "align": align,
            "row_heads": bool(block.get("row_heads")),
            "note": self.runs(block.get("note")),
            "empty": self.line(block.get("empty")) or self.fixed["empty"],
            **({} if block.get("empty") else self.fixed.mark("empty", "empty_lang")),
        }

    def block_facts(self, block: Mapping[str, Any]) -> dict[str, Any]:
        rows = [[self.label(label), self.cell(value)["runs"]] for label, value in block["rows"]]
        return {"rows": rows, "caption": self.runs(block.get("caption"), notes=False)}

    def block_figure(self, block: Mapping[str, Any]) -> dict[str, Any]:
        alt = self.line(block.get("alt"))
        if not alt:
            raise ContentError("A figure needs an alternative text that says what it shows.")
        chart = self.chart(block["chart"]) if block.get("chart") else None
        image = str(block.get("image") or "")
        if bool(chart) == bool(image):
            raise ContentError("A figure is a chart or an image.")
        if image and not SHA256.match(image):
            raise ContentError("An image is named by the SHA-256 of its stored file.")
        self.counts["figure"] += 1
        return {
            "number": self.counts["figure"],
            "caption": self.runs(block.get("caption"), notes=False),
            "alt": alt,
            **({"alt_lang": lang_of(block["alt"])} if lang_of(block["alt"]) else {}),
            "chart": chart,
            "image": image,
            "width": min(max(float(block.get("width") or 1), 0.1), 1.0),
            "data": self.chart_table(chart) if chart and block.get("data_table", True) else None,
        }

    def chart(self, chart: Mapping[str, Any]) -> dict[str, Any]:
        kind = self.choice(chart.get("kind"), CHART_KINDS, "kind")
        categories = [self.line(name) for name in chart["categories"]]
        series = [
            {"name": self.line(one.get("name")), "values": [None if value is None else float(value) for value in one["values"]]}
            for one in chart["series"]
        ]
        if not categories or not 1 <= len(series) <= 6:
            raise ContentError("A chart needs categories and one to six series.")
        if any(len(one["values"]) != len(categories) for one in series):
            raise ContentError("Each series of a chart needs one value per category.")
        made = {"kind": kind, "categories": categories, "series": series, "unit": self.line(chart.get("unit")), "language": self.language}
        return made | self.places(chart, len(categories)) if kind == "map" else made

    def places(self, chart: Mapping[str, Any], count: int) -> dict[str, Any]:
        """Where the dots of a map stand, and the outline below them: longitude and latitude in degrees."""
        points = [[float(x), float(y)] for x, y in chart["points"]]
        outline = [[[float(x), float(y)] for x, y in ring] for ring in chart.get("outline") or []]
        if len(points) != count:
            raise ContentError("A map needs one point per category.")
        if any(not (-180 <= x <= 180 and -90 <= y <= 90) for ring in [points, *outline] for x, y in ring):
            raise ContentError("A point of a map lies outside the earth.")
        return {"points": points, "outline": outline}

    def chart_table(self, chart: Mapping[str, Any]) -> dict[str, Any]:
        names = [{"text": one["name"]} if one["name"] else self.fixed.run("value") for one in chart["series"]]
        unit = f" ({chart['unit']})" if chart["unit"] else ""
        rows = []
        for at, category in enumerate(chart["categories"]):
            values = [one["values"][at] for one in chart["series"]]
            rows.append([[{"text": category}], *[[{"text": self.number(value)}] for value in values]])
        return {"head": [[self.fixed.run("category")], *[[name | {"text": name["text"] + unit}] for name in names]], "rows": rows}

    def number(self, value: float | None) -> str:
        return "–" if value is None else format_decimal(value, locale=self.locale)

    def block_note(self, block: Mapping[str, Any]) -> dict[str, Any]:
        kind = self.choice(block.get("kind") or "info", ("info", "warning"), "kind")
        key, title = "warning" if kind == "warning" else "note", self.line(block.get("title"))
        mark = {} if title else self.fixed.mark(key, "title_lang")
        return {"runs": self.runs(block["text"]), "title": title or self.fixed[key], "kind": kind, **mark}

    def block_quote(self, block: Mapping[str, Any]) -> dict[str, Any]:
        lang = str(block.get("lang") or "")
        return {"runs": self.runs(block["text"]), "source": self.runs(block.get("source")), "lang": lang if LANG.match(lang) else ""}

    def block_contents(self, block: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def block_page_break(self, block: Mapping[str, Any]) -> dict[str, Any]:
        return {}

    def block_appendix(self, block: Mapping[str, Any]) -> dict[str, Any]:
        self.counts["appendix"] += 1
        self.level = 1
        label, mark = f"{self.fixed['appendix']} {self.counts['appendix']}", self.fixed.mark("appendix", "label_lang")
        runs = self.runs(block["text"], notes=False)
        return {"number": self.counts["appendix"], "label": label, "runs": runs, **mark, **_anchor(block)}

    def block_signature(self, block: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.line(block.get(name)) for name in ("name", "role", "place")}
