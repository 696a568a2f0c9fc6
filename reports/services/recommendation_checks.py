"""Checks on a recommendation (report-structure 6, "Rules for good recommendations").

One action per item; names an addressee; cites a standard; rests on a finding; names no person; wording in EN and FR
before the session. Each returns what is missing, so that all is told at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from core import translations
from core.errors import Missing
from missions.models import Mission
from reports.models import Recommendation

SESSION_LANGUAGES = ("en", "fr")

_HONORIFIC = re.compile(
    r"(?<!\w)(?:Mr|Mrs|Ms|Miss|Dr|Mme|Mlle|M\.|MM\.|Herrn?|Frau|Sir|Lady)\.?\s+(?:[A-ZÀ-Þ]\.\s*)*[A-ZÀ-Þ][\w’'-]+(?:\s+[A-ZÀ-Þ][\w’'-]+)*",
    re.UNICODE,
)
_SECOND_ACTION = re.compile(
    r"(;\s*\S)|(\.\s+[A-ZÀ-Þ])|(\band to\b)|(\bas well as to\b)|(\bet de\b)|(\bainsi que de\b)|(\bund zu\b)", re.UNICODE
)


def missing_for_committee(recommendation: Recommendation) -> list[Missing]:
    """What stands between the recommendation and the committee."""
    url = recommendation.get_absolute_url()
    texts = translations.texts(recommendation, "text")
    authentic = texts.get(recommendation.authentic_language)
    label = recommendation.label
    missing = []
    if authentic is None or not authentic.text:
        missing.append(Missing("text", _("%(label)s has no text.") % {"label": label}, url))
    elif has_several_actions(authentic.text) and not recommendation.one_action_confirmed:
        missing.append(
            Missing(
                "one_action",
                _("%(label)s seems to ask for more than one action: split it, or confirm that it is one.") % {"label": label},
                url,
            )
        )
    if not recommendation.addressees.exists():
        missing.append(Missing("addressee", _("%(label)s names no addressee.") % {"label": label}, url))
    if not recommendation.citations.exists():
        missing.append(Missing("standard", _("%(label)s cites no standard.") % {"label": label}, url))
    if not recommendation.findings.agreed().exists():
        missing.append(Missing("finding", _("%(label)s rests on no agreed finding.") % {"label": label}, url))
    mission = recommendation.mission
    for name in sorted({name for row in texts.values() for name in named_persons(row.text, mission)}) if mission else []:
        missing.append(Missing("person_named", _("%(label)s names a person (%(name)s).") % {"label": label, "name": name}, url))
    return missing


def missing_for_session(recommendation: Recommendation) -> list[Missing]:
    """What stands between the recommendation and the session: the committee's list, and wording in EN and FR."""
    missing = missing_for_committee(recommendation)
    texts = translations.texts(recommendation, "text")
    for language in SESSION_LANGUAGES:
        row = texts.get(language)
        if row is None or not row.text:
            sentence = _("%(label)s has no wording in %(language)s.") % {"label": recommendation.label, "language": language.upper()}
            missing.append(Missing(f"text_{language}", sentence, recommendation.get_absolute_url()))
    return missing


def missing_of_all(recommendations: Iterable[Recommendation], *, session: bool) -> list[Missing]:
    """The same for many."""
    ask = missing_for_session if session else missing_for_committee
    return [one for recommendation in recommendations for one in ask(recommendation)]


def has_several_actions(text: str) -> bool:
    """Does the text seem to ask for more than one act? A reader decides; this only asks."""
    return bool(_SECOND_ACTION.search(text.strip().rstrip(".;")))


def named_persons(text: str, mission: Mission | None) -> list[str]:
    """Persons named in the text: a form of address with a name, or somebody of the mission, if there is one, by full name."""
    found = [match.group(0).strip() for match in _HONORIFIC.finditer(text)]
    folded = text.casefold()
    for assignment in mission.assignments.select_related("person") if mission is not None else []:
        name = assignment.person.name
        if name and name.casefold() in folded:
            found.append(name)
    return found


def tracker_url(recommendation: Recommendation, language: str) -> str:
    """The stable public address of the recommendation."""
    return reverse("reports:public_recommendation", args=[language, recommendation.uuid])
