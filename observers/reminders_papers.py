"""Reminders of papers: the code of conduct, interests, identity data, and the day on which these are deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.services.recipients import coordinators, recipient_of
from core import clock
from core.actors import SYSTEM
from core.enums import Timing
from core.models import Reminder
from core.reminders import Due, ReminderRule, end_of, morning_of, offsets_of
from missions.enums import LIVE_ASSIGNMENTS, SEATED_ASSIGNMENTS
from missions.models import Assignment
from observers.enums import DeclarationKind
from observers.models import AccreditationList, Declaration
from observers.services.accreditation import deletion_day, may_enter
from observers.services.assignments import another_link as link_to_own_page
from observers.services.eligibility import mission_days
from observers.services.reminding import said_of

IDENTITY, RETENTION = "observers.enter_identity", "observers.retention_due"


def pending_retention(at: datetime) -> Iterable[Due]:
    """Missions whose identity data are deleted soon: to the coordinators, who can take the list out until then."""
    offsets = offsets_of(RETENTION)
    rows = AccreditationList.objects.filter(mission__assignments__identity_document__isnull=False).distinct()
    for row in rows.select_related("mission").prefetch_related("mission__polling_days"):
        day, mission = deletion_day(row), row.mission
        if day is None:
            continue
        for recipient, days in product(coordinators(), offsets):
            due = morning_of(day - timedelta(days=days), mission.zone)
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
            due = morning_of(first - timedelta(days=days), row.person.zone)
            if max(row.created_at, row.mission.accreditation_list.created_at) < due <= at:
                context, end = said_of(row.mission, row.person.language, first=first), end_of(first, row.person.zone)
                yield Due(row.uuid, recipient_of(row.person), f"{first}-{days}", due, context, row.mission.reference, expires_at=end)


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
            due = morning_of(first - timedelta(days=days), row.person.zone)
            if (row.answered_at or row.created_at) < due <= at:
                context = said_of(row.mission, row.person.language, first=first)
                end = end_of(first, row.person.zone)
                yield Due(row.uuid, recipient_of(row.person), f"{first}-{days}", due, context, row.mission.reference, expires_at=end)


def _declaration_is_due(kind: str, reminder: Reminder) -> bool:
    row = Assignment.objects.filter(uuid=reminder.object_id, state__in=SEATED_ASSIGNMENTS).first()
    return row is not None and not _standing(kind).filter(assignment=row).exists()


def _declarations_are_due(kind: str, rows: Sequence[Reminder]) -> set[int]:
    done = _standing(kind).values("assignment")
    open_ones = Assignment.objects.filter(uuid__in={row.object_id for row in rows}, state__in=SEATED_ASSIGNMENTS).exclude(pk__in=done)
    uuids = {str(uuid) for uuid in open_ones.values_list("uuid", flat=True)}
    return {row.pk for row in rows if row.object_id in uuids}


def _declaration_rule(kind: str, name: str, label: Any) -> ReminderRule:
    code = f"observers.{name}"
    return ReminderRule(
        code,
        partial(_pending_declarations, code, kind),
        partial(_declaration_is_due, kind),
        f"observers/mail/{name}",
        label=label,
        anchor=_("before the mission's first day"),
        offsets=(21, 10, 3),
        is_duty=True,
        still_due_many=partial(_declarations_are_due, kind),
    )


RULES = (
    ReminderRule(
        RETENTION,
        pending_retention,
        retention_is_due,
        "observers/mail/retention_due",
        label=_("The time to keep identity data ends"),
        anchor=_("before they are deleted"),
        offsets=(7, 1),
        timing=Timing.DIGEST,
    ),
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
    ),
    _declaration_rule(DeclarationKind.CODE.value, "remind_code", _("Sign the code of conduct")),
    _declaration_rule(DeclarationKind.INTEREST.value, "remind_interest", _("Declare interests")),
)
