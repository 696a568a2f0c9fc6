"""The plan and the polling days of its mission: what lies on a day that is none any more, and moving it to the new one."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from core.actors import Actor
from core.errors import Invalid, Missing, NotNow
from core.rights import authorize
from missions.enums import FIELD_FORMATS
from missions.models import Mission
from observers.enums import PlanState, StopOutcome
from observers.membership.dates import say
from observers.models import Stop, Team, TeamMember
from observers.services.deployment import instant_of
from observers.services.teams import note_change

audit.register_code("observers.plan_moved", gettext_lazy("Moved the teams and stops of a polling day to another."))


def polling_days_of(mission: Mission) -> list[date]:
    """The polling days that the mission observes, in order."""
    return sorted(row.day for row in mission.polling_days.all())


def planned_days(mission: Mission) -> list[date]:
    """The days for which there are teams or stops, in order."""
    days = set(mission.teams.values_list("day", flat=True)) | set(mission.stops.values_list("team__day", flat=True))
    return sorted(days)


def days_at_odds(mission: Mission) -> list[Missing]:
    """Teams, stops and the released plan lie on the polling days of the mission.

    What does not: teams on a day that is no polling day, the first polling day without teams, a released plan of other days. Empty
    before anything is planned: that there must be a plan is asked elsewhere. Further polling days, a second round for
    example, get their teams later.
    """
    polling, planned = polling_days_of(mission), planned_days(mission)
    if mission.format not in FIELD_FORMATS or not polling or not planned:
        return []
    url = reverse("observers:deployment", args=[mission.reference])
    found = []
    for day in planned:
        if day not in polling:
            sentence = _("Teams and stops are planned for %(day)s, which is no polling day of the mission.")
            found.append(Missing("plan_on_other_day", sentence % {"day": say(day)}, url))
    if polling[0] not in planned:
        found.append(Missing("polling_day_without_team", _("No team is planned for polling day, %(day)s.") % {"day": say(polling[0])}, url))
    return [*found, *_released_for_other_days(mission, polling, url)]


def _released_for_other_days(mission: Mission, polling: list[date], url: str) -> list[Missing]:
    plan = mission.deployment_plans.filter(state=PlanState.RELEASED).first()
    if plan is None:
        return []
    days = sorted({date.fromisoformat(team["day"]) for team in plan.content.get("teams", [])})
    if polling[0] in days and set(days) <= set(polling):
        return []
    words = {"version": plan.version, "days": ", ".join(say(day) for day in days) or "–", "day": say(polling[0])}
    sentence = _("Version %(version)s, which is released, is for %(days)s; polling day is %(day)s: release a new version.")
    return [Missing("released_for_other_day", sentence % words, url)]


def moves_on_offer(mission: Mission) -> list[tuple[date, date]]:
    """Which day's teams could move where: from a day that is no polling day to polling days without teams."""
    polling, planned = polling_days_of(mission), planned_days(mission)
    return [(old, new) for old in planned if old not in polling for new in polling if new not in planned]


@transaction.atomic
def move_plan(mission: Mission, *, by: Actor, old: date, new: date, reason: str = "") -> int:
    """Move all teams and stops of one day to a polling day; wall times stay, instants follow. Returns the number of teams.

    Moving back undoes it. Moved twice, moved once. Raises NotNow where teams are planned for the new day already, where
    the day has begun (a stop has its outcome), or where somebody rides elsewhere on the new day; Invalid for a day that
    is no polling day, or without a reason once a version is released.
    """
    authorize(by, "observers.change_deployment", mission)
    mission = Mission.objects.select_for_update().get(pk=mission.pk)
    teams = list(mission.teams.filter(day=old).select_for_update())
    there = mission.teams.filter(day=new)
    if not teams and there.exists():
        return 0
    _refuse_move(mission, teams, old, new)
    if there.exists():
        raise NotNow(_("There are teams on %(day)s already.") % {"day": say(new)}, code="day_taken")
    _refuse_riders_elsewhere(mission, old, new)
    Team.objects.filter(pk__in=[team.pk for team in teams]).update(day=new)
    TeamMember.objects.filter(team__in=teams).update(day=new)
    stops = list(Stop.objects.filter(team__in=teams))
    for stop in stops:
        stop.local_day += new - old  # a closing after midnight stays on the day after
        stop.fold, stop.planned_at = 0, instant_of(stop.local_day, stop.local_time, stop.zone)
    Stop.objects.bulk_update(stops, ["local_day", "fold", "planned_at"], batch_size=500)
    data = {"from": old.isoformat(), "to": new.isoformat(), "teams": len(teams), "stops": len(stops)}
    note_change(mission, by=by, code="plan_moved", reason=reason, data=data)
    audit.record(by, "observers.plan_moved", mission, data=data)
    return len(teams)


def _refuse_move(mission: Mission, teams: list[Team], old: date, new: date) -> None:
    if new not in polling_days_of(mission):
        raise Invalid(_("%(day)s is no polling day of the mission.") % {"day": say(new)}, code="no_polling_day", attr="new")
    if not teams:
        raise NotNow(_("There are no teams on %(day)s.") % {"day": say(old)}, code="no_teams")
    if Stop.objects.filter(team__in=teams).exclude(outcome=StopOutcome.PLANNED).exists():
        sentence = _("What became of stops on %(day)s is recorded: these teams stay on their day.")
        raise NotNow(sentence % {"day": say(old)}, code="day_has_begun")


def _refuse_riders_elsewhere(mission: Mission, old: date, new: date) -> None:
    riding = TeamMember.objects.filter(team__mission=mission, day=old, left_at__isnull=True).values("person")
    other = TeamMember.objects.filter(person__in=riding, day=new, left_at__isnull=True).select_related("person", "team__mission").first()
    if other is not None:
        words = {"name": other.person.name, "team": other.team.label, "mission": other.team.mission.reference, "day": say(new)}
        sentence = _("%(name)s rides in %(team)s of the mission %(mission)s on %(day)s: nobody is in two teams.")
        raise NotNow(sentence % words, code="in_two_teams")
