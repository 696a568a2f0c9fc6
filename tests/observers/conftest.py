"""A small synthetic Congress, and a mission whose delegation can be composed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Person
from core import clock
from core.actors import SYSTEM, Actor, link_actor
from missions.models import Assignment, Country, Mission, Station
from observers.enums import Credential, MemberList
from observers.models import DeploymentPlan, Membership, PoliticalGroup
from observers.services.assignments import answer_invitation, confirm_assignment, invite
from observers.services.declarations import declare_interests, interest_questions, sign_code
from observers.services.deployment import release_plan, warnings_for_release
from observers.services.membership import appoint_member, record_mandate
from observers.services.people_import import import_people
from observers.services.reference import load_reference

TERM_START = date(2026, 3, 24)
NO_TO_ALL = {item["code"]: {"answer": "no"} for item in interest_questions("en")["questions"]}


@pytest.fixture
def reference(make_country: Callable[[str], Country]) -> dict[str, PoliticalGroup]:
    """Reference data of membership; the groups by code."""
    load_reference()
    return {group.code: group for group in PoliticalGroup.objects.all()}


@pytest.fixture
def make_member(
    make_person: Callable[..., Person], make_country: Callable[[str], Country], reference: dict[str, PoliticalGroup]
) -> Callable[..., Person]:
    """A valid member: `make_member("FR", "ILDG", "L", gender="woman")`; `lost=` ends the mandate, `start=` the term's start."""
    counter = iter(range(1, 10_000))

    def make(
        country: str = "FR",
        group: str = "ILDG",
        chamber: str = "L",
        *,
        lost: date | None = None,
        start: date = TERM_START,
        credential: str = Credential.RATIFIED,
        member_list: str = MemberList.REPRESENTATIVE,
        seat: int | None = None,
        **values: Any,
    ) -> Person:
        number = next(counter)
        values.setdefault("languages", ["en"])
        person = make_person(values.pop("given_name", "Mem"), values.pop("family_name", f"Ber{number:03}"), **values)
        appoint_member(
            by=SYSTEM,
            person=person,
            country=make_country(country),
            chamber=chamber,
            starts_on=start,
            seat=seat,
            group=reference[group] if group != "NR" else None,
            credential=credential,
            member_list=member_list,
        )
        record_mandate(
            person, by=SYSTEM, title="Mayor", starts_on=start - timedelta(days=300), ends_on=lost, is_general=True, is_directly_elected=True
        )
        return person

    return make


STATES = [
    "FR",
    "DE",
    "AT",
    "IT",
    "ES",
    "PT",
    "RO",
    "GR",
    "IE",
    "SE",
    "FI",
    "NO",
    "DK",
    "NL",
    "BE",
    "CH",
    "HU",
    "CZ",
    "SK",
    "SI",
    "HR",
    "RS",
    "AL",
    "AM",
]
GROUPS = ["EPP/CCE", "SOC/G/PD", "ILDG", "ECR", "NR"]


@pytest.fixture
def congress(make_country: Callable[[str], Country], reference: dict[str, PoliticalGroup]) -> list[Person]:
    """Sixty valid members from 24 states, 40 % women, both chambers, five groups; and two of the observed state."""
    head = "given name,family name,email,country,chamber,group,from,credentials,mandate,mandate from,languages,gender"
    rows = [
        (STATES[n % 24], "LR"[n % 2], GROUPS[(n * 7) % 5], "en" if n % 3 else "fr;de", "woman" if n % 5 in {0, 2} else "man")
        for n in range(60)
    ] + [("BG", "L", "ILDG", "en", "man"), ("BG", "R", "ECR", "en", "woman")]
    for code in {row[0] for row in rows}:
        make_country(code)
    lines = [
        f"Mem,Ber{n:03},mem.ber{n:03}@example.org,{state},{chamber},{group},{TERM_START},ratified,Mayor,2025-05-01,{languages},{gender}"
        for n, (state, chamber, group, languages, gender) in enumerate(rows)
    ]
    answer = import_people("\n".join([head, *lines]).encode(), name="congress.csv", by=SYSTEM)
    assert answer["created"] == 62, answer["refused"]
    return list(Person.objects.filter(email__startswith="mem.ber").order_by("family_name"))


@pytest.fixture
def composing(make_mission: Callable[..., Mission], congress: list[Person]) -> Mission:
    """A mission that composes its delegation, with a Congress to choose from."""
    polling = clock.today() + timedelta(days=100)
    return make_mission("composing", first_day=polling - timedelta(days=3), last_day=polling + timedelta(days=1))


def own_link(assignment: Assignment) -> Actor:
    """The actor of somebody who opened the link of their invitation."""
    return link_actor(assignment, grants=frozenset({"observers.answer_assignment", "observers.declare"}), subject=assignment)


@pytest.fixture
def bring_in() -> Callable[..., Assignment]:
    """Bring somebody into a mission: asked, accepted, declared and confirmed."""

    def bring(
        mission: Mission, person: Person, *, role: str = "observer", sign: bool = True, confirm: bool = True, **more: Any
    ) -> Assignment:
        row = invite(mission, person, by=SYSTEM, role=role, **more)
        answer_invitation(row, by=own_link(row), accept=True)
        row.refresh_from_db()
        declare_interests(row, by=own_link(row), answers=NO_TO_ALL, language="en")
        if sign:
            sign_code(row, by=own_link(row), language="en")
        return confirm_assignment(row, by=SYSTEM) if confirm else row

    return bring


@pytest.fixture
def make_stations() -> Callable[..., list[Station]]:
    """Stations in districts with coordinates: `make_stations(mission, 60)`."""

    def make(mission: Mission, count: int = 60, districts: int = 4) -> list[Station]:
        return Station.objects.bulk_create(
            Station(
                mission=mission,
                code=f"S{n:04}",
                name=f"School {n}",
                municipality=f"Town {n % (3 * districts)}",
                district=f"District {n % districts}",
                setting="urban" if n % 3 else "rural",
                latitude=42 + (n % districts) / 4 + n / 3000,
                longitude=23 + (n % 17) / 40,
                voters=500,
            )
            for n in range(count)
        )

    return make


@pytest.fixture
def release() -> Callable[..., DeploymentPlan]:
    """Release the plan, each warning about teams set aside with a reason: `release(mission)`."""

    def act(mission: Mission, by: Actor = SYSTEM) -> DeploymentPlan:
        return release_plan(mission, by=by, reasons={row.code: "Seen." for row in warnings_for_release(mission)})

    return act


@pytest.fixture
def crewed(composing, congress, bring_in, make_stations) -> Mission:
    """Eight confirmed observers with everything signed, sixty stations in four districts."""
    make_stations(composing)
    for person in congress[:8]:
        bring_in(composing, person)
    return composing


@pytest.fixture
def membership_of() -> Callable[[Person], Membership]:
    """The only membership of somebody."""
    return lambda person: Membership.objects.get(person=person)
