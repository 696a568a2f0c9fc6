"""The delegation of a mission: who is in, what is open, invitations, declarations, overrides, the published list."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView, View

from accounts.models import Person
from accounts.services.people import create_person
from core.documents import documents_of, request_documents
from core.errors import DomainError, Invalid, NotAllowed
from core.rights import allowed
from missions.enums import MEMBER_ROLES, AssignmentRole, AssignmentState
from missions.models import Assignment
from missions.views.base import MissionMixin
from observers.documents.delegation import delegation_rows
from observers.enums import DeclarationDecision, DeclarationKind
from observers.exports import csv_response
from observers.forms.delegation import InviteForm
from observers.membership.verdicts import said_of
from observers.models import Declaration, Membership, Override, Proposal, membership_on
from observers.services.assignments import (
    change_role,
    confirm_assignment,
    invite,
    replace_assignment,
    send_invitation,
    withdraw_assignment,
)
from observers.services.composition import alternatives_in_words, current_criteria, override_warning, propose_replacement
from observers.services.declarations import ask_to_declare_again, decide_interests, interest_questions
from observers.services.eligibility import CONFIRM, FIELD, INVITE, mission_days, verdicts

STAGE = {AssignmentState.ASKED: INVITE, AssignmentState.ACCEPTED: CONFIRM, AssignmentState.CONFIRMED: FIELD}


class DelegationView(MissionMixin, TemplateView):
    """Everybody in the mission with state, declarations and what the rules still ask; criteria C1-C14 beside it."""

    template_name = "observers/delegation.html"
    permission = "observers.view_delegation"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Assignments in groups, the criteria with their overrides, documents."""
        may_change = allowed(self.actor, "observers.change_delegation", self.mission)
        rows = assignment_rows(self.mission)
        live = [row for row in rows if row.is_live]
        criteria = criteria_with_reasons(self.mission) if any(row.role in MEMBER_ROLES for row in live) else []
        return super().get_context_data(
            active_tab="delegation",
            may_change=may_change,
            sees_calls=allowed(self.actor, "observers.view_calls", self.mission),
            members=[row for row in live if row.role in MEMBER_ROLES],
            others=[row for row in live if row.role not in MEMBER_ROLES],
            gone=[row for row in rows if not row.is_live],
            criteria=criteria,
            questions={item["code"]: item["text"] for item in interest_questions(self.request.LANGUAGE_CODE)["questions"]},
            documents=documents_of(self.mission).filter(kind="observers.delegation_list"),
            roles=[(value, AssignmentRole(value).label) for value in AssignmentRole.values],
            **kwargs,
        )


def assignment_rows(mission: Any) -> list[Assignment]:
    """Assignments with membership, declarations, invitation and verdict. The number of queries does not grow with them."""
    rows = list(
        mission.assignments.select_related("person", "organisation", "mission", "invitation", "replaces__person")
        .prefetch_related("declarations", "replacement_proposals")
        .order_by("person__family_name", "person__given_name", "pk")
    )
    first, _last = mission_days(mission)
    terms: dict[int, list[Membership]] = {}
    for membership in Membership.objects.filter(person__in=[row.person_id for row in rows]).select_related("country", "group"):
        terms.setdefault(membership.person_id, []).append(membership)
    judged: dict[int, Any] = {}
    for state, stage in STAGE.items():
        judged |= verdicts([row for row in rows if row.state == state], mission, stage=stage)
    order = list(AssignmentRole.values)
    for row in rows:
        declared = {item.kind: item for item in row.declarations.all() if item.is_current}
        row.term = membership_on(terms.get(row.person_id, []), first)
        row.code = declared.get(DeclarationKind.CODE)
        row.interest = declared.get(DeclarationKind.INTEREST)
        row.must_decide = bool(row.interest and row.interest.decision == DeclarationDecision.PENDING)
        verdict = judged.get(row.pk)
        row.open_points = [part for part in verdict.parts if not part.is_ok] if verdict else []
        row.grace = verdict.sentence if verdict and verdict.outcome == "grace" else ""
        row.has_replacement = any(True for _p in row.replacement_proposals.all())
    return sorted(rows, key=lambda row: order.index(row.role))


def criteria_with_reasons(mission: Any) -> list[dict[str, Any]]:
    """The criteria of the delegation as it stands, each with the reasons for which a warning was set aside."""
    reasons: dict[str, list[Override]] = {}
    for row in Override.objects.filter(mission=mission):
        reasons.setdefault(row.criterion, []).append(row)
    return [{"criterion": c, "overrides": reasons.get(c.code, [])} for c in current_criteria(mission)]


class AssignmentActView(MissionMixin, View):
    """One act on one assignment: confirm, withdraw, invite again, change the role, ask for a replacement or a new declaration."""

    permission = "observers.change_delegation"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do it; a refusal is shown with its rule and date."""
        row = get_object_or_404(self.mission.assignments.select_related("person", "mission"), uuid=kwargs["uuid"])
        name = {"name": row.person.name}
        act = kwargs["act"]
        if act == "confirm":
            confirm_assignment(row, by=self.actor)
            messages.success(request, _("%(name)s is confirmed.") % name)
        elif act == "withdraw":
            withdraw_assignment(row, by=self.actor, reason=request.POST.get("reason", ""))
            messages.success(request, _("%(name)s is out of the mission.") % name)
        elif act == "remind":
            send_invitation(row, by=self.actor)
            messages.success(request, _("The invitation to %(name)s is sent again.") % name)
        elif act == "role":
            change_role(row, by=self.actor, role=request.POST.get("role", ""), is_rapporteur="is_rapporteur" in request.POST)
            messages.success(request, _("The role of %(name)s is changed.") % name)
        elif act == "redeclare":
            ask_to_declare_again(row, by=self.actor, reason=request.POST.get("reason", ""))
            messages.success(request, _("%(name)s is asked for a new declaration of interests.") % name)
        elif act == "replace":
            propose_replacement(row, by=self.actor)
            return redirect("observers:replacement", self.mission.reference, row.uuid)
        return redirect("observers:delegation", self.mission.reference)


class ConfirmAllView(MissionMixin, View):
    """Confirm everybody who accepted and may be confirmed; the others are named."""

    permission = "observers.change_delegation"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Confirm those for whom R14.1-3 holds."""
        rows = list(self.mission.assignments.filter(state=AssignmentState.ACCEPTED).select_related("person"))
        judged = verdicts(rows, self.mission, stage=CONFIRM)
        ready = [row for row in rows if judged[row.pk].is_ok]
        for row in ready:
            confirm_assignment(row, by=self.actor)
        sentence = ngettext("%(count)s person is confirmed.", "%(count)s persons are confirmed.", len(ready))
        messages.success(request, sentence % {"count": len(ready)})
        for row in rows:
            if row not in ready:
                messages.warning(request, said_of(row.person.name, judged[row.pk].sentence))
        return redirect("observers:delegation", self.mission.reference)


class InviteView(MissionMixin, FormView):
    """Ask somebody by hand: an expert, staff, a partner, an interpreter, a driver, or a member."""

    template_name = "observers/invite.html"
    permission = "observers.change_delegation"
    form_class = InviteForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Organisations of the observed country come first."""
        return {**super().get_form_kwargs(), "country": self.mission.country}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The tab."""
        return super().get_context_data(active_tab="delegation", **kwargs)

    def form_valid(self, form: InviteForm) -> HttpResponse:
        """Find or add the person, then ask."""
        data = form.cleaned_data
        try:
            with transaction.atomic():  # somebody who may not be asked is not added to the list of people either
                person = self._invite(data)
        except NotAllowed:
            raise
        except DomainError as refusal:
            form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal.sentence))
            for item in refusal.missing:
                form.add_error(None, item.sentence)
            return self.form_invalid(form)
        messages.success(self.request, _("%(name)s is asked by mail.") % {"name": person.name})
        return redirect("observers:delegation", self.mission.reference)

    def _invite(self, data: dict[str, Any]) -> Person:
        person = Person.objects.filter(email__iexact=data["email"]).first()
        if person is None:
            names = {name: data[name] for name in ("given_name", "family_name", "email", "language")}
            person = create_person(by=self.actor, **names)
        invite(self.mission, person, by=self.actor, role=data["role"], organisation=data["organisation"], answer_by=data["answer_by"])
        return person


class ReplacementView(MissionMixin, TemplateView):
    """Who could step in for somebody who left, best first, with the criteria each would lead to."""

    template_name = "observers/replacement.html"
    permission = "observers.change_delegation"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The newest proposal for this place."""
        row = get_object_or_404(self.mission.assignments.select_related("person"), uuid=self.kwargs["uuid"])
        proposal = Proposal.objects.filter(replaces=row).select_related("mission").order_by("-pk").first()
        found = alternatives_in_words(proposal) if proposal else {"alternatives": [], "clash": []}
        return super().get_context_data(active_tab="delegation", assignment=row, **found, **kwargs)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Ask the chosen person in the place of the other."""
        row = get_object_or_404(self.mission.assignments.select_related("person", "mission"), uuid=kwargs["uuid"])
        person = get_object_or_404(Person, uuid=request.POST.get("person"))
        replace_assignment(row, person, by=self.actor)
        words = {"name": person.name, "other": row.person.name}
        messages.success(request, _("%(name)s is asked in the place of %(other)s.") % words)
        return redirect("observers:delegation", self.mission.reference)


class DecideInterestsView(MissionMixin, View):
    """Decide on declared interests, with a reason."""

    permission = "observers.decide_interests"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Cleared or a conflict."""
        row = get_object_or_404(Declaration, uuid=kwargs["uuid"], assignment__mission=self.mission)
        decide_interests(row, by=self.actor, is_conflict=request.POST.get("decision") == "conflict", reason=request.POST.get("reason", ""))
        messages.success(request, _("The decision is recorded."))
        return redirect("observers:delegation", self.mission.reference)


class OverrideView(MissionMixin, View):
    """Set a warning aside with a written reason."""

    permission = "observers.compose_delegation"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Keep the reason; a breach that may not be set aside is refused."""
        criterion = next((c for c in current_criteria(self.mission) if c.code == request.POST.get("criterion")), None)
        if criterion is None:
            raise Invalid(_("There is no such criterion."), attr="criterion")
        override_warning(self.mission, criterion, by=self.actor, reason=request.POST.get("reason", ""))
        messages.success(request, _("The reason is kept in the log."))
        return redirect("observers:delegation", self.mission.reference)


class DelegationListView(MissionMixin, View):
    """The delegation as published, as CSV (GET) or as documents in the background (POST)."""

    permission = "observers.view_delegation"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """CSV in the reader's language."""
        head = [_("Name"), _("Country (chamber, group)"), _("Role")]
        rows = [[row["name"], row["line"], row["role_label"]] for row in delegation_rows(self.mission, request.LANGUAGE_CODE)]
        return csv_response(f"{self.mission.reference}-delegation.csv", head, rows)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Freeze and draw in three languages."""
        job = request_documents("observers.delegation_list", self.mission, ["en", "fr", "de"], ["pdf", "docx", "html"], by=self.actor)
        return redirect(job)


def answer_by_of(request: HttpRequest) -> date | None:
    """The deadline to answer from a form; None where it is empty. Raises Invalid for what is no date."""
    typed = request.POST.get("answer_by", "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Invalid(_("The day to answer by is not a date."), attr="answer_by") from None
