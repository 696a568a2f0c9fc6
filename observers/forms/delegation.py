"""Forms of the delegation: proposal, call, nominations, invitation, identity data."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import folded
from core.enums import Language
from missions.enums import AssignmentRole
from missions.models import Country, Organisation
from observers.enums import (
    DocumentKind,
)
from observers.forms.widgets import DateInput
from observers.models import PoliticalGroup


class ComposeForm(forms.Form):
    """The question to the composition; weights say what one unit of shortfall costs."""

    size = forms.IntegerField(label=_("Members"), min_value=1, max_value=60, initial=12)
    groups = forms.IntegerField(label=_("Weight of the political groups"), min_value=0, max_value=1000, initial=40)
    states = forms.IntegerField(label=_("Weight of the spread of states"), min_value=0, max_value=1000, initial=20)
    chambers = forms.IntegerField(label=_("Weight of both chambers"), min_value=0, max_value=1000, initial=8)
    languages = forms.IntegerField(label=_("Weight of English or French"), min_value=0, max_value=1000, initial=6)
    experience = forms.IntegerField(label=_("Weight of experience"), min_value=0, max_value=1000, initial=4)
    rotation = forms.IntegerField(label=_("Weight of rotation"), min_value=0, max_value=1000, initial=3)
    local_language = forms.IntegerField(
        label=_("Weight of a language of the country"), min_value=0, max_value=1000, initial=2, required=False
    )
    first_time = forms.IntegerField(label=_("Weight of newcomers"), min_value=0, max_value=1000, initial=4, required=False)
    conditions = forms.IntegerField(label=_("Weight of conditions"), min_value=0, max_value=1000, initial=2, required=False)
    nominated = forms.IntegerField(label=_("Weight of nominations"), min_value=0, max_value=1000, initial=0, required=False)

    WEIGHTS = (
        "groups", "states", "chambers", "languages", "experience", "rotation", "local_language", "first_time", "conditions", "nominated",
    )  # fmt: skip

    def weights(self) -> dict[str, int]:
        """The weights as typed; what was left empty as it is usually."""
        return {name: self.cleaned_data[name] for name in self.WEIGHTS if self.cleaned_data[name] is not None}


class CallForm(forms.Form):
    """A call for interest."""

    answer_by = forms.DateField(label=_("Answer by"), widget=DateInput())
    message = forms.CharField(
        label=_("Words of your own"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They stand in every letter as you write them, in whatever language."),
    )


class NominationRequestForm(forms.Form):
    """A group's secretary is asked to nominate."""

    group = forms.ModelChoiceField(
        label=_("Group"), queryset=PoliticalGroup.objects.none(), to_field_name="code", empty_label=_("Choose a group")
    )
    name = forms.CharField(label=_("Name of the secretary"), max_length=200)
    address = forms.EmailField(label=_("E-mail"))
    language = forms.ChoiceField(label=_("Language of letters"), choices=Language.choices)
    answer_by = forms.DateField(label=_("Answer by"), widget=DateInput())

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = PoliticalGroup.objects.on(day).order_by("order")


class IdentityForm(forms.Form):
    """One's own passport or identity card."""

    kind = forms.ChoiceField(label=_("Kind of document"), choices=DocumentKind.choices)
    number = forms.CharField(label=_("Number of the document"), max_length=40)
    name_in_document = forms.CharField(label=_("Name as in the document"), max_length=200)
    nationality = forms.CharField(label=_("Nationality"), max_length=80)
    born_on = forms.DateField(label=_("Date of birth"), widget=DateInput())
    born_at = forms.CharField(label=_("Place of birth"), max_length=120, required=False)
    issued_by = forms.CharField(label=_("Issued by"), max_length=120, required=False)
    issued_on = forms.DateField(label=_("Issued on"), widget=DateInput(), required=False)
    expires_on = forms.DateField(label=_("Valid until"), widget=DateInput())


def organisations_by_country(first: Country | None) -> list[Any]:
    """Choices of organisations under their countries: those of `first`, then those of no country, then the others by name.

    Commissions of many states bear the same name, so that a name alone does not tell whose it is.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for row in Organisation.objects.active().select_related("country").order_by("name", "pk"):
        groups.setdefault(row.country.name if row.country else "", []).append((str(row.uuid), row.name))
    own = first.name if first else ""
    names = sorted(groups, key=lambda name: (not name or name != own, name != "", folded(name)))
    return [("", "–"), *((name or _("International, or of no country"), groups[name]) for name in names)]


class InviteForm(forms.Form):
    """Somebody who is asked by hand: a member, an expert, staff, a partner, an interpreter, a driver."""

    family_name = forms.CharField(label=_("Family name"), max_length=120)
    given_name = forms.CharField(label=_("Given name"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail"), help_text=_("Somebody with this address who is known already is taken from the list."))
    language = forms.ChoiceField(label=_("Language of letters"), choices=Language.choices)
    role = forms.ChoiceField(label=_("Role"), choices=AssignmentRole.choices, initial=AssignmentRole.EXPERT)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.none(),
        to_field_name="uuid",
        required=False,
        help_text=_("Needed for a partner."),
    )
    answer_by = forms.DateField(label=_("Answer by"), widget=DateInput(), required=False)

    def __init__(self, *args: Any, country: Country | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.active()
        self.fields["organisation"].choices = organisations_by_country(country)
