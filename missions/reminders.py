"""Reminders of this app: deadlines that come near, and preparations that somebody sees to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.enums import GlobalRole
from accounts.models import Person, User
from accounts.services.recipients import recipient_of
from core import clock
from core.enums import Timing, Unit
from core.models import Reminder
from core.reminders import Due, Recipient, ReminderRule, end_of, morning_of, offsets_of, register
from missions.enums import BEFORE_ELECTION_DAY, SEATED_ASSIGNMENTS, AssignmentRole, MeetingState, ParticipantAnswer
from missions.models import Meeting, Milestone, Mission, Organisation, Participant, Preparation
from missions.services.invitations import another_link, facts_for

MILESTONE, PREPARATION, UNANSWERED = "missions.milestone_due", "missions.preparation_due", "missions.meeting_unanswered"
SOON, PARTNER = "missions.meeting_soon", "missions.partner_ending"
# The first distance there was: its occasions carry the day alone, so that what was sent before there were others is not sent again.
FIRST_DISTANCE = 3
# Who has not answered an invitation is asked again after two days, then some days before, never twice within a day.
ASK_AGAIN_AFTER = timedelta(hours=48)
ASK_APART = timedelta(hours=24)


def _occurrence(day: date, days: int) -> str:
    return day.isoformat() if days == FIRST_DISTANCE else f"{day.isoformat()}-{days}"


def pending_milestones(at: datetime) -> Iterator[Due]:
    """Open deadlines of running missions so many days before their day."""
    offsets = offsets_of(MILESTONE)
    first, last = clock.today() - timedelta(days=1), at.date() + timedelta(days=max(offsets, default=0) + 1)
    rows = Milestone.objects.open().by_day().filter(day__range=(first, last), mission__in=Mission.objects.running())
    for milestone in rows.select_related("mission", "rule"):
        day, zone = milestone.effective_on, milestone.mission.zone
        passed = [(days, due_at) for days in offsets if (due_at := morning_of(day - timedelta(days=days), zone)) <= at]
        for recipient in _owners(milestone) if passed else []:
            for days, due_at in passed:
                yield Due(
                    object_uuid=milestone.uuid,
                    recipient=recipient,
                    occurrence=_occurrence(day, days),
                    due_at=due_at,
                    context={
                        "label": getattr(milestone.rule, f"label_{recipient.language}", milestone.rule.label_en),
                        "due_on": day.isoformat(),
                        "mission": milestone.mission.reference,
                    },
                    mission=milestone.mission.reference,
                    url=milestone.mission.get_absolute_url(),
                    expires_at=end_of(day, zone),
                )


def milestone_still_due(reminder: Reminder) -> bool:
    """Still open, on the same day, in a mission that still runs."""
    milestone = Milestone.objects.open().filter(uuid=reminder.object_id).select_related("mission").first()
    if milestone is None or milestone.mission.has_ended:
        return False
    return reminder.occurrence.startswith(milestone.effective_on.isoformat())


def pending_preparations(at: datetime) -> Iterator[Due]:
    """Open preparations with an owner in the mission, while it prepares, so many days before they are due."""
    offsets = offsets_of(PREPARATION)
    first, last = clock.today() - timedelta(days=1), at.date() + timedelta(days=max(offsets, default=0) + 1)
    rows = Preparation.objects.open().filter(due_on__range=(first, last), owner__state__in=SEATED_ASSIGNMENTS)
    rows = rows.filter(mission__state__in=BEFORE_ELECTION_DAY).exclude(owner__person__email="")
    for row in rows.select_related("mission", "kind", "owner__person"):
        for days in offsets:
            due_at = morning_of(row.due_on - timedelta(days=days), row.mission.zone)
            if due_at <= at:
                yield _preparation_due(row, _occurrence(row.due_on, days), due_at)


def _preparation_due(row: Preparation, occurrence: str, due_at: datetime) -> Due:
    assert row.owner is not None and row.due_on is not None  # the query asked for both
    recipient = _recipient(row.owner.person)
    return Due(
        object_uuid=row.uuid,
        recipient=recipient,
        occurrence=occurrence,
        due_at=due_at,
        context={
            "label": row.title or getattr(row.kind, f"label_{recipient.language}", row.label),
            "due_on": row.due_on.isoformat(),
            "mission": row.mission.reference,
        },
        mission=row.mission.reference,
        url=reverse("missions:preparations", args=[row.mission.reference]),
        expires_at=end_of(row.due_on, row.mission.zone),
    )


def preparation_still_due(reminder: Reminder) -> bool:
    """Still open, on the same day, with the same owner, in a mission that still prepares."""
    row = Preparation.objects.open().filter(uuid=reminder.object_id).select_related("mission", "owner__person").first()
    if row is None or row.owner is None or row.mission.state not in BEFORE_ELECTION_DAY:
        return False
    same_day = bool(row.due_on) and reminder.occurrence.startswith(row.due_on.isoformat())
    return same_day and row.owner.person.email == reminder.address


def _owners(milestone: Milestone) -> list[Recipient]:
    """Whom the rule names: somebody of the mission in that role, else the coordinators."""
    role = milestone.rule.owner_role
    if role in AssignmentRole.values:
        seated = milestone.mission.assignments.seated().with_role(role).select_related("person")
        found = [_recipient(row.person) for row in seated if row.person.email]
        if found:
            return found
    return _coordinators()


def _coordinators() -> list[Recipient]:
    coordinators: QuerySet[User] = User.objects.filter(is_active=True, grants__role=GlobalRole.COORDINATOR).select_related("person")
    return [_recipient(user.person, user) for user in coordinators]


def _recipient(person: Person | None, user: User | None = None) -> Recipient:
    if person is not None and person.email:
        return recipient_of(person)
    return Recipient(user.email, user.name, user.language or "en") if user is not None else Recipient("")


def pending_answers(at: datetime) -> Iterator[Due]:
    """Organisations that were invited and have not answered: two days after the invitation, then some days before the meeting."""
    offsets = offsets_of(UNANSWERED)
    rows = Participant.objects.filter(answer=ParticipantAnswer.INVITED, invited_at__isnull=False, contact__email__gt="")
    rows = rows.filter(meeting__state=MeetingState.PLANNED, meeting__starts_at__gt=clock.now())
    rows = rows.filter(meeting__mission__in=Mission.objects.running())
    for row in rows.select_related("meeting__mission", "organisation", "contact"):
        for code, due_at in _asking_times(row, offsets):
            if due_at <= at and row.contact is not None:
                yield Due(
                    object_uuid=row.uuid,
                    recipient=Recipient(row.contact.email, row.contact.name, row.contact.language, row.meeting.zone),
                    occurrence=f"{code}:{_asked_for(row)}",
                    due_at=due_at,
                    context=facts_for(row),
                    mission=row.meeting.mission.reference,
                    expires_at=row.meeting.starts_at,
                )


def answer_still_due(reminder: Reminder) -> bool:
    """Still without an answer, for the same time of a meeting to come, and still for this contact."""
    row = _participant(reminder)
    if row is None or row.answer != ParticipantAnswer.INVITED or row.contact is None or row.meeting.mission.has_ended:
        return False
    to_come = row.meeting.state == MeetingState.PLANNED and row.meeting.starts_at > clock.now()
    same = reminder.occurrence.split(":", 1)[1] == _asked_for(row) and row.contact.email.lower() == reminder.address.lower()
    return to_come and same


def answer_link(reminder: Reminder) -> dict[str, Any]:
    """A fresh address by which to answer: the first one was told once and is kept nowhere."""
    row = _participant(reminder)
    return {"url": another_link(row)} if row is not None else {}


def _participant(reminder: Reminder) -> Participant | None:
    return Participant.objects.filter(uuid=reminder.object_id).select_related("meeting__mission", "organisation", "contact").first()


def _asking_times(row: Participant, offsets: tuple[int, ...]) -> list[tuple[str, datetime]]:
    """When this organisation is asked again: after the invitation, before the meeting, and never twice within a day."""
    zone, day, asked_at = row.meeting.zone, row.meeting.start_day, row.invited_at
    assert asked_at is not None  # the query asked for it
    wanted = [("after", asked_at + ASK_AGAIN_AFTER)]
    wanted += [(f"before{days}", morning_of(day - timedelta(days=days), zone)) for days in offsets]
    found: list[tuple[str, datetime]] = []
    last = asked_at
    for code, due_at in sorted(wanted, key=lambda item: item[1]):
        if due_at - last >= ASK_APART and due_at < row.meeting.starts_at:
            found.append((code, due_at))
            last = due_at
    return found


def _asked_for(row: Participant) -> str:
    """Which asking this is: a meeting that moved, or an invitation sent again, is another one."""
    return f"{row.meeting.starts_at:%Y%m%dT%H%M}:{row.invited_at:%Y%m%dT%H%M}" if row.invited_at else ""


def pending_meetings(at: datetime) -> Iterator[Due]:
    """Planned meetings that come near: to those of the delegation who take part."""
    offsets, now = offsets_of(SOON), clock.now()
    last = at + timedelta(hours=max(offsets, default=0))
    rows = Meeting.objects.planned().filter(starts_at__gt=now, starts_at__lte=last, mission__in=Mission.objects.running())
    for meeting in rows.select_related("mission", "track"):
        passed = [(hours, due_at) for hours in offsets if (due_at := meeting.starts_at - timedelta(hours=hours)) <= at]
        for person in _attending(meeting) if passed else []:
            with translation.override(person.language):
                starts = date_format(meeting.starts_at.astimezone(ZoneInfo(meeting.zone)), "DATETIME_FORMAT")
            for hours, due_at in passed:
                yield Due(
                    object_uuid=meeting.uuid,
                    recipient=_recipient(person),
                    occurrence=f"{meeting.starts_at:%Y%m%dT%H%M}-{hours}",
                    due_at=due_at,
                    context={
                        "mission": meeting.mission.reference,
                        "title": meeting.title,
                        "starts": starts,
                        "zone_name": meeting.zone,
                        "place": meeting.place or meeting.link,
                    },
                    mission=meeting.mission.reference,
                    url=meeting.get_absolute_url(),
                    expires_at=meeting.starts_at,
                )


def _attending(meeting: Meeting) -> list[Person]:
    """People of the mission who take part; of a meeting for all, the track's, else the whole delegation."""
    seated = meeting.mission.assignments.seated().exclude(person__email="").select_related("person")
    if not meeting.is_for_all:
        seated = seated.filter(participations__meeting=meeting)
    elif meeting.track_id:
        seated = seated.filter(tracks=meeting.track_id)
    return list({row.person_id: row.person for row in seated}.values())


def meeting_still_due(reminder: Reminder) -> bool:
    """Still planned for the same time, and the reader still takes part."""
    meeting = Meeting.objects.planned().filter(uuid=reminder.object_id).select_related("mission", "track").first()
    if meeting is None or not reminder.occurrence.startswith(f"{meeting.starts_at:%Y%m%dT%H%M}-") or meeting.mission.has_ended:
        return False
    return reminder.address.lower() in {person.email.lower() for person in _attending(meeting)}


def pending_partners(at: datetime) -> Iterator[Due]:
    """Partner statuses that end soon: to the coordinators."""
    offsets, today = offsets_of(PARTNER), clock.today()
    last = at.date() + timedelta(days=max(offsets, default=0) + 1)
    rows = Organisation.objects.active().partners().filter(status_to__range=(today, last))
    for row, recipient, days in product(rows, _coordinators(), offsets):
        due_at = morning_of(row.status_to - timedelta(days=days), clock.STRASBOURG)
        if due_at <= at:
            yield Due(
                object_uuid=row.uuid,
                recipient=recipient,
                occurrence=f"{row.status_to}-{days}",
                due_at=due_at,
                context={"organisation": row.name, "ends_on": row.status_to.isoformat()},
                url=reverse("missions:organisation", args=[row.uuid]),
                expires_at=end_of(row.status_to, clock.STRASBOURG),
            )


def partner_still_due(reminder: Reminder) -> bool:
    """The status still ends on that day."""
    row = Organisation.objects.active().partners().filter(uuid=reminder.object_id).first()
    return row is not None and reminder.occurrence.startswith(f"{row.status_to}-")


RULES = (
    ReminderRule(
        SOON,
        pending_meetings,
        meeting_still_due,
        "missions/mail/meeting_soon",
        label=_("A meeting comes near"),
        anchor=_("before the meeting"),
        unit=Unit.HOURS,
        offsets=(24, 2),
        timing=Timing.AT_ONCE,
    ),
    ReminderRule(
        PARTNER,
        pending_partners,
        partner_still_due,
        "missions/mail/partner_ending",
        label=_("A partner status ends"),
        anchor=_("before its last day"),
        offsets=(90, 30),
        timing=Timing.DIGEST,
    ),
    ReminderRule(
        UNANSWERED,
        pending_answers,
        answer_still_due,
        "missions/mail/meeting_unanswered",
        fill=answer_link,
        label=_("Answer an invitation to a meeting (organisation)"),
        anchor=_("before the meeting; besides, two days after the invitation"),
        offsets=(3, 1),
        timing=Timing.WORKDAYS,
        is_duty=True,
    ),
    ReminderRule(
        MILESTONE,
        pending_milestones,
        milestone_still_due,
        "missions/mail/milestone_due",
        label=_("A deadline of a mission comes near"),
        anchor=_("before the deadline"),
        offsets=(3,),
        is_duty=True,
    ),
    ReminderRule(
        PREPARATION,
        pending_preparations,
        preparation_still_due,
        "missions/mail/preparation_due",
        label=_("A preparation is due"),
        anchor=_("before the day on which it is due"),
        offsets=(3,),
        timing=Timing.DIGEST,
    ),
)


def register_all() -> None:
    """Register the rules; called once from `MissionsConfig.ready()`."""
    register(*RULES)
