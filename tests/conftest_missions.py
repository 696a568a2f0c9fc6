"""The cast of a mission: head of delegation, observers in two teams, the mission itself at any state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from accounts.models import User
from core import clock
from core.actors import SYSTEM, Actor, user_actor
from core.files import PDF, store_file
from missions.enums import AssignmentRole, AssignmentState, ElectionKind, MissionState, OrganisationKind, RequestState
from missions.models import Assignment, Country, Election, Mission, Organisation, PollingDay, Request
from missions.services.missions import create_mission
from missions.services.reference import _member_states, load_deadline_rules

LETTER = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


@pytest.fixture
def as_coordinator(coordinator: User) -> Actor:
    """The coordinator as an actor."""
    return user_actor(coordinator)


@pytest.fixture
def make_country(db: None) -> Callable[[str], Country]:
    """A member state with its real names, seats and zone: `make_country("BG")`."""
    rows = {row["code"]: row for row in _member_states()}

    def make(code: str) -> Country:
        return Country.objects.get_or_create(code=code, defaults=rows[code])[0]

    return make


@pytest.fixture
def bulgaria(make_country: Callable[[str], Country]) -> Country:
    """Bulgaria."""
    return make_country("BG")


@pytest.fixture
def deadline_rules(db: None) -> None:
    """The deadline rules of the house."""
    load_deadline_rules()


@pytest.fixture
def make_election(make_country: Callable[[str], Country]) -> Callable[..., Election]:
    """An election with its polling days: `make_election("BG", date(2027, 10, 24), date(2027, 10, 31))`."""

    def make(code: str = "BG", *days: date, **values: Any) -> Election:
        country = make_country(code)
        values = {"kind": ElectionKind.LOCAL, "title_en": "Local elections", "zone": country.zone} | values
        election = Election.objects.create(country=country, **values)
        for number, day in enumerate(days or (clock.today() + timedelta(days=100),), start=1):
            PollingDay.objects.create(election=election, day=day, round=number, opens_at=time(7), closes_at=time(20))
        return election

    return make


@pytest.fixture
def make_request(make_election: Callable[..., Election]) -> Callable[..., Request]:
    """A registered request with a letter on file, for an election of its own unless one is given."""

    def make(election: Election | None = None, **values: Any) -> Request:
        election = election or make_election()
        authority, _created = Organisation.objects.get_or_create(
            name=f"Election commission of {election.country.name_en}",
            defaults={"kind": OrganisationKind.ELECTION_COMMISSION, "country": election.country},
        )
        values = {
            "country": election.country,
            "election": election,
            "authority": authority,
            "authority_name": authority.name,
            "state": RequestState.REGISTERED,
            "contact_name": "Mila Office",
            "contact_email": "office@example.org",
            "received_at": clock.now(),
            "received_on": clock.today(),
            "registered_at": clock.now(),
            "letter": store_file(LETTER, name="letter.pdf", by=SYSTEM, allow={PDF}),
        } | values
        return Request.objects.create(**values)

    return make


@pytest.fixture
def make_mission(make_request: Callable[..., Request], deadline_rules: None) -> Callable[..., Mission]:
    """A mission standing in `state`, without having walked there: `make_mission("composing", election=..., format=...)`."""

    def make(state: str = MissionState.ACCEPTED, *, election: Election | None = None, **values: Any) -> Mission:
        request = make_request(election)
        changes = {name: values.pop(name) for name in ("first_day", "last_day", "zone") if name in values}
        mission = create_mission(by=SYSTEM, election=request.election, request=request, **values)
        Mission.objects.filter(pk=mission.pk).update(state=state, **changes)
        mission.refresh_from_db()
        return mission

    return make


@pytest.fixture
def mission(make_mission: Callable[..., Mission]) -> Mission:
    """A mission to local elections in Bulgaria, accepted by the Bureau, polling day in 100 days."""
    return make_mission()


@pytest.fixture
def make_assignment(make_user: Callable[..., User]) -> Callable[..., Assignment]:
    """Somebody with an account in a mission: `make_assignment(mission, "observer", "Ana", "Able", state="asked")`."""

    def make(
        mission: Mission,
        role: str = AssignmentRole.OBSERVER,
        given_name: str = "Ada",
        family_name: str = "Observer",
        *,
        user: User | None = None,
        **values: Any,
    ) -> Assignment:
        user = user or make_user(given_name, family_name)
        values = {"state": AssignmentState.CONFIRMED, "asked_at": clock.now(), "confirmed_at": clock.now()} | values
        return Assignment.objects.create(mission=mission, person=user.person, role=role, **values)

    return make


@pytest.fixture
def head(mission: Mission, make_assignment: Callable[..., Assignment]) -> User:
    """The head of the delegation of `mission`."""
    return make_assignment(mission, AssignmentRole.HEAD, "Hedda", "Head").person.user


@pytest.fixture
def rapporteur(mission: Mission, make_assignment: Callable[..., Assignment]) -> User:
    """The rapporteur of `mission`."""
    return make_assignment(mission, AssignmentRole.RAPPORTEUR, "Rolf", "Rapporteur").person.user


@pytest.fixture
def observer_a(mission: Mission, make_assignment: Callable[..., Assignment]) -> User:
    """An observer of `mission` who will ride in team A."""
    return make_assignment(mission, AssignmentRole.OBSERVER, "Alba", "Able").person.user


@pytest.fixture
def observer_b(mission: Mission, make_assignment: Callable[..., Assignment]) -> User:
    """An observer of `mission` who will ride in team B."""
    return make_assignment(mission, AssignmentRole.OBSERVER, "Bodil", "Baker").person.user
