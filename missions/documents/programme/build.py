"""The programme of a mission: day by day, in the mission's zone; one for the delegation, one for outside readers."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from core.documents import blocks as b
from core.languages import language_name
from missions.documents.wording import day_in, name_in
from missions.enums import AssignmentRole, MeetingKind, MeetingState
from missions.models import Mission
from missions.services.releases import snapshot

# Meetings that outside readers have no business with.
INSIDE = {MeetingKind.INTERNAL, MeetingKind.TRAINING, MeetingKind.DEBRIEFING, MeetingKind.TRAVEL}


def build(mission: Mission, language: str, *, outside: bool = False, **options: Any) -> dict[str, Any]:
    """The last released version, or the draft where none is released.

    outside: for readers outside the delegation: no links, no internal meetings, no descriptions, nobody's name. The contacts of
    organisations are in neither: they belong to the secretariat and the head of delegation.
    """
    release = mission.programme_releases.first()
    content = release.content if release else snapshot(mission)
    rows = [row for row in content["meetings"] if row["state"] != MeetingState.CANCELLED]
    if outside:
        rows = [row for row in rows if row["kind"] not in INSIDE]
    with translation.override(language):
        version = _("Version %(number)s") % {"number": release.version} if release else _("Draft")
        return b.document(
            title=_("Programme of meetings") if outside else _("Programme of the delegation"),
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
            blocks=[*(_days(rows, language, outside) or [b.paragraph(_("No meetings yet."))]), *([] if outside else _people(mission))],
        )


def _days(rows: list[dict[str, Any]], language: str, outside: bool) -> list[dict[str, Any]]:
    days = groupby(rows, key=lambda row: row["start_day"])
    return [block for day, meetings in days for block in _day(day, meetings, language, outside)]


def _people(mission: Mission) -> list[dict[str, Any]]:
    """Who goes with which track, and who interprets: for the delegation."""
    tracks = [
        (track.name, [row for row in track.members.all() if row.is_live]) for track in mission.tracks.prefetch_related("members__person")
    ]
    interpreters = [row for row in mission.assignments.seated().select_related("person") if row.role == AssignmentRole.INTERPRETER]
    rows = [[name, ", ".join(row.person.name for row in members) or "–"] for name, members in tracks]
    rows += [[_("Interpreter"), f"{row.person.name}: {', '.join(row.person.languages) or '–'}"] for row in interpreters]
    if not rows:
        return []
    table = b.table(_("Tracks and interpreters"), head=[_("Track"), _("Who")], rows=rows, widths=[4, 11], row_heads=True)
    return [b.heading(1, _("Tracks and interpreters")), table]


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
    more = [str(MeetingKind(row["kind"]).label), *([language_name(code) for code in row["languages"]])]
    title = b.text(
        b.bold(row["title"]), f"\n{', '.join(more)}", *([f"\n{row['description']}"] if row["description"] and not outside else [])
    )
    cells = [f"{row['start_time']}–{row['end_time']}", title, place or "–", ", ".join(row["organisations"]) or "–"]
    return [*cells, row["track"] or "–"] if has_tracks else cells
