"""Planning the programme: tracks and meetings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow, Stale
from core.rights import authorize
from missions.enums import EXPECTED_ANSWERS, MeetingKind, MeetingState
from missions.models import Assignment, Meeting, Mission, Organisation, Participant, Track
from missions.services import invitations
from missions.services.clashes import clashes_of, everyone
from missions.services.walltime import instant
from missions.validators import validate_zone

PLAIN = ("kind", "title", "description", "place", "room", "link", "languages", "is_for_all", "track", "visit")
TIMES = ("start_day", "start_time", "start_fold", "end_day", "end_time", "end_fold", "zone")
# What those who were invited are told about, when it changes.
TOLD = {"title", "place", "room", "link", *TIMES}


@transaction.atomic
def create_track(mission: Mission, *, by: Actor, name: str, members: Iterable[Assignment] = ()) -> Track:
    """Add a track for a part of the delegation. The same name again answers the track that is there, with the members given."""
    authorize(by, "missions.change_programme", mission)
    if not name.strip():
        raise Invalid(_("A track needs a name."), attr="name")
    track, created = Track.objects.get_or_create(mission=mission, name=name.strip(), defaults={"order": mission.tracks.count()})
    track.members.set([row for row in members if row.mission_id == mission.pk])
    if created:
        audit.record(by, "missions.track_created", track)
    return track


@transaction.atomic
def change_track(track: Track, *, by: Actor, name: str, members: Iterable[Assignment]) -> Track:
    """Name a track anew and say who belongs to it. Whoever is in two places at once now is told to planners (`cautions`)."""
    track = Track.objects.select_for_update(of=("self",)).select_related("mission").get(pk=track.pk)
    authorize(by, "missions.change_programme", track)
    name = name.strip()
    if not name:
        raise Invalid(_("A track needs a name."), attr="name")
    if track.mission.tracks.exclude(pk=track.pk).filter(name=name).exists():
        raise Invalid(_("There is a track of this name already."), attr="name")
    track.name = name[:80]
    track.save_changes("name")
    track.members.set([row for row in members if row.mission_id == track.mission_id])
    audit.record(by, "missions.track_changed", track)
    return track


@transaction.atomic
def plan_meeting(
    mission: Mission,
    *,
    by: Actor,
    kind: str,
    title: str,
    start_day: date,
    start_time: time,
    end_time: time,
    end_day: date | None = None,
    start_fold: int = 0,
    end_fold: int = 0,
    zone: str = "",
    people: Sequence[Assignment] = (),
    organisations: Sequence[Organisation] = (),
    **values: Any,
) -> Meeting:
    """Plan a meeting in the mission's zone. Raises Invalid for times that cannot be, NotNow naming what it clashes with.

    people: assignments of this mission; `is_for_all=True` stands for the whole delegation or track. Organisations are
    asked later, by `invitations.invite`.
    """
    authorize(by, "missions.change_programme", mission)
    _check_open(mission)
    times = {
        "start_day": start_day, "start_time": start_time, "start_fold": start_fold,
        "end_day": end_day or start_day, "end_time": end_time, "end_fold": end_fold, "zone": zone or mission.zone,
    }  # fmt: skip
    meeting = Meeting(mission=mission, kind=kind, title=title.strip(), **_plain(values), **times)
    _settle(meeting)
    _refuse_clashes(meeting, people, organisations)
    meeting.save()
    _set_participants(meeting, people, organisations, by=by)
    audit.record(by, "missions.meeting_planned", meeting)
    return meeting


@transaction.atomic
def change_meeting(
    meeting: Meeting,
    *,
    by: Actor,
    seen_sequence: int | None = None,
    people: Sequence[Assignment] | None = None,
    organisations: Sequence[Organisation] | None = None,
    agreed: Participant | None = None,
    **values: Any,
) -> Meeting:
    """Change a planned meeting; whoever was invited is told, and asked again where its time changed.

    seen_sequence: the one that the editor's page showed; another one now raises Stale, so that nobody's change is lost
    unseen. agreed: the organisation that proposed the new time; it is told and not asked again.
    """
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("mission", "track").get(pk=meeting.pk)
    authorize(by, "missions.change_programme", meeting)
    if meeting.state != MeetingState.PLANNED:
        raise NotNow(_("This meeting is “%(state)s”.") % {"state": meeting.get_state_display()}, code="meeting_closed")
    if seen_sequence is not None and seen_sequence != meeting.sequence:
        raise Stale(_("Somebody changed this meeting meanwhile; it is shown below as it is now."), code="stale")
    wanted = {**_plain(values, partly=True), **{name: values[name] for name in TIMES if name in values}}
    changed = [name for name, value in wanted.items() if getattr(meeting, name) != value]
    for name in changed:
        setattr(meeting, name, wanted[name])
    _settle(meeting)
    rows = meeting.participants.select_related("assignment__person", "organisation")
    kept_people = [row.assignment for row in rows if row.assignment is not None] if people is None else people
    kept_organisations = [row.organisation for row in rows if row.organisation is not None] if organisations is None else organisations
    _refuse_clashes(meeting, kept_people, kept_organisations)
    touched = _set_participants(meeting, kept_people, kept_organisations, by=by)
    if changed or touched:
        meeting.sequence += 1
        meeting.save_changes(*changed, "starts_at", "ends_at", "sequence")
        audit.record(by, "missions.meeting_changed", meeting, fields=[*changed, *(["participants"] if touched else [])])
    if TOLD & set(changed):
        invitations.tell_change(meeting, by=by, ask_again=bool(set(TIMES) & set(changed)), agreed=agreed)
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, by: Actor, reason: str) -> Meeting:
    """Cancel a meeting: it stays in calendars as cancelled, and whoever was invited is told. Twice is once."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("mission").get(pk=meeting.pk)
    authorize(by, "missions.change_programme", meeting)
    if meeting.state == MeetingState.CANCELLED:
        return meeting
    if meeting.state == MeetingState.HELD:
        raise NotNow(_("The meeting was held."), code="meeting_closed")
    if not reason.strip():
        raise Invalid(_("Say why the meeting is cancelled."), code="reason_missing", attr="reason")
    meeting.state, meeting.cancelled_reason = MeetingState.CANCELLED, reason.strip()[:300]
    meeting.sequence += 1
    meeting.save_changes("state", "cancelled_reason", "sequence")
    audit.record(by, "missions.meeting_cancelled", meeting)
    invitations.tell_cancellation(meeting, by=by)
    return meeting


@transaction.atomic
def hold_meeting(meeting: Meeting, *, by: Actor) -> Meeting:
    """Mark a meeting as held, from its day on. Twice is once."""
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("mission").get(pk=meeting.pk)
    authorize(by, "missions.write_note", meeting)
    if meeting.state == MeetingState.CANCELLED:
        raise NotNow(_("The meeting was cancelled."), code="meeting_closed")
    if meeting.start_day > clock.today(meeting.zone):
        sentence = _("The meeting is on %(day)s: it can be marked as held from then on.") % {"day": date_format(meeting.start_day)}
        raise NotNow(sentence, code="meeting_to_come")
    if meeting.state == MeetingState.PLANNED:
        meeting.state = MeetingState.HELD
        meeting.save_changes("state")
        audit.record(by, "missions.meeting_held", meeting)
    return meeting


@dataclass(frozen=True)
class Recomputed:
    """What new zone data did: how many meetings moved and stayed, and those that cannot be, with the sentence that says why."""

    moved: int
    unchanged: int
    refused: list[tuple[Meeting, str]]


@transaction.atomic
def recompute_instants(*, by: Actor) -> Recomputed:
    """Derive the instants of planned meetings anew after new zone data; local wall time stays.

    A meeting whose hour the new rules skip keeps its instants and is named in the answer; all others are derived
    nevertheless. Planners are told of it (`cautions`) until they give it another time.
    """
    authorize(by, "missions.change_programme", None)
    moved, unchanged, refused = 0, 0, []
    for meeting in Meeting.objects.planned().select_related("mission").select_for_update(of=("self",)):
        before = meeting.starts_at, meeting.ends_at
        try:
            _settle(meeting)
        except Invalid as refusal:
            refused.append((meeting, str(refusal.sentence)))
            continue
        if (meeting.starts_at, meeting.ends_at) == before:
            unchanged += 1
            continue
        meeting.save_changes("starts_at", "ends_at")
        moved += 1
    return Recomputed(moved, unchanged, refused)


def _check_open(mission: Mission) -> None:
    if mission.has_ended:
        raise NotNow(_("The mission is over: “%(state)s”.") % {"state": mission.get_state_display()}, code="mission_over")


def _plain(values: dict[str, Any], *, partly: bool = False) -> dict[str, Any]:
    known = {name: value for name, value in values.items() if name in PLAIN}
    unknown = set(values) - set(PLAIN) - (set(TIMES) if partly else set())
    if unknown:
        raise LookupError(f"These are not fields of a meeting: {sorted(unknown)}.")
    return known


def _settle(meeting: Meeting) -> None:
    """Check a meeting's own values and derive its instants."""
    if not meeting.title.strip():
        raise Invalid(_("The meeting needs a title."), attr="title")
    if meeting.kind not in MeetingKind.values:
        raise Invalid(_("There is no such kind of meeting."), attr="kind")
    try:
        validate_zone(meeting.zone)
    except ValidationError as error:
        raise Invalid(error.messages[0], attr="zone") from None
    meeting.starts_at = instant(meeting.start_day, meeting.start_time, meeting.zone, fold=meeting.start_fold)
    meeting.ends_at = instant(meeting.end_day, meeting.end_time, meeting.zone, fold=meeting.end_fold, attr="end_time")
    if meeting.ends_at <= meeting.starts_at:
        raise Invalid(_("The meeting ends before it starts."), code="end_before_start", attr="end_time")


def _refuse_clashes(meeting: Meeting, people: Sequence[Assignment], organisations: Sequence[Organisation]) -> None:
    if any(row.mission_id != meeting.mission_id for row in people):
        raise Invalid(_("Somebody is not in this mission."), attr="people")
    named = {row.person_id: row.person.name for row in people}
    if meeting.is_for_all:
        named |= {row.person_id: row.person.name for row in everyone(meeting.mission, meeting.track)}
    found = clashes_of(
        mission=meeting.mission,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        people=named,
        organisations={row.pk: row.name for row in organisations},
        place=meeting.place,
        room=meeting.room,
        leave_out=meeting if meeting.pk else None,
    )
    if found:
        raise NotNow(_("The meeting clashes with another one."), code="clash", missing=found)


def _set_participants(meeting: Meeting, people: Sequence[Assignment], organisations: Sequence[Organisation], *, by: Actor) -> bool:
    """Bring the rows in step; True where something changed. An organisation that was invited and is taken out is told."""
    rows = list(meeting.participants.select_related("organisation"))
    want_people, want_organisations = {row.pk for row in people}, {row.pk for row in organisations}
    gone = [row for row in rows if (row.assignment_id or 0) not in want_people and (row.organisation_id or 0) not in want_organisations]
    for row in gone:
        if row.answer in EXPECTED_ANSWERS:
            invitations.tell_cancellation(meeting, by=by, only=row)
        row.delete()
    have_people, have_organisations = {row.assignment_id for row in rows}, {row.organisation_id for row in rows}
    fresh = [Participant(meeting=meeting, assignment=row) for row in people if row.pk not in have_people]
    for organisation in organisations:
        if organisation.pk not in have_organisations:
            fresh.append(Participant(meeting=meeting, organisation=organisation, contact=organisation.contacts.first()))
    Participant.objects.bulk_create(fresh)
    return bool(gone or fresh)
