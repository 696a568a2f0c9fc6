"""From the letter of the authority to the decision of the Bureau."""

from __future__ import annotations

from dataclasses import dataclass

from config.demo.letter import invitation_letter
from config.demo.run import Run, expect
from config.demo.slots import contact_of
from core.documents.services import freeze, render
from missions.enums import Criterion, MissionFormat, MissionState, RequestState
from missions.models import Country
from missions.services.bureau_facts import suggested_criteria
from missions.services.decisions import answer_authority, decide, prepare_note, put_before_bureau
from missions.services.intake import open_request
from missions.services.missions import create_election
from missions.services.register import register_request

STEP = "2 request"
OPENS, CLOSES = "07:00", "20:00"


@dataclass(frozen=True)
class Election:
    """What an authority's letter says."""

    country: str
    authority: str
    city: str
    kind: str
    title: str
    title_fr: str
    title_de: str
    opens_at: str = OPENS
    closes_at: str = CLOSES


LOCAL = ("Local elections", "Élections locales", "Kommunalwahlen")
EARLY = ("Early local elections", "Élections locales anticipées", "Vorgezogene Kommunalwahlen")
ELECTIONS = {
    "BG": Election("BG", "Central Election Commission", "Sofia", "local", *LOCAL),
    "BG-early": Election("BG", "Central Election Commission", "Sofia", "partial", *EARLY),
    "AL": Election("AL", "Central Election Commission", "Tirana", "local", *LOCAL, closes_at="19:00"),
}


def receive_request(run: Run) -> None:
    """The authority opens its secure link in a browser, fills in the form, adds the letter; the coordinator registers it."""
    run.go(-120, "09:30")
    election = ELECTIONS[run.election]
    country = Country.objects.get(code=election.country)
    letter = invitation_letter(
        country=country.name_en,
        authority=election.authority,
        city=election.city,
        election=election.title.lower(),
        polling_day=run.timeline.polling_day,
        written_on=run.timeline.day(-121),
    )
    run.write("request/invitation.pdf", letter)
    with run.step(STEP, "invitation and letter sent through the secure link") as told:
        request, url = open_request(
            by=run.coordinator,
            country=country,
            contact_name="Office of the Chairperson",
            contact_email=contact_of(run.slot),
            authority_name=election.authority,
        )
        send_the_form(run, url, election, letter)
        request.refresh_from_db()
        expect(request.state == RequestState.RECEIVED, f"The request is “{request.state}” after the form was sent.")
        told("1 request, 1 letter")
    with run.step(STEP, "registered; mission, polling day and deadlines") as told:
        known = create_election(
            by=run.coordinator,
            country=country,
            kind=election.kind,
            title_en=election.title,
            title_fr=election.title_fr,
            title_de=election.title_de,
            polling=[{"day": run.timeline.polling_day, "opens_at": election.opens_at, "closes_at": election.closes_at}],
        )
        request, run.mission = register_request(request, by=run.coordinator, election=known)
        told(f"{run.mission.reference}, {run.mission.milestones.count()} deadlines")


def put_to_bureau(run: Run) -> None:
    """The note to the Bureau with the criteria of observation-rules A6."""
    run.go(-112, "10:00")
    request = run.mission.request
    with run.step(STEP, "note to the Bureau with the A6 criteria") as told:
        criteria = {code: {"answer": "yes", "comment": ""} for code in Criterion.values} | suggested_criteria(request)
        prepare_note(
            request,
            by=run.coordinator,
            criteria=criteria,
            proposed_format=MissionFormat.OBSERVATION,
            proposed_size=12,
            proposes_pre_electoral=True,
            proposal="An observation mission of twelve members, an expert and staff, with six teams on polling day.",
        )
        note = freeze("missions.bureau_note", request, "en", by=run.coordinator)
        run.write("request/bureau-note.pdf", render(note, "pdf").file.read())
        put_before_bureau(request, by=run.coordinator)
        told(f"{len(criteria)} criteria")
    expect(run.mission.state == MissionState.BEFORE_BUREAU, "The mission is not before the Bureau.")


def record_decision(run: Run) -> None:
    """The Bureau accepts; the authority gets its answer."""
    run.go(-98, "16:00")
    with run.step(STEP, "decision of the Bureau, answer to the authority") as told:
        decision = decide(
            run.mission.request,
            by=run.coordinator,
            outcome="accepted",
            decided_on=run.timeline.day(-98),
            reference=f"CG-BUR({run.timeline.day(-98).year})99-1",
            reasons="Written invitation in good time; free movement and access promised; open questions on access to the vote.",
            format=MissionFormat.OBSERVATION,
            has_pre_electoral=True,
        )
        answer_authority(decision, by=run.coordinator)
        told("accepted")


def send_the_form(run: Run, url: str, election: Election, letter: bytes) -> None:
    """What the authority does in its browser."""
    visitor = run.visitor()
    page = visitor.get(url)
    expect(page.status == 200, f"The secure link answers {page.status}.")
    fields = {
        "authority_name": election.authority,
        "authority_type": "election_commission",
        "office_held": "Chairperson",
        "contact_name": "Office of the Chairperson",
        "contact_email": contact_of(run.slot),
        "contact_phone": "",
        "language": "en",
        "election_kind": election.kind,
        "election_title": election.title,
        "area": "",
        "message": "We will be glad to help the delegation in every way.",
        "letter_on": run.timeline.day(-121).isoformat(),
        "day_1": run.timeline.polling_day.isoformat(),
        "opens_1": election.opens_at,
        "closes_1": election.closes_at,
        "submit": "1",
    }
    answer = visitor.send_form(page, fields, files=[("letter", "invitation.pdf", "application/pdf", letter)])
    expect(answer.status == 200, f"The form was not taken ({answer.status}): {answer.said[:400]}")
