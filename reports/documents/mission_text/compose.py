"""The first wording of a mission's smaller texts, from its facts; people edit it from there.

Announcement and media advisory name members, never staff or partners' people (report-structure 7); meetings by kind only.
What is composed of findings and calls is what may be printed: nothing that only the secretariat reads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation

from core import translations
from missions.enums import MEMBER_ROLES, MeetingKind, MeetingState
from missions.models import Meeting, Mission
from missions.models.country import localised
from observers.models import Team
from reports.documents.report import facts
from reports.documents.wording import ENDS, count_of, is_one, not_translated, of_country, say, semicolon
from reports.enums import FindingKind, MissionTextKind
from reports.models import Finding, Publication, Recommendation, Report
from reports.references import format_adopted
from reports.services.figures import Snapshot
from reports.services.reports import format_days

WELCOMES = (FindingKind.WELCOME, FindingKind.GOOD_PRACTICE)
CONCERNS = (FindingKind.CONCERN, FindingKind.CALL)
SPOKEN = 5
"""So many findings of each kind are spoken of: the heaviest."""


@dataclass
class Source:
    """What the texts are composed of, read once for all languages."""

    mission: Mission
    report: Report | None
    event: Meeting | None
    figures: Snapshot
    findings: list[Finding]
    calls: list[Recommendation]


def source_of(mission: Mission, figures: Snapshot) -> Source:
    """Read the facts: report, press conference, figures, agreed findings that may be printed, calls."""
    conferences = mission.meetings.filter(kind=MeetingKind.PRESS_CONFERENCE).exclude(state=MeetingState.CANCELLED)
    return Source(
        mission=mission,
        report=Report.objects.for_mission(mission).live().order_by("pk").first(),
        event=conferences.order_by("starts_at").first(),
        figures=figures,
        findings=list(Finding.objects.for_mission(mission).agreed().printed().order_by("-seriousness", "number")),
        calls=list(Recommendation.objects.for_mission(mission).live().order_by("number").prefetch_related("adopted_texts")),
    )


def compose(kind: str, source: Source, language: str) -> tuple[str, str]:
    """Title and body in `language`. In a body a blank line parts paragraphs, `# ` is a heading, `- ` an entry of a list."""
    title, parts = _BUILDERS[MissionTextKind(kind)](source, language)
    return title, "\n\n".join(part for part in parts if part)


def _common(source: Source, language: str) -> dict[str, str]:
    days = sorted(day.day for day in source.mission.polling_days.all())
    return {"title": localised(source.mission, "title", language), "days": format_days(days, language)}


def _announcement(source: Source, language: str) -> tuple[str, list[str]]:
    mission, common = source.mission, _common(source, language)
    authority = facts.invitation(mission)
    teams = Team.objects.filter(mission=mission).count()
    parts = [
        say("text_invited" if authority else "text_invited_plain", language, authority=authority, **common),
        " ".join(part for part in (_size(mission, language), _led(mission, language), _stay(mission, language)) if part),
        say("text_teams", language, teams=count_of("teams", teams, language)) if teams else "",
    ]
    kinds = _kinds_of_meetings(mission, language)
    if kinds:
        parts += [f"# {say('text_meetings', language)}", "\n".join(f"- {kind}" for kind in kinds)]
    return say("text_announcement_title", language, **common), [*parts, _presentation(source, language)]


def _advisory(source: Source, language: str) -> tuple[str, list[str]]:
    common = _common(source, language)
    head = _head(source.mission, language)
    parts = [
        say("text_advisory", language, **common),
        say("text_speaker", language, head=head) if head else "",
        _size(source.mission, language),
    ]
    return say("text_advisory_title", language, title=common["title"]), parts


def _speaking(source: Source, language: str) -> tuple[str, list[str]]:
    common, figures = _common(source, language), source.figures
    parts = [say("text_speaking_opening", language, **common), _size(source.mission, language)]
    if figures["stations"]:
        key = "text_speaking_visited_one" if is_one(figures["teams"], language) else "text_speaking_visited"
        parts.append(say(key, language, **{name: count_of(name, figures[name], language) for name in ("teams", "stations")}))
    for key, kinds in (("statement_positive", WELCOMES), ("statement_concern", CONCERNS)):
        rows = [row for row in source.findings if row.kind in kinds][:SPOKEN]
        if rows:
            parts += [f"# {say(key, language)}", _entries(rows, "statement", language)]
    adopted = bool(source.report and source.report.adopted_on)
    if source.calls:
        key = "text_speaking_adopted" if adopted else "text_speaking_asks"
        parts += [
            f"# {say('statement_call', language)}",
            say(key, language, count=count_of("actions", len(source.calls), language)),
            _calls(source.calls, language),
        ]
    parts.append(say("text_speaking_thanks", language))
    if source.calls and not adopted:
        parts.append(say("text_speaking_vote", language))
    return say("text_speaking_title", language, **common), parts


def _press(source: Source, language: str) -> tuple[str, list[str]]:
    report, common = source.report, _common(source, language)
    assert report is not None, "asked for by services.mission_texts"
    number = format_adopted(report.recommendation_number, language) if report.recommendation_number else report.number
    rapporteurs = [row["name"] for row in facts.delegation(source.mission, language) if row["is_rapporteur"] and row["name"]]
    lead = {"day": facts.day_text(report.adopted_on, language), "number": number, **common}
    key = "text_press_lead" if rapporteurs else "text_press_lead_plain"
    parts = [say(key, language, rapporteur=", ".join(rapporteurs), **lead)]
    if source.figures["stations"]:
        size = facts.size(facts.delegation(source.mission, language))
        counted = {name: count_of(name, n, language) for name, n in {**size, "stations": source.figures["stations"]}.items()}
        parts.append(say("text_press_observed", language, **counted))
    calls = [row for row in source.calls if row.is_adopted]
    if calls:
        asked = say("text_press_calls", language, country=of_country(report.country, language))
        parts += [asked, _calls(calls, language), say("letter_dialogue", language)]
    welcomes = [row for row in source.findings if row.kind in WELCOMES and row.access == "public"][:SPOKEN]
    if welcomes:
        parts += [say("text_press_welcomes", language), _entries(welcomes, "statement", language)]
    out = Publication.objects.current().filter(report=report).first()
    if out:
        parts.append(say("text_press_url", language, url=settings.SCRUTIN_URL + out.public_url(language)))
    return say("text_press_title", language, number=number, title=common["title"]), parts


_BUILDERS: dict[str, Callable[[Source, str], tuple[str, list[str]]]] = {
    MissionTextKind.ANNOUNCEMENT: _announcement,
    MissionTextKind.MEDIA_ADVISORY: _advisory,
    MissionTextKind.SPEAKING_NOTES: _speaking,
    MissionTextKind.PRESS_RELEASE: _press,
}


def _size(mission: Mission, language: str) -> str:
    size = facts.size(facts.delegation(mission, language))
    if not size["members"]:
        return ""
    return say("text_size", language, **{name: count_of(name, n, language) for name, n in size.items()})


def _head(mission: Mission, language: str) -> str:
    row = next((row for row in facts.delegation(mission, language) if row["role_code"] == "head"), None)
    if row is None:
        return ""
    place = facts.place_of(row)
    return say("text_and_group", language, name=row["name"], place=place) if place else row["name"]


def _led(mission: Mission, language: str) -> str:
    head = _head(mission, language)
    return say("text_head", language, head=head) if head else ""


def _stay(mission: Mission, language: str) -> str:
    if not (mission.first_day and mission.last_day):
        return ""
    return say("text_stay", language, first=facts.day_text(mission.first_day, language), last=facts.day_text(mission.last_day, language))


def _kinds_of_meetings(mission: Mission, language: str) -> list[str]:
    """The kinds of interlocutors on the programme, in its order: whom it meets by name is not announced."""
    hidden = {*facts.UNNAMED_MEETINGS, MeetingKind.PRESS_CONFERENCE, MeetingKind.DEBRIEFING, MeetingKind.OTHER}
    rows = mission.meetings.exclude(state=MeetingState.CANCELLED).exclude(kind__in=hidden).order_by("starts_at")
    with translation.override(language):
        return [str(MeetingKind(kind).label) for kind in dict.fromkeys(rows.values_list("kind", flat=True))]


def _presentation(source: Source, language: str) -> str:
    if source.event is None or not source.event.place:
        return say("text_statement_later", language)
    return say(
        "text_statement_event",
        language,
        day=facts.day_text(source.event.start_day, language),
        time=f"{source.event.start_time:%H:%M}",
        place=source.event.place,
    )


def _entries(rows: list[Any], field: str, language: str) -> str:
    """The rows' texts as a list; one that has no wording in `language` says so."""
    texts = translations.texts_of_many(rows, field)
    lines = []
    for row in rows:
        own = texts[row.uuid].get(language)
        if own and own.text:
            lines.append(own.text)
        else:
            original = translations.best_text(texts[row.uuid], row.authentic_language, row.authentic_language)
            lines.append(f"{not_translated(row.authentic_language, language)} {original}")
    return "\n".join(f"- {' '.join(line.split())}" for line in lines)


def _calls(rows: list[Recommendation], language: str) -> str:
    """The calls as a list: the adopted wording where there is one, else the draft."""
    if not all(row.is_adopted for row in rows):
        return _entries(rows, "text", language)
    lines = []
    for row in rows:
        wording = {text.language: text for text in row.adopted_texts.all()}
        own = wording.get(language)
        authentic = next(text for text in wording.values() if text.is_authentic)
        lines.append(own.text if own else f"{not_translated(authentic.language, language)} {authentic.text}")
    entries = [f"- {' '.join(line.split()).rstrip(ENDS)}" for line in lines]
    return f"{semicolon(language)}\n".join(entries) + "."


def members(mission: Mission, language: str) -> list[dict[str, str]]:
    """The members of the delegation and its experts by name: "Country (L, group)" and role. Staff and partners' people are not named."""
    named = {*MEMBER_ROLES, "expert"}
    rows = [row for row in facts.delegation(mission, language) if row["role_code"] in named and row["name"]]
    return [{"name": row["name"], "place": facts.place_of(row), "role": row["role"]} for row in rows]


def institutions(mission: Mission, language: str) -> list[dict[str, Any]]:
    """How many people each institution sends: the Congress, and the partners by organisation."""
    rows = facts.delegation(mission, language)
    own = sum(row["role_code"] in MEMBER_ROLES for row in rows)
    found = [{"name": say("inst_congress", language), "n": own}] if own else []
    partners = [row["organisation"] for row in rows if row["role_code"] == "partner" and row["organisation"]]
    return found + [{"name": name, "n": partners.count(name)} for name in sorted(set(partners))]
