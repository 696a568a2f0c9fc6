"""Blocks for figures: tables and charts, each number with its denominator, always "of the stations visited"."""

from __future__ import annotations

from typing import Any

from core.documents import blocks as b
from core.documents.words import joined
from reports.documents.wording import is_ours, question, say, share_in
from reports.services.figures import Snapshot, in_words, top_items

STAGE_KEYS = {
    "opening": "stage_opening",
    "voting": "stage_voting",
    "closing_counting": "stage_counting",
    "tabulation": "stage_tabulation",
}


SIDES = ["left", "right", "right", "right"]
"""Numbers and shares stand right, also where a share is a dash."""


def stage_name(code: str, language: str) -> str:
    """The name of a stage of polling day."""
    return say(STAGE_KEYS[code], language) if code in STAGE_KEYS else code


def label_of(row: dict[str, Any], language: str) -> str:
    """The question's label in `language`, else in English, else its code. Labels are the form's own."""
    labels = row.get("label") or {}
    if labels.get(language) or not labels.get("en"):
        return labels.get(language) or row.get("code", "")
    return labels["en"] if is_ours(language) else question(labels["en"], language)


def share_text(row: dict[str, Any], language: str) -> str:
    """The share in per cent, or a dash where there are too few forms."""
    if row["share"] is None:
        return "–"
    return share_in(row["share"], language)


def with_denominator(name: str, row: dict[str, Any], language: str) -> str:
    """What a bar is called: "B21 (of 96)". No bar stands without what it is a part of."""
    return say("chart_of", language, name=name, n=row["denominator"])


def conduct(snapshot: Snapshot, language: str, *, chart: bool = True) -> list[dict[str, Any]]:
    """Overall conduct by stage: a table and, where it says something, a chart with the same numbers."""
    rows = [row for row in snapshot["conduct"] if row["denominator"]]
    if not rows:
        return []
    blocks = [
        b.table(
            say("chart_conduct", language),
            head=[say("col_stage", language), say("col_positive", language), say("col_counted", language), say("col_share", language)],
            rows=[[stage_name(row["stage"], language), row["n"], row["denominator"], share_text(row, language)] for row in rows],
            widths=[3, 2, 2, 1],
            row_heads=True,
            align=SIDES,
            note=say("of_stations", language),
        )
    ]
    if chart:
        names = [with_denominator(stage_name(row["stage"], language), row, language) for row in rows]
        series = {
            say("positive", language): [row["n"] for row in rows],
            say("negative", language): [row["denominator"] - row["n"] for row in rows],
        }
        said = (joined([stage_name(row["stage"], language), ": ", in_words(row, language)]) for row in rows)
        alt = joined(said, "; ", ".")
        blocks.append(b.figure(say("chart_conduct", language), alt=alt, chart=b.stacked(names, series), data_table=False))
    return blocks


def remarks(snapshot: Snapshot, language: str, *, limit: int = 10, chart: bool = True) -> list[dict[str, Any]]:
    """The questions with most remarks, by severity and share."""
    rows = top_items(snapshot, limit)
    if not rows:
        return []
    blocks = [
        b.table(
            say("chart_remarks", language),
            head=[say("col_question", language), say("col_cases", language), say("col_counted", language), say("col_share", language)],
            rows=[[[f"{row['code']} ", label_of(row, language)], row["n"], row["denominator"], share_text(row, language)] for row in rows],
            widths=[5, 1.6, 1.6, 1.2],
            row_heads=True,
            align=SIDES,
            note=[say("of_stations", language), ". ", say("small_numbers", language)],
        )
    ]
    if chart:
        alt = joined((joined([f"{row['code']}: ", in_words(row, language)]) for row in rows), "; ", ".")
        names = [with_denominator(row["code"], row, language) for row in rows]
        bars = b.bars(names, [row["n"] for row in rows], name=say("col_cases", language))
        blocks.append(b.figure(say("chart_remarks", language), alt=alt, chart=bars, data_table=False))
    return blocks


def singles(snapshot: Snapshot, language: str) -> list[dict[str, Any]]:
    """Access, women chairs and members, each with n and denominator."""
    found = [(key, snapshot[name]) for name, key in (("access", "access_index"), ("women_chairs", "women_chairs")) if snapshot[name]]
    rows = [[say(key, language), row["n"], row["denominator"], share_text(row, language)] for key, row in found if row["denominator"]]
    women = snapshot["women_members"]
    if women and women["denominator"]:
        rows.append([say("women_members", language), women["n"], women["denominator"], share_text(women, language)])
    if not rows:
        return []
    head = [say("col_question", language), "n", say("col_counted_any", language), say("col_share", language)]
    return [b.table(say("chart_singles", language), head=head, rows=rows, widths=[5, 1, 1.6, 1.2], row_heads=True, align=SIDES)]


def all_figures(snapshot: Snapshot, language: str, *, charts: bool = True) -> list[dict[str, Any]]:
    """Everything of the snapshot that a document prints; a sentence where nothing was counted."""
    blocks = [*conduct(snapshot, language, chart=charts), *remarks(snapshot, language, chart=charts), *singles(snapshot, language)]
    return blocks or [b.paragraph(say("no_figures", language))]
