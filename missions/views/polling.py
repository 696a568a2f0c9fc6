"""Polling days of a mission: moved, added, removed; what that does to deadlines is shown before it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.errors import DomainError, NotAllowed
from missions.forms.missions import PollingDayForm, RoundForm, ShiftForm, round_label
from missions.models import PollingDay
from missions.services import deadlines, polling, visits
from missions.services.polling import Outlook
from missions.views.base import MissionAction, MissionForm


class PreviewedForm(MissionForm):
    """A form in two steps: what it would change is shown, then confirmed. Where nothing would change, it is saved at once.

    The confirmation names what the reader saw: if that is no longer true, the preview is shown again.
    """

    preview_template = "missions/polling_preview.html"
    confirm_label: Any = gettext_lazy("Save with these changes")
    can_shift = False

    def outlooks(self, form: forms.Form) -> list[Outlook]:
        """What the form would do, mission by mission. May raise a refusal."""
        raise NotImplementedError

    def warnings(self, form: forms.Form) -> list[str]:
        """What else the reader should know before."""
        return []

    def chosen_visits(self) -> set[UUID]:
        """The visits that the reader of the preview lets follow."""
        found = set()
        for value in self.request.POST.getlist("visits"):
            with suppress(ValueError):
                found.add(UUID(value))
        return found

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Show what would change, or save what was confirmed."""
        try:
            rows = [row for row in self.outlooks(form) if not row.is_empty]
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self.refuse(form, refusal)
        warnings = self.warnings(form)
        seen = fingerprint(rows, warnings)
        if (rows or warnings) and self.request.POST.get("seen") != seen:
            return self._preview(form, rows, warnings, seen)
        return super().form_valid(form)

    def _preview(self, form: forms.Form, rows: list[Outlook], warnings: list[str], seen: str) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            outlooks=rows,
            warnings=warnings,
            seen=seen,
            is_stale="seen" in self.request.POST,
            shift_form=ShiftForm() if self.can_shift and any(row.is_outside and row.days_by for row in rows) else None,
            visits=[line for row in rows if not row.is_new for line in row.visits],
            confirm_label=self.confirm_label,
            today=clock.today(self.mission.zone),
            given=[(name, value) for name in form.fields for value in self.request.POST.getlist(name)],
            back=self.request.get_full_path(),
        )
        return self.response_class(request=self.request, template=[self.preview_template], context=context)


class PollingDayView(PreviewedForm):
    """Move a polling day or its hours."""

    permission = "missions.register_request"
    form_class = PollingDayForm
    active_tab = "overview"
    title = gettext_lazy("Polling day")
    lead = gettext_lazy("Deadlines follow, but for those moved by hand. You see what changes before it is saved.")
    submit_label = gettext_lazy("Go on")
    can_shift = True

    def get_initial(self) -> dict[str, Any]:
        """The day as it is."""
        row = self.polling_day
        return {"day": row.day, "opens_at": row.opens_at, "closes_at": row.closes_at}

    @property
    def polling_day(self) -> PollingDay:
        """The polling day, of this mission or its election."""
        rows = PollingDay.objects.filter(election=self.mission.election) | self.mission.polling_days.all()
        return get_object_or_404(rows.select_related("election").distinct(), uuid=self.kwargs["uuid"])

    def outlooks(self, form: forms.Form) -> list[Outlook]:
        """Every mission that observes the day."""
        return polling.outlook_of_move(self.polling_day, **form.cleaned_data)

    def warnings(self, form: forms.Form) -> list[str]:
        """A day that is moved into the past."""
        row, day = self.polling_day, form.cleaned_data["day"]
        return past_warning(day, row.election.zone) if day != row.day else []

    def act(self, form: forms.Form) -> None:
        """Save, and tell which deadlines followed."""
        shift, visits = self.request.POST.get("shift_days") == "on", self.chosen_visits()
        tell_changes(
            self.request,
            polling.move_polling_day(self.polling_day, by=self.actor, shift_days=shift, visits=visits, **form.cleaned_data),
        )

    def get_success_url(self) -> str:
        """Back to the mission."""
        return self.mission.get_absolute_url()


class PollingDaysView(PreviewedForm):
    """All polling days of the election with who observes each; a further one is added here."""

    permission = "missions.register_request"
    template_name = "missions/polling_days.html"
    form_class = RoundForm
    active_tab = "overview"
    title = gettext_lazy("Polling days")
    lead = gettext_lazy("A second round or a repeat vote may be observed by this mission, by a second one, or not at all.")
    submit_label = gettext_lazy("Go on")

    def get_initial(self) -> dict[str, Any]:
        """The hours of the first round."""
        first = self.mission.election.polling_days.first()
        return {"opens_at": first.opens_at, "closes_at": first.closes_at} if first else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The days, each with its missions."""
        observed = {row.pk for row in self.mission.polling_days.all()}
        rows = PollingDay.objects.filter(election=self.mission.election) | PollingDay.objects.filter(pk__in=observed)
        days = list(rows.select_related("election").prefetch_related("missions").distinct().order_by("day"))
        for row in days:
            row.label, row.is_ours = round_label(row), row.pk in observed
        return super().get_context_data(days=days, **kwargs)

    def outlooks(self, form: forms.Form) -> list[Outlook]:
        """This mission where it is to observe the day, or with what a second one would begin."""
        observe, values = self._asked(form)
        return polling.outlook_of_round(self.mission, by=self.actor, observe=observe, **values)

    def warnings(self, form: forms.Form) -> list[str]:
        """A day in the past."""
        return past_warning(form.cleaned_data["day"], self.mission.election.zone)

    def act(self, form: forms.Form) -> Any:
        """Add the day, and the second mission where one is wanted."""
        observe, values = self._asked(form)
        outlooks = polling.outlook_of_round(self.mission, by=self.actor, observe=observe, **values) if observe == "this" else []
        row, changes = polling.add_round(self.mission, by=self.actor, observe=observe == "this", **values)
        for item in outlooks:
            visits.move_visits(item.visits, by=self.actor, chosen=self.chosen_visits())
        tell_changes(self.request, changes)
        if observe == "second":
            second = polling.open_second_mission(self.mission, by=self.actor, polling_days=[row])
            messages.success(self.request, _("%(second)s was opened; one report covers both missions.") % {"second": second.reference})
            return second
        messages.success(self.request, _("The polling day was added."))
        return self.mission

    def _asked(self, form: forms.Form) -> tuple[str, dict[str, Any]]:
        """Who is to observe the day, and what `add_round` takes."""
        values = dict(form.cleaned_data)
        observe, is_repeat = values.pop("observe"), values.pop("kind") == "repeat"
        return observe, values | {"round": 1 if is_repeat else 2, "is_repeat": is_repeat}

    def get_success_url(self) -> str:
        """The mission that observes the day."""
        return self.done.get_absolute_url()


class SecondMissionView(PreviewedForm):
    """Open a second mission for a day that nobody observes; first one sees with which days and deadlines it would begin."""

    permission = "missions.register_request"
    form_class = forms.Form
    active_tab = "overview"
    title = gettext_lazy("Open a second mission")
    confirm_label = gettext_lazy("Open the second mission")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The preview is the page. Where that mission is there already, it is shown; a GET opens none."""
        try:
            rows = self.outlooks(self.get_form_class()())
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self.refuse(self.get_form_class()(), refusal)
        if not rows[0].is_new:
            return redirect(rows[0].mission)
        warnings = self.warnings(self.get_form_class()())
        return self._preview(self.get_form_class()(), rows, warnings, fingerprint(rows, warnings))

    @cached_property
    def polling_day(self) -> PollingDay:
        """The day, of this mission's election."""
        return get_object_or_404(self.mission.election.polling_days.select_related("election"), uuid=self.kwargs["uuid"])

    def outlooks(self, form: forms.Form) -> list[Outlook]:
        """With what the second mission would begin."""
        return [polling.outlook_of_second(self.mission, by=self.actor, polling_days=[self.polling_day])]

    def act(self, form: forms.Form) -> Any:
        """Open it. One that is there already is answered."""
        second = polling.open_second_mission(self.mission, by=self.actor, polling_days=[self.polling_day])
        messages.success(self.request, _("%(second)s was opened; one report covers both missions.") % {"second": second.reference})
        return second

    def refuse(self, form: forms.Form, refusal: DomainError) -> HttpResponse:
        """Without a form to show it at: on the page of the polling days."""
        messages.error(self.request, str(refusal.sentence))
        return redirect("missions:polling_days", self.mission.reference)

    def get_success_url(self) -> str:
        """The second mission."""
        return self.done.get_absolute_url()


class PollingDayActView(MissionAction):
    """What is done with a day that the mission does not observe: `act` is `remove`."""

    permission = "missions.register_request"

    def act(self, request: HttpRequest) -> str:
        """Do it."""
        row = get_object_or_404(self.mission.election.polling_days.select_related("election"), uuid=self.kwargs["uuid"])
        if request.POST.get("act") == "remove":
            polling.remove_polling_day(row, by=self.actor)
            messages.success(request, _("The polling day was removed."))
        else:
            messages.error(request, _("Choose what is to be done."))
        return reverse("missions:polling_days", args=[self.mission.reference])


def past_warning(day: Any, zone: str) -> list[str]:
    """Said where a polling day lies in the past: right only for what has happened already."""
    if day >= clock.today(zone):
        return []
    return [_("This day lies in the past. That is right only where you enter what has already happened.")]


def fingerprint(rows: Sequence[Outlook], warnings: Sequence[str]) -> str:
    """What the reader of a preview saw, in short."""
    seen = [
        (
            "new" if row.is_new else row.mission.pk,
            [(change.rule.code, change.old, change.new, change.kept_on, change.is_done) for change in row.changes],
            [(change.row.pk, change.old, change.new) for change in row.preparations],
            row.is_outside,
            [(line.visit.kind if row.is_new else line.visit.pk, line.starts_on, line.ends_on, line.stays) for line in row.visits],
        )
        for row in rows
    ]
    return sha256(repr((seen, len(warnings))).encode()).hexdigest()[:16]


def tell_changes(request: HttpRequest, changes: Sequence[deadlines.Change]) -> None:
    """Say how many deadlines moved; which ones, the reader saw before."""
    if changes:
        messages.success(request, _("Deadlines that changed: %(n)s.") % {"n": len(changes)})
