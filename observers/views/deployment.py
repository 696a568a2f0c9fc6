"""Deployment: teams, stops, release. What comes out of it is in `plan.py`."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from core.documents import documents_of
from core.errors import DomainError, Invalid, NotAllowed
from core.rights import allowed, authorize
from missions.enums import AssignmentState
from missions.models import Assignment, Station
from missions.views.base import MissionMixin
from observers.documents.deployment import rule_in_words
from observers.enums import PlanState
from observers.forms.deployment import DrawForm, OutcomeForm, StopForm, TeamForm, area_key
from observers.membership.dates import say
from observers.models import DeploymentDraw, Stop, Team, TeamMember
from observers.services.deployment import (
    add_stop,
    change_stop,
    coverage,
    drawn_for,
    is_plan_changed,
    missing_for_release,
    polling_hours,
    record_stop,
    release_plan,
    remove_stop,
    warnings_for_release,
)
from observers.services.drawing import VISITS, areas_of, draw_every_day, draw_one_day, levels_of
from observers.services.polling_days import days_at_odds, move_plan, moves_on_offer, polling_days_of
from observers.services.teams import (
    add_member,
    change_team,
    create_team,
    is_released,
    judge_teams,
    move_member,
    remove_member,
    remove_team,
    set_locks,
)
from observers.services.ways import judge_way, way_of


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class DeploymentView(MissionMixin, TemplateView):
    """All teams with their rules live, coverage in short, versions and late changes."""

    template_name = "observers/deployment.html"
    permission = "observers.view_deployment"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Teams, what stands in the way of a release, versions."""
        may_change = allowed(self.actor, "observers.change_deployment", self.mission)
        teams = list(self.mission.teams.with_plan())
        judged = judge_teams(teams) if teams else {}
        for team in teams:
            team.rules = judged[team.pk]
            team.way = sorted(team.stops.all(), key=lambda s: (s.order, s.pk))
        riding = {m.assignment_id for team in teams for m in team.present}
        confirmed = list(self.mission.assignments.confirmed().select_related("person"))
        free = [a for a in confirmed if a.pk not in riding]
        draw = self.mission.deployment_draws.first()
        plans = list(self.mission.deployment_plans.all())
        released = next((plan for plan in plans if plan.state == PlanState.RELEASED), None)
        return super().get_context_data(
            active_tab="deployment",
            may_change=may_change,
            teams=teams,
            free=free,
            has_riders=bool(confirmed),
            draw=draw,
            gap_percent=round(100 * draw.outcome["routes"]["gap"], 1) if draw else 0,
            draw_form=kwargs.pop("draw_form", None) or (self._draw_form(initial=self._drawn_before(draw)) if may_change else None),
            rules_drawn=[rule_in_words(row) for row in drawn_for(self.mission)],
            polling_days=polling_days_of(self.mission),
            days_at_odds=days_at_odds(self.mission),
            moves=moves_on_offer(self.mission) if may_change else [],
            missing=missing_for_release(self.mission) if may_change and teams else [],
            plans=plans,
            released=released,
            is_changed=bool(released and is_plan_changed(released, self.mission)),
            warnings=self._warnings(teams, kwargs.get("typed")) if may_change and teams else [],
            changes=list(self.mission.plan_changes.select_related("team")[:20]),
            coverage=coverage(self.mission),
            documents=documents_of(self.mission).filter(kind__in=["observers.deployment_plan", "observers.team_sheets"]),
            **kwargs,
        )

    def _draw_form(self, *args: Any, **kwargs: Any) -> DrawForm:
        areas = areas_of(self.mission)
        return DrawForm(*args, days=polling_days_of(self.mission), levels=levels_of(areas), areas=areas, **kwargs)

    @staticmethod
    def _drawn_before(draw: DeploymentDraw | None) -> dict[str, Any]:
        """What the last draw was asked: drawing again begins where it ended."""
        if draw is None:
            return {"visits": VISITS}
        names = ("teams", "visits", "day", "rule", "level", "tabulations")
        areas = [area_key(draw.asked.get("level", 0), name) for name in draw.asked.get("districts", [])]
        return {**{name: draw.asked[name] for name in names if name in draw.asked}, "districts": areas, "seed": draw.seed}

    def _warnings(self, teams: list[Team], typed: Any) -> list[dict[str, Any]]:
        rows = warnings_for_release(self.mission, {team: team.rules for team in teams})
        return [{"rule": row, "reason": (typed or {}).get(f"reason-{row.code}", row.reason)} for row in rows]


class DeploymentActView(DeploymentView):
    """An act from the deployment page: a refusal shows that page again, with what was typed."""

    http_method_names = ["post"]

    def refuse(self, refusal: DomainError, **context: Any) -> HttpResponse:
        """The page with the sentence and what is missing."""
        return self.render_to_response(self.get_context_data(refusal=refusal, **context), status=refusal.status)


class DrawView(DeploymentActView):
    """Draw teams and stops."""

    permission = "observers.change_deployment"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Draw; after a release with a reason, and the next version is released after it."""
        form = self._draw_form(request.POST)
        if not form.is_valid():
            sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
            return self.refuse(Invalid(sentence), draw_form=form)
        asked = dict(form.cleaned_data)
        try:
            if "locks" in request.POST:  # the page showed who may be locked: what is not ticked is let go
                set_locks(self.mission, by=self.actor, locked={uuid for uuid in map(_uuid, request.POST.getlist("lock")) if uuid})
            every = asked["day"] == DrawForm.EVERY_DAY
            draw = draw_every_day if every else draw_one_day
            draws = draw(self.mission, by=self.actor, **asked)
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self.refuse(refusal, draw_form=form)
        for row in draws:
            words = {"teams": row.asked["teams"], "stations": row.outcome["stations"]}
            messages.success(request, _("%(teams)s teams and %(stations)s stations are drawn.") % words)
        return redirect("observers:deployment", self.mission.reference)


class ReleaseView(DeploymentActView):
    """Release the plan as a new version."""

    permission = "observers.release_deployment"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Release; what stands in the way is listed, and note and reasons stay in the form."""
        reasons = {name.removeprefix("reason-"): text for name, text in request.POST.items() if name.startswith("reason-")}
        try:
            plan = release_plan(self.mission, by=self.actor, note=request.POST.get("note", ""), reasons=reasons)
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self.refuse(refusal, typed=request.POST)
        messages.success(request, _("Version %(version)s is released.") % {"version": plan.version})
        return redirect("observers:deployment", self.mission.reference)


class MovePlanView(DeploymentActView):
    """Move the teams and stops of a day to a polling day."""

    permission = "observers.change_deployment"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Move them; moving back undoes it."""
        try:
            old, new = (date.fromisoformat(request.POST.get(name, "")) for name in ("old", "new"))
        except ValueError:
            return self.refuse(Invalid(_("Choose the day to move from and the day to move to.")))
        try:
            count = move_plan(self.mission, by=self.actor, old=old, new=new, reason=request.POST.get("reason", ""))
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self.refuse(refusal)
        words = {"count": count, "day": say(new)}
        sentence = ngettext(
            "%(count)s team with its stops is moved to %(day)s.", "%(count)s teams with their stops are moved to %(day)s.", count
        )
        messages.success(request, sentence % words)
        return redirect("observers:deployment", self.mission.reference)


class NewTeamView(MissionMixin, View):
    """Make a team by hand."""

    permission = "observers.change_deployment"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """On the given polling day, else on the first."""
        wanted = next((day for day in polling_days_of(self.mission) if day.isoformat() == request.POST.get("day")), None)
        day, _opens, _closes = polling_hours(self.mission, wanted)
        team = create_team(self.mission, by=self.actor, day=day, reason=request.POST.get("reason", ""))
        messages.success(request, _("%(team)s is made.") % {"team": team.label})
        return redirect("observers:team", self.mission.reference, team.uuid)


class TeamMixin(MissionMixin):
    """A page about one team."""

    kwargs: dict[str, Any]

    @property
    def team(self) -> Team:
        """The team of the page, with members and stops."""
        if "_team" not in self.__dict__:
            self.__dict__["_team"] = get_object_or_404(self.mission.teams.with_plan(), uuid=self.kwargs["uuid"])
        return self.__dict__["_team"]


class TeamView(TeamMixin, TemplateView):
    """One team: members, rules live, stops with what became of them."""

    template_name = "observers/team.html"
    permission = "observers.view_deployment"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Members, stops, who is free, where they could move."""
        team = self.team
        legs = way_of(team.stops.all())
        riding = TeamMember.objects.filter(day=team.day, left_at__isnull=True).values("assignment")
        free = self.mission.assignments.filter(state=AssignmentState.CONFIRMED).exclude(pk__in=riding).select_related("person")
        return super().get_context_data(
            active_tab="deployment",
            team=team,
            rules=judge_teams([team])[team.pk],
            way_rules=judge_way(team, legs),
            way=legs,
            free=free,
            teams=self.mission.teams.filter(day=team.day).exclude(pk=team.pk),
            may_change=allowed(self.actor, "observers.change_deployment", self.mission),
            may_record=allowed(self.actor, "observers.record_stop", team),
            is_released=is_released(self.mission),
            stop_form=kwargs.pop("stop_form", None) or StopForm(),
            team_form=kwargs.pop("team_form", None) or self._team_form(team),
            outcomes=OutcomeForm.base_fields["outcome"].choices,
            changes=team.changes.all()[:20],
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Change the team: members, stops, name."""
        authorize(self.actor, "observers.change_deployment", self.mission)
        act = request.POST.get("do", "")
        reason = request.POST.get("reason", "")
        team = self.team
        if act == "add_member":
            assignment = get_object_or_404(self.mission.assignments.select_related("person"), uuid=request.POST.get("assignment"))
            add_member(team, assignment, by=self.actor, reason=reason)
            self._say(_("%(name)s rides in %(team)s."), assignment, team)
        elif act in {"move_member", "remove_member"}:
            member = get_object_or_404(TeamMember, uuid=request.POST.get("member"), team=team, left_at__isnull=True)
            if act == "remove_member" or not request.POST.get("team"):
                remove_member(member, by=self.actor, reason=reason)
                self._say(_("%(name)s is taken out of %(team)s."), member.assignment, team)
            else:
                target = get_object_or_404(self.mission.teams, uuid=request.POST["team"])
                move_member(member, target, by=self.actor, reason=reason)
                self._say(_("%(name)s rides in %(team)s."), member.assignment, target)
        elif act == "add_stop":
            return self._add_stop(request)
        elif act == "change_team":
            form = self._team_form(team, request.POST)
            if not form.is_valid():
                return self.render_to_response(self.get_context_data(team_form=form), status=400)
            change_team(team, by=self.actor, **form.cleaned_data)
            messages.success(request, _("%(team)s is changed.") % {"team": team.label})
        elif act == "remove_team":
            remove_team(team, by=self.actor)
            messages.success(request, _("%(team)s is removed.") % {"team": team.label})
            return redirect("observers:deployment", self.mission.reference)
        return redirect("observers:team", self.mission.reference, team.uuid)

    def _team_form(self, team: Team, data: Any = None) -> TeamForm:
        initial = {"name": team.label, "area": team.area, "note": team.note}
        return TeamForm(data, initial=initial, is_released=is_released(self.mission), auto_id="team_%s")

    def _say(self, sentence: str, assignment: Assignment, team: Team) -> None:
        messages.success(self.request, sentence % {"name": assignment.person.name, "team": team.label})

    def _add_stop(self, request: HttpRequest) -> HttpResponse:
        form = StopForm(request.POST)
        if form.is_valid():
            station = Station.objects.for_mission(self.mission).filter(code=form.cleaned_data["station"]).first()
            if station is not None:
                return self._plan_stop(form, station)
            form.add_error("station", _("No station of the list has this code."))
        return self.render_to_response(self.get_context_data(stop_form=form))

    def _plan_stop(self, form: StopForm, station: Station) -> HttpResponse:
        data = form.cleaned_data
        try:
            more = {"place": data["place"], "reason": data["reason"]}
            stop = add_stop(self.team, station, by=self.actor, kind=data["kind"], local_time=data["local_time"], **more)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal.sentence))
            return self.render_to_response(self.get_context_data(stop_form=form), status=refusal.status)
        words = {"station": stop.station.code, "time": stop.local_time.strftime("%H:%M")}
        messages.success(self.request, _("The stop at station %(station)s is at %(time)s.") % words)
        return redirect("observers:team", self.mission.reference, self.team.uuid)


class StopView(MissionMixin, View):
    """Say what became of a stop, move it, or take it out."""

    permission = "observers.view_deployment"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The service asks for the right to each act."""
        stop = get_object_or_404(Stop.objects.select_related("team", "station", "mission"), uuid=kwargs["uuid"], mission=self.mission)
        act, reason = request.POST.get("do", ""), request.POST.get("reason", "")
        if act == "record":
            row = record_stop(stop, by=self.actor, outcome=request.POST.get("outcome", ""), reason=reason)
            words = {"station": stop.station.code, "outcome": row.get_outcome_display()}
            messages.success(request, _("Station %(station)s: “%(outcome)s” is recorded.") % words)
        elif act == "remove":
            remove_stop(stop, by=self.actor, reason=reason)
            messages.success(request, _("The stop at station %(station)s is taken out.") % {"station": stop.station.code})
        elif act == "change":
            form = StopForm({**request.POST.dict(), "station": stop.station.code, "kind": stop.kind})
            if not form.is_valid():
                raise Invalid(_("Give the time as 14:30."), attr="local_time")
            change_stop(stop, by=self.actor, local_time=form.cleaned_data["local_time"], reason=reason)
            words = {"station": stop.station.code, "time": stop.local_time.strftime("%H:%M")}
            messages.success(request, _("The stop at station %(station)s is at %(time)s.") % words)
        return redirect("observers:team", self.mission.reference, stop.team.uuid)
