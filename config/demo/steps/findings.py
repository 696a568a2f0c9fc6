"""Debriefing: findings with their evidence, the statement, and the recommendations that follow from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db.models import Q

from accounts.models import User
from config.demo.run import DemoFailed, Run, expect, wait_for
from core.actors import Actor, user_actor
from core.documents.services import documents_of
from core.enums import JobState
from core.models import Job
from field.models import Incident, Note, Observation
from missions.models import MeetingNote
from missions.services.lifecycle import move_mission
from reports.models import Finding, Topic
from reports.services import evidence
from reports.services.figures import Snapshot, entry, item_of, snapshot_of
from reports.services.findings import add_finding, agree_finding, drop_finding, translate_finding
from reports.services.recommendations import draft_recommendation, translate_recommendation
from reports.services.statement import freeze_statement, render_statement

STEP = "8 findings"
DATA = Path(__file__).resolve().parent.parent / "data"
LANGUAGES = ("en", "fr", "de")


def load(name: str) -> Any:
    """A file of texts of the demonstration."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def actor_of(run: Run, role: str) -> Actor:
    """Who holds a role in the mission, as read now."""
    person = run.mission.assignments.confirmed().filter(role=role).first()
    if person is None:
        raise DemoFailed(f"Nobody is confirmed as {role}.")
    return user_actor(User.objects.select_related("person").get(person=person.person_id))


def debrief(run: Run) -> None:
    """The morning after: findings from figures, answers, notes, meetings and an incident; one is dropped with a reason."""
    run.go(1, "08:30")
    move_mission(run.mission, "debrief", by=run.coordinator)
    figures = snapshot_of([run.mission])
    expect(figures["stations"] > 0, "No figure was counted.")
    with run.step(STEP, "findings written down, each with evidence") as told:
        run.things["findings"] = {item["key"]: write_finding(run, item, figures) for item in load("findings.json")}
        links = sum(finding.evidence.count() for finding in run.things["findings"].values())
        told(f"{len(run.things['findings'])} findings, {links} pieces of evidence")
    run.go(1, "11:00")
    with run.step(STEP, "agreed by the delegation, one dropped") as told:
        head = actor_of(run, "head")
        dropped = 0
        for item in load("findings.json"):
            finding = run.things["findings"][item["key"]]
            if "drop" in item:
                drop_finding(finding, by=head, reason=item["drop"])
                dropped += 1
            else:
                agree_finding(finding, by=head)
            for language in ("fr", "de"):
                translate_finding(finding, language=language, text=item[language], by=run.publisher, checked=True)
        told(f"{len(run.things['findings']) - dropped} agreed, {dropped} dropped")


def conclude(run: Run) -> None:
    """The statement is frozen, drawn by a worker, and presented."""
    run.go(1, "13:00")
    with run.step(STEP, "statement frozen and drawn in three languages") as told:
        statement = freeze_statement(run.mission, by=actor_of(run, "head"))
        job = render_statement(statement, by=actor_of(run, "head"))
        files = collect(run, job, statement, "reports.statement", "statement")
        told(f"{files} files")
    run.go(1, "15:00")
    move_mission(run.mission, "conclude", by=actor_of(run, "head"))


def write_finding(run: Run, item: dict[str, Any], figures: Snapshot) -> Finding:
    """One finding by the rapporteur, linked to what it rests on."""
    by = actor_of(run, "rapporteur")
    finding = add_finding(
        mission=run.mission,
        statement={language: item[language] for language in LANGUAGES},
        phase=item["phase"],
        topic=Topic.objects.get(code=item["topic"]),
        seriousness=item["seriousness"],
        kind=item["kind"],
        confidence=item["confidence"],
        by=by,
    )
    for code in item["figures"]:
        figure = figure_of(figures, code)
        if figure:
            label = f"{code}: {figure['n']} of {figure['denominator']} of the stations visited"
            evidence.link_figure(finding, item=code, label=label, n=figure["n"], denominator=figure["denominator"], by=by)
    for wanted in item["answers"]:
        code, _sign, value = wanted.partition("=")
        for observation in _with_answer(run, code, value)[:2]:
            evidence.link_answer(finding, observation, code, by=by)
    _link_the_rest(run, finding, item, by)
    expect(finding.evidence.exists(), f"The finding “{item['key']}” found no evidence.")
    return finding


def figure_of(figures: Snapshot, code: str) -> dict[str, Any] | None:
    """The figure of a question; of the scale at a form's end, and of the header, what the snapshot counts for it."""
    if code in {"A25", "B34", "C33"}:
        return next((row for row in figures["conduct"] if row.get("code") == code), None)
    if code == "H13":
        return figures["women_chairs"]
    if code == "H14":
        rows = [row for row in figures["observers"] if row["kind"] == "citizen_group"]
        return entry(rows[0]["n"], rows[0]["denominator"]) if rows else None
    return item_of(figures, code)


def draft_recommendations(run: Run) -> None:
    """Weeks later: the recommendations, each on agreed findings, with standards, addressees and priority."""
    run.go(12, "09:00")
    move_mission(run.mission, "draft", by=run.coordinator)
    by = actor_of(run, "rapporteur")
    with run.step(STEP, "recommendations drafted and translated") as told:
        made = {}
        for item in load("recommendations.json"):
            recommendation = draft_recommendation(
                mission=run.mission,
                text={language: item[language] for language in LANGUAGES},
                by=by,
                findings=[run.things["findings"][key] for key in item["findings"]],
                standards=item["standards"],
                addressees=item["addressees"],
                priority=item["priority"],
                action_type=item["action_type"],
                topic=Topic.objects.get(code=item["topic"]),
            )
            for language in ("fr", "de"):
                translate_recommendation(recommendation, language=language, text=item[language], by=run.publisher, checked=True)
            made[item["key"]] = recommendation
        run.things["recommendations"] = made
        told(f"{len(made)} in 3 languages")


def collect(run: Run, job: Job, subject: Any, kind: str, folder: str) -> int:
    """Wait for a worker to draw documents, then write them to the folder. Returns how many files there are."""
    ended = {JobState.DONE, JobState.FAILED, JobState.CANCELLED}
    wait_for(lambda: Job.objects.get(pk=job.pk).state in ended, seconds=90, sentence="No worker drew the documents in 90 seconds.")
    job = Job.objects.get(pk=job.pk)
    expect(job.state == JobState.DONE, f"Drawing the documents ended as “{job.state}”: {job.message}")
    count = 0
    for document in documents_of(subject, kind):
        for drawn in document.files.all():
            run.write(f"{folder}/{folder.rpartition('/')[2]}-{document.language}.{drawn.format}", drawn.file.read())
            count += 1
    return count


def _with_answer(run: Run, code: str, value: str) -> list[Observation]:
    rows = Observation.objects.filter(Q(form_version__form__code=code[0]), mission=run.mission).order_by("pk")
    return [row for row in rows if row.answers.get(code) == value]


def _link_the_rest(run: Run, finding: Finding, item: dict[str, Any], by: Actor) -> None:
    if item.get("photo_note"):
        note = Note.objects.filter(mission=run.mission, topic="L15").order_by("pk").first()
        if note:
            evidence.link_note(finding, note, by=by)
    if item.get("incident"):
        incident = Incident.objects.filter(mission=run.mission).order_by("pk").first()
        if incident:
            evidence.link_incident(finding, incident, by=by)
    meeting = run.things.get("meetings", {}).get(item.get("meeting", ""))
    if meeting:
        note = MeetingNote.objects.filter(meeting=meeting).order_by("pk").first()
        evidence.link_meeting(finding, meeting, note=note, by=by)
