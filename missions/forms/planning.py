"""Forms about preparations and copies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from missions.forms.widgets import DayField
from missions.models import Assignment, Mission, Preparation


class OwnerField(forms.ModelChoiceField):
    """Somebody of the mission."""

    def label_from_instance(self, obj: Any) -> str:
        """The name and the role."""
        return f"{obj.person.name} ({obj.get_role_display()})"


class PreparationForm(forms.Form):
    """One line of the checklist."""

    title = forms.CharField(label=_("What"), max_length=200)
    owner = OwnerField(label=_("Who (of the mission)"), queryset=Assignment.objects.none(), to_field_name="uuid", required=False)
    owner_name = forms.CharField(label=_("Who (somebody else)"), max_length=120, required=False)
    due_on = DayField(label=_("Until"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, mission: Mission, row: Preparation | None = None, **kwargs: Any) -> None:
        if row is not None:
            kwargs["initial"] = {
                "title": row.label,
                "owner": row.owner and row.owner.uuid,
                "owner_name": row.owner_name,
                "due_on": row.due_on,
                "note": row.note,
            }
        super().__init__(*args, **kwargs)
        people = mission.assignments.seated().select_related("person").order_by("person__family_name", "person__given_name")
        if row is not None and row.owner_id:
            people = (people | mission.assignments.filter(pk=row.owner_id).select_related("person")).distinct()
        self.fields["owner"].queryset = people
