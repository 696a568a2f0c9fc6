"""The consultation of the authorities: their page behind a secure link, and what the desk does with their comments."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.errors import DomainError
from core.models import DocumentFile
from missions.views.links import LinkView
from reports.enums import ReportState
from reports.forms import ConsultationExtensionForm, DraftCommentForm, EnteredCommentForm
from reports.models import ConsultationComment, DraftInvitation
from reports.services import consultation, letters, rapporteurs
from reports.services.versions import KIND
from reports.views.base import ReportPage


class DraftByLinkView(LinkView):
    """The draft with a form at every place of it, and one for the whole. Fields (POST, multipart): text, file, about; or `finish`."""

    purpose = consultation.PURPOSE
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """The draft as it was frozen, and the comments so far."""
        consultation.note_opening(self.subject)
        return self._page(request, DraftCommentForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Take a comment, or hear that there is no further one."""
        form = DraftCommentForm(request.POST, request.FILES)
        try:
            if "finish" in request.POST:
                consultation.finish_comments(self.subject, by=self.actor)
                messages.success(request, _("Thank you. You can still comment with the same link until the day."))
            elif form.is_valid():
                comment = consultation.give_comment(self.subject, by=self.actor, **form.cleaned_data)
                late = _("Thank you, your comment was received. It is marked as late: its day was over.")
                messages.success(request, late if comment.is_late else _("Thank you, your comment was received."))
                if comment.place:
                    return redirect(f"{reverse('reports:draft_by_link', args=[token])}#place-{form.cleaned_data['about']}")
            else:
                return self._page(request, form, status=400)
        except DomainError as refusal:
            form.add_error(refusal.attr if refusal.attr in form.fields else None, str(refusal.sentence))
            return self._page(request, form, status=refusal.status)
        return redirect("reports:draft_by_link", token=token)

    def _page(self, request: HttpRequest, form: DraftCommentForm, status: int = 200) -> HttpResponse:
        invitation: DraftInvitation = self.subject
        shown = consultation.shown_language(invitation)
        context = {
            "form": form,
            "invitation": invitation,
            "token": self.token,
            "shown": shown,
            "content": invitation.version.content["languages"][shown],
            "chapters": consultation.places_of(invitation),
            "comments": invitation.comments.select_related("file", "invitation").filter(place=""),
            "days_left": (invitation.until - clock.today()).days,
            "is_open": invitation.report.state == ReportState.CONSULTATION,
            "has_pdf": _pdf_of(invitation) is not None,
        }
        return render(request, "reports/link_draft.html", context, status=status)


class DraftPdfByLinkView(LinkView):
    """The draft as a PDF, once it is drawn."""

    purpose = consultation.PURPOSE
    http_method_names = ["get"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse | FileResponse:
        """The file; while it is not drawn, the page that shows the same text."""
        drawn = _pdf_of(self.subject)
        if drawn is None:
            messages.info(request, _("The PDF is not drawn yet. The draft stands below."))
            return redirect("reports:draft_by_link", token=token)
        response = FileResponse(drawn.file.open(), content_type="application/pdf")
        response.headers["Content-Disposition"] = content_disposition_header(False, drawn.file.name) or "inline"
        return response


class CommentAnswerView(ReportPage):
    """Answer a comment."""

    http_method_names = ["post"]
    permission = "reports.comment_report"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save the answer."""
        row = get_object_or_404(ConsultationComment, report=self.needed_report, uuid=self.kwargs["comment"])
        consultation.answer_comment(row, by=self.actor, answer=request.POST.get("answer", ""))
        messages.success(request, _("The answer is saved; the authority reads it behind its link."))
        if "beside" in request.POST and row.paragraph is not None:
            return redirect(f"{reverse('reports:paragraph', args=[self.mission.reference, row.paragraph.uuid])}#authorities")
        return redirect(consultation.page_of(self.needed_report))


class CommentFileView(ReportPage):
    """The document that came with a comment."""

    http_method_names = ["get"]
    permission = "reports.view_comments"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | FileResponse:
        """The file, to be kept and not shown: it came from outside."""
        rows = ConsultationComment.objects.exclude(file=None).select_related("file")
        row = get_object_or_404(rows, report=self.needed_report, uuid=self.kwargs["comment"])
        assert row.file is not None
        response = FileResponse(row.file.open(), content_type=row.file.mime)
        response.headers["Content-Disposition"] = content_disposition_header(True, row.file.name) or "attachment"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class AskAgainView(ReportPage):
    """Send an authority a fresh link."""

    http_method_names = ["post"]
    permission = "reports.submit_report"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Send it."""
        row = get_object_or_404(DraftInvitation, report=self.needed_report, uuid=self.kwargs["invitation"])
        consultation.ask_again(row, by=self.actor)
        messages.success(request, _("A fresh link is on its way."))
        return redirect(consultation.page_of(self.needed_report))


class ConsultationExtendView(ReportPage):
    """Give the authorities more time. Fields (POST): until, reason."""

    template_name = "reports/form_page.html"
    permission = "reports.extend_consultation"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form."""
        form = kwargs.get("form") or ConsultationExtensionForm()
        heading = _("More time for the comments of the authorities")
        return super().get_context_data(**kwargs) | {"form": form, "heading": heading, "submit": _("Give more time")}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Extend it."""
        form = ConsultationExtensionForm(request.POST)
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        consultation.extend_consultation(self.needed_report, by=self.actor, **form.cleaned_data)
        messages.success(request, _("The authorities have more time and are told so by mail; their link stays the same."))
        return redirect(consultation.page_of(self.needed_report))


class CommentEnterView(ReportPage):
    """Enter what an authority wrote by letter or by mail. Fields (POST, multipart): way, received_on, about, text, file."""

    template_name = "reports/form_page.html"
    permission = "reports.enter_comment"

    @cached_property
    def invitation(self) -> DraftInvitation:
        """Who wrote: somebody who was asked."""
        rows = DraftInvitation.objects.select_related("version", "report")
        return get_object_or_404(rows, report=self.needed_report, uuid=self.kwargs["invitation"])

    def get_form(self) -> EnteredCommentForm:
        """The form, with the places of the draft that they were sent."""
        chapters = consultation.places_of(self.invitation)
        if self.request.method == "POST":
            return EnteredCommentForm(self.request.POST, self.request.FILES, chapters=chapters)
        return EnteredCommentForm(chapters=chapters, initial={"received_on": clock.today()})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form."""
        heading = _("Comment of %(name)s") % {"name": self.invitation.name}
        form = kwargs.get("form") or self.get_form()
        return super().get_context_data(**kwargs) | {"form": form, "heading": heading, "submit": _("Enter the comment")}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Enter it."""
        form = self.get_form()
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        letters.enter_comment(self.invitation, by=self.actor, **form.cleaned_data)
        messages.success(request, _("The comment is entered; the authority reads it behind its link."))
        return redirect(consultation.page_of(self.needed_report))


class RemindRapporteurView(ReportPage):
    """Remind the rapporteur that the draft waits."""

    http_method_names = ["post"]
    permission = "reports.submit_report"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Send the mail."""
        n = rapporteurs.remind_rapporteurs(self.needed_report, by=self.actor)
        messages.success(request, ngettext("%(n)s reminder is on its way.", "%(n)s reminders are on their way.", n) % {"n": n})
        return redirect("reports:report", self.mission.reference)


def _pdf_of(invitation: DraftInvitation) -> DocumentFile | None:
    rows = DocumentFile.objects.filter(
        document__kind=KIND,
        document__subject_key=str(invitation.version.uuid),
        document__language=consultation.shown_language(invitation),
        format="pdf",
    )
    return rows.select_related("file").order_by("-document__frozen_at").first()
