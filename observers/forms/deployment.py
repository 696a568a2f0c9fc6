"""Forms of the deployment: the draw, stops, contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from observers.enums import (
    AreaRule,
    ContactKind,
    StopKind,
    StopOutcome,
)
from observers.forms.widgets import TimeInput
from observers.membership.dates import say

MANY_AREAS = 400


def area_key(level: int, name: str) -> str:
    """The value of an area in the form: two levels may have areas of one name."""
    return f"{level}:{name}"


class DrawForm(forms.Form):
    """Teams and stops are drawn."""

    EVERY_DAY = "all"

    day = forms.ChoiceField(label=_("Polling day"), required=False)
    teams = forms.IntegerField(
        label=_("Teams"), min_value=1, max_value=60, required=False, help_text=_("Half of the observers unless given.")
    )
    rule = forms.ChoiceField(label=_("Areas and stations"), choices=AreaRule.choices, initial=AreaRule.STRATA, required=False)
    level = forms.TypedChoiceField(label=_("Areas are"), coerce=int, empty_value=0, required=False)
    districts = forms.MultipleChoiceField(
        label=_("Only in these areas"),
        required=False,
        help_text=_("None chosen: all, or as many as there are teams, by their number of stations."),
    )
    visits = forms.IntegerField(
        label=_("Visits per team"), min_value=0, max_value=40, initial=13, help_text=_("Beside opening and closing.")
    )
    tabulations = forms.IntegerField(
        label=_("Teams at a tabulation"),
        min_value=0,
        max_value=60,
        initial=0,
        required=False,
        help_text=_("They follow the results after the count."),
    )
    seed = forms.IntegerField(
        label=_("Seed"), min_value=0, required=False, help_text=_("Kept with the plan; from the reference unless given.")
    )
    with_staff = forms.BooleanField(label=_("Experts and staff ride too"), required=False)
    reason = forms.CharField(label=_("Reason"), required=False)

    def __init__(
        self,
        *args: Any,
        days: Sequence[date] = (),
        levels: Sequence[tuple[int, str]] = (),
        areas: Mapping[int, Sequence[str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        every = [(self.EVERY_DAY, _("All polling days"))] if len(days) > 1 else []
        self.fields["day"].choices = [(day.isoformat(), say(day)) for day in days] + every
        self.fields["level"].choices = [(0, _("Districts")), *levels]
        self.fields["districts"].choices = self._grouped(areas or {})
        if not self.fields["districts"].choices:
            del self.fields["districts"]
        for field in self.fields.values():
            looks = {forms.Select: "form-select", forms.SelectMultiple: "form-select", forms.CheckboxInput: "form-check-input"}
            field.widget.attrs["class"] = looks.get(type(field.widget), "form-control")

    def _grouped(self, areas: Mapping[int, Sequence[str]]) -> list[Any]:
        """Choices under the name of their level; a level of one area, or of too many to choose from, is left out."""
        labels = dict(self.fields["level"].choices)
        named = {number: names for number, names in areas.items() if number in labels and 1 < len(names) <= MANY_AREAS}
        return [(labels[number], [(area_key(number, name), name) for name in names]) for number, names in named.items()]

    def clean_day(self) -> date | str | None:
        """A polling day of the mission, or all; none stands for the first."""
        asked = self.cleaned_data["day"]
        if asked == self.EVERY_DAY:
            return asked
        return date.fromisoformat(asked) if asked else None

    def clean(self) -> dict[str, Any]:
        """What is left open has its usual value."""
        data = super().clean() or self.cleaned_data
        data["rule"] = data.get("rule") or AreaRule.STRATA
        data["tabulations"] = data.get("tabulations") or 0
        level, chosen = data.get("level") or 0, [key.partition(":") for key in data.get("districts") or []]
        wrong = [name for number, _sep, name in chosen if int(number) != level]
        if wrong:
            self.add_error("districts", _("These areas are not of the level that is chosen: %(names)s.") % {"names": ", ".join(wrong)})
        data["districts"] = [name for _number, _sep, name in chosen]
        return data


class TeamForm(forms.Form):
    """What a team is called, where it goes, and a note for its sheet."""

    name = forms.CharField(label=_("Name"), max_length=100, required=False, help_text=_("Empty: by its number."))
    area = forms.CharField(label=_("Area"), max_length=300, required=False)
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("It stands on the sheet.")
    )
    reason = forms.CharField(label=_("Reason"), required=False)

    def __init__(self, *args: Any, is_released: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_released:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]


class StopForm(forms.Form):
    """A stop by hand."""

    station = forms.CharField(label=_("Code of the station"), max_length=40)
    kind = forms.ChoiceField(label=_("What"), choices=StopKind.choices, initial=StopKind.VOTING)
    local_time = forms.TimeField(label=_("Local time"), widget=TimeInput())
    place = forms.CharField(
        label=_("Place of the tabulation"), max_length=300, required=False, help_text=_("Where results are taken to; else the commission.")
    )
    reason = forms.CharField(label=_("Reason"), required=False, help_text=_("Needed once a version is released."))


class OutcomeForm(forms.Form):
    """What became of a stop."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=StopOutcome.choices)
    reason = forms.CharField(label=_("Reason"), required=False)


class ContactForm(forms.Form):
    """A number for the sheets of the teams."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ContactKind.choices, initial=ContactKind.SECRETARIAT)
    label = forms.CharField(label=_("Whose number it is"), max_length=120)
    phone = forms.CharField(label=_("Telephone"), max_length=40)
