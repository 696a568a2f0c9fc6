"""Calendar feeds and files (`/calendar/<token>.ics`): stable UID, rising SEQUENCE, cancelled kept, VTIMEZONE always."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core import audit
from core.actors import Actor
from core.duties import Duty, duties_of
from core.errors import DomainError
from core.late import Late
from core.rights import allowed, authorize
from missions import facts
from missions.enums import SEATED_ASSIGNMENTS, FeedKind, MeetingState
from missions.models import CalendarFeed, Meeting, Mission, ProgrammeRelease

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = Late("icalendar")

DOMAIN = "scrutin"
STOP_LENGTH = timedelta(minutes=30)


class FeedGone(DomainError):
    """The address is unknown, or was replaced by a new one."""

    code = "feed_gone"
    status = 404


@dataclass(frozen=True)
class Event:
    """One entry of a calendar, in local wall time. `stamp`: when it last changed (UTC). is_all_day: `start_day`, nobody is busy."""

    uid: str
    title: str
    start_day: date
    start_time: time
    end_day: date
    end_time: time
    zone: str
    stamp: datetime
    sequence: int = 0
    place: str = ""
    description: str = ""
    url: str = ""
    start_fold: int = 0
    end_fold: int = 0
    is_cancelled: bool = False
    is_all_day: bool = False


def uid_of(meeting: Meeting) -> str:
    """By what calendars know a meeting; it never changes."""
    return f"meeting-{meeting.uuid}@{DOMAIN}"


def event_of_meeting(meeting: Meeting, *, is_cancelled: bool = False, sequence: int | None = None) -> Event:
    """A meeting as it is now (for invitations; feeds show what was released)."""
    return Event(
        uid=uid_of(meeting),
        title=meeting.title,
        start_day=meeting.start_day,
        start_time=meeting.start_time,
        start_fold=meeting.start_fold,
        end_day=meeting.end_day,
        end_time=meeting.end_time,
        end_fold=meeting.end_fold,
        zone=meeting.zone,
        stamp=meeting.updated_at,
        sequence=meeting.sequence if sequence is None else sequence,
        place=", ".join(part for part in (meeting.place, meeting.room) if part),
        description=meeting.description,
        url=meeting.link,
        is_cancelled=is_cancelled,
    )


def event_of_release(row: dict[str, Any], released_at: datetime) -> Event:
    """A meeting as a released programme tells it."""
    return Event(
        uid=f"meeting-{row['uuid']}@{DOMAIN}",
        title=row["title"],
        start_day=date.fromisoformat(row["start_day"]),
        start_time=time.fromisoformat(row["start_time"]),
        start_fold=row["start_fold"],
        end_day=date.fromisoformat(row["end_day"]),
        end_time=time.fromisoformat(row["end_time"]),
        end_fold=row["end_fold"],
        zone=row["zone"],
        stamp=released_at,
        sequence=row["sequence"],
        place=", ".join(part for part in (row["place"], row["room"]) if part),
        description=row["description"],
        url=row["link"],
        is_cancelled=row["state"] == MeetingState.CANCELLED,
    )


def event_of_stop(stop: dict[str, Any]) -> Event:
    """A team's stop as the app that plans it tells it: `{uuid, title, starts_at, zone, place, sequence, changed_at}`; half an hour long."""
    start = stop["starts_at"].astimezone(ZoneInfo(stop["zone"]))
    end = (stop["starts_at"] + STOP_LENGTH).astimezone(ZoneInfo(stop["zone"]))
    return Event(
        uid=f"stop-{stop['uuid']}@{DOMAIN}",
        title=stop["title"],
        start_day=start.date(),
        start_time=start.time().replace(tzinfo=None),
        start_fold=start.fold,
        end_day=end.date(),
        end_time=end.time().replace(tzinfo=None),
        end_fold=end.fold,
        zone=stop["zone"],
        stamp=stop.get("changed_at") or stop["starts_at"],
        sequence=stop.get("sequence", 0),
        place=stop.get("place", ""),
    )


def event_of_duty(duty: Duty) -> Event:
    """Something that is owed: on its day, or in the half hour before where it is due at an hour."""
    end = duty.until.astimezone(ZoneInfo(duty.zone))
    is_all_day = end.time() == time(0)
    start = (duty.until - STOP_LENGTH).astimezone(ZoneInfo(duty.zone))
    return Event(
        uid=f"{duty.uid}@{DOMAIN}",
        title=duty.title,
        start_day=start.date(),
        start_time=start.time(),
        start_fold=start.fold,
        end_day=end.date(),
        end_time=end.time(),
        end_fold=end.fold,
        zone=duty.zone,
        stamp=duty.since,
        url=duty.url,
        is_all_day=is_all_day,
    )


def ics(events: Iterable[Event], *, name: str, method: str = "PUBLISH", attendee: str = "", attendee_name: str = "") -> bytes:
    """A calendar file of these events. The same events give the same bytes.

    The VTIMEZONE tells the years of the events only: of long tables since 1970 some calendar applications make wrong times.
    """
    rows = sorted(events, key=lambda item: (item.start_day, item.start_time, item.uid))
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Scrutin//Programme//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add("x-wr-calname", name)
    for event in rows:
        calendar.add_component(_entry(event, attendee, attendee_name))
    if rows:
        first, last = rows[0].start_day.year, max(row.end_day.year for row in rows)
        calendar.add_missing_timezones(first_date=date(first - 1, 1, 1), last_date=date(last + 2, 1, 1))
    return calendar.to_ical()


# --- feeds --------------------------------------------------------------------------------------------------------


@transaction.atomic
def feed_for(*, by: Actor, mission: Mission | None = None, team: UUID | None = None) -> CalendarFeed:
    """The feed of a mission or a team, or without either the reader's own; made when first asked for."""
    if mission is not None:
        authorize(by, "missions.view_programme", mission)
        key: dict[str, Any] = {"kind": FeedKind.MISSION, "mission": mission}
    elif team is not None:
        found = facts.ask("team_events", team)
        if found is None:
            raise FeedGone(_("There is no such team."))
        authorize(by, "missions.view_programme", found["mission"])
        key = {"kind": FeedKind.TEAM, "team_uuid": team, "defaults": {"mission": found["mission"]}}
    else:
        if by.person is None:
            raise FeedGone(_("This account belongs to no person: it has no calendar of its own."))
        key = {"kind": FeedKind.PERSON, "person": by.person}
    return CalendarFeed.objects.get_or_create(**key)[0]


@transaction.atomic
def reset_feed(feed: CalendarFeed, *, by: Actor) -> CalendarFeed:
    """Give a feed a new address; the old one is dead at once. One's own feed, or as coordinator."""
    feed = CalendarFeed.objects.select_for_update(of=("self",)).get(pk=feed.pk)
    if feed.person_id is None or by.person != feed.person:
        authorize(by, "missions.change_programme", feed.mission)
    feed.turn += 1
    feed.save_changes("turn")
    audit.record(by, "missions.feed_reset", feed)
    return feed


def token_of(feed: CalendarFeed) -> str:
    """The secret part of the feed's address; derived, never stored."""
    return f"{feed.uuid.hex}{_seal(feed)}"


def address_of(feed: CalendarFeed) -> str:
    """The address that a calendar application subscribes to."""
    return settings.SCRUTIN_URL + reverse("missions:calendar", args=[token_of(feed)])


def open_feed(token: str) -> CalendarFeed:
    """The feed behind a token. Raises FeedGone for an unknown or replaced one, and for people who may see nothing any more."""
    gone = FeedGone(_("This calendar address is not valid (any more)."))
    try:
        feed = CalendarFeed.objects.select_related("mission", "person").get(uuid=UUID(hex=token[:32]))
    except (ValueError, CalendarFeed.DoesNotExist):
        raise gone from None
    user = getattr(feed.person, "user", None) if feed.person_id else None
    if not hmac.compare_digest(token[32:].encode(), _seal(feed).encode()) or (user is not None and not user.is_active):
        raise gone
    return feed


@dataclass(frozen=True)
class SharedFeed:
    """A feed that several people subscribe to, with the name by which they know it, and whether the reader may reset it."""

    name: str
    feed: CalendarFeed
    may_reset: bool = False

    @property
    def address(self) -> str:
        """What a calendar application subscribes to."""
        return address_of(self.feed)


def shared_feeds(*, by: Actor) -> list[SharedFeed]:
    """The feeds of the missions in which somebody is seated and of the teams in which they ride; for coordinators also all team
    feeds of running missions that somebody has asked for."""
    found: dict[int, SharedFeed] = {}

    def add(name: str, feed: CalendarFeed) -> None:
        found.setdefault(feed.pk, SharedFeed(name, feed, allowed(by, "missions.change_programme", feed.mission)))

    if by.person is not None:
        rows = Mission.objects.filter(assignments__person=by.person, assignments__state__in=SEATED_ASSIGNMENTS).running().distinct()
        for mission in rows.prefetch_related("polling_days"):
            add(f"{mission.reference} {mission.title}", feed_for(by=by, mission=mission))
            teams = {team.uuid: team for day in mission.polling_days.all() if (team := facts.ask("team_of", by.person, mission, day.day))}
            for team in teams.values():
                add(f"{mission.reference} {team.name}", feed_for(by=by, team=team.uuid))
    if allowed(by, "missions.change_programme"):
        for feed in CalendarFeed.objects.filter(kind=FeedKind.TEAM, mission__in=Mission.objects.running()).select_related("mission"):
            events = facts.ask("team_events", feed.team_uuid)
            if events is not None:
                add(f"{events['mission'].reference} {events['name']}", feed)
    return list(found.values())


def ics_of(feed: CalendarFeed) -> bytes:
    """What a subscriber gets: released programmes only."""
    if feed.kind == FeedKind.MISSION and feed.mission is not None:
        name = f"{feed.mission.reference} {feed.mission.title}"
        return ics(_released(feed.mission), name=name)
    if feed.kind == FeedKind.TEAM:
        team = facts.ask("team_events", feed.team_uuid)
        if team is None:
            raise FeedGone(_("There is no such team."))
        return ics(map(event_of_stop, team["stops"]), name=f"{team['mission'].reference} {team['name']}")
    account = getattr(feed.person, "user", None)
    duties = duties_of({feed.person.email, account.email if account else ""}) if feed.person else []
    return ics([*_events_of_person(feed.person), *map(event_of_duty, duties)], name=_("Missions of the Congress"))


def _events_of_person(person: Any) -> list[Event]:
    """Released meetings that are for this person, and the stops of the person's team on each polling day."""
    events: list[Event] = []
    for mission in Mission.objects.filter(assignments__person=person, assignments__state__in=SEATED_ASSIGNMENTS):
        events += _released(mission, person=str(person.uuid))
        teams = {facts.ask("team_of", person, mission, row.day) for row in mission.polling_days.all()} - {None}
        for team in teams:
            events += map(event_of_stop, (facts.ask("team_events", team.uuid) or {"stops": []})["stops"])
    return events


def _released(mission: Mission, *, person: str = "") -> list[Event]:
    release = ProgrammeRelease.objects.filter(mission=mission).first()
    if release is None:
        return []
    rows = release.content["meetings"]
    return [event_of_release(row, release.released_at) for row in rows if not person or row["everyone"] or person in row["people"]]


def _seal(feed: CalendarFeed) -> str:
    return salted_hmac("missions.calendar", f"{feed.uuid}:{feed.turn}", algorithm="sha256").hexdigest()[:24]


def _entry(event: Event, attendee: str, attendee_name: str) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", event.uid)
    entry.add("summary", event.title)
    entry.add("dtstamp", event.stamp.astimezone(UTC).replace(microsecond=0))
    if event.is_all_day:
        entry.add("dtstart", event.start_day)
        entry.add("dtend", event.start_day + timedelta(days=1))
        entry.add("transp", "TRANSPARENT")
    else:
        entry.add("dtstart", _moment(event.start_day, event.start_time, event.zone, event.start_fold))
        entry.add("dtend", _moment(event.end_day, event.end_time, event.zone, event.end_fold))
    entry.add("sequence", event.sequence)
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    for key, value in (("location", event.place), ("description", event.description), ("url", event.url)):
        if value:
            entry.add(key, value)
    if attendee:
        entry.add("organizer", icalendar.vCalAddress(f"mailto:{settings.DEFAULT_FROM_EMAIL.split('<')[-1].rstrip('>')}"))
        guest = icalendar.vCalAddress(f"mailto:{attendee}")
        guest.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
        if attendee_name:
            guest.params["CN"] = attendee_name
        entry.add("attendee", guest)
    return entry


def _moment(day: date, wall: time, zone: str, fold: int) -> datetime:
    """Local time with its zone; UTC where the clocks show the time twice or never, which applications read differently."""
    local = datetime.combine(day, wall, ZoneInfo(zone)).replace(fold=fold)
    is_plain = local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()
    return local.replace(fold=0) if is_plain else local.astimezone(UTC)
