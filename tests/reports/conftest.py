"""What tests of reports build on: standards, an agreed finding, a recommendation that passes every check, a report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from model_bakery import baker

from accounts.models import User
from core import clock
from core.actors import Actor, user_actor
from missions.models import Mission, PollingDay, Station
from observers.models import Stop, Team
from reports.models import Finding, Recommendation, Report, ReportSection
from reports.services import evidence, findings, lifecycle, paragraphs, publication, recommendations, reference, reports
from reports.services import figures as figures_service

FIGURES = {
    **dict.fromkeys(("access", "women_members", "women_chairs")),
    "counted_at": "2026-11-01T20:00:00+00:00",
    "stations": 96,
    "teams": 6,
    "areas": 4,
    "urban": 60,
    "rural": 36,
    "stages": [{"code": "opening", "forms": 6}, {"code": "voting", "forms": 96}, {"code": "closing_counting", "forms": 6}],
    "items": [
        figures_service.entry(
            12, 96, code="B21", form="B", severity=2, standards=["COGP-I.4"], label={"en": "Group voting", "fr": "Vote en groupe"}
        ),
        figures_service.entry(3, 6, code="C09", form="C", severity=3, standards=["GC25-20"], label={"en": "Seals intact"}),
        figures_service.entry(0, 96, code="B05", form="B", severity=3, standards=[], label={"en": "Vote buying"}),
    ],
    "conduct": [figures_service.entry(92, 96, stage="voting", form="B"), figures_service.entry(3, 6, stage="closing_counting", form="C")],
    "access": figures_service.entry(30, 90),
    "observers": [],
}


@pytest.fixture
def standards(db: None) -> None:
    """The standards and topics of the house."""
    reference.load_standards()
    reference.load_topics()


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Figures of a polling day as `field` would count them."""
    monkeypatch.setattr(figures_service, "_of_mission", lambda mission: FIGURES)
    return FIGURES


@pytest.fixture
def as_rapporteur(rapporteur: User) -> Actor:
    """The rapporteur as an actor."""
    return user_actor(rapporteur)


@pytest.fixture
def as_publisher(publisher: User) -> Actor:
    """The publisher as an actor."""
    return user_actor(publisher)


@pytest.fixture
def make_finding(as_coordinator: Actor, standards: None) -> Callable[..., Finding]:
    """A finding with a figure as evidence: `make_finding(mission, "Secrecy was not kept.", agreed=True)`."""

    def make(mission: Mission, text: str = "Group voting was seen.", *, agreed: bool = True, **values: Any) -> Finding:
        french = values.pop("french", "")
        statement = {"en": text, **({"fr": french} if french else {})}
        finding = findings.add_finding(mission=mission, statement=statement, phase="voting", by=as_coordinator, **values)
        evidence.link_figure(finding, item="B21", label="B21", n=12, denominator=96, by=as_coordinator)
        return findings.agree_finding(finding, by=as_coordinator) if agreed else finding

    return make


@pytest.fixture
def make_recommendation(make_finding: Callable[..., Finding], as_coordinator: Actor) -> Callable[..., Recommendation]:
    """A recommendation that passes every check."""

    def make(mission: Mission, text: str = "ensure that voters mark their ballots alone", **values: Any) -> Recommendation:
        values = {
            "text": {"en": text, "fr": "veiller à ce que les électeurs marquent leur bulletin seuls"},
            "findings": [make_finding(mission)],
            "standards": ["COGP-I.4"],
            "addressees": ["central_commission"],
        } | values
        return recommendations.draft_recommendation(mission=mission, by=as_coordinator, **values)

    return make


@pytest.fixture
def drafting(make_mission: Callable[..., Mission]) -> Mission:
    """A mission whose report is being drafted."""
    return make_mission("drafting")


@pytest.fixture
def make_report(make_recommendation: Callable[..., Recommendation], as_coordinator: Actor) -> Callable[..., Report]:
    """A report with the required chapters and one good recommendation, on an election forty days ago."""

    def make(mission: Mission, *, recommendation: bool = True) -> Report:
        PollingDay.objects.filter(election=mission.election).update(day=clock.today() - timedelta(days=40))
        report = reports.open_report(missions=[mission], by=as_coordinator, languages=["en", "fr"])
        for code in ("summary", "introduction", "election_day", "conclusions"):
            section = ReportSection.objects.get(report=report, code=code)
            paragraphs.add_paragraph(section, text={"en": f"Words of the {code}.", "fr": f"Mots : {code}."}, by=as_coordinator)
        if recommendation:
            make_recommendation(mission)
        return report

    return make


@pytest.fixture
def walk(as_coordinator: Actor, as_publisher: Actor, make_assignment: Callable[..., Any]) -> Callable[..., Report]:
    """Take a report to a state through every move: `walk(report, "adopted")`."""

    def go(report: Report, state: str, **details: Any) -> Report:
        rapporteur = make_assignment(report.mission, "rapporteur", "Rita", "Reporter").person.user
        steps = {
            "agreed": lambda: lifecycle.agree_report(report, by=user_actor(rapporteur)),
            "committee": lambda: lifecycle.submit_report(report, by=as_coordinator),
            "approved": lambda: lifecycle.approve_report(report, by=as_coordinator),
            "adopted": lambda: lifecycle.adopt_report(
                report,
                by=as_coordinator,
                adopted_on=details.get("adopted_on", clock.today()),
                number=details.get("number", "CPL(2027)52-03"),
                recommendation_number=details.get("recommendation_number", "Recommendation 601 (2027)"),
            ),
            "published": lambda: publication.publish_report(
                report, by=as_publisher, embargo_until=details.get("embargo_until"), unchecked_accepted=["fr"], findings_accepted=True
            ),
            "transmitted": lambda: lifecycle.transmit_report(report, by=as_coordinator),
        }
        for name, step in steps.items():
            step()
            if name == state:
                break
        report.refresh_from_db()
        return report

    return go


@pytest.fixture
def make_observation(db: None) -> Callable[..., Any]:
    """An observation as if it had arrived: `make_observation(mission, {"B21": "many"}, flags={"B21": 2})`."""
    from uuid import uuid4

    from field.models import Form, FormVersion, Observation

    def make(
        mission: Mission, answers: dict[str, Any], *, flags: dict[str, int] | None = None, questions: list[dict[str, Any]] | None = None
    ) -> Observation:
        form, _created = Form.objects.get_or_create(
            code="B", form_id="voting", mission=None, defaults={"stage": "voting", "title_en": "Voting"}
        )
        version = FormVersion.objects.filter(form=form).first() or baker.make(
            FormVersion, form=form, version="1", state="published", questions=questions or []
        )
        uuid = uuid4()
        return Observation.objects.create(
            uuid=uuid,
            root=uuid,
            mission=mission,
            form=form,
            form_version=version,
            raw_xml="<x/>",
            content_hash="x",
            answers=answers,
            flags=flags or {},
        )

    return make


@pytest.fixture
def visited(drafting: Mission) -> Mission:
    """Stations that a team visited: eight in a large town, one in a village, one whose position nobody knows."""
    team = Team.objects.create(mission=drafting, number=1, day=drafting.polling_day, area="North")
    rows = [("Sofia", 42.70 + number / 1000, 23.32) for number in range(8)] + [("Balchik", 43.4251, 28.1617), ("Nowhere", None, None)]
    for number, (town, latitude, longitude) in enumerate(rows):
        station = Station.objects.create(
            mission=drafting, code=f"S{number}", name=f"SECRET-school-{number}", municipality=town, district="Region",
            latitude=latitude, longitude=longitude,
        )  # fmt: skip
        Stop.objects.create(
            team=team, mission=drafting, station=station, order=number, kind="voting", local_day=team.day, local_time="09:00",
            zone=drafting.zone, planned_at="2027-10-24T07:00:00Z", outcome="visited",
        )  # fmt: skip
    return drafting
