"""Inputs that browsers draw themselves."""

from __future__ import annotations

import re
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import gettext_lazy as _

ROUNDS = 3


class DayInput(forms.DateInput):
    """A day, always ISO in the page: the browser shows it in the reader's way."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class TimeInput(forms.TimeInput):
    """A time of day."""

    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class DayField(forms.DateField):
    """A day."""

    widget = DayInput


class ClockField(forms.TimeField):
    """A time of day."""

    widget = TimeInput


class LanguagesField(forms.CharField):
    """Language codes, separated by commas or spaces."""

    def to_python(self, value: Any) -> list[str]:
        """A list of codes in lower case. Raises ValidationError for what is no code of a language."""
        text = super().to_python(value) or ""
        codes = [code.lower() for code in re.split(r"[\s,;]+", text) if code]
        for code in codes:
            if code not in Locale("en").languages:
                sentence = _("“%(word)s” is not the code of a language; write codes of two letters, like: en, fr, ro.")
                raise forms.ValidationError(sentence % {"word": code})
        return codes

    def prepare_value(self, value: Any) -> Any:
        """The list as text."""
        return ", ".join(value) if isinstance(value, list) else value


def by_round(polling: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Each polling day in the row of its round; a second day of one round in the next free row."""
    rows: dict[int, dict[str, Any]] = {}
    for row in polling:
        wanted = int(row.get("round") or 1)
        free = [number for number in (wanted, *range(1, ROUNDS + 1)) if 1 <= number <= ROUNDS and number not in rows]
        if free:
            rows[free[0]] = row
    return rows


class PollingDaysMixin(forms.Form):
    """Up to three rounds: `day_1`, `opens_1`, `closes_1`, `day_2` and so on."""

    def __init__(self, *args: Any, polling: list[dict] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = by_round(polling or [])
        for number in range(1, ROUNDS + 1):
            row = rows.get(number, {})
            self.fields[f"day_{number}"] = DayField(label=_("Day"), required=False, initial=row.get("day"))
            self.fields[f"opens_{number}"] = ClockField(label=_("Polls open"), required=False, initial=row.get("opens_at") or None)
            self.fields[f"closes_{number}"] = ClockField(label=_("Polls close"), required=False, initial=row.get("closes_at") or None)

    def polling_rows(self) -> list[tuple[int, Any, Any, Any]]:
        """For the template: round and its three bound fields."""
        return [(n, self[f"day_{n}"], self[f"opens_{n}"], self[f"closes_{n}"]) for n in range(1, ROUNDS + 1)]

    def polling(self) -> list[dict[str, Any]]:
        """The rounds that have a day, for the services."""
        values = self.cleaned_data
        return [
            {"day": values[f"day_{n}"], "round": n, "opens_at": values.get(f"opens_{n}"), "closes_at": values.get(f"closes_{n}")}
            for n in range(1, ROUNDS + 1)
            if values.get(f"day_{n}")
        ]

    def plain_fields(self) -> list[Any]:
        """The fields that are no rounds, for the template."""
        return [field for field in self.visible_fields() if not field.name.startswith(("day_", "opens_", "closes_"))]
