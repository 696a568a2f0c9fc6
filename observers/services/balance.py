"""The balance over twelve months: who was sent on missions, by group, state, chamber and gender; who was sent often (C13)."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.enums import Gender
from core.actors import Actor
from core.rights import authorize
from missions.enums import MEMBER_ROLES, SEATED_ASSIGNMENTS
from missions.models import Assignment, Country
from observers.composition.candidates import needed_women
from observers.composition.shares import places_of, share_places
from observers.membership.dates import add_months
from observers.models import Membership, membership_on
from observers.services.candidates import group_members_on

MONTHS = 12
OFTEN = 2


@dataclass(frozen=True)
class Balance:
    """Counts over the missions that began after `since` and up to `day`; a person counts once for each mission."""

    day: date
    since: date
    missions: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    countries: list[dict[str, Any]] = field(default_factory=list)
    without: list[Country] = field(default_factory=list)
    gender: list[dict[str, Any]] = field(default_factory=list)
    chambers: dict[str, int] = field(default_factory=dict)
    often: list[dict[str, Any]] = field(default_factory=list)
    sent: int = 0
    women: int = 0
    needed_women: int = 0


def balance_on(day: date, *, by: Actor) -> Balance:
    """The twelve months up to `day` (Strasbourg days): members accepted or confirmed, by what they were when their mission began.

    Shares are those of the Congress on `day`, by largest remainder over all places. The number of queries does not grow.
    """
    authorize(by, "observers.view_balance")
    since = add_months(day, -MONTHS)
    rows = list(
        Assignment.objects.filter(
            state__in=SEATED_ASSIGNMENTS, role__in=MEMBER_ROLES, mission__first_day__gt=since, mission__first_day__lte=day
        )
        .select_related("person", "mission__country", "mission__election")
        .order_by("mission__first_day", "mission__reference", "person__family_name", "pk")
    )
    terms: dict[int, list[Membership]] = defaultdict(list)
    for membership in Membership.objects.filter(person__in={row.person_id for row in rows}).select_related("country", "group"):
        terms[membership.person_id].append(membership)
    sent = [(row, membership_on(terms[row.person_id], row.mission.first_day or day)) for row in rows]
    countries = Counter(term.country_id for _row, term in sent if term)
    genders = Counter(row.person.gender for row in rows)
    members = {country.pk: country for country in Country.objects.filter(is_member=True).by_name()}
    return Balance(
        day=day,
        since=since,
        missions=_missions(sent),
        groups=_groups(day, Counter(term.group_code for _row, term in sent if term)),
        countries=[
            {"country": country, "sent": countries[pk]}
            for pk, country in sorted(members.items(), key=lambda i: -countries[i[0]])
            if countries[pk]
        ],
        without=[country for pk, country in members.items() if not countries[pk]],
        gender=[{"code": value, "label": label, "sent": genders[value]} for value, label in Gender.choices],
        chambers={letter: sum(bool(term and term.chamber == letter) for _row, term in sent) for letter in "LR"},
        often=_often(sent),
        sent=len(rows),
        women=genders[Gender.WOMAN],
        needed_women=needed_women(len(rows)),
    )


def _missions(sent: list[tuple[Assignment, Membership | None]]) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for row, term in sent:
        entry = found.setdefault(row.mission_id, {"mission": row.mission, "sent": 0, "women": 0, "groups": Counter()})
        entry["sent"] += 1
        entry["women"] += row.person.gender == Gender.WOMAN
        entry["groups"][term.group_code if term else "–"] += 1
    return [{**entry, "groups": sorted(entry["groups"].items())} for entry in found.values()]


def _groups(day: date, have: Counter[str]) -> list[dict[str, Any]]:
    members = group_members_on(day)
    shares = share_places(members, sum(have.values()))
    places = places_of(shares)
    return [
        {
            "group": code,
            "members": members.get(code, 0),
            "sent": have[code],
            "share": places.get(code, 0),
            "difference": have[code] - places.get(code, 0),
        }
        for code in sorted({*members, *have})
    ]


def _often(sent: list[tuple[Assignment, Membership | None]]) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for row, term in sent:
        entry = found.setdefault(row.person_id, {"person": row.person, "term": term, "missions": []})
        entry["missions"].append(row.mission)
        entry["term"] = term or entry["term"]
    often = [entry for entry in found.values() if len(entry["missions"]) >= OFTEN]
    return sorted(often, key=lambda entry: (-len(entry["missions"]), entry["person"].family_name))
