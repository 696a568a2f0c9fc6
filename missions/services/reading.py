"""Who may read the files of this app: letters of invitation, papers left for a meeting, uploaded lists."""

from __future__ import annotations

from typing import Any

from core.actors import user_actor
from core.models import StoredFile
from core.rights import allowed
from missions.models import OrganisationMerge, Participant, Request


def may_read(user: Any, file: StoredFile) -> bool | None:
    """True where the file is ours and the reader may see what it belongs to; None where it is not ours or not for them."""
    if not getattr(user, "is_authenticated", False):
        return None
    by = user_actor(user)
    if Request.objects.filter(letter=file).exists():
        return allowed(by, "missions.view_request") or None
    for row in Participant.objects.filter(paper=file).select_related("meeting__mission"):
        if allowed(by, "missions.view_programme", row.meeting):
            return True
    if OrganisationMerge.objects.filter(papers=file).exists():
        return allowed(by, "missions.view_organisation") or None
    return None
