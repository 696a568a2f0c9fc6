"""The forms of an import: choosing a list, and saying what its columns are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ListForm(forms.Form):
    """A list, as a file."""

    file = forms.FileField(label=_("List"), help_text=_("CSV, TSV or XLSX."))

    def __init__(self, *args: Any, label: Any = "", help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = label or self.fields["file"].label
        self.fields["file"].help_text = help_text or self.fields["file"].help_text


class MappingForm(forms.Form):
    """Which column of a list is which of `fields` (code: label): one field `column_<n>` per column."""

    def __init__(self, *args: Any, columns: list[dict[str, Any]], fields: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        for number, column in enumerate(columns):
            self.fields[f"column_{number}"] = forms.ChoiceField(label=column["name"], choices=list(fields.items()), initial=column["field"])

    def mapping(self) -> dict[str, str]:
        """`{column: field}` for the service."""
        return {column["name"]: self.cleaned_data[f"column_{number}"] for number, column in enumerate(self.columns)}

    def rows(self) -> list[tuple[Any, list[str]]]:
        """For the template: the bound field of each column and its first values."""
        return [(self[f"column_{number}"], column["samples"]) for number, column in enumerate(self.columns)]
