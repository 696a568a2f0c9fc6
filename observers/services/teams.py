"""Teams by hand: make, fill, swap. Before a release changes are free, afterwards each has a reason and its line of history."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions.enums import AssignmentRole, AssignmentState
from missions.models import Assignment, Mission
from observers.deployment.teams import Rider, TeamRule, judge_team
from observers.enums import PlanState, TeamRole
from observers.models import Membership, ObserverProfile, PlanChange, Team, TeamMember, membership_on
from observers.services.eligibility import FIELD, refuse_unless_eligible

audit.register_code("observers.team_created", gettext_lazy("Made a team."))
audit.register_code("observers.team_changed", gettext_lazy("Changed a team."))
audit.register_code("observers.team_removed", gettext_lazy("Removed a team."))

OBSERVING = frozenset({TeamRole.LEADER, TeamRole.MEMBER})
HELPERS = {AssignmentRole.INTERPRETER: TeamRole.INTERPRETER, AssignmentRole.DRIVER: TeamRole.DRIVER}


@transaction.atomic
def create_team(mission: Mission, *, by: Actor, day: date, name: str = "", area: str = "", reason: str = "") -> Team:
    """Make a team for a day of the mission; numbers run per day."""
    authorize(by, "observers.change_deployment", mission)
    Mission.objects.select_for_update().get(pk=mission.pk)
    number = (mission.teams.filter(day=day).aggregate(last=Max("number"))["last"] or 0) + 1
    team = Team.objects.create(
        mission=mission, day=day, number=number, name=name.strip() or _("Team %(number)s") % {"number": number}, area=area
    )
    note_change(mission, by=by, team=team, code="team_created", reason=reason)
    audit.record(by, "observers.team_created", team, data={"number": number})
    return team


@transaction.atomic
def add_member(team: Team, assignment: Assignment, *, by: Actor, role: str = "", reason: str = "") -> TeamMember:
    """Put somebody who is confirmed into a team. Put in twice, in once.

    Raises Invalid where the person rides in another team that day: nobody is in two teams (a guard of the database too). Once a
    plan is released who is put in goes to the field at once: raises NotNow for whom R14 bars, as the release does.
    """
    authorize(by, "observers.change_deployment", team.mission)
    if assignment.state == AssignmentState.CONFIRMED and is_released(team.mission):
        refuse_unless_eligible(assignment, stage=FIELD)
    return _put_in(team, assignment, by=by, role=role, reason=reason)


def _put_in(team: Team, assignment: Assignment, *, by: Actor, role: str, reason: str) -> TeamMember:
    if assignment.mission_id != team.mission_id or assignment.state != AssignmentState.CONFIRMED:
        raise Invalid(
            _("%(name)s is not confirmed for this mission.") % {"name": assignment.person.name}, code="not_confirmed", attr="assignment"
        )
    other = (
        TeamMember.objects.select_for_update()
        .filter(person=assignment.person, day=team.day, left_at__isnull=True)
        .select_related("team__mission")
        .first()
    )
    if other is not None:
        if other.team_id == team.pk:
            return other
        words = {"name": assignment.person.name, "team": other.team.label, "mission": other.team.mission.reference}
        sentence = _("%(name)s rides in %(team)s that day already: nobody is in two teams.")
        if other.team.mission_id != team.mission_id:
            sentence = _("%(name)s rides in %(team)s of the mission %(mission)s that day already: nobody is in two teams.")
        raise Invalid(sentence % words, code="in_two_teams", attr="assignment")
    role = role or HELPERS.get(AssignmentRole(assignment.role), TeamRole.MEMBER)
    row = TeamMember.objects.create(team=team, assignment=assignment, person=assignment.person, day=team.day, role=role)
    note_change(team.mission, by=by, team=team, code="member_added", reason=reason, data={"assignment": str(assignment.uuid)})
    audit.record(by, "observers.team_changed", team, data={"act": "member_added", "assignment": str(assignment.uuid)})
    return row


@transaction.atomic
def remove_member(member: TeamMember, *, by: Actor, reason: str = "") -> None:
    """Take somebody out of a team; the row stays as history."""
    authorize(by, "observers.change_deployment", member.team.mission)
    if member.left_at is not None:
        return
    member.left_at = clock.now()
    member.save_changes("left_at")
    data = {"assignment": str(member.assignment.uuid)}
    note_change(member.team.mission, by=by, team=member.team, code="member_removed", reason=reason, data=data)
    audit.record(by, "observers.team_changed", member.team, data={"act": "member_removed", **data})


@transaction.atomic
def move_member(member: TeamMember, team: Team, *, by: Actor, reason: str = "") -> TeamMember:
    """Move somebody to another team of the same day: illness, lost luggage, accreditation (observation-rules 6)."""
    if team.day != member.day or team.mission_id != member.team.mission_id:
        raise Invalid(_("Both teams must ride on the same day of the same mission."), attr="team")
    remove_member(member, by=by, reason=reason)
    return _put_in(team, member.assignment, by=by, role=member.role, reason=reason)


@transaction.atomic
def swap_members(one: TeamMember, other: TeamMember, *, by: Actor, reason: str = "") -> None:
    """Let two persons change places."""
    first, second = one.team, other.team
    if first.day != second.day or first.mission_id != second.mission_id:
        raise Invalid(_("Both teams must ride on the same day of the same mission."), attr="team")
    remove_member(one, by=by, reason=reason)
    remove_member(other, by=by, reason=reason)
    _put_in(second, one.assignment, by=by, role=one.role, reason=reason)
    _put_in(first, other.assignment, by=by, role=other.role, reason=reason)


@transaction.atomic
def lock_member(member: TeamMember, *, by: Actor, locked: bool = True) -> TeamMember:
    """Keep somebody in this team when teams are drawn again, or let go. The plan itself does not change by it."""
    authorize(by, "observers.change_deployment", member.team.mission)
    row = TeamMember.objects.select_for_update(of=("self",)).select_related("team").get(pk=member.pk)
    if row.left_at is not None:
        raise NotNow(_("Who has left the team cannot be kept in it."), code="has_left")
    if row.is_locked != locked:
        row.is_locked = locked
        row.save_changes("is_locked")
        data = {"act": "member_locked" if locked else "member_unlocked", "assignment": str(row.assignment.uuid)}
        audit.record(by, "observers.team_changed", row.team, data=data)
    return row


@transaction.atomic
def set_locks(mission: Mission, *, by: Actor, locked: Collection[UUID]) -> int:
    """Lock exactly these members in their teams, and let the others go. Returns how many are locked."""
    authorize(by, "observers.change_deployment", mission)
    rows = TeamMember.objects.filter(team__mission=mission, left_at__isnull=True).select_related("team__mission", "assignment")
    for row in rows:
        if row.is_locked != (row.uuid in locked):
            lock_member(row, by=by, locked=row.uuid in locked)
    return sum(row.uuid in locked for row in rows)


@transaction.atomic
def change_team(team: Team, *, by: Actor, reason: str = "", **values: Any) -> Team:
    """Change name, area or note. An empty name is the usual one again."""
    authorize(by, "observers.change_deployment", team.mission)
    if "name" in values and not values["name"].strip():
        values["name"] = _("Team %(number)s") % {"number": team.number}
    if values.get("name") == team.label:
        del values["name"]  # what a reader of another language calls it is no new name
    changed = [name for name in ("name", "area", "note") if name in values and getattr(team, name) != values[name]]
    for name in changed:
        setattr(team, name, values[name])
    if changed:
        team.save_changes(*changed)
        note_change(team.mission, by=by, team=team, code="team_changed", reason=reason)
        audit.record(by, "observers.team_changed", team, fields=changed)
    return team


@transaction.atomic
def remove_team(team: Team, *, by: Actor) -> None:
    """Remove a team that was never released."""
    authorize(by, "observers.change_deployment", team.mission)
    if is_released(team.mission):
        raise NotNow(_("A version of the plan is released: empty the team instead of removing it."), code="plan_released")
    audit.record(by, "observers.team_removed", team, data={"number": team.number})
    team.delete()


def is_released(mission: Mission) -> bool:
    """Has any version of the plan been released?"""
    return mission.deployment_plans.filter(state=PlanState.RELEASED).exists()


def note_change(
    mission: Mission, *, by: Actor, code: str, reason: str, team: Team | None = None, data: dict[str, Any] | None = None
) -> None:
    """Keep a late change beside the plan; once a version is out every change needs its reason."""
    if not is_released(mission):
        return
    if not reason.strip():
        raise Invalid(_("The plan is released: write the reason of the change."), code="reason_missing", attr="reason")
    PlanChange.objects.create(mission=mission, team=team, code=code, data=data or {}, reason=reason.strip(), made_by=str(by))


def riders_for(assignments: Iterable[Assignment], day: date) -> dict[int, Rider]:
    """What the rules of a team look at, by primary key of the assignment. Three queries at any number."""
    rows = list(assignments)
    people = [row.person_id for row in rows]
    memberships: dict[int, list[Membership]] = {}
    for membership in Membership.objects.filter(person__in=people).select_related("country", "group"):
        memberships.setdefault(membership.person_id, []).append(membership)
    before = {
        pk: count for pk, count in ObserverProfile.objects.filter(person__in=people).values_list("person_id", "missions_before") if count
    }
    past = Assignment.objects.confirmed().filter(person__in=people, mission__last_day__lt=day)
    experienced = {*before, *past.values_list("person_id", flat=True)}
    found = {}
    for row in rows:
        term = membership_on(memberships.get(row.person_id, []), day)
        organisation = row.organisation.country if row.organisation else None
        found[row.pk] = Rider(
            uuid=str(row.uuid),
            name=row.person.name,
            country=term.country.code if term else (organisation.code if organisation else ""),
            group=term.group_code if term else "",
            gender=row.person.gender,
            languages=frozenset(row.person.languages),
            is_experienced=row.person_id in experienced,
        )
    return found


def judge_teams(teams: Iterable[Team]) -> dict[int, list[TeamRule]]:
    """The rules of each team, live. Teams must be loaded `with_plan()`; the number of queries does not grow with them."""
    rows = list(teams)
    crew = {role: {team.pk: [m.assignment for m in team.present if m.role in of_role] for team in rows}
            for role, of_role in (("observing", OBSERVING), ("interpreting", {TeamRole.INTERPRETER}))}  # fmt: skip
    day = min((team.day for team in rows), default=clock.today())
    riders = riders_for([a for by_team in crew.values() for members in by_team.values() for a in members], day)

    def of(role: str, team: Team) -> list[Rider]:
        return [riders[a.pk] for a in crew[role][team.pk]]

    return {team.pk: judge_team(of("observing", team), of("interpreting", team)) for team in rows}
