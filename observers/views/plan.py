"""What comes out of the deployment plan: table, map, CSV, XLSX, GeoJSON, documents, sheets of the teams, coverage, contacts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from core.documents import preview, request_documents
from core.errors import DomainError, NotAllowed
from core.rights import allowed, authorize
from missions.views.base import MissionMixin
from observers.documents.team_sheet.build import version_line
from observers.enums import StopKind
from observers.exports import csv_response, xlsx_response
from observers.forms.deployment import ContactForm
from observers.services.contacts import add_contact, numbers_for, remove_contact
from observers.services.deployment import coverage
from observers.services.plan_table import all_stops, member_head, member_rows, stop_head, stop_rows
from observers.services.ways import way_of
from observers.views.deployment import TeamMixin

LANGUAGES = ("en", "fr", "de")


class PlanExportView(MissionMixin, View):
    """The plan as CSV (GET) or as documents in the background (POST)."""

    permission = "observers.view_deployment"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """One line per stop."""
        return csv_response(f"{self.mission.reference}-deployment.csv", stop_head(), stop_rows(self.mission))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Freeze and draw in three languages: the plan, or with `kind=sheets` a sheet for each team."""
        kind = "observers.team_sheets" if request.POST.get("kind") == "sheets" else "observers.deployment_plan"
        job = request_documents(kind, self.mission, list(LANGUAGES), ["pdf", "docx"], by=self.actor)
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
                        "properties": {"team": team.number, "name": team.label},
                    }
                )
            features += [
                {
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": point},
                    "properties": {
                        "team": team.number,
                        "name": team.label,
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


class PlanWorkbookView(MissionMixin, View):
    """The plan as a workbook: a sheet of stops, a sheet of people."""

    permission = "observers.view_deployment"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """As the plan stands now."""
        sheets = {
            str(_("Stops")): [stop_head(), *stop_rows(self.mission)],
            str(_("Teams")): [member_head(), *member_rows(self.mission)],
        }
        return xlsx_response(f"{self.mission.reference}-deployment.xlsx", sheets)


class PlanTableView(MissionMixin, TemplateView):
    """All stops in one table, by day, team and time; of one team or kind, if asked."""

    template_name = "observers/deployment_table.html"
    permission = "observers.view_deployment"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The stops with the way to each."""
        wanted = {name: self.request.GET.get(name, "") for name in ("team", "kind")}
        legs = all_stops(self.mission)
        teams = list(dict.fromkeys(leg.stop.team for leg in legs))
        shown = [
            leg
            for leg in legs
            if (not wanted["team"] or str(leg.stop.team.uuid) == wanted["team"]) and (not wanted["kind"] or leg.stop.kind == wanted["kind"])
        ]
        return super().get_context_data(active_tab="deployment", legs=shown, teams=teams, wanted=wanted, kinds=StopKind.choices, **kwargs)


class TeamSheetView(TeamMixin, TemplateView):
    """The team's sheet as a page to print."""

    template_name = "observers/team_sheet.html"
    permission = "observers.view_deployment"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """People, stops, numbers."""
        return super().get_context_data(
            active_tab="deployment",
            team=self.team,
            way=way_of(self.team.stops.all()),
            numbers=numbers_for(self.mission),
            version=version_line(self.mission)[0],
            languages=LANGUAGES,
            **kwargs,
        )


class TeamSheetFileView(TeamMixin, View):
    """The team's sheet as PDF, in one of three languages: one page, drawn when asked."""

    permission = "observers.view_deployment"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Drawn as the plan stands now."""
        language = kwargs["language"]
        if language not in LANGUAGES:
            raise Http404
        data = preview("observers.team_sheet", self.team, language, "pdf", by=self.actor)
        response = HttpResponse(data, content_type="application/pdf")
        name = f"{self.mission.reference}-team-{self.team.number}-{self.team.day.isoformat()}-{language}.pdf"
        response.headers["Content-Disposition"] = f'inline; filename="{name}"'
        return response


class ContactsView(MissionMixin, TemplateView):
    """Contacts and emergency numbers of the teams."""

    template_name = "observers/deployment_contacts.html"
    permission = "observers.view_deployment"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What every sheet prints."""
        return super().get_context_data(
            active_tab="deployment",
            numbers=numbers_for(self.mission),
            may_change=allowed(self.actor, "observers.change_deployment", self.mission),
            form=kwargs.pop("form", None) or ContactForm(),
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Add a number, or take one off."""
        authorize(self.actor, "observers.change_deployment", self.mission)
        if request.POST.get("do") == "remove":
            rows = self.mission.deployment_contacts.select_related("mission")
            contact = next((row for row in rows if str(row.uuid) == request.POST.get("contact")), None)
            if contact is None:
                raise Http404
            remove_contact(contact, by=self.actor)
            messages.success(request, _("“%(label)s” is taken off the sheets.") % {"label": contact.label})
            return redirect("observers:deployment_contacts", self.mission.reference)
        form = ContactForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        try:
            contact = add_contact(self.mission, by=self.actor, **form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal.sentence))
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)
        messages.success(request, _("“%(label)s” is on every sheet.") % {"label": contact.label})
        return redirect("observers:deployment_contacts", self.mission.reference)
