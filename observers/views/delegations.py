"""National delegations as on a day, the calendar of terms, and the dated facts about states that the rules rest on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View

from core import clock
from core.actors import user_actor
from core.rights import allowed
from core.views import RightMixin
from missions.models import Country
from observers.forms.people import JudgementForm, PeopleFilter, StateMarkForm
from observers.models import Membership, StateMark
from observers.services.delegations import delegation_on, delegations_on
from observers.services.judgements import judge_composition, points_of
from observers.services.marks import end_mark, set_mark
from observers.services.standing import load_calendar, load_standings
from observers.services.term_calendar import events_of
from observers.views.days import day_of
from observers.views.people import RefusingForm


class NationalDelegationsView(RightMixin, TemplateView):
    """Every state's delegation as on a day: seats filled and vacant, and what the rules say."""

    template_name = "observers/national_delegations.html"
    permission = "observers.view_membership"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The states by name, with the sums."""
        day = day_of(self.request)
        reports = delegations_on(day, Country.objects.filter(is_member=True).by_name())
        filled = sum(len(one.members) for report in reports for one in report.lists)
        return super().get_context_data(
            day=day,
            reports=reports,
            filled=filled,
            seats=sum(2 * report.seats for report in reports),
            is_today=day == clock.today(),
            **kwargs,
        )


class StateMixin(RightMixin):
    """A page about one member state, by its code."""

    permission = "observers.view_membership"
    kwargs: dict[str, Any]

    @cached_property
    def country(self) -> Country:
        """The state of the address."""
        return get_object_or_404(Country, code=self.kwargs["code"].upper(), is_member=True)

    def get_success_url(self) -> str:
        """Back to the delegation."""
        return reverse("observers:national_delegation", args=[self.country.code])


class NationalDelegationView(StateMixin, TemplateView):
    """One state's delegation as on a day: every seat, R2-R7 for both lists, R4 and R5 by person, what ends when."""

    template_name = "observers/national_delegation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What the service says of it."""
        day = day_of(self.request)
        report = delegation_on(day, self.country)
        may_change = allowed(user_actor(self.request.user), "observers.change_membership")
        points = points_of(self.country, day, report.facts)
        return super().get_context_data(country=self.country, day=day, report=report, points=points, may_change=may_change, **kwargs)


class TermCalendarView(RightMixin, TemplateView):
    """What ends when, in all states or one, from a day on."""

    template_name = "observers/terms.html"
    permission = "observers.view_membership"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The events of the memberships that run then or begin later."""
        day = day_of(self.request)
        chosen = PeopleFilter(self.request.GET)
        country = chosen.cleaned_data.get("country") if chosen.is_valid() else None
        rows = Membership.objects.exclude(ends_on__lt=day).select_related("person", "country", "group")
        if country:
            rows = rows.filter(country=country)
        found = list(rows)
        calendar = load_calendar()
        events = events_of(found, load_standings({row.person_id for row in found}), calendar, day)
        return super().get_context_data(day=day, country=country, filter=chosen, events=events, **kwargs)


class StateMarkView(RefusingForm, StateMixin, FormView):
    """Enter a dated fact about the state: without regions, a large authority, a region with legislative powers."""

    template_name = "observers/person_form.html"
    permission = "observers.change_membership"
    form_class = StateMarkForm
    extra_context = {"title": gettext_lazy("A fact about the state")}

    def act(self, form: StateMarkForm) -> str:
        """Enter it."""
        set_mark(self.country, by=self.actor, **form.cleaned_data)
        return _("The fact is entered.")


class JudgementView(RefusingForm, StateMixin, FormView):
    """Record how a point of Charter 2.2 that people judge is judged; `?point=` chooses it."""

    template_name = "observers/person_form.html"
    permission = "observers.change_membership"
    form_class = JudgementForm
    extra_context = {"title": gettext_lazy("Judge the composition (Charter 2.2)")}

    def get_initial(self) -> dict[str, Any]:
        """The point of the address, today."""
        return {"point": self.request.GET.get("point", ""), "judged_on": clock.today()}

    def act(self, form: JudgementForm) -> str:
        """Record it."""
        judge_composition(self.country, by=self.actor, **form.cleaned_data)
        return _("The judgement is recorded.")


class StateMarkEndView(StateMixin, View):
    """End a fact about the state today."""

    permission = "observers.change_membership"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, code: str, uuid: Any) -> HttpResponse:
        """End it."""
        end_mark(get_object_or_404(StateMark, uuid=uuid, country=self.country), by=self.actor, last_day=clock.today())
        messages.success(request, _("The fact ends today."))
        return redirect(self.get_success_url())
