"""R14: may this person observe this mission? Every day of it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from observers.membership.dates import days_between, say
from observers.membership.mandate import MandateFacts, judge_mandate
from observers.membership.terms import Charter, charter_on, judge_extension, judge_grace, next_renewal
from observers.membership.verdicts import Verdict

VALID = frozenset({"provisional", "ratified"})


@dataclass(frozen=True)
class MandateSpan:
    """A mandate with its legal days; both ends inside."""

    starts_on: date
    ends_on: date | None = None
    facts: MandateFacts = field(default_factory=lambda: MandateFacts("local", is_general=True, is_directly_elected=True))


@dataclass(frozen=True)
class MembershipSpan:
    """One stretch of membership as recorded; `successor_start` is when somebody else took the seat."""

    starts_on: date
    ends_on: date | None = None
    country: str = ""
    member_list: str = "representative"
    credential: str = "ratified"
    extended_until: date | None = None
    extension_election_on: date | None = None
    successor_start: date | None = None


@dataclass(frozen=True)
class Calendar:
    """The dated data that the rules rest on."""

    charters: tuple[Charter, ...]
    renewals: tuple[date, ...]


@dataclass(frozen=True)
class Standing:
    """What is known of a person for R14."""

    memberships: tuple[MembershipSpan, ...] = ()
    mandates: tuple[MandateSpan, ...] = ()


def span_end(span: MembershipSpan, calendar: Calendar) -> tuple[date | None, str]:
    """The last day of a stretch and the rule that sets it: recorded (R9), renewal (R8), successor (R10) or extension (R12)."""
    ends: list[tuple[date, str]] = []
    renewal = None if span.member_list == "honorary" else next_renewal(calendar.renewals, span.starts_on)
    if renewal is not None:
        if span.extended_until and span.extension_election_on:
            charter = charter_on(calendar.charters, renewal)
            limit = judge_extension(election_on=span.extension_election_on, renewal=renewal, charter=charter).dates["ends_on"]
            ends.append((min(span.extended_until, limit), "R12") if limit > renewal else (renewal, "R8"))
        else:
            ends.append((renewal, "R8"))
    if span.ends_on is not None:
        ends.append((span.ends_on, "R9"))
    if span.successor_start is not None:
        ends.append((span.successor_start, "R10"))
    return min(ends, default=(None, "R8"), key=lambda item: item[0] or date.max)


def judge_day(
    standing: Standing, calendar: Calendar, day: date, *, youth_may: bool = False, honorary_may: bool = False, grace_may: bool = True
) -> Verdict:
    """R14.1 for one day: a membership in valid credentials, resting on a mandate or on its period of grace.

    Practices of the house (C14, R15): may youth delegates, may honorary members observe, and may somebody in the period of grace?
    """
    lists = (
        {"representative", "substitute", "consultative"} | ({"youth"} if youth_may else set()) | ({"honorary"} if honorary_may else set())
    )
    begun = [span for span in standing.memberships if span.starts_on <= day]
    if not begun:
        return _refuse("R8", _("Not yet a member on %(day)s."), day, {})
    running = []
    for span in begun:
        end, rule = span_end(span, calendar)
        if end is None or day <= end:
            running.append((span, end))
    if not running:
        last = max(begun, key=lambda span: span_end(span, calendar)[0] or date.max)
        end, rule = span_end(last, calendar)
        assert end is not None  # an open end would be running
        sentences = {
            "R8": _("Not a member on %(day)s: the term ended with the renewal session of %(end)s."),
            "R9": _("Not a member on %(day)s: the membership ended on %(end)s."),
            "R10": _("Not a member on %(day)s: a successor was seated on %(end)s."),
            "R12": _("Not a member on %(day)s: the prolonged term ended on %(end)s."),
        }
        return _refuse(rule, sentences[rule], day, {"ends_on": end}, last)
    seated = [item for item in running if item[0].member_list in lists]
    if not seated:
        if running[-1][0].member_list == "honorary":
            return _refuse("R15", _("Honorary members do not observe, unless a setting lets them."), day, {}, running[-1][0])
        return _refuse("C14", _("Youth delegates do not observe, unless a setting lets them."), day, {}, running[-1][0])
    if all(item[0].member_list == "honorary" for item in seated):
        return Verdict("R14.1", "ok", _("Is an honorary member on %(day)s.") % {"day": say(day)}, {"member_list": "honorary"}, {"day": day})
    seated = [item for item in seated if item[0].member_list != "honorary"]
    valid = [item for item in seated if item[0].credential in VALID]
    if not valid:
        return _refuse("R13", _("The credentials are neither provisional nor ratified on %(day)s."), day, {}, seated[-1][0])
    answer = _judge_mandates(standing, calendar, day, *valid[-1])
    if answer.outcome == "grace" and not grace_may:
        sentence = _("Is in the period of grace until %(end)s; by the practice of the house nobody observes in it.")
        return Verdict("R15", "refused", sentence % {"end": say(answer.dates["ends_on"])}, answer.inputs, answer.dates)
    return answer


def _judge_mandates(standing: Standing, calendar: Calendar, day: date, span: MembershipSpan, span_ends: date | None) -> Verdict:
    grounded = [m for m in standing.mandates if m.starts_on <= day and judge_mandate(m.facts).is_ok]
    if not grounded:
        begun = [m for m in standing.mandates if m.starts_on <= day]
        reason = judge_mandate(begun[-1].facts).sentence if begun else _("No local or regional mandate is recorded for %(day)s.")
        return _refuse("R1", reason, day, {}, span)
    broken = _broken_on(grounded, calendar, span)
    if broken is not None and broken < day:
        return _refuse(
            "R11",
            _("Not a member on %(day)s: no new mandate was won before the period of grace ended on %(end)s."),
            day,
            {"ends_on": broken},
            span,
        )
    if any(m.ends_on is None or day <= m.ends_on for m in grounded):
        dates = {"day": day, **({"ends_on": span_ends} if span_ends else {})}
        return Verdict("R14.1", "ok", _("Is a member on %(day)s.") % {"day": say(day)}, {"member_list": span.member_list}, dates)
    lost = max(m.ends_on for m in grounded if m.ends_on is not None)
    charter = charter_on(calendar.charters, lost)
    grace = judge_grace(
        mandate_end=lost,
        charter=charter,
        renewal=next_renewal(calendar.renewals, span.starts_on),
        successor_start=span.successor_start,
        extended_until=span_ends if span.extended_until else None,
    )
    end = grace.dates["ends_on"]
    if day <= end:
        sentence = _("Is in the period of grace on %(day)s: the mandate ended on %(lost)s, membership may last until %(end)s.")
        text = sentence % {"day": say(day), "lost": say(lost), "end": say(end)}
        return Verdict("R11", "grace", text, grace.inputs, {"day": day, "mandate_end": lost, "ends_on": end})
    sentence = _("Not a member on %(day)s: the mandate ended on %(lost)s and the period of grace on %(end)s.")
    text = sentence % {"day": say(day), "lost": say(lost), "end": say(end)}
    return Verdict("R11", "refused", text, grace.inputs, {"day": day, "mandate_end": lost, "ends_on": end})


def _broken_on(grounded: list[MandateSpan], calendar: Calendar, span: MembershipSpan) -> date | None:
    """The day a period of grace ran out before the next mandate began: a later mandate does not revive the membership (R11)."""
    held: date | None = None
    for mandate in sorted(grounded, key=lambda m: m.starts_on):
        if held is not None and held >= span.starts_on:
            limit = judge_grace(mandate_end=held, charter=charter_on(calendar.charters, held)).dates["ends_on"]
            if mandate.starts_on > limit:
                return limit
        if mandate.ends_on is None:
            return None
        held = max(held, mandate.ends_on) if held else mandate.ends_on
    return None


def _refuse(rule: str, sentence: str, day: date, dates: dict[str, date], span: MembershipSpan | None = None) -> Verdict:
    words = {
        "day": say(day),
        **{key: say(value) for key, value in dates.items()},
        "end": say(dates["ends_on"]) if "ends_on" in dates else "",
    }
    inputs: dict[str, Any] = {"day": day}
    if span is not None:
        inputs |= {"country": span.country, "member_list": span.member_list, "starts_on": span.starts_on, "credential": span.credential}
    return Verdict(rule, "refused", sentence % words if "%(" in sentence else sentence, inputs, {"day": day, **dates})


def judge_days(standing: Standing, calendar: Calendar, first: date, last: date, **practice: bool) -> Verdict:
    """R14.1: valid on every day from `first` to `last`. A refusal names the first day that fails; grace is noted.

    `practice`: youth_may, honorary_may, grace_may as in `judge_day`.
    """
    answers = [judge_day(standing, calendar, day, **practice) for day in days_between(first, last)]
    inputs = {"first_day": first, "last_day": last}
    bad = next((v for v in answers if not v.is_ok), None)
    if bad is not None:
        return Verdict("R14.1", "refused", f"{bad.sentence} ({bad.rule})", {**inputs, **bad.inputs}, bad.dates, (bad,))
    grace = next((v for v in answers if v.rule == "R11"), None)
    if grace is not None:
        return Verdict("R14.1", "grace", f"{grace.sentence} ({grace.rule})", {**inputs, **grace.inputs}, grace.dates, (grace,))
    words = {"first": say(first), "last": say(last)}
    sentence = _("Is a member on every day from %(first)s to %(last)s.") % words
    return Verdict("R14.1", "ok", sentence, inputs, answers[-1].dates, (answers[-1],))


@dataclass(frozen=True)
class Conflict:
    """What R14.3 asks: an interest was declared, and what the coordinator decided; `lapsed` says why a declaration no longer counts."""

    declared: bool = False
    decision: str = "none"
    lapsed: str = ""


def judge_observer(
    standing: Standing,
    calendar: Calendar,
    *,
    first: date,
    last: date,
    observed_country: str,
    conflict: Conflict | None = None,
    code_signed: bool | None = None,
    **practice: bool,
) -> Verdict:
    """R14: all four points; `conflict` and `code_signed` are left out (None) where a guard does not ask for them yet.

    `practice`: youth_may, honorary_may, grace_may as in `judge_day`.
    Proposal and invitation ask R14.1-2, confirmation R14.1-3, release and enrolment R14.1-4 (DESIGN 3, "Guards").
    """
    parts = [
        judge_days(standing, calendar, first, last, **practice),
        judge_state(standing, calendar, observed_country, first, last),
    ]
    if conflict is not None:
        parts.append(judge_conflict(conflict))
    if code_signed is not None:
        parts.append(judge_code(code_signed))
    inputs = {"first_day": first, "last_day": last, "observed_country": observed_country, **practice}
    bad = [part for part in parts if not part.is_ok]
    if bad:
        return Verdict("R14", "refused", " ".join(part.sentence for part in bad), inputs, bad[0].dates, tuple(parts))
    outcome = "grace" if parts[0].outcome == "grace" else "allowed"
    return Verdict("R14", outcome, parts[0].sentence, inputs, parts[0].dates, tuple(parts))


def judge_state(standing: Standing, calendar: Calendar, observed: str, first: date, last: date) -> Verdict:
    """R14.2 (observation-rules C5): nobody from the observed state's delegation, on any day of the mission."""
    for span in standing.memberships:
        end, _rule = span_end(span, calendar)
        if span.country == observed and span.starts_on <= last and (end is None or end >= first):
            sentence = _("Belongs to the delegation of the observed state (C5).")
            return Verdict("R14.2", "refused", sentence, {"country": observed})
    return Verdict("R14.2", "ok", _("Does not belong to the observed state."), {"country": observed})


def judge_conflict(conflict: Conflict) -> Verdict:
    """R14.3 (observation-rules C6): interests are declared and no conflict is open or found."""
    inputs = {"declared": conflict.declared, "decision": conflict.decision}
    if not conflict.declared:
        return Verdict("R14.3", "refused", _("Has not yet declared interests for this mission (C6)."), inputs)
    if conflict.lapsed:
        return Verdict("R14.3", "refused", conflict.lapsed, inputs)
    if conflict.decision == "pending":
        return Verdict("R14.3", "refused", _("Declared an interest that the coordinator has not yet decided on (C6)."), inputs)
    if conflict.decision == "conflict":
        return Verdict("R14.3", "refused", _("Has a conflict of interest for this mission (C6)."), inputs)
    return Verdict("R14.3", "ok", _("Declared interests; no conflict."), inputs)


def judge_code(signed: bool) -> Verdict:
    """R14.4 (observation-rules C8): the code of conduct is signed for this mission."""
    if signed:
        return Verdict("R14.4", "ok", _("Signed the code of conduct for this mission."), {"signed": True})
    return Verdict("R14.4", "refused", _("Has not signed the code of conduct for this mission (C8)."), {"signed": False})
