"""The innermost HTML of a document: runs, and the cells of its tables.

Written here and not in a template: a report of 60 pages has ten thousand of them, and a template of their own for each took
longer than all else on the page. Every text goes through `escape`; the tags around it are ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString

Runs = Sequence[Mapping[str, Any]]


def runs_html(runs: Runs) -> SafeString:
    """Prepared runs as HTML: bold, italics, links, passages in another language, marks of footnotes."""
    return SafeString("".join(_run(run) for run in runs))


def cells_html(rows: Sequence[Sequence[Runs]], align: Sequence[str], *, row_heads: bool) -> SafeString:
    """The rows of a table's body; the first cell names its row where `row_heads` is set."""
    opening = [f'<td class="doc-{side}">' if side != "left" else "<td>" for side in align]
    lines = []
    for row in rows:
        lines.append("<tr>")
        for at, cell in enumerate(row):
            head = row_heads and at == 0
            lines.append(f'<th scope="row">{runs_html(cell)}</th>' if head else f"{opening[at]}{runs_html(cell)}</td>")
        lines.append("</tr>")
    return SafeString("\n".join(lines))


def said(text: str, lang: str = "") -> SafeString:
    """A text, marked with its language where that is not the document's."""
    return SafeString(f'<span lang="{escape(lang)}">{escape(text)}</span>' if lang else escape(text))


def _run(run: Mapping[str, Any]) -> str:
    note = run.get("footnote")
    if note:
        number = int(note["number"])
        return f'<sup class="doc-ref"><a href="#fn{number}" id="fnref{number}" role="doc-noteref">{number}</a></sup>'
    shown = str(escape(run["text"])).replace("\n", "<br>")
    if run.get("lang"):
        shown = f'<bdi lang="{escape(run["lang"])}">{shown}</bdi>'
    if run.get("italic"):
        shown = f"<em>{shown}</em>"
    if run.get("bold"):
        shown = f"<strong>{shown}</strong>"
    # `content.prepare` lets https, http and mailto through, nothing else
    return f'<a href="{escape(run["link"])}">{shown}</a>' if run.get("link") else shown
