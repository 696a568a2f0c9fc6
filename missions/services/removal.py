"""Removing a demonstration mission with everything below it. Real missions are never removed this way."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext as _

from accounts.models import SecureLink
from core import audit
from core.actors import Actor
from core.digests import forget_mission
from core.errors import NotAllowed
from core.models import Document, DocumentFile, OutboxAttachment, OutboxMail, Reminder, StoredFile
from missions import removal
from missions.models import Assignment, Election, Mission, Organisation, Request


@transaction.atomic
def remove_mission(mission: Mission, *, by: Actor, reason: str) -> None:
    """Delete a mission, what higher apps hold of it, and what only it used. The log keeps that it was done, and why.

    Allowed to the system in a demonstration only (`SCRUTIN_DEMO=1`). The reference is not given again.
    """
    if not settings.SCRUTIN_DEMO or by.kind != "system":
        raise NotAllowed(_("Missions are removed only in a demonstration, by the demonstration itself."), code="not_a_demonstration")
    for remover in removal.removers():
        remover(mission, by=by, reason=reason)
    reference, request, elections = mission.reference, mission.request, _elections_of(mission)
    organisations = set(Organisation.objects.filter(participations__meeting__mission=mission).values_list("pk", flat=True))
    files = _files_of(mission)
    subjects = [mission, *mission.meetings.all(), *mission.milestones.all()]
    subjects += [row for meeting in mission.meetings.all() for row in meeting.participants.all()]
    _remove_around(subjects, reference)
    Assignment.objects.filter(mission=mission).update(replaces=None)
    audit.record(by, "missions.removed", mission, data={"reason": reason})
    mission.delete()
    if request is not None:
        organisations |= _remove_request(request, files)
    for election in elections:
        if not election.missions.exists() and not election.requests.exists():
            election.delete()
    _remove_unused(Organisation.objects.filter(pk__in=organisations))
    _remove_unused(StoredFile.objects.filter(pk__in=files))


def _elections_of(mission: Mission) -> list[Election]:
    days = [row.election for row in mission.polling_days.select_related("election")]
    return list({row.pk: row for row in [mission.election, *days]}.values())


def _files_of(mission: Mission) -> set[int]:
    papers = StoredFile.objects.filter(pk__in=mission.meetings.exclude(participants__paper=None).values("participants__paper"))
    return set(papers.values_list("pk", flat=True))


def _remove_request(request: Request, files: set[int]) -> set[int]:
    """Delete a request with its decision and those merged into it; the organisations it named."""
    rows = [*request.merged_requests.all(), request]
    organisations = {row.authority_id for row in rows if row.authority_id}
    files |= {row.letter_id for row in rows if row.letter_id}
    for row in rows:
        _remove_around([row], "")
        if hasattr(row, "decision"):
            _remove_around([row.decision], "")
            row.decision.delete()
        row.delete()
    return organisations


def _remove_around(subjects: list, reference: str) -> None:
    """Delete what core and accounts hold about these objects: links, documents, reminders, mails."""
    keys = [str(row.uuid) for row in subjects]
    SecureLink.objects.filter(subject_uuid__in=keys).delete()
    documents = Document.objects.filter(subject_key__in=keys)
    files = list(StoredFile.objects.filter(document_files__document__in=documents).values_list("pk", flat=True))
    DocumentFile.objects.filter(document__in=documents).delete()
    documents.delete()
    Reminder.objects.filter(object_id__in=keys).delete()
    if reference:
        forget_mission(reference)
        files += list(OutboxAttachment.objects.filter(mail__mission=reference).values_list("file", flat=True))
        OutboxMail.objects.filter(mission=reference).delete()
    _remove_unused(StoredFile.objects.filter(pk__in=files))


def _remove_unused(rows: QuerySet) -> None:
    """Delete each row that nothing else refers to."""
    for row in rows:
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            continue
