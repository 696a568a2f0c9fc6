"""A mission with one of everything, and everybody who could ask for it: what the route table and the visibility test walk.

Built once per module inside a transaction that is rolled back at its end. Rows whose making has a meaning are made by the
services; rows that stand for something that came from outside (an observation, a photo) are written as they would lie there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client
from knox.models import get_token_model

from accounts.enums import GlobalRole
from accounts.models import Person, RoleGrant, User
from accounts.services.links import issue_link
from accounts.services.people_merging import merge_people
from core import clock
from core.actors import SYSTEM, Actor, user_actor
from core.documents import freeze, render
from core.enums import Access
from core.files import DOCX, PDF, store_file
from core.models import Job
from core.outbox import queue_mail
from field.models import Attachment, Device, Form, FormDesign, FormVersion, Incident, Note, Observation, SubmissionConflict
from field.xforms.designed import fresh_content
from missions.enums import AssignmentRole, AssignmentState, ElectionKind, MeetingKind, MissionState, OrganisationKind, RequestState
from missions.models import (
    Assignment,
    Contact,
    Country,
    Decision,
    Election,
    Meeting,
    Mission,
    Organisation,
    Participant,
    PollingDay,
    Preparation,
    Request,
    Station,
    Track,
)
from missions.services.calendars import feed_for, token_of
from missions.services.merging import merge_organisations
from missions.services.missions import create_mission
from missions.services.reference import _member_states, load_deadline_rules
from missions.services.releases import release_programme
from observers.models import (
    CallRecipient,
    Declaration,
    DeploymentPlan,
    Interest,
    InterestCall,
    Mandate,
    Membership,
    Nomination,
    NominationRequest,
    PoliticalGroup,
    Proposal,
    Stop,
    Team,
)
from observers.services.corrections import ask_correction
from observers.services.declarations import declare_interests, interest_questions
from observers.services.marks import set_mark
from observers.services.own import hand_in_paper
from observers.services.reference import load_reference
from observers.services.teams import add_member, create_team
from reports.models import (
    AcceptedShare,
    ConsultationComment,
    DraftInvitation,
    FollowUp,
    GoodPractice,
    Report,
    ReportParagraph,
    ReportSection,
    Statement,
    WordImport,
)
from reports.services import (
    evidence,
    findings,
    followup,
    languages,
    lifecycle,
    mission_text_release,
    mission_texts,
    paragraphs,
    past_recommendations,
    past_texts,
    practice_import,
    practices,
    publication,
    recommendations,
    reference,
    remarks,
    reports,
    versions,
)
from reports.services.public import file_name
from reports.services.public_texts import file_name as text_file_name
from tests.conftest_missions import LETTER

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
XFORM = '<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>Voting</h:title></h:head><instance src="jr://file-csv/stations.csv"/></h:html>'
GLOBAL = {role.value: role for role in GlobalRole}

PERSONAS = {
    "stranger": "nobody signed in",
    "phone": "the phone of the observer in team A, by its token",
    "outsider": "an account without a role, in no mission",
    "elsewhere": "head of another mission, and of nothing here",
    "invited": "asked into the mission, has not answered",
    "observer_a": "observer in team A",
    "observer_b": "observer in team B",
    "head": "head of the delegation",
    "rapporteur": "rapporteur of the mission",
    "coordinator": "coordinator of the secretariat",
    "publisher": "publisher of the secretariat",
    "auditor": "auditor",
    "administrator": "administrator",
}
"""Who walks."""


class World(SimpleNamespace):
    """People, their clients, and one of everything."""

    users: dict[str, User]
    clients: dict[str, Client]
    mission: Mission

    def user(self, persona: str) -> User | None:
        """A fresh copy of the account: predicates remember roles on the object they were asked about."""
        return User.objects.get(pk=self.users[persona].pk) if persona in self.users else None


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world of one module: built once, rolled back when the module is through. Tests must not commit."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


def build_world() -> World:
    """Everything. The caller holds the transaction."""
    world = World(users={}, clients={"stranger": Client()})
    _people(world)
    _missions(world)
    _delegation(world)
    _call(world)
    _programme(world)
    _field(world)
    _reports(world)
    _published(world)
    _texts(world)
    _history(world)
    _house(world)
    for name, user in world.users.items():
        world.clients[name] = Client()
        world.clients[name].force_login(user, backend=BACKEND)
    world.clients["phone"] = Client(headers={"Authorization": f"Token {world.token}"})
    return world


def _person(given: str, family: str) -> Person:
    return Person.objects.create(given_name=given, family_name=family, email=f"{given}.{family}@example.org".lower().replace(" ", "."))


def _user(given: str, family: str, *roles: str) -> User:
    person = _person(given, family)
    user = User.objects.create_user(person.email, "correct horse battery staple", person=person)
    for role in roles:
        RoleGrant.objects.create(user=user, role=role, given_by="system")
    return user


def _people(world: World) -> None:
    names = {
        "outsider": "Otto",
        "elsewhere": "Elsa",
        "invited": "Ingo",
        "observer_a": "Alba",
        "observer_b": "Bodil",
        "head": "Hedda",
        "rapporteur": "Rolf",
    }
    for persona, given in names.items():
        world.users[persona] = _user(given, persona.replace("_", " ").title())
    for role in GLOBAL:
        world.users[role] = _user(role.title(), "Desk", role)
    world.by = user_actor(world.users["coordinator"])
    world.publisher = user_actor(world.users["publisher"])


def _mission(code: str, state: str, day: date) -> Mission:
    country = Country.objects.get(code=code)
    election = Election.objects.create(country=country, kind=ElectionKind.LOCAL, title_en="Local elections", zone=country.zone)
    PollingDay.objects.create(election=election, day=day, round=1, opens_at=time(7), closes_at=time(20))
    authority = Organisation.objects.create(
        name=f"Election commission of {country.name_en}", kind=OrganisationKind.ELECTION_COMMISSION, country=country
    )
    request = _request(country, election=election, authority=authority, state=RequestState.REGISTERED, registered_at=clock.now())
    mission = create_mission(by=SYSTEM, election=election, request=request)
    Mission.objects.filter(pk=mission.pk).update(state=state, first_day=day - timedelta(days=3), last_day=day + timedelta(days=1))
    mission.refresh_from_db()
    mission.polling_days.set(election.polling_days.all())
    return mission


def _request(country: Country, **values: Any) -> Request:
    letter = store_file(LETTER + str(uuid4()).encode(), name="letter.pdf", by=SYSTEM, allow={PDF})
    common = {"authority_name": "Commission", "contact_name": "Mila Office", "contact_email": "office@example.org"}
    common |= {
        "election_kind": ElectionKind.LOCAL,
        "election_title": "Local elections",
        "polling": [{"day": clock.today().isoformat(), "round": 1}],
    }
    return Request.objects.create(
        country=country, received_at=clock.now(), received_on=clock.today(), letter=letter, language="en", **common | values
    )


def _assign(mission: Mission, user: User, role: str, state: str = AssignmentState.CONFIRMED, **more: Any) -> Assignment:
    return Assignment.objects.create(
        mission=mission, person=user.person, role=role, state=state, asked_at=clock.now(),
        confirmed_at=clock.now() if state == AssignmentState.CONFIRMED else None, **more,
    )  # fmt: skip


def _missions(world: World) -> None:
    rows = {row["code"]: row for row in _member_states()}
    for code in ("BG", "AL", "AM"):
        Country.objects.get_or_create(code=code, defaults=rows[code])
    load_deadline_rules()
    load_reference()
    today = clock.today()
    world.mission = _mission("BG", MissionState.ELECTION_DAY, today)
    world.other = _mission("AL", MissionState.ELECTION_DAY, today)
    world.past = _mission("AM", MissionState.DRAFTING, today - timedelta(days=60))
    world.request = _request(Country.objects.get(code="BG"), state=RequestState.RECEIVED)
    world.draft_request = _request(Country.objects.get(code="AL"), state=RequestState.DRAFT)
    world.organisation = Organisation.objects.create(name="Voters' league", kind=OrganisationKind.NGO, country=world.mission.country)
    world.contact = Contact.objects.create(organisation=world.organisation, name="Nora Office", email="nora@example.org", is_primary=True)
    doubled = Organisation.objects.create(name="League of voters", kind=OrganisationKind.NGO, country=world.mission.country)
    world.merge = merge_organisations(world.organisation, doubled, by=world.by)
    world.decided_request = world.mission.request
    Decision.objects.create(
        request=world.decided_request,
        outcome="accepted",
        decided_on=today,
        reference="CG/BUR(2027)1",
        format=world.mission.format,
        reasons="Invited.",
    )
    world.election = world.mission.election
    world.milestone = world.mission.milestones.order_by("pk").first()
    world.polling_day = world.mission.polling_days.get()
    world.visit = world.mission.visits.get()
    world.preparation = Preparation.objects.create(mission=world.mission, title="Maps printed", due_on=world.polling_day.day)


def _delegation(world: World) -> None:
    mission, users = world.mission, world.users
    roles = {
        "observer_a": AssignmentRole.OBSERVER,
        "observer_b": AssignmentRole.OBSERVER,
        "head": AssignmentRole.HEAD,
        "rapporteur": AssignmentRole.RAPPORTEUR,
    }
    world.assignments = {name: _assign(mission, users[name], role) for name, role in roles.items()}
    world.assignments["invited"] = _assign(mission, users["invited"], AssignmentRole.OBSERVER, AssignmentState.ASKED)
    world.assignment = world.assignments["observer_a"]
    _assign(world.other, users["elsewhere"], AssignmentRole.HEAD)
    member = users["observer_a"].person
    world.membership = Membership.objects.create(
        person=member,
        country=Country.objects.get(code="AL"),
        chamber="L",
        member_list="representative",
        starts_on=clock.today() - timedelta(days=90),
    )
    world.person_merge = merge_people(member, _person("Alba", "Doubled"), by=world.by)
    world.paper = hand_in_paper(member, by=world.by, kind="cv", content=LETTER, name="cv.pdf")
    world.correction = ask_correction(member, by=user_actor(users["observer_a"]), topic="other", text="The town is wrong.")
    world.state_mark = set_mark(Country.objects.get(code="AM"), by=world.by, kind="no_regions", valid_from=clock.today())
    world.mandate = Mandate.objects.create(person=member, title="Mayor", starts_on=clock.today() - timedelta(days=300))
    answers = {item["code"]: {"answer": "no"} for item in interest_questions("en")["questions"]}
    declare_interests(world.assignment, by=user_actor(users["observer_a"]), answers=answers, language="en")
    world.proposal = Proposal.objects.create(
        mission=mission, status="optimal", asked={}, outcome={"members": [], "criteria": [], "clash": []}, made_by=str(world.by)
    )
    world.declaration = Declaration.objects.get(assignment=world.assignment)
    day = world.polling_day.day
    world.stations = [
        Station.objects.create(
            mission=mission, code=f"S00{n}", name=f"School {n}", municipality="Town", district="District", setting="urban"
        )
        for n in (1, 2)
    ]
    world.station = world.stations[0]
    world.teams = []
    for name in ("observer_a", "observer_b"):
        team = create_team(mission, by=world.by, day=day, name=f"Team {name[-1].upper()}")
        add_member(team, world.assignments[name], by=world.by)
        world.teams.append(team)
    world.team: Team = world.teams[0]
    world.stop = Stop.objects.create(
        team=world.team, mission=mission, station=world.station, order=1, kind="voting", local_day=day, local_time=time(9),
        zone=mission.zone, planned_at=datetime.combine(day, time(9), ZoneInfo("Europe/Sofia")),
    )  # fmt: skip
    world.plan = DeploymentPlan.objects.create(
        mission=mission, version=1, content={"teams": []}, sha256="0" * 64, released_at=clock.now(), released_by=str(SYSTEM)
    )


def _call(world: World) -> None:
    mission, member = world.mission, world.membership.person
    world.call = InterestCall.objects.create(mission=mission, answer_by=clock.today(), opened_by=str(world.by))
    world.recipient = CallRecipient.objects.create(call=world.call, person=member, sent_at=clock.now())
    world.interest = Interest.objects.create(mission=mission, person=member, answer="yes", answered_by=str(world.by))
    group = PoliticalGroup.objects.get(code="ILDG")
    world.nomination = Nomination.objects.create(mission=mission, group=group, person=member, nominated_by=str(world.by))
    world.nomination_request = NominationRequest.objects.create(
        mission=mission, group=group, name="Sem", address="group@example.org", answer_by=clock.today(), sent_at=clock.now()
    )


def _programme(world: World) -> None:
    mission, day = world.mission, world.polling_day.day
    world.track = Track.objects.create(mission=mission, name="Sofia")
    start = datetime.combine(day, time(9), ZoneInfo("Europe/Sofia"))
    world.meeting = Meeting.objects.create(
        mission=mission, track=world.track, kind=MeetingKind.values[0], title="Election commission", start_day=day, start_time=time(9),
        end_day=day, end_time=time(10), zone=mission.zone, starts_at=start, ends_at=start + timedelta(hours=1), is_for_all=True,
    )  # fmt: skip
    release_programme(mission, by=world.by)
    world.participant = Participant.objects.create(meeting=world.meeting, organisation=world.organisation, contact=world.contact)
    world.task = world.meeting.tasks.create(text="Send the law.", written_by=str(world.by))
    world.notes_of_meeting = [
        world.meeting.meeting_notes.create(topic="L01", text="Said in confidence.", access=access, written_by=str(world.by))
        for access in (Access.TEAM, Access.SECRETARIAT)
    ]
    observer = world.users["observer_a"]
    world.own_note = world.meeting.meeting_notes.create(
        topic="L02", text="Seen by Alba.", author=observer.person, written_by=str(user_actor(observer))
    )
    world.feed = feed_for(by=user_actor(observer))
    world.feed_token = token_of(world.feed)


def _field(world: World) -> None:
    mission, user = world.mission, world.users["observer_a"]
    row, world.token = get_token_model().objects.create(user=user, expiry=None)
    world.device = Device.objects.create(user=user, person=user.person, digest=row.digest, name="Phone of Alba")
    world.form = Form.objects.create(mission=mission, code="B", form_id="voting", stage="voting", title_en="Voting")
    world.form_version = FormVersion.objects.create(
        form=world.form, version="1", state="published", xform=XFORM, md5="0" * 32, languages=["en"], published_at=clock.now()
    )
    country = {"code": "X01", "kind": "yn", "options": [], "required": True, "flag": [], "severity": "", "standards": []}
    content = fresh_content("", "Ink", ["fr"]) | {"items": [country], "texts": {"question:X01": {"en": "Was ink used?"}}}
    world.design = FormDesign.objects.create(mission=mission, code="M1", stage="other", content=content)
    world.observation = _observation(world, {"B21": "many"}, station=world.station, flags={"B21": 2}, severity=2)
    report = _observation(world, {"I07": "Ballots were thrown away."}, severity=3)
    world.incident = Incident.objects.create(mission=mission, observation=report, sequence=1, text="Ballots were thrown away.")
    world.note = Note.objects.create(
        uuid=uuid4(),
        mission=mission,
        person=user.person,
        device=world.device,
        text="A long queue.",
        content_hash="x",
        at=clock.now(),
        received_at=clock.now(),
    )
    world.conflict = SubmissionConflict.objects.create(
        submission=world.observation.uuid, content_hash="y", raw="<x/>", mission=mission, device=world.device
    )
    photo = store_file(LETTER + b"photo", name="paper.pdf", by=SYSTEM, allow={PDF})
    world.attachment = Attachment.objects.create(
        uuid=uuid4(),
        mission=mission,
        parent=world.observation.uuid,
        name="paper.pdf",
        device=world.device,
        person=user.person,
        stored=photo,
    )


def _observation(world: World, answers: dict[str, Any], **values: Any) -> Observation:
    uuid = uuid4()
    values = {"team": world.team, "person": world.users["observer_a"].person, "device": world.device, "day": world.polling_day.day} | values
    return Observation.objects.create(
        uuid=uuid, root=uuid, mission=world.mission, form=world.form, form_version=world.form_version, raw_xml="<x/>",
        content_hash=str(uuid), answers=answers, started_at=clock.now(), finished_at=clock.now(), received_at=clock.now(), **values,
    )  # fmt: skip


def _reports(world: World) -> None:
    reference.load_standards()
    reference.load_topics()
    world.finding = _finding(world.mission, world.by)
    world.evidence = world.finding.evidence.get()
    world.recommendation = _recommendation(world.mission, world.by, world.finding)
    Mission.objects.filter(pk=world.mission.pk).update(state=MissionState.DRAFTING)
    world.report = reports.open_report(missions=[Mission.objects.get(pk=world.mission.pk)], by=world.by, languages=["en", "fr"])
    Mission.objects.filter(pk=world.mission.pk).update(state=MissionState.ELECTION_DAY)
    section = ReportSection.objects.get(report=world.report, code="summary")
    world.assessment = FollowUp.objects.create(
        recommendation=world.recommendation, status="fully", basis="letter", assessed_on=clock.today(), assessed_by=str(world.by)
    )
    world.paragraph = paragraphs.add_paragraph(section, text={"en": "Words of the summary."}, by=world.by)
    world.remark = remarks.make_remark(world.paragraph, by=world.by, kind="comment", language="en", text="Too short.")
    world.version = versions.freeze_version(world.report, by=world.by, languages=["en"])
    render(freeze("reports.report", world.version, "en", by=world.by), "json")
    world.accepted_share = AcceptedShare.objects.create(
        mission=world.mission, digest="0" * 64, sentence="Lists below 5 % have no seat", shares=["5 %"], reason="A threshold of the law",
        accepted_by=str(world.publisher), accepted_at=clock.now(),
    )  # fmt: skip
    world.word_import = WordImport.objects.create(
        report=world.report,
        version=world.version,
        language="en",
        file=store_file(b"PK no document", name="draft.docx", by=world.by, access=Access.SECRETARIAT, mime=DOCX),
        plan={"items": [], "notices": [], "comments": [], "versions": {}, "same": 0},
        brought_by=str(world.by),
        brought_at=clock.now(),
    )
    world.invitation = DraftInvitation.objects.create(
        report=world.report,
        version=world.version,
        name="Mila Office",
        address="office@example.org",
        until=clock.today() + timedelta(days=14),
        asked_at=clock.now() - timedelta(days=2),
        asked_by=str(world.by),
    )
    world.comment = ConsultationComment.objects.create(
        report=world.report, invitation=world.invitation, author="Mila Office", file=world.request.letter, received_at=clock.now()
    )
    world.statement = Statement.objects.create(
        mission=world.mission,
        number=1,
        languages=["en"],
        content={"languages": {}},
        checksum="0" * 64,
        frozen_at=clock.now(),
        frozen_by=str(world.by),
    )


def _finding(mission: Mission, by: Actor) -> Any:
    row = findings.add_finding(mission=mission, statement={"en": "Group voting was seen."}, phase="voting", by=by)
    evidence.link_figure(row, item="B21", label="B21", n=12, denominator=96, by=by)
    return findings.agree_finding(row, by=by)


def _recommendation(mission: Mission, by: Actor, finding: Any) -> Any:
    text = {"en": "ensure that voters mark their ballots alone", "fr": "veiller à ce que les électeurs marquent leur bulletin seuls"}
    return recommendations.draft_recommendation(
        mission=mission, by=by, text=text, findings=[finding], standards=["COGP-I.4"], addressees=["central_commission"]
    )


def _published(world: World) -> None:
    """The report of a past mission, published: what the public site shows."""
    mission, by = world.past, world.by
    _assign(mission, world.users["elsewhere"], AssignmentRole.RAPPORTEUR)
    world.host_language = languages.host_languages_of(mission.country)[0]
    report = reports.open_report(missions=[mission], by=by, languages=["en", "fr", world.host_language])
    for code in ("summary", "introduction", "election_day", "conclusions"):
        section = ReportSection.objects.get(report=report, code=code)
        paragraphs.add_paragraph(section, text={"en": f"Words of the {code}.", "fr": f"Mots : {code}."}, by=by)
    world.public_recommendation = _recommendation(mission, by, _finding(mission, by))
    _visited(mission, by)
    lifecycle.agree_report(report, by=user_actor(world.users["elsewhere"]))
    lifecycle.submit_report(report, by=by)
    lifecycle.approve_report(report, by=by)
    lifecycle.adopt_report(
        report, by=by, adopted_on=clock.today(), number="CPL(2027)52-03", recommendation_number="Recommendation 601 (2027)"
    )
    accepted = ["fr", world.host_language]
    world.publication, world.job = publication.publish_report(
        report, by=world.publisher, unchecked_accepted=accepted, findings_accepted=True
    )
    world.public_report: Report = report
    render(freeze("reports.report", world.publication.version, "en", by=world.publisher), "json")
    world.download = file_name(world.publication, "en", "json")
    conclusions = ReportParagraph.objects.get(section__report=report, section__code="conclusions")
    world.corrected, _job = publication.correct_report(
        report, by=world.publisher, note={"en": "A word was wrong."}, paragraphs={str(conclusions.uuid): {"en": "Right words."}},
        unchecked_accepted=accepted,
    )  # fmt: skip
    world.public_recommendation.refresh_from_db()
    followup.assess_recommendation(world.public_recommendation, status="not_implemented", basis="dialogue", by=by, access=Access.PUBLIC)


def _visited(mission: Mission, by: Actor) -> None:
    """One station that a team visited: the report has a map of municipalities."""
    day = mission.polling_days.get().day
    station = Station.objects.create(mission=mission, code="S1", municipality="Gyumri", latitude=40.79, longitude=43.85)
    team = create_team(mission, by=by, day=day, name="Team A")
    Stop.objects.create(
        team=team, mission=mission, station=station, order=1, kind="voting", local_day=day, local_time=time(9), zone=mission.zone,
        planned_at=datetime.combine(day, time(9), ZoneInfo("Asia/Yerevan")), outcome="visited",
    )  # fmt: skip


def _texts(world: World) -> None:
    """An announcement and a good practice of the mission, and the public ones of the past mission."""
    by, publisher = world.by, world.publisher
    world.mission_text = mission_texts.compose_text(world.mission, "announcement", by=by)
    values = {"level": "dialogue", "step": "drafting", "actors": ["ngo"]}
    words = {"title": {"en": "Open budget days"}, "text": {"en": "The town asks."}, "lesson": {"en": "Ask early."}}
    world.practice = practices.add_practice(mission=world.mission, texts=words, by=by, note=world.notes_of_meeting[1], **values)
    text = mission_texts.compose_text(world.past, "announcement", by=by)
    text = mission_texts.change_text(text, version=text.version, by=by, contact="Press service, press@example.org")
    mission_texts.move_text(text, "approve", by=by)
    world.public_text, _job = mission_text_release.release_text(text, by=publisher, languages=["en"])
    render(freeze("reports.mission_text", world.public_text, "en", by=publisher), "json")
    world.text_download = text_file_name(world.public_text, "en", "json")
    world.public_practice = practices.add_practice(mission=world.past, texts=words, by=by, **values)
    practices.move_practice(world.public_practice, "check", by=by)
    practices.move_practice(world.public_practice, "publish", by=publisher)
    head = "id,country,level,step,title,text,lesson,actors"
    rows = BytesIO(f"{head}\n1,BG,dialogue,drafting,Open lists,The lists hang out.,Hang them out.,ngo\n".encode())
    practice_import.import_practices(by=by, source=rows, name="list.csv", collection="A city’s own", licence="CC0")
    world.collected_practice = GoodPractice.objects.collected().get()


def _history(world: World) -> None:
    """A text adopted before Scrutin that is at the desk, and one that is public, each with a recommendation that was assessed."""
    facts = {"country": world.mission.country, "year": 2012, "election": "Local elections", "adopted_on": date(2013, 3, 20)}
    for name, number in (("past_text", "Recommendation 338 (2013)"), ("public_past_text", "Recommendation 339 (2013)")):
        text = past_texts.enter_text(by=world.publisher, number=number, **facts)
        row = past_recommendations.enter_recommendation(text, paragraph="5.a", wording={"en": "keep the lists"}, by=world.publisher)
        found = followup.assess_recommendation(row, status="partially", basis="letter", assessed_on=date(2015, 5, 5), by=world.publisher)
        setattr(world, name, text)
        setattr(world, name.replace("text", "recommendation"), row)
        setattr(world, name.replace("text", "assessment"), found)
    past_texts.release_text(world.public_past_text, by=world.publisher)


def _house(world: World) -> None:
    world.letter = world.request.letter
    world.outsider, world.person = world.users["outsider"], world.users["observer_a"].person
    world.mail = queue_mail(key="world", address="a@example.org", template="core/mail/digest", context={"items": [], "day": "2027-10-24"})
    world.job_of_coordinator = Job.objects.get(pk=world.job.pk)
    Job.objects.filter(pk=world.job.pk).update(owner=world.users["coordinator"])
    world.upload = store_file(b"code,name\nS009,School 9\n", name="stations.csv", by=world.by, allow={"text/csv", "text/plain"})
    world.organisation_list = store_file(b"name,kind,country\nWatch,ngo,BG\n", name="organisations.csv", by=world.by)
    expires = clock.real_now() + timedelta(days=3)
    subjects = {
        "request": ("request.submit", world.draft_request),
        "meeting": ("meeting.answer", world.participant),
        "join": ("assignment.answer", world.assignments["invited"]),
        "call": ("call.answer", world.recipient),
        "nominate": ("nomination.enter", world.nomination_request),
        "accept": ("nomination.accept", world.nomination),
        "draft": ("report.comment", world.invitation),
        "password": ("account.password", world.users["outsider"]),
        "own": ("observers.own_page", world.person),
    }
    world.tokens = {}
    for name, (purpose, subject) in subjects.items():
        _link, url = issue_link(by=world.by, purpose=purpose, subject=subject, expires_at=expires)
        world.tokens[name] = url.rstrip("/").rsplit("/", 1)[1]
