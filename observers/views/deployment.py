"""Deployment: teams, stops, coverage, release; the plan as CSV, GeoJSON and documents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from core.documents import documents_of, request_documents
from core.errors import Invalid
from core.rights import allowed, authorize
from missions.enums import AssignmentState
from missions.models import Station
from missions.views.base import MissionMixin
from observers.enums import PlanState, StopKind
from observers.exports import csv_response
from observers.forms import DrawForm, OutcomeForm, StopForm
from observers.models import Stop, Team, TeamMember
from observers.services.deployment import (
    add_stop,
    change_stop,
    coverage,
    missing_for_release,
    plan_content,
    polling_hours,
    record_stop,
    release_plan,
    remove_stop,
)
from observers.services.drawing import draw_deployment
from observers.services.teams import add_member, change_team, create_team, is_released, judge_teams, move_member, remove_member, remove_team


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
        free = [a for a in self.mission.assignments.confirmed().select_related("person") if a.pk not in riding]
        draw = self.mission.deployment_draws.first()
        plans = list(self.mission.deployment_plans.all())
        released = next((plan for plan in plans if plan.state == PlanState.RELEASED), None)
        return super().get_context_data(
            active_tab="deployment",
            may_change=may_change,
            teams=teams,
            free=free,
            draw=draw,
            gap_percent=round(100 * draw.outcome["routes"]["gap"], 1) if draw else 0,
            draw_form=kwargs.pop("draw_form", None) or DrawForm(initial={"visits": 13}),
            missing=missing_for_release(self.mission) if may_change and teams else [],
            plans=plans,
            released=released,
            is_changed=bool(released and released.content != plan_content(self.mission)),
            changes=list(self.mission.plan_changes.select_related("team")[:20]),
            coverage=coverage(self.mission),
            documents=documents_of(self.mission).filter(kind="observers.deployment_plan"),
            **kwargs,
        )


class DrawView(MissionMixin, View):
    """Draw teams and stops."""

    permission = "observers.change_deployment"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Draw; a released plan is not drawn again."""
        form = DrawForm(request.POST)
        if not form.is_valid():
            raise Invalid(" ".join(str(error) for errors in form.errors.values() for error in errors))
        data = form.cleaned_data
        draw = draw_deployment(self.mission, by=self.actor, teams=data["teams"], visits=data["visits"], seed=data["seed"])
        words = {"teams": draw.asked["teams"], "stations": draw.outcome["stations"]}
        messages.success(request, _("%(teams)s teams and %(stations)s stations are drawn.") % words)
        return redirect("observers:deployment", self.mission.reference)


class ReleaseView(MissionMixin, View):
    """Release the plan as a new version."""

    permission = "observers.release_deployment"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Release; what stands in the way is listed."""
        plan = release_plan(self.mission, by=self.actor, note=request.POST.get("note", ""))
        messages.success(request, _("Version %(version)s is released.") % {"version": plan.version})
        return redirect("observers:deployment", self.mission.reference)


class NewTeamView(MissionMixin, View):
    """Make a team by hand."""

    permission = "observers.change_deployment"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """On the first polling day."""
        day, _opens, _closes = polling_hours(self.mission)
        team = create_team(self.mission, by=self.actor, day=day, reason=request.POST.get("reason", ""))
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
        riding = TeamMember.objects.filter(day=team.day, left_at__isnull=True).values("assignment")
        free = self.mission.assignments.filter(state=AssignmentState.CONFIRMED).exclude(pk__in=riding).select_related("person")
        return super().get_context_data(
            active_tab="deployment",
            team=team,
            rules=judge_teams([team])[team.pk],
            way=sorted(team.stops.all(), key=lambda s: (s.order, s.pk)),
            free=free,
            teams=self.mission.teams.filter(day=team.day).exclude(pk=team.pk),
            may_change=allowed(self.actor, "observers.change_deployment", self.mission),
            may_record=allowed(self.actor, "observers.record_stop", team),
            is_released=is_released(self.mission),
            stop_form=kwargs.pop("stop_form", None) or StopForm(),
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
        elif act in {"move_member", "remove_member"}:
            member = get_object_or_404(TeamMember, uuid=request.POST.get("member"), team=team, left_at__isnull=True)
            if act == "remove_member" or not request.POST.get("team"):
                remove_member(member, by=self.actor, reason=reason)
            else:
                move_member(member, get_object_or_404(self.mission.teams, uuid=request.POST["team"]), by=self.actor, reason=reason)
        elif act == "add_stop":
            return self._add_stop(request)
        elif act == "change_team":
            change_team(
                team, by=self.actor, reason=reason, name=request.POST.get("name", team.name), area=request.POST.get("area", team.area)
            )
        elif act == "remove_team":
            remove_team(team, by=self.actor)
            return redirect("observers:deployment", self.mission.reference)
        return redirect("observers:team", self.mission.reference, team.uuid)

    def _add_stop(self, request: HttpRequest) -> HttpResponse:
        form = StopForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            station = Station.objects.for_mission(self.mission).filter(code=data["station"]).first()
            if station is not None:
                add_stop(self.team, station, by=self.actor, kind=data["kind"], local_time=data["local_time"], reason=data["reason"])
                return redirect("observers:team", self.mission.reference, self.team.uuid)
            form.add_error("station", _("No station of the list has this code."))
        return self.render_to_response(self.get_context_data(stop_form=form))


class StopView(MissionMixin, View):
    """Say what became of a stop, move it, or take it out."""

    permission = "observers.view_deployment"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The service asks for the right to each act."""
        stop = get_object_or_404(Stop.objects.select_related("team", "station", "mission"), uuid=kwargs["uuid"], mission=self.mission)
        act, reason = request.POST.get("do", ""), request.POST.get("reason", "")
        if act == "record":
            record_stop(stop, by=self.actor, outcome=request.POST.get("outcome", ""), reason=reason)
        elif act == "remove":
            remove_stop(stop, by=self.actor, reason=reason)
        elif act == "change":
            form = StopForm({**request.POST.dict(), "station": stop.station.code, "kind": stop.kind})
            if not form.is_valid():
                raise Invalid(_("Give the time as 14:30."), attr="local_time")
            change_stop(stop, by=self.actor, local_time=form.cleaned_data["local_time"], reason=reason)
        return redirect("observers:team", self.mission.reference, stop.team.uuid)


class PlanExportView(MissionMixin, View):
    """The plan as CSV (GET) or as documents in the background (POST)."""

    permission = "observers.view_deployment"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """One line per stop."""
        kinds = dict(StopKind.choices)
        head = [_("Team"), _("Day"), _("Time"), _("What"), _("Station"), _("Place"), _("Members")]
        rows = [
            [
                team["name"],
                stop["local_day"],
                stop["local_time"],
                kinds[stop["kind"]],
                stop["station"],
                stop["place"],
                "; ".join(m["name"] for m in team["members"]),
            ]
            for team in plan_content(self.mission)["teams"]
            for stop in team["stops"]
        ]
        return csv_response(f"{self.mission.reference}-deployment.csv", head, rows)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Freeze and draw in three languages."""
        job = request_documents("observers.deployment_plan", self.mission, ["en", "fr", "de"], ["pdf", "docx"], by=self.actor)
        return redirect(job)


class PlanMapView(MissionMixin, View):
    """Stops with coordinates as GeoJSON, for the map and for other tools."""

    permission = "observers.view_deployment"

    def get(self, request: HttpRequest, **kwargs: Any) -> JsonResponse:
        """One point per stop, one line per team."""
        features: list[dict[str, Any]] = []
        for team in self.mission.teams.with_plan():
            way = [
                s
                for s in sorted(team.stops.all(), key=lambda s: (s.order, s.pk))
                if s.station.latitude is not None and s.station.longitude is not None
            ]
            line = [[s.station.longitude, s.station.latitude] for s in way]
            if len(line) > 1:
                features.append(
                    {
                        "type": "Feature",
                        "geometry": {"type": "LineString", "coordinates": line},
                        "properties": {"team": team.number, "name": team.name},
                    }
                )
            features += [
                {
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": point},
                    "properties": {
                        "team": team.number,
                        "name": team.name,
                        "kind": str(s.get_kind_display()),
                        "station": s.station.label,
                        "time": s.local_time.strftime("%H:%M"),
                        "outcome": s.outcome,
                    },
                }
                for s, point in zip(way, line, strict=True)
            ]
        return JsonResponse({"type": "FeatureCollection", "features": features}, content_type="application/geo+json")


class CoverageView(MissionMixin, TemplateView):
    """What the plan covers and what was not observed, by district and setting."""

    template_name = "observers/coverage.html"
    permission = "observers.view_deployment"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The counts."""
        return super().get_context_data(active_tab="deployment", coverage=coverage(self.mission), **kwargs)
