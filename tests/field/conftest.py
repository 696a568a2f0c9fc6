"""The cast of the field tests: standard forms, stations, two teams on polling day, an enrolled phone."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

import pytest
from knox.models import get_token_model
from rest_framework.test import APIClient

from accounts.models import User
from field.models import Device, Form, FormVersion, Observation
from field.services import context
from field.services.forms import load_standard_forms
from field.services.ingest import Submission, ingest
from field.services.instances import build
from missions.models import Mission, Station
from observers.models import Team, TeamMember

DAY = date(2027, 10, 24)


@pytest.fixture(autouse=True)
def _forget_context() -> Iterator[None]:
    """No test sees what another kept in the process."""
    context.forget()
    yield
    context.forget()


@pytest.fixture
def forms(db: None) -> dict[str, FormVersion]:
    """The standard forms by code, published."""
    load_standard_forms()
    return {form.code: form.current for form in Form.objects.all()}


@pytest.fixture
def polling(make_mission: Callable[..., Mission], make_election: Callable[..., Any]) -> Mission:
    """A mission on its polling day, 24 October 2027, 07:00-20:00 in Sofia."""
    election = make_election("BG", DAY)
    mission = make_mission("election_day", election=election)
    mission.polling_days.set(election.polling_days.all())
    return mission


@pytest.fixture
def stations(polling: Mission) -> list[Station]:
    """Three stations, one rural."""
    rows = [("S001", "urban", "Център", 800), ("S002", "urban", "Изток", 650), ("S003", "rural", "Горно", 120)]
    made = []
    for code, setting, municipality, voters in rows:
        values = {"setting": setting, "municipality": municipality, "district": "Област", "voters": voters, "name": f"School {code}"}
        made.append(Station.objects.create(mission=polling, code=code, **values))
    return made


@pytest.fixture
def make_team(polling: Mission, make_assignment: Callable[..., Any]) -> Callable[..., Team]:
    """A team on polling day with one observer: `make_team("Team 1", user)`."""

    def make(name: str, user: User | None = None, given: str = "Alba") -> Team:
        assignment = make_assignment(polling, "observer", given, name.replace(" ", ""), user=user)
        team = Team.objects.create(mission=polling, day=DAY, number=Team.objects.filter(mission=polling).count() + 1, name=name)
        TeamMember.objects.create(team=team, assignment=assignment, person=assignment.person, day=DAY)
        return team

    return make


@pytest.fixture
def team(make_team: Callable[..., Team]) -> Team:
    """Team 1."""
    return make_team("Team 1")


@pytest.fixture
def make_device(db: None) -> Callable[..., tuple[Device, str]]:
    """An enrolled phone and its token, without walking through enrolment."""

    def make(user: User) -> tuple[Device, str]:
        row, token = get_token_model().objects.create(user=user, expiry=None)
        values = {"person": user.person, "digest": row.digest, "name": "Phone"}
        return Device.objects.create(user=user, **values), token

    return make


@pytest.fixture
def phone(team: Team, make_device: Callable[..., tuple[Device, str]]) -> APIClient:
    """An API client with the token of the observer in team 1; `.device` and `.token`."""
    user = team.members.get().person.user
    device, token = make_device(user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    client.device, client.token = device, token  # type: ignore[attr-defined]
    return client


GOOD = {
    "H01": "Team 1", "station": "S001", "H04": "Център", "H05": "urban", "H06": "ordinary", "H07": "09:00:00.000+03:00",
    "H08": "09:40:00.000+03:00", "H09": 800, "H10": 200, "H11": 7, "H12": 4, "H13": "yes", "H14": ["citizen_group"],
}  # fmt: skip


def good_answers(version: FormVersion, **changes: Any) -> dict[str, Any]:
    """Answers to every question of a standard form that raise no flag; `changes` by code."""
    answers: dict[str, Any] = dict(GOOD)
    bad = {question["code"][5:]: question["calculate"] for question in version.questions if question["code"].startswith("flag_")}
    for question in version.questions:
        code, names = question["code"], [option["name"] for option in question.get("options", [])]
        if code in answers or not names:
            continue
        if "very_good" in names:
            value: Any = "good"
        elif question["kind"] == "multi":
            value = ["none"] if "none" in names else [names[-1]]
        elif "none" in names:
            value = "none"
        elif "unaided" in names:
            value = "unaided"
        elif "yes" in names and "no" in names:
            value = "no" if "= 'yes'" in bad.get(code, "") else "yes"
        else:
            value = names[0]
        answers[code] = value
    answers |= {"A02": "07:00:00.000+03:00", "C01": "20:00:00.000+03:00", "C32": "22:00:00.000+03:00", "B17": 0, "D10": 10, "D11": 0}
    for code in ("A03", "B18"):
        answers.pop(code, None)
    return {code: value for code, value in (answers | changes).items() if value is not None}


@pytest.fixture
def make_xml(polling: Mission, forms: dict[str, FormVersion]) -> Callable[..., str]:
    """Instance XML of a standard form: `make_xml("B", B10="yes")`; keywords `uuid`, `replaces`, `start` are not answers."""

    def make(code: str = "B", *, uuid: Any = None, replaces: Any = None, start: datetime | None = None, **changes: Any) -> str:
        start = start or datetime.combine(DAY, time(9), context.context_of(polling).zone)
        answers = good_answers(forms[code], **changes)
        return build(forms[code], answers, uuid=uuid or uuid4(), replaces=replaces, started_at=start, finished_at=start, mission=polling)

    return make


@pytest.fixture
def item(make_xml: Callable[..., str], polling: Mission) -> Callable[..., dict[str, Any]]:
    """An item of a batch."""

    def make(code: str = "B", *, uuid: Any = None, **changes: Any) -> dict[str, Any]:
        uuid = uuid or uuid4()
        return {"kind": "observation", "uuid": str(uuid), "mission": polling.reference, "xml": make_xml(code, uuid=uuid, **changes)}

    return make


@pytest.fixture
def sample(polling: Mission, forms: dict[str, FormVersion], stations: list[Station], team: Team) -> list[Observation]:
    """Forty visits with seeded answers."""
    dice = random.Random(7)
    submissions = []
    for _number in range(40):
        version = forms[dice.choice("ABBBC")]
        answers = good_answers(
            version, station=dice.choice(["S001", "S002", "S003"]), H11=dice.randint(3, 9), H12=dice.randint(0, 3), H05=None
        )
        for question in version.questions:
            if question["kind"] == "single" and question["code"][0] in "ABC" and dice.random() < 0.5:
                answers[question["code"]] = dice.choice(question["options"])["name"]
        submissions.append(Submission(build(version, answers, uuid=uuid4(), mission=polling), polling))
    assert {result.result for result in ingest(submissions)} == {"created"}
    return list(Observation.objects.select_related("form", "form_version"))
