"""Forms about missions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from missions.enums import ElectionKind, MissionFormat, VisitKind
from missions.forms.widgets import DayField, PollingDaysMixin
from missions.models import Country, Mission, PollingDay


class WatchForm(PollingDaysMixin):
    """An election to watch."""

    country = forms.ModelChoiceField(label=_("Country"), queryset=Country.objects.none(), to_field_name="code")
    kind = forms.ChoiceField(label=_("Kind of election"), choices=ElectionKind.choices)
    title_en = forms.CharField(label=_("Title (English)"), max_length=200)
    title_fr = forms.CharField(label=_("Title (French)"), max_length=200, required=False)
    title_de = forms.CharField(label=_("Title (German)"), max_length=200, required=False)
    area = forms.CharField(label=_("Area"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].queryset = Country.objects.by_name()


# Days of other elections of the country that are near enough to be a repeat vote of this one (A9).
NEAR = timedelta(days=400)


class PollingDaysField(forms.ModelMultipleChoiceField):
    """Polling days, each with its round and, where it is another election's, the election."""

    def __init__(self, *, label: Any) -> None:
        super().__init__(
            label=label,
            queryset=PollingDay.objects.none(),
            to_field_name="uuid",
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        self.election_id = 0

    def offer(self, mission: Mission) -> None:
        """Those of the mission's election, and others of its country that are near."""
        around: date | None = mission.polling_day
        near = Q(day__range=(around - NEAR, around + NEAR)) if around else Q()
        ours = Q(election=mission.election) | Q(missions=mission)
        rows = PollingDay.objects.filter(ours | near & Q(election__country=mission.country_id))
        self.election_id = mission.election_id
        self.queryset = rows.select_related("election").distinct()

    def label_from_instance(self, row: Any) -> str:
        """The day and what is voted on it."""
        parts = [formats.date_format(row.day), round_label(row)]
        return ", ".join([*parts, *([row.election.title] if row.election_id != self.election_id else [])])


def round_label(row: PollingDay) -> str:
    """Which vote a polling day is."""
    if row.is_repeat:
        return gettext("repeat vote")
    return gettext("round %(n)s") % {"n": row.round}


class MissionForm(forms.Form):
    """What of a mission can be changed by hand."""

    title_en = forms.CharField(label=_("Title (English)"), max_length=200)
    title_fr = forms.CharField(label=_("Title (French)"), max_length=200, required=False)
    title_de = forms.CharField(label=_("Title (German)"), max_length=200, required=False)
    first_day = DayField(label=_("First day of the mission"), required=False)
    last_day = DayField(label=_("Last day of the mission"), required=False)
    zone = forms.CharField(label=_("Time zone"), max_length=64)
    polling_days = PollingDaysField(label=_("Polling days that the mission observes"))

    def __init__(self, *args: Any, mission: Mission, **kwargs: Any) -> None:
        names = ("title_en", "title_fr", "title_de", "first_day", "last_day", "zone")
        initial = {name: getattr(mission, name) for name in names}
        initial["polling_days"] = [row.uuid for row in mission.polling_days.all()]
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["polling_days"].offer(mission)


class PollingDayForm(forms.Form):
    """A polling day and its hours."""

    day = DayField(label=_("Day"))
    opens_at = forms.TimeField(label=_("Polls open"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    closes_at = forms.TimeField(label=_("Polls close"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


class ShiftForm(forms.Form):
    """Asked beside the preview of a moved polling day."""

    shift_days = forms.BooleanField(label=_("Move the days of the mission and its main visit as well"), required=False, initial=True)


class RoundForm(PollingDayForm):
    """A further polling day, and who observes it."""

    kind = forms.ChoiceField(label=_("What is voted"), choices=[("round", _("Second round")), ("repeat", _("Repeat vote"))])
    observe = forms.ChoiceField(
        label=_("Who observes it"),
        choices=[
            ("this", _("This mission")),
            ("second", _("A second mission, with one report for both")),
            ("none", _("Nobody for now")),
        ],
        widget=forms.RadioSelect,
        initial="this",
    )
    field_order = ("kind", "day", "opens_at", "closes_at", "observe")


class ConvertForm(forms.Form):
    """Another format, and why."""

    format = forms.ChoiceField(label=_("Format"), choices=MissionFormat.choices)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2}))
    seen_state = forms.CharField(required=False, widget=forms.HiddenInput)


class FirstField(forms.ModelChoiceField):
    """A mission by its reference and title."""

    def label_from_instance(self, row: Any) -> str:
        """`BG-2027-1 Local elections, Bulgaria`."""
        return f"{row.reference} {row.title}"


class ContinueForm(forms.Form):
    """The mission that another one continues."""

    first = FirstField(label=_("Mission that it continues"), queryset=Mission.objects.none(), to_field_name="reference")

    def __init__(self, *args: Any, firsts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first"].queryset = firsts


class VisitEditForm(forms.Form):
    """Days and place of a journey."""

    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("To"))
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    is_online = forms.BooleanField(label=_("On line"), required=False)


class VisitForm(VisitEditForm):
    """A journey."""

    kind = forms.ChoiceField(label=_("Kind"), choices=VisitKind.choices)
    field_order = ("kind",)


class MilestoneForm(forms.Form):
    """A deadline moved by hand."""

    to = DayField(label=_("New day"))
    reason = forms.CharField(label=_("Reason"), max_length=500)
