"""Notes of meetings: evidence for findings later."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.actors import Actor
from core.enums import Access
from core.errors import Invalid
from core.rights import authorize
from missions.models import Meeting, MeetingNote
from missions.validators import validate_topic


@transaction.atomic
def write_note(meeting: Meeting, *, by: Actor, topic: str, text: str, access: str = Access.TEAM) -> MeetingNote:
    """Write a note on one topic (L01-L21) with its access level. Raises Invalid for an empty text or an unknown topic."""
    authorize(by, "missions.write_note", meeting)
    try:
        validate_topic(topic)
    except ValidationError as error:
        raise Invalid(error.messages[0], attr="topic") from None
    if not text.strip():
        raise Invalid(_("The note is empty."), attr="text")
    if access not in Access.values:
        raise Invalid(_("There is no such access level."), attr="access")
    note = MeetingNote.objects.create(meeting=meeting, topic=topic, text=text.strip(), access=access, written_by=str(by), author=by.person)
    audit.record(by, "missions.note_written", meeting, data={"topic": topic, "access": access})
    return note
