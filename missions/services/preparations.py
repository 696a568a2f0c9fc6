"""The checklist of what a mission needs before it leaves (observation-rules 5, S5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow, Stale
from core.rights import authorize
from missions.enums import AssignmentRole
from missions.models import Assignment, Mission, Preparation, PreparationKind

EDITABLE = ("title", "owner", "owner_name", "note", "due_on")


@dataclass(frozen=True)
class PreparationChange:
    """What other polling days do to one open preparation."""

    row: Preparation
    old: date | None
    new: date


def preparation_changes(mission: Mission, polling: Iterable[date] | None = None) -> list[PreparationChange]:
    """What recomputing would change, with the polling days as they are or as given; nothing is saved.

    What is done, and what has a day set by hand, stays.
    """
    days = list(polling) if polling is not None else [row.day for row in mission.polling_days.all()]
    if not days:
        return []
    first = min(days)
    rows = mission.preparations.open().filter(offset_days__isnull=False).select_related("kind")
    due = [(row, first + timedelta(days=row.offset_days)) for row in rows]
    return [PreparationChange(row, row.due_on, day) for row, day in due if row.due_on != day]


def recompute_preparations(mission: Mission) -> list[PreparationChange]:
    """Let the days that are counted from polling day follow it. The caller has authorised the act this is part of."""
    changes = preparation_changes(mission)
    for change in changes:
        change.row.due_on = change.new
        change.row.save_changes("due_on")
    return changes


@transaction.atomic
def list_preparations(mission: Mission, *, by: Actor) -> list[Preparation]:
    """Put up the default checklist of the mission's format: what is not there yet. Twice is once; what was taken off stays off."""
    mission = _locked(mission)
    authorize(by, "missions.change_preparation", mission)
    _check_open(mission)
    return put_up_default_list(mission, by=by)


def put_up_default_list(mission: Mission, *, by: Actor) -> list[Preparation]:
    """The default checklist, inside an act that was authorised and has locked the mission."""
    known = set(mission.preparations.values_list("kind_id", flat=True))
    kinds = [
        kind for kind in PreparationKind.objects.all() if kind.pk not in known and (not kind.formats or mission.format in kind.formats)
    ]
    first = min((row.day for row in mission.polling_days.all()), default=None)
    owners = owners_by_role(mission)
    fresh = [
        Preparation(
            mission=mission,
            kind=kind,
            owner=owners.get(kind.owner_role),
            owner_role=kind.owner_role,
            offset_days=kind.offset_days,
            due_on=first + timedelta(days=kind.offset_days) if first else None,
            order=kind.order,
        )
        for kind in kinds
    ]
    Preparation.objects.bulk_create(fresh)
    if fresh:
        audit.record(by, "missions.preparations_listed", mission, data={"kinds": [row.kind.code for row in fresh if row.kind]})
    return fresh


@transaction.atomic
def add_preparation(
    mission: Mission,
    *,
    by: Actor,
    title: str,
    owner: Assignment | None = None,
    owner_name: str = "",
    due_on: date | None = None,
    note: str = "",
    owner_role: str = "",
    offset_days: int | None = None,
) -> Preparation:
    """Add a line of the mission's own, at the end. The same title again answers the line that is there.

    offset_days: counted from polling day, in the place of a fixed day.
    """
    mission = _locked(mission)
    authorize(by, "missions.change_preparation", mission)
    _check_open(mission)
    title = _checked_title(title)
    _check_owner(mission, owner)
    known = mission.preparations.listed().filter(title__iexact=title).first()
    if known:
        return known
    if offset_days is not None:
        first = min((row.day for row in mission.polling_days.all()), default=None)
        due_on = first + timedelta(days=offset_days) if first else None
    last = mission.preparations.order_by("-order").first()
    row = Preparation.objects.create(
        mission=mission,
        title=title,
        owner=owner,
        owner_name=owner_name.strip(),
        owner_role=owner_role,
        due_on=due_on,
        offset_days=offset_days,
        note=note.strip(),
        order=last.order + 10 if last else 10,
    )
    audit.record(by, "missions.preparation_added", row)
    return row


@transaction.atomic
def change_preparation(row: Preparation, *, by: Actor, seen_at: str = "", **values: Any) -> Preparation:
    """Change title, owner, day or note. A day set by hand no longer follows polling day.

    seen_at: the row's `updated_at` (ISO) as the editor's page showed it; another one now raises Stale.
    """
    row = _locked_row(row)
    authorize(by, "missions.change_preparation", row.mission)
    _check_listed(row)
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise LookupError(f"These are not fields of a preparation: {sorted(unknown)}.")
    if seen_at and seen_at != row.updated_at.isoformat():
        raise Stale(_("Somebody changed this line meanwhile; it is shown below as it is now."), code="stale")
    if "owner" in values:
        _check_owner(row.mission, values["owner"])
    if "title" in values:
        values["title"] = values["title"].strip() if row.kind_id else _checked_title(values["title"])
        if row.kind and values["title"] == row.kind.label:
            values["title"] = ""  # the default list's own words stay translated
    for name in ("owner_name", "note"):
        values[name] = (values.get(name) or "").strip() if name in values else getattr(row, name)
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return row
    for name in changed:
        setattr(row, name, values[name])
    if "due_on" in changed:
        row.offset_days = None
    row.save_changes(*changed, "offset_days")
    audit.record(by, "missions.preparation_changed", row, fields=changed)
    return row


@transaction.atomic
def complete_preparation(row: Preparation, *, by: Actor) -> Preparation:
    """Mark it done: the coordinator, or its owner. Asked twice, it stays done since the first time."""
    row = _locked_row(row)
    authorize(by, "missions.complete_preparation", row)
    _check_listed(row)
    if row.done_at is None:
        row.done_at, row.done_by = clock.now(), str(by)
        row.save_changes("done_at", "done_by")
        audit.record(by, "missions.preparation_done", row)
    return row


@transaction.atomic
def reopen_preparation(row: Preparation, *, by: Actor) -> Preparation:
    """Take back that it is done; its day follows polling day again."""
    row = _locked_row(row)
    authorize(by, "missions.complete_preparation", row)
    _check_listed(row)
    if row.done_at:
        row.done_at, row.done_by = None, ""
        row.save_changes("done_at", "done_by")
        audit.record(by, "missions.preparation_reopened", row)
        recompute_preparations(row.mission)
    return row


@transaction.atomic
def remove_preparation(row: Preparation, *, by: Actor) -> Preparation:
    """Take it off the list; `restore_preparation` puts it back as it was."""
    row = _locked_row(row)
    authorize(by, "missions.change_preparation", row.mission)
    if row.removed_at is None:
        row.removed_at = clock.now()
        row.save_changes("removed_at")
        audit.record(by, "missions.preparation_removed", row)
    return row


@transaction.atomic
def restore_preparation(row: Preparation, *, by: Actor) -> Preparation:
    """Put it back on the list, as it was; its day follows polling day again."""
    row = _locked_row(row)
    authorize(by, "missions.change_preparation", row.mission)
    if row.removed_at:
        row.removed_at = None
        row.save_changes("removed_at")
        audit.record(by, "missions.preparation_restored", row)
        recompute_preparations(row.mission)
    return row


def owners_by_role(mission: Mission) -> dict[str, Assignment]:
    """Who holds a role alone in this mission: only then the role says who is meant."""
    found: dict[str, list[Assignment]] = {}
    for row in mission.assignments.seated():
        for role in {row.role, AssignmentRole.RAPPORTEUR.value} if row.is_rapporteur else {row.role}:
            found.setdefault(role, []).append(row)
    return {role: rows[0] for role, rows in found.items() if len(rows) == 1}


def _locked(mission: Mission) -> Mission:
    return Mission.objects.select_for_update(of=("self",)).get(pk=mission.pk)


def _locked_row(row: Preparation) -> Preparation:
    rows = Preparation.objects.select_for_update(of=("self",)).select_related("mission", "kind", "owner")
    return rows.get(pk=row.pk)


def _check_open(mission: Mission) -> None:
    if mission.has_ended:
        raise NotNow(_("The mission is over: “%(state)s”.") % {"state": mission.get_state_display()}, code="mission_over")


def _check_listed(row: Preparation) -> None:
    if row.removed_at:
        raise NotNow(_("This line was taken off the list: put it back first."), code="preparation_removed")


def _check_owner(mission: Mission, owner: Assignment | None) -> None:
    if owner is not None and owner.mission_id != mission.pk:
        raise Invalid(_("Somebody is not in this mission."), code="foreign_owner", attr="owner")


def _checked_title(title: str) -> str:
    if not title.strip():
        raise Invalid(_("Say what is to be prepared."), code="title_missing", attr="title")
    return title.strip()
