"""Stores submitted forms. The one way in for the phone's batch, OpenRosa clients, imports and the demonstration.

A batch costs the same few queries whatever its size: one that asks which UUIDs are known, one that stores. Content is
never a reason to refuse: what is odd is marked. The same UUID with the same content is answered as the first time; with
other content both are kept (`SubmissionConflict`) until a person decides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from core import bulk, clock
from core.actors import SYSTEM
from field.enums import FormStage, Result, Slot, Source
from field.models import Device, Observation, SubmissionConflict
from field.services import chains, clocks, incidents
from field.services.context import MissionContext, context_of
from field.services.definitions import Ready, answer, version_for
from field.xforms.evaluate import Outcome
from field.xforms.functions import decimal_time
from field.xforms.instance import Instance, Unreadable, parse_instance
from missions.models import Mission
from observers.enums import StopKind
from observers.services.deployment import mark_visited, planned_stops

TRIES = 8
STOPS: dict[str, StopKind] = {
    FormStage.OPENING: StopKind.OPENING,
    FormStage.VOTING: StopKind.VOTING,
    FormStage.CLOSING: StopKind.CLOSING,
    FormStage.TABULATION: StopKind.TABULATION,
}


@dataclass(slots=True)
class Submission:
    """One form as it arrived."""

    raw: str | bytes
    mission: Mission
    source: str = Source.SYNC
    device: Device | None = None
    person_id: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    clock_offset: int = 0
    language: str = ""
    is_forced: bool = False
    reason: str = ""
    replaces: UUID | None = None  # what the phone says this corrects; the form's own `deprecatedID` goes before it
    position: tuple[float, float] | None = None
    hashed: str = ""  # what the content is judged by, where `raw` was built here and may be built otherwise tomorrow


@dataclass(slots=True)
class ItemResult:
    """The answer to one item."""

    result: str
    uuid: UUID | None = None
    code: str = ""
    detail: str = ""
    severity: int | None = None
    flags: dict[str, int] = field(default_factory=dict)
    is_incomplete: bool = False
    is_unmatched: bool = False
    waiting: bool = False
    number: str = ""
    is_record: bool = True

    def as_json(self, kind: str) -> dict[str, Any]:
        """As docs/sync.md 4 says."""
        body: dict[str, Any] = {"uuid": str(self.uuid) if self.uuid else None, "kind": kind, "result": str(self.result)}
        body |= {"code": self.code, "detail": self.detail}
        if self.is_record and self.result in {Result.CREATED, Result.ALREADY, Result.REVISION}:
            body |= {"severity": self.severity, "flags": self.flags, "is_incomplete": self.is_incomplete}
            body |= {"is_unmatched": self.is_unmatched, "waiting": self.waiting}
            if self.number:
                body["number"] = self.number
        return body


@dataclass(slots=True)
class _Read:
    """A submission that could be read and placed."""

    at: int
    submission: Submission
    instance: Instance
    ready: Ready
    hash: str

    @property
    def is_linked(self) -> bool:
        """Whether more than its own row is written for it."""
        return self.instance.replaces is not None or self.ready.stage == FormStage.INCIDENT


@dataclass(slots=True)
class _Batch:
    """Work on one call: what is known, what is new, what contradicts."""

    context: MissionContext
    results: list[ItemResult | None]
    known: dict[UUID, Observation] = field(default_factory=dict)
    fresh: dict[UUID, tuple[_Read, Observation]] = field(default_factory=dict)
    repeated: list[_Read] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)

    @property
    def is_one_row(self) -> bool:
        """Whether one row is all that there is to write: the database stores it whole without a transaction around it."""
        is_more = self.repeated or self.stops or self.known or any(item.is_linked for item, _row in self.fresh.values())
        return len(self.fresh) == 1 and not is_more


def ingest(submissions: Sequence[Submission]) -> list[ItemResult]:
    """Store submissions of one mission; one result each, in their order. Repeats safely, also when eight do it at once.

    What was sent before is recognised by its hash and answered without being read again. Reading and evaluating happen
    before the transaction, which only writes.
    """
    if not submissions:
        return []
    batch = _Batch(context_of(submissions[0].mission), [None] * len(submissions))
    hashes = [_hash(submission) for submission in submissions]
    glances = [_glance(submission.raw) for submission in submissions]
    batch.known = _known([uuid for pair in glances for uuid in pair if uuid], [uuid for uuid, _parent in glances if uuid])
    _answer_repeated(batch, glances, hashes)
    read = [
        item
        for at, submission in enumerate(submissions)
        if batch.results[at] is None and (item := _read(at, submission, hashes[at], batch.context, batch.results))
    ]
    _look_again(batch, read, {uuid for pair in glances for uuid in pair if uuid})
    _prepare(batch, read)
    for attempt in range(TRIES):
        try:
            if batch.fresh or batch.repeated:
                with nullcontext() if batch.is_one_row and not connection.in_atomic_block else transaction.atomic():
                    _write(batch)
            break
        except IntegrityError:
            # Somebody stored one of these UUIDs, or took an incident's number, between our question and our answer:
            # asked again, it is known. A station or team deleted a moment ago is looked up anew.
            if attempt == TRIES - 1:
                raise
            batch.context = context_of(submissions[0].mission, fresh=True)
            _look_again(batch, read, set())
            _prepare(batch, read)
    return [result for result in batch.results if result is not None]


def _hash(submission: Submission) -> str:
    content = submission.hashed or submission.raw
    raw = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(raw.strip()).hexdigest()


def _glance(raw: str | bytes) -> tuple[UUID | None, UUID | None]:
    """The UUID and the replaced one, where they stand in the usual way; what is found is only used for asking."""
    text = raw[-3000:].decode("utf-8", "replace") if isinstance(raw, bytes) else raw[-3000:]
    found: list[UUID | None] = []
    for name in ("instanceID>uuid:", "deprecatedID>uuid:"):
        at = text.find(name)
        try:
            found.append(UUID(text[at + len(name) : at + len(name) + 36]) if at >= 0 else None)
        except ValueError:
            found.append(None)
    return found[0], found[1]


def _known(uuids: Sequence[UUID], own: Sequence[UUID]) -> dict[UUID, Observation]:
    """What is stored under these UUIDs, and corrections that wait for one of them: one query."""
    if not uuids:
        return {}
    return {row.uuid: row for row in Observation.objects.under(uuids, own)}


def _answer_repeated(batch: _Batch, glances: list[tuple[UUID | None, UUID | None]], hashes: list[str]) -> None:
    same = [
        (at, uuid)
        for at, (uuid, _parent) in enumerate(glances)
        if uuid is not None and uuid in batch.known and batch.known[uuid].content_hash == hashes[at]
    ]
    numbers = incidents.numbers_of([uuid for _at, uuid in same])
    for at, uuid in same:
        batch.results[at] = _already(uuid, batch.known[uuid], numbers)


def _look_again(batch: _Batch, read: list[_Read], asked: set[UUID]) -> None:
    """Ask for what a glance did not see; after a lost race for everything."""
    own = [item.instance.uuid for item in read]
    wanted = {*own, *(item.instance.replaces for item in read if item.instance.replaces)}
    if not wanted <= asked:
        batch.known |= _known(list(wanted), own)


def _read(at: int, submission: Submission, digest: str, context: MissionContext, results: list[ItemResult | None]) -> _Read | None:
    try:
        instance = parse_instance(submission.raw)
        ready = version_for(context, instance.form_id, instance.version)
        if ready is None:
            raise Unreadable("form", "")
        if ready.compiled.definition.repeats:
            instance = parse_instance(submission.raw, repeats=ready.compiled.definition.repeats)
        if instance.replaces is None and submission.replaces not in (None, instance.uuid):
            instance.replaces = submission.replaces
    except Unreadable as error:
        results[at] = ItemResult(Result.REFUSED, _glance(submission.raw)[0], error.code, reason_of(error))
        return None
    return _Read(at, submission, instance, ready, digest)


def _prepare(batch: _Batch, read: list[_Read]) -> None:
    """Sort what was read into new, repeated and contradicting; evaluate the new."""
    batch.fresh, batch.repeated = {}, []
    context, now = batch.context, clock.now()
    context.load_stations({item.instance.values.get(path, "") for item in read for path in item.ready.shape.station_paths})
    for item in read:
        uuid = item.instance.uuid
        if uuid in batch.known or uuid in batch.fresh:
            batch.repeated.append(item)
        else:
            batch.fresh[uuid] = (item, _observation(item, context, now))
    seen = {(row.team_id, row.station_id, STOPS.get(item.ready.stage)) for item, row in batch.fresh.values()}
    batch.stops = planned_stops({(team, station, kind) for team, station, kind in seen if team and station and kind})


def _write(batch: _Batch) -> None:
    numbers = incidents.numbers_of([item.instance.uuid for item in batch.repeated])
    for item in batch.repeated:
        uuid = item.instance.uuid
        row = batch.known.get(uuid) or batch.fresh[uuid][1]
        batch.results[item.at] = _again(item, row, numbers)
    if not batch.fresh:
        return
    new = [observation for _item, observation in batch.fresh.values()]
    is_linked = chains.place(new, batch.known)
    chains.keep_station(new, batch.known)
    incident_reports = [observation for item, observation in batch.fresh.values() if item.ready.stage == FormStage.INCIDENT]
    Observation.objects.bulk_create(incident_reports)  # what is raised for them needs their keys
    bulk.insert(observation for item, observation in batch.fresh.values() if item.ready.stage != FormStage.INCIDENT)
    if is_linked:
        chains.settle({observation.root for observation in new} | {row.root for row in batch.known.values()})
    raised = incidents.raise_for(incident_reports, batch.context)
    if batch.stops:
        mark_visited(batch.stops, by=SYSTEM)
    for item, observation in batch.fresh.values():
        batch.results[item.at] = ItemResult(
            Result.REVISION if observation.replaces else Result.CREATED,
            observation.uuid,
            severity=observation.severity,
            flags=observation.flags,
            is_incomplete=observation.is_incomplete,
            is_unmatched=observation.is_unmatched,
            waiting=observation.is_waiting,
            number=raised.get(observation.uuid, ""),
        )


def _again(item: _Read, row: Observation, numbers: dict[UUID, str]) -> ItemResult:
    """The same UUID once more."""
    uuid = item.instance.uuid
    if item.hash == row.content_hash:
        return _already(uuid, row, numbers)
    defaults = {"raw": item.instance.raw, "mission": item.submission.mission, "device": item.submission.device}
    SubmissionConflict.objects.get_or_create(submission=uuid, content_hash=item.hash, defaults=defaults)
    return ItemResult(Result.CONFLICT, uuid, "conflict", _("Other content is stored under this number; both are kept for the secretariat."))


def _already(uuid: UUID, row: Observation, numbers: dict[UUID, str]) -> ItemResult:
    return ItemResult(
        Result.ALREADY,
        uuid,
        severity=row.severity,
        flags=row.flags,
        is_incomplete=row.is_incomplete,
        is_unmatched=row.is_unmatched,
        waiting=row.is_waiting,
        number=numbers.get(uuid, ""),
    )


def reason_of(error: Unreadable) -> str:
    """A refusal as a sentence in the reader's language."""
    sentences = {
        "too_large": _("The form is larger than 1 MB. Send photos apart from it."),
        "xml": _("The form cannot be read: its XML is damaged or not allowed."),
        "form": _("This mission has no form and version of that name. Fetch the forms again."),
        "instance_id": _("The form has no instanceID. Send it from a client that gives one."),
        "uuid": _("The instanceID of the form is not a UUID."),
    }
    return sentences.get(error.code, str(error))


def _observation(item: _Read, context: MissionContext, now: datetime) -> Observation:
    """The row of one submission, with everything that is derived from it."""
    submission, instance, ready = item.submission, item.instance, item.ready
    answers = _answers(instance, ready)
    started = clocks.moment_of(instance.values.get(f"/{instance.root}/start")) or submission.started_at
    finished = submission.finished_at or clocks.moment_of(instance.values.get(f"/{instance.root}/end"))
    offset = timedelta(seconds=submission.clock_offset)
    outcome = ready.compiled.evaluate(instance, look_up=context.look_up, now=(finished or now).astimezone(context.zone).isoformat())
    is_own = submission.source != Source.IMPORT
    day = context.day_of(clocks.begun_at(started, offset, now, context, is_own=is_own))
    station = str(answers.get("station") or answers.get("H03") or "").strip()
    row = context.stations.get(station)
    observation = Observation(
        uuid=instance.uuid,
        root=instance.replaces or instance.uuid,
        replaces=instance.replaces,
        mission_id=submission.mission.pk,
        form_id=ready.form_pk,
        form_version_id=ready.version_pk,
        device_id=submission.device.pk if submission.device else None,
        person_id=submission.person_id,
        team_label=str(answers.get("H01", ""))[:100],
        team_id=context.team_of(str(answers.get("H01", "")), submission.person_id, day),
        station_id=row.pk if row else None,
        station_text="" if row else str(answers.get("H03") or answers.get("station_typed") or station)[:200],
        day=day,
        slot=_slot(ready.stage, str(answers.get("H07", ""))),
        setting=str(answers.get("H05") or (row.columns["setting"] if row else ""))[:10],
        raw_xml=instance.raw,
        content_hash=item.hash,
        answers=answers,
        is_unmatched=row is None and ready.stage != FormStage.INCIDENT and "H03" in ready.shape.layout.codes,
        is_forced=submission.is_forced,
        is_clock_odd=clocks.is_odd(started, finished, offset, now, is_own=is_own),
        source=submission.source,
        language=submission.language[:20],
        reason=submission.reason,
        latitude=submission.position[0] if submission.position else None,
        longitude=submission.position[1] if submission.position else None,
        started_at=started,
        finished_at=finished,
        clock_offset=submission.clock_offset,
        received_at=now,
        changed_at=now,
    )
    _mark(observation, outcome, ready)
    return observation


def _mark(observation: Observation, outcome: Outcome, ready: Ready) -> None:
    """Take over what the form says about the answers."""
    for code in ("H02", "H03"):
        if not observation.answers.get(code) and outcome.computed.get(code):
            observation.answers[code] = outcome.computed[code]
    observation.flags = outcome.flags
    observation.severity = outcome.severity
    observation.warnings = outcome.warnings
    observation.broken = outcome.broken
    observation.unanswered = outcome.unanswered
    observation.is_incomplete = bool(outcome.unanswered)
    observation.is_forced = observation.is_forced or bool(outcome.broken)
    observation.packed = ready.layout.pack(observation.answers, outcome.flags)


def _answers(instance: Instance, ready: Ready) -> dict[str, Any]:
    values = instance.values
    answers = {code: answer(kind, text) for path, code, kind in ready.shape.answers if (text := values.get(path, "").strip())}
    for path, code, triples in ready.shape.repeats:
        rows = instance.rows.get(path, [])
        if rows:
            answers[code] = [{name: answer(kind, row[where]) for where, name, kind in triples if row.get(where)} for row in rows]
    return answers


def _slot(stage: str, arrival: str) -> str:
    """The visit slot, from the form and H07 (field-forms 2)."""
    minutes = decimal_time(arrival) * 1440
    if stage == FormStage.OPENING:
        return Slot.OPENING
    if minutes == minutes and minutes < 360 and stage in {FormStage.CLOSING, FormStage.TABULATION}:
        return Slot.NIGHT
    if stage == FormStage.CLOSING:
        return Slot.CLOSING
    if stage == FormStage.TABULATION:
        return Slot.NIGHT
    if minutes != minutes:
        return Slot.UNKNOWN
    return Slot.BEFORE_13 if minutes < 780 else Slot.AFTER_13
