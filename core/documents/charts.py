"""Charts, by matplotlib: SVG for PDF and web page, PNG for Word. The same figures give the same bytes.

Colours keep apart in grey print and for colour-blind readers, and every value stands beside its bar in figures.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from textwrap import fill
from typing import Any

import matplotlib
from babel.numbers import format_decimal
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from core.documents.fonts import drawable, font_files
from core.documents.maps import map_figure
from core.documents.sheet import FAMILIES, INK, SIZE, Area, Sheet, advances
from core.languages import locale_of

COLOURS = ("#1c3f6e", "#e0a030", "#7f93ad", "#5b8c5a", "#b6533c", "#c9ced6")
SOFT, HAIR = "#56606b", "#d7dce2"
STYLES = ("-", "--", "-.", ":", "-", "--")
WIDTH = 454
"""In points: as wide as a line of the page."""


def chart_svg(chart: Mapping[str, Any]) -> str:
    """The chart as SVG; its letters are outlines, so no font is needed to show it."""
    return _draw(json.dumps(chart, sort_keys=True))[0]


def chart_png(chart: Mapping[str, Any]) -> bytes:
    """The chart as PNG, 200 dots per inch."""
    return _draw(json.dumps(chart, sort_keys=True))[1]


@lru_cache(maxsize=64)
def _draw(source: str) -> tuple[str, bytes]:
    """Both at once: building the figure takes longer than drawing it."""
    _prepare_matplotlib()
    chart = json.loads(source)
    figure = map_figure(chart, _text) if chart["kind"] == "map" else _figure(chart)
    png, svg = io.BytesIO(), io.StringIO()
    figure.dpi = 200
    FigureCanvasAgg(figure).print_png(png, metadata={"Software": None})
    figure.patch.set_alpha(0)
    for axes in figure.axes:
        axes.patch.set_alpha(0)
    FigureCanvasSVG(figure).print_svg(svg, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return svg.getvalue(), png.getvalue()


def _figure(chart: Mapping[str, Any]) -> Figure:
    """The figure, drawn line by line: matplotlib's axes, ticks and keys measure all texts again and again and cost three times as much."""
    lying = chart["kind"] in {"bars", "stacked"}
    keys = _key_columns(chart)
    key_rows = -(-len(chart["series"]) // keys) if len(chart["series"]) > 1 else 0
    top = 6 + 15 * key_rows
    if lying:
        names = [_wrapped(name, 34) for name in chart["categories"]]
        # a bar's row is as high as its name has lines
        pitch = 26 if len(names) <= 6 else 19
        height = min(14 + pitch * sum(max(1.0, 0.65 * (name.count("\n") + 1)) for name in names) + top, 600)
        left, right, bottom = max(_width(name) for name in names) + 10, 12, 8
    else:
        height = 208 + top
        names = [_wrapped(name, 16) for name in chart["categories"]]
        left, right, bottom = 48, 12, 12 + 12 * max(name.count("\n") + 1 for name in names)
    sheet = Sheet(WIDTH, height)
    area = Area(left, bottom, WIDTH - left - right, height - bottom - top)
    {"bars": _bars, "columns": _columns, "stacked": _stacked, "line": _lines}[chart["kind"]](sheet, area, chart, names)
    if key_rows:
        _keys(sheet, area, chart, keys, key_rows)
    return sheet.figure


def _key_columns(chart: Mapping[str, Any]) -> int:
    """How many names of series stand side by side above the chart."""
    widest = max(_width(_text(one["name"])) for one in chart["series"]) + 40
    return max(1, min(len(chart["series"]), 4, int((WIDTH - 160) // widest)))


def _keys(sheet: Sheet, area: Area, chart: Mapping[str, Any], columns: int, rows: int) -> None:
    """Names of the series with their colours, above the chart, filled column by column."""
    names = [_text(one["name"]) for one in chart["series"]]
    widest = max(_width(name) for name in names) + 36
    for number, name in enumerate(names):
        x, y = area.left + widest * (number // rows), area.top + 15 * (rows - number % rows) - 9
        if chart["kind"] == "line":
            sheet.line([x, x + 9, x + 18], [y] * 3, COLOURS[number], style=STYLES[number])
        else:
            sheet.box(x, y - 3, 18, 6, COLOURS[number])
        sheet.text(x + 24, y, name)


def _bars(sheet: Sheet, area: Area, chart: Mapping[str, Any], names: Sequence[str]) -> None:
    values = [value or 0 for value in chart["series"][0]["values"]]
    low, high = min(0, *values), max(0, *values) * 1.14 or 1
    across = area.width / (high - low)
    zero = area.left - low * across
    for at, (middle, thick) in enumerate(_rows(sheet, area, names)):
        length = values[at] * across
        sheet.box(min(zero, zero + length), middle - thick / 2, abs(length), thick, COLOURS[0])
        sheet.text(zero + max(length, 0) + 3, middle, _number(chart["series"][0]["values"][at], chart))
    _stand(sheet, area)


def _stacked(sheet: Sheet, area: Area, chart: Mapping[str, Any], names: Sequence[str]) -> None:
    series = [[value or 0 for value in one["values"]] for one in chart["series"]]
    widest = max(sum(values) for values in zip(*series, strict=True)) or 1
    for at, (middle, thick) in enumerate(_rows(sheet, area, names)):
        x = area.left
        for number, values in enumerate(series):
            length = values[at] / widest * area.width
            sheet.box(x, middle - thick / 2, length, thick, COLOURS[number], edge="white")
            if values[at] / widest > 0.05:
                dark = number in {0, 3, 4}
                sheet.text(x + length / 2, middle, _number(values[at], chart), side="center", colour="white" if dark else INK)
            x += length
    _stand(sheet, area)


def _stand(sheet: Sheet, area: Area) -> None:
    """The line that lying bars stand on, above their edges."""
    sheet.line([area.left, area.left], [area.bottom, area.top], SOFT, width=0.6)


def _rows(sheet: Sheet, area: Area, names: Sequence[str]) -> list[tuple[float, float]]:
    """Middle and thickness of each lying bar; draws the names at the left."""
    pitch = area.height / len(names)
    middles = [area.top - pitch * (at + 0.5) for at in range(len(names))]
    for name, middle in zip(names, middles, strict=True):
        sheet.text(area.left - 5, middle, name, side="right")
    return [(middle, pitch * 0.62) for middle in middles]


def _columns(sheet: Sheet, area: Area, chart: Mapping[str, Any], names: Sequence[str]) -> None:
    height = _scale(sheet, area, chart, from_zero=True)
    pitch = area.width / len(names)
    wide = pitch * 0.78 / len(chart["series"])
    for number, one in enumerate(chart["series"]):
        for at, value in enumerate(one["values"]):
            x = area.left + pitch * (at + 0.11) + wide * number
            y, zero = height(value or 0), height(0)
            sheet.box(x + wide * 0.03, min(y, zero), wide * 0.94, abs(y - zero), COLOURS[number])
            sheet.text(x + wide / 2, max(y, zero) + 2, _number(value, chart), side="center", stand="bottom", size=7.5)
    for at, name in enumerate(names):
        sheet.text(area.left + pitch * (at + 0.5), area.bottom - 4, name, side="center", stand="top")


def _lines(sheet: Sheet, area: Area, chart: Mapping[str, Any], names: Sequence[str]) -> None:
    height = _scale(sheet, area, chart, from_zero=False)
    count = len(names)
    pitch = area.width / max(count, 1)
    places = [area.left + pitch * (at + 0.5) for at in range(count)]
    for number, one in enumerate(chart["series"]):
        values = [float("nan") if value is None else height(value) for value in one["values"]]
        sheet.line(places, values, COLOURS[number], style=STYLES[number], marker=True)
    for at in range(0, count, max(1, count // 12)):
        sheet.text(places[at], area.bottom - 4, _wrapped(chart["categories"][at], 14), side="center", stand="top")


def _scale(sheet: Sheet, area: Area, chart: Mapping[str, Any], *, from_zero: bool) -> Callable[[float], float]:
    """Draws hair lines at round values with their numbers at the left; answers how high a value stands."""
    values = [value for one in chart["series"] for value in one["values"] if value is not None] or [0]
    low, high = min(values), max(values)
    if from_zero or low >= 0:
        low = min(low, 0)
    high = max(high, 0) if from_zero else high
    span = (high - low) or 1
    low, high = low - (0.14 * span if low < 0 else 0), high + 0.14 * span
    for tick in MaxNLocator(nbins=7, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high):
        if low <= tick <= high:
            y = area.bottom + (tick - low) / (high - low) * area.height
            sheet.line([area.left, area.right], [y, y], HAIR, width=0.6)
            sheet.text(area.left - 5, y, _number(float(tick), chart), side="right")
    sheet.line([area.left, area.right], [area.bottom] * 2, SOFT, width=0.6)
    return lambda value: area.bottom + (value - low) / (high - low) * area.height


def _number(value: float | None, chart: Mapping[str, Any]) -> str:
    if value is None:
        return "–"
    unit = chart["unit"]
    gap = "" if unit == "%" and chart["language"] == "en" else "\u00a0"
    number = format_decimal(round(value, 1), locale=locale_of(chart["language"])).replace("\u202f", "\u00a0")
    return f"{number}{gap}{unit}" if unit in {"%", "‰"} else number


def _text(value: str, limit: int = 40) -> str:
    """A text in characters that our fonts have, cut where it would crowd out the bars; the table below has it whole.

    `text.parse_math` is off, so a dollar sign is a dollar sign.
    """
    value = drawable(" ".join(value.split()))
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


def _width(value: str) -> float:
    """Width of a text of one or more lines, in points; a letter that Noto Sans lacks counts as a wide one."""
    advance = advances()
    return max(sum(advance.get(ord(char), 0.75) for char in line) for line in value.split("\n")) * SIZE


def _wrapped(value: str, width: int) -> str:
    return fill(_text(value, width * 3), width)


@lru_cache
def _prepare_matplotlib() -> None:
    for file in font_files():
        font_manager.fontManager.addfont(str(file))
    matplotlib.rcParams.update(
        {
            "font.family": list(FAMILIES),
            "svg.hashsalt": "scrutin",
            "svg.fonttype": "path",
            "text.usetex": False,
            "text.parse_math": False,
            "axes.unicode_minus": True,
        }
    )
