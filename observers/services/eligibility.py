"""R14 for persons and assignments: who may observe which mission, with the rule and the date (membership-rules R14)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from core import clock
from core.errors import Missing, NotNow
from missions.enums import MEMBER_ROLES
from missions.models import Assignment, Mission
from observers.enums import DeclarationKind
from observers.membership.eligibility import Calendar, Conflict, Standing, judge_code, judge_conflict, judge_day, judge_observer
from observers.membership.verdicts import Verdict
from observers.models import Declaration
from observers.services.interest_facts import facts_for, lapse_of
from observers.services.standing import load_calendar, load_standings

INVITE, CONFIRM, FIELD = "invite", "confirm", "field"


def youth_may_observe() -> bool:
    """The setting that lets youth delegates observe; off by default (observation-rules C14)."""
    return bool(settings.OBSERVERS_YOUTH_MAY_OBSERVE)


def practice() -> dict[str, Any]:
    """The practices of the house that the rules leave open (R15, C14), as `judge_observer` takes them."""
    return {
        "youth_may": youth_may_observe(),
        "honorary_may": bool(settings.OBSERVERS_HONORARY_MAY_OBSERVE),
        "grace_may": bool(settings.OBSERVERS_GRACE_MAY_OBSERVE),
    }


SHOWN = {"youth_may": True, "honorary_may": True}
"""How a membership is told where nobody is to be sent anywhere: every list counts."""


def mission_days(mission: Mission) -> tuple[date, date]:
    """The first and the last day of a mission; while they are open, from E-3 to the day after the last polling day.

    Raises NotNow where no day is known at all.
    """
    days = sorted(row.day for row in mission.polling_days.all())
    first = mission.first_day or (days[0] - timedelta(days=3) if days else None)
    last = mission.last_day or (days[-1] + timedelta(days=1) if days else None)
    if first is None or last is None:
        raise NotNow(_("The mission has neither days nor a polling day yet: enter them first."), code="mission_without_days")
    return first, last


def verdict(person: Any, mission: Mission, *, stage: str = INVITE, assignment: Assignment | None = None) -> Verdict:
    """R14 for one person. `stage`: invite asks R14.1-2, confirm R14.1-3, field R14.1-4 (DESIGN 3, "Guards")."""
    calendar = load_calendar()
    standing = load_standings([person.pk])[person.pk]
    if assignment is None:
        return _judge(standing, calendar, mission, stage, {}, {}, is_member=True)
    declared, facts = _declarations([assignment]).get(assignment.pk, {}), facts_for([assignment], mission)[assignment.pk]
    return _judge(standing, calendar, mission, stage, declared, facts, is_member=_is_member(assignment))


def verdicts(assignments: Iterable[Assignment], mission: Mission, *, stage: str) -> dict[int, Verdict]:
    """R14 for many assignments of one mission, by primary key. The number of queries does not grow with them."""
    rows = list(assignments)
    calendar, standings, declared = load_calendar(), load_standings([row.person_id for row in rows]), _declarations(rows)
    facts = facts_for(rows, mission)
    return {
        row.pk: _judge(
            standings[row.person_id], calendar, mission, stage, declared.get(row.pk, {}), facts[row.pk], is_member=_is_member(row)
        )
        for row in rows
    }


def refuse_unless_eligible(assignment: Assignment, *, stage: str) -> Verdict:
    """The guard: raises NotNow with every rule and date that stands in the way; else the verdict."""
    answer = verdict(assignment.person, assignment.mission, stage=stage, assignment=assignment)
    if not answer.is_ok:
        missing = [Missing(part.rule, part.sentence) for part in answer.parts if not part.is_ok]
        sentence = _("%(name)s cannot take part: %(reasons)s") % {"name": assignment.person.name, "reasons": answer.sentence}
        raise NotNow(sentence, code="not_eligible", missing=missing if len(missing) > 1 else ())
    return answer


def membership_on(person: Any, day: date | None = None) -> Verdict:
    """R14.1 for one day: is this person a member, and until when?"""
    return judge_day(load_standings([person.pk])[person.pk], load_calendar(), day or clock.today(), **SHOWN)


def _is_member(assignment: Assignment | None) -> bool:
    return assignment is None or assignment.role in MEMBER_ROLES


def _declarations(assignments: Iterable[Assignment]) -> dict[int, dict[str, Declaration]]:
    found: dict[int, dict[str, Declaration]] = {}
    rows = Declaration.objects.filter(assignment__in=[a.pk for a in assignments], is_current=True)
    for row in rows:
        found.setdefault(row.assignment_id, {})[row.kind] = row
    return found


def _conflict(interest: Declaration | None, facts: dict[str, Any], stage: str, last: date) -> Conflict:
    """R14.3 as it stands: to be confirmed, a declaration must hold today; to go into the field, through the last day."""
    if interest is None:
        return Conflict()
    needed = max(clock.today(), last) if stage == FIELD else clock.today()
    return Conflict(True, interest.decision, lapse_of(interest, facts, needed_until=needed))


def _judge(
    standing: Standing,
    calendar: Calendar,
    mission: Mission,
    stage: str,
    declared: dict[str, Declaration],
    facts: dict[str, Any],
    *,
    is_member: bool,
) -> Verdict:
    first, last = mission_days(mission)
    conflict = _conflict(declared.get(DeclarationKind.INTEREST), facts, stage, last) if stage in {CONFIRM, FIELD} else None
    signed = (DeclarationKind.CODE in declared) if stage == FIELD else None
    if is_member:
        return judge_observer(
            standing,
            calendar,
            first=first,
            last=last,
            observed_country=mission.country.code,
            conflict=conflict,
            code_signed=signed,
            **practice(),
        )
    parts = tuple(
        part for part in (judge_conflict(conflict) if conflict else None, judge_code(signed) if signed is not None else None) if part
    )
    bad = [part for part in parts if not part.is_ok]
    if bad:
        return Verdict("R14", "refused", " ".join(part.sentence for part in bad), {}, {}, parts)
    return Verdict("R14", "allowed", _("Takes part without being a member of the Congress: membership is not asked."), {}, {}, parts)
