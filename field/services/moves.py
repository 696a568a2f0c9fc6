"""A record that names the wrong station is set to another one: by the coordinator always, by whoever made it for an hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from core.errors import DomainError, Invalid
from core.rights import authorize
from field.enums import Result
from field.models import Device, Observation, StationMove
from field.services.clocks import moment_of
from field.services.devices import actor_of
from field.services.ingest import ItemResult
from field.services.notes import _uuid
from missions.models import Mission, Station

WINDOW = timedelta(hours=1)


class Refused(DomainError):
    """The move cannot be done; `code` tells the phone why."""


@transaction.atomic
def move_station(observation: Observation, station: Station, *, by: Actor, reason: str) -> Observation:
    """For the coordinator: set the station of a record, with a reason. What the observer wrote stays in the answers."""
    authorize(by, "field.move_station", observation.mission)
    if observation.station_id != station.pk and not reason.strip():
        raise Invalid(_("Write in one sentence why."), code="reason_missing", attr="reason")
    return _move(observation, station, by=by, reason=reason, uuid=uuid4(), at=clock.now())


def receive_moves(items: Sequence[dict[str, Any]], *, mission: Mission, device: Device, offset: int) -> list[ItemResult]:
    """Moves from a phone (docs/sync.md 4), one result each, in their order. Repeats safely.

    The hour runs from the arrival of the record to the moment at which the observer moved it, by the corrected clock of the phone:
    a move made in time and sent late still counts.
    """
    return [_receive(item, mission, device, timedelta(seconds=offset)) for item in items]


@transaction.atomic
def _receive(item: dict[str, Any], mission: Mission, device: Device, offset: timedelta) -> ItemResult:
    uuid = _uuid(item.get("uuid"))
    if uuid is None:
        return ItemResult(Result.REFUSED, None, "uuid", _("The record has no UUID."), is_record=False)
    try:
        row = _current(_uuid(item.get("record")), mission)
        if StationMove.objects.filter(uuid=uuid).exists():
            return ItemResult(Result.ALREADY, uuid, is_record=False)
        by = actor_of(device)
        authorize(by, "field.move_own_record", row)
        at = (made + offset) if (made := moment_of(item.get("at"))) else clock.now()
        if at > row.received_at + WINDOW:
            raise Refused(_("The hour for this is over. Correct the record, or ask the coordinator to move it."), code="too_late")
        station = Station.objects.filter(mission=mission, code=str(item.get("station") or "")).first()
        if station is None:
            raise Refused(_("This station is not on the list. Correct the record instead."), code="station")
        _move(row, station, by=by, reason=str(item.get("reason") or "")[:2000], uuid=uuid, at=at)
    except DomainError as error:
        return ItemResult(Result.REFUSED, uuid, error.code, str(error.sentence), is_record=False)
    return ItemResult(Result.CREATED, uuid, is_record=False)


def _current(uuid: UUID | None, mission: Mission) -> Observation:
    """What counts now of the chain of a record: a correction may have come in between."""
    named = Observation.objects.filter(mission=mission, uuid=uuid).first() if uuid else None
    if named is None:
        raise Refused(_("The record that is to be moved is not here."), code="record")
    chain = Observation.objects.select_for_update(of=("self",)).select_related("mission", "station")
    return chain.filter(mission=mission, root=named.root, is_current=True).first() or chain.get(pk=named.pk)


def _move(observation: Observation, station: Station, *, by: Actor, reason: str, uuid: UUID, at: datetime) -> Observation:
    if station.mission_id != observation.mission_id:
        raise Invalid(_("The station belongs to another mission."), attr="station")
    if observation.station_id == station.pk:
        return observation
    before, reason = observation.place, reason.strip()
    observation.station, observation.is_unmatched, observation.changed_at = station, False, clock.now()
    observation.setting = observation.setting or station.setting
    observation.save(update_fields=["station", "is_unmatched", "setting", "changed_at"])
    values = {"before": before[:320], "after": observation.place[:320], "reason": reason, "made_by": str(by), "made_at": at}
    StationMove.objects.create(observation=observation, uuid=uuid, **values)
    data = {"before": before, "after": station.code, "reason": reason}
    audit.record(by, "field.station_moved", observation, fields=["station"], data=data)
    return observation
