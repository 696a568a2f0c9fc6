"""What an invited organisation answers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from missions.enums import ParticipantAnswer
from missions.forms.widgets import ClockField, DayField


class AnswerMeetingForm(forms.Form):
    """`answer` (accepted, tentative, declined or proposed), `proposed_day`, `proposed_start`, `proposed_end`, `people`,
    `access_needs`, `comment`, `paper`."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[
            (ParticipantAnswer.ACCEPTED, _("We will come.")),
            (ParticipantAnswer.TENTATIVE, _("We will probably come.")),
            (ParticipantAnswer.PROPOSED, _("We propose another time.")),
            (ParticipantAnswer.DECLINED, _("We cannot come.")),
        ],
        widget=forms.RadioSelect,
    )
    proposed_day = DayField(label=_("Day that would suit you"), required=False, help_text=_("Only where you propose another time."))
    proposed_start = ClockField(label=_("From"), required=False)
    proposed_end = ClockField(label=_("To"), required=False, help_text=_("A time after midnight is one of the next day."))
    people = forms.CharField(
        label=_("Who comes"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=5000,
        help_text=_("One person per line, with the function."),
    )
    access_needs = forms.CharField(
        label=_("What you need for access"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=2000,
        help_text=_("Step-free way, sign language, large print and the like. Only the secretariat and the head of delegation read it."),
    )
    comment = forms.CharField(label=_("Comment"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=5000)
    paper = forms.FileField(label=_("A paper for the delegation"), required=False, help_text=_("PDF or Word document, at most 20 MB."))


class ReplyForm(forms.Form):
    """An answer as a calendar file."""

    reply = forms.FileField(
        label=_("Calendar file"), help_text=_("The .ics file with which your calendar answers."),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"}),
    )  # fmt: skip
