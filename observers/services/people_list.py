"""The list of people as on a day: one way of asking for page, export and API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.validators import write_spoken
from core import audit
from core.actors import Actor
from core.rights import authorize
from missions.enums import MEMBER_ROLES, SEATED_ASSIGNMENTS
from missions.models import Assignment
from observers.membership.eligibility import judge_day
from observers.membership.verdicts import Verdict
from observers.models import Mandate, Membership, ObserverProfile, membership_on
from observers.services.eligibility import SHOWN
from observers.services.standing import load_calendar, load_standings

audit.register_code("observers.people_exported", gettext_lazy("Exported the list of people."))

OF_MEMBERSHIP = ("country", "group", "chamber", "member_list")
HEAD = (
    "uuid", "given_name", "family_name", "other_name", "email", "phone", "language", "languages", "gender", "zone", "country", "list",
    "seat", "chamber", "group", "from", "to", "credentials", "mandate", "authority", "level", "mandate_from", "mandate_to", "missions",
    "as_on", "member", "member_until", "rule", "sentence",
)  # fmt: skip
"""The columns of the export; those of a list of members bear the names that the import reads."""


def people_on(day: date, wanted: Mapping[str, Any]) -> QuerySet[Person]:
    """People by what is asked of them and of their membership on `day`.

    `wanted`: q, country, group, chamber, member_list, gender, language, everybody (also those without a membership on that day).
    A term that a renewal session has ended is none; whom another rule bars stands in the list with that rule.
    """
    rows = Membership.objects.on(day) if wanted.get("everybody") else Membership.objects.lasting(day)
    asked = {name: wanted[name] for name in OF_MEMBERSHIP if wanted.get(name)}
    people = Person.objects.standing()
    if asked or not wanted.get("everybody"):
        people = people.filter(pk__in=rows.filter(**asked).values("person"))
    if wanted.get("gender"):
        people = people.filter(gender=wanted["gender"])
    return people.named(wanted["q"]) if wanted.get("q") else people


def with_terms(people: QuerySet[Person]) -> QuerySet[Person]:
    """Each with all stretches of membership, as `terms`."""
    shown = Membership.objects.select_related("country", "group").order_by("starts_on")
    return people.prefetch_related(Prefetch("memberships", queryset=shown, to_attr="terms"))


def judged_on(people: list[Any], day: date) -> None:
    """Give each person `term` (the stretch that runs on `day`) and `verdict` (None for somebody who never was a member)."""
    standings, calendar = load_standings([p.pk for p in people]), load_calendar()
    for person in people:
        person.term = membership_on(person.terms, day)
        person.verdict = judge_day(standings[person.pk], calendar, day, **SHOWN) if person.terms else None


def export_rows(day: date, wanted: Mapping[str, Any]) -> Iterator[list[Any]]:
    """The list as lines under `HEAD`. The number of queries does not grow with people."""
    people: list[Any] = list(with_terms(people_on(day, wanted)))
    judged_on(people, day)
    keys = [person.pk for person in people]
    mandates = {row.person_id: row for row in Mandate.objects.filter(starts_on__lte=day).order_by("starts_on", "pk")}
    before = dict(ObserverProfile.objects.values_list("person_id", "missions_before"))
    served = served_by(set(keys), day)
    for person in people:
        term, verdict, mandate = person.term, person.verdict, mandates.get(person.pk)
        yield [
            person.uuid, person.given_name, person.family_name, person.other_name, person.email, person.phone, person.language,
            write_spoken(person.languages, person.language_levels), person.gender, person.zone,
            *([term.country.code, term.member_list, term.seat, term.chamber, term.group_code, term.starts_on, term.ends_on, term.credential]
              if term else [None] * 8),
            *([mandate.title, mandate.authority, mandate.level, mandate.starts_on, mandate.ends_on] if mandate else [None] * 5),
            before.get(person.pk, 0) + len(served.get(person.pk, [])), day, *_said(verdict),
        ]  # fmt: skip


def served_by(people: set[int], day: date) -> dict[int, list[Assignment]]:
    """Missions as a member, seated and begun by `day`, by person. One query."""
    rows = Assignment.objects.filter(state__in=SEATED_ASSIGNMENTS, role__in=MEMBER_ROLES, mission__first_day__lte=day)
    if len(people) < 500:
        rows = rows.filter(person__in=people)
    found: dict[int, list[Assignment]] = {}
    for row in rows.select_related("mission__country"):
        if row.person_id in people:
            found.setdefault(row.person_id, []).append(row)
    return found


def _said(verdict: Verdict | None) -> list[Any]:
    if verdict is None:
        return ["no", None, None, None]
    return ["yes" if verdict.is_ok else "no", verdict.dates.get("ends_on"), verdict.rule, verdict.sentence]


def record_export(*, by: Actor, count: int, kind: str) -> None:
    """Keep in the log that the list was taken out of the house: how many lines, never whose."""
    authorize(by, "observers.export_people")
    audit.record(by, "observers.people_exported", None, data={"count": count, "kind": kind})
