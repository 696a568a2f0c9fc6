"""What a declaration of interests was made on, and when it has to be made anew (observation-rules C6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core import clock
from missions.models import Assignment, Mission
from observers.membership.dates import say
from observers.models import Declaration, Mandate, Membership, membership_on

# A declaration of interests holds for half a year; a mission that is later needs a new one. Proposed default (D).
INTEREST_MONTHS = 6


def facts_for(assignments: Iterable[Assignment], mission: Mission) -> dict[int, dict[str, Any]]:
    """The facts of each assignment of one mission by primary key: observed state, membership on day one, offices held today. Two queries.

    A changed fact asks for a new declaration; names and addresses are none.
    """
    rows = list(assignments)
    people = {row.person_id for row in rows}
    terms: dict[int, list[Membership]] = defaultdict(list)
    for membership in Membership.objects.filter(person__in=people).select_related("country", "group"):
        terms[membership.person_id].append(membership)
    today = clock.today()
    offices: dict[int, list[str]] = defaultdict(list)
    for mandate in Mandate.objects.filter(person__in=people, starts_on__lte=today).exclude(ends_on__lt=today):
        offices[mandate.person_id].append(", ".join(part for part in (mandate.title, mandate.authority) if part))
    return {row.pk: _facts(mission, terms[row.person_id], offices[row.person_id]) for row in rows}


def _facts(mission: Mission, terms: list[Membership], offices: list[str]) -> dict[str, Any]:
    term = membership_on(terms, mission.first_day or clock.today())
    return {
        "observed": mission.country_id,
        "state": term.country.code if term else "",
        "chamber": term.chamber if term else "",
        "group": term.group_code if term else "",
        "offices": sorted(offices),
    }


def changed_facts(declaration: Declaration, facts: Mapping[str, Any]) -> list[str]:
    """Names of the facts that are no longer what they were when it was made; none for one that kept no facts."""
    words = {
        "observed": _("the observed state"),
        "state": _("the state of the membership"),
        "chamber": _("the chamber"),
        "group": _("the political group"),
        "offices": _("the offices held"),
    }
    return [word for name, word in words.items() if name in declaration.facts and _differs(name, declaration.facts[name], facts[name])]


def _differs(name: str, before: Any, now: Any) -> bool:
    """An office that was given up raises no new question; one that was taken up does."""
    return bool(set(now) - set(before)) if name == "offices" else before != now


def lapse_of(declaration: Declaration, facts: Mapping[str, Any], *, needed_until: date) -> str:
    """Why this declaration of interests no longer counts, as a sentence; empty where it does.

    needed_until: the day through which it must hold (the last day of the mission; today at confirmation).
    """
    if declaration.renewal_reason:
        return _("The declaration of interests has to be made anew: %(reason)s") % {"reason": declaration.renewal_reason}
    changed = changed_facts(declaration, facts)
    if changed:
        words = {"changed": ", ".join(changed)}
        return _("The declaration of interests has to be made anew (C6), for this has changed since: %(changed)s.") % words
    if declaration.valid_until is not None and declaration.valid_until < needed_until:
        words = {"day": say(declaration.valid_until), "needed": say(needed_until)}
        return _("The declaration of interests holds until %(day)s, but is needed until %(needed)s: declare anew (C6).") % words
    return ""
