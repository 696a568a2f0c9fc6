"""Pages of the reminder rules: what they are, who would get what, and the administrator's changes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from core import reminder_rules
from core.errors import Invalid
from core.forms import ReminderRuleForm
from core.rights import allowed
from core.views import RightMixin

SHOWN_AT_ONCE = 40


class ReminderRulesView(RightMixin, TemplateView):
    """Every rule as it runs."""

    template_name = "core/reminder_rules.html"
    permission = "core.view_reminders"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The rules, and whether this reader may change them."""
        may_change = allowed(self.actor, "core.change_reminder_rules")
        return super().get_context_data(states=reminder_rules.states().values(), may_change=may_change, **kwargs)


class ReminderPlanView(RightMixin, TemplateView):
    """Who would get what within thirty days, if nobody did anything until then."""

    template_name = "core/reminder_plan.html"
    permission = "core.view_reminders"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The lines, by pages."""
        lines = reminder_rules.preview()
        page = Paginator(lines, 100).get_page(self.request.GET.get("page"))
        page.object_list = reminder_rules.with_subjects(page.object_list)
        return super().get_context_data(page_obj=page, days=reminder_rules.PREVIEW_DAYS, **kwargs)


class ReminderRuleView(RightMixin, View):
    """Change one rule; `preview` shows what it would do before it is saved, `reset` lets it be as its app declares it."""

    permission = "core.change_reminder_rules"

    def get(self, request: HttpRequest, rule: str) -> HttpResponse:
        """The form with the plan as it is."""
        state = self._state(rule)
        return self._show(ReminderRuleForm(state=state), reminder_rules.preview(state))

    def post(self, request: HttpRequest, rule: str) -> HttpResponse:
        """Preview, save or reset."""
        if "reset" in request.POST:
            self._state(rule)
            reminder_rules.reset_rule(rule, by=self.actor)
            messages.success(request, _("The rule is again as it came."))
            return redirect("core:reminder_rule", rule)
        form = ReminderRuleForm(request.POST, state=self._state(rule))
        if not form.is_valid():
            return self._show(form, [], status=400)
        try:
            state = form.proposal()
        except Invalid as refusal:
            form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal.sentence))
            return self._show(form, [], status=400)
        if "save" not in request.POST:
            return self._show(form, reminder_rules.preview(state), is_tried=True)
        reminder_rules.change_rule(state, by=self.actor)
        messages.success(request, _("The rule is saved."))
        return redirect("core:reminder_rules")

    def _show(self, form: ReminderRuleForm, lines: list, *, is_tried: bool = False, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "state": form.state,
            "lines": reminder_rules.with_subjects(lines[:SHOWN_AT_ONCE]),
            "more": max(0, len(lines) - SHOWN_AT_ONCE),
            "is_tried": is_tried,
            "days": reminder_rules.PREVIEW_DAYS,
        }
        return render(self.request, "core/reminder_rule.html", context, status=status)

    def _state(self, rule: str) -> reminder_rules.RuleState:
        try:
            return reminder_rules.state_of(rule)
        except LookupError as error:
            raise Http404 from error
