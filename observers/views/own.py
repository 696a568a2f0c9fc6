"""One's own page in a mission: answer the invitation, sign the code of conduct, declare interests; signed in or by link."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.services.links import open_link
from core import clock
from core.actors import Actor
from core.errors import Invalid
from core.views import RightMixin
from missions.enums import LIVE_ASSIGNMENTS, AssignmentState
from missions.models import Assignment
from observers.enums import DeclarationKind
from observers.forms.delegation import IdentityForm
from observers.models import AccreditationList, CallRecipient, Declaration, IdentityDocument, Interest
from observers.services.accreditation import delete_own_identity, enter_identity, may_enter
from observers.services.assignments import PURPOSE, answer_invitation
from observers.services.declarations import code_of_conduct, current_declarations, declare_interests, interest_questions, sign_code
from observers.services.eligibility import mission_days
from observers.services.interest_facts import facts_for, lapse_of


class OwnPage(TemplateView):
    """What both doors share: the page and its three forms."""

    template_name = "observers/own_assignment.html"
    assignment: Assignment
    by: Actor

    def own_url(self) -> str:
        """Where the forms lead back to."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The mission in short, and what is open."""
        row = self.assignment
        language = self.request.LANGUAGE_CODE
        declared = current_declarations(row)
        first, last = mission_days(row.mission)
        return super().get_context_data(
            assignment=row,
            mission=row.mission,
            first=first,
            last=last,
            is_asked=row.state == AssignmentState.ASKED,
            is_live=row.state in LIVE_ASSIGNMENTS,
            code=code_of_conduct(language),
            questions=self._questions(language),
            signed=declared.get(DeclarationKind.CODE),
            interest=declared.get(DeclarationKind.INTEREST),
            lapsed=self._lapsed(declared.get(DeclarationKind.INTEREST), last),
            form_url=self.own_url(),
            asks_identity=may_enter(row),
            document=IdentityDocument.objects.filter(assignment=row).first(),
            identity_form=kwargs.pop("identity_form", None) or IdentityForm(),
            keep_days=AccreditationList.objects.filter(mission=row.mission).values_list("keep_days", flat=True).first(),
            problem=kwargs.pop("problem", None),
            **kwargs,
        )

    def _lapsed(self, interest: Declaration | None, last: date) -> str:
        """Why interests have to be declared anew, if so."""
        if interest is None:
            return ""
        return lapse_of(
            interest, facts_for([self.assignment], self.assignment.mission)[self.assignment.pk], needed_until=max(clock.today(), last)
        )

    def _questions(self, language: str) -> dict[str, Any]:
        """The questions with what was answered, here or before."""
        text = interest_questions(language)
        before = current_declarations(self.assignment).get(DeclarationKind.INTEREST)
        given = before.answers if before else {}
        if self.request.method == "POST":
            given = self._given(text)
        return {**text, "questions": [{**item, **given.get(item["code"], {})} for item in text["questions"]]}

    def _given(self, text: dict[str, Any]) -> dict[str, dict[str, str]]:
        post = self.request.POST
        return {
            item["code"]: {"answer": post.get(f"answer-{item['code']}", ""), "detail": post.get(f"detail-{item['code']}", "")}
            for item in text["questions"]
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer, sign or declare."""
        act, language = request.POST.get("do", ""), request.LANGUAGE_CODE
        if act in {"accept", "decline"}:
            answer_invitation(self.assignment, by=self.by, accept=act == "accept", note=request.POST.get("note", ""))
            messages.success(request, _("Thank you: your answer has arrived."))
        elif act == "sign":
            sign_code(self.assignment, by=self.by, language=language, version=request.POST.get("version", ""))
            messages.success(request, _("Thank you: the code of conduct is signed."))
        elif act == "identity":
            return self._identity(request)
        elif act == "identity_delete":
            delete_own_identity(self.assignment, by=self.by)
            messages.success(request, _("Your identity data are deleted."))
        elif act == "declare":
            text = interest_questions(language)
            try:
                declare_interests(self.assignment, by=self.by, answers=self._given(text), language=language)
            except Invalid as refusal:
                return self.render_to_response(self.get_context_data(problem=refusal), status=400)
            messages.success(request, _("Thank you: your declaration has arrived."))
        return redirect(self.own_url())

    def _identity(self, request: HttpRequest) -> HttpResponse:
        form = IdentityForm(request.POST)
        if form.is_valid():
            try:
                enter_identity(self.assignment, by=self.by, values=form.cleaned_data)
            except Invalid as refusal:
                form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal.sentence))
        if form.errors:
            return self.render_to_response(self.get_context_data(identity_form=form), status=400)
        messages.success(request, _("Thank you: your identity data are kept for the accreditation."))
        return redirect(self.own_url())


class JoinView(OwnPage):
    """By secure link, without an account."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Open the link; one that is not good any more is refused with a sentence."""
        self.link, self.by, self.assignment = open_link(kwargs["token"], purpose=PURPOSE)
        return super().dispatch(request, *args, **kwargs)

    def own_url(self) -> str:
        """The same link."""
        return reverse("observers:join", args=[self.kwargs["token"]])


class OwnAssignmentView(RightMixin, OwnPage):
    """Signed in."""

    permission = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Somebody else's assignment does not exist here."""
        if request.user.is_authenticated:
            rows = Assignment.objects.select_related("mission__country", "person").filter(person=request.user.person_id or 0)
            self.assignment = get_object_or_404(rows, uuid=kwargs["uuid"])
            self.by = self.actor
        return super().dispatch(request, *args, **kwargs)

    def own_url(self) -> str:
        """This page."""
        return reverse("observers:own_assignment", args=[self.assignment.uuid])


class OwnMissionsView(RightMixin, TemplateView):
    """One's own missions, and what is open in them."""

    template_name = "observers/own_missions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Assignments, newest first."""
        person = self.request.user.person_id or 0
        rows = list(
            Assignment.objects.filter(person=person)
            .select_related("mission__country", "mission__election")
            .prefetch_related("declarations", "mission__polling_days")
            .order_by("-created_at")
        )
        for row in rows:
            declared = current_declarations(row)
            row.lacks_code = row.is_live and DeclarationKind.CODE not in declared
            row.lacks_interest = row.is_live and DeclarationKind.INTEREST not in declared
        return super().get_context_data(assignments=rows, calls=open_calls(person), **kwargs)


def open_calls(person: int) -> list[CallRecipient]:
    """Running calls for interest that the person is asked in, before the mission has begun, with what was answered."""
    rows = list(
        CallRecipient.objects.filter(person=person, call__withdrawn_at__isnull=True, sent_at__isnull=False)
        .exclude(call__mission__first_day__lte=clock.today())
        .select_related("call__mission__country", "call__mission__election")
        .order_by("call__answer_by", "pk")
    )
    said = {row.mission_id: row for row in Interest.objects.filter(person=person)} if rows else {}
    for row in rows:
        row.said = said.get(row.call.mission_id)
    return rows
