"""The programme of a mission: day by day, in the mission's zone; one for the delegation, one for outside readers."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from core.documents import blocks as b
from missions.documents.wording import day_in, name_in
from missions.enums import MeetingKind, MeetingState
from missions.models import Mission
from missions.services.releases import snapshot

# Meetings that outside readers have no business with.
INSIDE = {MeetingKind.INTERNAL, MeetingKind.TRAINING, MeetingKind.DEBRIEFING, MeetingKind.TRAVEL}


def build(mission: Mission, language: str, *, outside: bool = False, **options: Any) -> dict[str, Any]:
    """The last released version, or the draft where none is released.

    outside: for readers outside the delegation: no links, no internal meetings.
    """
    release = mission.programme_releases.first()
    content = release.content if release else snapshot(mission)
    rows = [row for row in content["meetings"] if row["state"] != MeetingState.CANCELLED]
    if outside:
        rows = [row for row in rows if row["kind"] not in INSIDE]
    with translation.override(language):
        version = _("Version %(number)s") % {"number": release.version} if release else _("Draft")
        return b.document(
            title=_("Programme"),
            subtitle=name_in(mission, language, "title"),
            kind_line=_("Programme of the mission"),
            reference=mission.reference,
            language=language,
            date=day_in(release.released_at.date(), language) if release else "",
            cover=[
                (_("Version"), version),
                (_("Days"), f"{day_in(mission.first_day, language)} – {day_in(mission.last_day, language)}"),
                (_("Times"), _("local time, %(zone)s") % {"zone": content["zone"]}),
            ],
            draft=release is None,
            orientation="portrait",
            access_note="" if outside else _("For the delegation only"),
            blocks=[
                block
                for day, meetings in groupby(rows, key=lambda row: row["start_day"])
                for block in _day(day, meetings, language, outside)
            ]
            or [b.paragraph(_("No meetings yet."))],
        )


def _day(day: str, meetings: Any, language: str, outside: bool) -> list[dict[str, Any]]:
    rows = list(meetings)
    has_tracks = any(row["track"] for row in rows)
    head = [_("Time"), _("Meeting"), _("Place"), _("With")]
    table = b.table(
        _("Meetings on %(day)s") % {"day": day_in(day, language)},
        head=[*head, _("Track")] if has_tracks else head,
        rows=[_row(row, has_tracks, outside) for row in rows],
        widths=[2, 5, 4, 4, 2] if has_tracks else [2, 5, 4, 4],
        row_heads=True,
    )
    return [b.heading(1, day_in(day, language, "full")), table]


def _row(row: dict[str, Any], has_tracks: bool, outside: bool) -> list[Any]:
    place = ", ".join(part for part in (row["place"], row["room"]) if part)
    if row["link"] and not outside:
        place = b.text(*([f"{place} "] if place else []), b.link(_("on line"), row["link"]))
    title = b.text(b.bold(row["title"]), f"\n{MeetingKind(row['kind']).label}")
    cells = [f"{row['start_time']}–{row['end_time']}", title, place or "–", ", ".join(row["organisations"]) or "–"]
    return [*cells, row["track"] or "–"] if has_tracks else cells
