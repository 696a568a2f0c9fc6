"""What pages about missions share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.views.generic import FormView, View

from core.actors import user_actor
from core.errors import DomainError, NotAllowed
from core.rights import allowed
from core.views import RightMixin
from missions.forms.programme import NOTE_LEVELS
from missions.models import Mission
from missions.tabs import tabs_for


class MissionMixin(RightMixin):
    """A page of one mission, named by `reference` in its address.

    Outside the reader's view it does not exist (404); inside, `permission` is asked on the mission (403). The context
    has `mission`, `tabs` and `active_tab`; templates extend `missions/mission_base.html`.
    """

    permission = "missions.view_mission"
    active_tab = ""

    @cached_property
    def mission(self) -> Mission:
        """The mission of this page, if the reader may see it."""
        rows = Mission.objects.visible_to(self.request.user).select_related("country", "election", "request")
        return get_object_or_404(rows.prefetch_related("polling_days"), reference=self.kwargs["reference"])

    def get_right_object(self) -> Any:
        """Rights are asked about the mission."""
        return self.mission

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The mission, its tabs, and which of them is open."""
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {"mission": self.mission, "tabs": tabs_for(self.mission, self.request.user), "active_tab": self.active_tab, **context}


def note_rights(user: Any, mission: Mission) -> dict[str, Any]:
    """What a list of notes asks about its reader: whose notes are theirs to correct, and whether they set who may read."""
    by = user_actor(user)
    return {
        "own_person": by.person.pk if by.person and allowed(by, "missions.write_note", mission) else 0,
        "levels": NOTE_LEVELS if allowed(by, "missions.classify_note", mission) else [],
    }


class FormPage(RightMixin, FormView):
    """A page with a form whose act is a service: a refusal is shown at its field, with everything that is missing."""

    submit_label: Any = ""
    title: Any = ""
    lead: Any = ""
    template_name = "missions/form.html"

    def act(self, form: forms.Form) -> Any:
        """Call the service; what it returns is kept as `self.done`."""
        raise NotImplementedError

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Act and go on, or show the refusal."""
        try:
            self.done = self.act(form)
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self.refuse(form, refusal)
        return redirect(self.get_success_url())

    def refuse(self, form: forms.Form, refusal: DomainError) -> HttpResponse:
        """The form again, with the sentence at its field and what is missing."""
        form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal.sentence))
        context = self.get_context_data(form=form, missing=refusal.missing)
        return self.render_to_response(context, status=refusal.status)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """The form again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Title, lead and the button's words."""
        return super().get_context_data(title=self.title, lead=self.lead, submit_label=self.submit_label, **kwargs)


class ActionView(RightMixin, View):
    """One act by POST; a refusal is shown by the middleware."""

    http_method_names = ["post"]

    def act(self, request: HttpRequest) -> str:
        """Call the service and say where to go on."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Act, then go on."""
        return redirect(self.act(request))


class MissionForm(MissionMixin, FormPage):
    """A form inside a mission's pages."""

    template_name = "missions/mission_form.html"


class MissionAction(MissionMixin, ActionView):
    """An act inside a mission's pages."""
