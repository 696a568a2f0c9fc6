"""Blocks of a statement, from its frozen row and nothing else."""

from __future__ import annotations

from typing import Any

from core.documents import blocks as b
from reports.documents import figures
from reports.documents.report.build import is_unchecked, marked
from reports.documents.report.facts import day_text
from reports.documents.wording import count_of, marks, own_words, say, speaking
from reports.models import Statement


def build(statement: Statement, language: str, **options: Any) -> dict[str, Any]:
    """The preliminary conclusions in one language."""
    content = statement.content["languages"][language]
    with speaking(content, language):
        return _document(statement, content, language)


def _document(statement: Statement, content: dict[str, Any], language: str) -> dict[str, Any]:
    snapshot = content["figures"]
    size = content["delegation"]
    counted = {name: count_of(name, n, language) for name, n in {**size, "teams": snapshot["teams"]}.items()}
    who = say("statement_who_text", language, **counted)
    blocks = [b.heading(1, say("statement_who", language)), b.paragraph(who, number=b.AUTO)]
    if snapshot["stations"]:
        blocks.append(
            b.paragraph(say("statement_stations", language, stations=count_of("stations", snapshot["stations"], language)), number=b.AUTO)
        )
    for name in ("positive", "concern", "call"):
        items = content["groups"][name]
        if name == "call" and not items:
            continue
        blocks.append(b.heading(1, say(f"statement_{name}", language)))
        blocks += [_item(item, language) for item in items] or [b.paragraph(say("statement_none", language))]
    blocks += [b.heading(1, say("statement_figures", language)), *figures.all_figures(snapshot, language)]
    blocks += [b.heading(1, say("statement_next", language)), b.paragraph(say("statement_next_text", language))]
    return b.document(
        title=content["title"],
        kind_line=(kind := say("statement_title", language)),
        language=language,
        reference=content["mission"],
        date=day_text(statement.frozen_at.date(), language),
        cover=[(say("polling_day", language), content["polling_text"])] if content["polling_text"] else [],
        layout="note",
        blocks=blocks,
        unchecked=bool(statement.unchecked.get(language)),
        words=own_words(content),
        langs=marks("kind_line", kind) | ({"title": content["title_lang"]} if content.get("title_lang") else {}),
    )


def _item(item: dict[str, Any], language: str) -> dict[str, Any]:
    return b.paragraph(marked(item, language), number=b.AUTO, unchecked=is_unchecked(item))
