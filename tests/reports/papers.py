"""Checks that every paper of this app passes: PDF/UA-1, pikepdf, a Word file that opens, HTML whose tags close, the same bytes twice."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import page
import pikepdf
from docx import Document

from core.documents.content import prepare
from core.documents.rendering import Snapshot, render_content
from tests.core.documents.test_web import Checker

AT = datetime(2027, 3, 25, 10, 30, tzinfo=UTC)


def check_paper(content: dict[str, Any], *, figures: int = 0) -> tuple[str, str]:
    """Draw `content` in every format and check each; returns the words of the Word file and of the web page.

    figures: so many pictures must be tagged, each with an alternative text.
    """
    snapshot = Snapshot(content=prepare(content), frozen_at=AT)
    drawn = {name: render_content(snapshot, name) for name in ("pdf", "docx", "html", "json")}
    again = {name: render_content(Snapshot(content=prepare(content), frozen_at=AT), name) for name in drawn}
    assert drawn == again, [name for name in drawn if drawn[name] != again[name]]
    report = page.validate_pdf_bytes(drawn["pdf"], profile="ua1")
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]
    with pikepdf.open(io.BytesIO(drawn["pdf"])) as document:
        assert str(document.Root.Lang)[:2] == content["language"][:2]
        assert document.Root.MarkInfo.Marked
        alternatives = _alternatives(document.Root.StructTreeRoot)
        assert len(alternatives) == figures and all(alternatives), alternatives
    word = Document(io.BytesIO(drawn["docx"]))
    assert word.core_properties.title
    checker = Checker()
    checker.feed(drawn["html"].decode())
    assert not checker.open and len(checker.ids) == len(set(checker.ids)) and set(checker.targets) <= set(checker.ids)
    return "\n".join(paragraph.text for paragraph in word.paragraphs), " ".join(checker.words)


def _alternatives(node: Any) -> list[str]:
    if isinstance(node, pikepdf.Array):
        return [found for child in node for found in _alternatives(child)]
    if not isinstance(node, pikepdf.Dictionary):
        return []
    own = [str(node.get("/Alt", ""))] if node.get("/S") == "/Figure" else []
    return own + (_alternatives(node.K) if "/K" in node else [])
