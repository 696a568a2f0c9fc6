"""What pages about missions share."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from core.actors import user_actor
from core.rights import allowed
from core.views import RightMixin, pages
from core.views.pages import ActionView
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


class FormPage(pages.FormPage):
    """A page with a form, in the dress of missions."""

    template_name = "missions/form.html"


class MissionForm(MissionMixin, FormPage):
    """A form inside a mission's pages."""

    template_name = "missions/mission_form.html"


class MissionAction(MissionMixin, ActionView):
    """An act inside a mission's pages."""
