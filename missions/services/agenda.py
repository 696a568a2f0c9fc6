"""The calendar across missions: visits, polling days, deadlines; who would be in two missions at once."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count

from accounts.rules import sees_all_missions
from core import clock
from missions.models import Assignment, Milestone, Mission, Visit

# The deadline that is the polling day itself: where both fall on one day, it is told once.
POLLING_RULE = "election_day"


@dataclass(frozen=True)
class Entry:
    """One thing on one day. kind: `polling`, `visit` or `deadline`."""

    kind: str
    label: str
    mission: Mission
    is_late: bool = False


@dataclass(frozen=True)
class Stay:
    """Somebody's days in one mission."""

    assignment: Assignment
    first: date
    last: date


@dataclass(frozen=True)
class Overlap:
    """Somebody who would be in two missions at once, and on which days."""

    name: str
    one: Assignment
    other: Assignment
    first: date
    last: date


def entries_between(user: Any, first: date, last: date) -> dict[date, list[Entry]]:
    """What happens on each day in the running missions that the reader sees; deadlines only where they see a mission's content."""
    missions = {row.pk: row for row in Mission.objects.visible_to(user).running()}
    found: dict[date, list[Entry]] = defaultdict(list)
    links = Mission.polling_days.through.objects.filter(mission__in=list(missions), pollingday__day__range=(first, last))
    polling: dict[int, set[date]] = defaultdict(set)
    for link in links.select_related("pollingday"):
        polling[link.mission_id].add(link.pollingday.day)
        found[link.pollingday.day].append(Entry("polling", "", missions[link.mission_id]))
    for visit in Visit.objects.filter(mission__in=list(missions), starts_on__lte=last, ends_on__gte=first):
        label = visit.get_kind_display()
        for day in _days(max(visit.starts_on, first), min(visit.ends_on, last)):
            found[day].append(Entry("visit", label, missions[visit.mission_id]))
    inside = Mission.objects.open_to(user).filter(pk__in=list(missions))
    today = clock.today()
    for row in Milestone.objects.open().by_day().filter(mission__in=inside, day__range=(first, last)).select_related("rule"):
        if row.rule.code == POLLING_RULE and row.effective_on in polling[row.mission_id]:
            continue  # the polling day itself stands there already
        found[row.effective_on].append(Entry("deadline", row.rule.label, missions[row.mission_id], row.effective_on < today))
    return found


def weeks_of(user: Any, year: int, month: int) -> list[list[tuple[date, bool, list[Entry]]]]:
    """The weeks of a month, Monday first: each day, whether it is of the month, and what happens on it."""
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    entries = entries_between(user, weeks[0][0], weeks[-1][-1])
    return [[(day, day.month == month, entries.get(day, [])) for day in week] for week in weeks]


def months_of(user: Any, year: int) -> list[tuple[Mission, list[list[Entry]]]]:
    """A year: each mission in which something happens, with what happens in each month, a visit once."""
    by_mission: dict[int, list[list[Entry]]] = {}
    missions: dict[int, Mission] = {}
    for day, entries in sorted(entries_between(user, date(year, 1, 1), date(year, 12, 31)).items()):
        for entry in entries:
            missions[entry.mission.pk] = entry.mission
            months = by_mission.setdefault(entry.mission.pk, [[] for _month in range(12)])
            if entry.kind != "visit" or entry not in months[day.month - 1]:
                months[day.month - 1].append(entry)
    return [(missions[pk], months) for pk, months in by_mission.items()]


def overlaps_between(user: Any, first: date, last: date) -> list[Overlap]:
    """Who has days in two running missions at once between the two days: everybody for the secretariat, else the reader."""
    live = Assignment.objects.live().filter(mission__in=Mission.objects.running())
    if not sees_all_missions(user):
        live = live.filter(person=user.person_id) if getattr(user, "person_id", None) else live.none()
    twice = live.values("person").annotate(n=Count("mission")).filter(n__gt=1).values("person")
    rows = live.filter(person__in=twice).select_related("person", "mission").prefetch_related("visits")
    stays: dict[int, list[Stay]] = defaultdict(list)
    for row in rows.order_by("person__family_name", "person__given_name", "mission__first_day", "pk"):
        stays[row.person_id] += _stays(row)
    return [found for mine in stays.values() for found in _pairs(mine, first, last)]


def _stays(row: Assignment) -> list[Stay]:
    """The days of somebody in a mission: those of the mission, cut to their journey; and the further visits they are on."""
    spans = [(row.arrives_on or row.mission.first_day, row.leaves_on or row.mission.last_day)]
    spans += [(visit.starts_on, visit.ends_on) for visit in row.visits.all()]
    return [Stay(row, first, last) for first, last in spans if first and last]


def _pairs(stays: list[Stay], first: date, last: date) -> Iterable[Overlap]:
    """Each pair of missions once, with all days on which they meet."""
    met: dict[tuple[int, int], tuple[Stay, Stay, date, date]] = {}
    for n, one in enumerate(stays):
        for other in stays[n + 1 :]:
            begin, end = max(one.first, other.first, first), min(one.last, other.last, last)
            if one.assignment.mission_id == other.assignment.mission_id or begin > end:
                continue
            key = (one.assignment.pk, other.assignment.pk)
            known = met.get(key)
            met[key] = (one, other, min(begin, known[2]), max(end, known[3])) if known else (one, other, begin, end)
    return [Overlap(one.assignment.person.name, one.assignment, other.assignment, begin, end) for one, other, begin, end in met.values()]


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
