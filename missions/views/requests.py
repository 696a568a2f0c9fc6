"""The register of requests on the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView

from core import clock
from core.actors import user_actor
from core.documents import documents_of, request_documents
from core.errors import NotNow
from core.rights import allowed
from core.views import RightMixin
from missions.enums import RequestState
from missions.forms.requests import (
    AnswerForm,
    DecisionForm,
    NoteForm,
    OpenRequestForm,
    PostedRequestForm,
    RegisterForm,
    RequestForm,
)
from missions.models import Mission, Request
from missions.services import bureau_facts, decisions, duplicates, formats, intake, letters, register
from missions.views.base import ActionView, FormPage

LANGUAGES, FORMATS = ("en", "fr", "de"), ("pdf", "docx")


class RequestMixin(RightMixin):
    """A page of one request."""

    permission = "missions.view_request"

    @cached_property
    def row(self) -> Request:
        """The request, if the reader may see it."""
        rows = Request.objects.visible_to(self.request.user).select_related("country", "election", "authority", "letter", "decision")
        return get_object_or_404(rows, uuid=self.kwargs["uuid"])

    def get_right_object(self) -> Request:
        """Rights are asked about the request."""
        return self.row

    def get_success_url(self) -> str:
        """Back to the request."""
        return self.row.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The request as `row`."""
        return super().get_context_data(row=self.row, lateness=intake.lateness(self.row), **kwargs)  # type: ignore[misc]


class RequestView(RequestMixin, DetailView):
    """One request: what the authority wrote, similar ones, the note, the decision."""

    template_name = "missions/request.html"

    def get_object(self, queryset: Any = None) -> Request:
        """The request of the address."""
        return self.row

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What may be done with it."""
        row, by = self.row, user_actor(self.request.user)
        similar = list(register.similar_requests(row))
        for other in similar:
            other.is_same_authority = duplicates.is_same_authority(row, other)
        mission = Mission.objects.filter(request=row).first() or (
            register.mission_for(row) if row.state == RequestState.REGISTERED else None
        )
        return super().get_context_data(
            similar=similar,
            mission=mission,
            decision=getattr(row, "decision", None),
            documents=documents_of(row),
            register_form=RegisterForm(request=row),
            history=duplicates.history_of(row),
            children=row.split_requests.select_related("country", "election"),
            link=intake.form_link(row),
            new_days=register.new_polling_days(row),
            may_decide=allowed(by, "missions.decide_request", row),
            may_register=allowed(by, "missions.register_request", row),
            missing=intake.missing_in(row) if row.state == RequestState.RECEIVED else [],
            **_outdated(row),
            is_open=row.state in {RequestState.DRAFT, RequestState.RECEIVED, RequestState.REGISTERED} and not hasattr(row, "decision"),
            **kwargs,
        )


class RequestNewView(FormPage):
    """Enter a letter that came by post."""

    permission = "missions.add_request"
    form_class = PostedRequestForm
    template_name = "missions/polling_form.html"
    title = gettext_lazy("A letter that came by post")
    submit_label = gettext_lazy("Enter the request")

    def act(self, form: forms.Form) -> Request:
        """Enter it."""
        names = ("country", "received_on", "send_receipt")
        return intake.enter_request(by=self.actor, **form.values(), **{name: form.cleaned_data[name] for name in names})

    def get_success_url(self) -> str:
        """The request's page."""
        return self.done.get_absolute_url()


class RequestLinkView(FormPage):
    """Send an authority's contact the form behind a secure link."""

    permission = "missions.add_request"
    form_class = OpenRequestForm
    title = gettext_lazy("Send the form to an authority")
    lead = gettext_lazy("The contact gets a mail with a secure link; no account is needed.")
    submit_label = gettext_lazy("Send the link")

    def act(self, form: forms.Form) -> Request:
        """Issue the link; it is shown once, so that it can be handed over otherwise too."""
        row, url = intake.open_request(by=self.actor, **form.cleaned_data)
        messages.success(self.request, _("The link was sent to %(address)s: %(url)s") % {"address": row.contact_email, "url": url})
        return row

    def get_success_url(self) -> str:
        """The request's page."""
        return self.done.get_absolute_url()


class RequestEditView(RequestMixin, FormPage):
    """Correct a request on the authority's behalf."""

    permission = "missions.submit_request"
    template_name = "missions/polling_form.html"
    title = gettext_lazy("Correct the request")

    def get_form(self, form_class: Any = None) -> RequestForm:
        """The form with what is saved."""
        return RequestForm.for_request(self.row, *((self.request.POST, self.request.FILES) if self.request.method == "POST" else ()))

    def act(self, form: forms.Form) -> Request:
        """Save."""
        return intake.save_request(self.row, by=self.actor, **form.values())


class RequestRegisterView(RequestMixin, ActionView):
    """Register: `election` and `authority` (uuid) or empty."""

    permission = "missions.register_request"

    def act(self, request: HttpRequest) -> str:
        """Register, and go to the mission."""
        form = RegisterForm(request.POST, request=self.row)
        values = form.cleaned_data if form.is_valid() else {}
        _row, mission = register.register_request(self.row, by=self.actor, **values)
        messages.success(request, _("The request is registered; its mission is %(reference)s.") % {"reference": mission.reference})
        return self.row.get_absolute_url()


class RequestPollingView(RequestMixin, ActionView):
    """Add polling days of a corrected request to its election: `days` (ISO), `observe=1` where the mission observes them too."""

    permission = "missions.register_request"

    def act(self, request: HttpRequest) -> str:
        """Add them, and say how many deadlines moved."""
        observe = bool(request.POST.get("observe"))
        changes = register.take_polling_days(self.row, by=self.actor, days=request.POST.getlist("days"), observe=observe)
        messages.success(request, _("The polling days are added to the election; deadlines that moved: %(n)s.") % {"n": len(changes)})
        return self.row.get_absolute_url()


class RequestWithdrawView(RequestMixin, ActionView):
    """Withdraw on the authority's behalf: `reason`."""

    permission = "missions.submit_request"

    def act(self, request: HttpRequest) -> str:
        """Withdraw."""
        register.withdraw_request(self.row, by=self.actor, reason=request.POST.get("reason", ""))
        messages.success(request, _("The request is withdrawn."))
        return self.row.get_absolute_url()


class RequestResendView(RequestMixin, ActionView):
    """Send the form's link once more; earlier links are dead."""

    permission = "missions.add_request"

    def act(self, request: HttpRequest) -> str:
        """Send it."""
        url = intake.send_form(self.row, by=self.actor)
        messages.success(request, _("The link was sent to %(address)s: %(url)s") % {"address": self.row.contact_email, "url": url})
        return self.row.get_absolute_url()


class RequestLinkRevokeView(RequestMixin, ActionView):
    """Make the form's link useless at once."""

    permission = "missions.add_request"

    def act(self, request: HttpRequest) -> str:
        """Revoke it."""
        intake.revoke_form(self.row, by=self.actor)
        messages.success(request, _("The link no longer opens."))
        return self.row.get_absolute_url()


class RequestNoteView(RequestMixin, FormPage):
    """The Bureau note: criteria with what the register itself knows, and the proposal."""

    permission = "missions.decide_request"
    form_class = NoteForm
    template_name = "missions/request_note.html"
    title = gettext_lazy("Bureau note")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """After the decision the note stays as it is: its address leads to the request, with the sentence that says so."""
        if hasattr(self.row, "decision"):
            messages.info(request, _("The Bureau has decided on this request: its note stays as the Bureau had it."))
            return redirect(self.row)
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """What is saved, over what the register knows."""
        row = self.row
        saved = {code: entry for code, entry in bureau_facts.shown_criteria(row).items() if entry["answer"] or entry["comment"]}
        kwargs = super().get_form_kwargs()
        names = ("proposed_format", "proposed_size", "proposes_pre_electoral", "proposal")
        initial = {name: getattr(row, name) for name in names}
        if not row.proposed_format:
            initial |= {"proposed_format": self.suggested.format, "proposed_size": self.suggested.size}
        return {**kwargs, "criteria": bureau_facts.suggested_criteria(row) | saved, "initial": initial}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The formats with their size and product, and why one of them is proposed."""
        rows = formats.format_rows(self.row, proposed=self.suggested.format)
        return super().get_context_data(formats=rows, suggested=self.suggested, **_outdated(self.row), **kwargs)

    @cached_property
    def suggested(self) -> formats.Proposal:
        """What history and the time left propose."""
        return formats.propose_format(self.row)

    def act(self, form: forms.Form) -> Request:
        """Save; where asked for, put it before the Bureau."""
        row = decisions.prepare_note(self.row, by=self.actor, **form.values())
        if "submit_to_bureau" in self.request.POST:
            decisions.put_before_bureau(row, by=self.actor)
            messages.success(self.request, _("The request is before the Bureau."))
        else:
            messages.success(self.request, _("The note was saved."))
        return row


class RequestDecideView(RequestMixin, FormPage):
    """Record the Bureau's decision."""

    permission = "missions.decide_request"
    form_class = DecisionForm
    template_name = "missions/request_form.html"
    title = gettext_lazy("Decision of the Bureau")
    submit_label = gettext_lazy("Record the decision")

    def get_initial(self) -> dict[str, Any]:
        """As proposed, today."""
        return {"decided_on": clock.today(), "format": self.row.proposed_format, "has_pre_electoral": self.row.proposes_pre_electoral}

    def act(self, form: forms.Form) -> Any:
        """Record it."""
        decision = decisions.decide(self.row, by=self.actor, **form.cleaned_data)
        messages.success(self.request, _("The decision is recorded: %(outcome)s.") % {"outcome": decision.get_outcome_display()})
        return decision


class RequestAnswerView(RequestMixin, FormPage):
    """Answer the authority."""

    permission = "missions.decide_request"
    form_class = AnswerForm
    template_name = "missions/request_form.html"
    title = gettext_lazy("Answer to the authority")
    submit_label = gettext_lazy("Send the answer")

    def get_initial(self) -> dict[str, Any]:
        """The text as proposed, in the authority's language."""
        return {"text": letters.answer_text(self.row.decision, self.row.language)}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Without a decision there is nothing to answer."""
        if request.user.is_authenticated and not hasattr(self.row, "decision"):
            return redirect(self.row)
        return super().dispatch(request, *args, **kwargs)

    def act(self, form: forms.Form) -> Any:
        """Send it."""
        decision = decisions.answer_authority(self.row.decision, by=self.actor, text=form.cleaned_data["text"])
        messages.success(self.request, _("The answer is on its way to %(address)s.") % {"address": self.row.contact_email})
        return decision


class RequestDocumentView(RequestMixin, ActionView):
    """Draw the Bureau note in EN, FR and DE as PDF and DOCX."""

    permission = "missions.decide_request"

    def act(self, request: HttpRequest) -> str:
        """Start the work and show it; the note is about a registered request."""
        if self.row.state != RequestState.REGISTERED:
            raise NotNow(_("Register the request first."), code="not_registered")
        job = request_documents("missions.bureau_note", self.row, LANGUAGES, FORMATS, by=self.actor)
        return reverse("core:job", args=[job.uuid])


def _outdated(row: Request) -> dict[str, Any]:
    """Whether the note is older than what the register knows now, and what changed."""
    changes = bureau_facts.changes_since(row)
    return {"note_changes": changes, "noted_at": datetime.fromisoformat(row.note_basis["at"]) if changes else None}
