"""What the coordinator does about an organisation that is asked to a meeting."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from core.errors import Invalid
from missions.forms.invitations import AnswerMeetingForm, ReplyForm
from missions.models import Contact, Participant
from missions.services import invitations, proposals, replies
from missions.views.base import MissionAction
from missions.views.programme import MeetingMixin


class ParticipantActionView(MeetingMixin, MissionAction):
    """One act about an organisation in a meeting, named by the address.

    `invite` (with `contact`, a uuid, or empty); `answer` on its behalf (the fields of AnswerMeetingForm; those that are not
    sent stay); `reply` (with `reply`, a calendar file that came by mail); `accept_time` and `decline_time` (with `reason`)
    of a proposal; `withdraw` the invitation.
    """

    permission = "missions.change_programme"

    def act(self, request: HttpRequest) -> str:
        """Do it."""
        row = get_object_or_404(Participant.objects.select_related("organisation"), meeting=self.meeting, uuid=self.kwargs["participant"])
        said = getattr(self, f"do_{self.kwargs['action']}")(row, request)
        messages.success(request, said)
        return self.meeting.get_absolute_url()

    def do_invite(self, row: Participant, request: HttpRequest) -> str:
        """Invite it, or invite it again."""
        contact = Contact.objects.filter(uuid=request.POST.get("contact") or None, organisation=row.organisation).first()
        row, url = invitations.invite(row, by=self.actor, contact=contact)
        address = row.contact.email if row.contact else ""
        return _("The invitation was sent to %(address)s: %(url)s") % {"address": address, "url": url}

    def do_answer(self, row: Participant, request: HttpRequest) -> str:
        """Its answer, told otherwise."""
        form = AnswerMeetingForm(request.POST, request.FILES)
        if not form.is_valid():
            name, errors = next(iter(form.errors.items()))
            raise Invalid(f"{form.fields[name].label}: {errors[0]}" if name in form.fields else str(errors[0]), attr=name)
        values = {name: value for name, value in form.cleaned_data.items() if name in request.POST or name in request.FILES}
        return _said(invitations.answer(row, by=self.actor, **values))

    def do_reply(self, row: Participant, request: HttpRequest) -> str:
        """Its answer as a calendar file."""
        form = ReplyForm(request.POST, request.FILES)
        if not form.is_valid():
            raise Invalid(_("Choose the calendar file."), attr="reply")
        return _said(replies.answer_by_file(row, by=self.actor, file=form.cleaned_data["reply"]))

    def do_accept_time(self, row: Participant, request: HttpRequest) -> str:
        """Move the meeting to the proposed time."""
        proposals.accept_proposal(row, by=self.actor)
        return _("The meeting was moved to the proposed time; everybody who was invited is told.")

    def do_decline_time(self, row: Participant, request: HttpRequest) -> str:
        """Keep the planned time."""
        row = proposals.decline_proposal(row, by=self.actor, reason=request.POST.get("reason", ""))
        return _("“%(organisation)s” is told that the proposed time does not suit.") % {"organisation": row.organisation}

    def do_withdraw(self, row: Participant, request: HttpRequest) -> str:
        """Take the invitation back."""
        invitations.withdraw(row, by=self.actor)
        return _("The invitation is withdrawn; “%(organisation)s” is told.") % {"organisation": row.organisation}


def _said(row: Participant) -> str:
    return _("The answer of “%(organisation)s” is kept: %(answer)s.") % {
        "organisation": row.organisation,
        "answer": row.get_answer_display(),
    }
