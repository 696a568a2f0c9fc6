"""Answers collected elsewhere: CSV, Kobo and ODK exports become observations through the same ingest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.actors import Actor
from core.rights import authorize
from field.enums import APPROVAL, Result, ReviewState, Source
from field.models import FlagReview, Form, FormVersion, Observation
from field.services.context import context_of
from field.services.import_columns import ENDS, IDENTITIES, STARTS, STATES, Columns, Row, numbered
from field.services.import_files import Table, Unreadable, read_tables
from field.services.import_repeats import Hanging, repeats_of
from field.services.ingest import Submission, ingest
from field.services.instances import build
from missions.models import Mission

BATCH = 200
APPROVALS = {
    "approved": ReviewState.SETTLED,
    "on hold": ReviewState.ASKED,
    "has issues": ReviewState.ASKED,
    "not approved": ReviewState.NEW,
    "rejected": ReviewState.NEW,
}
UNDECIDED = {"", "none", "null", "received", "edited", "no status", "{}"}


@dataclass
class Answer:
    """The shape every importer answers with."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    sheet: str = ""

    def as_json(self) -> dict[str, Any]:
        """For commands and the API; `ignored` names the columns that say nothing to the form, where there are any."""
        body: dict[str, Any] = {"created": self.created, "updated": self.updated, "unchanged": self.unchanged, "refused": self.refused}
        return body | ({"ignored": self.ignored} if self.ignored else {})

    def refuse(self, row: int, column: str, why: str, sheet: str = "") -> None:
        """One more fault: where it stands, and what would be right. The sheet is named where there are several."""
        sheet = sheet or self.sheet
        self.refused.append({"row": row, "column": column, "why": why} | ({"sheet": sheet} if sheet else {}))


class _Undo(Exception):
    """Leave nothing half stored."""


@dataclass
class _Work:
    """One import on its way through the rows."""

    version: FormVersion
    mission: Mission
    answer: Answer
    by: Actor
    batch: list[tuple[int, str, Submission]] = field(default_factory=list)
    states: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    seen: dict[UUID, int] = field(default_factory=dict)


def import_observations(
    version: FormVersion,
    mission: Mission,
    content: bytes,
    *,
    name: str,
    by: Actor,
    mapping: Mapping[str, str] | None = None,
    beside: Sequence[tuple[str, bytes]] = (),
    dry_run: bool = False,
) -> Answer:
    """Store each row as an observation of `version`; all or nothing.

    A row's UUID is its instanceID, else made from its content: the same file again changes nothing. Repeats hang on their
    records: sheets of the workbook, or the files `beside` (name, content), by `_parent_index`, `_submission__uuid` or
    `PARENT_KEY`. What Kobo (`_validation_status`) or ODK (`__system/reviewState`) said of a record becomes its review `approval`.
    Times without a zone are those of the mission.
    """
    authorize(by, "field.import_observation", mission)
    answer = Answer()
    try:
        tables = read_tables([(name, content), *beside])
    except Unreadable as error:
        answer.refuse(0, "", str(error))
        return answer
    main = _main(tables, version, mapping or {}, answer)
    if main is None:
        return answer
    columns = Columns(main, _plain_questions(version), mapping or {})
    if not columns.has_questions:
        answer.refuse(1, "", _("No column is named after a question of this form. Say which is which: heading=code (the command: --map)."))
    elif other := _other_form(main, columns, version, mission):
        why = _("The columns are those of the form %(other)s, not of %(form)s: only %(codes)s are in both.")
        values = {"other": other, "form": version.form.code, "codes": ", ".join(sorted(columns.asked))}
        answer.refuse(1, "", why % values)
    if answer.refused:
        return answer
    answer.ignored = columns.ignored
    hanging = Hanging(main, [table for table in tables if table is not main], repeats_of(version), mapping or {}, answer.refused)
    if answer.refused:
        return answer
    work = _Work(version, mission, answer, by)
    try:
        with transaction.atomic():
            _store(work, main, columns, hanging)
            if answer.refused or dry_run:
                raise _Undo
            audit.record(by, "field.observations_imported", mission, data={"form": version.form.code, "created": answer.created})
    except _Undo:
        if answer.refused:
            answer.created = answer.updated = answer.unchanged = 0
    return answer


def _plain_questions(version: FormVersion) -> list[dict[str, Any]]:
    return [question for question in version.questions if not question.get("repeat")]


def _main(tables: list[Table], version: FormVersion, mapping: Mapping[str, str], answer: Answer) -> Table | None:
    """The table of the records: the one with questions of the form that hangs on no other. Two of them are refused, none is too."""
    plain = [table for table in tables if not table.is_repeat] or tables[:1]
    asking = [table for table in plain if Columns(table, _plain_questions(version), mapping).has_questions]
    main = next(iter(asking or plain), None)
    if main is None or not main.rows:
        answer.refuse(0, "", _("The file has no rows."))
        return None
    answer.sheet = main.name if len(tables) > 1 else ""
    for table in asking[1:]:
        why = _("The sheet “%(sheet)s” holds records as “%(first)s” does: import each of them as a file of its own.")
        answer.refuse(1, "", why % {"sheet": table.name, "first": main.name}, sheet=table.name)
    return main


def _other_form(main: Table, columns: Columns, version: FormVersion, mission: Mission) -> str:
    """The code of a form of the mission of which the file has more questions than of this one."""
    found = {version.form.code: len(columns.asked)}
    for form in Form.objects.for_mission(mission).exclude(code=version.form.code):
        if form.current:
            found[form.code] = len(Columns(main, _plain_questions(form.current), {}).asked)
    best = max(found, key=lambda code: found[code])
    return best if best != version.form.code else ""


def _store(work: _Work, main: Table, columns: Columns, hanging: Hanging) -> None:
    flat = numbered(main, hanging.codes)
    for number, cells in main.rows:
        row = columns.read(cells)
        row.answers |= hanging.rows(number, cells, flat, row)
        for column, why in row.faults:
            work.answer.refuse(number, column, why)
        _take(work, number, row)
        if len(work.batch) == BATCH:
            _flush(work)
    _flush(work)


def _take(work: _Work, number: int, row: Row) -> None:
    """One row on its way into the batch; what is wrong with it is refused by row and column."""
    start, end = (_moment(row, names, number, work) for names in (STARTS, ENDS))
    text, head = row.first(IDENTITIES)
    special = {name: value for name, value in row.special.items() if name not in STATES}
    uuid = _uuid(text, work.version, row.answers, special)
    _approval(work, number, row, uuid)
    raw = build(work.version, row.answers, uuid=uuid, started_at=start, finished_at=end, mission=work.mission)
    key = json.dumps([row.answers, special], sort_keys=True)
    submission = Submission(raw=raw, mission=work.mission, source=Source.IMPORT, started_at=start, finished_at=end, hashed=key)
    work.batch.append((number, head, submission))


def _approval(work: _Work, number: int, row: Row, uuid: UUID) -> None:
    said, head = row.first(STATES)
    plain = _plain_state(said)
    if plain in UNDECIDED:
        return
    if plain not in APPROVALS:
        why = _("“%(state)s” is no state that Kobo or ODK gives a record; known are %(known)s, or nothing.")
        work.answer.refuse(number, head, why % {"state": said, "known": ", ".join(APPROVALS)})
        return
    work.states[uuid] = (APPROVALS[plain], f"{head}: {said}")


def _plain_state(said: str) -> str:
    """`validation_status_not_approved`, `Not Approved` and `hasIssues` in plain words."""
    words = "".join(f" {sign}" if sign.isupper() and at and said[at - 1].islower() else sign for at, sign in enumerate(said))
    return " ".join(words.lower().replace("_", " ").removeprefix("validation status ").split())


def _flush(work: _Work) -> None:
    batch, work.batch = work.batch, []
    kept = []
    results = ingest([submission for _number, _head, submission in batch])
    for (number, head, _submission), result in zip(batch, results, strict=True):
        first = number
        if result.uuid and result.result != Result.REFUSED:
            first = work.seen.setdefault(result.uuid, number)
            kept.append(result.uuid)
        if result.result in {Result.CREATED, Result.REVISION}:
            work.answer.created += 1
        elif result.result == Result.ALREADY:
            work.answer.unchanged += 1
        elif result.result == Result.CONFLICT:
            why = _("A record with this UUID is stored already, with other answers: correct it at the desk, or leave the row out.")
            if first != number:
                why = _("The row has the UUID of row %(row)d and other answers: keep the one that is right.") % {"row": first}
            work.answer.refuse(number, head or "instanceID", why)
        else:
            work.answer.refuse(number, head or "instanceID", result.detail)
    _keep_states(work, kept)


def _keep_states(work: _Work, uuids: list[UUID]) -> None:
    """What was said of a record elsewhere, as its review; what the desk has said since stays."""
    wanted = [uuid for uuid in uuids if uuid in work.states]
    if wanted:
        pks = dict(Observation.objects.filter(uuid__in=wanted).values_list("uuid", "pk"))
        rows = []
        for uuid, pk in pks.items():
            state, note = work.states[uuid]
            rows.append(FlagReview(observation_id=pk, code=APPROVAL, state=state, note=note, made_by=str(work.by)))
        FlagReview.objects.bulk_create(rows, ignore_conflicts=True)


def _uuid(text: str, version: FormVersion, answers: dict[str, Any], special: dict[str, str]) -> UUID:
    try:
        return UUID(text.strip().removeprefix("uuid:"))
    except ValueError:
        key = json.dumps([str(version.uuid), answers, special], sort_keys=True)
        return uuid5(NAMESPACE_URL, hashlib.sha256(key.encode()).hexdigest())


def _moment(row: Row, names: tuple[str, ...], number: int, work: _Work) -> datetime | None:
    """The time in one of these columns; without a zone it is the mission's."""
    text, head = row.first(names)
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        work.answer.refuse(number, head, _("“%(value)s” is no time: write 2027-10-24T09:30:00+03:00.") % {"value": text})
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=context_of(work.mission).zone)
