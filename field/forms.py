"""Forms of the desk's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from field.enums import SEVERITIES, FormStage
from field.xforms.designed import language_names
from field.xforms.standard import STAGES


class StationForm(forms.Form):
    """Which station a record is about."""

    station = forms.CharField(label=_("Station code"), max_length=40)
    reason = forms.CharField(label=_("Why"), max_length=500)


class FormUpload(forms.Form):
    """An XLSForm or XForm."""

    file = forms.FileField(label=_("File"), help_text=_("XLSForm (.xls, .xlsx) or XForm (.xml)."))
    stage = forms.ChoiceField(label=_("Filled in at"), choices=FormStage.choices, initial=FormStage.OTHER)
    code = forms.CharField(
        label=_("Short code"),
        max_length=20,
        required=False,
        help_text=_("A code of the standard set (A, B, C, D, I) makes this form take its place in this mission."),
    )
    publish = forms.BooleanField(label=_("Publish at once"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["accept"] = ".xls,.xlsx,.xml"


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of uploaded files."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each of them checked; the first error counts."""
        return [super(FilesField, self).clean(file, initial) for file in data or [None]]


class ImportForm(forms.Form):
    """Answers collected elsewhere."""

    form = forms.ChoiceField(label=_("Form"))
    file = FilesField(
        label=_("Files"),
        widget=FilesInput(attrs={"accept": ".csv,.tsv,.xlsx,.zip"}),
        help_text=_("CSV, XLSX or ZIP as Kobo and ODK Central export them, or a table of your own; with the files of its repeats."),
    )
    columns = forms.CharField(
        label=_("Columns with other names"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line: heading=code, such as “Mesa=station”."),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = choices  # type: ignore[attr-defined]

    def clean_columns(self) -> dict[str, str]:
        """Codes by heading."""
        lines = [line.strip() for line in self.cleaned_data["columns"].splitlines() if line.strip()]
        if wrong := next((line for line in lines if "=" not in line), None):
            raise forms.ValidationError(_("“%(line)s” is not written as heading=code."), params={"line": wrong})
        return {head.strip(): code.strip() for head, _sign, code in (line.rpartition("=") for line in lines)}


class SettingsForm(forms.Form):
    """What phones may do in a mission."""

    may_photograph = forms.BooleanField(
        label=_("Photos allowed"), required=False, help_text=_("Filming inside stations is restricted in many countries.")
    )
    may_locate = forms.BooleanField(
        label=_("Coarse position allowed"), required=False, help_text=_("About a hundred metres, shown before sending.")
    )
    emergency_number = forms.CharField(label=_("Emergency number"), max_length=20)


KIND_LABELS = {
    "yn": _("yes / no / not observed / not applicable"),
    "freq": _("how often: none / one or few / several / many"),
    "scale": _("rating: very good / good / bad / very bad"),
    "access": _("access: unaided / with help / not possible"),
    "one": _("one of your own options"),
    "many": _("several of your own options"),
    "number": _("a whole number"),
    "time": _("a time"),
    "text": _("text"),
}


def _languages() -> list[tuple[str, str]]:
    return sorted(((code, name) for code, name in language_names().items() if code != "en"), key=lambda pair: pair[1].casefold())


class DesignStart(forms.Form):
    """A new form in the builder."""

    base = forms.ChoiceField(
        label=_("Begin with"),
        required=False,
        choices=[("", _("an empty form")), *((code, _("all questions of form %(code)s") % {"code": code}) for code in STAGES)],
    )
    title = forms.CharField(label=_("Title in English"), max_length=120)
    code = forms.CharField(
        label=_("Short code"),
        max_length=20,
        help_text=_("A code of the standard set (A, B, C, D, I) makes this form take its place in this mission."),
    )
    stage = forms.ChoiceField(
        label=_("Filled in at"),
        choices=FormStage.choices,
        initial=FormStage.VOTING,
        help_text=_("Forms of a station begin with the visit: team, station, times, board."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages beside English"),
        required=False,
        choices=_languages,
        initial=["fr", "de"],
        help_text=_("More can be added later."),
    )


class LanguagesForm(forms.Form):
    """The languages of a design."""

    languages = forms.MultipleChoiceField(label=_("Languages beside English"), required=False, choices=_languages)


class CountryQuestion(forms.Form):
    """A question that only this country needs."""

    question = forms.CharField(label=_("Question in English"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind of answer"), choices=list(KIND_LABELS.items()))
    options = forms.CharField(
        label=_("Own options"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, for the two kinds with options of your own. “blue = Blue pen” gives the option a name for the figures."),
    )
    hint = forms.CharField(label=_("Hint in English"), required=False, max_length=300)
    required = forms.BooleanField(label=_("An answer is asked for"), required=False, initial=True)
    flag = forms.CharField(
        label=_("Raises a flag at"),
        required=False,
        max_length=200,
        help_text=_(
            "Names of options divided by commas: yes or no; one_or_few, several, many; bad, very_bad; with_help, not_possible; your own."
        ),
    )
    severity = forms.TypedChoiceField(
        label=_("How serious"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "–"), *((key, name) for key, name in SEVERITIES.items())],
    )
    standards = forms.CharField(
        label=_("Standards"), required=False, max_length=200, help_text=_("Codes divided by commas, such as COGP-I.4 or CPH-7.4.")
    )
