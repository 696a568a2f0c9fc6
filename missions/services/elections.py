"""The calendar of elections to watch: what is coming, when the invitation is due, what the country's history says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.rules import sees_all_missions
from core import clock
from core.actors import Actor
from core.languages import reader_language
from core.late import Late
from core.rights import authorize
from missions import facts, history
from missions.enums import ENDED, FeedKind, Lateness, MissionState
from missions.models import CalendarFeed, Election, Mission, PastMission, PollingDay
from missions.services.calendars import DOMAIN, FeedGone
from missions.services.intake import LATE_DAYS, SHORT_DAYS, URGENT_DAYS

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = Late("icalendar")


@dataclass(frozen=True)
class Watched:
    """An election of the calendar. `lead`: days until the invitation is due (E-60), below zero when that day has passed."""

    election: Election
    days: list[PollingDay]
    mission: Mission | None
    last_mission: str
    open_recommendations: int
    invite_by: date | None
    lead: int | None
    is_invited: bool
    lateness: Lateness

    @property
    def first_day(self) -> date | None:
        """The first polling day."""
        return self.days[0].day if self.days else None


def watched(elections: Iterable[Election], *, today: date | None = None) -> list[Watched]:
    """Elections with what the calendar says about them; the same number of queries for one as for many."""
    rows = list(elections)
    today = today or clock.today()
    countries = {row.country_id for row in rows}
    last = _last_missions(countries, today)
    counts = facts.ask("open_recommendation_counts", countries, default={}) or {}
    return [_watched(row, today, last.get(row.country_id, []), counts.get(row.country_id, 0)) for row in rows]


def by_month(rows: Sequence[Watched]) -> list[tuple[date, list[Watched]]]:
    """The rows under the first day of the month of their first polling day, in order."""
    months: dict[date, list[Watched]] = {}
    for row in rows:
        if row.first_day:
            months.setdefault(row.first_day.replace(day=1), []).append(row)
    return sorted(months.items())


# --- feed ---------------------------------------------------------------------------------------------------------


def elections_feed(*, by: Actor) -> CalendarFeed:
    """The reader's own address of the calendar of elections, made when first asked for."""
    authorize(by, "missions.view_election")
    if by.person is None:
        raise FeedGone(_("This account belongs to no person: it has no calendar of its own."))
    return CalendarFeed.objects.get_or_create(kind=FeedKind.ELECTIONS, person=by.person)[0]


def ics_of_elections(feed: CalendarFeed) -> bytes:
    """What a subscriber to the calendar of elections gets. Raises FeedGone once its owner no longer sees the register."""
    user = getattr(feed.person, "user", None)
    if not sees_all_missions(user):
        raise FeedGone(_("This calendar address is not valid (any more)."))
    return elections_ics(Election.objects.coming(clock.today()))


def elections_ics(elections: Iterable[Election]) -> bytes:
    """A calendar file: a whole day for each polling day, and one on which the invitation is due where none has come."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Scrutin//Elections//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Elections to watch"))
    for row in watched(elections):
        for day in row.days:
            calendar.add_component(_polling_entry(row, day))
        if row.invite_by and not row.is_invited:
            calendar.add_component(_due_entry(row, row.invite_by))
    return calendar.to_ical()


def _polling_entry(row: Watched, day: PollingDay) -> icalendar.Event:
    title = f"{row.election.country}: {row.election.title}"
    if len(row.days) > 1:
        title = _("%(title)s, round %(round)s") % {"title": title, "round": day.round}
    lines = [
        _("Mission: %(reference)s, %(state)s") % {"reference": row.mission.reference, "state": row.mission.get_state_display()}
        if row.mission
        else "",
        _("Last mission: %(mission)s") % {"mission": row.last_mission} if row.last_mission else "",
        _("Open recommendations: %(n)s") % {"n": row.open_recommendations} if row.open_recommendations else "",
    ]
    stamp = max([row.election.updated_at, day.updated_at, *([row.mission.updated_at] if row.mission else [])])
    entry = _entry(f"polling-{day.uuid}@{DOMAIN}", title, day.day, stamp)
    entry.add("description", "\n".join(line for line in lines if line))
    if row.election.area:
        entry.add("location", row.election.area)
    if row.mission:
        entry.add("url", settings.SCRUTIN_URL + row.mission.get_absolute_url())
    return entry


def _due_entry(row: Watched, day: date) -> icalendar.Event:
    title = _("Invitation due (E-%(days)s): %(country)s, %(election)s")
    words = {"days": SHORT_DAYS, "country": row.election.country, "election": row.election.title}
    return _entry(f"invitation-{row.election.uuid}@{DOMAIN}", title % words, day, row.election.updated_at)


def _entry(uid: str, title: str, day: date, stamp) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", uid)
    entry.add("summary", title)
    entry.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
    entry.add("dtstart", day)
    entry.add("dtend", day + timedelta(days=1))
    entry.add("transp", "TRANSPARENT")
    return entry


# --- what is known ------------------------------------------------------------------------------------------------


def is_invited(election: Election) -> bool:
    """Whether an invitation is on the register: one of its missions has left the watch. Reads what was prefetched."""
    return any(row.state != MissionState.WATCH for row in election.missions.all())


def _watched(election: Election, today: date, last: list[tuple[int, str]], count: int) -> Watched:
    days = sorted(election.polling_days.all(), key=lambda row: row.day)
    first = days[0].day if days else None
    missions = sorted(election.missions.all(), key=lambda row: (row.state in ENDED, row.created_at))
    mission = missions[0] if missions else None
    invite_by = first - timedelta(days=SHORT_DAYS) if first else None
    return Watched(
        election=election,
        days=days,
        mission=mission,
        last_mission=next((name for pk, name in last if pk != election.pk), ""),
        open_recommendations=count,
        invite_by=invite_by,
        lead=(invite_by - today).days if invite_by else None,
        is_invited=is_invited(election),
        lateness=_lateness_of_today(first, today),
    )


def _lateness_of_today(first: date | None, today: date) -> Lateness:
    """How late a request would be that came today (observation-rules A4)."""
    left = (first - today).days if first else SHORT_DAYS
    if left < LATE_DAYS:
        return Lateness.LATE
    if left < URGENT_DAYS:
        return Lateness.URGENT
    return Lateness.SHORT if left < SHORT_DAYS else Lateness.IN_TIME


def _last_missions(countries: set[int], today: date) -> dict[int, list[tuple[int, str]]]:
    """By country the missions of the past, the newest first, as (election, words); our own before those of public documents."""
    found: dict[int, list[tuple[int, str]]] = {}
    own = Mission.objects.filter(country__in=countries).exclude(state__in=[MissionState.DECLINED, MissionState.CANCELLED])
    own = own.annotate(last_polling=Max("polling_days__day")).filter(last_polling__lt=today).order_by("-last_polling")
    for mission in own:
        words = f"{mission.reference}, {date_format(mission.last_polling)}"
        found.setdefault(mission.country_id, []).append((mission.election_id, words))
    for past in PastMission.objects.filter(country__in=countries):
        mark = "" if past.is_verified else f" ({_('not verified')})"
        words = history.say(past.election).marked(reader_language())
        found.setdefault(past.country_id or 0, []).append((0, f"{past.year}: {words}{mark}"))
    return found
