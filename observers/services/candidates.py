"""Who could go: every member of the Congress on the mission's days, as the composition takes them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from accounts.models import Person, folded
from missions.enums import MEMBER_ROLES, SEATED_ASSIGNMENTS
from missions.models import Assignment, Mission
from observers.composition.candidates import Candidate, Question, Weights
from observers.enums import InterestAnswer
from observers.membership.dates import add_months
from observers.membership.eligibility import Calendar, Standing, judge_observer, span_end
from observers.models import AvailableSpan, Interest, Membership, Nomination, ObserverProfile
from observers.services.eligibility import mission_days, practice
from observers.services.standing import load_calendar, load_standings

DEFAULT_SIZE = 12


def candidates_for(mission: Mission, *, only: Iterable[int] | None = None) -> list[Candidate]:
    """Everybody with a membership that has begun by the mission's first day, barred ones too with the reason. Twelve queries at any number.

    In `reading_order`.
    Somebody whose last membership ended more than a year before is left out. `only`: these persons (primary keys).
    """
    first, last = mission_days(mission)
    calendar = load_calendar()
    rows = Membership.objects.filter(starts_on__lte=last).exclude(ends_on__lt=add_months(first, -12))
    if only is not None:
        rows = rows.filter(person__in=list(only))
    rows = rows.exclude(
        member_list__in=[name for name, may in (("youth", "youth_may"), ("honorary", "honorary_may")) if not practice()[may]]
    )
    newest: dict[int, Membership] = {}
    for row in rows.select_related("country", "group", "person").order_by("starts_on", "pk"):
        newest[row.person_id] = row
    standings = load_standings(newest)
    said = _said(mission, first, last)
    nominated = dict(Nomination.objects.filter(mission=mission, withdrawn_at__isnull=True).values_list("person_id", "group__code"))
    served, recent = _service(mission, first)
    return [
        _candidate(row, standings[pk], calendar, mission, first, last, said[pk], nominated.get(pk, ""), served[pk], recent[pk])
        for pk, row in sorted(newest.items(), key=lambda item: (*reading_order(item[1]), item[0]))
    ]


def reading_order(row: Membership) -> tuple[str, str, str]:
    """As a reader looks people up: by the name of the state in the language in use, then by surname and given name, accents apart."""
    return folded(row.country.name), folded(row.person.family_name), folded(row.person.given_name)


def question_for(
    mission: Mission,
    *,
    size: int = DEFAULT_SIZE,
    locked_in: Iterable[str] = (),
    locked_out: Iterable[str] = (),
    weights: Weights | None = None,
    seed: int = 1,
) -> Question:
    """The question with the group shares of the Congress on the mission's first day."""
    first, _last = mission_days(mission)
    return Question(
        size=size,
        observed_country=mission.country.code,
        observed_languages=frozenset(mission.country.languages),
        group_members=group_members_on(first),
        locked_in=frozenset(str(u) for u in locked_in),
        locked_out=frozenset(str(u) for u in locked_out),
        weights=weights or Weights(),
        seed=seed,
    )


def group_members_on(day: date) -> dict[str, int]:
    """Members by political group on a day, representatives and substitutes alike (C2); `NR` counts those without a group.

    Open memberships whose term a renewal session has ended by then are left out (R8).
    """
    calendar = load_calendar()
    past = [renewal for renewal in calendar.renewals if renewal < day]
    rows = Membership.objects.on(day).seated()
    if past:
        rows = rows.filter(starts_on__gte=max(past)) | rows.filter(extended_until__gte=day)
    return dict(sorted(Counter(code or "NR" for code in rows.values_list("group__code", flat=True)).items()))


def _said(mission: Mission, first: date, last: date) -> dict[int, tuple[str, str]]:
    """Answer and note by person: what they said of this mission, else what they said of its days on their own page.

    Of several spans across the days the least counts; "available" counts where it covers them all.
    """
    said: dict[int, tuple[str, str]] = defaultdict(lambda: ("", ""))
    least = list(reversed(InterestAnswer.values))
    spans = AvailableSpan.objects.filter(first_on__lte=last, last_on__gte=first)
    for span in sorted(spans, key=lambda span: least.index(span.answer)):
        if span.answer != InterestAnswer.YES or (span.first_on <= first and span.last_on >= last):
            said.setdefault(span.person_id, (span.answer, span.note))
    said |= {row.person_id: (row.answer, row.note) for row in Interest.objects.filter(mission=mission)}
    return said


def _service(mission: Mission, first: date) -> tuple[Counter[int], Counter[int]]:
    """Missions served by person before this one: all, and those of the last twelve months (C13)."""
    served: Counter[int] = Counter()
    recent: Counter[int] = Counter()
    year_ago = add_months(first, -12)
    for person, count, last in ObserverProfile.objects.values_list("person_id", "missions_before", "last_mission_on"):
        served[person] += count
        if last and year_ago <= last < first:
            recent[person] += 1
    past = Assignment.objects.filter(state__in=SEATED_ASSIGNMENTS, role__in=MEMBER_ROLES, mission__first_day__lt=first).exclude(
        mission=mission
    )
    for person, day in past.values_list("person_id", "mission__first_day"):
        served[person] += 1
        if day is not None and day >= year_ago:
            recent[person] += 1
    return served, recent


def _candidate(
    row: Membership,
    standing: Standing,
    calendar: Calendar,
    mission: Mission,
    first: date,
    last: date,
    said: tuple[str, str],
    nominated_by: str,
    served: int,
    recent: int,
) -> Candidate:
    judged = judge_observer(standing, calendar, first=first, last=last, observed_country=mission.country.code, **practice())
    person: Person = row.person
    return Candidate(
        uuid=str(person.uuid),
        name=person.name,
        country=row.country.code,
        country_name=row.country.name,
        chamber=row.chamber,
        group=row.group_code,
        gender=person.gender,
        languages=frozenset(person.languages),
        missions=max(served, recent),
        recent=recent,
        answer=said[0],
        note=said[1],
        nominated_by=nominated_by,
        member_list=row.member_list,
        standing=judged.sentence if judged.outcome == "grace" else "",
        refused={part.rule: part.sentence for part in judged.parts if not part.is_ok},
    )


def term_end_of(row: Membership, calendar: Calendar, standing: Standing) -> date | None:
    """The last day of a membership as the rules see it now."""
    span = next((s for s in standing.memberships if s.starts_on == row.starts_on and s.country == row.country.code), None)
    return span_end(span, calendar)[0] if span else row.ends_on
