"""From frozen content to bytes: one function per format, all pure (same content, same bytes)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.module_loading import import_string

ENGINE_VERSION = "1"
SCHEMA = "scrutin.document/1"
HERE = Path(__file__).resolve().parent

MIMES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "json": "application/json",
}


@dataclass(frozen=True)
class MarginComment:
    """A comment beside a paragraph of a Word document that people work on."""

    author: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Snapshot:
    """What a renderer sees: nothing else reaches it.

    content: as `content.prepare` made it. frozen_at: the only date that goes into files. assets: image bytes by their
    SHA-256. template: folder of an own `template.typ`, or empty. margin: comments by the anchor of their paragraph, for Word alone;
    nothing that is stored has any.
    """

    content: Mapping[str, Any]
    frozen_at: datetime
    kind: str = ""
    template_version: str = ""
    checksum: str = ""
    template: str = ""
    assets: Mapping[str, bytes] = field(default_factory=dict)
    margin: Mapping[str, Sequence[MarginComment]] = field(default_factory=dict)


def render_content(snapshot: Snapshot, format: str) -> bytes:
    """The snapshot drawn as `format`: "pdf", "docx", "html" or "json"."""
    renderers: dict[str, str] = {
        "pdf": "core.documents.pdf.render_pdf",
        "docx": "core.documents.word.render_docx",
        "html": "core.documents.web.render_html",
        "json": "core.documents.rendering.render_json",
    }
    # by name: matplotlib, typst and python-docx cost memory that a web process should not pay at its start
    renderer: Callable[[Snapshot], bytes] = import_string(renderers[format])
    return renderer(snapshot)


def render_many(wanted: Iterable[tuple[Snapshot, str]]) -> Iterator[tuple[int, bytes]]:
    """Each snapshot in its format, with its place in `wanted`, as it is finished: the PDFs come last.

    typst sets their pages in a thread of its own (it needs nothing of Python's), while the rest is drawn here. Only one thread draws
    charts: matplotlib is not made for more.
    """
    from core.documents.pdf import prepare_pdf  # see render_content: paid only where used

    pool = ThreadPoolExecutor(1, thread_name_prefix="typst")
    try:
        pages: list[tuple[int, Future[bytes]]] = []
        for at, (snapshot, format) in enumerate(wanted):
            if format == "pdf":
                pages.append((at, pool.submit(prepare_pdf(snapshot))))
            else:
                yield at, render_content(snapshot, format)
        for at, page in pages:
            yield at, page.result()
    finally:
        # somebody cancelled, or one could not be drawn: what has not begun does not begin
        pool.shutdown(cancel_futures=True)


def render_json(snapshot: Snapshot) -> bytes:
    """The content as data, with the version of its shape."""
    data = {
        "schema": SCHEMA,
        "kind": snapshot.kind,
        "language": snapshot.content["language"],
        "title": snapshot.content["title"],
        "reference": snapshot.content["reference"],
        "frozen_at": snapshot.frozen_at.isoformat(),
        "template_version": snapshot.template_version,
        "checksum": snapshot.checksum,
        "content": snapshot.content,
    }
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def html_body(content: Mapping[str, Any], assets: Mapping[str, bytes] | None = None) -> str:
    """The accessible HTML of a frozen content without the page around it, for pages that have their own.

    Such a page links the style sheet `{% static "core/documents/doc.css" %}`.
    """
    from core.documents.web import body  # see render_content: paid only where used

    return body(content, assets or {})


def template_version(kind_version: str, template: str) -> str:
    """Names the house style and template that a content was frozen for: it changes when one of their files does."""
    return f"{ENGINE_VERSION}.{kind_version}-{_fingerprint(template)}"


@lru_cache
def _fingerprint(template: str) -> str:
    names = (
        "house.typ",
        "template.typ",
        "words.py",
        "charts.py",
        "sheet.py",
        "maps.py",
        "markup.py",
        "word.py",
        "word_parts.py",
        "word_styles.xml",
        "word_watermark.xml",
        "page.css",
    )
    files = [HERE / name for name in names] + [HERE.parent / "static" / "core" / "documents" / "doc.css"]
    files += sorted(path for path in (HERE.parent / "templates" / "core" / "documents").glob("*.html") if path.name != "list.html")
    if template:
        files.append(template_folder(template) / "template.typ")
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:10]


def template_folder(template: str) -> Path:
    """The folder `<app>/documents/<kind>` of a kind with its own look."""
    return HERE.parent.parent / template
