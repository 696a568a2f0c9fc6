"""A sheet that charts are drawn on: boxes, lines and texts placed in points from the lower left corner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from core.documents.fonts import font_files

INK, SIZE = "#1b1f24", 8.5
FAMILIES = ("Noto Sans", "Noto Sans Armenian", "Noto Sans Georgian", "DejaVu Sans")


@dataclass(frozen=True)
class Area:
    """Where the bars or lines themselves stand, in points."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.bottom + self.height


class Sheet:
    """A figure without axes. What is drawn later lies above what was drawn before."""

    def __init__(self, width: float, height: float) -> None:
        self.figure = Figure(figsize=(width / 72, height / 72))
        self._points = Affine2D().scale(1 / 72) + self.figure.dpi_scale_trans
        self._above = 1.0

    def box(self, x: float, y: float, width: float, height: float, colour: str, *, edge: str = "none") -> None:
        """A filled box; an `edge` parts it from the next."""
        box = Rectangle((x, y), width, height, facecolor=colour, edgecolor=edge, linewidth=0.8, transform=self._points, zorder=self._next())
        self.figure.add_artist(box)

    def line(
        self, xs: Sequence[float], ys: Sequence[float], colour: str, *, width: float = 1.8, style: str = "-", marker: bool = False
    ) -> None:
        """A line through the points; a missing value (nan) leaves a gap. marker: a dot at each."""
        line = Line2D(xs, ys, color=colour, linewidth=width, linestyle=style, transform=self._points, zorder=self._next())
        if marker:
            line.set_marker("o")
            line.set_markersize(4)
        self.figure.add_artist(line)

    def text(
        self, x: float, y: float, value: str, *, side: str = "left", stand: str = "center", size: float = SIZE, colour: str = INK
    ) -> None:
        """A text of one or more lines. side, stand: which of its edges is at the place."""
        self.figure.text(
            x,
            y,
            value,
            transform=self._points,
            ha=side,
            va=stand,
            fontsize=size,
            color=colour,
            family=families(value),
            zorder=self._next(),
        )

    def _next(self) -> float:
        self._above += 0.001
        return self._above


def families(value: str) -> Sequence[str]:
    """The fonts that a text needs: Noto Sans alone where it has every letter, for each further one is looked up anew by matplotlib."""
    advance = advances()
    return FAMILIES[:1] if all(ord(char) in advance or char == "\n" for char in value) else FAMILIES


@lru_cache
def advances() -> dict[int, float]:
    """Width of each letter of Noto Sans, as a share of the size."""
    with TTFont(font_files()[0], lazy=True) as font:
        metrics, em = font["hmtx"], font["head"].unitsPerEm
        return {point: metrics[name][0] / em for point, name in font.getBestCmap().items()}
