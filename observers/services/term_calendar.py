"""The calendar of terms: which memberships end when, by which rule (R8-R12), from a day on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from observers.membership.eligibility import Calendar, MandateSpan, MembershipSpan, Standing, judge_day, span_end
from observers.membership.terms import charter_on, judge_grace, next_renewal
from observers.models import Membership
from observers.services.eligibility import SHOWN

KINDS = ("begin", "mandate", "grace", "resigned", "successor", "extension", "renewal")
BY_RULE = {"R8": "renewal", "R9": "resigned", "R10": "successor", "R12": "extension", "R11": "grace"}


@dataclass
class TermEvent:
    """What happens to the memberships `rows` on `day`, and the rule that says so."""

    day: date
    kind: str
    rule: str
    rows: list[Membership] = field(default_factory=list)

    @property
    def sentence(self) -> str:
        """What happens, in the reader's language."""
        return {
            "begin": _("Membership begins."),
            "mandate": _("The mandate ends; the period of grace begins."),
            "grace": _("The period of grace ends."),
            "resigned": _("Membership ends as recorded."),
            "successor": _("A successor takes the seat."),
            "extension": _("The prolonged term ends."),
            "renewal": _("The term ends: the renewal session opens."),
        }[self.kind]

    def as_json(self) -> dict[str, Any]:
        """The event as the API prints it."""
        people = [{"person": str(row.person.uuid), "name": row.person.name, "membership": str(row.uuid)} for row in self.rows]
        return {"day": self.day.isoformat(), "kind": self.kind, "rule": self.rule, "sentence": self.sentence, "people": people}


def ends_of(row: Membership, standing: Standing, calendar: Calendar, day: date) -> list[tuple[date, str, str]]:
    """What happens to one membership from `day` on, as (day, kind, rule): beginning, end of the mandate, and the end that comes first."""
    span = next((s for s in standing.memberships if s.starts_on == row.starts_on and s.country == row.country.code), None)
    if span is None:
        return []
    goes_on = any(s.ends_on == row.starts_on - timedelta(days=1) for s in standing.memberships)
    found = [(row.starts_on, "begin", "R10")] if row.starts_on > day and not goes_on else []
    end, rule = span_end(span, calendar)
    mandate = _last_mandate(standing)
    if mandate is not None and mandate.ends_on is not None and span.member_list != "honorary" and mandate.ends_on >= span.starts_on:
        grace = grace_end(span, mandate.ends_on, calendar, end)
        if end is None or mandate.ends_on < end:
            found.append((mandate.ends_on, "mandate", "R11"))
        if end is None or grace < end:
            end, rule = grace, "R11"
    if end is not None and not (row.ends_on == end and row.end_reason == "changed"):
        found.append((end, BY_RULE[rule], rule))
    return [item for item in found if item[0] >= day]


def grace_end(span: MembershipSpan, lost: date, calendar: Calendar, ends: date | None) -> date:
    """The last day of the period of grace after a mandate lost on `lost` (R11)."""
    return judge_grace(
        mandate_end=lost,
        charter=charter_on(calendar.charters, lost),
        renewal=next_renewal(calendar.renewals, span.starts_on),
        successor_start=span.successor_start,
        extended_until=ends if span.extended_until else None,
    ).dates["ends_on"]


def events_of(rows: Iterable[Membership], standings: Mapping[int, Standing], calendar: Calendar, day: date) -> list[TermEvent]:
    """Events from `day` on, in their order: one per day and kind. `rows` need person and country loaded."""
    found: dict[tuple[date, str, str], list[Membership]] = defaultdict(list)
    for row in rows:
        standing = standings.get(row.person_id)
        if standing is None or (row.starts_on <= day and not _goes_on(row, standing, calendar, day)):
            continue
        for key in ends_of(row, standing, calendar, day):
            found[key].append(row)
    order = sorted(found, key=lambda key: (key[0], KINDS.index(key[1])))
    return [TermEvent(*key, rows=sorted(found[key], key=lambda r: (r.country.code, r.person.family_name))) for key in order]


def _goes_on(row: Membership, standing: Standing, calendar: Calendar, day: date) -> bool:
    return row.runs_on(day) and judge_day(standing, calendar, day, **SHOWN).rule not in {"R8", "R9", "R10", "R12"}


def _last_mandate(standing: Standing) -> MandateSpan | None:
    """The mandate that ends last; an open one if there is one."""
    return max(standing.mandates, key=lambda m: m.ends_on or date.max, default=None)
