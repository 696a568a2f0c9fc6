"""A map of places: dots as large as their numbers, on the outline of a country. The same figures give the same bytes.

What a dot stands for is the caller's affair: nothing finer than what the content names is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, radians, sqrt
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

COLOUR, LAND, SHORE, INK = "#b6533c", "#eef0f3", "#9aa5b1", "#1b1f24"
WIDTH, TALLEST, MARGIN = 454, 430, 14
NAMED = 14
"""So many places are named on the map, the largest first; the table names all."""


def map_figure(chart: Mapping[str, Any], shown: Any) -> Figure:
    """The figure. chart: `categories` (names), `series` (one: how many), `points` (longitude, latitude), `outline` (rings of points).

    shown: makes a text drawable. Lengths in points; degrees of longitude are shortened as at the middle latitude.
    """
    rings = [[tuple(point) for point in ring] for ring in chart["outline"]]
    points = [tuple(point) for point in chart["points"]]
    everything = [point for ring in rings for point in ring] + points
    west, east = _span([x for x, _y in everything])
    south, north = _span([y for _x, y in everything])
    narrow = max(cos(radians((south + north) / 2)), 0.2)
    ratio = (north - south) / ((east - west) * narrow)
    height = min(WIDTH * ratio, TALLEST) + 2 * MARGIN
    figure = Figure(figsize=(WIDTH / 72, height / 72))
    axes = figure.add_axes((MARGIN / WIDTH, MARGIN / height, 1 - 2 * MARGIN / WIDTH, 1 - 2 * MARGIN / height))
    axes.set_aspect(1 / narrow)
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    axes.axis("off")
    for ring in rings:
        axes.add_patch(Polygon(ring, closed=True, facecolor=LAND, edgecolor=SHORE, linewidth=0.7))
    values = [value or 0 for value in chart["series"][0]["values"]]
    largest = max([*values, 1])
    sizes = [22 + 260 * value / largest for value in values]
    axes.scatter(
        [x for x, _ in points], [y for _, y in points], s=sizes, color=COLOUR, alpha=0.72, linewidths=0.6, edgecolors="white", zorder=3
    )
    _name(axes, chart["categories"], points, values, sizes, shown, narrow=narrow, width=east - west)
    return figure


def _around(point: Sequence[float], reach: float, narrow: float) -> tuple[float, float, float, float]:
    """The box that a dot fills, in degrees."""
    return (point[0] - reach, point[1] - reach * narrow, point[0] + reach, point[1] + reach * narrow)


def _span(values: Sequence[float]) -> tuple[float, float]:
    """From the least to the greatest, with room around; never nothing."""
    low, high = min(values), max(values)
    room = max((high - low) * 0.04, 0.02)
    return low - room, high + room


def _name(
    axes: Axes,
    names: Sequence[str],
    points: Sequence[tuple[float, ...]],
    values: Sequence[float],
    sizes: Sequence[float],
    shown: Any,
    *,
    narrow: float,
    width: float,
) -> None:
    """Names beside the largest dots, each where no other name stands already; a name without room is left out."""
    unit = width / (WIDTH - 2 * MARGIN)  # degrees of longitude in one point
    dots = [_around(point, (sqrt(size) / 2) * unit, narrow) for point, size in zip(points, sizes, strict=True)]
    taken: list[tuple[float, float, float, float]] = []
    order = sorted(range(len(names)), key=lambda at: (-values[at], names[at]))
    for at in order[:NAMED]:
        text = shown(names[at])
        x, y = points[at][0], points[at][1]
        reach, wide, high = sqrt(sizes[at]) / 2 + 2, 4.6 * len(text), 9.0
        for right in (True, False):
            left = x + reach * unit if right else x - (reach + wide) * unit
            box = (left, y - high / 2 * unit * narrow, left + wide * unit, y + high / 2 * unit * narrow)
            others = [dot for other, dot in enumerate(dots) if other != at]
            if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in [*taken, *others]):
                continue
            axes.annotate(
                text,
                (x, y),
                xytext=(reach if right else -reach, 0),
                textcoords="offset points",
                ha="left" if right else "right",
                va="center",
                fontsize=8,
                color=INK,
                zorder=4,
            )
            taken.append(box)
            break
