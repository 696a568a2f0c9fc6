"""Forms around the programme: moving, planning many at once, ways, who was present, what was promised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from missions.enums import MeetingKind
from missions.forms.programme import FoldField, is_hour_repeated
from missions.forms.widgets import ClockField, DayField
from missions.models import Assignment, Meeting
from missions.services.travel import LONGEST, Pair


class MoveForm(forms.Form):
    """Where a meeting goes: `start_day`, `start_time`, and which of two equal hours; it keeps its length."""

    start_day = DayField(label=_("Day"))
    start_time = ClockField(label=_("From"))
    start_fold = FoldField(label=_("The clocks show this hour twice: which time is meant?"))
    seen_sequence = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        names = ("start_day", "start_time", "start_fold")
        initial = {name: getattr(meeting, name) for name in names} | {"seen_sequence": meeting.sequence}
        super().__init__(*args, initial=initial, **kwargs)
        if not is_hour_repeated(self, "start_day", "start_time", meeting.zone):
            del self.fields["start_fold"]


class BatchRowForm(forms.Form):
    """One meeting of the template: chosen or not, its day and times as they shall be here."""

    chosen = forms.BooleanField(label=_("Plan it"), required=False)
    kind = forms.ChoiceField(choices=MeetingKind.choices, widget=forms.HiddenInput)
    is_for_all = forms.BooleanField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label=_("Title"), max_length=200)
    start_day = DayField(label=_("Day"))
    start_time = ClockField(label=_("From"))
    end_time = ClockField(label=_("To"))
    place = forms.CharField(label=_("Place"), max_length=200, required=False)

    def full_clean(self) -> None:
        """Rows that are not chosen are not asked about."""
        super().full_clean()
        if self.is_bound and not self.cleaned_data.get("chosen"):
            self._errors = forms.utils.ErrorDict()

    def values(self) -> dict[str, Any]:
        """What `plan_meeting` takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "chosen"}


BatchFormSet: type[BaseFormSet] = formset_factory(BatchRowForm, extra=0, max_num=60, validate_max=True)


class TravelForm(forms.Form):
    """One field of minutes for each way that somebody goes: `way_0`, `way_1` and so on."""

    def __init__(self, *args: Any, ways: Mapping[Pair, tuple[str, str]], known: Mapping[Pair, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = list(ways.values())
        for number, (pair, (place, other)) in enumerate(ways.items()):
            self.fields[f"way_{number}"] = forms.IntegerField(
                label=f"{place} – {other}", min_value=0, max_value=LONGEST, required=False, initial=known.get(pair)
            )

    def values(self) -> list[tuple[str, str, int | None]]:
        """What `set_travel` takes."""
        return [(place, other, self.cleaned_data[f"way_{number}"]) for number, (place, other) in enumerate(self.ways)]


class PresenceForm(forms.Form):
    """Who was present: `present` (people of the mission) and `others` in words."""

    present = forms.ModelMultipleChoiceField(
        label=_("From the mission"), queryset=Assignment.objects.none(), to_field_name="uuid", required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    others = forms.CharField(
        label=_("From the other side"), widget=forms.Textarea(attrs={"rows": 3}), required=False, help_text=_("Names and functions.")
    )

    def __init__(self, *args: Any, meeting: Meeting, expected: list[Any] | None = None, **kwargs: Any) -> None:
        noted = list(meeting.present.values_list("uuid", flat=True)) if meeting.presence_at else expected or []
        initial = {"present": noted, "others": meeting.present_others}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["present"].queryset = meeting.mission.assignments.live().select_related("person")


class TaskForm(forms.Form):
    """What is to be done after a meeting: `text`, `assignment`, `due_on`."""

    text = forms.CharField(label=_("What is to be done"), max_length=300)
    assignment = forms.ModelChoiceField(
        label=_("Who does it"), queryset=Assignment.objects.none(), to_field_name="uuid", required=False, empty_label=_("Not decided")
    )
    due_on = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignment"].queryset = meeting.mission.assignments.live().select_related("person")
