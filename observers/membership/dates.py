"""Calendar arithmetic of the rules: calendar months, limit days inside, days counted in Europe/Paris."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.formats import date_format


def add_months(day: date, months: int) -> date:
    """The same day number `months` later (or earlier), cut to the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both inside."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def say(day: date) -> str:
    """A date as a sentence prints it, in the language in use (in French "1er novembre": `core.dates`)."""
    return date_format(day, "j F Y")
