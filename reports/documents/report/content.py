"""What a version of a report says in one language: plain data, frozen before anything is drawn.

Everything here may be read by the public once published: evidence and findings' links stay at the desk.
"""

from __future__ import annotations

from typing import Any

from core import translations
from missions.models import Mission
from reports.documents.report import facts, places, recommendation
from reports.documents.report.texts import Texts
from reports.documents.wording import UNCHECKED_LANGUAGES, marks, name_of, say, section_title, speaking
from reports.enums import SectionCode
from reports.models import Report, ReportParagraph
from reports.services import fixed_words
from reports.services.figures import Snapshot
from reports.services.reports import format_days

SCHEMA = "scrutin.report/1"


def gather(report: Report, language: str, figures: Snapshot) -> tuple[dict[str, Any], Texts]:
    """The content in `language`, and its texts, which know the places that nobody has checked or translated.

    A language of the host country carries the fixed words that it is drawn with (`fixed`); which of them lack is in `texts.words`.
    """
    fixed = fixed_words.frozen_for(language, figures)
    with speaking({"fixed": fixed}, language):
        content, texts = _gather(report, language, figures)
    if fixed:
        content["fixed"] = fixed
        texts.without_words(fixed_words.missing_for(language, figures))
    return content, texts


def _gather(report: Report, language: str, figures: Snapshot) -> tuple[dict[str, Any], Texts]:
    missions = list(
        report.missions.order_by("pk").select_related("country", "election", "request__authority").prefetch_related("polling_days")
    )
    texts = Texts(language, figures)
    titles = translations.texts(report, "title")
    title = texts.item(report, titles, "title") if titles else {"text": str(report)}
    texts.title = title["text"]
    delegations = [(mission, facts.delegation(mission, language)) for mission in missions]
    content = {
        "schema": SCHEMA,
        "language": language,
        "cover": _cover(report, missions, delegations, language, texts) | ({"title_lang": title["lang"]} if "lang" in title else {}),
        "summary": _section(report, SectionCode.SUMMARY, texts),
        "recommendation": recommendation.build(report, missions, language, texts, figures) if report.has_recommendation else None,
        "memorandum": _memorandum(report, language, texts),
        "appendices": {
            "programme": [row for mission in missions for row in facts.programme(mission, language)],
            "delegation": [_public_member(row) for _mission, rows in delegations for row in rows if row["name"]],
            "staff": sum(not row["name"] for _mission, rows in delegations for row in rows),
            "deployment": [row for mission in missions for row in facts.deployment(mission)],
            "figures": figures,
            "map": places.map_of(missions),
        },
    }
    if language in UNCHECKED_LANGUAGES:
        texts.unchecked.append("fixed sentences")
    return content, texts


def _cover(
    report: Report, missions: list[Mission], delegations: list[tuple[Mission, list[dict[str, str]]]], language: str, texts: Texts
) -> dict[str, Any]:
    days = sorted({day.day for mission in missions for day in mission.polling_days.all()})
    rapporteurs = [row for _mission, rows in delegations for row in rows if row["is_rapporteur"]]
    return {
        "kind": report.kind,
        "kind_text": (kind := say(report.kind, language)),
        **marks("kind_lang", kind),
        "number": report.number,
        "session": (session := facts.session_text(report.session, language)),
        **marks("session_lang", session),
        "committee": (committee := facts.committee_text(report.committee, language)),
        **marks("committee_lang", committee),
        "title": texts.title,
        "country": {"code": report.country.code, "name": name_of(report.country, language)},
        "polling_days": [day.isoformat() for day in days],
        "polling_text": format_days(days, language),
        "rapporteurs": [_public_member(row) for row in rapporteurs],
        "authentic_language": report.authentic_language,
        "adopted_on": report.adopted_on.isoformat() if report.adopted_on else "",
        "recommendation_number": report.recommendation_number,
        "resolution_number": report.resolution_number,
        "missions": [
            {
                "reference": mission.reference,
                "format": mission.format,
                "first_day": mission.first_day.isoformat() if mission.first_day else "",
                "last_day": mission.last_day.isoformat() if mission.last_day else "",
                **facts.size(rows),
            }
            for mission, rows in delegations
        ],
    }


def _public_member(row: dict[str, str]) -> dict[str, str]:
    kept = ("name", "role", "role_code", "country", "country_code", "chamber", "group", "group_name", "organisation")
    langs = {name: row[name] for name in ("role_lang", "group_name_lang") if name in row}
    return {name: row[name] for name in kept} | langs | {"place": facts.place_of(row)}


def _section(report: Report, code: str, texts: Texts) -> list[dict[str, Any]]:
    rows = list(ReportParagraph.objects.filter(section__report=report, section__code=code).order_by("position", "pk"))
    found = translations.texts_of_many(rows, "text")
    return [texts.item(row, found[row.uuid], f"{code} {number}") | {"uuid": str(row.uuid)} for number, row in enumerate(rows, start=1)]


def _memorandum(report: Report, language: str, texts: Texts) -> list[dict[str, Any]]:
    """Chapters in their order, with paragraphs numbered through; empty chapters are left out."""
    rows = list(
        ReportParagraph.objects.filter(section__report=report)
        .exclude(section__code=SectionCode.SUMMARY)
        .select_related("section")
        .order_by("section__position", "position", "pk")
    )
    found = translations.texts_of_many(rows, "text")
    chapters: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(rows, start=1):
        code = row.section.code
        if code not in chapters:
            title = section_title(code, language)
            named = {"title": title, **marks("title_lang", title)}
            chapters[code] = {"code": code, "number": str(len(chapters) + 1), **named, "paragraphs": []}
        item = texts.item(row, found[row.uuid], f"paragraph {number}")
        chapters[code]["paragraphs"].append({"number": str(number), **item, "uuid": str(row.uuid)})
    return list(chapters.values())
