"""Two people edited one meeting: what each of them has, side by side, and which of both is taken."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from missions.forms.programme import MeetingForm
from missions.models import Meeting

MINE, THEIRS = "mine", "theirs"
PREFIX = "take_"


@dataclass(frozen=True)
class Difference:
    """A field in which what was typed differs from what is saved by now; `pick` is proposed."""

    name: str
    label: str
    mine: str
    theirs: str
    pick: str

    @property
    def field(self) -> str:
        """The name of the choice between both."""
        return PREFIX + self.name


def raw_values(form: forms.Form) -> dict[str, list[str]]:
    """What a browser would send for a form as it is shown, by field."""
    return {field.name: _raw(field.value()) for field in form.visible_fields()}


def seen_values(meeting: Meeting) -> str:
    """The meeting as the editor's page shows it, to know later which of two editors changed what."""
    return json.dumps(raw_values(MeetingForm(mission=meeting.mission, meeting=meeting)), ensure_ascii=False)


def with_theirs(data: QueryDict, meeting: Meeting) -> QueryDict:
    """What was sent, with the saved values where the editor chose them."""
    chosen = [name.removeprefix(PREFIX) for name, value in data.items() if name.startswith(PREFIX) and value == THEIRS]
    if not chosen:
        return data
    saved, merged = raw_values(MeetingForm(mission=meeting.mission, meeting=meeting)), data.copy()
    for name in chosen:
        if saved.get(name):
            merged.setlist(name, saved[name])
        else:
            merged.pop(name, None)
    return merged


def differences(form: MeetingForm, meeting: Meeting) -> list[Difference]:
    """Every field in which both versions differ. Proposed is the saved value where the editor left the field alone, else the typed one."""
    current = MeetingForm(mission=meeting.mission, meeting=meeting)
    saved, typed, seen = raw_values(current), raw_values(form), _seen(form)
    found = []
    for name in typed.keys() & saved.keys():
        if sorted(typed[name]) != sorted(saved[name]):
            untouched = name in seen and sorted(seen[name]) == sorted(typed[name])
            mine, theirs = (_words(field, values) for field, values in ((form[name], typed[name]), (current[name], saved[name])))
            found.append(Difference(name, str(form[name].label), mine, theirs, THEIRS if untouched else MINE))
    order = list(form.fields)
    return sorted(found, key=lambda row: order.index(row.name))


def show_current(form: MeetingForm, meeting: Meeting) -> None:
    """Let the form be sent again on top of the version that is saved now."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["seen_sequence"], form.data["seen_values"] = str(meeting.sequence), seen_values(meeting)


def _seen(form: MeetingForm) -> dict[str, list[str]]:
    try:
        found = json.loads(form["seen_values"].value() or "{}")
    except ValueError:
        return {}
    return (
        {name: [str(item) for item in values] for name, values in found.items() if isinstance(values, list)}
        if isinstance(found, dict)
        else {}
    )


def _raw(value: Any) -> list[str]:
    if value is None or value is False or value == "":
        return []
    if value is True:
        return ["on"]
    if hasattr(value, "strftime"):
        return [value.strftime("%H:%M") if hasattr(value, "minute") else value.isoformat()]
    if isinstance(value, str) or not isinstance(value, Iterable):
        return [str(value).replace("\r\n", "\n")]
    return [str(item) for item in value]


def _words(field: Any, values: list[str]) -> str:
    """Values as people read them."""
    if isinstance(field.field, forms.BooleanField):
        return _("yes") if values else _("no")
    choices = {str(getattr(key, "value", key)): str(label) for key, label in getattr(field.field, "choices", [])}
    return ", ".join(choices.get(value, value) for value in values) or "–"
