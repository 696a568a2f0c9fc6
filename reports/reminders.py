"""Reminders of this app: the one-year check of adopted recommendations (observation-rules F1) and an embargo that ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.enums import GlobalRole
from accounts.services.recipients import holders_of, recipient_of
from core import clock, translations
from core.enums import Timing, Unit
from core.models import Reminder
from core.reminders import Due, Recipient, ReminderRule, offsets_of, register
from missions.models import Mission
from missions.models.country import localised
from reports.enums import ReportState
from reports.models import DraftInvitation, PastText, Publication, Recommendation
from reports.services.followup import ONE_YEAR, one_year_check_due

ONE_YEAR_CODE = "reports.one_year"
FIRST_DISTANCE = 14
EMBARGO, COMMENTS = "reports.embargo", "reports.comments_due"


def recipients_of(parent: Mission | PastText) -> list[Recipient]:
    """Coordinators and the mission's rapporteurs, each in their own language and zone."""
    people = set()
    if isinstance(parent, Mission):
        people = {row.person for row in parent.assignments.confirmed().with_role("rapporteur").select_related("person")}
    people |= set(holders_of(GlobalRole.COORDINATOR))
    return [recipient_of(one) for one in people if one.email]


def pending_one_year(at: datetime) -> Iterable[Due]:
    """One occasion per mission (or text from before Scrutin), reader and distance before its recommendations are adopted for a year."""
    offsets = offsets_of(ONE_YEAR_CODE)
    rows = (
        one_year_check_due(at.date() + timedelta(days=max(offsets, default=0)))
        .select_related("mission__country", "past_text__country")
        .order_by("mission", "past_text", "number")
    )
    parents: dict[Any, list[Recommendation]] = {}
    for row in rows:
        parents.setdefault(row.mission or row.past_text, []).append(row)
    for parent, waiting in parents.items():
        adopted_on = min(row.adopted_on for row in waiting if row.adopted_on)
        year_on = adopted_on + timedelta(days=ONE_YEAR)
        for recipient, days in product(recipients_of(parent), offsets):
            due = datetime.combine(year_on - timedelta(days=days), time(7), UTC)
            if due > at:
                continue
            yield Due(
                object_uuid=parent.uuid,
                recipient=recipient,
                occurrence=_occurrence(adopted_on, days),
                due_at=due,
                context={
                    "mission": _name_of(parent, recipient.language),
                    "country": localised(parent.country, "name", recipient.language),
                    "count": len(waiting),
                    "adopted_on": adopted_on.isoformat(),
                    "year_on": year_on.isoformat(),
                },
                mission=parent.reference if isinstance(parent, Mission) else "",
                url=_url_of(parent),
                deadline=datetime.combine(year_on + timedelta(days=1), time(0), ZoneInfo(recipient.zone)),
            )


def _name_of(parent: Mission | PastText, language: str) -> str:
    return parent.reference if isinstance(parent, Mission) else parent.label_in(language)


def _url_of(parent: Mission | PastText) -> str:
    return reverse("reports:recommendations", args=[parent.reference]) if isinstance(parent, Mission) else parent.get_absolute_url()


def _occurrence(adopted_on: date, days: int) -> str:
    """The first distance there was carries the day alone: what was sent before there were others is not sent again."""
    return f"adopted-{adopted_on.isoformat()}" if days == FIRST_DISTANCE else f"adopted-{adopted_on.isoformat()}-{days}"


def still_due_one_year(reminder: Reminder) -> bool:
    """Is there still a recommendation that nobody assessed?"""
    rows = one_year_check_due(clock.today() + timedelta(days=max(offsets_of(ONE_YEAR_CODE), default=0)))
    return rows.filter(Q(mission__uuid=reminder.object_id) | Q(past_text__uuid=reminder.object_id)).exists()


def pending_embargoes(at: datetime) -> Iterable[Due]:
    """Publications whose embargo ends soon: to coordinators and publishers."""
    offsets, now = offsets_of(EMBARGO), clock.now()
    last = at + timedelta(hours=max(offsets, default=0))
    rows = Publication.objects.filter(withdrawn_at=None, embargo_until__gt=now, embargo_until__lte=last).select_related("report")
    people = holders_of(GlobalRole.COORDINATOR, GlobalRole.PUBLISHER)
    for row, person, hours in product(rows, people, offsets):
        due_at = row.embargo_until - timedelta(hours=hours)
        if due_at > at:
            continue
        with override(person.language):
            ends = date_format(row.embargo_until.astimezone(ZoneInfo(clock.STRASBOURG)), "DATETIME_FORMAT")
        yield Due(
            object_uuid=row.uuid,
            recipient=recipient_of(person),
            occurrence=f"{row.embargo_until:%Y%m%dT%H%M}-{hours}",
            due_at=due_at,
            context={"title": row.titles.get(person.language) or next(iter(row.titles.values()), row.slug), "ends": ends},
            mission=getattr(row.report.mission, "reference", ""),
            url=row.report.get_absolute_url(),
            expires_at=row.embargo_until,
        )


def embargo_still_due(reminder: Reminder) -> bool:
    """It still ends at that moment."""
    row = Publication.objects.filter(uuid=reminder.object_id, withdrawn_at=None).first()
    return row is not None and reminder.occurrence.startswith(f"{row.embargo_until:%Y%m%dT%H%M}-")


def pending_comments(at: datetime) -> Iterable[Due]:
    """Authorities that were asked to comment and have not ended their comments."""
    offsets, today = offsets_of(COMMENTS), clock.today()
    last = at.date() + timedelta(days=max(offsets, default=0) + 1)
    rows = DraftInvitation.objects.filter(finished_at=None, until__range=(today, last), report__state=ReportState.CONSULTATION)
    for row, days in product(rows.select_related("report"), offsets):
        zone = ZoneInfo(row.report.mission.zone)
        due_at = datetime.combine(row.until - timedelta(days=days), time(9), zone)
        if row.asked_at < due_at <= at:
            titles = translations.texts(row.report, "title")
            yield Due(
                object_uuid=row.uuid,
                recipient=Recipient(row.address, row.name, row.language, row.report.mission.zone),
                occurrence=f"{row.until}-{days}",
                due_at=due_at,
                context={
                    "title": translations.best_text(titles, row.language, row.report.authentic_language),
                    "until": row.until.isoformat(),
                    "asked_on": row.asked_at.date().isoformat(),
                },
                mission=row.report.mission.reference,
                expires_at=datetime.combine(row.until + timedelta(days=1), time(0), zone),
            )


def comments_still_due(reminder: Reminder) -> bool:
    """Not ended, until the same day, while the draft is open for comments."""
    row = DraftInvitation.objects.filter(uuid=reminder.object_id, finished_at=None, report__state=ReportState.CONSULTATION).first()
    return row is not None and reminder.occurrence.startswith(f"{row.until}-")


RULES = (
    ReminderRule(
        EMBARGO,
        pending_embargoes,
        embargo_still_due,
        "reports/mail/embargo",
        label=_("The embargo of a report ends"),
        anchor=_("before its end"),
        unit=Unit.HOURS,
        offsets=(24,),
    ),
    ReminderRule(
        COMMENTS,
        pending_comments,
        comments_still_due,
        "reports/mail/comments_due",
        label=_("Comments on a draft are awaited (authority)"),
        anchor=_("before the last day"),
        offsets=(3,),
        timing=Timing.WORKDAYS,
        is_duty=True,
    ),
    ReminderRule(
        ONE_YEAR_CODE,
        pending_one_year,
        still_due_one_year,
        "reports/mail/one_year",
        label=_("Recommendations are soon one year old and not assessed"),
        anchor=_("before the year is over"),
        offsets=(FIRST_DISTANCE,),
        timing=Timing.WORKDAYS,
        is_duty=True,
        expires_after=timedelta(days=60),
    ),
)


def register_all() -> None:
    """Register the rules."""
    register(*RULES)
