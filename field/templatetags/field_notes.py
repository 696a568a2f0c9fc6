"""The card of quick notes, so that any page of a mission can show it with one line."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template

from field.services.live_notes import notes_of
from missions.models import Mission

register = template.Library()


@register.inclusion_tag("field/notes_card.html", takes_context=True)
def notes_card(context: dict[str, Any], mission: Mission, day: date | None = None) -> dict[str, Any]:
    """Notes of the mission that the reader may see; of one day if it is given."""
    return {"mission": mission, "notes": notes_of(mission, context["request"].user, day)}
