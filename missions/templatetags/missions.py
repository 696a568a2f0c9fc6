"""Filters for released programmes, which are plain data, and what a reader may see of an organisation."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.rules import sees_all_missions
from core.enums import Access
from core.languages import reader_language
from missions import history
from missions.enums import MeetingKind, MeetingState
from missions.models import Organisation

register = template.Library()


@register.filter
def iso_day(value: str) -> str:
    """`2027-10-22` as the reader writes it, with the day of the week."""
    day = date.fromisoformat(value)
    return f"{date_format(day, 'l')}, {date_format(day, 'DATE_FORMAT')}"


@register.filter
def iso_date(value: str) -> str:
    """`2027-10-22` as the reader writes it; what is no day stays as it is."""
    try:
        return date_format(date.fromisoformat(value), "DATE_FORMAT")
    except (TypeError, ValueError):
        return value


@register.filter
def said(phrase: str) -> str:
    """A phrase of the history data as the reader reads it; one that has no translation stays English and is marked as such."""
    found, language = history.say(phrase), reader_language()
    return found.text if found.language == language else format_html('<span lang="{}">{}</span>', found.language, found.marked(language))


@register.filter
def meeting_kind(value: str) -> str:
    """The label of a kind of meeting."""
    return str(MeetingKind(value).label) if value in MeetingKind.values else value


@register.filter
def meeting_state(value: str) -> str:
    """The label of a meeting's state."""
    return str(MeetingState(value).label) if value in MeetingState.values else value


@register.simple_tag(takes_context=True)
def organisation_note(context: dict[str, Any], organisation: Organisation) -> str:
    """The note about an organisation where this reader may read it: the delegation what is for the team or for all."""
    is_open = organisation.note_access in {Access.TEAM, Access.PUBLIC}
    return organisation.note if is_open or sees_all_missions(context["request"].user) else ""


@register.filter
def change_details(change: Any) -> list[str]:
    """What a changed meeting was before: its time, its place and room in words, of anything else the name of what changed."""
    if change.kind != "changed":
        return []
    row, was, found = change.row, change.before, []
    if {"start_day", "start_time", "end_day", "end_time", "zone"} & set(change.fields):
        times = f"{was['start_time']}–{was['end_time']}"
        day = "" if was["start_day"] == row["start_day"] else f"{iso_date(was['start_day'])}, "
        found.append(_("was %(time)s") % {"time": day + times})
    for name, sentence in (("place", _("place: %(new)s (was %(old)s)")), ("room", _("room: %(new)s (was %(old)s)"))):
        if name in change.fields:
            found.append(sentence % {"new": row[name] or "–", "old": was[name] or "–"})
    names = {
        "title": _("title"),
        "kind": _("kind"),
        "description": _("description"),
        "link": _("link"),
        "languages": _("languages"),
        "track": _("track"),
        "organisations": _("organisations"),
        "everyone": _("who takes part"),
        "people": _("who takes part"),
    }
    other = list(dict.fromkeys(names[name] for name in change.fields if name in names))
    if other:
        found.append(_("new: %(what)s") % {"what": ", ".join(other)})
    return found
