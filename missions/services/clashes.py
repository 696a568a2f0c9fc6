"""Nobody, no organisation and no room is in two places at once."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext as _

from core.errors import Missing
from missions.models import Assignment, Meeting, Mission, Track

NAMED = 4


def people_in(meeting: Meeting) -> dict[int, str]:
    """The people a meeting is for, by person: those named, and the delegation or track where it is for all."""
    return {row.person_id: row.person.name for row in assignments_in(meeting)}


def assignments_in(meeting: Meeting) -> list[Assignment]:
    """Those of the mission whom a meeting is for, each once."""
    rows = [row.assignment for row in meeting.participants.all() if row.assignment is not None]
    if meeting.is_for_all:
        rows += everyone(meeting.mission, meeting.track)
    return list({row.person_id: row for row in rows if row.is_live}.values())


def everyone(mission: Mission, track: Track | None) -> list[Assignment]:
    """Whom a meeting for all is for: the members of its track where it has some, else the whole delegation."""
    if track is None:
        return list(mission.assignments.seated().select_related("person"))
    members = list(track.members.live().select_related("person"))
    return members if members or mission.tracks.count() > 1 else list(mission.assignments.seated().select_related("person"))


def clashes_of(
    *,
    mission: Mission,
    starts_at: datetime,
    ends_at: datetime,
    people: dict[int, str],
    organisations: dict[int, str],
    place: str = "",
    room: str = "",
    leave_out: Meeting | None = None,
) -> list[Missing]:
    """What stands in the way of a meeting from `starts_at` to `ends_at`; each item names the other meeting.

    Meetings that touch (one ends when the other starts) do not clash. Meetings of other missions count for people,
    organisations and rooms alike.
    """
    others = Meeting.objects.standing().filter(starts_at__lt=ends_at, ends_at__gt=starts_at)
    if leave_out is not None:
        others = others.exclude(pk=leave_out.pk)
    wanted = Q(participants__assignment__person__in=list(people)) | Q(participants__organisation__in=list(organisations))
    wanted |= Q(is_for_all=True, mission__assignments__person__in=list(people))
    if room:
        wanted |= Q(room__iexact=room, place__iexact=place)
    rows = others.filter(wanted).select_related("mission", "track").prefetch_related("participants__assignment__person").distinct()
    found: list[Missing] = []
    for other in rows:
        theirs = people_in(other)
        both = [name for pk, name in people.items() if pk in theirs]
        if both:
            found.append(_clash("person", names_of(both), other))
        asked = {row.organisation_id for row in other.participants.all() if row.organisation_id}
        found += [_clash("organisation", name, other) for pk, name in organisations.items() if pk in asked]
        if room and other.room.casefold() == room.casefold() and other.place.casefold() == place.casefold():
            found.append(_clash("room", room, other))
    return found


def names_of(names: list[str]) -> str:
    """All of a few names, the first three of many."""
    if len(names) <= NAMED:
        return ", ".join(names)
    return _("%(names)s and %(n)s others") % {"names": ", ".join(names[: NAMED - 1]), "n": len(names) - NAMED + 1}


def _clash(kind: str, who: str, other: Meeting) -> Missing:
    sentence = _("%(who)s: already “%(meeting)s” on %(day)s, %(start)s to %(end)s.") % {
        "who": who,
        "meeting": other.title,
        "day": formats.date_format(other.start_day),
        "start": other.start_time.strftime("%H:%M"),
        "end": other.end_time.strftime("%H:%M"),
    }
    return Missing(f"clash_{kind}", sentence, other.get_absolute_url())
