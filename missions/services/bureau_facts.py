"""What the register itself knows about criteria of the Bureau note (A6): facts with their numbers, put into words when they are read.

A fact is data (`{"code": "days_left", "days": 118, …}`), so that the sentence stands in the language of the page or document and
follows a polling day that moves. `basis_of` is what a note rests on when it is saved; `changes_since` says what is different now.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import clock
from core.enums import Language
from core.languages import reader_language
from missions import facts, history
from missions.documents.wording import day_in, yes_no
from missions.enums import Answer, Criterion, Lateness, MissionState
from missions.joining import family_of
from missions.models import Mission, PastMission, Request
from missions.services.intake import lateness_of_days

Fact = dict[str, Any]


@dataclass(frozen=True)
class FactChange:
    """One thing that is different since the note was saved: what, as it was, as it is."""

    label: str
    before: str
    now: str


def facts_of(request: Request) -> dict[str, Fact]:
    """The facts that the register has today, by criterion."""
    found: dict[str, Fact] = {}
    if request.letter_id:
        found[Criterion.WRITTEN_INVITATION.value] = {"code": "letter", "authority": request.authority_name}
    if request.first_day and request.received_on:
        found[Criterion.TIME_LEFT.value] = {"code": "days_left", "days": (request.first_day - request.received_on).days}
    last = _last_mission(request)
    if last:
        found[Criterion.LAST_MISSION.value] = last
    recommendations = open_recommendations_before(request)
    if recommendations is not None:
        found[Criterion.OPEN_RECOMMENDATIONS.value] = {"code": "open_recommendations", "n": len(recommendations)}
    others = [mission.reference for mission in overlapping_missions(request)]
    found[Criterion.OVERLAP.value] = {"code": "overlap", "missions": others}
    return found


def answer_of(fact: Fact) -> str:
    """The answer that a fact proposes."""
    tests: dict[str, Callable[[], bool]] = {
        "days_left": lambda: lateness_of_days(fact["days"]) not in {Lateness.URGENT, Lateness.LATE},
        "open_recommendations": lambda: fact["n"] > 0,
        "overlap": lambda: not fact["missions"],
    }
    test = tests.get(fact["code"])
    return (Answer.YES if test is None or test() else Answer.NO).value


def sentence_of(fact: Fact, language: str = "") -> str:
    """A fact in words, in `language` (by default the reader's); empty where there is nothing to say."""
    language = (language or get_language() or "en")[:2]
    with translation.override(language):
        match fact["code"]:
            case "letter":
                return fact["authority"]
            case "days_left":
                one, many = _("1 day from receipt to polling day."), _("%(days)s days from receipt to polling day.")
                return one if fact["days"] == 1 else many % {"days": fact["days"]}
            case "open_recommendations":
                one, many = _("1 recommendation of earlier missions is open."), _("%(n)s recommendations of earlier missions are open.")
                none = _("No recommendation of earlier missions is open.")
                return none if not fact["n"] else one if fact["n"] == 1 else many % {"n": fact["n"]}
            case "own_mission":
                return f"{fact['reference']}, {day_in(fact['day'], language)}"
            case "past_mission":
                mark = "" if fact["is_verified"] else f" ({_('not verified')})"
                colon = "\u00a0:" if language == "fr" else ":"
                return f"{fact['year']}{colon} {history.say(fact['election'], language).marked(language)}{mark}"
            case "overlap":
                return ", ".join(fact["missions"])
    raise LookupError(f"There is no fact of the code {fact['code']!r}.")


def suggested_criteria(request: Request) -> dict[str, dict[str, str]]:
    """Answers and comments that the register proposes, in the reader's language, for the coordinator to confirm."""
    return {code: {"answer": answer_of(fact), "comment": sentence_of(fact)} for code, fact in facts_of(request).items()}


def shown_criteria(request: Request, language: str = "") -> dict[str, dict[str, str]]:
    """The saved criteria as they read now: what the register proposed in `language` and of today, what a person wrote as written.

    Once the Bureau has decided, what the register proposed stays as it was when the note was saved.
    """
    basis = request.note_basis.get("facts", {})
    known = basis if basis and hasattr(request, "decision") else facts_of(request)
    shown = {}
    for code, entry in request.criteria.items():
        comment = entry.get("comment", "")
        fact = known.get(code)
        if fact and entry.get("is_suggested", _is_older_suggestion(comment, fact)):
            comment = sentence_of(fact, language)
        shown[code] = {"answer": entry.get("answer", ""), "comment": comment}
    return shown


def saved_comment(request: Request, code: str, language: str) -> str:
    """A comment as it was when the note was saved; asks nothing of the database, for long lists."""
    entry, fact = request.criteria.get(code, {}), request.note_basis.get("facts", {}).get(code)
    return sentence_of(fact, language) if fact and entry.get("is_suggested") else entry.get("comment", "")


def with_facts(request: Request, criteria: dict[str, dict[str, str]]) -> dict[str, dict[str, Any]]:
    """Criteria as they are kept: a comment that says what the register knows is no text of the coordinator's, in whatever language."""
    known = facts_of(request)
    kept: dict[str, dict[str, Any]] = {}
    for code, entry in criteria.items():
        comment = entry.get("comment", "").strip()
        said = {sentence_of(known[code], language) for language in Language.values} if code in known else set()
        is_suggested = comment in said
        kept[code] = {"answer": entry.get("answer", ""), "comment": "" if is_suggested else comment, "is_suggested": is_suggested}
    return kept


def basis_of(request: Request) -> dict[str, Any]:
    """What a note that is saved now rests on."""
    return {"at": clock.now().isoformat(), "polling_days": _polling_days(request), "facts": facts_of(request)}


def changes_since(request: Request) -> list[FactChange]:
    """What changed since the note was saved, in the reader's words; nothing where no note is saved or the Bureau has decided."""
    basis = request.note_basis
    if not basis or hasattr(request, "decision"):
        return []
    language = reader_language()
    days, before = _polling_days(request), basis["polling_days"]
    found = []
    if days != before:
        found.append(FactChange(_("Polling days"), *(", ".join(day_in(day, language) for day in row) or "–" for row in (before, days))))
    now = facts_of(request)
    for criterion in Criterion:
        was, fact = basis["facts"].get(criterion.value), now.get(criterion.value)
        if was != fact:
            found.append(FactChange(str(criterion.label), _told(was), _told(fact)))
    return found


def earlier_missions_of(request: Request) -> Any:
    """Missions to the request's country before it, but for its own and those that observe a further round of the same election with it.

    A mission whose polling day lies after the request's is no earlier one, also where the note is drawn again years later.
    """
    rows = Mission.objects.filter(country=request.country_id).exclude(pk__in=own_missions(request)).with_polling()
    if request.first_day:
        rows = rows.filter(first_polling__lt=request.first_day)
    return rows.order_by("-first_polling")


def open_recommendations_before(request: Request) -> list[dict[str, Any]] | None:
    """Open recommendations to the country; once the Bureau has decided, those adopted by that day. None where no app knows any."""
    rows = facts.ask("open_recommendations", request.country)
    if rows is None or not hasattr(request, "decision"):
        return rows
    return [row for row in rows if row["adopted_on"] and row["adopted_on"] <= request.decision.decided_on]


def own_missions(request: Request) -> list[int]:
    """Keys of the missions that this request is about: its own, and all that end in one report with it."""
    mine = Q(request=request)
    if request.election_id:  # another authority's request for the same election joins the mission that is there
        mine |= Q(election=request.election_id)
    keys: set[int] = set()
    for mission in Mission.objects.filter(mine).select_related("continues"):
        keys.update({mission.pk}, (row.pk for row in family_of(mission)))
    return sorted(keys)


def overlapping_missions(request: Request) -> list[Mission]:
    """Running missions whose days touch the default days of this request's mission, but for those of the same election."""
    first = request.first_day
    if first is None:
        return []
    rows = Mission.objects.running().exclude(pk__in=own_missions(request))
    return list(rows.filter(first_day__lte=first + timedelta(days=1), last_day__gte=first - timedelta(days=3)).order_by("reference"))


def _last_mission(request: Request) -> Fact | None:
    """The last mission to the country, from our own register or the history."""
    own = earlier_missions_of(request).filter(state=MissionState.CLOSED).first()
    if own and own.polling_day:
        return {"code": "own_mission", "reference": own.reference, "day": own.polling_day.isoformat()}
    past = PastMission.objects.filter(country=request.country_id).first()
    if past is None:
        return None
    return {"code": "past_mission", "year": past.year, "election": past.election, "is_verified": past.is_verified}


def _polling_days(request: Request) -> list[str]:
    if request.election is not None:
        return [day.isoformat() for day in request.election.polling_days.values_list("day", flat=True)]
    return sorted(date.fromisoformat(row["day"]).isoformat() for row in request.polling if row.get("day"))


def _told(fact: Fact | None) -> str:
    if fact is None:
        return "–"
    answer, sentence = str(yes_no(answer_of(fact))), sentence_of(fact)
    return _("%(answer)s: %(sentence)s") % {"answer": answer, "sentence": sentence} if answer and sentence else answer or sentence


def _is_older_suggestion(comment: str, fact: Fact) -> bool:
    """A note saved before facts were kept has the sentence of that day: the same words, perhaps other numbers."""
    return any(_masked(comment) == _masked(sentence_of(fact, language)) for language in Language.values)


def _masked(text: str) -> str:
    return re.sub(r"\d+", "#", text)
