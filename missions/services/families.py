"""Missions that end in one report: one that was registered by itself is joined to another afterwards, and parted again (A9)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions import checks, joining
from missions.models import Mission
from missions.models.mission import MissionQuerySet
from missions.services.guards import invitation_of

# Asked of other apps before (`missions.checks`): the mission has `continues` set, which is not saved yet; before parting it still has.
CONTINUE, PART = "continue", "part"


def firsts_for(mission: Mission, user: Any) -> MissionQuerySet:
    """The missions that this one could continue: those of its country that run, outside its own family."""
    kin = [row.pk for row in joining.family_of(mission)]
    rows = Mission.objects.visible_to(user).running().filter(country=mission.country_id).exclude(pk__in=kin)
    return rows.with_polling().order_by("-first_polling", "reference")


@transaction.atomic
def continue_mission(mission: Mission, *, by: Actor, first: Mission) -> Mission:
    """Make a mission the continuation of another: one report covers both. Asked twice, it is one already.

    Both observe the same country at the invitation of the same authority, or the same election, the first one first. Refused where either
    is over, where the mission continues another one, or with what other apps find (a report of its own that can no longer change).
    """
    mission = Mission.objects.select_for_update(of=("self",)).select_related("election", "request", "continues").get(pk=mission.pk)
    authorize(by, "missions.register_request", mission)
    if mission.continues_id == first.pk:
        return mission
    _check_pair(mission, first)
    mission.continues = first
    missing = checks.missing_for(CONTINUE, mission)
    if missing:
        raise NotNow(_("The missions cannot be joined: something stands in the way."), code="something_missing", missing=missing)
    mission.save_changes("continues")
    audit.record(by, "missions.continued", mission, data={"first": first.reference})
    joining.join(first, mission, by=by)
    return mission


@transaction.atomic
def part_mission(mission: Mission, *, by: Actor) -> Mission:
    """Take `continue_mission` back: each mission has a report of its own again. Asked twice, they are parted already.

    Refused for a mission that counts on the invitation of the first, or with what other apps find.
    """
    mission = Mission.objects.select_for_update(of=("self",)).select_related("election", "request", "continues").get(pk=mission.pk)
    authorize(by, "missions.register_request", mission)
    first = mission.continues
    if first is None:
        return mission
    if mission.request is None:
        sentence = _("%(mission)s counts on the invitation of %(first)s: it has no request of its own.")
        raise NotNow(sentence % {"mission": mission.reference, "first": first.reference}, code="request_missing")
    missing = checks.missing_for(PART, mission)
    if missing:
        raise NotNow(_("The missions cannot be parted: something stands in the way."), code="something_missing", missing=missing)
    joining.part(first, mission, by=by)
    mission.continues = None
    mission.save_changes("continues")
    audit.record(by, "missions.parted", mission, data={"first": first.reference})
    return mission


def _check_pair(mission: Mission, first: Mission) -> None:
    names = {"mission": mission.reference, "first": first.reference}
    if mission.continues is not None:
        sentence = _("%(mission)s continues %(first)s already: part the two first.")
        raise NotNow(sentence % {"mission": mission.reference, "first": mission.continues.reference}, code="continues_another")
    for row in (mission, first):
        if row.has_ended:
            sentence = _("%(mission)s is over: “%(state)s”.")
            raise NotNow(sentence % {"mission": row.reference, "state": row.get_state_display()}, code="mission_over")
    if first.pk in {row.pk for row in joining.family_of(mission)}:
        raise Invalid(_("Choose a mission outside the family of this one."), code="same_family", attr="first")
    if first.country_id != mission.country_id:
        raise Invalid(_("%(first)s is in another country than %(mission)s.") % names, code="other_country", attr="first")
    ours, theirs = invitation_of(mission), invitation_of(first)
    is_same = ours is not None and theirs is not None and ours.authority_id == theirs.authority_id
    if not is_same and first.election_id != mission.election_id:
        sentence = _("%(first)s and %(mission)s were invited by different authorities for different elections.")
        raise Invalid(sentence % names, code="other_authority", attr="first")
    if first.polling_day and mission.polling_day and mission.polling_day < first.polling_day:
        raise Invalid(_("%(first)s observes later than %(mission)s: let it continue this one instead.") % names, code="later", attr="first")
