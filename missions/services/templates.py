"""An earlier mission as the template of a new one: tracks, programme skeleton, checklist, and what higher apps add."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, IntegerField, Value, When
from django.utils import formats
from django.utils.translation import gettext as _

from core import audit
from core.actors import Actor
from core.errors import DomainError, Invalid, NotAllowed, NotNow
from core.rights import allowed, authorize
from missions import copying
from missions.copying import Copied, Copier
from missions.models import Meeting, Mission, Preparation
from missions.models.mission import MissionQuerySet
from missions.services.meetings import create_track, plan_meeting
from missions.services.preparations import add_preparation, owners_by_role
from missions.services.template_meetings import Sketch, sketch_of


@dataclass(frozen=True)
class Part:
    """One part of a preview: what would be copied, line by line."""

    code: str
    label: Any
    lines: list[str]


@dataclass(frozen=True)
class Result:
    """What was copied of one part."""

    code: str
    label: Any
    made: int
    refused: tuple[str, ...]


def sources_for(mission: Mission, user: Any) -> MissionQuerySet:
    """The missions from which this reader can copy: those whose content they see, of the same country first."""
    near = Case(When(country=mission.country_id, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = Mission.objects.open_to(user).exclude(pk=mission.pk).with_polling().select_related("country")
    return rows.annotate(distance=near).order_by("distance", "-first_polling", "-pk")


def plan_copy(mission: Mission, source: Mission, *, by: Actor) -> list[Part]:
    """What `copy_from` would copy, for the parts that the actor may change; nothing is saved."""
    _check(mission, source)
    return [Part(item.code, item.label, item.plan(source, mission)) for item in _allowed(mission, by)]


@transaction.atomic
def copy_from(mission: Mission, source: Mission, *, by: Actor, parts: Iterable[str]) -> list[Result]:
    """Copy the named parts of an earlier mission. What is there already is left alone: twice does not double.

    Days move with the first polling day. A line that the new mission cannot take (a clash, an hour that the clocks skip) is left
    out and told; the others are copied.
    """
    mission = Mission.objects.select_for_update(of=("self",)).select_related("country", "election").get(pk=mission.pk)
    authorize(by, "missions.change_mission", mission)
    _check(mission, source)
    wanted = set(parts)
    if not wanted:
        raise Invalid(_("Choose what to copy."), code="nothing_chosen", attr="parts")
    unknown = wanted - {item.code for item in copying.copiers()}
    if unknown:
        raise Invalid(_("There is no such part: %(part)s.") % {"part": ", ".join(sorted(unknown))}, code="unknown_part", attr="parts")
    results = []
    for item in copying.copiers():
        if item.code in wanted:
            authorize(by, item.permission, mission)
            done = item.copy(source, mission, by=by)
            results.append(Result(item.code, item.label, done.made, done.refused))
    audit.record(by, "missions.copied", mission, data={"from": source.reference} | {row.code: row.made for row in results})
    return results


def register_copiers(labels: dict[str, Any]) -> None:
    """Register the parts of this app; called from `MissionsConfig.ready()`."""
    change = "missions.change_programme"
    copying.register(Copier("tracks", labels["tracks"], 10, change, _plan_tracks, _copy_tracks))
    copying.register(Copier("meetings", labels["meetings"], 20, change, _plan_meetings, _copy_meetings))
    copying.register(
        Copier("preparations", labels["preparations"], 30, "missions.change_preparation", _plan_preparations, _copy_preparations)
    )


def _allowed(mission: Mission, by: Actor) -> list[Copier]:
    return [item for item in copying.copiers() if allowed(by, item.permission, mission)]


def _check(mission: Mission, source: Mission) -> None:
    if mission.pk == source.pk:
        raise Invalid(_("Choose another mission to copy from."), code="same_mission", attr="source")
    if mission.has_ended:
        raise NotNow(_("The mission is over: “%(state)s”.") % {"state": mission.get_state_display()}, code="mission_over")
    if not (mission.polling_day and source.polling_day):
        sentence = _("Days are moved with polling day: both missions need one.")
        raise NotNow(sentence, code="polling_day_missing")


def _step(source: Mission, target: Mission) -> timedelta:
    assert source.polling_day
    assert target.polling_day
    return target.polling_day - source.polling_day


# --- tracks ---------------------------------------------------------------------------------------------------------


def _plan_tracks(source: Mission, target: Mission) -> list[str]:
    known = set(target.tracks.values_list("name", flat=True))
    return [track.name for track in source.tracks.all() if track.name not in known]


def _copy_tracks(source: Mission, target: Mission, *, by: Actor) -> Copied:
    names = _plan_tracks(source, target)
    for name in names:
        create_track(target, by=by, name=name)
    return Copied(len(names))


# --- programme ------------------------------------------------------------------------------------------------------


def _meetings_to_copy(source: Mission, target: Mission) -> Iterator[tuple[Meeting, Sketch]]:
    """Those that stand, and are not in the target at the same day, hour and title; each with what of it holds there."""
    step = _step(source, target)
    known = {(row.title.casefold(), row.start_day, row.start_time) for row in target.meetings.standing()}
    rows = source.meetings.standing().select_related("track", "visit").prefetch_related("participants__organisation__merged_into")
    for row in rows:
        sketch = sketch_of(row, source, target)
        if (sketch.title.casefold(), row.start_day + step, row.start_time) not in known:
            yield row, sketch


def _plan_meetings(source: Mission, target: Mission) -> list[str]:
    step = _step(source, target)
    return [
        _("%(day)s, %(time)s: %(title)s")
        % {"day": formats.date_format(row.start_day + step), "time": row.start_time.strftime("%H:%M"), "title": sketch.title}
        for row, sketch in _meetings_to_copy(source, target)
    ]


def _copy_meetings(source: Mission, target: Mission, *, by: Actor) -> Copied:
    """Each meeting with its track, for the whole delegation where it was; names, places and languages of a country stay there."""
    made, refused = 0, []
    for row, sketch in list(_meetings_to_copy(source, target)):
        try:
            with transaction.atomic():
                _copy_meeting(row, sketch, source, target, by=by)
        except NotAllowed:
            raise
        except DomainError as error:
            told = [str(error.sentence), *(item.sentence for item in error.missing)]
            refused.append(f"{sketch.title}: {' '.join(told)}")
            continue
        made += 1
    return Copied(made, tuple(refused))


def _copy_meeting(row: Meeting, sketch: Sketch, source: Mission, target: Mission, *, by: Actor) -> Meeting:
    step = _step(source, target)
    return plan_meeting(
        target,
        by=by,
        kind=row.kind,
        title=sketch.title,
        description=sketch.description,
        start_day=row.start_day + step,
        start_time=row.start_time,
        end_day=row.end_day + step,
        end_time=row.end_time,
        zone="" if row.zone == source.zone else row.zone,
        languages=sketch.languages,
        is_for_all=row.is_for_all,
        track=_track_like(row, target, by=by),
        visit=target.visits.filter(kind=row.visit.kind).first() if row.visit else None,
        organisations=sketch.organisations,
        place=sketch.place,
        room=sketch.room,
    )


def _track_like(row: Meeting, target: Mission, *, by: Actor) -> Any:
    """The track of the target with the same name; made where it is missing, its members are left alone."""
    if row.track is None:
        return None
    return target.tracks.filter(name=row.track.name).first() or create_track(target, by=by, name=row.track.name)


# --- checklist ------------------------------------------------------------------------------------------------------


def _preparations_to_copy(source: Mission, target: Mission) -> list[Preparation]:
    rows = list(target.preparations.all())
    kinds, titles = {row.kind_id for row in rows if row.kind_id}, {row.title.casefold() for row in rows if row.title}
    return [
        row
        for row in source.preparations.listed().with_people()
        if (row.kind_id not in kinds if row.kind_id else row.title.casefold() not in titles)
    ]


def _offset_of(row: Preparation, source: Mission) -> int | None:
    if row.offset_days is not None:
        return row.offset_days
    return (row.due_on - source.polling_day).days if row.due_on and source.polling_day else None


def _plan_preparations(source: Mission, target: Mission) -> list[str]:
    assert target.polling_day
    lines = []
    for row in _preparations_to_copy(source, target):
        offset = _offset_of(row, source)
        day = formats.date_format(target.polling_day + timedelta(days=offset)) if offset is not None else "–"
        lines.append(f"{day}: {row.label}")
    return lines


def _copy_preparations(source: Mission, target: Mission, *, by: Actor) -> Copied:
    """Open again, due as many days from polling day, with whoever holds the owner's role now."""
    owners, first = owners_by_role(target), target.polling_day
    assert first
    rows = _preparations_to_copy(source, target)
    for row in rows:
        role = row.owner.role if row.owner else row.owner_role
        offset = _offset_of(row, source)
        if row.kind_id is None:
            add_preparation(target, by=by, title=row.title, owner=owners.get(role), owner_role=role, offset_days=offset)
            continue
        Preparation.objects.create(
            mission=target,
            kind=row.kind,
            title=row.title,
            owner=owners.get(role),
            owner_role=role,
            offset_days=offset,
            due_on=first + timedelta(days=offset) if offset is not None else None,
            order=row.order,
        )
    return Copied(len(rows))
