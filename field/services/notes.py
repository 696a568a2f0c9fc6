"""Notes from phones: the same rules for UUIDs as for observations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import clock
from core.actors import Actor
from core.enums import Access
from core.errors import Invalid
from core.rights import authorize
from field.enums import NoteSource, Result
from field.models import Device, Note, SubmissionConflict
from field.services.clocks import moment_of
from field.services.context import context_of
from field.services.ingest import TRIES, ItemResult
from field.services.positions import position_of
from missions.models import Meeting, Mission

TEXT_LETTERS = 20_000
SHOWN = ("text", "topic", "station", "meeting", "place", "at", "severity", "source", "replaces")


def receive_notes(items: Sequence[dict[str, Any]], *, mission: Mission, device: Device | None, person_id: int | None) -> list[ItemResult]:
    """Store notes of one mission; one result each, in their order. Repeats safely."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _store(items, mission, device, person_id)
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
    return []


def write_note(mission: Mission, text: str, *, by: Actor, uuid: UUID, topic: str = "", severity: int = 0, **more: Any) -> Note:
    """A note written at the desk or by a service, e.g. after a meeting."""
    authorize(by, "field.submit", mission)
    person = by.person
    item = {"uuid": str(uuid), "text": text, "topic": topic, "severity": severity, **more}
    result = receive_notes([item], mission=mission, device=None, person_id=person.pk if person else None)[0]
    if result.result == Result.REFUSED:
        raise Invalid(result.detail, code=result.code, attr="text")
    return Note.objects.get(uuid=uuid)


def _store(items: Sequence[dict[str, Any]], mission: Mission, device: Device | None, person_id: int | None) -> list[ItemResult]:
    context = context_of(mission)
    wanted = {uuid for item in items if (uuid := _uuid(item.get("uuid")))}
    known = dict(Note.objects.filter(uuid__in=wanted).values_list("uuid", "content_hash"))
    context.load_stations({str(item.get("station") or "") for item in items})
    results: list[ItemResult] = []
    new: list[Note] = []
    for item in items:
        uuid, text = _uuid(item.get("uuid")), str(item.get("text") or "").replace("\x00", "").strip()
        if uuid is None:
            results.append(_plain(Result.REFUSED, None, "uuid", _("The note has no UUID.")))
        elif not text or len(text) > TEXT_LETTERS:
            results.append(_plain(Result.REFUSED, uuid, "text", _("A note needs a text of at most 20,000 letters.")))
        elif uuid in known:
            results.append(_again(uuid, known[uuid], item, mission, device))
        else:
            note = _note(item, uuid, text, mission, device, person_id, context)
            known[uuid] = note.content_hash
            new.append(note)
            results.append(_plain(Result.REVISION if note.replaces else Result.CREATED, uuid))
    Note.objects.bulk_create(new)
    _settle(Note.objects.filter(mission=mission), [note.replaces for note in new if note.replaces], [note.uuid for note in new])
    return results


def _settle(notes: QuerySet[Note], replaced: list[UUID], arrived: list[UUID]) -> None:
    """A note that is replaced does not count, in whichever order the two came; `notes` are those of the same mission."""
    now = clock.now()
    if replaced:
        notes.filter(uuid__in=replaced, is_current=True).update(is_current=False, changed_at=now)
    if arrived:
        late = notes.filter(replaces__in=arrived).values_list("replaces", flat=True)
        notes.filter(uuid__in=list(late), is_current=True).update(is_current=False, changed_at=now)


def _again(uuid: UUID, first: str, item: dict[str, Any], mission: Mission, device: Device | None) -> ItemResult:
    digest = _digest(item)
    if digest == first:
        return _plain(Result.ALREADY, uuid)
    raw = json.dumps(item, ensure_ascii=False, default=str)
    defaults = {"raw": raw, "mission": mission, "device": device, "kind": "note"}
    SubmissionConflict.objects.get_or_create(submission=uuid, content_hash=digest, defaults=defaults)
    return _plain(Result.CONFLICT, uuid, "conflict", _("Other content is stored under this number; both are kept for the secretariat."))


def _note(
    item: dict[str, Any], uuid: UUID, text: str, mission: Mission, device: Device | None, person_id: int | None, context: Any
) -> Note:
    at = moment_of(item.get("at"))
    row = context.stations.get(str(item.get("station") or ""))
    day = context.day_of(at or clock.now())
    meeting = _uuid(item.get("meeting"))
    severity = item.get("severity")
    latitude, longitude = position_of(item, mission) or (None, None)
    return Note(
        uuid=uuid,
        replaces=_uuid(item.get("replaces")),
        mission=mission,
        device=device,
        person_id=person_id,
        team_id=context.team_of("", person_id, day),
        station_id=row.pk if row else None,
        meeting=Meeting.objects.filter(mission=mission, uuid=meeting).first() if meeting else None,
        text=text,
        topic=str(item.get("topic") or "")[:8],
        place=str(item.get("place") or ("" if row else item.get("station") or ""))[:300],
        severity=severity if isinstance(severity, int) and 0 <= severity <= 3 else 0,
        source=item["source"] if item.get("source") in NoteSource.values else NoteSource.SEEN,
        access=Access.TEAM,
        content_hash=_digest(item),
        latitude=latitude,
        longitude=longitude,
        at=at,
    )


def _digest(item: dict[str, Any]) -> str:
    shown = {name: item.get(name) for name in SHOWN if item.get(name) not in (None, "")}
    return hashlib.sha256(json.dumps(shown, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def _plain(result: str, uuid: UUID | None, code: str = "", detail: str = "") -> ItemResult:
    return ItemResult(result, uuid, code, detail, is_record=False)


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value).removeprefix("uuid:")) if value else None
    except ValueError:
        return None
