"""Forms of the desk's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from field.enums import FormStage


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


class SettingsForm(forms.Form):
    """What phones may do in a mission."""

    may_photograph = forms.BooleanField(
        label=_("Photos allowed"), required=False, help_text=_("Filming inside stations is restricted in many countries.")
    )
    may_locate = forms.BooleanField(
        label=_("Coarse position allowed"), required=False, help_text=_("About a hundred metres, shown before sending.")
    )
    emergency_number = forms.CharField(label=_("Emergency number"), max_length=20)
