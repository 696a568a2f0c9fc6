"""Forms of texts and recommendations that were adopted before Scrutin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.languages import reader_language
from missions.history import say
from missions.models import Country, PastMission
from reports.enums import ActionType, Addressee, Priority
from reports.models import Standard, Topic


class PastMissionField(forms.ModelChoiceField):
    """A mission of the history, named by year, country and election."""

    def label_from_instance(self, obj: Any) -> str:
        """`2012 Armenia: Local by-elections`."""
        return f"{obj.year} {obj.country or obj.country_name}: {say(obj.election).text}"


class PastTextForm(forms.Form):
    """A text as it was adopted."""

    past_mission = PastMissionField(
        label=_("Mission of the history"),
        queryset=PastMission.objects.select_related("country"),
        to_field_name="code",
        required=False,
        empty_label=_("Another one: say below which"),
    )
    number = forms.CharField(
        label=_("Number"),
        max_length=60,
        required=False,
        help_text=_("For example Recommendation 338 (2013). Leave it empty only where nobody knows it."),
    )
    adopted_on = forms.DateField(
        label=_("Adopted on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Where only the session is known: its first day."),
    )
    title_en = forms.CharField(label=_("Title in English"), max_length=300, required=False)
    title_fr = forms.CharField(label=_("in French"), max_length=300, required=False)
    title_de = forms.CharField(label=_("in German"), max_length=300, required=False)
    document_ref = forms.CharField(label=_("Document of the report"), max_length=60, required=False, help_text=_("For example CPL(24)2."))
    web = forms.URLField(label=_("Address of the published text"), max_length=500, required=False, assume_scheme="https")
    country = forms.ModelChoiceField(
        label=_("Country, if the mission is not in the history"), queryset=Country.objects.all(), to_field_name="code", required=False
    )
    year = forms.IntegerField(label=_("Year of that mission"), required=False)
    election = forms.CharField(label=_("Election observed"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].queryset = Country.objects.by_name(reader_language())  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """For the service. Where a mission of the history is chosen, country, year and election are its own."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if values["past_mission"] is not None:
            values = {name: value for name, value in values.items() if name not in {"country", "year", "election"}}
        return values


class PastRecommendationForm(forms.Form):
    """A recommendation as it was adopted."""

    paragraph = forms.CharField(label=_("Paragraph"), max_length=20, help_text=_("Its place in the text, for example 5.a."))
    text_en = forms.CharField(
        label=_("Wording in English"),
        required=False,
        help_text=_("As adopted, word for word. English or French is needed."),
        widget=forms.Textarea(attrs={"rows": 4, "lang": "en"}),
    )
    text_fr = forms.CharField(label=_("in French"), required=False, widget=forms.Textarea(attrs={"rows": 4, "lang": "fr"}))
    text_de = forms.CharField(
        label=_("in German"),
        required=False,
        help_text=_("A translation: the public reads that nobody has checked it."),
        widget=forms.Textarea(attrs={"rows": 2, "lang": "de"}),
    )
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
    topic = forms.ModelChoiceField(label=_("Topic"), queryset=Topic.objects.all(), required=False, to_field_name="code")
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, initial=Priority.NORMAL)
    action_type = forms.ChoiceField(label=_("Kind of action"), choices=ActionType.choices, initial=ActionType.PRACTICE)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def values(self) -> dict[str, Any]:
        """For the service."""
        data = self.cleaned_data
        return {
            **{name: data[name] for name in ("paragraph", "topic", "priority", "action_type", "addressees")},
            "wording": {code: data[f"text_{code}"] for code in ("en", "fr", "de")},
            "standards": [standard.code for standard in data["standards"]],
        }
