"""What a planner is told and may still do: too little time for the way, no interpreter, somebody outside their mandate or stay.

Overlaps are refused (`clashes`). Everything here is worked out for the whole programme in a constant number of queries.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from core.errors import Invalid, Missing
from core.languages import language_name
from missions import facts
from missions.enums import MEMBER_ROLES, AssignmentRole, MeetingKind
from missions.models import Assignment, Meeting, Mission
from missions.services.clashes import names_of
from missions.services.travel import Pair, minutes_between, pair_of
from missions.services.walltime import instant


@dataclass(frozen=True)
class Plan:
    """The standing meetings of a mission in their order, and who is in each."""

    mission: Mission
    meetings: list[Meeting]
    people: dict[int, list[Assignment]]

    def by_person(self) -> dict[int, list[Meeting]]:
        """The meetings of each person that take place somewhere, in their order; journeys fill the time between them."""
        found = defaultdict(list)
        for meeting in self.meetings:
            if meeting.place.strip() and meeting.kind != MeetingKind.TRAVEL:
                for row in self.people[meeting.pk]:
                    found[row.person_id].append(meeting)
        return found


def plan_of(mission: Mission) -> Plan:
    """Load the programme with its people."""
    meetings = list(
        mission.meetings.standing()
        .select_related("mission", "track")
        .prefetch_related("participants__assignment__person")
        .order_by("starts_at", "pk")
    )
    delegation = list(mission.assignments.seated().select_related("person"))
    tracks = {track.pk: [row for row in track.members.all() if row.is_live] for track in mission.tracks.prefetch_related("members__person")}

    def people_of(meeting: Meeting) -> list[Assignment]:
        rows = [row.assignment for row in meeting.participants.all() if row.assignment is not None and row.assignment.is_live]
        if meeting.is_for_all:
            members = tracks.get(meeting.track_id or 0, [])
            rows += members if meeting.track_id and (members or len(tracks) > 1) else delegation
        return list({row.person_id: row for row in rows}.values())

    return Plan(mission, meetings, {meeting.pk: people_of(meeting) for meeting in meetings})


def cautions_of(mission: Mission, *, only: Meeting | None = None) -> list[Missing]:
    """Everything a planner is told about the programme, or about one of its meetings."""
    plan = plan_of(mission)
    found = [
        *_at_no_hour(plan),
        *_at_once(plan),
        *_on_the_way(plan),
        *_not_understood(plan),
        *_outside_mandate(plan),
        *_outside_stay(plan),
        *_outside_visits(plan),
    ]
    return [caution for meetings, caution in found if only is None or only.pk in {row.pk for row in meetings}]


def ways_needed(mission: Mission) -> dict[Pair, tuple[str, str]]:
    """The ways that somebody goes between two meetings that follow each other, with the places as they are written."""
    return {
        pair_of(first.place, second.place): (first.place, second.place)
        for meetings in plan_of(mission).by_person().values()
        for first, second in pairwise(meetings)
        if _is_apart(first, second)
    }


Found = list[tuple[tuple[Meeting, ...], Missing]]


def _at_no_hour(plan: Plan) -> Found:
    """Meetings that cannot be since new rules for the clocks came, above all in an hour that is skipped: they need another time."""
    found: Found = []
    for meeting in plan.meetings:
        try:
            starts = instant(meeting.start_day, meeting.start_time, meeting.zone, fold=meeting.start_fold)
            if instant(meeting.end_day, meeting.end_time, meeting.zone, fold=meeting.end_fold) <= starts:
                raise Invalid(_("The meeting ends before it starts."))
        except Invalid as refusal:
            sentence = _("“%(meeting)s”: %(why)s") % {"meeting": meeting.title, "why": refusal.sentence}
            found.append(((meeting,), Missing("skipped_hour", sentence, meeting.get_absolute_url())))
    return found


def _at_once(plan: Plan) -> Found:
    """Two meetings at once for somebody who joined the delegation or a track after they were planned."""
    found: Found = []
    sentence = _("%(who)s: “%(first)s” and “%(second)s” are at the same time.")
    for number, first in enumerate(plan.meetings):
        there = {row.person_id for row in plan.people[first.pk]}
        for second in plan.meetings[number + 1 :]:
            if second.starts_at >= first.ends_at:
                break
            both = [row.person.name for row in plan.people[second.pk] if row.person_id in there]
            if both:
                values = {"who": names_of(both), "first": first.title, "second": second.title}
                found.append(((first, second), Missing("overlap", sentence % values, second.get_absolute_url())))
    return found


def _on_the_way(plan: Plan) -> Found:
    ways, short = minutes_between(plan.mission), defaultdict(list)
    names = {row.person_id: row.person.name for rows in plan.people.values() for row in rows}
    for person, meetings in plan.by_person().items():
        for first, second in pairwise(meetings):
            minutes = ways.get(pair_of(first.place, second.place), 0) if _is_apart(first, second) else 0
            if timedelta(0) <= second.starts_at - first.ends_at < timedelta(minutes=minutes):
                short[first, second, minutes].append(names[person])
    sentence = _(
        "%(who)s: “%(first)s” (%(place)s) ends at %(end)s, “%(second)s” (%(other)s) begins at %(start)s; the way takes %(minutes)s minutes."
    )
    return [
        (
            (first, second),
            Missing(
                "travel_time",
                sentence
                % {
                    "who": names_of(who),
                    "first": first.title,
                    "place": first.place,
                    "end": first.end_time.strftime("%H:%M"),
                    "second": second.title,
                    "other": second.place,
                    "start": second.start_time.strftime("%H:%M"),
                    "minutes": minutes,
                },
                second.get_absolute_url(),
            ),
        )
        for (first, second, minutes), who in short.items()
    ]


def _not_understood(plan: Plan) -> Found:
    found: Found = []
    for meeting in plan.meetings:
        spoken, rows = {str(code).lower() for code in meeting.languages}, plan.people[meeting.pk]
        bridges = [known for row in rows if row.role == AssignmentRole.INTERPRETER and (known := languages_of(row)) & spoken]
        lost = [
            row.person.name
            for row in rows
            if spoken
            and row.role not in {AssignmentRole.INTERPRETER, AssignmentRole.DRIVER}
            and not languages_of(row) & spoken
            and not any(known & languages_of(row) for known in bridges)
        ]
        if lost:
            values = {"meeting": meeting.title, "languages": _languages(spoken), "who": names_of(lost)}
            sentence = _("“%(meeting)s” is in %(languages)s: no interpreter is there for %(who)s.") % values
            found.append(((meeting,), Missing("interpreter", sentence, meeting.get_absolute_url())))
    return found


def _outside_mandate(plan: Plan) -> Found:
    members = {meeting.pk: [row for row in plan.people[meeting.pk] if row.role in MEMBER_ROLES] for meeting in plan.meetings}
    wanted = {(row.person_id, meeting.start_day) for meeting in plan.meetings for row in members[meeting.pk]}
    outside = facts.ask("outside_membership", wanted, default=set()) if wanted else set()
    sentence = _("%(who)s: no membership of the Congress on %(day)s, the day of “%(meeting)s”.")
    return _per_meeting(
        plan, "mandate", sentence, lambda meeting: [row for row in members[meeting.pk] if (row.person_id, meeting.start_day) in outside]
    )


def _outside_stay(plan: Plan) -> Found:
    sentence = _("%(who)s: not there on %(day)s, the day of “%(meeting)s”; arrival and departure say so.")
    return _per_meeting(plan, "stay", sentence, lambda meeting: [row for row in plan.people[meeting.pk] if not _is_there(row, meeting)])


def _outside_visits(plan: Plan) -> Found:
    spans = [(visit.starts_on, visit.ends_on) for visit in plan.mission.visits.all()]
    days: dict[Any, list[Meeting]] = defaultdict(list)
    for meeting in plan.meetings:
        if spans and not any(first <= meeting.start_day <= last for first, last in spans):
            days[meeting.start_day].append(meeting)
    return [
        (
            tuple(rows),
            Missing(
                "outside_days", _("%(day)s is not a day of the mission.") % {"day": formats.date_format(day)}, rows[0].get_absolute_url()
            ),
        )
        for day, rows in days.items()
    ]


def _per_meeting(plan: Plan, code: str, sentence: str, who: Any) -> Found:
    found: Found = []
    for meeting in plan.meetings:
        rows = who(meeting)
        if rows:
            values = {
                "who": names_of([row.person.name for row in rows]),
                "day": formats.date_format(meeting.start_day),
                "meeting": meeting.title,
            }
            found.append(((meeting,), Missing(code, sentence % values, meeting.get_absolute_url())))
    return found


def languages_of(row: Assignment) -> set[str]:
    """What somebody speaks: the languages noted for them and the one they are written to; of interpreters only those noted."""
    person, is_interpreter = row.person, row.role == AssignmentRole.INTERPRETER
    codes = person.languages if is_interpreter and person.languages else [*person.languages, person.language]
    return {str(code).lower() for code in codes}


def _languages(codes: set[str]) -> str:
    return ", ".join(sorted(language_name(code) for code in codes))


def _is_apart(first: Meeting, second: Meeting) -> bool:
    one, two = pair_of(first.place, second.place)
    return one != two


def _is_there(row: Assignment, meeting: Meeting) -> bool:
    return not (row.arrives_on and meeting.start_day < row.arrives_on) and not (row.leaves_on and meeting.end_day > row.leaves_on)
