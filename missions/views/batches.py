"""Planning many meetings from the template, and the ways between places."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from core.errors import DomainError, NotAllowed
from missions.forms.meetings import BatchFormSet, TravelForm
from missions.services import batches, cautions, travel
from missions.views.base import MissionForm, MissionMixin


class MeetingBatchView(MissionMixin, TemplateView):
    """Plan from the template: choose rows, adjust day and time; all or none."""

    permission = "missions.change_programme"
    template_name = "missions/meeting_batch.html"
    active_tab = "programme"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The rows of the template on the days of this mission."""
        lines = batches.skeleton_of(self.mission)
        planned = {number for number, line in enumerate(lines) if line.is_planned}
        return super().get_context_data(
            **{"formset": BatchFormSet(initial=[_initial(line) for line in lines]), "planned": planned, **kwargs}
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Plan what was chosen, or show what stands in the way of each row."""
        formset = BatchFormSet(request.POST)
        if not formset.is_valid():
            return self._again(formset, _("Some rows are not complete; nothing was planned."), 400)
        chosen = [form for form in formset if form.cleaned_data.get("chosen")]
        try:
            planned = batches.plan_batch(self.mission, by=self.actor, rows=[form.values() for form in chosen])
        except NotAllowed:
            raise
        except batches.BatchRefused as refusal:
            for number, why in refusal.rows.items():
                chosen[number].add_error(why.attr if why.attr in chosen[number].fields else None, str(why.sentence))
                chosen[number].missing = why.missing
            return self._again(formset, str(refusal.sentence), refusal.status)
        except DomainError as refusal:
            return self._again(formset, str(refusal.sentence), refusal.status)
        sentence = ngettext("%(n)s meeting was planned.", "%(n)s meetings were planned.", len(planned))
        messages.success(request, sentence % {"n": len(planned)})
        return redirect("missions:programme", self.mission.reference)

    def _again(self, formset: BaseFormSet, refusal: str, status: int) -> HttpResponse:
        return self.render_to_response(self.get_context_data(formset=formset, refusal=refusal), status=status)


class TravelView(MissionForm):
    """How long the ways between the places of the programme take."""

    permission = "missions.change_programme"
    form_class = TravelForm
    active_tab = "programme"
    title = gettext_lazy("Ways between places")
    lead = gettext_lazy("Minutes from door to door. Where nothing is written, no time is counted.")
    template_name = "missions/travel.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """The ways that somebody goes, with the minutes that are known."""
        ways = cautions.ways_needed(self.mission)
        return {**super().get_form_kwargs(), "ways": ways, "known": travel.minutes_between(self.mission)}

    def act(self, form: forms.Form) -> int:
        """Note them."""
        return travel.set_travel(self.mission, by=self.actor, ways=form.values())

    def get_success_url(self) -> str:
        """The programme, which tells where time is short."""
        return reverse("missions:programme", args=[self.mission.reference])


def _initial(line: batches.Line) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "title": line.title,
        "start_day": line.day,
        "start_time": line.start,
        "end_time": line.end,
        "is_for_all": line.is_for_all,
    }
