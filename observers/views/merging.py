"""Merging two rows of one person, after a look at what would follow; taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from accounts.models import Person, PersonMerge
from accounts.services.people_merging import likely_twins, merge_people, part_people, preview_people
from core.errors import Invalid
from observers.views.people import PersonMixin

CANDIDATES = 20


class PersonMergeView(PersonMixin, TemplateView):
    """Merge another row into this one: look for it (`q`), see what would follow (`other`), confirm (POST `other`)."""

    template_name = "observers/person_merge.html"
    permission = "observers.merge_people"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Candidates, and what merging the chosen one would do."""
        words, other = self.request.GET.get("q", "").strip(), self._other(self.request.GET.get("other", ""))
        rows = Person.objects.standing().exclude(pk=self.person.pk).named(words) if words else likely_twins(self.person)
        preview = preview_people(self.person, other, by=self.actor) if other else None
        found = rows.order_by("family_name", "given_name")[:CANDIDATES].prefetch_related("memberships__country")
        return super().get_context_data(q=words, found=found, other=other, preview=preview, **kwargs)

    def post(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        """Merge them."""
        other = self._other(request.POST.get("other", ""))
        if other is None:
            raise Invalid(_("Choose the person who is the same as this one."), attr="other")
        merge_people(self.person, other, by=self.actor)
        values = {"old": other.name, "new": self.person.name}
        messages.success(request, _("“%(old)s” is merged into “%(new)s”; both names lead here.") % values)
        return redirect(self.person)

    def _other(self, uuid: str) -> Person | None:
        try:
            return Person.objects.filter(uuid=UUID(uuid)).first()
        except ValueError:
            return None


class PersonMergeUndoView(PersonMixin, View):
    """Take a merge back."""

    permission = "observers.merge_people"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Undo it."""
        back = part_people(get_object_or_404(PersonMerge, kept=self.person, uuid=kwargs["merge"]), by=self.actor)
        messages.success(request, _("The merge is taken back: “%(name)s” stands on its own again.") % {"name": back.name})
        return redirect(self.person)
