"""What the desk does with records: acknowledge flags, decide conflicts."""

from __future__ import annotations

import re
from uuid import uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.rights import authorize
from field.enums import ConflictState, Result, ReviewState
from field.models import FlagReview, Observation, SubmissionConflict
from field.services.ingest import Submission, ingest

IDENTITY = re.compile(r"(<(?:\w+:)?instanceID[^>]*>)\s*[^<]*(</(?:\w+:)?instanceID>)")
DEPRECATED = re.compile(r"<(\w+:)?deprecatedID[^>]*>[^<]*</(\w+:)?deprecatedID>|<(\w+:)?deprecatedID\s*/>")


@transaction.atomic
def review_flag(observation: Observation, code: str, state: str, *, by: Actor, note: str = "") -> FlagReview:
    """Say what was done about a flag (`B10`) or a check across records (`P6`). Asked twice, written once."""
    authorize(by, "field.review_flag", observation.mission)
    if state not in ReviewState.values:
        raise Invalid(_("This is not a state of a review."), attr="state")
    known = code in observation.flags or observation.reviews.filter(code=code).exists()
    if not known:
        raise Invalid(_("The record has no flag “%(code)s”.") % {"code": code}, attr="code")
    review, created = FlagReview.objects.get_or_create(
        observation=observation, code=code, defaults={"state": state, "note": note.strip(), "made_by": str(by)}
    )
    if not created and (review.state, review.note) != (state, note.strip() or review.note):
        review.state, review.note, review.made_by = state, note.strip() or review.note, str(by)
        review.save_changes("state", "note", "made_by")
    audit.record(by, "field.flag_reviewed", observation, data={"code": code, "state": state})
    return review


@transaction.atomic
def decide_conflict(conflict: SubmissionConflict, *, take_other: bool, by: Actor, reason: str) -> SubmissionConflict:
    """Keep the content that came first, or take the other one in as a correction of it. Both stay readable."""
    conflict = SubmissionConflict.objects.select_for_update(of=("self",)).select_related("mission", "device").get(pk=conflict.pk)
    authorize(by, "field.decide_conflict", conflict.mission)
    target = ConflictState.TOOK_OTHER if take_other else ConflictState.KEPT_FIRST
    if conflict.state == target:
        return conflict
    if conflict.state != ConflictState.OPEN:
        raise NotNow(_("This was decided already: %(state)s.") % {"state": conflict.get_state_display()})
    if not reason.strip():
        raise Invalid(_("Write in one sentence why."), code="reason_missing", attr="reason")
    if take_other:
        _take(conflict, reason.strip())
    conflict.state, conflict.reason, conflict.decided_by, conflict.decided_at = target, reason.strip(), str(by), clock.now()
    conflict.save_changes("state", "reason", "decided_by", "decided_at")
    audit.record(by, "field.conflict_decided", conflict, fields=["state"])
    return conflict


def _take(conflict: SubmissionConflict, reason: str) -> None:
    if conflict.kind != "observation":
        raise NotNow(_("Only the content of a form can be taken in; write the other note again."))
    uuid = uuid5(conflict.submission, conflict.content_hash)
    raw = DEPRECATED.sub("", conflict.raw)
    raw = IDENTITY.sub(rf"\g<1>uuid:{uuid}\g<2><deprecatedID>uuid:{conflict.submission}</deprecatedID>", raw, count=1)
    person = conflict.device.person_id if conflict.device else None
    result = ingest([Submission(raw=raw, mission=conflict.mission, device=conflict.device, person_id=person, reason=reason)])[0]
    if result.result not in {Result.REVISION, Result.ALREADY}:
        raise NotNow(_("The other content cannot be taken in: %(why)s") % {"why": result.detail})
