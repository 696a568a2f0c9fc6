"""What a version of a mission's smaller text says in one language: plain data, frozen before anything is drawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core import clock
from core.dates import format_date
from core.enums import Language, TextState
from core.models import Translation
from reports.documents.mission_text import compose
from reports.documents.mission_text.build import parse
from reports.documents.report import facts
from reports.documents.wording import INSTITUTIONS, MEMBERS, UNCHECKED_LANGUAGES, name_of, say, spoken, tongue
from reports.enums import MissionTextKind
from reports.models import MissionText, MissionTextVersion
from reports.services import fixed_words
from reports.services.figures import Snapshot, fill_tokens
from reports.services.reports import format_days

SCHEMA = "scrutin.text/1"
FIELDS = ("title", "body")
WITH_MEMBERS = frozenset({MissionTextKind.ANNOUNCEMENT})
WITH_EVENT = frozenset({MissionTextKind.MEDIA_ADVISORY, MissionTextKind.SPEAKING_NOTES})


def gather(
    text: MissionText,
    language: str,
    *,
    rows: dict[str, dict[str, Translation]],
    figures: Snapshot,
    embargo_until: datetime | None = None,
    corrects: MissionTextVersion | None = None,
) -> tuple[dict[str, Any], list[str]]:
    """The content in `language`, and the places that nobody has checked in it. rows: the texts of `FIELDS`, by language.

    A language of the host country carries what people wrote in it, and the fixed words that the secretariat has translated: they are
    frozen with it. A line that is not translated is said in English (`langs`); a table whose words are not all there is left out.
    """
    fixed = None if language in Language.values else fixed_words.frozen(language, fixed_words.TEXT_KEYS)
    with spoken(language, fixed["sentences"] if fixed else {}):
        content, unchecked = _gather(text, language, rows=rows, figures=figures, embargo_until=embargo_until, corrects=corrects)
    if fixed:
        lines = {"kind_text": (text.kind,), "embargo_text": ("embargo_line",), "correction_text": ("text_corrected",)}
        with spoken(language, fixed["sentences"]):
            content["langs"] = {name: "en" for name, keys in lines.items() if tongue(language, *keys) == "en"}
        content["fixed"] = fixed
    return content, unchecked


def _gather(
    text: MissionText,
    language: str,
    *,
    rows: dict[str, dict[str, Translation]],
    figures: Snapshot,
    embargo_until: datetime | None,
    corrects: MissionTextVersion | None,
) -> tuple[dict[str, Any], list[str]]:
    mission = text.mission
    days = sorted(day.day for day in mission.polling_days.all())
    words = {name: fill_tokens(rows[name][language].text, figures, language) if language in rows[name] else "" for name in FIELDS}
    unchecked = [
        name
        for name in FIELDS
        if language != text.authentic_language and language in rows[name] and rows[name][language].state != TextState.CHECKED
    ]
    if language in UNCHECKED_LANGUAGES:
        unchecked.append("fixed sentences")
    advisory = text.kind == MissionTextKind.MEDIA_ADVISORY
    content = {
        "schema": SCHEMA,
        "language": language,
        "kind": text.kind,
        "kind_text": say(text.kind, language),
        "mission": mission.reference,
        "country": {"code": mission.country.code, "name": name_of(mission.country, language)},
        "title": words["title"],
        "body": parse(words["body"]),
        "polling_days": [day.isoformat() for day in days],
        "polling_text": format_days(days, language),
        "date_text": facts.day_text(_strasbourg(embargo_until or clock.now()).date(), language),
        "embargo_text": _embargo(embargo_until, language),
        "correction_text": _correction(text, corrects, language),
        "event": _event(text, words["title"], language) if text.kind in WITH_EVENT else None,
        "members": compose.members(mission, language) if text.kind in WITH_MEMBERS and tongue(language, *MEMBERS) == language else [],
        "institutions": compose.institutions(mission, language) if advisory and tongue(language, *INSTITUTIONS) == language else [],
        "contact": text.contact.strip(),
    }
    return content, unchecked


def _strasbourg(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(clock.STRASBOURG))


def _embargo(until: datetime | None, language: str) -> str:
    if until is None or until <= clock.now():
        return ""
    local, said = _strasbourg(until), tongue(language, "embargo_line")
    return say("embargo_line", said, day=facts.day_text(local.date(), said), time=f"{local:%H:%M}")


def _correction(text: MissionText, corrects: MissionTextVersion | None, language: str) -> str:
    if corrects is None:
        return ""
    return say("text_corrected", language, number=corrects.number + 1, old=corrects.number, note=text.correction_note)


def _event(text: MissionText, title: str, language: str) -> dict[str, str]:
    """What, who, when, where: for the press conference, or the session. Local wall time, as the place has it."""
    when = ""
    if text.held_on and text.held_at:
        pattern = "EEEE, d. MMMM y" if language == "de" else "EEEE d MMMM y"
        day = format_date(text.held_on, pattern, locale=language)
        time = f"{text.held_at:%H:%M}"
        # the day alone is CLDR's in every language; "(local time)" around it is a sentence of ours
        translated = tongue(language, "text_when_value") == language
        when = say("text_when_value", language, day=day, time=time) if translated else f"{day}, {time}"
    elif text.held_on:
        when = facts.day_text(text.held_on, language)
    who = "; ".join(f"{row['name']}, {row['place']}" if row["place"] else row["name"] for row in _speakers(text, language))
    # an advisory says what it invites to; that speaking notes are speaking notes stands above them
    what = title if text.kind == MissionTextKind.MEDIA_ADVISORY else ""
    return {"what": what, "who": who, "when": when, "where": text.place}


def _speakers(text: MissionText, language: str) -> list[dict[str, str]]:
    """Who speaks: the head at the press conference, the rapporteurs in the session."""
    rows = facts.delegation(text.mission, language)
    if text.kind == MissionTextKind.MEDIA_ADVISORY:
        chosen = [row for row in rows if row["role_code"] == "head"]
    else:
        chosen = [row for row in rows if row["is_rapporteur"]]
    return [{"name": row["name"], "place": facts.place_of(row)} for row in chosen if row["name"]]
