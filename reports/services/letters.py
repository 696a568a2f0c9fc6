"""Comments of the authorities that came by letter or by plain mail: the desk enters them, and they are answered like the others."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.actors import Actor
from core.audit import record
from core.errors import Invalid
from core.rights import authorize
from reports.enums import CommentWay
from reports.models import ConsultationComment, DraftInvitation
from reports.services.consultation import create_comment, locked_invitation, refuse_closed


@transaction.atomic
def enter_comment(
    invitation: DraftInvitation, *, by: Actor, way: str, received_on: date, text: str = "", file: Any = None, about: str = ""
) -> ConsultationComment:
    """Enter what an authority that was asked wrote by letter or mail; it reads it, and the answer, behind its link.

    received_on: the day on which it came, from the day it was asked until today; after the last day it is late, as by the link. about:
    the `key` of a place of the draft that it was sent. Raises NotNow once the report has left the consultation.
    """
    invitation = locked_invitation(invitation)
    authorize(by, "reports.enter_comment", invitation.report)
    refuse_closed(invitation, late_too=True)
    if way not in {CommentWay.LETTER, CommentWay.MAIL}:
        raise Invalid(_("Say how it came: by letter or by mail."), code="way", attr="way")
    zone = ZoneInfo(clock.STRASBOURG)
    asked_on, today = invitation.version.frozen_at.astimezone(zone).date(), clock.now().astimezone(zone).date()
    if not asked_on <= received_on <= today:
        sentence = _("The day on which it came lies between the day on which they were asked and today.")
        raise Invalid(sentence, code="received_on", attr="received_on")
    received_at = clock.now() if received_on == today else datetime.combine(received_on, time(12), zone)
    comment = create_comment(invitation, by=by, text=text, file=file, about=about, received_at=received_at, way=way, entered_by=str(by))
    record(by, "reports.comment_entered", invitation.report, data={"comment": str(comment.uuid), "way": way})
    return comment
