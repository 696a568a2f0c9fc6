"""Missions that end in one report: joined afterwards, and parted again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from missions.forms.missions import ContinueForm
from missions.forms.requests import DecisionForm
from missions.models import Mission
from missions.services import decisions, families
from missions.views.base import MissionAction, MissionForm


class MissionContinueView(MissionForm):
    """Join the mission to the one whose second round or repeat vote it observes."""

    permission = "missions.register_request"
    form_class = ContinueForm
    active_tab = "overview"
    title = gettext_lazy("It continues another mission")
    lead = gettext_lazy(
        "For a second round or a repeat vote that was registered by itself: one report covers both missions. It can be taken back as "
        "long as the report is open."
    )
    submit_label = gettext_lazy("Join the missions")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The missions to choose from."""
        return {**super().get_form_kwargs(), "firsts": families.firsts_for(self.mission, self.request.user)}

    def act(self, form: forms.Form) -> Mission:
        """Join them."""
        mission = families.continue_mission(self.mission, by=self.actor, first=form.cleaned_data["first"])
        messages.success(self.request, _("One report covers both missions."))
        return mission

    def get_success_url(self) -> str:
        """Back to the mission."""
        return self.mission.get_absolute_url()


class MissionDecideView(MissionForm):
    """Record what the Bureau decided on a second mission that has no request of its own."""

    permission = "missions.decide_request"
    form_class = DecisionForm
    active_tab = "overview"
    title = gettext_lazy("Decision of the Bureau")
    lead = gettext_lazy("On this second mission alone. Without one it counts on the decision on the first.")
    submit_label = gettext_lazy("Record the decision")

    def get_initial(self) -> dict[str, Any]:
        """Today, in the mission's format."""
        return {"decided_on": clock.today(), "format": self.mission.format}

    def act(self, form: forms.Form) -> Any:
        """Record it."""
        decision = decisions.decide_on_second(self.mission, by=self.actor, **form.cleaned_data)
        messages.success(self.request, _("The decision is recorded: %(outcome)s.") % {"outcome": decision.get_outcome_display()})
        return decision

    def get_success_url(self) -> str:
        """Back to the mission."""
        return self.mission.get_absolute_url()


class MissionPartView(MissionAction):
    """Part the mission from the one that it continues."""

    permission = "missions.register_request"

    def act(self, request: HttpRequest) -> str:
        """Part them."""
        families.part_mission(self.mission, by=self.actor)
        messages.success(request, _("The missions are parted: each has a report of its own."))
        return self.mission.get_absolute_url()
