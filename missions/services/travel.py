"""How long the ways between the places of a mission take."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.actors import Actor
from core.errors import Invalid
from core.rights import authorize
from missions.models import Mission, Travel

LONGEST = 24 * 60
Pair = tuple[str, str]


def pair_of(place: str, other: str) -> Pair:
    """Two places as one key: case and spaces do not matter, nor which of them comes first."""
    first, second = sorted((_folded(place), _folded(other)))
    return first, second


def minutes_between(mission: Mission) -> dict[Pair, int]:
    """The minutes of every way that is known."""
    return {(row.place_a, row.place_b): row.minutes for row in mission.travels.all()}


@transaction.atomic
def set_travel(mission: Mission, *, by: Actor, ways: Iterable[tuple[str, str, int | None]]) -> int:
    """Note how many minutes ways take, all or none; None takes a way out. Returns how many rows changed; the same again changes none."""
    authorize(by, "missions.change_programme", mission)
    known, changed = minutes_between(mission), 0
    for place, other, minutes in ways:
        key = pair_of(place, other)
        if not key[0] or key[0] == key[1]:
            raise Invalid(_("A way leads from one place to another."), attr="places")
        if minutes is not None and not 0 <= minutes <= LONGEST:
            raise Invalid(_("A way takes between 0 and 1440 minutes."), attr="minutes")
        if known.get(key) == minutes:
            continue
        changed += 1
        if minutes is None:
            Travel.objects.filter(mission=mission, place_a=key[0], place_b=key[1]).delete()
        else:
            Travel.objects.update_or_create(mission=mission, place_a=key[0], place_b=key[1], defaults={"minutes": minutes})
    if changed:
        audit.record(by, "missions.travel_changed", mission, data={"ways": changed})
    return changed


def _folded(place: str) -> str:
    return " ".join(place.casefold().split())[:200]
