"""Good practice of other collections at the desk: read in, looked at, let out or put aside."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import ListView, TemplateView

from core import translations
from core.languages import reader_language
from core.rights import allowed
from core.views import RightMixin
from missions.views.base import ActionView
from reports.enums import PracticeState
from reports.models import GoodPractice
from reports.views.practices import about_practice, move_by_form

LIST_BYTES = 10 * 1024 * 1024
SHOWN_ROWS = 100
PER_PAGE = 50


class CollectedView(RightMixin, ListView):
    """What was read in, newest first, by `state` and `collection`."""

    permission = "reports.view_collected"
    template_name = "reports/collected.html"
    paginate_by = PER_PAGE

    def get_queryset(self) -> Any:
        """Filtered."""
        rows = GoodPractice.objects.collected().visible_to(self.request.user).select_related("country")
        if (state := self.request.GET.get("state", "")) in PracticeState.values:
            rows = rows.filter(state=state)
        if collection := self.request.GET.get("collection", ""):
            rows = rows.filter(collection=collection)
        return rows.order_by("-number")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Titles, filters, rights."""
        context = super().get_context_data(**kwargs)
        titles = translations.texts_of_many(context["object_list"], "title")
        language = reader_language()
        seen = GoodPractice.objects.collected().visible_to(self.request.user)
        return context | {
            "items": [(row, translations.best_text(titles[row.uuid], language, row.authentic_language)) for row in context["object_list"]],
            "states": PracticeState.choices,
            "state": self.request.GET.get("state", ""),
            "collection": self.request.GET.get("collection", ""),
            "collections": sorted(set(seen.order_by().values_list("collection", flat=True))),
            "may_import": allowed(self.actor, "reports.import_practices"),
        }


class CollectedMixin(RightMixin):
    """A page or act about one of them; outside the reader's view it does not exist."""

    permission = "reports.view_collected"

    @cached_property
    def practice(self) -> GoodPractice:
        """The practice of the address."""
        rows = GoodPractice.objects.collected().visible_to(self.request.user).select_related("country")
        return get_object_or_404(rows, uuid=self.kwargs["uuid"])

    def get_right_object(self) -> GoodPractice:
        """Rights are asked about the practice."""
        return self.practice


class CollectedPracticeView(CollectedMixin, TemplateView):
    """One of them, with its collection, its licence and its moves."""

    template_name = "reports/collected_practice.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything about it."""
        context = super().get_context_data(**kwargs) | about_practice(self.practice, self.actor)
        move_url = reverse("reports:collected_move", args=[self.practice.uuid])
        return context | {"move_url": move_url, "language": reader_language()}


class CollectedMoveView(CollectedMixin, ActionView):
    """Mark as checked, return, publish, take back, withdraw."""

    def act(self, request: HttpRequest) -> str:
        """Move it; the service asks for the right of the move."""
        return move_by_form(self.practice, request, self.actor).get_absolute_url()
