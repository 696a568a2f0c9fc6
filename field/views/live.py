"""Polling day at the desk: the live page, records, incidents."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import DetailView, ListView, TemplateView, View

from core import clock
from core.errors import DomainError, Invalid, NotAllowed
from core.rights import allowed
from field.enums import APPROVAL, CHECKS, IncidentState, ReviewState, Slot
from field.figures import figures
from field.forms import StationForm
from field.models import Attachment, Form, Incident, Observation, StationMove, SubmissionConflict
from field.reminders import FIRST_MINUTES, NOT_VISITED, OPENING, offsets_of
from field.services import incidents, live, live_visits, moves, plausibility, reviews
from field.views.answers import answered, warned
from field.views.filters import KEPT, figure_of, filters_of, records_of
from missions.models import Mission, Station
from missions.views.base import MissionAction, MissionMixin
from observers.models import Stop, Team


def _day(request: HttpRequest, mission: Mission) -> date | None:
    """The day asked for, `all` for all days; else the one on which the page opens."""
    wanted = request.GET.get("day", "")
    if wanted == "all":
        return None
    try:
        return date.fromisoformat(wanted)
    except ValueError:
        return live.opening_day(mission)


class LiveView(MissionMixin, TemplateView):
    """The live page; its middle is fetched again every five seconds."""

    permission = "field.view_live"
    active_tab = "live"
    template_name = "field/live.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What came, what is expected, what needs a person."""
        day = _day(self.request, self.mission)
        return super().get_context_data(**_live_context(self, day), **kwargs)


class LiveContentView(MissionMixin, View):
    """The middle of the live page; 304 while nothing changed."""

    permission = "field.view_live"

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The fragment with its ETag."""
        day = _day(request, self.mission)
        tag = live.tag_of(self.mission, day, get_language(), request.user.pk)
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if request.headers.get("If-None-Match") == tag:
            return HttpResponse(status=304, headers=headers)
        context = {"mission": self.mission, **_live_context(self, day, tag)}
        response = render(request, "field/live_content.html", context)
        for name, value in headers.items():
            response.headers[name] = value
        return response


def _live_context(view: Any, day: date | None, tag: str = "") -> dict[str, Any]:
    mission, request = view.mission, view.request
    tag, now = tag or live.tag_of(mission, day, get_language(), request.user.pk), clock.now()
    return {
        "live": live.live(mission, day),
        "day": day,
        "tag": tag,
        "now": now,
        "visits": live_visits.visits_of(mission, day),
        "missing": _missing(mission, day, now),
        "may_review": allowed(view.actor, "field.review_flag", mission),
        "review_states": [state for state in ReviewState.choices if state[0] != ReviewState.NEW],
    }


def _missing(mission: Mission, day: date | None, now: datetime) -> list[Stop]:
    """Planned openings of which nothing came, from the minute on at which the team is reminded for the first time."""
    stops = live.missing_openings(mission, now - timedelta(minutes=min(offsets_of(OPENING), default=FIRST_MINUTES)))
    return [stop for stop in stops if stop.outcome not in NOT_VISITED and day in (None, stop.team.day)]


class LiveMapView(MissionMixin, View):
    """Where the teams have been, as GeoJSON."""

    permission = "field.view_live"

    def get(self, request: HttpRequest, reference: str) -> JsonResponse:
        """One point for each station with coordinates."""
        visits = live_visits.visits_of(self.mission, _day(request, self.mission))
        return JsonResponse(live_visits.geojson(visits, ZoneInfo(self.mission.zone)), content_type="application/geo+json")


class ReviewView(MissionAction):
    """Acknowledge a flag."""

    permission = "field.review_flag"

    def act(self, request: HttpRequest) -> str:
        """Write what was done, and go back."""
        observation = get_object_or_404(Observation.objects.for_mission(self.mission), uuid=self.kwargs["uuid"])
        state, note = request.POST.get("state", ReviewState.SEEN), request.POST.get("note", "")
        reviews.review_flag(observation, request.POST.get("code", ""), state, by=self.actor, note=note)
        messages.success(request, _("What was done about the flag is recorded."))
        if request.POST.get("back") == "live":
            return reverse("field:live", args=[self.mission.reference])
        return observation.get_absolute_url()


class RecordListView(MissionMixin, ListView):
    """Records, newest first; by form, team, station, mark, or behind a figure."""

    permission = "field.view_observation"
    active_tab = "live"
    template_name = "field/records.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Observation]:
        """Those that fit."""
        rows = records_of(self.mission, self.request.GET)
        return (
            rows.with_names()
            .defer("raw_xml", "packed", "answers", "form_version__xform", "form_version__questions")
            .order_by("-received_at", "-pk")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The filters' choices."""
        wanted = self.request.GET
        return super().get_context_data(
            forms=Form.objects.for_mission(self.mission),
            teams=Team.objects.filter(mission=self.mission),
            slots=[slot for slot in Slot.choices if slot[0]],
            wanted=wanted,
            carried=[(name, wanted[name]) for name in KEPT if wanted.get(name)],
            figure=figure_of(wanted),
            may_export=allowed(self.actor, "field.export_observation", self.mission),
            may_import=allowed(self.actor, "field.import_observation", self.mission),
            **kwargs,
        )


class RecordView(MissionMixin, DetailView):
    """One record: answers with labels, flags, history of corrections, conflicts, photos."""

    permission = "field.view_observation"
    active_tab = "live"
    template_name = "field/record.html"
    slug_field = slug_url_kwarg = "uuid"
    context_object_name = "record"

    def get_queryset(self) -> QuerySet[Observation]:
        """Records of this mission."""
        return Observation.objects.for_mission(self.mission).with_names().select_related("device")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Sections of answers and what hangs on the record."""
        record: Observation = self.object
        chain = (
            Observation.objects.for_mission(self.mission)
            .filter(root=record.root)
            .with_names()
            .defer("raw_xml")
            .order_by("received_at", "pk")
        )
        reviews_by_code = {review.code: review for review in record.reviews.all()}
        may_move = allowed(self.actor, "field.move_station", self.mission)
        return super().get_context_data(
            sections=answered(record, reviews_by_code, self.mission.zone),
            chain=chain,
            conflicts=SubmissionConflict.objects.filter(submission=record.uuid),
            attachments=Attachment.objects.filter(parent=record.uuid).select_related("stored"),
            incident=Incident.objects.filter(observation__root=record.root).select_related("mission").first(),
            server_checks=[
                {"review": review, "others": plausibility.others(record, review.code)}
                for review in reviews_by_code.values()
                if review.code in (*CHECKS, APPROVAL)
            ],
            warned=warned(record),
            may_review=allowed(self.actor, "field.review_flag", self.mission),
            may_decide=allowed(self.actor, "field.decide_conflict", self.mission),
            station_form=kwargs.pop("station_form", None) or (StationForm() if may_move else None),
            moves=StationMove.objects.filter(observation__root=record.root),
            review_states=[state for state in ReviewState.choices if state[0] != ReviewState.NEW],
            **kwargs,
        )


class MoveStationView(RecordView):
    """Set the station of a record; what was typed stays where the move is refused."""

    permission = "field.move_station"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Move it and go back, or show the record with what was typed and why it cannot be done."""
        self.object = self.get_object()
        form, status = StationForm(request.POST), 400
        if form.is_valid():
            try:
                station = moves.move_station(
                    self.object, _station(self.mission, form), by=self.actor, reason=form.cleaned_data["reason"]
                ).station
                messages.success(request, _("The record is moved to station %(code)s.") % {"code": station.code})
                return redirect(self.object.get_absolute_url())
            except NotAllowed:
                raise
            except DomainError as refusal:
                form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal.sentence))
                status = refusal.status
        at_fault = next((name for name in form.fields if name in form.errors), "station")
        form.fields[at_fault].widget.attrs["autofocus"] = True
        return self.render_to_response(self.get_context_data(station_form=form), status=status)


def _station(mission: Mission, form: StationForm) -> Station:
    """The station that was typed. Raises Invalid where the mission has none with this code."""
    code = form.cleaned_data["station"].strip()
    station = Station.objects.filter(mission=mission, code=code).first()
    if station is None:
        raise Invalid(_("This mission has no station with the code “%(code)s”.") % {"code": code}, attr="station")
    return station


class DecideConflictView(MissionAction):
    """Decide which of two contents counts."""

    permission = "field.decide_conflict"

    def act(self, request: HttpRequest) -> str:
        """Decide and go back."""
        conflict = get_object_or_404(SubmissionConflict, mission=self.mission, uuid=self.kwargs["uuid"])
        take_other = request.POST.get("decision") == "take_other"
        reviews.decide_conflict(conflict, take_other=take_other, by=self.actor, reason=request.POST.get("reason", ""))
        messages.success(request, _("The decision is recorded."))
        return reverse("field:record", args=[self.mission.reference, conflict.submission])


class IncidentView(MissionMixin, DetailView):
    """One incident with its timeline."""

    permission = "field.view_observation"
    active_tab = "live"
    template_name = "field/incident.html"
    slug_field = slug_url_kwarg = "uuid"
    context_object_name = "incident"

    def get_queryset(self) -> QuerySet[Incident]:
        """Incidents of this mission."""
        rows = Incident.objects.filter(mission=self.mission)
        return rows.select_related(
            "mission", "owner__person", "observation__form_version", "observation__person", "observation__team", "observation__station"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Answers, steps, and what may be done now."""
        incident: Incident = self.object
        may_change = allowed(self.actor, "field.change_incident", self.mission)
        acts = [act for act, (sources, _target) in incidents.MOVES.items() if incident.state in sources]
        labels = {"take": _("Take in hand"), "call_back": _("Called back"), "close": _("Close"), "reopen": _("Reopen")}
        return super().get_context_data(
            sections=answered(incident.observation, {}, self.mission.zone),
            steps=incident.steps.all(),
            acts=[(act, labels[act]) for act in acts] if may_change else [],
            may_change=may_change,
            is_open=incident.state != IncidentState.CLOSED,
            **kwargs,
        )


class IncidentActView(IncidentView):
    """Take, call back, close, reopen, or write a line; what was typed stays where the act is refused."""

    permission = "field.change_incident"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Do it and go back, or show the incident as it is now with what was typed and why it cannot be done."""
        incident: Incident = self.get_object()
        act, note = request.POST.get("act", ""), request.POST.get("note", "")
        try:
            if act == "note":
                incidents.add_step(incident, by=self.actor, note=note)
            else:
                incidents.move_incident(incident, act, by=self.actor, note=note)
        except NotAllowed:
            raise
        except DomainError as refusal:
            self.object = self.get_object()
            context = self.get_context_data(note=note, refusal=str(refusal.sentence))
            return self.render_to_response(context, status=refusal.status)
        messages.success(request, _("%(number)s: the step is recorded.") % {"number": incident.number})
        return redirect(incident.get_absolute_url())


class FiguresView(MissionMixin, TemplateView):
    """Figures: what was counted, of the stations visited."""

    permission = "field.view_figures"
    active_tab = "figures"
    template_name = "field/figures.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Count with the filters of the address."""
        wanted = self.request.GET
        counted = figures(self.mission, filters_of(wanted))
        query = wanted.copy()
        query.pop("form", None)
        by_form: dict[str, list] = {}
        for item in counted.items:
            by_form.setdefault(item.form, []).append(item)
        districts = (
            Station.objects.filter(mission=self.mission)
            .exclude(district="")
            .values_list("district", flat=True)
            .distinct()
            .order_by("district")
        )
        return super().get_context_data(
            figures=counted,
            by_form=by_form,
            titles={form.code: form.title for form in Form.objects.for_mission(self.mission)},
            districts=districts,
            slots=[slot for slot in Slot.choices if slot[0]],
            wanted=wanted,
            rest=query.urlencode(),
            may_export=allowed(self.actor, "field.export_observation", self.mission),
            **kwargs,
        )
