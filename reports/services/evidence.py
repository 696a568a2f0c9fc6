"""Linking a finding to what it rests on. Each link keeps, frozen, what it said when it was made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import clock
from core.actors import Actor
from core.audit import record
from core.enums import Access
from core.errors import Invalid, NotNow
from core.models import StoredFile
from core.rights import authorize
from field.models import Attachment, Incident, Note, Observation
from missions.models import Meeting, Mission, Participant
from reports.enums import EvidenceKind, FindingState
from reports.models import Evidence, Finding, Recommendation


@transaction.atomic
def link_answer(finding: Finding, observation: Observation, item: str, *, by: Actor, access: str = Access.TEAM) -> Evidence:
    """One answer of one form. The link names the first of the form's revisions, so that a correction keeps it."""
    _same_mission(finding, observation.mission_id)
    if item not in observation.answers:
        raise Invalid(_("The form has no answer to %(item)s.") % {"item": item}, code="item_unknown", attr="item")
    frozen = {
        "form": observation.form.code,
        "version": str(observation.form_version),
        "observation": str(observation.uuid),
        "value": observation.answers[item],
        "station": observation.place,
        "severity": observation.flags.get(item),
    }
    label = _("%(form)s, %(item)s, %(place)s") % {"form": observation.form.code, "item": item, "place": observation.place or "–"}
    return _link(finding, EvidenceKind.ANSWER, observation.root, item=item, label=label, frozen=frozen, access=access, by=by)


@transaction.atomic
def link_figure(
    finding: Finding,
    *,
    item: str,
    label: str,
    n: int,
    denominator: int,
    by: Actor,
    access: str = Access.PUBLIC,
    more: dict[str, Any] | None = None,
) -> Evidence:
    """A figure, frozen with n and denominator: nothing is a figure without both."""
    if denominator < n or n < 0:
        raise Invalid(_("A figure needs n and a denominator that is not smaller."), code="figure", attr="n")
    frozen = {"item": item, "n": n, "denominator": denominator, "counted_at": clock.now().isoformat(), **(more or {})}
    old = finding.evidence.filter(kind=EvidenceKind.FIGURE, item=item).first()
    if old is not None:
        authorize(by, "reports.add_finding", finding)
        if finding.state == FindingState.DRAFT and (old.frozen.get("n"), old.frozen.get("denominator")) != (n, denominator):
            old.frozen, old.label = frozen, label[:300]
            old.save_changes("frozen", "label")
        return old
    return _link(finding, EvidenceKind.FIGURE, None, item=item, label=label, frozen=frozen, access=access, by=by)


@transaction.atomic
def link_note(finding: Finding, note: Note, *, by: Actor) -> Evidence:
    """An observer's note, with the note's own access level."""
    _same_mission(finding, note.mission_id)
    frozen = {"text": note.text, "topic": note.topic, "place": note.place}
    label = _("Note: %(text)s") % {"text": note.text[:80]}
    return _link(finding, EvidenceKind.NOTE, note.uuid, label=label, frozen=frozen, access=note.access, by=by)


@transaction.atomic
def link_meeting(finding: Finding, meeting: Meeting, *, by: Actor, note: Any = None) -> Evidence:
    """A meeting or one note of it; what interlocutors say is not public unless the note is."""
    _same_mission(finding, meeting.mission_id)
    access = note.access if note is not None else Access.TEAM
    frozen = {"title": meeting.title, "day": meeting.start_day.isoformat()}
    if note is not None:
        frozen |= {"note": str(note.uuid), "topic": note.topic, "text": note.text, "version": note.version}
    item = f"note:{note.uuid.hex}" if note is not None else ""
    return _link(finding, EvidenceKind.MEETING, meeting.uuid, item=item, label=meeting.title, frozen=frozen, access=access, by=by)


@transaction.atomic
def link_incident(finding: Finding, incident: Incident, *, by: Actor) -> Evidence:
    """An incident; incident texts are never published (report-structure 7)."""
    _same_mission(finding, incident.mission_id)
    frozen = {"number": incident.number, "kind": incident.kind, "seriousness": incident.seriousness}
    return _link(finding, EvidenceKind.INCIDENT, incident.uuid, label=incident.number, frozen=frozen, access=Access.TEAM, by=by)


@transaction.atomic
def link_document(finding: Finding, file: StoredFile, *, by: Actor, label: str = "") -> Evidence:
    """A stored file, with the file's own access level."""
    frozen = {"name": file.name, "sha256": file.sha256, "mime": file.mime}
    return _link(finding, EvidenceKind.DOCUMENT, file.uuid, label=label or file.name, frozen=frozen, access=file.access, by=by)


def documents_for(mission: Mission) -> list[StoredFile]:
    """Files that belong to the mission: papers that organisations left at its meetings, photos and files from the field."""
    papers = Participant.objects.filter(meeting__mission=mission, paper__isnull=False).values("paper")
    photos = Attachment.objects.filter(mission=mission, stored__isnull=False).values("stored")
    return list(StoredFile.objects.filter(Q(pk__in=papers) | Q(pk__in=photos)).order_by("name", "pk"))


@transaction.atomic
def link_recommendation(finding: Finding, earlier: Recommendation, *, by: Actor) -> Evidence:
    """An earlier, adopted recommendation to the same country."""
    if not earlier.is_adopted or earlier.country_id != finding.mission.country_id:
        raise Invalid(_("Only an adopted recommendation to the same country can be linked."), code="recommendation", attr="recommendation")
    label = f"{earlier.text_number} {earlier.label}".strip()
    frozen = {"paragraph": earlier.paragraph, "adopted_on": earlier.adopted_on.isoformat() if earlier.adopted_on else ""}
    return _link(finding, EvidenceKind.RECOMMENDATION, earlier.uuid, label=label, frozen=frozen, access=Access.PUBLIC, by=by)


@transaction.atomic
def remove_evidence(evidence: Evidence, *, by: Actor) -> None:
    """Take a link away while the finding is open; what it named stays where it is."""
    finding = evidence.finding
    authorize(by, "reports.change_finding", finding)
    if finding.state != FindingState.DRAFT:
        raise NotNow(_("Only an open finding can be changed. Open it again first."), code="finding_not_open")
    record(by, "reports.evidence_removed", finding, data={"kind": evidence.kind, "item": evidence.item})
    evidence.delete()


def _link(
    finding: Finding, kind: str, object_uuid: UUID | None, *, label: str, frozen: dict, access: str, by: Actor, item: str = ""
) -> Evidence:
    """One link per object and item; asked again, the first is returned. Evidence is added to a finding that is not dropped."""
    authorize(by, "reports.add_finding", finding)
    if finding.state == FindingState.DROPPED:
        raise NotNow(_("The finding was dropped. Open it again first."), code="finding_dropped")
    if object_uuid is not None:
        known = finding.evidence.filter(kind=kind, object_uuid=object_uuid, item=item).first()
        if known:
            return known
    evidence = Evidence.objects.create(
        finding=finding, kind=kind, object_uuid=object_uuid, item=item, label=label[:300], frozen=frozen, access=access, added_by=str(by)
    )
    record(by, "reports.evidence_linked", finding, data={"kind": str(kind), "item": item})
    return evidence


def _same_mission(finding: Finding, mission_id: int) -> None:
    if finding.mission_id != mission_id:
        raise Invalid(_("The evidence belongs to another mission."), code="evidence_elsewhere", attr="evidence")
