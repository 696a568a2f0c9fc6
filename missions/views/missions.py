"""The list of missions, one mission, and what is done with it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView, TemplateView

from accounts.rules import sees_all_missions
from core import clock
from core.actors import user_actor
from core.rights import allowed
from core.views import RightMixin
from missions.enums import BEFORE_ELECTION_DAY, ENDED, DecisionOutcome, MissionFormat, MissionState, RequestState
from missions.forms.missions import ConvertForm, MilestoneForm, MissionForm, VisitEditForm, VisitForm, WatchForm
from missions.joining import family_of
from missions.lifecycle import CONVERT_SOURCES, MOVES, road_for
from missions.models import DeadlineRule, Decision, Milestone, Mission, PastMission, Request, Visit
from missions.services import deadlines, families, lifecycle, visits
from missions.services import missions as service
from missions.services.polling import Outlook, outlook, outlook_of_format
from missions.views.base import FormPage, MissionAction, MissionMixin
from missions.views.base import MissionForm as MissionFormPage
from missions.views.polling import PreviewedForm, past_warning, tell_changes


class MissionListView(RightMixin, ListView):
    """The desk: missions with their state, next deadline and polling day."""

    template_name = "missions/missions.html"
    permission = "missions.view_mission"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Mission]:
        """Running missions, the next polling day first; all or the ended ones where asked for."""
        rows = Mission.objects.visible_to(self.request.user).with_polling().with_next_deadline().select_related("country")
        shown = self.request.GET.get("show", "")
        if shown == "ended":
            rows = rows.filter(state__in=ENDED)
        elif shown != "all":
            rows = rows.running()
        words = self.request.GET.get("q", "").strip()
        if words:
            rows = rows.filter(reference__icontains=words) | rows.filter(title_en__icontains=words) | rows.filter(title_fr__icontains=words)
        return rows.order_by("first_polling", "reference")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the next deadline of each row; for the secretariat, what waits."""
        context = super().get_context_data(**kwargs)
        labels = {rule.pk: rule.label for rule in DeadlineRule.objects.all()}
        # Django casts every label of a field's choices for each row that shows one: over fifty rows most of the page's time.
        states, formats = dict(MissionState.choices), dict(MissionFormat.choices)
        today = clock.today()
        for mission in context["object_list"]:
            mission.state_label, mission.format_label = states[mission.state], formats[mission.format]
            mission.next_due_label = labels.get(mission.next_due_rule, "")
            mission.is_late = bool(mission.next_due_on and mission.next_due_on < today and not mission.has_ended)
        if sees_all_missions(self.request.user):
            context["waiting"] = Request.objects.filter(state=RequestState.RECEIVED).count()
            context["overdue"] = Milestone.objects.overdue(today).filter(mission__in=Mission.objects.running()).count()
        return {**context, "shown": self.request.GET.get("show", ""), "today": today}


class MissionView(MissionMixin, TemplateView):
    """One mission: its state line, what may be done next and what is missing for it, deadlines, visits, history."""

    template_name = "missions/mission.html"
    active_tab = "overview"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything the page shows."""
        mission, user = self.mission, self.request.user
        road = road_for(mission.format)
        at = road.index(mission.state) if mission.state in road else -1
        today = clock.today(mission.zone)
        milestones = list(mission.milestones.by_day().select_related("rule"))
        for row in milestones:
            row.late = row.is_overdue(today) and not mission.has_ended
        ahead = lifecycle.next_move(mission)
        action = next((name for name, move in MOVES.items() if move is ahead), "")
        by = user_actor(user)
        moves = lifecycle.available_moves(mission, user)
        told = {move.action: move.missing for move in moves}
        history = lifecycle.history_of(mission)
        decision = Decision.objects.filter(Q(mission=mission) | Q(request=mission.request_id, request__isnull=False)).first()
        kin = [row.pk for row in family_of(mission)]
        return super().get_context_data(
            road=[(state, "done" if n < at else "current" if n == at else "ahead") for n, state in enumerate(road)],
            moves=moves,
            ahead=ahead,
            missing=told[action] if action in told else lifecycle.missing_for(mission, action) if action else [],
            milestones=milestones,
            milestone_form=MilestoneForm(),
            visits=mission.visits.all(),
            meets=lifecycle.deadlines_met(mission, ahead.target) if ahead else [],
            history=history,
            ended_note=history[-1].note if history else "",
            family=self._family(),
            **self._joining(),
            decision=decision,
            outcome=DecisionOutcome,
            may_change=allowed(by, "missions.change_mission", mission),
            may_see_deadlines=allowed(by, "missions.view_milestone", mission),
            may_convert=mission.state in CONVERT_SOURCES and allowed(by, "missions.move_mission", mission),
            convert_form=ConvertForm(initial={"format": mission.format}),
            past=PastMission.objects.filter(country=mission.country)[:6],
            others=Mission.objects.visible_to(user).filter(country=mission.country).exclude(pk__in=kin).with_polling()[:6],
            **kwargs,
        )

    def _joining(self) -> dict[str, bool]:
        """Whether it may be joined to another mission of the country, or parted again."""
        mission, user = self.mission, self.request.user
        if mission.has_ended or not allowed(user_actor(user), "missions.register_request", mission):
            return {"may_continue": False, "may_part": False}
        is_second = mission.continues_id is not None
        may_decide = is_second and mission.request_id is None and mission.state in BEFORE_ELECTION_DAY
        return {
            "may_decide": may_decide and not Decision.objects.filter(mission=mission).exists(),
            "may_continue": not is_second and families.firsts_for(mission, user).exists(),
            "may_part": is_second and mission.request_id is not None,
        }

    def _family(self) -> list[dict[str, str]]:
        """The other missions of the same report; a link where the reader may see one."""
        others = [row for row in family_of(self.mission) if row.pk != self.mission.pk]
        seen = Mission.objects.visible_to(self.request.user).filter(pk__in=[row.pk for row in others]).values_list("pk", flat=True)
        mine = set(seen) if others else set()
        return [{"reference": row.reference, "url": row.get_absolute_url() if row.pk in mine else ""} for row in others]


class MissionWatchView(FormPage):
    """Enter an election to watch: it opens the file of a mission in `watch`."""

    permission = "missions.register_request"
    form_class = WatchForm
    template_name = "missions/polling_form.html"
    title = gettext_lazy("Election to watch")
    lead = gettext_lazy("An election is known, no invitation has come yet.")
    submit_label = gettext_lazy("Open the file")

    def act(self, form: forms.Form) -> Mission:
        """Make election and mission."""
        values = {name: form.cleaned_data[name] for name in ("country", "kind", "title_en", "title_fr", "title_de", "area")}
        election = service.create_election(by=self.actor, polling=form.polling(), **values)
        if election.first_day:
            for warning in past_warning(election.first_day, election.zone):
                messages.warning(self.request, warning)
        return service.create_mission(by=self.actor, election=election)

    def get_success_url(self) -> str:
        """The mission's page."""
        return self.done.get_absolute_url()


class MissionEditView(PreviewedForm):
    """Titles, days, zone, and which polling days the mission observes; what other days do to deadlines is shown before."""

    permission = "missions.change_mission"
    form_class = MissionForm
    active_tab = "overview"
    title = gettext_lazy("Change the mission")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form shows the mission."""
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        return {**kwargs, "mission": self.mission}

    def outlooks(self, form: forms.Form) -> list[Outlook]:
        """This mission, with the days as the form has them."""
        days = [row.day for row in form.cleaned_data["polling_days"]]
        if not days or set(days) == {row.day for row in self.mission.polling_days.all()}:
            return []
        self.mission.first_day, self.mission.last_day = form.cleaned_data["first_day"], form.cleaned_data["last_day"]
        return [outlook(self.mission, days)]

    def act(self, form: forms.Form) -> Mission:
        """Save, and tell which deadlines followed."""
        values = dict(form.cleaned_data)
        days = list(values.pop("polling_days"))
        outlooks = self.outlooks(form)
        mission = service.change_mission(self.mission, by=self.actor, **values)
        for item in outlooks:
            visits.move_visits(item.visits, by=self.actor, chosen=self.chosen_visits())
        if {row.pk for row in days} != {row.pk for row in mission.polling_days.all()}:
            tell_changes(self.request, service.choose_polling_days(mission, by=self.actor, polling_days=days))
        messages.success(self.request, _("The mission was saved."))
        return mission

    def get_success_url(self) -> str:
        """Back to the mission."""
        return self.mission.get_absolute_url()


class MissionMoveView(MissionAction):
    """Move the mission: `action`, `note`, `seen_state`."""

    def act(self, request: HttpRequest) -> str:
        """Make the move."""
        action = request.POST.get("action", "")
        if action not in MOVES:
            messages.error(request, _("There is no such move."))
            return self.mission.get_absolute_url()
        lifecycle.move_mission(
            self.mission, action, by=self.actor, note=request.POST.get("note", ""), seen_state=request.POST.get("seen_state", "")
        )
        messages.success(request, _("Done: %(move)s.") % {"move": MOVES[action].label})
        return self.mission.get_absolute_url()


class MissionConvertView(PreviewedForm):
    """Convert the format; which deadlines fall away and which come is shown before."""

    permission = "missions.move_mission"
    form_class = ConvertForm
    active_tab = "overview"
    title = gettext_lazy("Convert the format")
    lead = gettext_lazy("Deadlines follow the format. You see what changes before it is saved.")
    submit_label = gettext_lazy("Go on")
    confirm_label = gettext_lazy("Convert with these changes")

    def get_initial(self) -> dict[str, Any]:
        """The format and the state that the page shows."""
        return {"format": self.mission.format, "seen_state": self.mission.state}

    def outlooks(self, form: forms.Form) -> list[Outlook]:
        """The deadlines of the other format. Raises what the act would, before anything is shown."""
        lifecycle.check_convertible(self.mission, format=form.cleaned_data["format"], reason=form.cleaned_data["reason"])
        return [outlook_of_format(self.mission, form.cleaned_data["format"])]

    def act(self, form: forms.Form) -> Mission:
        """Convert."""
        mission = lifecycle.convert_format(self.mission, by=self.actor, **form.cleaned_data)
        messages.success(self.request, _("The format was converted; the deadlines follow it."))
        return mission

    def get_success_url(self) -> str:
        """Back to the mission."""
        return self.mission.get_absolute_url()


class VisitCreateView(MissionFormPage):
    """Plan a journey."""

    permission = "missions.change_mission"
    form_class = VisitForm
    active_tab = "overview"
    title = gettext_lazy("Plan a visit")

    def act(self, form: forms.Form) -> Any:
        """Plan it."""
        return service.plan_visit(self.mission, by=self.actor, **form.cleaned_data)

    def get_success_url(self) -> str:
        """Back to the mission."""
        return self.mission.get_absolute_url()


class VisitEditView(MissionFormPage):
    """Change days and place of a journey; a visit whose days were set by hand no longer follows polling day of itself."""

    permission = "missions.change_mission"
    form_class = VisitEditForm
    active_tab = "overview"
    title = gettext_lazy("Change the visit")
    lead = gettext_lazy("Days that you set by hand follow a moved polling day only where you take them along.")

    @cached_property
    def visit(self) -> Visit:
        """The visit, of this mission."""
        return get_object_or_404(self.mission.visits, uuid=self.kwargs["uuid"])

    def get_initial(self) -> dict[str, Any]:
        """As it is."""
        return {name: getattr(self.visit, name) for name in ("starts_on", "ends_on", "place", "is_online")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Named after its kind."""
        return super().get_context_data(**kwargs) | {"title": f"{self.title}: {self.visit.get_kind_display()}"}

    def act(self, form: forms.Form) -> Any:
        """Save."""
        return visits.change_visit(self.visit, by=self.actor, **form.cleaned_data)

    def get_success_url(self) -> str:
        """Back to the mission."""
        return self.mission.get_absolute_url()


class MilestoneView(MissionAction):
    """A deadline: `act` is `done`, `reopen` or `move` (with `to` and `reason`)."""

    permission = "missions.change_milestone"

    def act(self, request: HttpRequest) -> str:
        """Do it."""
        milestone = get_object_or_404(self.mission.milestones, uuid=self.kwargs["uuid"])
        back = self.mission.get_absolute_url() + "#deadlines"
        wanted = request.POST.get("act", "")
        if wanted == "done":
            deadlines.complete_milestone(milestone, by=self.actor)
        elif wanted == "reopen":
            deadlines.reopen_milestone(milestone, by=self.actor)
        else:
            form = MilestoneForm(request.POST)
            if not form.is_valid():
                messages.error(request, _("Give the new day and the reason."))
                return back
            deadlines.move_milestone(milestone, by=self.actor, **form.cleaned_data)
        return back


class PastMissionListView(RightMixin, ListView):
    """Missions before Scrutin, with their adopted texts; unverified rows are marked."""

    template_name = "missions/past_missions.html"
    permission = "missions.view_mission"
    queryset = PastMission.objects.select_related("country")
    paginate_by = 60
