"""Another time, proposed by an organisation: take it, or turn it down."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import audit, clock
from core.actors import Actor
from core.enums import Language
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions.enums import ParticipantAnswer
from missions.models import Participant
from missions.services import invitations
from missions.services.meetings import change_meeting


@transaction.atomic
def accept_proposal(participant: Participant, *, by: Actor) -> Participant:
    """Move the meeting to the time that was proposed: who proposed it accepts, the others are told and asked again.

    Raises NotNow where nothing is proposed (any more), and with the clashes where the time does not suit us.
    """
    row = _proposed(participant, by=by)
    times: dict[str, Any] = {
        "start_day": row.proposed_day, "start_time": row.proposed_start, "start_fold": 0,
        "end_day": row.proposed_end_day, "end_time": row.proposed_end, "end_fold": 0,
    }  # fmt: skip
    change_meeting(row.meeting, by=by, agreed=row, **times)
    row.refresh_from_db()
    invitations.set_values(row, {"answer": ParticipantAnswer.ACCEPTED, "answered_at": clock.now(), **invitations.NO_PROPOSAL})
    row.save_changes("answer", "answered_at", *invitations.NO_PROPOSAL)
    audit.record(by, "missions.proposal_accepted", row.meeting, data={"participant": str(row.uuid)})
    return row


@transaction.atomic
def decline_proposal(participant: Participant, *, by: Actor, reason: str) -> Participant:
    """Turn the proposed time down: the organisation is told why, with a fresh link, and asked about the planned time again."""
    row = _proposed(participant, by=by)
    if not reason.strip():
        raise Invalid(_("Say why the proposed time does not suit; the organisation reads it."), code="reason_missing", attr="reason")
    assert row.proposed_day is not None  # the database holds a proposal to it
    with override(row.contact.language if row.contact else Language.EN):
        proposed = f"{date_format(row.proposed_day, 'DATE_FORMAT')}, {row.proposed_start:%H:%M}–{row.proposed_end:%H:%M}"
        if row.proposed_end_day and row.proposed_end_day > row.proposed_day:
            proposed += f" ({date_format(row.proposed_end_day, 'DATE_FORMAT')})"
    invitations.set_values(row, {"answer": ParticipantAnswer.INVITED, "invited_at": clock.now(), **invitations.NO_PROPOSAL})
    row.save_changes("answer", "invited_at", *invitations.NO_PROPOSAL)
    audit.record(by, "missions.proposal_declined", row.meeting, data={"participant": str(row.uuid)})
    invitations.tell_proposal_declined(row, by=by, proposed=proposed, reason=reason.strip())
    return row


def _proposed(participant: Participant, *, by: Actor) -> Participant:
    """The row, locked, if it holds a proposal."""
    rows = Participant.objects.select_for_update(of=("self",)).select_related("meeting__mission", "organisation", "contact")
    row = rows.get(pk=participant.pk)
    authorize(by, "missions.change_programme", row.meeting)
    if row.answer != ParticipantAnswer.PROPOSED:
        raise NotNow(_("No other time is proposed (any more)."), code="nothing_proposed")
    return row
