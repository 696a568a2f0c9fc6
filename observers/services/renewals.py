"""Renewal sessions as dated events: setting or moving one, after a look at whose terms end with it (R8, R12)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions.enums import LIVE_ASSIGNMENTS, MEMBER_ROLES
from missions.models import Assignment
from observers.membership.dates import say
from observers.membership.eligibility import Calendar, Standing, span_end
from observers.membership.terms import charter_on, judge_term
from observers.membership.verdicts import Verdict
from observers.models import Membership, RenewalSession
from observers.services.standing import load_calendar, load_standings

audit.register_code("observers.renewal_moved", gettext_lazy("Moved the opening of a renewal session."))

NOTICE = timedelta(weeks=12)
"""How long before the opening states were asked to name their delegations in 2020 (R13.2): a default, the day is data."""


@dataclass
class Shift:
    """One membership whose end the session sets or changes."""

    row: Membership
    before: date | None
    after: date | None


@dataclass
class RenewalPreview:
    """What a renewal session on `opens_on` would mean."""

    opens_on: date
    ending: list[Shift] = field(default_factory=list)
    moved: list[Shift] = field(default_factory=list)
    missions: list[tuple[Assignment, date]] = field(default_factory=list)
    warnings: dict[str, Verdict] = field(default_factory=dict)

    @property
    def by_country(self) -> list[tuple[str, int]]:
        """How many terms end, by state."""
        return sorted(Counter(shift.row.country.name for shift in self.ending).items())


def preview_renewal(opens_on: date, *, replaces: RenewalSession | None = None) -> RenewalPreview:
    """Whose terms end when the session opens on `opens_on` (in the place of `replaces`), whose end moves, and who is in a mission then.

    Nothing is written. The number of queries does not grow with memberships.
    """
    now = load_calendar()
    then = _with(now, opens_on, replaces)
    since = min([opens_on, *([replaces.opens_on] if replaces else [])])
    rows = list(
        Membership.objects.exclude(ends_on__lt=since)
        .select_related("person", "country", "group")
        .order_by("country__code", "member_list", "seat", "person__family_name")
    )
    standings = load_standings({row.person_id for row in rows})
    preview = RenewalPreview(opens_on)
    ends: dict[int, date | None] = {}
    for row in rows:
        before, after = _end_of(row, standings, now), _end_of(row, standings, then)
        ends[row.person_id] = after
        if after == opens_on:
            preview.ending.append(Shift(row, before, after))
            term = judge_term(starts_on=row.starts_on, renewals=then.renewals, charter=charter_on(then.charters, row.starts_on))
            if term.outcome == "warning":
                preview.warnings.setdefault(term.sentence, term)
        if before != after:
            preview.moved.append(Shift(row, before, after))
    changed = {shift.row.person_id for shift in preview.moved}
    live = Assignment.objects.filter(state__in=LIVE_ASSIGNMENTS, role__in=MEMBER_ROLES, person__in=changed, mission__last_day__gte=since)
    for assignment in live.select_related("mission__country", "person").order_by("mission__reference", "person__family_name"):
        end = ends.get(assignment.person_id)
        if end is not None and assignment.mission.last_day is not None and end < assignment.mission.last_day:
            preview.missions.append((assignment, end))
    return preview


@transaction.atomic
def move_renewal_session(
    session: RenewalSession,
    *,
    by: Actor,
    opens_on: date,
    number: int | None = None,
    is_expected: bool = False,
    notify_by: date | None = None,
    note: str = "",
) -> RenewalSession:
    """Give a renewal session another day, or fix an expected one; terms follow from the calendar (R8).

    Raises NotNow for one that has opened, Invalid where another session opens on that day or the notice falls after the opening.
    """
    authorize(by, "observers.change_membership")
    row = RenewalSession.objects.select_for_update().get(pk=session.pk)
    if row.opens_on != opens_on and row.opens_on <= clock.today() and not row.is_expected:
        raise NotNow(_("This session has opened: its day stays as it is."), code="session_opened")
    _check(opens_on, notify_by, but=row)
    before = row.opens_on
    if before != opens_on and row.planned_on is None:
        row.planned_on = before
    row.opens_on, row.number, row.is_expected, row.notify_by = opens_on, number, is_expected, notify_by
    row.source_mark = note.strip() or row.source_mark
    row.save()
    audit.record(
        by, "observers.renewal_moved", None, data={"from": before.isoformat(), "to": opens_on.isoformat(), "is_expected": is_expected}
    )
    return row


@transaction.atomic
def add_renewal_session(
    *, by: Actor, opens_on: date, number: int | None = None, is_expected: bool = False, notify_by: date | None = None, note: str = ""
) -> RenewalSession:
    """Enter a renewal session. Raises Invalid where one opens on that day already, or the notice falls after the opening."""
    authorize(by, "observers.change_membership")
    _check(opens_on, notify_by)
    row = RenewalSession.objects.create(
        opens_on=opens_on, number=number, is_expected=is_expected, notify_by=notify_by, source_mark=note.strip() or "Entered by hand"
    )
    audit.record(by, "observers.renewal_set", None, data={"opens_on": opens_on.isoformat(), "is_expected": is_expected})
    return row


def _check(opens_on: date, notify_by: date | None, but: RenewalSession | None = None) -> None:
    others = RenewalSession.objects.filter(opens_on=opens_on)
    if (others.exclude(pk=but.pk) if but else others).exists():
        raise Invalid(_("A renewal session opens on %(day)s already.") % {"day": say(opens_on)}, code="session_there", attr="opens_on")
    if notify_by is not None and notify_by > opens_on:
        raise Invalid(_("States must name their delegations before the session opens."), attr="notify_by")


def _with(calendar: Calendar, opens_on: date, replaces: RenewalSession | None) -> Calendar:
    kept = [day for day in calendar.renewals if replaces is None or day != replaces.opens_on]
    return replace(calendar, renewals=tuple(sorted({*kept, opens_on})))


def _end_of(row: Membership, standings: dict[int, Standing], calendar: Calendar) -> date | None:
    span = next((s for s in standings[row.person_id].memberships if s.starts_on == row.starts_on and s.country == row.country.code), None)
    return span_end(span, calendar)[0] if span else row.ends_on
