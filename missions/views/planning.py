"""Planning pages: the checklist of preparations, the timeline of a mission, the calendar across missions, copies."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core import clock
from core.rights import allowed
from core.views import RightMixin
from missions.enums import BEFORE_ELECTION_DAY
from missions.forms.planning import PreparationForm
from missions.models import Mission, Preparation
from missions.services import agenda, preparations, templates
from missions.services.timeline import timeline_of
from missions.views.base import MissionAction, MissionForm, MissionMixin


class PreparationsView(MissionMixin, TemplateView):
    """The checklist: what, who, until when, done; what was taken off can be put back."""

    template_name = "missions/preparations.html"
    permission = "missions.view_preparation"
    active_tab = "preparations"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The lines, each with what the reader may do with it."""
        mission, today = self.mission, clock.today(self.mission.zone)
        may_change = allowed(self.actor, "missions.change_preparation", mission)
        rows = list(mission.preparations.with_people())
        for row in rows:
            row.mission = mission
            row.late = row.is_overdue(today) and mission.state in BEFORE_ELECTION_DAY
            row.may_complete = may_change or allowed(self.actor, "missions.complete_preparation", row)
        listed = sorted((row for row in rows if not row.removed_at), key=lambda row: (row.due_on or date.max, row.order))
        return super().get_context_data(
            rows=listed,
            removed=[row for row in rows if row.removed_at] if may_change else [],
            done=sum(1 for row in listed if row.done_at),
            late=sum(1 for row in listed if row.late),
            may_change=may_change and not mission.has_ended,
            **kwargs,
        )


class PreparationListView(MissionAction):
    """Put up the default checklist."""

    permission = "missions.change_preparation"

    def act(self, request: HttpRequest) -> str:
        """Put up what is not there."""
        fresh = preparations.list_preparations(self.mission, by=self.actor)
        messages.success(request, _("Lines added to the checklist: %(n)s.") % {"n": len(fresh)})
        return reverse("missions:preparations", args=[self.mission.reference])


class PreparationNewView(MissionForm):
    """Add a line of the mission's own."""

    permission = "missions.change_preparation"
    form_class = PreparationForm
    active_tab = "preparations"
    title = gettext_lazy("Add a preparation")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The people of the mission."""
        return {**super().get_form_kwargs(), "mission": self.mission}

    def act(self, form: forms.Form) -> Preparation:
        """Add it."""
        return preparations.add_preparation(self.mission, by=self.actor, **form.cleaned_data)

    def get_success_url(self) -> str:
        """The checklist."""
        return reverse("missions:preparations", args=[self.mission.reference])


class PreparationEditView(MissionForm):
    """Change a line."""

    permission = "missions.change_preparation"
    form_class = PreparationForm
    template_name = "missions/preparation_form.html"
    active_tab = "preparations"
    title = gettext_lazy("Change the preparation")
    lead = gettext_lazy("A day that you set by hand no longer follows polling day.")

    @cached_property
    def row(self) -> Preparation:
        """The line, of this mission."""
        return get_object_or_404(self.mission.preparations.with_people(), uuid=self.kwargs["uuid"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """The line as it is."""
        return {**super().get_form_kwargs(), "mission": self.mission, "row": self.row}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """When the line was last changed, so that nobody's change is lost unseen."""
        return super().get_context_data(seen_at=self.row.updated_at.isoformat(), **kwargs)

    def act(self, form: forms.Form) -> Preparation:
        """Save it."""
        return preparations.change_preparation(self.row, by=self.actor, seen_at=self.request.POST.get("seen_at", ""), **form.cleaned_data)

    def get_success_url(self) -> str:
        """The checklist."""
        return reverse("missions:preparations", args=[self.mission.reference])


class PreparationActView(MissionAction):
    """A line: `act` is `done`, `reopen`, `remove` or `restore`."""

    permission = "missions.view_preparation"

    def act(self, request: HttpRequest) -> str:
        """Do it; the services ask who may."""
        row = get_object_or_404(self.mission.preparations, uuid=self.kwargs["uuid"])
        acts = {
            "done": preparations.complete_preparation,
            "reopen": preparations.reopen_preparation,
            "remove": preparations.remove_preparation,
            "restore": preparations.restore_preparation,
        }
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            messages.error(request, _("Choose what is to be done."))
        else:
            act(row, by=self.actor)
        return reverse("missions:preparations", args=[self.mission.reference])


class TimelineView(MissionMixin, TemplateView):
    """One mission on a line of time."""

    template_name = "missions/timeline.html"
    permission = "missions.view_milestone"
    active_tab = "overview"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The rows and their scale."""
        until = self.request.GET.get("until") == "polling"
        tones = [
            ("state", _("state")), ("polling", _("polling day")), ("visit", _("visit")), ("open", _("open")), ("done", _("done")),
            ("late", _("overdue")),
        ]  # fmt: skip
        return super().get_context_data(line=timeline_of(self.mission, until_polling=until), until=until, tones=tones, **kwargs)


class MissionCopyView(MissionMixin, TemplateView):
    """Copy from an earlier mission: choose it, see what would come, copy."""

    template_name = "missions/copy.html"
    permission = "missions.change_mission"
    active_tab = "overview"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The missions to choose from; for the one chosen, what would be copied."""
        sources = templates.sources_for(self.mission, self.request.user)
        chosen = self._chosen(self.request.GET.get("source", ""))
        context = {"sources": sources[:200], "source": chosen}
        if chosen is not None:
            context["parts"] = templates.plan_copy(self.mission, chosen, by=self.actor)
            context["is_empty"] = not any(part.lines for part in context["parts"])
        return super().get_context_data(**context, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Copy, and say what came and what could not come."""
        source = self._chosen(request.POST.get("source", ""))
        if source is None:
            messages.error(request, _("Choose a mission to copy from."))
            return redirect("missions:mission_copy", self.mission.reference)
        results = templates.copy_from(self.mission, source, by=self.actor, parts=request.POST.getlist("parts"))
        return self.render_to_response(super().get_context_data(source=source, results=results))

    def _chosen(self, reference: str) -> Mission | None:
        if not reference:
            return None
        return get_object_or_404(templates.sources_for(self.mission, self.request.user), reference=reference)


class AgendaView(RightMixin, TemplateView):
    """The calendar across missions: a month by days, or a year by months; who would be in two places at once."""

    template_name = "missions/agenda.html"
    permission = "missions.view_mission"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The month asked for, else this one; with `year` alone, the year."""
        today, user = clock.today(), self.request.user
        year = _number(self.request.GET.get("year"), today.year, 2000, 2100)
        month = _number(self.request.GET.get("month"), 0 if "year" in self.request.GET else today.month, 1, 12)
        context: dict[str, Any] = {"year": year, "month": month, "today": today}
        if month:
            first = date(year, month, 1)
            last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
            context |= {"first": first, "before": first - timedelta(days=1), "after": last + timedelta(days=1)}
            context["weeks"] = agenda.weeks_of(user, year, month)
            context["is_empty"] = not any(entries for week in context["weeks"] for _day, inside, entries in week if inside)
        else:
            first, last = date(year, 1, 1), date(year, 12, 31)
            months = [date(year, number, 1) for number in range(1, 13)]
            rows = agenda.months_of(user, year)
            context |= {"months": months, "rows": [(mission, list(zip(months, found, strict=True))) for mission, found in rows]}
        return super().get_context_data(**context, overlaps=agenda.overlaps_between(user, first, last), **kwargs)


def _number(text: str | None, default: int, least: int, most: int) -> int:
    """A number of the address; another text does not exist."""
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise Http404
    return int(text)
