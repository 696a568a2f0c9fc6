"""Forms about organisations and their contacts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.enums import Access, Language
from missions.enums import OrganisationKind, PartnerStatus
from missions.forms.widgets import DayField, LanguagesField
from missions.models import Country


class OrganisationForm(forms.Form):
    """An organisation."""

    name = forms.CharField(label=_("Name"), max_length=200)
    other_name = forms.CharField(label=_("Name in another script or language"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices)
    country = forms.ModelChoiceField(
        label=_("Country"), queryset=Country.objects.none(), required=False, to_field_name="code", empty_label=_("International")
    )
    languages = LanguagesField(label=_("Languages"), required=False, help_text=_("Codes like: en, bg."))
    website = forms.URLField(label=_("Web site"), required=False, assume_scheme="https")
    partner_status = forms.ChoiceField(label=_("Partner status"), choices=PartnerStatus.choices, initial=PartnerStatus.NONE)
    status_from = DayField(label=_("Status from"), required=False)
    status_to = DayField(label=_("Status to"), required=False, help_text=_("Guest observer status is granted for five years."))
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    note_access = forms.ChoiceField(label=_("Who may read the note"), choices=Access.choices, initial=Access.SECRETARIAT, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].queryset = Country.objects.by_name()

    def clean_note_access(self) -> str:
        """The narrow one where nothing is chosen."""
        return self.cleaned_data["note_access"] or Access.SECRETARIAT


class ContactForm(forms.Form):
    """A contact of an organisation."""

    name = forms.CharField(label=_("Name"), max_length=200)
    function = forms.CharField(label=_("Function"), max_length=200, required=False)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    is_primary = forms.BooleanField(label=_("First contact"), required=False)
