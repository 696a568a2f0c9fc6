"""Requests to correct on the desk: what waits, taking one over, refusing one with a sentence; what is stored about somebody."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import ListView, View

from accounts.services.names import names_of
from core.rights import allowed
from core.views import RightMixin
from observers.enums import CorrectionState
from observers.models import CorrectionRequest, PersonPaper
from observers.services.corrections import proposals_of, refuse_correction, take_over
from observers.services.own import send_own_link
from observers.views.own_page import paper_file, stored_file
from observers.views.people import PersonMixin


class CorrectionsView(RightMixin, ListView):
    """The queue, the oldest first; answered ones on demand, the newest first."""

    template_name = "observers/corrections.html"
    permission = "observers.view_correction"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[CorrectionRequest]:
        """Those that wait, or those in the state that was asked for."""
        rows = CorrectionRequest.objects.visible_to(self.request.user).select_related("person")
        self.state = self.request.GET.get("state", "")
        if self.state in CorrectionState.values and self.state != CorrectionState.OPEN:
            return rows.filter(state=self.state)
        return rows.waiting()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each with what would change."""
        context = super().get_context_data(**kwargs)
        names = names_of({row.answered_by for row in context["object_list"] if row.answered_by})
        for row in context["object_list"]:
            row.proposals = proposals_of(row)
            row.answered_name = names.get(row.answered_by, "")
        return {
            **context,
            "state": self.state or CorrectionState.OPEN.value,
            "states": CorrectionState.choices,
            "may_answer": allowed(self.actor, "observers.answer_correction"),
        }


class CorrectionAnswerView(RightMixin, View):
    """Take over or refuse."""

    permission = "observers.answer_correction"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        """Answer; the person is told."""
        row = get_object_or_404(CorrectionRequest, uuid=uuid)
        answer = request.POST.get("answer", "")
        if request.POST.get("do") == "take":
            take_over(row, by=self.actor, answer=answer)
            messages.success(request, _("The correction is taken over; the person is told."))
        else:
            refuse_correction(row, by=self.actor, answer=answer)
            messages.success(request, _("The correction is refused; the person is told why."))
        return redirect("observers:corrections")


class PersonStoredView(PersonMixin, View):
    """Everything that is stored about somebody, as a file: for an answer to who asks what is known of them."""

    permission = "observers.view_stored"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """JSON."""
        return stored_file(self.person)


class PersonPaperView(PersonMixin, View):
    """A paper of somebody, for the accreditation."""

    permission = "observers.view_papers"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The file."""
        return paper_file(get_object_or_404(PersonPaper.objects.select_related("file"), person=self.person, uuid=kwargs["paper"]))


class OwnLinkView(PersonMixin, View):
    """Send somebody a secure link to their own page."""

    permission = "accounts.issue_link"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send it."""
        send_own_link(self.person, by=self.actor)
        messages.success(request, _("A mail with a link to the own page is on its way to %(name)s.") % {"name": self.person.name})
        return redirect(reverse("observers:person", args=[self.person.uuid]))
