"""Pages behind secure links: the authority's request, an organisation's answer. No account, no way on from here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from accounts.services.links import open_link
from core import clock
from core.errors import DomainError
from core.views import file_response
from missions.enums import MeetingState, RequestState
from missions.forms.invitations import AnswerMeetingForm, ReplyForm
from missions.forms.requests import RequestForm
from missions.services import intake, invitations, register, replies

# Where in the form a refusal of the service belongs that names no field of it.
FIELDS = {"file": "letter", "polling": "day_1", "closes_at": "closes_1"}


class LinkView(View):
    """Opens the link of its purpose for every request; nothing of it is kept in a session or a cache."""

    purpose = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Open the link, then answer; the address itself must not leak."""
        self.token = kwargs["token"]
        self.link, self.actor, self.subject = open_link(self.token, purpose=self.purpose)
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response


class RequestByLinkView(LinkView):
    """The authority's form.

    Fields (POST, multipart): authority_name, authority_type, office_held, contact_name, contact_email, contact_phone,
    language, election_kind, election_title, area, day_1, opens_1, closes_1 (likewise _2, _3), message, letter_on,
    letter (file); and one button: `save`, `submit` or `withdraw` (with `reason`).
    """

    purpose = intake.PURPOSE
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """The form with what is saved."""
        return self._page(request, RequestForm.for_request(self.subject))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Save, send in, or withdraw."""
        if "withdraw" in request.POST:
            return self._withdraw(request)
        form = RequestForm.for_request(self.subject, request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form, status=400)
        try:
            row = intake.save_request(self.subject, by=self.actor, **form.values())
            if "submit" in request.POST:
                intake.submit_request(row, by=self.actor)
                messages.success(request, _("Thank you: your request was received. A receipt is on its way to you."))
            else:
                messages.success(request, _("Saved. You can go on later with the same link."))
        except DomainError as refusal:
            field = FIELDS.get(refusal.attr or "", refusal.attr)
            form.add_error(field if field in form.fields else None, str(refusal.sentence))
            return self._page(request, form, missing=refusal.missing, status=refusal.status)
        return redirect("missions:request_by_link", token=token)

    def _withdraw(self, request: HttpRequest) -> HttpResponse:
        row = register.withdraw_request(self.subject, by=self.actor, reason=request.POST.get("reason", ""))
        return render(request, "missions/link_done.html", {"row": row, "sentence": _("Your request is withdrawn.")})

    def _page(self, request: HttpRequest, form: RequestForm, *, missing: Any = (), status: int = 200) -> HttpResponse:
        self.subject.refresh_from_db()
        decided = hasattr(self.subject, "decision")
        context = {
            "form": form,
            "row": self.subject,
            "missing": missing,
            "link": self.link,
            "token": self.token,
            "is_draft": self.subject.state == RequestState.DRAFT,
            "is_open": self.subject.state in {RequestState.DRAFT, RequestState.RECEIVED, RequestState.REGISTERED} and not decided,
        }
        return render(request, "missions/link_request.html", context, status=status)


class LetterByLinkView(LinkView):
    """The letter of the authority's own request, as long as its link is good; each download stands in the log."""

    purpose = intake.PURPOSE
    http_method_names = ["get"]

    def get(self, request: HttpRequest, token: str) -> FileResponse:
        """The file."""
        return file_response(intake.letter_for(self.subject, by=self.actor))


class MeetingByLinkView(LinkView):
    """An organisation's answer to an invitation.

    Fields (POST, multipart): those of AnswerMeetingForm; or, with the button `by_file`, `reply` (a calendar file).
    """

    purpose = invitations.PURPOSE
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """The meeting and the form with what was answered."""
        return self._page(request, AnswerMeetingForm(initial=self._given()))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Record the answer."""
        return self._by_file(request) if "by_file" in request.POST else self._by_form(request)

    def _by_form(self, request: HttpRequest) -> HttpResponse:
        form = AnswerMeetingForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form, status=400)
        try:
            invitations.answer(self.subject, by=self.actor, **form.cleaned_data)
        except DomainError as refusal:
            attr = "paper" if refusal.attr == "file" else refusal.attr
            form.add_error(attr if attr in form.fields else None, str(refusal.sentence))
            return self._page(request, form, status=refusal.status)
        return self._thanks(request)

    def _by_file(self, request: HttpRequest) -> HttpResponse:
        form = ReplyForm(request.POST, request.FILES)
        answer_form = AnswerMeetingForm(initial=self._given())
        if not form.is_valid():
            return self._page(request, answer_form, reply_form=form, status=400)
        try:
            replies.answer_by_file(self.subject, by=self.actor, file=form.cleaned_data["reply"])
        except DomainError as refusal:
            form.add_error("reply", str(refusal.sentence))
            return self._page(request, answer_form, reply_form=form, status=refusal.status)
        return self._thanks(request)

    def _thanks(self, request: HttpRequest) -> HttpResponse:
        messages.success(request, _("Thank you, your answer was received. You can change it with the same link."))
        return redirect("missions:meeting_by_link", token=self.token)

    def _given(self) -> dict[str, Any]:
        row = self.subject
        names = ("people", "comment", "access_needs", "proposed_day", "proposed_start", "proposed_end")
        given = row.answer if row.answer in invitations.ANSWERS else None
        return {"answer": given, **{name: getattr(row, name) for name in names}}

    def _page(self, request: HttpRequest, form: AnswerMeetingForm, *, reply_form: Any = None, status: int = 200) -> HttpResponse:
        self.subject.refresh_from_db()
        meeting = self.subject.meeting
        context = {
            "form": form,
            "reply_form": reply_form or ReplyForm(),
            "row": self.subject,
            "meeting": meeting,
            "is_cancelled": meeting.state == MeetingState.CANCELLED,
            "is_over": meeting.ends_at <= clock.now(),
        }
        return render(request, "missions/link_meeting.html", context, status=status)
