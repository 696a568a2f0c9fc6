"""Forms of the desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.enums import Access
from reports.enums import (
    ActionType,
    Addressee,
    CommentWay,
    Confidence,
    FindingKind,
    FollowUpBasis,
    FollowUpStatus,
    Phase,
    Priority,
    ReportKind,
    Seriousness,
    VersionReason,
)
from reports.models import Finding, Recommendation, Standard, Topic
from reports.services.languages import choices, host_languages_of, languages_of


class FindingForm(forms.Form):
    """A finding; the English text is the original."""

    statement_en = forms.CharField(label=_("Statement in English"), widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}))
    statement_fr = forms.CharField(label=_("in French"), required=False, widget=forms.Textarea(attrs={"rows": 2, "lang": "fr"}))
    statement_de = forms.CharField(label=_("in German"), required=False, widget=forms.Textarea(attrs={"rows": 2, "lang": "de"}))
    kind = forms.ChoiceField(label=_("Kind"), choices=FindingKind.choices, initial=FindingKind.CONCERN)
    phase = forms.ChoiceField(label=_("Phase"), choices=Phase.choices, initial=Phase.VOTING)
    seriousness = forms.TypedChoiceField(label=_("Seriousness"), choices=Seriousness.choices, coerce=int, initial=Seriousness.MINOR)
    confidence = forms.ChoiceField(label=_("Confidence"), choices=Confidence.choices, initial=Confidence.MEDIUM)
    topic = forms.ModelChoiceField(label=_("Topic"), queryset=Topic.objects.all(), required=False, to_field_name="code")
    access = forms.ChoiceField(label=_("Who may read it"), choices=Access.choices, initial=Access.TEAM)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class RecommendationForm(forms.Form):
    """A recommendation: one action, with addressees, standards and findings."""

    text_en = forms.CharField(
        label=_("Wording in English"),
        help_text=_("It continues “The Congress calls on the authorities to …”. One action only; no person is named."),
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
    )
    text_fr = forms.CharField(label=_("in French"), required=False, widget=forms.Textarea(attrs={"rows": 3, "lang": "fr"}))
    text_de = forms.CharField(label=_("in German"), required=False, widget=forms.Textarea(attrs={"rows": 2, "lang": "de"}))
    addressees = forms.MultipleChoiceField(
        label=_("Addressees"), choices=Addressee.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    standards = forms.ModelMultipleChoiceField(
        label=_("Standards"),
        queryset=Standard.objects.all(),
        required=False,
        to_field_name="code",
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    findings = forms.ModelMultipleChoiceField(
        label=_("Findings it rests on"),
        queryset=Finding.objects.none(),
        required=False,
        to_field_name="uuid",
        widget=forms.CheckboxSelectMultiple,
    )
    topic = forms.ModelChoiceField(label=_("Topic"), queryset=Topic.objects.all(), required=False, to_field_name="code")
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, initial=Priority.NORMAL)
    action_type = forms.ChoiceField(label=_("Kind of action"), choices=ActionType.choices, initial=ActionType.PRACTICE)
    one_action_confirmed = forms.BooleanField(label=_("I confirm that this is one action."), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, findings: Any, labels: dict[Any, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["findings"].queryset = findings  # type: ignore[attr-defined]
        self.fields["findings"].label_from_instance = lambda row: f"{row.label} {labels.get(row.uuid, '')}"  # type: ignore[attr-defined]


class AssessmentForm(forms.Form):
    """What became of a recommendation."""

    status = forms.ChoiceField(label=_("Status"), choices=[("", _("Choose")), *FollowUpStatus.choices])
    basis = forms.ChoiceField(label=_("Basis"), choices=[("", _("Choose")), *FollowUpBasis.choices])
    assessed_on = forms.DateField(label=_("Assessed on"), widget=forms.DateInput(attrs={"type": "date"}))
    note_en = forms.CharField(
        label=_("Note in English, shown to the public"), required=False, widget=forms.Textarea(attrs={"rows": 2, "lang": "en"})
    )
    note_fr = forms.CharField(label=_("in French"), required=False, widget=forms.Textarea(attrs={"rows": 2, "lang": "fr"}))


class RecommendationsField(forms.ModelMultipleChoiceField):
    """Recommendations of the mission by their paragraph, those of a text from before Scrutin with its number."""

    def label_from_instance(self, obj: Any) -> str:
        """`5.a`, or `Recommendation 338 (2013) 5.a`."""
        return f"{obj.past_text.label} {obj.label}" if obj.past_text else obj.label


class DialogueForm(forms.Form):
    """A meeting or letter of the post-electoral dialogue."""

    held_on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    counterpart = forms.CharField(label=_("Counterpart"), max_length=200)
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    is_online = forms.BooleanField(label=_("On line"), required=False)
    recommendations = RecommendationsField(
        label=_("Recommendations"),
        queryset=Recommendation.objects.none(),
        to_field_name="uuid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    commitment = forms.CharField(label=_("Commitment"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    deadline_on = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    result = forms.CharField(label=_("Result"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, recommendations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recommendations"].queryset = recommendations  # type: ignore[attr-defined]


class CoverForm(forms.Form):
    """What the cover of a report says."""

    title_en = forms.CharField(label=_("Title in English"), max_length=300)
    title_fr = forms.CharField(label=_("in French"), max_length=300, required=False)
    title_de = forms.CharField(label=_("in German"), max_length=300, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=ReportKind.choices)
    languages = forms.MultipleChoiceField(label=_("Languages"), widget=forms.CheckboxSelectMultiple)
    number = forms.CharField(
        label=_("Number"), max_length=60, required=False, help_text=_("For example CPL(2024)46-04. An unknown pattern is kept.")
    )
    session = forms.CharField(label=_("Session"), max_length=80, required=False)
    committee = forms.CharField(label=_("Committee"), max_length=120, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, country: Any, **kwargs: Any) -> None:
        """country: whose languages the report may have beside ours."""
        super().__init__(*args, **kwargs)
        own = host_languages_of(country)
        for code, name in choices(own):
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("in %(language)s") % {"language": name},
                max_length=300,
                required=False,
                widget=forms.TextInput(attrs={"lang": code}),
            )
        self.fields["languages"].choices = choices(languages_of(country))  # type: ignore[attr-defined]
        self.order_fields(["title_en", "title_fr", "title_de", *(f"title_{code}" for code in own)])


class AdoptionForm(forms.Form):
    """The session adopted the texts."""

    adopted_on = forms.DateField(label=_("Adopted on"), widget=forms.DateInput(attrs={"type": "date"}))
    number = forms.CharField(
        label=_("Number of the report"), max_length=60, help_text=_("For example CPL(2024)46-04. An unknown pattern is kept.")
    )
    recommendation_number = forms.CharField(
        label=_("Number of the recommendation"), max_length=60, required=False, help_text=_("For example Recommendation 509 (2024).")
    )
    resolution_number = forms.CharField(label=_("Number of the resolution"), max_length=60, required=False)


class AdoptionCorrectionForm(AdoptionForm):
    """A day or a number of the adoption that was recorded wrongly."""

    committee_on = forms.DateField(label=_("Committee met on"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(widget=forms.HiddenInput)


class CommitteeForm(forms.Form):
    """The committee decided."""

    committee_on = forms.DateField(label=_("Committee met on"), widget=forms.DateInput(attrs={"type": "date"}))


class TransmissionForm(forms.Form):
    """The adopted texts left."""

    transmitted_on = forms.DateField(label=_("Transmitted on"), widget=forms.DateInput(attrs={"type": "date"}))


class ConsultationForm(forms.Form):
    """Until when the authorities may comment."""

    until = forms.DateField(label=_("Comments until"), widget=forms.DateInput(attrs={"type": "date"}))


class ConsultationExtensionForm(ConsultationForm):
    """Until which later day, and why."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept at the desk; the authorities are told the new day alone."),
    )


class DraftCommentForm(forms.Form):
    """What an authority says about the draft, behind its link."""

    text = forms.CharField(label=_("Your comment"), required=False, widget=forms.Textarea(attrs={"rows": 8}))
    file = forms.FileField(label=_("A document"), required=False, help_text=_("PDF or Word document, at most 20 MB."))
    about = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)


class EnteredCommentForm(forms.Form):
    """A comment that an authority sent by letter or by mail."""

    way = forms.ChoiceField(label=_("How it came"), choices=[one for one in CommentWay.choices if one[0] != CommentWay.LINK])
    received_on = forms.DateField(label=_("Came on"), widget=forms.DateInput(attrs={"type": "date"}))
    about = forms.ChoiceField(label=_("About"), required=False)
    text = forms.CharField(label=_("What it says"), required=False, max_length=20000, widget=forms.Textarea(attrs={"rows": 8}))
    file = forms.FileField(label=_("The letter"), required=False, help_text=_("PDF or Word document, at most 20 MB."))

    def __init__(self, *args: Any, chapters: list[tuple[str, list[Any]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(title, [(one.key, f"{one.label}: {one.text[:60]}") for one in rows]) for title, rows in chapters]
        self.fields["about"].choices = [("", _("The draft as a whole")), *places]  # type: ignore[attr-defined]


class WordForm(forms.Form):
    """A Word document that was drawn from a version of the report and edited."""

    file = forms.FileField(label=_("Word document"), help_text=_("DOCX, at most 20 MB. Tracked changes are read as accepted."))
    number = forms.TypedChoiceField(
        label=_("Drawn from version"), required=False, coerce=int, empty_value=None, help_text=_("Only where the document does not say it.")
    )
    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(self, *args: Any, report: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = report.versions.values_list("number", "reason")
        names = dict(VersionReason.choices)
        self.fields["language"].choices = [("", "–"), *choices(report.languages)]  # type: ignore[attr-defined]
        self.fields["number"].choices = [("", "–"), *((n, f"{n}: {names[reason]}") for n, reason in rows)]  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """A move that asks for a reason."""

    note = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))


class EmbargoForm(forms.Form):
    """Languages, embargo in Strasbourg time, and the explicit yes to unchecked texts."""

    languages = forms.MultipleChoiceField(label=_("Languages"), widget=forms.CheckboxSelectMultiple)
    day = forms.DateField(label=_("Public from (day)"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(
        label=_("Public from (time in Strasbourg)"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "step": 60}),
        help_text=_("Without day and time the report is public at once."),
    )
    unchecked_accepted = forms.MultipleChoiceField(
        label=_("Yes, publish although not every text is checked in"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    findings_accepted = forms.BooleanField(label=_("Yes, publish the text of the findings that only the team reads so far"), required=False)
    shares_reason = forms.CharField(
        label=_("Why shares without n and denominator may stand"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only where some are named as waiting: a threshold of the law, an official result. It is kept and logged."),
    )

    def __init__(self, *args: Any, report: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("languages", "unchecked_accepted"):
            if name in self.fields:
                self.fields[name].choices = choices(self.offered(report))  # type: ignore[attr-defined]

    @staticmethod
    def offered(report: Any) -> list[str]:
        """The languages that may be chosen."""
        return list(report.languages)

    def embargo(self) -> datetime | None:
        """The instant of the embargo, or None for now."""
        day, time = self.cleaned_data.get("day"), self.cleaned_data.get("time")
        if not day:
            return None
        return datetime.combine(day, time or datetime.min.time(), ZoneInfo(clock.STRASBOURG))


class CorrectionForm(EmbargoForm):
    """What was corrected, for readers; day and numbers of the adoption where they were wrong."""

    note_en = forms.CharField(label=_("What was corrected, in English"), widget=forms.Textarea(attrs={"rows": 2, "lang": "en"}))
    note_fr = forms.CharField(label=_("in French"), required=False, widget=forms.Textarea(attrs={"rows": 2, "lang": "fr"}))
    note_de = forms.CharField(label=_("in German"), required=False, widget=forms.Textarea(attrs={"rows": 2, "lang": "de"}))
    adopted_on = forms.DateField(label=_("Adopted on, if that was wrong"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    recommendation_number = forms.CharField(label=_("Number of the recommendation, if that was wrong"), max_length=60, required=False)
    resolution_number = forms.CharField(label=_("Number of the resolution, if that was wrong"), max_length=60, required=False)
    more_languages = forms.MultipleChoiceField(
        label=_("Publish it in these languages too"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Languages that the report was translated into since it was published."),
    )
    languages = None  # type: ignore[assignment]
    field_order = ("note_en", "note_fr", "note_de", "adopted_on", "recommendation_number", "resolution_number", "day", "time")

    def __init__(self, *args: Any, report: Any, published: Iterable[str] = (), **kwargs: Any) -> None:
        """published: the languages of the version that is corrected; the others of the report's country may be added."""
        super().__init__(*args, report=report, **kwargs)
        own = host_languages_of(report.country)
        for code, name in choices(own):
            self.fields[f"note_{code}"] = forms.CharField(
                label=_("in %(language)s") % {"language": name},
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "lang": code}),
            )
        self.order_fields(["note_en", "note_fr", "note_de", *(f"note_{code}" for code in own), *self.field_order[3:]])
        more = [code for code in languages_of(report.country) if code not in set(published)]
        if more:
            self.fields["more_languages"].choices = choices(more)  # type: ignore[attr-defined]
        else:
            del self.fields["more_languages"]

    @staticmethod
    def offered(report: Any) -> list[str]:
        """All that the report may have: a yes may be needed for one that is added."""
        return languages_of(report.country)


class WithdrawalForm(forms.Form):
    """Why a report is withdrawn, for readers."""

    notice_en = forms.CharField(label=_("Notice in English"), widget=forms.Textarea(attrs={"rows": 2, "lang": "en"}))
    notice_fr = forms.CharField(label=_("in French"), required=False, widget=forms.Textarea(attrs={"rows": 2, "lang": "fr"}))
    notice_de = forms.CharField(label=_("in German"), required=False, widget=forms.Textarea(attrs={"rows": 2, "lang": "de"}))
