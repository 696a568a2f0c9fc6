"""Facts of a mission as its documents print them: who went, what was on the programme, where teams were.

Not printed: names of secretariat and partners' staff in the field, observers' positions, meetings' notes, people whom
the delegation met (report-structure 7).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from accounts.enums import Gender
from core import clock
from core.documents.words import joined
from missions.enums import MEMBER_ROLES, MeetingKind, MeetingState, ParticipantAnswer, VisitKind
from missions.models import Mission
from observers.enums import StopOutcome
from observers.models import Membership, Stop, Team, membership_on
from reports.documents.wording import day_text, has_words, marks, name_of, named, say

ROLE_ORDER = ("head", "deputy", "rapporteur", "observer", "expert", "partner", "staff")
UNNAMED_MEETINGS = frozenset({MeetingKind.INTERNAL, MeetingKind.TRAVEL, MeetingKind.TRAINING})
CAME = frozenset({ParticipantAnswer.INVITED, ParticipantAnswer.ACCEPTED})
"""Answers with which an organisation is named at a meeting that was held: it was asked and did not decline."""
_NTH_SESSION = re.compile(r"(\d{1,3})(?:\.|st|nd|rd|th|e|re|ère|ème)? *(?:session|tagung)", re.IGNORECASE)


def delegation(mission: Mission, language: str) -> list[dict[str, str]]:
    """The delegation, in the order of roles: name, role, "Country (L, group)". Interpreters, drivers and staff stay unnamed."""
    day = mission.polling_day or clock.today()
    assignments = list(mission.assignments.confirmed().filter(role__in=ROLE_ORDER).select_related("person", "organisation"))
    memberships: dict[int, list[Membership]] = defaultdict(list)
    wanted = [row.person_id for row in assignments]
    for membership in Membership.objects.filter(person__in=wanted).select_related("country", "group"):
        memberships[membership.person_id].append(membership)
    rows = []
    for row in sorted(assignments, key=lambda one: (ROLE_ORDER.index(one.role), one.person.family_name, one.person.given_name)):
        member = membership_on(memberships[row.person_id], day) if row.role in MEMBER_ROLES else None
        staff, group = row.role == "staff", member.group if member else None
        roles = [row.role, *(["rapporteur"] if row.is_rapporteur and row.role != "rapporteur" else [])]
        rows.append(
            {
                "name": "" if staff else row.person.name,
                "role": (role := joined((say(f"role_{role}", language) for role in roles), ", ")),
                **marks("role_lang", role),
                "role_code": row.role,
                "country": name_of(member.country, language) if member else "",
                "country_code": member.country.code if member else "",
                "chamber": member.chamber if member else "",
                "group": named(f"group_short.{group.code}", group, "abbreviation", language) if group else "",
                "group_name": (name := named(f"group.{group.code}", group, "name", language) if group else ""),
                **marks("group_name_lang", name),
                "organisation": row.organisation.name if row.organisation else "",
                "gender": row.person.gender if row.role in MEMBER_ROLES else "",
                "is_rapporteur": row.is_rapporteur or row.role == "rapporteur",
            }
        )
    return rows


def place_of(row: dict[str, str]) -> str:
    """ "Country (L, group)" for members, the organisation for partners."""
    if not row["country"]:
        return row["organisation"]
    inner = ", ".join(part for part in (row["chamber"], row["group"]) if part)
    return f"{row['country']} ({inner})" if inner else row["country"]


def size(rows: Iterable[dict[str, str]]) -> dict[str, int]:
    """Members, countries and women among them."""
    members = [row for row in rows if row["role_code"] in MEMBER_ROLES]
    return {
        "members": len(members),
        "countries": len({row["country_code"] for row in members if row["country_code"]}),
        "women": sum(row["gender"] == Gender.WOMAN for row in members),
    }


def named_meetings(mission: Mission) -> Any:
    """Meetings of a kind that documents name."""
    return mission.meetings.exclude(kind__in=UNNAMED_MEETINGS)


def programme(mission: Mission, language: str) -> list[dict[str, str]]:
    """The meetings that took place, by day and local time; the organisations that came, no persons.

    A meeting that is only planned, one that was cancelled, and an organisation that declined or that nobody invited were
    not part of the mission: a report must not say that the delegation heard them.
    """
    held = named_meetings(mission).filter(state=MeetingState.HELD)
    rows = []
    for meeting in held.select_related("visit").prefetch_related("participants__organisation"):
        came = [one.organisation.name for one in meeting.participants.all() if one.organisation and one.answer in CAME]
        rows.append(
            {
                "day": day_text(meeting.start_day, language),
                "date": meeting.start_day.isoformat(),
                "time": f"{meeting.start_time:%H:%M}–{meeting.end_time:%H:%M}",
                "title": meeting.title,
                "organisations": ", ".join(came),
                "is_pre_electoral": bool(meeting.visit and meeting.visit.kind == VisitKind.PRE_ELECTORAL) if meeting.visit_id else False,
            }
        )
    return rows


def deployment(mission: Mission) -> list[dict[str, Any]]:
    """Teams with their areas, municipalities and how many stations they visited; never positions or addresses."""
    rows = []
    stops = Stop.objects.filter(mission=mission).select_related("station")
    by_team: dict[int, list[Stop]] = defaultdict(list)
    for stop in stops:
        by_team[stop.team_id].append(stop)
    for team in Team.objects.filter(mission=mission).order_by("day", "number"):
        visited = [stop for stop in by_team[team.pk] if stop.outcome == StopOutcome.VISITED]
        planned = by_team[team.pk]
        places = sorted({stop.station.municipality for stop in visited or planned if stop.station.municipality})
        rows.append(
            {
                "team": team.number,
                "date": team.day.isoformat(),
                "area": team.area,
                "municipalities": places,
                "stations": len({stop.station_id for stop in visited}),
                "planned": len({stop.station_id for stop in planned}),
            }
        )
    return rows


def invitation(mission: Mission) -> str:
    """The authority that invited, as its letter named it."""
    request = mission.request
    if request is None:
        return ""
    return request.authority.name if request.authority else request.authority_name


def session_text(session: str, language: str) -> str:
    """The session in `language` ("53rd session", "53e session", "53. Tagung") where it was typed as one by its number, else as typed."""
    found = _NTH_SESSION.fullmatch(session.strip())
    if not found:
        return session
    n = int(found[1])
    if language == "fr":
        ending = "re" if n == 1 else "e"
    else:
        ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return say("session_nth", language, n=n, ending=ending)


def committee_text(name: str, language: str) -> str:
    """The committee's name in `language`, where we have one."""
    return say(name, language) if has_words(name) else name
