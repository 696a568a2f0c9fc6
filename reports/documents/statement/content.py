"""What a statement says in one language: who we are, what we welcome, what concerns us, figures, what comes next."""

from __future__ import annotations

from typing import Any

from core import translations
from missions.models import Mission
from reports.documents.report import facts
from reports.documents.report.texts import Texts
from reports.documents.wording import UNCHECKED_LANGUAGES, marks, name_of, named, speaking
from reports.enums import FindingKind
from reports.models import Finding
from reports.services import fixed_words
from reports.services.figures import Snapshot

GROUPS = {
    "positive": (FindingKind.WELCOME, FindingKind.GOOD_PRACTICE),
    "concern": (FindingKind.CONCERN,),
    "call": (FindingKind.CALL,),
}


def gather(mission: Mission, findings: list[Finding], figures: Snapshot, language: str) -> tuple[dict[str, Any], list[str]]:
    """The content in `language`, and the places whose text nobody has checked in it; in a language of the host country with the fixed
    words that it is drawn with."""
    fixed = fixed_words.frozen_for(language, figures)
    with speaking({"fixed": fixed}, language):
        content, texts = _gather(mission, findings, figures, language)
    if fixed:
        content["fixed"] = fixed
        texts.without_words(fixed_words.missing_for(language, figures))
    return content, texts.unchecked


def _gather(mission: Mission, findings: list[Finding], figures: Snapshot, language: str) -> tuple[dict[str, Any], Texts]:
    texts = Texts(language, figures)
    statements = translations.texts_of_many(findings, "statement")
    groups: dict[str, list[dict[str, Any]]] = {}
    for name, kinds in GROUPS.items():
        rows = [finding for finding in findings if finding.kind in kinds]
        groups[name] = [_finding(row, texts.item(row, statements[row.uuid], row.label), language) for row in rows]
    content = {
        "language": language,
        "mission": mission.reference,
        "title": (title := texts.mission_title(mission)),
        **marks("title_lang", title),
        "country": name_of(mission.country, language),
        "polling_day": mission.polling_day.isoformat() if mission.polling_day else "",
        "polling_text": facts.day_text(mission.polling_day, language),
        "delegation": facts.size(facts.delegation(mission, language)),
        "groups": groups,
        "figures": figures,
    }
    if language in UNCHECKED_LANGUAGES:
        texts.unchecked.append("fixed sentences")
    return content, texts


def _finding(row: Finding, item: dict[str, Any], language: str) -> dict[str, Any]:
    return item | {
        "topic": named(f"topic.{row.topic.code}", row.topic, "title", language) if row.topic else "",
        "phase": row.phase,
        "seriousness": row.seriousness,
    }
