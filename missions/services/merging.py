"""Two organisations that are one: merge them, read what was done, take it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.services.links import revoke_links_of
from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.models import StoredFile
from core.rights import authorize
from missions.enums import MeetingState, ParticipantAnswer, PartnerStatus
from missions.models import Assignment, Contact, Meeting, Organisation, OrganisationMerge, Participant, Request
from missions.services.invitations import PURPOSE

# What the one that stays takes over where it says nothing itself.
TAKEN = ("other_name", "languages", "website", "note")
TERM = ("partner_status", "status_from", "status_to")
# Of two answers about one meeting the one further to the left counts.
RANK = [
    ParticipantAnswer.ACCEPTED, ParticipantAnswer.TENTATIVE, ParticipantAnswer.PROPOSED, ParticipantAnswer.DECLINED,
    ParticipantAnswer.INVITED, ParticipantAnswer.NOT_INVITED,
]  # fmt: skip
PLAIN = (
    "answer", "invited_at", "answered_at", "comment", "people", "access_needs", "proposed_day", "proposed_start", "proposed_end",
    "told_sequence",
)  # fmt: skip
JOINED = ("comment", "people", "access_needs")


@transaction.atomic
def merge_organisations(kept: Organisation, merged: Organisation, *, by: Actor) -> OrganisationMerge:
    """Make one of two: contacts, meetings, requests and people of missions move to `kept`; `merged` stays as a name that leads there.

    Where both were in the same meeting, one row remains: the answer given counts before one that is missing, what both wrote
    is joined, and the link of the other is dead. Raises Invalid for one and the same, NotNow for one that was merged already.
    """
    authorize(by, "missions.change_organisation", kept)
    rows = Organisation.objects.select_for_update(of=("self",)).filter(pk__in=[kept.pk, merged.pk]).in_bulk()
    if len(rows) != 2:
        raise Invalid(_("Choose another organisation: one cannot be merged with itself."), code="merge_with_itself", attr="other")
    kept, merged = rows[kept.pk], rows[merged.pk]
    for row in (kept, merged):
        if row.merged_into_id:
            raise NotNow(_("“%(name)s” was merged into another one already.") % {"name": row.name}, code="merged_away")
    if not kept.is_active:
        raise NotNow(_("“%(name)s” is out of use: merge it into the other one.") % {"name": kept.name}, code="out_of_use")
    trace = OrganisationMerge.objects.create(kept=kept, merged=merged, merged_at=clock.now(), merged_by=str(by))
    moved: dict[str, Any] = {"was_active": merged.is_active, "fields": _take_over(kept, merged)}
    moved["contacts"], moved["primary"] = _move_contacts(kept, merged)
    moved["meetings"] = _move_participations(kept, merged, trace, by=by)
    moved["requests"] = _repoint(Request, "authority", kept, merged)
    moved["assignments"] = _repoint(Assignment, "organisation", kept, merged)
    moved["earlier"] = _repoint(Organisation, "merged_into", kept, merged)
    trace.moved = moved
    trace.save_changes("moved")
    merged.is_active, merged.merged_into = False, kept
    merged.save_changes("is_active", "merged_into")
    audit.record(by, "missions.organisations_merged", kept, data={"merged": str(merged.uuid)})
    return trace


@transaction.atomic
def undo_merge(trace: OrganisationMerge, *, by: Actor) -> Organisation:
    """Take a merge back: what it moved goes back where it still is, what came later stays. Returns the one that is back. Twice is once.

    Raises NotNow where one of the two was merged again since: the later merge is taken back first.
    """
    trace = OrganisationMerge.objects.select_for_update(of=("self",)).select_related("kept", "merged").get(pk=trace.pk)
    authorize(by, "missions.change_organisation", trace.kept)
    kept, merged = trace.kept, trace.merged
    if trace.undone_at is not None:
        return merged
    later = OrganisationMerge.objects.filter(Q(kept=kept) | Q(merged=kept), undone_at=None, pk__gt=trace.pk).first()
    if later is not None:
        sentence = _("“%(name)s” was merged again since: take that merge back first.")
        raise NotNow(sentence % {"name": later.merged.name}, code="merged_again")
    moved = trace.moved
    for name, value in moved["fields"].items():
        setattr(kept, name, value)
    kept.save_changes(*moved["fields"])
    Contact.objects.filter(uuid__in=moved["contacts"], organisation=kept).update(organisation=merged, is_primary=False)
    Contact.objects.filter(uuid__in=_one(moved["primary"]), organisation=merged).update(is_primary=True)
    _give_back(kept, merged, moved["meetings"])
    Request.objects.filter(uuid__in=moved["requests"], authority=kept).update(authority=merged)
    Assignment.objects.filter(uuid__in=moved["assignments"], organisation=kept).update(organisation=merged)
    Organisation.objects.filter(uuid__in=moved["earlier"], merged_into=kept).update(merged_into=merged)
    merged.is_active, merged.merged_into = moved["was_active"], None
    merged.save_changes("is_active", "merged_into")
    trace.undone_at = clock.now()
    trace.save_changes("undone_at")
    audit.record(by, "missions.merge_undone", kept, data={"merged": str(merged.uuid)})
    return merged


def preview_merge(kept: Organisation, merged: Organisation) -> dict[str, Any]:
    """What a merge would do: how much moves, the meetings of both, and those that would then be at the same time."""
    own, theirs = _meetings_of(kept), _meetings_of(merged)
    both = [meeting for meeting in theirs if meeting in own]
    open_ones = [row for row in {*own, *theirs} if row.state != MeetingState.CANCELLED]
    clashing = [
        (one, two)
        for one in open_ones
        for two in open_ones
        if one.pk < two.pk and one.starts_at < two.ends_at and two.starts_at < one.ends_at and (one in own) != (two in own)
    ]
    return {
        "contacts": merged.contacts.count(),
        "meetings": len(theirs),
        "requests": merged.requests.count(),
        "assignments": merged.assignments.count(),
        "both": both,
        "clashing": clashing,
    }


def _meetings_of(organisation: Organisation) -> list[Meeting]:
    return list(Meeting.objects.filter(participants__organisation=organisation).select_related("mission"))


def _take_over(kept: Organisation, merged: Organisation) -> dict[str, Any]:
    """Fill what `kept` says nothing about; returns what stood there before."""
    before: dict[str, Any] = {}
    names = [name for name in TAKEN if not getattr(kept, name) and getattr(merged, name)]
    if "note" in names:
        names.append("note_access")
    for name in names:
        before[name] = getattr(kept, name)
        setattr(kept, name, getattr(merged, name))
    if kept.partner_status == PartnerStatus.NONE and merged.partner_status != PartnerStatus.NONE:
        before |= {"partner_status": PartnerStatus.NONE.value, "status_from": None, "status_to": None}
        for name in TERM:
            setattr(kept, name, getattr(merged, name))
    kept.save_changes(*before)
    return before


def _move_contacts(kept: Organisation, merged: Organisation) -> tuple[list[str], str]:
    """Move the contacts; the first contact of `kept` stays the first one. Returns those moved, and which was first."""
    rows = list(merged.contacts.all())
    primary = next((row for row in rows if row.is_primary), None)
    keeps_first = primary is not None and not kept.contacts.exists()
    merged.contacts.update(is_primary=False)
    Contact.objects.filter(pk__in=[row.pk for row in rows]).update(organisation=kept)
    if keeps_first and primary is not None:
        Contact.objects.filter(pk=primary.pk).update(is_primary=True)
    return [str(row.uuid) for row in rows], str(primary.uuid) if primary else ""


def _move_participations(kept: Organisation, merged: Organisation, trace: OrganisationMerge, *, by: Actor) -> list[dict[str, Any]]:
    """Move the rows of meetings; of two rows in one meeting one remains. Returns what is needed to take it back."""
    own = {row.meeting_id: row for row in kept.participations.select_related("paper")}
    done: list[dict[str, Any]] = []
    for row in merged.participations.select_related("paper", "meeting", "contact"):
        twin = own.get(row.meeting_id)
        if twin is None:
            done.append({"moved": str(row.uuid)})
            row.organisation = kept
            row.save_changes("organisation")
            continue
        stays, goes = sorted((twin, row), key=_weight)
        entry = {"stays": _values(stays), "goes": _values(goes), "merged": str(row.uuid)}
        papers = [file for file in (stays.paper, goes.paper) if file is not None]
        revoke_links_of(goes, by=by, purpose=PURPOSE)
        goes.delete()
        for name in JOINED:
            setattr(stays, name, _joined(getattr(stays, name), getattr(goes, name)))
        stays.organisation, stays.paper = kept, stays.paper or goes.paper
        stays.save_changes("organisation", "paper", *JOINED)
        trace.papers.add(*papers)
        done.append(entry)
    return done


def _weight(row: Participant) -> tuple[int, float]:
    """The answer that counts comes first; of two alike, the later one."""
    return RANK.index(ParticipantAnswer(row.answer)), -(row.answered_at.timestamp() if row.answered_at else 0)


def _joined(one: str, two: str) -> str:
    return one if two in one else "\n".join(part for part in (one, two) if part)


def _values(row: Participant) -> dict[str, Any]:
    """A row of a meeting as JSON keeps it."""
    values = {name: getattr(row, name) for name in PLAIN}
    kept = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}
    return {
        **kept,
        "uuid": str(row.uuid),
        "meeting": str(row.meeting.uuid),
        "contact": str(row.contact.uuid) if row.contact else "",
        "paper": str(row.paper.uuid) if row.paper else "",
    }


def _give_back(kept: Organisation, merged: Organisation, done: list[dict[str, Any]]) -> None:
    """The rows of meetings as they were. A row that was answered since keeps its answer; one whose meeting is gone stays gone."""
    for entry in done:
        if "moved" in entry:
            Participant.objects.filter(uuid=entry["moved"], organisation=kept).update(organisation=merged)
            continue
        meeting = Meeting.objects.filter(uuid=entry["stays"]["meeting"]).first()
        row = Participant.objects.filter(uuid=entry["stays"]["uuid"], organisation=kept).first()
        if meeting is None or row is None:
            continue
        own, other = (kept, merged) if entry["merged"] == entry["goes"]["uuid"] else (merged, kept)
        if _stamp(row.answered_at) == entry["stays"]["answered_at"]:
            for name in JOINED:
                setattr(row, name, entry["stays"][name])
            row.paper = StoredFile.objects.filter(uuid__in=_one(entry["stays"]["paper"])).first()
        row.organisation = own
        row.save_changes("organisation", "paper", *JOINED)
        _make_again(entry["goes"], meeting, other)


def _make_again(values: dict[str, Any], meeting: Meeting, organisation: Organisation) -> None:
    """The row that the merge took away; its link was withdrawn, so where it has no answer it is to be invited again."""
    plain = {name: values[name] for name in PLAIN}
    if plain["answer"] == ParticipantAnswer.INVITED:
        plain |= {"answer": ParticipantAnswer.NOT_INVITED, "invited_at": None}
    row = Participant(meeting=meeting, organisation=organisation, uuid=values["uuid"], **plain)
    row.contact = Contact.objects.filter(uuid__in=_one(values["contact"])).first()
    row.paper = StoredFile.objects.filter(uuid__in=_one(values["paper"])).first()
    row.save()


def _one(uuid: str) -> list[str]:
    """A uuid that JSON kept, or nothing."""
    return [uuid] if uuid else []


def _stamp(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _repoint(model: Any, field: str, kept: Organisation, merged: Organisation) -> list[str]:
    rows = model.objects.filter(**{field: merged})
    found = [str(uuid) for uuid in rows.values_list("uuid", flat=True)]
    rows.update(**{field: kept})
    return found
