"""What the mails of this app say of a mission."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import translation

from missions.models import Mission
from observers.membership.dates import say


def said_of(mission: Mission, language: str, **more: Any) -> dict[str, Any]:
    """What a mail says of a mission, in the reader's language."""
    with translation.override(language):
        return {
            "title": mission.title,
            "reference": mission.reference,
            **{key: say(value) if isinstance(value, date) else value for key, value in more.items()},
        }
