"""Released versions of a programme: what readers are told, version by version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions import checks
from missions.enums import MeetingState, ParticipantAnswer
from missions.models import Assignment, Meeting, Mission, ProgrammeReading, ProgrammeRelease
from missions.services.clashes import everyone
from missions.services.walltime import instant

# What a reader notices: a change of one of these is told, a change of anything else is not. Of the state only whether it is
# cancelled: that a meeting was held is seen by whoever was there.
SHOWN = (
    "title", "kind", "description", "start_day", "start_time", "end_day", "end_time", "zone", "place", "room", "link", "languages",
    "state", "track", "organisations",
)  # fmt: skip
# Who a meeting is for: told to who plans it; a reader is told of being put in or taken out.
AUDIENCE = ("everyone", "people")


@dataclass(frozen=True)
class MeetingChange:
    """What a release changes in one meeting: `added`, `changed` (with the fields), `cancelled`, or `left`: no longer for this reader."""

    kind: str
    row: dict[str, Any]
    fields: tuple[str, ...] = ()
    before: dict[str, Any] | None = None


def snapshot(mission: Mission) -> dict[str, Any]:
    """The programme as it would be released now. Meetings cancelled before anybody heard of them are left out."""
    known = _known_uuids(mission)
    rows = mission.meetings.select_related("track", "visit", "mission").prefetch_related(
        "participants__assignment__person", "participants__organisation"
    )
    groups: dict[int, list[Assignment]] = {}
    meetings = [_row(meeting, groups) for meeting in rows if meeting.state != MeetingState.CANCELLED or str(meeting.uuid) in known]
    return {"meetings": meetings, "tracks": [track.name for track in mission.tracks.all()], "zone": mission.zone}


@transaction.atomic
def release_programme(mission: Mission, *, by: Actor, note: str = "") -> ProgrammeRelease:
    """Release the programme as the next version. Where nothing that readers are told changed since the last one, that one is the answer.

    Raises NotNow for an empty programme, or with what other apps find missing.
    """
    mission = Mission.objects.select_for_update(of=("self",)).get(pk=mission.pk)
    authorize(by, "missions.change_programme", mission)
    content = snapshot(mission)
    if not content["meetings"]:
        raise NotNow(_("The programme has no meetings yet."), code="programme_empty")
    missing = checks.missing_for("release_programme", mission)
    if missing:
        raise NotNow(_("The programme cannot be released: something is missing."), code="something_missing", missing=missing)
    last = mission.programme_releases.first()
    if last is not None and not changes(last.content, content):
        return last
    release = ProgrammeRelease.objects.create(
        mission=mission,
        version=last.version + 1 if last else 1,
        released_at=clock.now(),
        released_by=str(by),
        note=note.strip(),
        content=content,
    )
    audit.record(by, "missions.programme_released", mission, data={"version": release.version})
    return release


def changes(before: dict[str, Any] | None, after: dict[str, Any], *, person: str = "") -> list[MeetingChange]:
    """What changed between two versions; with `person` (uuid), only what changed for that reader."""
    old = {row["uuid"]: row for row in (before or {"meetings": []})["meetings"]}
    found = (_change(old.get(row["uuid"]), row, person) for row in after["meetings"])
    return [change for change in found if change is not None]


def _change(was: dict[str, Any] | None, row: dict[str, Any], person: str) -> MeetingChange | None:
    is_cancelled = row["state"] == MeetingState.CANCELLED
    is_for, was_for = not person or _is_for(row, person), was is not None and (not person or _is_for(was, person))
    if was is None or not was_for:
        return MeetingChange("added", row) if is_for and not is_cancelled else None
    if was["state"] == MeetingState.CANCELLED and is_cancelled:
        return None
    if not is_for:
        return MeetingChange("left", row, AUDIENCE, was)
    fields = tuple(name for name in (SHOWN if person else (*SHOWN, *AUDIENCE)) if _differs(name, was, row))
    if not fields:
        return None
    return MeetingChange("cancelled" if "state" in fields and is_cancelled else "changed", row, fields, was)


def _differs(name: str, was: dict[str, Any], row: dict[str, Any]) -> bool:
    if name == "state":
        return (was[name] == MeetingState.CANCELLED) != (row[name] == MeetingState.CANCELLED)
    return was[name] != row[name]


def news_for(mission: Mission, person: Any) -> tuple[int, list[MeetingChange]]:
    """For one reader: the version they last saw (else the one before the last) and what the last one changed for them since."""
    last = mission.programme_releases.first()
    if last is None or person is None:
        return 0, []
    reading = ProgrammeReading.objects.filter(mission=mission, person=person).first()
    seen = reading.version if reading else last.version - 1
    if seen < 1 or seen >= last.version:
        return seen, []
    before = mission.programme_releases.get(version=seen)
    return seen, changes(before.content, last.content, person=str(person.uuid))


@transaction.atomic
def mark_seen(mission: Mission, *, by: Actor, version: int) -> None:
    """Remember that the reader has seen this version of the programme. Never goes back; twice is once."""
    authorize(by, "missions.view_programme", mission)
    if by.person is None or not mission.programme_releases.filter(version=version).exists():
        raise Invalid(_("There is no such version of the programme."), attr="version")
    reading, _created = ProgrammeReading.objects.get_or_create(mission=mission, person=by.person, defaults={"version": version})
    if reading.version < version:
        reading.version = version
        reading.save_changes("version")


def held_uuids(mission: Mission) -> set[str]:
    """The meetings that were held: readers of a version see that too, without a new one."""
    return {str(uuid) for uuid in mission.meetings.filter(state=MeetingState.HELD).values_list("uuid", flat=True)}


def as_released(meeting: Meeting, content: dict[str, Any]) -> Meeting:
    """The meeting as a version tells it, for readers of that version; not to be saved."""
    row = next((row for row in content["meetings"] if row["uuid"] == str(meeting.uuid)), None)
    if row is not None:
        is_held = meeting.state == MeetingState.HELD
        for name in (
            "title",
            "kind",
            "description",
            "start_fold",
            "end_fold",
            "zone",
            "place",
            "room",
            "link",
            "languages",
            "state",
            "sequence",
        ):
            setattr(meeting, name, row[name])
        if is_held:
            meeting.state = MeetingState.HELD
        meeting.start_day, meeting.end_day = date.fromisoformat(row["start_day"]), date.fromisoformat(row["end_day"])
        meeting.start_time, meeting.end_time = time.fromisoformat(row["start_time"]), time.fromisoformat(row["end_time"])
        meeting.starts_at = instant(meeting.start_day, meeting.start_time, meeting.zone, fold=meeting.start_fold)
        meeting.ends_at = instant(meeting.end_day, meeting.end_time, meeting.zone, fold=meeting.end_fold)
    return meeting


def _is_for(row: dict[str, Any], person: str) -> bool:
    return row["everyone"] or person in row["people"]


def _known_uuids(mission: Mission) -> set[str]:
    last = mission.programme_releases.first()
    return {row["uuid"] for row in last.content["meetings"]} if last else set()


def _row(meeting: Meeting, groups: dict[int, list[Assignment]]) -> dict[str, Any]:
    rows = list(meeting.participants.all())
    return {
        "uuid": str(meeting.uuid),
        "kind": meeting.kind,
        "title": meeting.title,
        "description": meeting.description,
        "start_day": meeting.start_day.isoformat(),
        "start_time": meeting.start_time.isoformat("minutes"),
        "start_fold": meeting.start_fold,
        "end_day": meeting.end_day.isoformat(),
        "end_time": meeting.end_time.isoformat("minutes"),
        "end_fold": meeting.end_fold,
        "zone": meeting.zone,
        "place": meeting.place,
        "room": meeting.room,
        "link": meeting.link,
        "languages": meeting.languages,
        "track": meeting.track.name if meeting.track else "",
        "state": meeting.state,
        "sequence": meeting.sequence,
        "everyone": meeting.is_for_all and meeting.track_id is None,
        "people": sorted(_person_uuids(meeting, rows, groups)),
        "organisations": sorted(
            row.organisation.name for row in rows if row.organisation is not None and row.answer != ParticipantAnswer.DECLINED
        ),
    }


def _person_uuids(meeting: Meeting, rows: list, groups: dict[int, list[Assignment]]) -> set[str]:
    named = [row.assignment for row in rows if row.assignment_id and row.assignment.is_live]
    if meeting.is_for_all and meeting.track_id:
        if meeting.track_id not in groups:
            groups[meeting.track_id] = everyone(meeting.mission, meeting.track)
        named += groups[meeting.track_id]
    return {str(row.person.uuid) for row in named}
