"""What the desk pages of this app share."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from core.errors import DomainError, NotAllowed
from core.languages import reader_language
from core.rights import allowed
from missions.views.base import MissionMixin
from reports.models import Report


class MissionPage(MissionMixin, TemplateView):
    """A page of a mission. A form that a service refused is shown again with the sentence, and loses no word."""

    bound_form: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer; show a refusal at the form that was sent."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotAllowed:
            raise
        except DomainError as refusal:
            if self.bound_form is None:
                raise
            form = self.bound_form
            form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal.sentence))
            context = self.get_context_data(form=form) | {"missing": refusal.missing}
            return self.render_to_response(context, status=refusal.status)

    @cached_property
    def report(self) -> Report | None:
        """The mission's report, if it was opened."""
        rows = Report.objects.for_mission(self.mission).select_related("country").prefetch_related("missions").order_by("-pk")
        return rows.live().first() or rows.first()

    @property
    def language(self) -> str:
        """The language of the page."""
        return reader_language()

    def may(self, permission: str, obj: Any = None) -> bool:
        """May the reader do this? Asked to show a button."""
        return allowed(self.actor, permission, obj if obj is not None else self.mission)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page's language beside mission and tabs."""
        return super().get_context_data(**kwargs) | {"language": self.language}


class ReportPage(MissionPage):
    """A page about the mission's report; 404 where none was opened."""

    active_tab = "report"

    def get_right_object(self) -> Any:
        """The report: its missions' roles count."""
        return self.needed_report

    @cached_property
    def needed_report(self) -> Report:
        """The report; it must be there."""
        return get_object_or_404(Report, pk=self.report.pk if self.report else None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The report for every page."""
        return super().get_context_data(**kwargs) | {"report": self.needed_report}


def texts_from(request: HttpRequest, prefix: str) -> dict[str, str]:
    """Texts of one field by language, as forms name them: `statement_en`, `statement_fr`, `statement_hy`."""
    named = re.compile(rf"{prefix}_([a-z]{{2,3}}(?:-[A-Za-z]{{2,4}})?)")
    return {found[1]: value for name, value in request.POST.items() if (found := named.fullmatch(name)) and isinstance(value, str)}
