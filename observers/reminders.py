"""Reminder rules: answer a call or an invitation, sign the code, declare interests, enter identity data (DESIGN 3, "Reminders")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.enums import GlobalRole
from accounts.models import User
from core import clock
from core.actors import SYSTEM
from core.enums import Timing
from core.models import Reminder
from core.reminders import Due, Recipient, ReminderRule, offsets_of, register
from missions.enums import LIVE_ASSIGNMENTS, SEATED_ASSIGNMENTS, AssignmentState
from missions.models import Assignment, Mission
from observers.enums import DeclarationKind
from observers.membership.dates import say
from observers.models import AccreditationList, CallRecipient, Declaration, Interest, Invitation, Membership, Nomination
from observers.services.accreditation import deletion_day, may_enter
from observers.services.assignments import another_link as link_to_own_page
from observers.services.calls import another_link, letter_context
from observers.services.eligibility import mission_days
from observers.services.nominations import link_to_accept, unanswered_nominations

ANSWER, ENDING = "observers.answer_invitation", "observers.membership_ending"
CALL, IDENTITY = "observers.answer_call", "observers.enter_identity"
NOMINATION, RETENTION = "observers.accept_nomination", "observers.retention_due"
HOUR = time(9)


def _morning(day: date, zone: str) -> datetime:
    """Nine o'clock of that day where the reader lives."""
    return datetime.combine(day, HOUR, ZoneInfo(zone)).astimezone(UTC)


def _end(day: date, zone: str) -> datetime:
    """The end of that day where the reader lives."""
    return datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(zone)).astimezone(UTC)


def _recipient(assignment: Assignment) -> Recipient:
    person = assignment.person
    return Recipient(person.email, person.name, person.language, person.zone)


def _coordinators() -> list[Recipient]:
    users = User.objects.filter(is_active=True, grants__role=GlobalRole.COORDINATOR).select_related("person")
    people = [one.person for one in users if one.person and one.person.email]
    return [Recipient(one.email, one.name, one.language, one.zone) for one in people]


def _context(assignment: Assignment, **more: Any) -> dict[str, Any]:
    return _said(assignment.mission, assignment.person.language, **more)


def _said(mission: Mission, language: str, **more: Any) -> dict[str, Any]:
    """What a mail says of a mission, in the reader's language."""
    with translation.override(language):
        return {
            "title": mission.title,
            "reference": mission.reference,
            **{key: say(value) if isinstance(value, date) else value for key, value in more.items()},
        }


def pending_answers(at: datetime) -> Iterable[Due]:
    """Invitations still open so many days before their answer is due."""
    offsets = offsets_of(ANSWER)
    rows = Invitation.objects.filter(assignment__state=AssignmentState.ASKED).select_related("assignment__mission", "assignment__person")
    for row in rows:
        assignment = row.assignment
        for days in offsets:
            due = _morning(row.answer_by - timedelta(days=days), assignment.person.zone)
            if row.sent_at < due <= at:
                context = _context(assignment, answer_by=row.answer_by)
                yield Due(
                    assignment.uuid,
                    _recipient(assignment),
                    f"{row.answer_by}-{days}",
                    due,
                    context,
                    assignment.mission.reference,
                    expires_at=_end(row.answer_by, assignment.person.zone),
                )


def answer_is_due(reminder: Reminder) -> bool:
    """The invitation is still unanswered."""
    return Assignment.objects.filter(uuid=reminder.object_id, state=AssignmentState.ASKED).exists()


def answers_are_due(rows: Sequence[Reminder]) -> set[int]:
    """The same for many."""
    asked = Assignment.objects.filter(uuid__in={row.object_id for row in rows}, state=AssignmentState.ASKED)
    uuids = {str(uuid) for uuid in asked.values_list("uuid", flat=True)}
    return {row.pk for row in rows if row.object_id in uuids}


def pending_calls(at: datetime) -> Iterable[Due]:
    """Calls for interest without an answer so many days before it is due."""
    offsets = offsets_of(CALL)
    rows = CallRecipient.objects.filter(call__withdrawn_at__isnull=True, call__answer_by__gte=clock.today(), sent_at__isnull=False)
    rows = rows.exclude(person__email="").exclude(
        Exists(Interest.objects.filter(mission=OuterRef("call__mission"), person=OuterRef("person")))
    )
    for row in rows.select_related("person", "call__mission__election").prefetch_related("call__mission__polling_days"):
        person, day, mission = row.person, row.call.answer_by, row.call.mission
        for days in offsets:
            due = _morning(day - timedelta(days=days), person.zone)
            if row.sent_at is not None and row.sent_at < due <= at:
                to = Recipient(person.email, person.name, person.language, person.zone)
                end = _end(day, person.zone)
                yield Due(row.uuid, to, f"{day}-{days}", due, letter_context(row), mission.reference, expires_at=end)


def call_is_due(reminder: Reminder) -> bool:
    """Still unanswered, and the day to answer by is the same."""
    row = CallRecipient.objects.filter(uuid=reminder.object_id, call__withdrawn_at__isnull=True).select_related("call").first()
    if row is None or not reminder.occurrence.startswith(row.call.answer_by.isoformat()):
        return False
    return not Interest.objects.filter(mission=row.call.mission_id, person=row.person_id).exists()


def call_link(reminder: Reminder) -> dict[str, Any]:
    """A fresh link for the reminder: the one in the letter is not stored."""
    row = CallRecipient.objects.select_related("person", "call__mission").get(uuid=reminder.object_id)
    return {"url": another_link(row)}


def pending_nominations(at: datetime) -> Iterable[Due]:
    """People whom a group nominated and who have not said whether they accept, so many days after the nomination."""
    offsets = offsets_of(NOMINATION)
    for row in unanswered_nominations().prefetch_related("mission__polling_days"):
        person, mission = row.person, row.mission
        day = row.created_at.astimezone(ZoneInfo(person.zone)).date()
        first, last = mission_days(mission)
        words = {"group": row.group.name_in(person.language), "first": first, "last": last}
        for days in offsets:
            due = _morning(day + timedelta(days=days), person.zone)
            if row.created_at < due <= at:
                to = Recipient(person.email, person.name, person.language, person.zone)
                context = _said(mission, person.language, **words)
                yield Due(row.uuid, to, f"{day}+{days}", due, context, mission.reference, expires_at=_end(first, person.zone))


def nomination_is_due(reminder: Reminder) -> bool:
    """It still stands, and its person has neither answered nor been asked into the delegation."""
    return unanswered_nominations().filter(uuid=reminder.object_id).exists()


def nomination_link(reminder: Reminder) -> dict[str, Any]:
    """A fresh link by which to answer."""
    return {"url": link_to_accept(Nomination.objects.select_related("mission", "person").get(uuid=reminder.object_id))}


def pending_retention(at: datetime) -> Iterable[Due]:
    """Missions whose identity data are deleted soon: to the coordinators, who can take the list out until then."""
    offsets = offsets_of(RETENTION)
    rows = AccreditationList.objects.filter(mission__assignments__identity_document__isnull=False).distinct()
    for row in rows.select_related("mission").prefetch_related("mission__polling_days"):
        day, mission = deletion_day(row), row.mission
        if day is None:
            continue
        for recipient, days in product(_coordinators(), offsets):
            due = _morning(day - timedelta(days=days), mission.zone)
            if due <= at:
                yield Due(
                    row.uuid,
                    recipient,
                    f"{day}-{days}",
                    due,
                    {"mission": mission.reference, "delete_on": day.isoformat()},
                    mission.reference,
                    reverse("observers:accreditation", args=[mission.reference]),
                    expires_at=datetime.combine(day, time(0), ZoneInfo(mission.zone)),
                )


def retention_is_due(reminder: Reminder) -> bool:
    """There are still data, and they are still deleted on that day."""
    rows = AccreditationList.objects.filter(uuid=reminder.object_id, mission__assignments__identity_document__isnull=False)
    row = rows.select_related("mission").first()
    return row is not None and reminder.occurrence.startswith(f"{deletion_day(row)}-")


def pending_identity(at: datetime) -> Iterable[Due]:
    """Identity data that the election office waits for, so many days before the mission's first day."""
    offsets = offsets_of(IDENTITY)
    rows = Assignment.objects.filter(
        state__in=LIVE_ASSIGNMENTS,
        identity_document__isnull=True,
        mission__accreditation_list__is_open=True,
        mission__first_day__gte=clock.today(),
    ).exclude(person__email="")
    for row in rows.select_related("mission__accreditation_list", "person").prefetch_related("mission__polling_days"):
        first, _until = mission_days(row.mission)
        for days in offsets:
            due = _morning(first - timedelta(days=days), row.person.zone)
            if max(row.created_at, row.mission.accreditation_list.created_at) < due <= at:
                context, end = _context(row, first=first), _end(first, row.person.zone)
                yield Due(row.uuid, _recipient(row), f"{first}-{days}", due, context, row.mission.reference, expires_at=end)


def identity_is_due(reminder: Reminder) -> bool:
    """Still asked for, and not entered."""
    row = Assignment.objects.filter(uuid=reminder.object_id, identity_document__isnull=True).first()
    return row is not None and may_enter(row)


def own_link(reminder: Reminder) -> dict[str, Any]:
    """A fresh link to the person's own page of the mission."""
    row = Assignment.objects.select_related("person", "mission").get(uuid=reminder.object_id)
    return {"url": link_to_own_page(row, by=SYSTEM)[1]}


def _standing(kind: str) -> Any:
    """Declarations that still count: no new one is asked for, and they hold through the mission."""
    holds = Q(valid_until__isnull=True) | Q(assignment__mission__last_day__isnull=True)
    holds |= Q(valid_until__gte=F("assignment__mission__last_day"))
    return Declaration.objects.filter(holds, kind=kind, is_current=True, renewal_reason="")


def _pending_declarations(code: str, kind: str, at: datetime) -> Iterable[Due]:
    offsets = offsets_of(code)
    done = _standing(kind).values("assignment")
    rows = (
        Assignment.objects.filter(state__in=SEATED_ASSIGNMENTS, mission__first_day__gte=clock.today())
        .exclude(pk__in=done)
        .exclude(person__email="")
        .select_related("mission", "person")
        .prefetch_related("mission__polling_days")
    )
    for row in rows:
        first, _until = mission_days(row.mission)
        for days in offsets:
            due = _morning(first - timedelta(days=days), row.person.zone)
            if (row.answered_at or row.created_at) < due <= at:
                context = _context(row, first=first)
                end = _end(first, row.person.zone)
                yield Due(row.uuid, _recipient(row), f"{first}-{days}", due, context, row.mission.reference, expires_at=end)


def _declaration_is_due(kind: str, reminder: Reminder) -> bool:
    row = Assignment.objects.filter(uuid=reminder.object_id, state__in=SEATED_ASSIGNMENTS).first()
    return row is not None and not _standing(kind).filter(assignment=row).exists()


def _declarations_are_due(kind: str, rows: Sequence[Reminder]) -> set[int]:
    done = _standing(kind).values("assignment")
    open_ones = Assignment.objects.filter(uuid__in={row.object_id for row in rows}, state__in=SEATED_ASSIGNMENTS).exclude(pk__in=done)
    uuids = {str(uuid) for uuid in open_ones.values_list("uuid", flat=True)}
    return {row.pk for row in rows if row.object_id in uuids}


def pending_memberships(at: datetime) -> Iterable[Due]:
    """Memberships of people in running delegations that end soon: to the coordinators."""
    offsets, today = offsets_of(ENDING), clock.today()
    last = at.date() + timedelta(days=max(offsets, default=0) + 1)
    people = Assignment.objects.filter(state__in=LIVE_ASSIGNMENTS, mission__in=Mission.objects.running()).select_related(
        "mission", "person"
    )
    by_person: dict[int, list[Assignment]] = {}
    for row in people:
        by_person.setdefault(row.person_id, []).append(row)
    ending = Membership.objects.filter(person__in=by_person, ends_on__range=(today, last), extended_until=None)
    for membership, recipient, days in product(ending, _coordinators(), offsets):
        assert membership.ends_on is not None  # the query asked for it
        due = _morning(membership.ends_on - timedelta(days=days), clock.STRASBOURG)
        assignment = by_person[membership.person_id][0]
        if due <= at:
            yield Due(
                membership.uuid,
                recipient,
                f"{membership.ends_on}-{days}",
                due,
                {"mission": assignment.mission.reference, "person": assignment.person.name, "ends_on": membership.ends_on.isoformat()},
                assignment.mission.reference,
                assignment.mission.get_absolute_url(),
                expires_at=_end(membership.ends_on, clock.STRASBOURG),
            )


def membership_still_ends(reminder: Reminder) -> bool:
    """It still ends on that day, and its holder is still in a running delegation."""
    row = Membership.objects.filter(uuid=reminder.object_id, extended_until=None).first()
    if row is None or not reminder.occurrence.startswith(f"{row.ends_on}-"):
        return False
    running = Mission.objects.running()
    return Assignment.objects.filter(person=row.person_id, state__in=LIVE_ASSIGNMENTS, mission__in=running).exists()


def register_rules() -> None:
    """Register the rules of this app. Safe to repeat."""
    register(
        ReminderRule(
            ENDING,
            pending_memberships,
            membership_still_ends,
            "observers/mail/membership_ending",
            label=_("The membership of somebody in a delegation ends"),
            anchor=_("before its last day"),
            offsets=(30, 7),
            timing=Timing.DIGEST,
        )
    )
    register(
        ReminderRule(
            ANSWER,
            pending_answers,
            answer_is_due,
            "observers/mail/remind_answer",
            label=_("Answer the invitation to a delegation"),
            anchor=_("before the answer is due"),
            offsets=(3, 1),
            is_duty=True,
            still_due_many=answers_are_due,
        )
    )
    register(
        ReminderRule(
            CALL,
            pending_calls,
            call_is_due,
            "observers/mail/remind_call",
            fill=call_link,
            label=_("Answer a call for interest"),
            anchor=_("before the answer is due"),
            offsets=(3, 1),
        )
    )
    register(
        ReminderRule(
            NOMINATION,
            pending_nominations,
            nomination_is_due,
            "observers/mail/accept_nomination",
            fill=nomination_link,
            label=_("Accept a nomination"),
            anchor=_("after the nomination"),
            offsets=(1, 4, 7),
        )
    )
    register(
        ReminderRule(
            RETENTION,
            pending_retention,
            retention_is_due,
            "observers/mail/retention_due",
            label=_("The time to keep identity data ends"),
            anchor=_("before they are deleted"),
            offsets=(7, 1),
            timing=Timing.DIGEST,
        )
    )
    register(
        ReminderRule(
            IDENTITY,
            pending_identity,
            identity_is_due,
            "observers/mail/remind_identity",
            fill=own_link,
            label=_("Enter identity data for the accreditation"),
            anchor=_("before the mission's first day"),
            offsets=(21, 10, 3),
            is_duty=True,
        )
    )
    kinds = (
        (DeclarationKind.CODE, "remind_code", _("Sign the code of conduct")),
        (DeclarationKind.INTEREST, "remind_interest", _("Declare interests")),
    )
    for kind, name, label in kinds:
        code = f"observers.{name}"
        register(
            ReminderRule(
                code,
                partial(_pending_declarations, code, kind.value),
                partial(_declaration_is_due, kind.value),
                f"observers/mail/{name}",
                label=label,
                anchor=_("before the mission's first day"),
                offsets=(21, 10, 3),
                is_duty=True,
                still_due_many=partial(_declarations_are_due, kind.value),
            )
        )
