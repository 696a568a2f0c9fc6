"""The form that asks what the columns of a list are."""

from __future__ import annotations

from typing import Any

from django import forms


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
