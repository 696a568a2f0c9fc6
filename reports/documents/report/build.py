"""Blocks of a report, from one frozen version and nothing else (STYLE, "Generated documents")."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.documents import blocks as b
from core.documents.words import Marked, joined
from reports.citations import cite
from reports.documents import figures
from reports.documents.report import anchors, places
from reports.documents.report.facts import day_text
from reports.documents.wording import is_ours, marked_again, not_translated, own_words, say, semicolon, speaking
from reports.enums import Addressee, VersionReason
from reports.models import ReportVersion

FINAL = frozenset({VersionReason.ADOPTED, VersionReason.CORRECTION})


def build(version: ReportVersion, language: str, **options: Any) -> dict[str, Any]:
    """The document of one version in one language."""
    content = version.content["languages"][language]
    with speaking(content, language):
        return _document(version, content, language)


def _document(version: ReportVersion, content: dict[str, Any], language: str) -> dict[str, Any]:
    cover = content["cover"]
    draft = version.reason not in FINAL
    blocks = [
        *_notice(version, language),
        *_summary(content, language),
        *_recommendation(content, language, draft),
        *_memorandum(content, language, draft),
        *_appendices(content, language),
    ]
    return b.document(
        title=cover["title"],
        language=language,
        reference=cover["number"],
        date=day_text(version.frozen_at.date(), language) if draft else day_text(_day(cover["adopted_on"]), language),
        kind_line=cover["kind_text"],
        cover=_cover(cover, language),
        layout="report",
        blocks=blocks,
        draft=draft,
        anchor=anchors.of_version(version.uuid, language),
        unchecked=bool(version.unchecked.get(language)),
        words=own_words(content),
        langs={line: cover[name] for line, name in (("kind_line", "kind_lang"), ("title", "title_lang")) if cover.get(name)},
    )


def recommendation_blocks(content: dict[str, Any], language: str) -> list[dict[str, Any]]:
    """Numbered paragraphs with lettered sub-paragraphs."""
    blocks = []
    for paragraph in content["recommendation"]["paragraphs"]:
        blocks.append(b.paragraph(marked_again(paragraph["text"], paragraph.get("text_lang")), number=paragraph["number"]))
        if paragraph["items"]:
            blocks.append(b.lettered([_item(item, language) for item in paragraph["items"]]))
    return blocks


def _item(item: dict[str, Any], language: str) -> Any:
    anchor = anchors.of_call(item["uuid"]) if item.get("uuid") else ""
    anchor = anchors.of_finding(item["finding"]) if item.get("finding") else anchor
    return b.item(marked(item, language), unchecked=is_unchecked(item), anchor=anchor)


def marked(item: dict[str, Any], language: str) -> Any:
    """The item's text; where it is not in the document's language, the mark that says so and the original."""
    if not item.get("lang"):
        return marked_again(item["text"], item.get("said_in"))
    return b.text(b.italic(joined([not_translated(item["lang"], language), " "])), b.foreign(item["text"], item["lang"]))


def is_unchecked(item: dict[str, Any]) -> bool:
    """Is it a translation that nobody has checked? An original in another language is none."""
    return bool(item.get("unchecked")) and not item.get("lang")


def _notice(version: ReportVersion, language: str) -> list[dict[str, Any]]:
    correction = version.content.get("correction")
    if not correction:
        return []
    note = correction["note"].get(language) or correction["note"].get("en", "")
    if not correction["note"].get(language) and not is_ours(language):
        note = Marked(note, "en")
    return [b.note(say("correction", language, number=version.number, old=correction["old"], note=note))]


def _cover(cover: dict[str, Any], language: str) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    if cover["session"]:
        rows.append((say("session", language), marked_again(cover["session"], cover.get("session_lang"))))
    if cover["polling_text"]:
        key = "polling_days" if len(cover["polling_days"]) > 1 else "polling_day"
        rows.append((say(key, language), cover["polling_text"]))
    if cover["committee"]:
        rows.append((say("committee", language), marked_again(cover["committee"], cover.get("committee_lang"))))
    if cover["rapporteurs"]:
        key = "rapporteurs" if len(cover["rapporteurs"]) > 1 else "rapporteur"
        rows.append((say(key, language), _rapporteurs(cover["rapporteurs"], language)))
    if cover["authentic_language"] != language:
        rows.append((say("original_label", language), say(f"lang_{cover['authentic_language']}", language)))
    return rows


def _rapporteurs(rows: list[dict[str, str]], language: str) -> list[Any]:
    """Names with a footnote: country, chamber, group spelled out (report-structure 2.4)."""
    runs: list[Any] = []
    colon = "\u00a0: " if language == "fr" else ": "
    for position, row in enumerate(rows):
        if position:
            runs.append(", ")
        runs.append(f"{row['name']}, {row['place']}" if row["place"] else row["name"])
        spelled: list[Any] = []
        if row["chamber"]:
            spelled += [f"{row['chamber']}{colon}", say(f"chamber_{row['chamber']}", language), ". "]
        if row["group"]:
            spelled += [f"{row['group']}{colon}", marked_again(row["group_name"], row.get("group_name_lang")), ". "]
        if spelled:
            runs.append(b.footnote([*spelled[:-1], "."]))
    return runs


def _summary(content: dict[str, Any], language: str) -> list[dict[str, Any]]:
    if not content["summary"]:
        return []
    return [
        b.heading(1, say("summary", language), anchor=anchors.of_chapter("summary")),
        *[_paragraph(item, language) for item in content["summary"]],
        b.page_break(),
    ]


def _paragraph(item: dict[str, Any], language: str) -> dict[str, Any]:
    anchor = anchors.of_paragraph(item["uuid"])
    return b.paragraph(marked(item, language), number=item.get("number"), unchecked=is_unchecked(item), anchor=anchor)


def _recommendation(content: dict[str, Any], language: str, draft: bool) -> list[dict[str, Any]]:
    text = content["recommendation"]
    if text is None:
        return []
    title = marked_again(text["number"], text.get("number_lang")) or say("draft_recommendation" if draft else "recommendation", language)
    blocks = [b.heading(1, title, restart=True, anchor=anchors.of_heading("recommendation"))]
    cover = content["cover"]
    if cover["adopted_on"]:
        names = ", ".join(row["name"] for row in cover["rapporteurs"]) or "–"
        debated = say("debated", language, day=day_text(_day(cover["adopted_on"]), language), number=cover["number"], rapporteur=names)
        blocks.append(b.paragraph(b.text(content["cover"]["title"], b.footnote(debated)), style="lead"))
    return [*blocks, *recommendation_blocks(content, language), b.page_break()]


def _memorandum(content: dict[str, Any], language: str, draft: bool) -> list[dict[str, Any]]:
    title = say("memorandum_draft" if draft else "memorandum", language)
    blocks = [b.heading(1, title, restart=True, anchor=anchors.of_heading("memorandum"))]
    for chapter in content["memorandum"]:
        blocks.append(
            b.heading(
                2,
                marked_again(chapter["title"], chapter.get("title_lang")),
                number=chapter["number"],
                anchor=anchors.of_chapter(chapter["code"]),
            )
        )
        blocks += [_paragraph(item, language) for item in chapter["paragraphs"]]
        if chapter["code"] == "election_day":
            blocks += figures.conduct(content["appendices"]["figures"], language)
    return blocks


def _appendices(content: dict[str, Any], language: str) -> list[dict[str, Any]]:
    appendices = content["appendices"]
    blocks = []
    if appendices["programme"]:
        rows = [[row["day"], row["time"], _meeting(row)] for row in appendices["programme"]]
        head = [say("col_day", language), say("col_time", language), say("col_meeting", language)]
        title = say("appendix_programme", language)
        blocks += [_head(title, "programme"), b.table(title, head=head, rows=rows, widths=[2, 1.4, 5])]
    if appendices["delegation"]:
        rows = [[row["name"], row["place"], marked_again(row["role"], row.get("role_lang"))] for row in appendices["delegation"]]
        head = [say("col_name", language), say("col_country", language), say("col_role", language)]
        title = say("appendix_delegation", language)
        blocks += [
            _head(title, "delegation"),
            b.table(title, head=head, rows=rows, widths=[3, 4, 3], row_heads=True),
        ]
    if appendices["deployment"]:
        head = [say("col_team", language), say("col_area", language), say("col_municipalities", language), say("col_stations", language)]
        rows = [[str(row["team"]), row["area"], ", ".join(row["municipalities"]), row["stations"]] for row in appendices["deployment"]]
        title = say("appendix_deployment", language)
        blocks += [
            _head(title, "deployment"),
            b.table(title, head=head, rows=rows, widths=[1, 3, 5, 1.6], row_heads=True),
        ]
        blocks += places.blocks(appendices.get("map"), language)
    if appendices["figures"]["stations"]:
        blocks += [
            _head(say("appendix_figures", language), "figures"),
            *figures.all_figures(appendices["figures"], language),
        ]
    return [*blocks, *_table_of_calls(content, language)]


def _head(title: str, name: str) -> dict[str, Any]:
    return b.appendix(title, anchor=anchors.of_heading(name))


def _meeting(row: dict[str, str]) -> str:
    return f"{row['title']} ({row['organisations']})" if row["organisations"] and row["organisations"] not in row["title"] else row["title"]


def _table_of_calls(content: dict[str, Any], language: str) -> list[dict[str, Any]]:
    """Recommendations with standards and addressees (report-structure 7)."""
    if content["recommendation"] is None:
        return []
    calls = next((one["items"] for one in content["recommendation"]["paragraphs"] if one["number"] == "5"), [])
    if not calls:
        return []
    title = say("appendix_recommendations", language)
    head = [say("col_paragraph", language), say("col_text", language), say("col_addressees", language), say("col_standards", language)]
    rows = [
        [
            f"5.{item['letter']}",
            marked(item, language),
            joined((addressee_name(code, language) for code in item["addressees"]), ", "),
            cited(item["standards"], language),
        ]
        for item in calls
    ]
    return [
        _head(title, "calls"),
        b.table(title, head=head, rows=rows, widths=[1.8, 4.8, 2.4, 3.6], row_heads=True),
    ]


def cited(standards: list[dict[str, Any]], language: str) -> str:
    """The standards of a call, as frozen; versions from before citations were frozen name instrument and provision alone.

    The register knows their names in our languages; beside these a citation is English, and marked so.
    """
    texts = [one.get("citation") or cite(one["instrument"], one["provision"], language) for one in standards]
    text = f"{semicolon(language)} ".join(texts)
    return text if is_ours(language) or not text else Marked(text, "en")


def addressee_name(code: str, language: str) -> str:
    """The addressee in `language`."""
    return say(f"addressee_{code}", language) if code in Addressee.values else code


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
