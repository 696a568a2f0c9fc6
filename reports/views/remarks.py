"""What is done about a remark of the delegation: its thread, and how it ends."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from reports.models import ParagraphRemark
from reports.services import remark_threads, remarks
from reports.views.base import ReportPage
from reports.views.paragraphs import number_of


class RemarkPage(ReportPage):
    """An act on the remark of the address; it leads back to the remark."""

    http_method_names = ["post"]
    permission = "reports.remark_paragraph"

    @cached_property
    def remark(self) -> ParagraphRemark:
        """The remark of the address."""
        return get_object_or_404(ParagraphRemark, report=self.needed_report, uuid=self.kwargs["remark"])

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Do it, say so, go back."""
        messages.success(request, self.act(request))
        if self.remark.paragraph is None:
            url = reverse("reports:report", args=[self.mission.reference])
        else:
            url = reverse("reports:paragraph", args=[self.mission.reference, self.remark.paragraph.uuid])
        return redirect(f"{url}#remark-{self.remark.uuid}")

    def act(self, request: HttpRequest) -> str:
        """Call the service; the sentence that says what was done."""
        raise NotImplementedError


class RemarkDecideView(RemarkPage):
    """Accept or reject a remark."""

    permission = "reports.change_report"

    def act(self, request: HttpRequest) -> str:
        """Fields: `accept` or `reject`, answer, version (of the paragraph)."""
        answer = request.POST.get("answer", "")
        if "accept" in request.POST:
            remarks.accept_remark(self.remark, by=self.actor, version=number_of(request.POST.get("version")), answer=answer)
            return _("Accepted.")
        remarks.reject_remark(self.remark, by=self.actor, answer=answer)
        return _("Rejected, with your answer.")


class RemarkReplyView(RemarkPage):
    """Say something under a remark."""

    def act(self, request: HttpRequest) -> str:
        """Fields: text."""
        remark_threads.reply_to_remark(self.remark, by=self.actor, text=request.POST.get("text", ""))
        return _("Your reply stands below the remark.")


class RemarkChangeView(RemarkPage):
    """Put one's own remark better."""

    def act(self, request: HttpRequest) -> str:
        """Fields: text, why."""
        remark_threads.change_remark(self.remark, by=self.actor, text=request.POST.get("text", ""), why=request.POST.get("why"))
        return _("Changed. What stood there before is kept below it.")


class RemarkTakeBackView(RemarkPage):
    """Take one's own remark back."""

    def act(self, request: HttpRequest) -> str:
        """No field."""
        remark_threads.take_back_remark(self.remark, by=self.actor)
        return _("Taken back. It stays readable and waits for nobody any more.")


class RemarkReopenView(RemarkPage):
    """Open a decided remark again."""

    def act(self, request: HttpRequest) -> str:
        """Fields: reason."""
        remark_threads.reopen_remark(self.remark, by=self.actor, reason=request.POST.get("reason", ""))
        return _("Open again.")
