"""Stations, the programme with its interlocutors, and what they said."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

from icalendar import Calendar

from config.demo.run import Run, expect, refused
from config.demo.steps.findings import actor_of, load
from core.documents.services import freeze, render
from missions.enums import MeetingState, ParticipantAnswer
from missions.models import Meeting, Organisation, Participant
from missions.services.calendars import address_of, feed_for
from missions.services.invitations import answer, invite
from missions.services.lifecycle import move_mission
from missions.services.meetings import hold_meeting, plan_meeting
from missions.services.notes import write_note
from missions.services.organisations import add_contact, create_organisation
from missions.services.preparations import complete_preparation
from missions.services.releases import release_programme
from missions.services.stations import import_stations

STEP = "5 programme"
DATA = Path(__file__).resolve().parent.parent / "data"


def import_station_list(run: Run) -> None:
    """About 600 stations from the authority's list, in one go. For other countries no list was written."""
    if run.mission.country.code != "BG":
        return
    run.go(-95, "10:00")
    path = DATA / "bg_stations.csv"
    with run.step("3 stations", "station list read in") as told:
        with path.open("rb") as file:
            answer_ = import_stations(run.mission, by=run.coordinator, source=file, name=path.name)
        expect(not answer_["refused"], f"The station list was refused: {answer_['refused'][:3]}")
        told(f"{answer_['created']} created, 0 refused")


def plan_programme(run: Run) -> None:
    """Ten meetings over two days; one that clashes is refused."""
    run.go(-34, "10:00")
    items = load("meetings.json")
    with run.step(STEP, "meetings planned over two days") as told:
        run.things["meetings"] = {item["key"]: _plan(run, item) for item in items}
        told(f"{len(items)} meetings, {len({item['day'] for item in items})} days")
    first = items[0]
    said: list[str] = []
    with run.step(STEP, "a meeting in two places at once refused") as told:
        with refused("Two meetings at one time were planned for the whole delegation.", told=said):
            plan_meeting(
                run.mission,
                by=run.coordinator,
                kind="other",
                title="Courtesy call",
                start_day=run.timeline.day(first["day"]),
                start_time=time(9, 30),
                end_time=time(10, 15),
                is_for_all=True,
            )
        told("refused: clash")
    run.say(f"             {said[0][:200]}")
    run.things["refused_clash"] = said[0]


def answers_of_interlocutors(run: Run) -> None:
    """Two NGOs answer by their secure link in a browser, the others through the secretariat."""
    run.go(-26, "14:00")
    items = load("meetings.json")
    with run.step(STEP, "NGOs accept through secure links, others by telephone") as told:
        by_link = 0
        for item in items:
            participant = _asked(run, item)
            participant, url = invite(participant, by=run.coordinator)
            if item.get("by_link"):
                accept_by_link(run, url, item)
                by_link += 1
            else:
                answer(participant, by=run.coordinator, answer=ParticipantAnswer.ACCEPTED, comment="Confirmed by telephone.")
            participant.refresh_from_db()
            expect(participant.answer == ParticipantAnswer.ACCEPTED, f"{item['organisation']} did not accept.")
        told(f"{by_link} by link, {len(items) - by_link} noted")


def release(run: Run) -> None:
    """The programme is released; its calendar is read by its address, as a subscriber would."""
    run.go(-20, "09:00")
    with run.step(STEP, "programme released; calendar read by address") as told:
        version = release_programme(run.mission, by=run.coordinator).version
        feed = run.visitor().get(address_of(feed_for(mission=run.mission, by=run.coordinator)))
        expect(feed.status == 200, f"The calendar answers {feed.status}.")
        events = Calendar.from_ical(feed.body).walk("VEVENT")
        expect(len(events) >= run.mission.meetings.count(), "The calendar lacks meetings.")
        run.write("programme/programme.ics", feed.body)
        programme = freeze("missions.programme", run.mission, "en", by=run.coordinator)
        run.write("programme/programme.pdf", render(programme, "pdf").file.read())
        told(f"version {version}, {len(events)} events")


def hold_meetings(run: Run) -> None:
    """Everything is prepared and the delegation arrives; meetings are held and notes written."""
    run.go(-3, "18:00")
    for row in run.mission.preparations.listed().open():
        complete_preparation(row, by=run.coordinator)
    move_mission(run.mission, "brief", by=run.coordinator)
    run.go(-1, "18:00")
    with run.step(STEP, "meetings held, notes written") as told:
        notes = 0
        for item in load("meetings.json"):
            meeting = run.things["meetings"][item["key"]]
            hold_meeting(meeting, by=run.coordinator)
            if "note" in item:
                write_note(meeting, by=actor_of(run, "rapporteur"), topic=item["note"]["topic"], text=item["note"]["text"])
                notes += 1
        expect(not run.mission.meetings.filter(state=MeetingState.PLANNED).exists(), "A meeting is still only planned.")
        told(f"{len(run.things['meetings'])} held, {notes} notes")


def accept_by_link(run: Run, url: str, item: dict[str, Any]) -> None:
    """What an NGO does in its browser."""
    visitor = run.visitor(language=item["language"])
    page = visitor.get(url)
    expect(page.status == 200, f"The link of {item['organisation']} answers {page.status}.")
    fields = {"answer": "accepted", "people": item.get("people", ""), "comment": "We will bring a short paper."}
    done = visitor.send_form(page, fields)
    expect(done.status == 200, f"The answer of {item['organisation']} was not taken ({done.status}): {done.said[:300]}")


def _plan(run: Run, item: dict[str, Any]) -> Meeting:
    return plan_meeting(
        run.mission,
        by=run.coordinator,
        kind=item["kind"],
        title=item["organisation"],
        start_day=run.timeline.day(item["day"]),
        start_time=time.fromisoformat(item["from"]),
        end_time=time.fromisoformat(item["to"]),
        place=item["place"],
        languages=[item["language"]],
        is_for_all=True,
        organisations=[_organisation(run, item)],
    )


def _organisation(run: Run, item: dict[str, Any]) -> Organisation:
    known = Organisation.objects.active().filter(name=item["organisation"], country=run.mission.country).first()
    organisation = known or create_organisation(
        by=run.coordinator,
        name=item["organisation"],
        other_name=item["other_name"],
        kind=item["organisation_kind"],
        country=run.mission.country,
        languages=[item["language"]],
    )
    if not organisation.contacts.exclude(email="").exists():
        add_contact(organisation, by=run.coordinator, name=item["contact"], email=item["email"], language=item["language"])
    return organisation


def _asked(run: Run, item: dict[str, Any]) -> Participant:
    meeting = run.things["meetings"][item["key"]]
    return meeting.participants.exclude(organisation=None).get()
