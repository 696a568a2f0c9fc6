"""The days of a demonstration mission, counted from polling day, so that deadlines and reminders fall due on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from missions.enums import MissionState

S = MissionState

# Days from polling day on which the mission reaches a state; lead times as seen in real missions (observation-rules 3, 5).
REACHED = {
    S.INVITED: -120,
    S.BEFORE_BUREAU: -112,
    S.ACCEPTED: -98,
    S.COMPOSING: -90,
    S.PREPARING: -38,
    S.BRIEFING: -3,
    S.ELECTION_DAY: 0,
    S.DEBRIEFING: 1,
    S.PRELIMINARY: 1,
    S.DRAFTING: 12,
    S.COMMITTEE: 75,
    S.ADOPTION: 78,
    S.TRANSMISSION: 130,
    S.FOLLOW_UP: 145,
    S.CLOSED: 505,
}

DECLARED_EARLY = -75
"""The first declarations come some days after the invitations are answered; the mission that is shown composing is left there."""


@dataclass(frozen=True)
class Timeline:
    """Turns "so many days from polling day, at such an hour" into days and instants of the mission's zone."""

    polling_day: date
    zone: str

    @classmethod
    def starting_today(cls, today: date, zone: str) -> Timeline:
        """The timeline of a mission whose invitation arrives today; polling day is a Sunday. Business time runs ahead of it."""
        day = today - timedelta(days=REACHED[S.INVITED])
        return cls(day + timedelta(days=6 - day.weekday()), zone)

    @classmethod
    def ending_today(cls, today: date, target: str, zone: str, *, last: int | None = None) -> Timeline:
        """The timeline of a mission that reaches `target` about today. Polling day is a Sunday, but today where today is polling day.

        last: the offset of the last act, where the mission stays in the state for a while: it is before today, so that no mail
        bears a day that is to come.
        """
        day = today - timedelta(days=REACHED[MissionState(target)] if last is None else last + 1)
        if target not in {S.ELECTION_DAY, S.DEBRIEFING, S.PRELIMINARY}:
            day -= timedelta(days=(day.weekday() + 1) % 7)
        return cls(day, zone)

    def day(self, offset: int) -> date:
        """The day `offset` days from polling day."""
        return self.polling_day + timedelta(days=offset)

    def at(self, offset: int, clock_time: str) -> datetime:
        """The instant of a wall time ("09:30") on that day."""
        return self.local(offset, clock_time).replace(tzinfo=ZoneInfo(self.zone))

    def local(self, offset: int, clock_time: str) -> datetime:
        """The wall time itself, without a zone."""
        return datetime.combine(self.day(offset), time.fromisoformat(clock_time))
