"""PDF/UA-1 by typst. Data reaches the template as JSON files; no text is ever part of the markup."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import structlog
import typst

from core.documents.charts import chart_svg
from core.documents.content import unbroken_bracket
from core.documents.fonts import REPLACEMENT, drawable, font_files
from core.documents.rendering import HERE, Snapshot, template_folder
from core.documents.words import words_of

log = structlog.get_logger(__name__)

# a word longer than this may be broken, so that it never runs out of its line or cell: by its syllables, else anywhere
LONG_WORD, LONG_WORD_IN_CELL = 48, 16
BREAK = "\u200b"
# a word in Latin letters as people write them, which typst parts by its syllables; nine consonants or four vowels in a row are none
SYLLABLES = re.compile(r"(?!.*[^aeiouyäöüàâéèêëîïôû]{9})(?!.*[aeiouäöü]{4})[a-zß-öø-ɏ]{4,40}", re.IGNORECASE)
AROUND = "()[]„“”«»\"',.;:!?…/–-"
# what a letter of a table takes at most, but for the widest; the padding of a cell and the width of the page's text: millimetres
LETTER, PADDING, TEXT_WIDTH = 2, 4, {"portrait": 160, "landscape": 247}
# an address is parted by typst behind its strokes and points, without a mark in it: it is copied as it stands
ADDRESS = re.compile(r"https?://", re.IGNORECASE)
IMAGE_ENDINGS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}


class DrawingError(RuntimeError):
    """The template cannot be drawn as it should: a font is missing, or typst refuses."""


def render_pdf(snapshot: Snapshot) -> bytes:
    """The snapshot as a tagged PDF/UA-1 with bookmarks. Its only date is the moment of freezing."""
    return prepare_pdf(snapshot)()


def prepare_pdf(snapshot: Snapshot) -> Callable[[], bytes]:
    """All that typst needs, with the charts drawn; calling what is returned sets the pages, and may be done in another thread."""
    data = payload(snapshot.content)
    files = {f"{sha}.{image_ending(image)}": image for sha, image in snapshot.assets.items()}
    for block in data["blocks"]:
        if block["type"] == "figure" and block["image"]:
            block["path"] = f"{block['image']}.{image_ending(snapshot.assets[block['image']])}"
    files["data.json"] = json.dumps(data, ensure_ascii=False).encode()
    fixed = words_of(snapshot.content)
    said = {key: drawable(text) for key, text in fixed.items()} | {"english": sorted(fixed.english)}
    files["words.json"] = json.dumps(said, ensure_ascii=False).encode()
    own = template_folder(snapshot.template) / "template.typ" if snapshot.template else None
    files["template.typ"] = (own if own and own.is_file() else HERE / "template.typ").read_bytes()
    files["house.typ"] = (HERE / "house.typ").read_bytes()
    return partial(_set_pages, files, int(snapshot.frozen_at.timestamp()))


def _set_pages(files: Mapping[str, bytes], timestamp: int) -> bytes:
    with tempfile.TemporaryDirectory(prefix="scrutin-pdf-") as name:
        folder = Path(name)
        for file, data in files.items():
            (folder / file).write_bytes(data)
        return compile_typst(folder / "template.typ", folder, timestamp)


def compile_typst(template: Path, root: Path, timestamp: int) -> bytes:
    """`template` as PDF/UA-1; it can read files below `root` only, and no fonts but ours."""
    try:
        data, warnings = typst.compile_with_warnings(
            template,
            root=root,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=timestamp,
        )
    except typst.TypstError as error:
        raise DrawingError(f"{error.message} {' '.join(error.hints)}".strip()) from error
    for warning in warnings:
        if "unknown font family" in warning.message:
            raise DrawingError(warning.message)
        log.warning("typst_warning", message=warning.message)
    return data


def payload(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content as the template reads it: drawable characters, breakable words, charts as SVG."""
    data = _soften(content, LONG_WORD)
    data["language"] = content["language"]
    # the document's title as metadata and in the running head must not carry break marks
    data["title"] = drawable(content["title"]).replace(REPLACEMENT, "?")
    data["shown_title"] = breakable(unbroken_bracket(drawable(content["title"])), 24)
    data["running_title"] = shorten(drawable(content["title"]), 80)
    data["reference"] = shorten(drawable(content["reference"]), 60)
    for block, source in zip(data["blocks"], content["blocks"], strict=True):
        if block["type"] == "table":
            block["limits"] = limits = _limits(source["widths"], content["orientation"])
            block["head"] = _soften_row(source["head"], limits)
            block["rows"] = [_soften_row(row, limits) for row in source["rows"]]
        elif block["type"] == "facts":
            block["rows"] = [[_soften(label, LONG_WORD_IN_CELL), _soften(value, LONG_WORD)] for label, value in source["rows"]]
        elif block["type"] == "figure":
            block["alt"], block["image"] = source["alt"], source["image"]
            if source["chart"]:
                block["svg"] = chart_svg(source["chart"])
    return data


def breakable(value: str, limit: int, *, words: bool = False) -> str:
    """The text with a break mark inside every stretch of more than `limit` characters without a space.

    words: words that can be parted by their syllables are left whole, because the template parts them.
    """
    if len(value) <= limit:
        return value
    return re.sub(rf"[^\s{BREAK}]{{{limit + 1},}}", lambda word: _chop(word.group(), limit, words=words), value)


def shorten(value: str, limit: int) -> str:
    """The text, cut with an ellipsis after `limit` characters."""
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


def image_ending(image: bytes) -> str:
    """ "png" or "jpg", by the first bytes."""
    for magic, ending in IMAGE_ENDINGS.items():
        if image.startswith(magic):
            return ending
    raise DrawingError("An image is neither PNG nor JPEG.")


def _chop(word: str, limit: int, *, words: bool = False) -> str:
    if words and all(len(part) <= limit or SYLLABLES.fullmatch(part.strip(AROUND)) for part in re.split(r"(?<=[/–-])", word)):
        return word
    if ADDRESS.match(word):
        return "".join(_chop(part, limit) for part in re.split(r"(?<=[/?&=.-])", word))
    return BREAK.join(word[at : at + limit] for at in range(0, len(word), limit))


def _limits(widths: Sequence[float], orientation: str) -> list[int]:
    """How many letters of a word a column holds, by its share of the page."""
    return [max(6, int((TEXT_WIDTH[orientation] * width / sum(widths) - PADDING) / LETTER)) for width in widths]


def _soften_row(cells: Sequence[Any], limits: Sequence[int]) -> list[Any]:
    return [_soften(cell, limit, words=True) for cell, limit in zip(cells, limits, strict=True)]


def _soften(value: Any, limit: int, key: str = "", *, words: bool = False) -> Any:
    if isinstance(value, str):
        return value if key in {"type", "kind", "link", "lang", "image", "style"} else breakable(drawable(value), limit, words=words)
    if isinstance(value, Mapping):
        return {name: _soften(inner, limit, name, words=words) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_soften(inner, limit, key, words=words) for inner in value]
    return value


@lru_cache
def _fonts() -> typst.Fonts:
    folders = sorted({str(file.parent) for file in font_files()})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
