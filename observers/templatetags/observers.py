"""Template filters of the observers app."""

from __future__ import annotations

from datetime import date

from django import template

from observers.membership.dates import say

register = template.Library()


@register.filter
def day_in_words(day: date | None) -> str:
    """A date as sentences print it."""
    return say(day) if day else "–"
