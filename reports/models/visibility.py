"""Whose content a reader may see: the same question as `reports.rules.observes`, asked of the database."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from accounts.rules import sees_all_missions
from missions.enums import SEATED_ASSIGNMENTS
from missions.models import Mission
from reports.enums import READERS


def missions_read_by(user: Any, roles: Collection[str] = READERS) -> QuerySet[Mission]:
    """Missions whose findings and reports `user` reads: all for the global roles, else those in which they are seated as one of `roles`."""
    if sees_all_missions(user):
        return Mission.objects.all()
    if not (user and user.is_authenticated and user.is_active and user.person_id):
        return Mission.objects.none()
    return Mission.objects.filter(
        assignments__person=user.person_id, assignments__state__in=SEATED_ASSIGNMENTS, assignments__role__in=roles
    )
