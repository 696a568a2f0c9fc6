"""Planning pages: the checklist of preparations, the timeline of a mission, the calendar across missions, copies."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core import clock
from core.rights import allowed
from missions.enums import BEFORE_ELECTION_DAY
from missions.forms.planning import PreparationForm
from missions.models import Preparation
from missions.services import preparations
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
