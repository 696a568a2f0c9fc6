"""What stands in the way of merging two rows of one person: memberships on the same days, two live parts in one mission."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from core.errors import Missing
from missions.models import Assignment
from observers.membership.dates import say
from observers.models import Membership


def memberships(kept: Person, merged: Person) -> list[Missing]:
    """Somebody sits once: memberships of the two must not share a day."""
    found = []
    theirs = list(Membership.objects.filter(person=merged))
    for own in Membership.objects.filter(person=kept):
        for other in theirs:
            first, last = max(own.starts_on, other.starts_on), min(own.ends_on or date.max, other.ends_on or date.max)
            if first <= last:
                sentence = _("Both are members on %(day)s: end or correct one membership first.") % {"day": say(first)}
                found.append(Missing("members_both", sentence, reverse("observers:person", args=[merged.uuid])))
    return found[:3]


def assignments(kept: Person, merged: Person) -> list[Missing]:
    """Somebody is in a mission once."""
    own = Assignment.objects.live().filter(person=kept).values("mission")
    rows = Assignment.objects.live().filter(person=merged, mission__in=own).select_related("mission")
    return [
        Missing(
            "both_in_mission",
            _("Both are in the mission %(reference)s: withdraw one first.") % {"reference": row.mission.reference},
            row.mission.get_absolute_url(),
        )
        for row in rows
    ]
