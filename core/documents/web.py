"""Documents as web pages: valid, accessible, one file with its style and images inside. Autoescape does the escaping."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.template import engines
from django.utils.safestring import SafeString

from core.documents.charts import chart_svg
from core.documents.content import plain
from core.documents.markup import said
from core.documents.rendering import HERE, Snapshot
from core.documents.words import Fixed, words_of

STYLE = HERE.parent / "static" / "core" / "documents" / "doc.css"
ORDERED = {"number": "1", "letter": "a"}


def render_html(snapshot: Snapshot) -> bytes:
    """The snapshot as a whole page for screen and print."""
    content = snapshot.content
    context = _context(content, snapshot.assets) | {
        "css": _css(),
        "stamp": content["watermark"] or (words_of(content)["draft"] if content["draft"] else ""),
        "checksum": snapshot.checksum,
    }
    return _squeeze(_template("page.html").render(context)).encode()


def body(content: Mapping[str, Any], assets: Mapping[str, bytes]) -> str:
    """The document without page: title block, contents, blocks, footnotes. Its title is the h1; the page around it links
    the style sheet `core/documents/doc.css`."""
    return SafeString(_squeeze(_template("body.html").render(_context(content, assets))))


def _context(content: Mapping[str, Any], assets: Mapping[str, bytes]) -> dict[str, Any]:
    fixed = words_of(content)
    blocks = [_block(block, number, assets, fixed) for number, block in enumerate(content["blocks"], start=1)]
    langs = content.get("langs", {})
    return {
        "content": content,
        **{name: said(content[name], langs.get(name, "")) for name in ("institution", "kind_line")},
        "words": {key: said(text, fixed.lang(key)) for key, text in fixed.items()},
        "plain": fixed,
        "blocks": blocks,
        "outline": [block for block in blocks if block["type"] in {"heading", "appendix"} and block["level"] <= 2],
        "notes": sorted(_notes(content), key=lambda note: note["number"]),
    }


def _block(block: Mapping[str, Any], number: int, assets: Mapping[str, bytes], fixed: Fixed) -> dict[str, Any]:
    made = dict(block)
    kind = block["type"]
    if kind in {"heading", "appendix"}:
        made |= {"id": f"s{number}", "level": block.get("level", 1)}
        # h1 is the document's title
        made["tag"] = f"h{made['level'] + 1}"
        label = block["label"] + (" –" if block["runs"] else "") if kind == "appendix" else block["number"]
        marked = said(label, block.get("label_lang", ""))
        made |= {"label": marked, "shown": SafeString(f"{marked} {said(plain(block['runs']))}".strip())}
    elif kind == "note":
        made["title"] = said(block["title"], block.get("title_lang", ""))
    elif kind == "list":
        made["list"] = _list(block)
    elif kind == "table":
        made["grid"] = _grid(block["head"], block["rows"], block["align"], block["row_heads"])
        made["empty"] = said(block["empty"], block.get("empty_lang", ""))
    elif kind == "figure":
        made["source"] = _source(block, assets)
        made["quarters"] = max(1, round(block["width"] * 4))
        if block["data"]:
            columns = len(block["data"]["head"]) - 1
            made["grid"] = _grid(block["data"]["head"], block["data"]["rows"], ["left", *["right"] * columns], False)
            made["data_title"] = said(fixed["data_of"].format(number=block["number"]), fixed.lang("data_of"))
    return made


def _list(data: Mapping[str, Any]) -> dict[str, Any]:
    items = [{**item, "list": _list(item["list"]) if item["list"] else None} for item in data["items"]]
    return {"ordered": ORDERED.get(data["kind"], ""), "start": data["start"], "items_": items}


def _grid(head: Sequence[Any], rows: Sequence[Any], align: Sequence[str], row_heads: bool) -> dict[str, Any]:
    return {"head": list(zip(head, align, strict=True)), "rows": rows, "align": align, "row_heads": row_heads}


def _source(block: Mapping[str, Any], assets: Mapping[str, bytes]) -> str:
    if block["chart"]:
        return f"data:image/svg+xml;base64,{b64encode(chart_svg(block['chart']).encode()).decode()}"
    image = assets[block["image"]]
    kind = "png" if image.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{b64encode(image).decode()}"


def _notes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, Mapping):
        if "footnote" in value and isinstance(value["footnote"], Mapping):
            yield dict(value["footnote"])
            return
        for inner in value.values():
            yield from _notes(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _notes(inner)


def _squeeze(page: str) -> str:
    """Without the indents and empty lines that template tags leave."""
    return "\n".join(line.strip() for line in page.splitlines() if line.strip()) + "\n"


def _template(name: str) -> Any:
    return engines["django"].get_template(f"core/documents/{name}")


@lru_cache
def _css() -> SafeString:
    """The house's own style sheet; it holds no text from outside."""
    return SafeString((HERE / "page.css").read_text() + STYLE.read_text())
