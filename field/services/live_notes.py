"""Quick notes on the live page: what teams saw or heard, critical first, with the photos that came along."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, IntegerField, Q, When

from field.models import Attachment, Note
from missions import facts
from missions.models import Meeting, Mission

SHOWN = 50
CRITICAL = 3


@dataclass
class NoteRow:
    """One note with its photos and the name of its topic."""

    note: Note
    topic: str = ""
    meeting: str = ""
    photos: list[Attachment] = field(default_factory=list)

    @property
    def where(self) -> str:
        """The station as name and code, else the place in words, else the meeting at which it was said."""
        return self.note.station.label if self.note.station else self.note.place or self.meeting


@dataclass
class Notes:
    """The notes of a day (or of all days): the first `SHOWN`, and how many there are."""

    rows: list[NoteRow]
    total: int

    @property
    def more(self) -> int:
        """Those that are counted and not shown."""
        return self.total - len(self.rows)


def notes_of(mission: Mission, user: Any, day: date | None = None) -> Notes:
    """Notes the user may see: critical ones first, then the newest. Four queries, whatever their number.

    A note is of the day for which it was written and of the day on which it arrived: a phone's clock may be wrong.
    """
    rows = Note.objects.current().visible_to(user).filter(mission=mission)
    if day:
        start = datetime.combine(day, time(), ZoneInfo(mission.zone))
        end = start + timedelta(days=1)
        rows = rows.filter(Q(at__gte=start, at__lt=end) | Q(received_at__gte=start, received_at__lt=end))
    first = Case(When(severity=CRITICAL, then=0), default=1, output_field=IntegerField())
    found = list(rows.select_related("station", "person", "team").order_by(first, "-received_at", "-pk")[:SHOWN])
    photos: dict[Any, list[Attachment]] = defaultdict(list)
    for photo in Attachment.objects.filter(parent__in=[note.uuid for note in found], stored__isnull=False).select_related("stored"):
        photos[photo.parent].append(photo)
    names = {code: str(label) for code, label in facts.ask("topics", default=[])} if found else {}
    meetings: dict[Any, str] = dict(Meeting.objects.visible_to(user).filter(notes__in=found).values_list("pk", "title"))
    shown = [NoteRow(note, names.get(note.topic, note.topic), meetings.get(note.meeting_id, ""), photos[note.uuid]) for note in found]
    return Notes(shown, rows.count())
