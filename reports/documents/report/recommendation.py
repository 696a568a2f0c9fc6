"""The text of the recommendation: numbered paragraphs with lettered sub-paragraphs (report-structure 4).

1 refers to - 2 points out - 3 welcomes - 4 is concerned - 5 calls on the authorities (one action each) - 6 calls on the
Committee of Ministers and the Parliamentary Assembly. Paragraph 5 is always the fifth: "5.a" is the stable name of a call.
"""

from __future__ import annotations

import re
from typing import Any

from core import translations
from core.documents.words import joined
from missions.models import Mission, PastMission
from reports.citations import cite
from reports.documents.report import facts
from reports.documents.report.texts import Texts
from reports.documents.wording import ENDS, adopted_number, count_of, form_of, is_ours, marks, of_country, say, semicolon, the_country
from reports.enums import FindingKind
from reports.models import Finding, Recommendation, Report
from reports.services.recommendations import paragraph_number

CONCERNS = (FindingKind.CONCERN, FindingKind.CALL)
_NUMBERED = re.compile(r"(?:Recommendation|Resolution) \d+ \(\d{4}\)(?: REV)?")
WELCOMES = (FindingKind.WELCOME, FindingKind.GOOD_PRACTICE)


def build(report: Report, missions: list[Mission], language: str, texts: Texts, figures: dict[str, Any]) -> dict[str, Any]:
    """The recommendation as structured text."""
    country = the_country(report.country, language)
    findings = list(Finding.objects.filter(mission__in=missions).agreed().printed().order_by("mission", "number"))
    statements = translations.texts_of_many(findings, "statement")

    def listed(kinds: tuple[str, ...]) -> list[dict[str, Any]]:
        rows = [finding for finding in findings if finding.kind in kinds]
        return [
            texts.item(finding, statements[finding.uuid], f"finding {finding.label}") | {"finding": str(finding.uuid)} for finding in rows
        ]

    welcomes, concerns = listed(WELCOMES), listed(CONCERNS)
    paragraphs = [
        _paragraph(1, say("refers_to", language), _references(report, country, language)),
        _paragraph(2, say("points_out", language), _facts(missions, language, figures, texts)),
        _paragraph(3, say("welcomes" if welcomes else "welcomes_none", language), welcomes),
        _paragraph(4, say("concerned" if concerns else "concerned_none", language), concerns),
        _paragraph(5, say("calls", language, country=of_country(report.country, language)), _calls(report, language, texts)),
        _paragraph(6, say("takes_account", language, country=country), []),
    ]
    number = adopted_number(report.recommendation_number, language) if report.recommendation_number else ""
    return {
        "number": number,
        **marks("number_lang", number),
        "title": texts.title,
        "paragraphs": paragraphs,
    }


def _paragraph(number: int, text: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    for position, item in enumerate(items):
        item["letter"] = paragraph_number(position).split(".")[1]
    return {"number": str(number), "text": text, **marks("text_lang", text), "items": items}


def _references(report: Report, country: str, language: str) -> list[dict[str, Any]]:
    items = [say("ref_statute", language), say("ref_charter", language), say("ref_rules", language)]
    earlier = [adopted_number(text, language) for text in earlier_texts(report)]
    if earlier:
        items.append(say("ref_earlier", language, country=country, texts=joined(earlier, ", ")))
    items.append(say("ref_memorandum", language))
    return [_fixed(text) for text in items]


def earlier_texts(report: Report) -> list[str]:
    """Adopted texts on earlier missions to the country: from before Scrutin and from its own reports, oldest first.

    Of the past missions only texts with a number, in rows that were read in their source: a remark such as "number not
    found" is for the register, not for an adopted text.
    """
    past = PastMission.objects.filter(country=report.country, status="verified").order_by("year").values_list("adopted_text", flat=True)
    own = (
        Report.objects.filter(country=report.country, adopted_on__isnull=False)
        .exclude(pk=report.pk)
        .exclude(recommendation_number="")
        .order_by("adopted_on")
        .values_list("recommendation_number", flat=True)
    )
    found = [number for text in past for number in _NUMBERED.findall(text)]
    found += [part.strip() for text in own for part in text.split(";") if part.strip()]
    return list(dict.fromkeys(found))


def _facts(missions: list[Mission], language: str, figures: dict[str, Any], texts: Texts) -> list[dict[str, Any]]:
    items = []
    for mission in missions:
        authority, title = facts.invitation(mission), texts.mission_title(mission)
        key = "fact_invited" if authority else "fact_invited_plain"
        items.append(say(key, language, authority=authority, title=title))
        if mission.first_day and mission.last_day:
            days = {"first": facts.day_text(mission.first_day, language), "last": facts.day_text(mission.last_day, language)}
            items.append(say("fact_mission", language, **days))
    if figures["stations"]:
        key = form_of("fact_stations", figures["teams"], language)
        counted = {name: count_of(name, figures[name], language) for name in ("teams", "stations")}
        items.append(say(key, language, **counted))
    items.append(say("fact_thanks", language))
    return [_fixed(text) for text in items]


def _fixed(text: str) -> dict[str, Any]:
    """A fixed sentence as an item; `said_in` where it stands in English for lack of a translation."""
    return {"text": text, **marks("said_in", text)}


def _calls(report: Report, language: str, texts: Texts) -> list[dict[str, Any]]:
    rows = list(
        Recommendation.objects.filter(report=report)
        .live()
        .order_by("number")
        .prefetch_related("adopted_texts", "citations__standard", "addressees")
    )
    drafts = translations.texts_of_many(rows, "text")
    items = []
    for position, row in enumerate(rows, start=1):
        adopted = {text.language: text for text in row.adopted_texts.all()}
        item = texts.adopted(row, adopted, row.paragraph) if adopted else texts.item(row, drafts[row.uuid], f"recommendation {row.label}")
        item["text"] = item["text"].rstrip(ENDS) + ("." if position == len(rows) else semicolon(item.get("lang") or language))
        item |= {
            "uuid": str(row.uuid),
            "addressees": [one.addressee for one in row.addressees.all()],
            "standards": [_standard(one.standard, language) for one in row.citations.all()],
            "priority": row.priority,
            "action_type": row.action_type,
        }
        items.append(item)
    return items


def _standard(standard: Any, language: str) -> dict[str, Any]:
    return {
        "code": standard.code,
        "instrument": standard.instrument,
        "provision": standard.provision,
        "citation": cite(standard.instrument, standard.provision, language),
        "title": standard.title_in(language),
        **({} if is_ours(language) else {"title_lang": "en"}),
        "checked": standard.checked,
    }
