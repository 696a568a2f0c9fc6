"""Forms about the programme, organisations and stations."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.enums import Access
from missions import facts
from missions.enums import AssignmentRole, MeetingKind, Rating
from missions.forms.widgets import ClockField, DayField, LanguagesField
from missions.models import Assignment, Contact, Meeting, Mission, Organisation, Track
from missions.services.walltime import is_repeated

# A note goes before no committee: that level is for drafts.
NOTE_LEVELS = [choice for choice in Access.choices if choice[0] != Access.COMMITTEE]
TOPICS = [(f"L{number:02}", f"L{number:02}") for number in range(1, 22)]


def topics() -> list[tuple[str, str]]:
    """The topics L01-L21 with their names, or the bare codes where nobody has loaded names."""
    return list(facts.ask("topics", default=())) or TOPICS


FOLDS = [("", "–"), ("0", _("the first time")), ("1", _("the second time"))]


class FoldField(forms.TypedChoiceField):
    """Which of two equal hours is meant: asked, never guessed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=FOLDS, coerce=int, **kwargs)


class PeopleField(forms.ModelMultipleChoiceField):
    """People of the mission, with role, interpreters also with their languages."""

    def label_from_instance(self, row: Assignment) -> str:
        """`Inge Inter (Interpreter: bg, en)`."""
        if row.role == AssignmentRole.INTERPRETER and row.person.languages:
            return f"{row.person.name} ({row.get_role_display()}: {', '.join(row.person.languages)})"
        return str(row)


def is_hour_repeated(form: forms.Form, day_name: str, time_name: str, zone: str) -> bool:
    """Whether the clocks show the hour in these two fields twice: only then is it asked which of the two."""
    day, wall = form[day_name].value(), form[time_name].value()
    try:
        day = date.fromisoformat(day) if isinstance(day, str) else day
        wall = time.fromisoformat(wall) if isinstance(wall, str) else wall
    except ValueError:
        return False
    return bool(day and wall) and is_repeated(day, wall, zone)


class MeetingForm(forms.Form):
    """A meeting: `kind`, `title`, `start_day`, `start_time`, `end_time`, `people`, `organisations` and so on."""

    kind = forms.ChoiceField(label=_("Kind"), choices=MeetingKind.choices)
    title = forms.CharField(label=_("Title"), max_length=200)
    start_day = DayField(label=_("Day"))
    start_time = ClockField(label=_("From"))
    end_time = ClockField(label=_("To"))
    end_day = DayField(label=_("Ends on"), required=False, help_text=_("Only where it ends on another day."))
    start_fold = FoldField(label=_("The clocks show the hour of the beginning twice: which time is meant?"))
    end_fold = FoldField(label=_("The clocks show the hour of the end twice: which time is meant?"))
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    room = forms.CharField(label=_("Room"), max_length=80, required=False)
    link = forms.URLField(label=_("Link"), required=False, assume_scheme="https")
    languages = LanguagesField(label=_("Languages"), required=False, help_text=_("Codes like: en, bg."))
    track = forms.ModelChoiceField(
        label=_("Track"), queryset=Track.objects.none(), required=False, to_field_name="uuid", empty_label=_("The whole mission")
    )
    is_for_all = forms.BooleanField(label=_("For the whole delegation (or track)"), required=False)
    people = PeopleField(
        label=_("People"), queryset=Assignment.objects.none(), to_field_name="uuid", required=False, widget=forms.CheckboxSelectMultiple
    )
    organisations = forms.ModelMultipleChoiceField(
        label=_("Organisations"), queryset=Organisation.objects.none(), to_field_name="uuid", required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    description = forms.CharField(label=_("Description"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    seen_sequence = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen_values = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, mission: Mission, meeting: Meeting | None = None, **kwargs: Any) -> None:
        if meeting is not None:
            kwargs.setdefault("initial", {}).update(_initial_of(meeting))
        super().__init__(*args, **kwargs)
        tracks, people = Track.objects.filter(mission=mission), mission.assignments.live().select_related("person")
        self.fields["track"].queryset = tracks
        self.fields["people"].queryset = people
        self.fields["organisations"].queryset = Organisation.objects.active().filter(country__in=[mission.country_id]) | (
            Organisation.objects.active().filter(country=None)
        )
        zone = meeting.zone if meeting else mission.zone
        if not is_hour_repeated(self, "start_day", "start_time", zone):
            del self.fields["start_fold"]
        if not is_hour_repeated(self, "end_day" if self["end_day"].value() else "start_day", "end_time", zone):
            del self.fields["end_fold"]
        if not tracks:
            del self.fields["track"]
        if not people:
            del self.fields["people"]

    def values(self) -> dict[str, Any]:
        """What the services take."""
        data = dict(self.cleaned_data)
        data.pop("seen_sequence", None)
        data.pop("seen_values", None)
        data["end_day"] = data.get("end_day") or data["start_day"]
        data["start_fold"], data["end_fold"] = data.get("start_fold") or 0, data.get("end_fold") or 0
        for name in ("people", "organisations"):
            if name in data:
                data[name] = list(data[name])
        return data


def _initial_of(meeting: Meeting) -> dict[str, Any]:
    names = (
        "kind",
        "title",
        "start_day",
        "start_time",
        "end_time",
        "start_fold",
        "end_fold",
        "place",
        "room",
        "link",
        "languages",
        "is_for_all",
        "description",
    )
    rows = list(meeting.participants.select_related("assignment", "organisation"))
    return {
        **{name: getattr(meeting, name) for name in names},
        "end_day": meeting.end_day if meeting.end_day != meeting.start_day else None,
        "track": meeting.track.uuid if meeting.track else None,
        "people": [row.assignment.uuid for row in rows if row.assignment],
        "organisations": [row.organisation.uuid for row in rows if row.organisation],
        "seen_sequence": meeting.sequence,
    }


class TrackForm(forms.Form):
    """A track."""

    name = forms.CharField(label=_("Name of the track"), max_length=80)
    members = forms.ModelMultipleChoiceField(
        label=_("Who belongs to it"), queryset=Assignment.objects.none(), to_field_name="uuid", required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, mission: Mission, track: Track | None = None, **kwargs: Any) -> None:
        if track is not None:
            kwargs["initial"] = {"name": track.name, "members": list(track.members.values_list("uuid", flat=True))}
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = mission.assignments.live().select_related("person")


class CancelForm(forms.Form):
    """Why a meeting is cancelled."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class NoteOfMeetingForm(forms.Form):
    """A note on one topic."""

    topic = forms.ChoiceField(label=_("Topic"))
    rating = forms.ChoiceField(label=_("Rating"), choices=Rating.choices, initial=Rating.NOT_ASSESSED)
    text = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 4}))
    access = forms.ChoiceField(label=_("Who may read it"), choices=NOTE_LEVELS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].choices = topics()


class CorrectNoteForm(NoteOfMeetingForm):
    """A correction of one's own note: `topic`, `rating`, `text`; who may read it is the coordinator's."""

    access = None  # type: ignore[assignment]
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class InviteForm(forms.Form):
    """Whom of an organisation to invite."""

    contact = forms.ModelChoiceField(label=_("Contact"), queryset=Contact.objects.none(), to_field_name="uuid", required=False)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = organisation.contacts.exclude(email="")
