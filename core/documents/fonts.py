"""The fonts that go into documents: those we ship, never those of the machine.

Noto Sans (Latin, Greek, Cyrillic), Armenian and Georgian come from npm into `settings.SCRUTIN_FONTS`; DejaVu Sans, the
last resort for symbols and for a name in Hebrew or Arabic, comes inside matplotlib.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

import matplotlib
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from fontTools.ttLib import TTFont

FACES = (
    "noto-sans/400Regular/NotoSans_400Regular.ttf",
    "noto-sans/400Regular_Italic/NotoSans_400Regular_Italic.ttf",
    "noto-sans/600SemiBold/NotoSans_600SemiBold.ttf",
    "noto-sans/600SemiBold_Italic/NotoSans_600SemiBold_Italic.ttf",
    "noto-sans/700Bold/NotoSans_700Bold.ttf",
    "noto-sans/700Bold_Italic/NotoSans_700Bold_Italic.ttf",
    "noto-sans-armenian/400Regular/NotoSansArmenian_400Regular.ttf",
    "noto-sans-armenian/600SemiBold/NotoSansArmenian_600SemiBold.ttf",
    "noto-sans-armenian/700Bold/NotoSansArmenian_700Bold.ttf",
    "noto-sans-georgian/400Regular/NotoSansGeorgian_400Regular.ttf",
    "noto-sans-georgian/600SemiBold/NotoSansGeorgian_600SemiBold.ttf",
    "noto-sans-georgian/700Bold/NotoSansGeorgian_700Bold.ttf",
)
REPLACEMENT = "\ufffd"
# drawn as nothing or as space by every renderer, whether or not a font has a glyph for it
INVISIBLE = frozenset("\n \u00a0\u00ad\u200b\u200c\u200d\u200e\u200f\u202f\u2060")


@lru_cache
def font_files() -> tuple[Path, ...]:
    """Every face we draw with. Raises ImproperlyConfigured naming the folder when one is not there."""
    folder = Path(settings.SCRUTIN_FONTS)
    files = [folder / face for face in FACES]
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise ImproperlyConfigured(
            f"The font {missing[0].name} is not in {folder}. Run `npm ci`, or set SCRUTIN_FONTS to the folder that has it."
        )
    return (*files, _last_resort())


@lru_cache
def covered() -> frozenset[int]:
    """Code points that the shipped fonts can draw in every style: upright, italic, bold."""
    faces: dict[str, set[int]] = {}
    for file in font_files():
        family = file.stem.split("_")[0]
        with TTFont(file, lazy=True) as font:
            points = set(font.getBestCmap())
        faces[family] = faces[family] & points if family in faces else points
    return frozenset().union(*faces.values())


@lru_cache
def _letters() -> frozenset[str]:
    return frozenset(map(chr, covered())) | INVISIBLE


def _last_resort() -> Path:
    """DejaVu Sans in a folder of its own under `settings.VAR`.

    typst takes folders, and would choose matplotlib's oblique face for an italic word, which has no Arabic.
    """
    source = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    target = Path(settings.VAR) / "fonts" / source.name
    if not target.is_file() or target.stat().st_size != source.stat().st_size:
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_suffix(f".{os.getpid()}")
        half.write_bytes(source.read_bytes())
        half.replace(target)
    return target


def drawable(value: str) -> str:
    """The text with each character that no shipped font has shown as the replacement character."""
    if value.isascii():
        return value
    letters = _letters()
    if letters.issuperset(value):
        return value
    return "".join(char if char in letters else REPLACEMENT for char in value)
