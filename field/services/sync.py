"""The phone's batch door (docs/sync.md 4 and 5): many items in, one result each, and what changed since."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import structlog
from django.db.models import Q
from django.utils.translation import gettext as _

from core import clock
from core.errors import Invalid
from field.enums import FormStage, Result, Source
from field.models import Device, Form, Note, Observation
from field.services import instances
from field.services.attachments import pictures_of
from field.services.clocks import moment_of, offset_of
from field.services.devices import mission_to_submit
from field.services.incidents import numbers_of
from field.services.ingest import ItemResult, Submission, ingest
from field.services.moves import receive_moves
from field.services.notes import _uuid, receive_notes
from field.services.positions import position_of
from missions.models import Mission

log = structlog.get_logger(__name__)
MOST_ITEMS = 200
MOST_CHANGES = 200
BACK = timedelta(days=60)
OVERLAP = timedelta(seconds=30)
KINDS = {"observation", "incident", "note", "move"}
# The oldest phone app whose items are still understood. An older one keeps its records and is told to update.
OLDEST_APP = "0.1.0"


def receive_batch(device: Device, payload: dict[str, Any]) -> list[dict[str, Any]]:
    """Store the items of a batch; one result each, in their order.

    Items of one mission and kind are stored together. If storing them together meets an unforeseen fault, each is tried
    alone, so that one bad item holds up no other; the one at fault is answered `later`.
    """
    items = payload.get("items")
    if not isinstance(items, list):
        raise Invalid(_("The request has no list “items”."), code="items", attr="items")
    if len(items) > MOST_ITEMS:
        raise Invalid(_("More than %(most)s items in one request.") % {"most": MOST_ITEMS}, code="too_many", attr="items")
    offset = offset_of(moment_of(payload.get("sent_at")))
    _keep_clock(device, offset)
    results: list[ItemResult | None] = [None] * len(items)
    missions: dict[str, Mission | None] = {}
    groups: dict[tuple[int, str], list[int]] = {}
    is_old = is_too_old(payload.get("app_version"))
    for at, item in enumerate(items):
        refusal = _refusal(item, is_old=is_old)
        if refusal is not None:
            results[at] = refusal
            continue
        reference = str(item.get("mission") or "")
        if reference not in missions:
            missions[reference] = mission_to_submit(device, reference)
        if missions[reference] is None:
            results[at] = _refused(item, "mission", _("This person has no part in the mission “%(mission)s”.") % {"mission": reference})
        else:
            groups.setdefault((ORDER.get(item["kind"], 0), reference), []).append(at)
    for (order, reference), places in sorted(groups.items()):
        mission = missions[reference]
        assert mission is not None
        store = (_forms, _notes, _moves)[order]
        for at, result in zip(places, _store(store, [items[at] for at in places], mission, device, offset), strict=True):
            results[at] = result
    return [result.as_json(_kind(item)) for item, result in zip(items, results, strict=True) if result is not None]


# A move comes after the record that it moves.
ORDER = {"note": 1, "move": 2}


def is_too_old(version: Any) -> bool:
    """Is this version of the phone app no longer understood? What is not three numbers is taken as new enough."""
    try:
        said = [int(part) for part in str(version or "").split(".")]
    except ValueError:
        return False
    return len(said) == 3 and said < [int(part) for part in OLDEST_APP.split(".")]


def _store(store: Any, items: list[dict], mission: Mission, device: Device, offset: int) -> list[ItemResult]:
    try:
        return store(items, mission, device, offset)
    except Exception:
        log.exception("batch_failed", mission=mission.reference, items=len(items))
    results = []
    for item in items:
        try:
            results += store([item], mission, device, offset)
        except Exception:
            log.exception("item_failed", mission=mission.reference, uuid=str(item.get("uuid")))
            results.append(
                ItemResult(Result.LATER, _uuid(item.get("uuid")), "fault", _("The server could not store this now. It will be sent again."))
            )
    return results


def _notes(items: list[dict], mission: Mission, device: Device, offset: int) -> list[ItemResult]:
    return receive_notes(items, mission=mission, device=device, person_id=device.person_id)


def _forms(items: list[dict], mission: Mission, device: Device, offset: int) -> list[ItemResult]:
    return ingest([_submission(item, mission, device, offset) for item in items])


def _moves(items: list[dict], mission: Mission, device: Device, offset: int) -> list[ItemResult]:
    return receive_moves(items, mission=mission, device=device, offset=offset)


def _submission(item: dict[str, Any], mission: Mission, device: Device, offset: int) -> Submission:
    raw = item.get("xml")
    if not isinstance(raw, str):
        raw = _incident_xml(item, mission)
    return Submission(
        raw=raw,
        mission=mission,
        source=Source.SYNC,
        device=device,
        person_id=device.person_id,
        started_at=moment_of(item.get("started_at")),
        finished_at=moment_of(item.get("finished_at")),
        clock_offset=offset,
        language=str(item.get("language") or "")[:20],
        is_forced=bool(item.get("is_forced")),
        reason=str(item.get("reason") or "")[:2000],
        replaces=_uuid(item.get("replaces")),
        position=position_of(item, mission),
        hashed=json.dumps([item["answers"], item.get("station")], sort_keys=True, default=str) if raw is not item.get("xml") else "",
    )


def _incident_xml(item: dict[str, Any], mission: Mission) -> str:
    """An incident sent as plain answers becomes an instance of form I, so that its rules hold as well."""
    form = Form.objects.for_mission(mission).filter(stage=FormStage.INCIDENT).first()
    version = form.current if form else None
    if version is None:
        return ""
    answers = {str(code): value for code, value in item["answers"].items() if isinstance(value, (str, int, float, list))}
    if item.get("station"):
        answers["station"] = str(item["station"])
    return instances.build(
        version,
        answers,
        uuid=_uuid(item.get("uuid")) or uuid5(UUID(int=0), repr(item)),
        started_at=moment_of(item.get("started_at")) or moment_of(item.get("finished_at")),
        finished_at=moment_of(item.get("finished_at")),
    )


def _refusal(item: Any, *, is_old: bool) -> ItemResult | None:
    """What can be said without asking the database."""
    if not isinstance(item, dict):
        return ItemResult(Result.REFUSED, None, "item", _("The item is not readable."), is_record=False)
    if is_old:
        sentence = _("This app is too old for the server. Update it; your records stay on the phone and are sent then.")
        return ItemResult(Result.LATER, _uuid(item.get("uuid")), "update", sentence, is_record=False)
    kind = item.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        return _refused(item, "kind", _("The server does not know this kind of record. Update the app."))
    has_answers = kind == "incident" and isinstance(item.get("answers"), dict)
    if kind not in ORDER and not isinstance(item.get("xml"), str) and not has_answers:
        return _refused(item, "xml", _("The record has no form."))
    if has_answers and not isinstance(item.get("xml"), str) and _uuid(item.get("uuid")) is None:
        return _refused(item, "uuid", _("The record has no UUID."))
    return None


def _refused(item: dict, code: str, sentence: str) -> ItemResult:
    return ItemResult(Result.REFUSED, _uuid(item.get("uuid")), code, sentence, is_record=False)


def _kind(item: Any) -> str:
    return str(item.get("kind", "")) if isinstance(item, dict) else ""


def _keep_clock(device: Device, offset: int) -> None:
    if abs(device.clock_offset - offset) > 60:
        Device.objects.filter(pk=device.pk).update(clock_offset=offset)
        device.clock_offset = offset


# changes --------------------------------------------------------------------------------------------------------


def changes_since(device: Device, cursor: str | None) -> dict[str, Any]:
    """Present states of the records of this person and of their teams, changed since `cursor` (docs/sync.md 5).

    The cursor is a time minus an overlap: a record stored by a slower transaction is not missed; one sent twice is
    merged by its UUID.
    """
    since = moment_of(cursor) or clock.now() - BACK
    mine = Q(person=device.person_id) | Q(team__members__person=device.person_id, team__members__left_at__isnull=True)
    rows = Observation.objects.filter(mine, changed_at__gte=since).distinct().with_names().defer("raw_xml", "packed")
    observations = list(rows.order_by("changed_at", "pk")[: MOST_CHANGES + 1])
    notes = list(
        Note.objects.filter(person=device.person_id, changed_at__gte=since)
        .select_related("mission", "station", "meeting")
        .order_by("changed_at", "pk")[: MOST_CHANGES + 1]
    )
    has_more = len(observations) > MOST_CHANGES or len(notes) > MOST_CHANGES
    end = _end_of(since, observations, notes, has_more)
    kept = [row for row in observations if row.changed_at <= end]
    numbers = numbers_of([row.uuid for row in kept if row.form.stage == FormStage.INCIDENT])
    replaced_by: dict[Any, UUID] = dict(Observation.objects.filter(replaces__in=[row.uuid for row in kept]).values_list("replaces", "uuid"))
    raw = _own_forms(kept, device)
    elsewhere = [row.uuid for row in (*kept, *notes) if row.person_id == device.person_id and row.device_id != device.pk]
    pictures = pictures_of(elsewhere)
    changes = [_change(row, device, numbers, replaced_by) | raw.get(row.pk, {}) for row in kept]
    notes = [row for row in notes if row.changed_at <= end]
    later = dict(Note.objects.filter(replaces__in=[row.uuid for row in notes]).values_list("replaces", "uuid")) if notes else {}
    changes += [_note_change(row, later) for row in notes]
    for change in changes:
        if UUID(change["uuid"]) in pictures:
            change["attachments"] = pictures[UUID(change["uuid"])]
    return {"changes": changes, "cursor": (end if has_more else end - OVERLAP).isoformat(), "has_more": has_more}


def _end_of(since: datetime, observations: list[Observation], notes: list[Note], has_more: bool) -> datetime:
    if not has_more:
        return max(clock.now(), since + OVERLAP)
    ends = [rows[MOST_CHANGES - 1].changed_at for rows in (observations, notes) if len(rows) > MOST_CHANGES]
    # All of one batch share an instant: if a whole page does, go on past it rather than for ever in it.
    return max(min(ends), since + timedelta(microseconds=1))


def _own_forms(rows: list[Observation], device: Device) -> dict[int, dict[str, str]]:
    """The instances of the person's own records that another of their phones made: this one needs them to correct them."""
    wanted = [row.pk for row in rows if row.person_id == device.person_id and row.device_id != device.pk]
    if not wanted:
        return {}
    return {pk: {"xml": xml} for pk, xml in Observation.objects.filter(pk__in=wanted).values_list("pk", "raw_xml")}


def _place(row: Observation | Note) -> dict[str, float] | None:
    return None if row.latitude is None or row.longitude is None else {"lat": row.latitude, "lon": row.longitude}


def _change(row: Observation, device: Device, numbers: dict[UUID, str], replaced_by: dict[Any, UUID]) -> dict[str, Any]:
    return {
        "kind": "incident" if row.form.stage == FormStage.INCIDENT else "observation",
        "uuid": str(row.uuid),
        "root": str(row.root),
        "replaces": str(row.replaces) if row.replaces else None,
        "replaced_by": str(replaced_by[row.uuid]) if row.uuid in replaced_by else None,
        "mission": row.mission.reference,
        "form": row.form.code,
        "version": row.form_version.version,
        "station": row.station.code if row.station else row.station_text,
        "team": row.team.name if row.team else row.team_label,
        "is_mine": row.person_id == device.person_id,
        "position": _place(row) if row.person_id == device.person_id else None,
        "finished_at": row.finished_at,
        "received_at": row.received_at,
        "severity": row.severity,
        "flags": row.flags,
        "is_incomplete": row.is_incomplete,
        "state": "waiting" if row.is_waiting else "current" if row.is_current else "replaced",
        "answers": row.answers,
        "number": numbers.get(row.uuid, ""),
    }


def _note_change(row: Note, replaced_by: dict[Any, UUID]) -> dict[str, Any]:
    return {
        "kind": "note",
        "uuid": str(row.uuid),
        "root": str(row.uuid),
        "replaces": str(row.replaces) if row.replaces else None,
        "replaced_by": str(replaced_by[row.uuid]) if row.uuid in replaced_by else None,
        "mission": row.mission.reference,
        "station": row.station.code if row.station else "",
        "is_mine": True,
        "finished_at": row.at,
        "received_at": row.received_at,
        "severity": row.severity,
        "state": "current" if row.is_current else "replaced",
        "position": _place(row),
        "answers": {
            "text": row.text,
            "topic": row.topic,
            "place": row.place,
            "source": row.source,
            "meeting": str(row.meeting.uuid) if row.meeting else None,
        },
    }


def references_of(missions: Iterable[Mission]) -> list[str]:
    """Their references, sorted."""
    return sorted(mission.reference for mission in missions)
