"""Forms about polling stations."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from missions.enums import StationKind, StationSetting


class UploadForm(forms.Form):
    """A station list."""

    file = forms.FileField(label=_("List of polling stations"), help_text=_("CSV, TSV, JSON, GeoJSON or XLSX."))


class StationForm(forms.Form):
    """One polling station, corrected by hand."""

    code = forms.CharField(label=_("Number or code"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=300, required=False)
    building = forms.CharField(
        label=_("Building"), max_length=200, required=False, help_text=_("The same for all stations under one roof.")
    )
    address = forms.CharField(label=_("Address"), max_length=500, required=False)
    municipality = forms.CharField(label=_("Municipality"), max_length=200, required=False)
    district = forms.CharField(label=_("District"), max_length=200, required=False)
    setting = forms.ChoiceField(label=_("Urban or rural"), choices=[("", "–"), *StationSetting.choices], required=False)
    kind = forms.ChoiceField(label=_("Kind of station"), choices=StationKind.choices)
    voters = forms.IntegerField(label=_("Voters on the list"), min_value=0, max_value=1_000_000, required=False)
    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)
