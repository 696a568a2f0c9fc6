"""Charts, by matplotlib: SVG for PDF and web page, PNG for Word. The same figures give the same bytes.

Colours keep apart in grey print and for colour-blind readers, and every value stands beside its bar in figures.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import lru_cache
from textwrap import fill
from typing import Any

import matplotlib
from babel.numbers import format_decimal
from fontTools.ttLib import TTFont
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from core.documents.fonts import drawable, font_files
from core.documents.maps import map_figure

COLOURS = ("#1c3f6e", "#e0a030", "#7f93ad", "#5b8c5a", "#b6533c", "#c9ced6")
INK, SOFT, HAIR = "#1b1f24", "#56606b", "#d7dce2"
# in points: as wide as a line of the page, letters as in a caption
WIDTH, SIZE = 454, 8.5


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
    figure.axes[0].patch.set_alpha(0)
    FigureCanvasSVG(figure).print_svg(svg, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return svg.getvalue(), png.getvalue()


def _figure(chart: Mapping[str, Any]) -> Figure:
    """The figure with its margins measured here: matplotlib's own layout engine draws everything twice to find them."""
    lying = chart["kind"] in {"bars", "stacked"}
    keys = _key_columns(chart)
    key_rows = -(-len(chart["series"]) // keys) if len(chart["series"]) > 1 else 0
    top = 6 + 15 * key_rows
    if lying:
        names = [_wrapped(name, 34) for name in chart["categories"]]
        # a bar's row is as high as its name has lines
        pitch = 26 if len(names) <= 6 else 19
        height = min(14 + pitch * sum(max(1.0, 0.55 * (name.count("\n") + 1)) for name in names) + top, 600)
        left, right, bottom = max(_width(name) for name in names) + 10, 12, 8
    else:
        height = 208 + top
        names = [_wrapped(name, 16) for name in chart["categories"]]
        left, right, bottom = 48, 12, 12 + 12 * max(name.count("\n") + 1 for name in names)
    figure = Figure(figsize=(WIDTH / 72, height / 72))
    place = (left / WIDTH, bottom / height, 1 - (left + right) / WIDTH, 1 - (bottom + top) / height)
    axes = figure.add_axes(place)
    {"bars": _bars, "columns": _columns, "stacked": _stacked, "line": _lines}[chart["kind"]](axes, chart)
    _calm(axes, lying)
    if key_rows:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=keys, frameon=False, fontsize=SIZE, borderaxespad=0.2)
    return figure


def _key_columns(chart: Mapping[str, Any]) -> int:
    """How many names of series stand side by side above the chart."""
    widest = max(_width(_text(one["name"])) for one in chart["series"]) + 40
    return max(1, min(len(chart["series"]), 4, int((WIDTH - 160) // widest)))


def _bars(axes: Axes, chart: Mapping[str, Any]) -> None:
    values = [value or 0 for value in chart["series"][0]["values"]]
    drawn = axes.barh(range(len(values)), values, color=COLOURS[0], height=0.62)
    labels = [_number(value, chart) for value in chart["series"][0]["values"]]
    axes.bar_label(drawn, labels=labels, padding=3, fontsize=SIZE, color=INK)
    _names_at_left(axes, chart)
    axes.set_xlim(min(0, min(values)), max(max(values), 0) * 1.14 or 1)
    axes.set_xticks([])


def _stacked(axes: Axes, chart: Mapping[str, Any]) -> None:
    rows = range(len(chart["categories"]))
    left = [0.0] * len(chart["categories"])
    totals = [sum((one["values"][at] or 0) for one in chart["series"]) for at in rows]
    widest = max(totals) or 1
    for number, one in enumerate(chart["series"]):
        values = [value or 0 for value in one["values"]]
        colour = COLOURS[number]
        drawn = axes.barh(rows, values, left=left, color=colour, height=0.62, label=_text(one["name"]), edgecolor="white", linewidth=0.8)
        labels = [_number(value, chart) if value / widest > 0.05 else "" for value in values]
        axes.bar_label(drawn, labels=labels, label_type="center", fontsize=SIZE, color="white" if number in {0, 3, 4} else INK)
        left = [before + value for before, value in zip(left, values, strict=True)]
    _names_at_left(axes, chart)
    axes.set_xlim(0, widest)
    axes.set_xticks([])


def _columns(axes: Axes, chart: Mapping[str, Any]) -> None:
    count = len(chart["series"])
    width = 0.78 / count
    for number, one in enumerate(chart["series"]):
        at = [position + (number - (count - 1) / 2) * width for position in range(len(chart["categories"]))]
        values = [value or 0 for value in one["values"]]
        drawn = axes.bar(at, values, width=width * 0.94, color=COLOURS[number], label=_text(one["name"]))
        axes.bar_label(drawn, labels=[_number(value, chart) for value in one["values"]], padding=2, fontsize=7.5, color=INK)
    axes.set_xticks(range(len(chart["categories"])), [_wrapped(name, 16) for name in chart["categories"]])
    axes.margins(y=0.14)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _number(value, chart)))


def _lines(axes: Axes, chart: Mapping[str, Any]) -> None:
    styles = ("-", "--", "-.", ":", "-", "--")
    for number, one in enumerate(chart["series"]):
        values = [float("nan") if value is None else value for value in one["values"]]
        axes.plot(
            range(len(values)),
            values,
            styles[number],
            color=COLOURS[number],
            marker="o",
            markersize=4,
            linewidth=1.8,
            label=_text(one["name"]),
        )
    step = max(1, len(chart["categories"]) // 12)
    shown = list(range(0, len(chart["categories"]), step))
    axes.set_xticks(shown, [_wrapped(chart["categories"][at], 14) for at in shown])
    axes.margins(y=0.14)
    axes.set_ylim(bottom=0 if axes.get_ylim()[0] >= 0 else None)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _number(value, chart)))


def _names_at_left(axes: Axes, chart: Mapping[str, Any]) -> None:
    axes.set_yticks(range(len(chart["categories"])), [_wrapped(name, 34) for name in chart["categories"]])
    axes.invert_yaxis()


def _calm(axes: Axes, lying: bool) -> None:
    for side in ("top", "right", *(("bottom",) if lying else ("left",))):
        axes.spines[side].set_visible(False)
    for spine in axes.spines.values():
        spine.set_color(SOFT)
        spine.set_linewidth(0.6)
    axes.tick_params(length=0, labelsize=SIZE, colors=INK)
    if not lying:
        axes.grid(axis="y", color=HAIR, linewidth=0.6)
        axes.set_axisbelow(True)


def _number(value: float | None, chart: Mapping[str, Any]) -> str:
    if value is None:
        return "–"
    unit = chart["unit"]
    gap = "" if unit == "%" and chart["language"] == "en" else "\u00a0"
    number = format_decimal(round(value, 1), locale=chart["language"][:2]).replace("\u202f", "\u00a0")
    return f"{number}{gap}{unit}" if unit in {"%", "‰"} else number


def _text(value: str, limit: int = 40) -> str:
    """A text in characters that our fonts have, cut where it would crowd out the bars; the table below has it whole.

    `text.parse_math` is off, so a dollar sign is a dollar sign.
    """
    value = drawable(" ".join(value.split()))
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


def _width(value: str) -> float:
    """Width of a text of one or more lines, in points; a letter that Noto Sans lacks counts as a wide one."""
    advance = _advances()
    return max(sum(advance.get(ord(char), 0.75) for char in line) for line in value.split("\n")) * SIZE


@lru_cache
def _advances() -> dict[int, float]:
    with TTFont(font_files()[0], lazy=True) as font:
        metrics, em = font["hmtx"], font["head"].unitsPerEm
        return {point: metrics[name][0] / em for point, name in font.getBestCmap().items()}


def _wrapped(value: str, width: int) -> str:
    return fill(_text(value, width * 3), width)


@lru_cache
def _prepare_matplotlib() -> None:
    for file in font_files():
        font_manager.fontManager.addfont(str(file))
    matplotlib.rcParams.update(
        {
            "font.family": ["Noto Sans", "Noto Sans Armenian", "Noto Sans Georgian", "DejaVu Sans"],
            "svg.hashsalt": "scrutin",
            "svg.fonttype": "path",
            "text.usetex": False,
            "text.parse_math": False,
            "axes.unicode_minus": True,
        }
    )
