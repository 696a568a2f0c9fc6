"""Forms of the mission's smaller texts and of good practice."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.enums import Language
from core.languages import language_name
from reports.enums import PracticeActor, PracticeLevel, PracticeStep

STRASBOURG = "Europe/Paris"


class MissionTextForm(forms.Form):
    """Title and body in each language, then what stands around them. `texts`: language -> (title, body)."""

    contact = forms.CharField(
        label=_("Contact for questions"),
        required=False,
        help_text=_("Printed as it stands, for example the press service with address and telephone. No staff in the field."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    held_on = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    held_at = forms.TimeField(label=_("Time (local)"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    checked = forms.MultipleChoiceField(
        label=_("Read against the original"), required=False, choices=(), widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, languages: list[str], authentic: str, with_event: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = dict(self.fields)
        self.fields.clear()
        for code in languages:
            needed = code == authentic
            label = {"language": language_name(code)}
            attrs = {"lang": code}
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title (%(language)s)") % label, max_length=300, required=needed, widget=forms.TextInput(attrs=attrs)
            )
            self.fields[f"body_{code}"] = forms.CharField(
                label=_("Text (%(language)s)") % label, required=needed, widget=forms.Textarea(attrs=attrs | {"rows": 12 if needed else 8})
            )
        self.fields[f"body_{authentic}"].help_text = _(
            "A blank line parts paragraphs, “# ” begins a heading, “- ” an entry of a list. {figure:B21} becomes a figure with n and "
            "denominator. Lists of members are added when it is frozen."
        )
        self.fields.update(own)
        others = [code for code in languages if code != authentic]
        self.fields["checked"].choices = [(code, language_name(code)) for code in others]  # type: ignore[attr-defined]
        if not with_event:
            for name in ("held_on", "held_at", "place"):
                del self.fields[name]

    def texts(self, name: str) -> dict[str, str]:
        """What was written into `title` or `body`, by language."""
        return {key.split("_", 1)[1]: value for key, value in self.cleaned_data.items() if key.startswith(f"{name}_")}


class ReleaseForm(forms.Form):
    """Languages, embargo in Strasbourg time, and the explicit yes to unchecked texts."""

    languages = forms.MultipleChoiceField(label=_("Languages"), choices=(), widget=forms.CheckboxSelectMultiple)
    is_public = forms.BooleanField(label=_("Show it on the public site"), required=False, initial=True)
    day = forms.DateField(label=_("Public from (day)"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(
        label=_("Public from (time, Strasbourg)"), required=False, widget=forms.TimeInput(attrs={"type": "time", "step": 1})
    )
    unchecked_accepted = forms.MultipleChoiceField(
        label=_("I have seen that these languages are not checked, and let them in"),
        required=False,
        choices=(),
        widget=forms.CheckboxSelectMultiple,
    )
    shares_reason = forms.CharField(
        label=_("Why shares without n and denominator may stand"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only where some are named as waiting: a threshold of the law, an official result. It is kept and logged."),
    )

    def __init__(self, *args: Any, languages: list[str], unchecked: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["languages"].choices = [(code, language_name(code)) for code in languages]  # type: ignore[attr-defined]
        self.fields["unchecked_accepted"].choices = [(code, language_name(code)) for code in unchecked]  # type: ignore[attr-defined]
        if not unchecked:
            del self.fields["unchecked_accepted"]

    def clean(self) -> dict[str, Any]:
        """A time needs its day."""
        data = super().clean() or {}
        if data.get("time") and not data.get("day"):
            self.add_error("day", _("Name the day too."))
        return data

    def embargo(self) -> datetime | None:
        """The instant, or None for at once."""
        day, time = self.cleaned_data.get("day"), self.cleaned_data.get("time")
        if day is None:
            return None
        return datetime.combine(day, time or datetime.min.time(), ZoneInfo(STRASBOURG)).astimezone(clock.now().tzinfo)


class PracticeForm(forms.Form):
    """A good practice; the English text is the original."""

    title_en = forms.CharField(label=_("Title in English"), max_length=200)
    text_en = forms.CharField(label=_("What is done (English)"), required=False, widget=forms.Textarea(attrs={"rows": 5, "lang": "en"}))
    lesson_en = forms.CharField(
        label=_("What others can learn (English)"), required=False, widget=forms.Textarea(attrs={"rows": 3, "lang": "en"})
    )
    level = forms.ChoiceField(label=_("Level of participation"), choices=PracticeLevel.choices)
    step = forms.ChoiceField(label=_("Step of the decision process"), choices=PracticeStep.choices)
    actors = forms.MultipleChoiceField(
        label=_("Who did it"), choices=PracticeActor.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    place = forms.CharField(label=_("Municipality or region"), max_length=200, required=False)
    year = forms.IntegerField(label=_("Since (year)"), min_value=1949, max_value=2200, required=False)
    code_section = forms.CharField(
        label=_("Place in the Code of good practice"),
        max_length=120,
        required=False,
        help_text=_("Chapter or paragraph of the Code of good practice for civil participation, for example “IV.ii Consultation”."),
    )
    web = forms.URLField(label=_("Web page about it"), required=False, assume_scheme="https")
    source_name = forms.CharField(
        label=_("Who told it, as the public reads it"),
        max_length=200,
        required=False,
        help_text=_("Leave it empty unless the source has agreed to be named. Where it was heard stays at the desk in any case."),
    )
    source_agreed = forms.BooleanField(label=_("The source has agreed to be named."), required=False)
    title_fr = forms.CharField(label=_("Title in French"), max_length=200, required=False)
    text_fr = forms.CharField(label=_("What is done (French)"), required=False, widget=forms.Textarea(attrs={"rows": 5, "lang": "fr"}))
    lesson_fr = forms.CharField(
        label=_("What others can learn (French)"), required=False, widget=forms.Textarea(attrs={"rows": 3, "lang": "fr"})
    )
    title_de = forms.CharField(label=_("Title in German"), max_length=200, required=False)
    text_de = forms.CharField(label=_("What is done (German)"), required=False, widget=forms.Textarea(attrs={"rows": 5, "lang": "de"}))
    lesson_de = forms.CharField(
        label=_("What others can learn (German)"), required=False, widget=forms.Textarea(attrs={"rows": 3, "lang": "de"})
    )
    checked = forms.MultipleChoiceField(
        label=_("Read against the original"),
        required=False,
        choices=[(code, label) for code, label in Language.choices if code != Language.EN],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def texts(self) -> dict[str, dict[str, str]]:
        """Title, description and lesson, each by language."""
        return {name: {code: self.cleaned_data[f"{name}_{code}"] for code in Language.values} for name in ("title", "text", "lesson")}


class PracticePublishForm(forms.Form):
    """Languages beside the original, and the explicit yes to unchecked ones."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"), required=False, choices=Language.choices, initial=["en"], widget=forms.CheckboxSelectMultiple
    )
    unchecked_accepted = forms.MultipleChoiceField(
        label=_("I have seen that these languages are not checked, and let them in"),
        required=False,
        choices=[(code, label) for code, label in Language.choices if code != Language.EN],
        widget=forms.CheckboxSelectMultiple,
    )
    shares_reason = forms.CharField(
        label=_("Why shares without n and denominator may stand"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only where some are named as waiting: a threshold of the law, an official result. It is kept and logged."),
    )


class CollectionMappingForm(forms.Form):
    """What holds for every practice of a list that does not say it itself."""

    collection = forms.CharField(
        label=_("Collection"), max_length=200, help_text=_("Its name as the public reads it. The same name each time you read it in.")
    )
    licence = forms.CharField(
        label=_("Licence"),
        max_length=200,
        required=False,
        help_text=_("Under which terms the words may be given on, where the list does not say it."),
    )
    language = forms.ChoiceField(
        label=_("Language of the original"), choices=Language.choices, help_text=_("Where the list does not say it.")
    )
