"""Polling day: everything that the teams' phones send, over HTTP, in the order in which a day brings it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid5

from config.demo import photos
from config.demo.answers import CLOCK_ERROR, WRONG_CLOCK_TEAM, StopPlan, Visit, build_visits, with_other_content
from config.demo.run import Run, expect, wait_for
from config.demo.steps.findings import actor_of, load
from config.demo.steps.phones import Phone, Sender, enrol
from core.enums import MailState
from core.models import OutboxMail
from field.models import Attachment, Incident, Note, Observation, SubmissionConflict
from missions.services.lifecycle import move_mission
from observers.enums import StopOutcome
from observers.models import Stop, Team
from observers.services.deployment import polling_hours, record_stop

STEP = "7 polling day"
WAVES = ("08:15", "11:00", "14:00", "17:00", "20:30", "23:45")
PHOTOS = {"steps": photos.steps_photo, "protocol": photos.protocol_photo}
ODK_TEAM, TWICE_TEAM, COPIED_TEAM = 5, 2, 3


def enrol_phones(run: Run) -> None:
    """One phone for each team."""
    run.go(-5, "17:00")
    teams = Team.objects.filter(mission=run.mission).order_by("number")
    with run.step(STEP, "phones enrolled by code, over HTTP") as told:
        run.things["phones"] = {team.number: enrol(run, team) for team in teams}
        told(f"{len(run.things['phones'])} phones")


def observe(run: Run) -> None:
    """The whole day, wave by wave; then what came late; then the live figures. With `run.until`, the day up to that time."""
    run.go(0, "05:45")
    move_mission(run.mission, "start_election_day", by=run.coordinator)
    day = Day(run)
    waves = [wall for wall in WAVES if not run.until or wall <= run.until]
    with run.step(STEP, "forms, notes, incidents sent over HTTP") as told:
        for number, wall in enumerate(waves):
            run.go(0, wall)
            day.send_wave(number)
        day.send_odd_ones()
        if not run.until:
            run.go(1, "06:30")
            day.send_late_ones()
        told(", ".join(f"{count} {name}" for name, count in sorted(day.results.items())))
    with run.step(STEP, "what became of every stop") as told:
        told(record_outcomes(run, day))
    with run.step(STEP, "incident alert reached the coordinator") as told:
        told(f"{check_alerts(run)} alert")
    with run.step(STEP, "live figures") as told:
        told(show_figures(run, day))


class Day:
    """What was observed, and how far it has been sent."""

    def __init__(self, run: Run) -> None:
        self.run, self.sender = run, Sender(run)
        self.phones: dict[int, Phone] = run.things["phones"]
        self.phones[WRONG_CLOCK_TEAM].error = CLOCK_ERROR
        _day, opens, closes = polling_hours(run.mission)
        self.visits = build_visits(planned_stops(run), seed=run.seed, opens=opens, closes=closes)
        self.unsent = [visit for visit in self.visits if not visit.late_hours and not visit.replaces]
        self.notes, self.incidents = load("notes.json"), load("incidents.json")
        self.results: Counter = Counter()

    def send_wave(self, number: int) -> None:
        """What was finished since the last wave: forms, notes and incidents of every team."""
        now = self.run.timeline.local(0, WAVES[number])
        last = number == len(WAVES) - 1
        ready = [visit for visit in self.unsent if last or visit.finished <= now]
        self.unsent = [visit for visit in self.unsent if visit not in ready]
        for team, phone in self.phones.items():
            mine = [visit for visit in ready if visit.stop.team_number == team]
            if team == ODK_TEAM:
                self._send_as_odk(phone, mine)
                mine = []
            items = [self.sender.item_of(visit, phone) for visit in mine]
            items += self._notes(team, now, phone) + self._incidents(team, now, phone)
            self._count(self.sender.send(phone, items))
            if number == 1 and team == TWICE_TEAM:
                again = self.sender.send(phone, items)
                expect({row["result"] for row in again} == {"already"}, "A batch sent twice was not answered as the first time.")
                self._count(again)
        self._send_photos(now)

    def send_odd_ones(self) -> None:
        """The correction, and other content under a known UUID."""
        correction = next(visit for visit in self.visits if visit.replaces)
        phone = self.phones[correction.stop.team_number]
        results = self.sender.send(phone, [self.sender.item_of(correction, phone)])
        expect(results[0]["result"] == "revision", f"The correction was answered {results[0]}.")
        self._count(results)
        copied = next(visit for visit in self.visits if visit.stop.team_number == COPIED_TEAM and visit.form == "B" and not visit.marks)
        phone = self.phones[COPIED_TEAM]
        results = self.sender.send(phone, [self.sender.item_of(with_other_content(copied), phone)])
        expect(results[0]["result"] == "conflict", f"Other content under a known UUID was answered {results[0]}.")
        self._count(results)

    def send_late_ones(self) -> None:
        """Forms of phones that found a network only the next morning."""
        late = [visit for visit in self.visits if visit.late_hours]
        for team, phone in self.phones.items():
            self._count(self.sender.send(phone, [self.sender.item_of(visit, phone) for visit in late if visit.stop.team_number == team]))

    def _send_as_odk(self, phone: Phone, visits: Iterable[Visit]) -> None:
        for visit in visits:
            answer = self.sender.send_as_odk(phone, visit)
            expect(answer.status == 201, f"The ODK door answered {answer.status}: {answer.text[:300]}")
            self.results["by ODK"] += 1

    def _notes(self, team: int, now: datetime, phone: Phone) -> list[dict[str, Any]]:
        due = [note for note in self.notes if note["team"] == team and self._is_due(note, now)]
        return [
            {
                "kind": "note",
                "uuid": str(self._uuid("note", note)),
                "mission": self.sender.mission.reference,
                "text": note["text"],
                "topic": note["topic"],
                "severity": note["severity"],
                "source": note["source"],
                "at": self._moment(note, phone),
                "station": "",
                "meeting": None,
                "place": "",
                "replaces": None,
                "attachments": [],
            }
            for note in due
        ]

    def _incidents(self, team: int, now: datetime, phone: Phone) -> list[dict[str, Any]]:
        due = [row for row in self.incidents if row["team"] == team and self._is_due(row, now)]
        names = {
            "I02": "place",
            "I03": "kind",
            "I04": "how",
            "I05": "seriousness",
            "I06": "danger",
            "I07": "text",
            "I08": "did",
            "I09": "call_back",
        }
        return [
            {
                "kind": "incident",
                "uuid": str(self._uuid("incident", row)),
                "mission": self.sender.mission.reference,
                "answers": {"I01": self._moment(row, phone), **{code: row[name] for code, name in names.items()}},
                "finished_at": self._moment(row, phone),
                "station": None,
            }
            for row in due
        ]

    def _send_photos(self, now: datetime) -> None:
        for note in self.notes:
            if "photo" in note and note.get("is_sent") and not note.get("has_photo"):
                phone = self.phones[note["team"]]
                content = PHOTOS[note["photo"]]()
                answer = self.sender.send_photo(phone, parent=self._uuid("note", note), name=f"{note['photo']}.jpg", content=content)
                expect(answer.status == 200, f"A photo was answered {answer.status}: {answer.text[:200]}")
                expect(answer.json()["result"] in {"created", "already"}, f"A photo was answered {answer.text[:200]}")
                note["has_photo"] = True
                self.results["photos"] += 1

    def _is_due(self, row: dict[str, Any], now: datetime) -> bool:
        if row.get("is_sent") or self.run.timeline.local(0, row["at"]) > now:
            return False
        row["is_sent"] = True
        return True

    def _uuid(self, kind: str, row: dict[str, Any]) -> Any:
        return uuid5(self.sender.mission.uuid, f"{kind} {row['team']} {row['at']}")

    def _moment(self, row: dict[str, Any], phone: Phone) -> str:
        return self.sender.moment(self.run.timeline.local(0, row["at"]), phone.error).isoformat()

    def _count(self, results: Iterable[dict[str, Any]]) -> None:
        self.results.update(row["result"] for row in results)


def planned_stops(run: Run) -> list[StopPlan]:
    """The stops of the plan as the generator of answers takes them."""
    rows = Stop.objects.filter(mission=run.mission).select_related("team", "station")
    return [
        StopPlan(
            team=stop.team.name,
            team_number=stop.team.number,
            station=stop.station.code,
            municipality=stop.station.municipality,
            setting=stop.station.setting,
            station_kind=stop.station.kind,
            voters=stop.station.voters,
            kind=stop.kind,
            planned=datetime.combine(stop.local_day, stop.local_time),
        )
        for stop in rows
    ]


def record_outcomes(run: Run, day: Day) -> str:
    """Every stop from which a form came is visited."""
    by = actor_of(run, "head")
    seen = {(visit.stop.station, visit.stop.kind) for visit in day.visits if visit not in day.unsent}
    for stop in Stop.objects.filter(mission=run.mission, outcome=StopOutcome.PLANNED).select_related("station").order_by("pk"):
        if (stop.station.code, stop.kind) in seen:
            record_stop(stop, by=by, outcome=StopOutcome.VISITED)
    counts = Counter(Stop.objects.filter(mission=run.mission).values_list("outcome", flat=True))
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))


def check_alerts(run: Run) -> int:
    """The critical incident went by mail to the coordinator, at once."""
    incidents = Incident.objects.filter(mission=run.mission)
    due = [row for row in load("incidents.json") if not run.until or row["at"] <= run.until]
    expect(incidents.count() == len(due), f"{incidents.count()} incidents were numbered instead of {len(due)}.")
    expect(incidents.filter(is_danger=True).count() == 1, "The incident with somebody in danger was not recognised.")
    address = run.coordinator.user.email
    mails = OutboxMail.objects.filter(mission=run.mission.reference, address=address, template="field/mail/incident")
    wait_for(lambda: mails.filter(state=MailState.SENT).exists(), seconds=30, sentence="The incident alert was not sent.")
    return mails.filter(state=MailState.SENT).count()


def show_figures(run: Run, day: Day) -> str:
    """Count, and see that nothing was lost on the way."""
    from field.figures import figures  # counted with numpy, which only this step needs
    from field.services.exports import csv_rows

    stored = Observation.objects.filter(mission=run.mission, form__code__in=["A", "B", "C"])
    expect(SubmissionConflict.objects.filter(mission=run.mission).count() == 1, "The conflict was not kept for a person.")
    if not run.until:
        expect(stored.count() == len(day.visits), f"{stored.count()} forms are stored of {len(day.visits)} that were sent.")
        expect(Note.objects.filter(mission=run.mission).count() == len(day.notes), "A note was lost.")
        expect(Attachment.objects.filter(mission=run.mission, state="stored").count() == 2, "A photo was lost.")
    start = time.monotonic()
    counted = figures(run.mission)
    seconds = time.monotonic() - start
    run.write("polling-day/observations.csv", "".join(csv_rows(Observation.objects.for_mission(run.mission), with_labels=True)))
    run.write("polling-day/figures.json", json.dumps(counted.as_json(), ensure_ascii=False, indent=1, default=str))
    return f"{stored.filter(is_current=True).count()} forms, {seconds * 1000:.0f} ms"
