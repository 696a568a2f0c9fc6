"""Fields and widgets that the forms of observers share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.validators import NotALanguage, parse_spoken


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class TimeInput(forms.TimeInput):
    """The browser's own time field."""

    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class SpokenField(forms.CharField):
    """Languages with their levels, as people write them; cleaned to `(codes, levels)`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Languages spoken"))
        kwargs.setdefault("help_text", _("Codes with a level from A1 to C2 or native, separated by a comma: en C1, fr B2, bg native."))
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        """Understand them. Raises ValidationError with the word that is none."""
        try:
            return parse_spoken(super().clean(value) or "")
        except NotALanguage as error:
            raise forms.ValidationError(str(error)) from error


def with_levels(values: dict[str, Any]) -> dict[str, Any]:
    """`languages` as a `SpokenField` gave them, as the two fields of a person."""
    if "languages" in values:
        values["languages"], values["language_levels"] = values["languages"]
    return values
