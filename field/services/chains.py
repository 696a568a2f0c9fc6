"""Corrections: which observation of a chain counts. A correction that came before what it corrects waits for it."""

from __future__ import annotations

from uuid import UUID

from core import clock
from field.models import Observation

ROUNDS = 50


def place(new: list[Observation], known: dict[UUID, Observation]) -> bool:
    """Give new corrections their root, or let them wait. True if some chain has to be settled after storing."""
    here = {observation.uuid: observation for observation in new}
    waiting_for = {row.replaces for row in known.values() if row.is_waiting}
    is_linked = bool(waiting_for & here.keys())
    for observation in new:
        if observation.replaces is None:
            continue
        is_linked = True
        parent = known.get(observation.replaces)
        if parent and parent.mission_id != observation.mission_id:
            parent = None  # another mission's record is not this mission's to correct
        observation.is_waiting = parent is None and observation.replaces not in here
        observation.root = parent.root if parent else observation.replaces
        if observation.replaces in here:
            observation.root = here[observation.replaces].root
    return is_linked


def keep_station(new: list[Observation], known: dict[UUID, Observation]) -> None:
    """A correction of a record that was set to another station stays there, unless it names another one than that record did.

    The phone that corrects may not know of the move: its form still holds the station that was chosen wrongly.
    """
    corrections = [row for row in new if row.replaces in known]
    parents = Observation.objects.filter(uuid__in=[row.replaces for row in corrections], station__isnull=False) if corrections else ()
    by_uuid = {row.uuid: row for row in parents}
    for row in corrections:
        parent = by_uuid.get(row.replaces)  # type: ignore[arg-type]
        if parent and parent.mission_id == row.mission_id and parent.station_id != row.station_id and _named(parent) == _named(row):
            row.station_id, row.station_text, row.is_unmatched = parent.station_id, "", False


def _named(row: Observation) -> str:
    return str(row.answers.get("station") or row.answers.get("station_typed") or row.answers.get("H03") or "").strip()


def settle(roots: set[UUID]) -> None:
    """Decide for whole chains: nobody waits whose parent is there, all carry the first as root, one of a chain counts.

    Of several corrections of one record the one received last counts; the others stay readable in its history. A chain
    ends at its mission: what names a record of another one waits, and that record counts as before.
    """
    members = _members(roots)
    for mission in {row.mission_id for row in members}:
        _settle([row for row in members if row.mission_id == mission])


def _settle(members: list[Observation]) -> None:
    by_uuid = {row.uuid: row for row in members}
    replaced = {row.replaces for row in members if row.replaces}
    changed: list[Observation] = []
    newest: dict[UUID, Observation] = {}
    for row in members:
        root = _root(row, by_uuid)
        is_waiting = row.replaces is not None and row.replaces not in by_uuid
        if (row.root, row.is_waiting) != (root, is_waiting):
            row.root, row.is_waiting = root, is_waiting
            changed.append(row)
    ends = [row for row in members if row.uuid not in replaced]
    circles = {row.root for row in members} - {row.root for row in ends}  # records that correct each other: one of them counts
    for row in [*ends, *(row for row in members if row.root in circles)]:
        best = newest.get(row.root)
        if best is None or (best.received_at, best.pk) < (row.received_at, row.pk):
            newest[row.root] = row
    counted = {row.pk for row in newest.values()}
    for row in members:
        is_current = row.pk in counted
        if row.is_current != is_current:
            row.is_current = is_current
            if row not in changed:
                changed.append(row)
    for row in changed:
        row.changed_at = clock.now()
    if changed:
        Observation.objects.bulk_update(changed, ["root", "is_waiting", "is_current", "changed_at"])


def _members(roots: set[UUID]) -> list[Observation]:
    """Everything linked with these roots, in whichever order it came."""
    fields = ("uuid", "root", "replaces", "is_waiting", "is_current", "received_at", "mission")
    found: dict[UUID, Observation] = {}
    wanted = set(roots)
    for _round in range(ROUNDS):
        rows = Observation.objects.filter(root__in=wanted).only(*fields) | Observation.objects.filter(replaces__in=wanted).only(*fields)
        rows = rows | Observation.objects.filter(uuid__in=wanted).only(*fields)
        before = len(found)
        found |= {row.uuid: row for row in rows}
        wanted = set(found) | {row.root for row in found.values()} | {row.replaces for row in found.values() if row.replaces}
        if len(found) == before:
            break
    return sorted(found.values(), key=lambda row: row.pk)


def _root(row: Observation, by_uuid: dict[UUID, Observation]) -> UUID:
    """The first of the chain; of records that correct each other in a circle the smallest UUID."""
    seen = [row.uuid]
    while row.replaces is not None and row.replaces in by_uuid:
        if row.replaces in seen:
            return min(seen[seen.index(row.replaces) :])
        row = by_uuid[row.replaces]
        seen.append(row.uuid)
    return row.replaces or row.uuid
