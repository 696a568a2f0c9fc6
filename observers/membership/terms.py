"""R8-R13: how long a membership runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from observers.membership.dates import add_months, say
from observers.membership.verdicts import Verdict


@dataclass(frozen=True)
class Charter:
    """The numbers of one version of the Charter; rows of `CharterVersion`."""

    code: str
    valid_from: date
    term_years: int
    grace_months: int = 6
    window_months: int = 4
    extension_months: int = 6
    minority_percent: int = 30
    minority_rounding: str = "up"
    minority_base: str = "filled"
    minority_lists: str = "each"


def charter_on(versions: Iterable[Charter], day: date) -> Charter:
    """The version in force on `day`; the oldest known one for days before it."""
    ordered = sorted(versions, key=lambda v: v.valid_from)
    if not ordered:
        raise LookupError("No version of the Charter is loaded: run `manage.py load_reference`.")
    return next((v for v in reversed(ordered) if v.valid_from <= day), ordered[0])


def next_renewal(renewals: Iterable[date], start: date) -> date | None:
    """The opening of the first renewal session after `start`; None while it is not in the calendar."""
    return min((day for day in renewals if day > start), default=None)


def judge_term(*, starts_on: date, renewals: Iterable[date], charter: Charter) -> Verdict:
    """R8 (Charter 2.6; Statutory Resolution 3.3): in office until the opening of the next renewal session, that day inside.

    The number of years is only a plausibility check: a term far from it is a warning.
    """
    end = next_renewal(renewals, starts_on)
    inputs = {"starts_on": starts_on, "charter_version": charter.code, "term_years": charter.term_years}
    if end is None:
        sentence = _("The term began on %(start)s; no later renewal session is in the calendar.")
        return Verdict("R8", "warning", sentence % {"start": say(starts_on)}, inputs, {"starts_on": starts_on})
    dates = {"starts_on": starts_on, "ends_on": end}
    if end > add_months(starts_on, 12 * charter.term_years + 12):
        sentence = _("The term runs from %(start)s to %(end)s: longer than the %(years)s years of the Charter suggest.")
        return Verdict("R8", "warning", sentence % {"start": say(starts_on), "end": say(end), "years": charter.term_years}, inputs, dates)
    sentence = _("The term runs until the renewal session opens on %(end)s.")
    return Verdict("R8", "ok", sentence % {"end": say(end)}, inputs, dates)


def early_end(*, event: str, event_on: date, latest_grace: date | None = None) -> Verdict:
    """R9 (Charter 2.6; Resolution 352 (2013) para 1): only death, resignation or loss of the mandate end a membership early."""
    inputs = {"event": event, "event_on": event_on}
    if event in {"death", "resignation"}:
        return Verdict("R9", "ok", _("Membership ended on %(day)s.") % {"day": say(event_on)}, inputs, {"ends_on": event_on})
    if event == "mandate_loss":
        end = latest_grace or event_on
        sentence = _("The mandate was lost on %(day)s; membership may last until %(end)s.")
        return Verdict("R9", "ok", sentence % {"day": say(event_on), "end": say(end)}, inputs, {"ends_on": end})
    sentence = _("A state may not withdraw a member before the term ends; only death, resignation or loss of the mandate end it.")
    return Verdict("R9", "refused", sentence, inputs)


def replacement_term(*, predecessor_started: date, successor_starts: date, renewals: Iterable[date]) -> Verdict:
    """R10 (Charter 2.6): the successor stays for the rest of the predecessor's term."""
    end = next_renewal(renewals, predecessor_started)
    inputs = {"predecessor_started": predecessor_started, "successor_starts": successor_starts}
    if end is None:
        return Verdict("R10", "warning", _("No later renewal session is in the calendar."), inputs, {"starts_on": successor_starts})
    if successor_starts > end:
        sentence = _("The predecessor's term ended on %(end)s; this is a new appointment.")
        return Verdict("R10", "refused", sentence % {"end": say(end)}, inputs, {"ends_on": end})
    sentence = _("The successor stays for the rest of the term, until %(end)s.")
    return Verdict("R10", "ok", sentence % {"end": say(end)}, inputs, {"starts_on": successor_starts, "ends_on": end})


def judge_grace(
    *,
    mandate_end: date,
    charter: Charter,
    renewal: date | None = None,
    successor_start: date | None = None,
    extended_until: date | None = None,
) -> Verdict:
    """R11 (Charter 2.6): a member who lost the mandate may stay at most six months, cut by a renewal session or a successor.

    An extension under R12 lifts the cut by the renewal session, up to its own end.
    """
    full = add_months(mandate_end, charter.grace_months)
    limits = {"grace": full}
    if renewal is not None:
        limits["renewal"] = max(renewal, extended_until) if extended_until else renewal
    if successor_start is not None:
        limits["successor"] = successor_start
    cut_by, end = min(limits.items(), key=lambda item: item[1])
    inputs = {"mandate_end": mandate_end, "charter_version": charter.code, "cut_by": cut_by}
    dates = {"mandate_end": mandate_end, "ends_on": end}
    sentences = {
        "grace": _("The mandate ended on %(day)s; the period of grace ends on %(end)s."),
        "renewal": _("The mandate ended on %(day)s; the renewal session ends the membership on %(end)s."),
        "successor": _("The mandate ended on %(day)s; the successor was seated on %(end)s."),
    }
    return Verdict("R11", "grace", sentences[cut_by] % {"day": say(mandate_end), "end": say(end)}, inputs, dates)


def judge_extension(*, election_on: date, renewal: date, charter: Charter) -> Verdict:
    """R12 (Charter 2.6, last sentence; Statutory Resolution 3.3): may the term be prolonged, and until when at most?

    `ends_on` is the latest end either way: the renewal session's opening when the election lies outside the window.
    """
    window = add_months(renewal, -charter.window_months)
    inputs = {"election_on": election_on, "charter_version": charter.code, "in_window": window <= election_on < renewal}
    dates = {"window_from": window, "renewal": renewal}
    if window <= election_on < renewal:
        end = add_months(election_on, charter.extension_months)
        sentence = _("The election of %(election)s lies in the window from %(window)s: the term may be prolonged until %(end)s.")
        text = sentence % {"election": say(election_on), "window": say(window), "end": say(end)}
        return Verdict("R12", "extended", text, inputs, {**dates, "ends_on": end})
    sentence = _("The election of %(election)s lies outside the window from %(window)s until the session of %(renewal)s: no extension.")
    text = sentence % {"election": say(election_on), "window": say(window), "renewal": say(renewal)}
    return Verdict("R12", "refused", text, inputs, {**dates, "ends_on": renewal})


CREDENTIAL_MOVES: dict[str, frozenset[str]] = {
    "notified": frozenset({"provisional", "refused", "ended"}),
    "provisional": frozenset({"ratified", "challenged", "refused", "ended"}),
    "ratified": frozenset({"challenged", "ended"}),
    "challenged": frozenset({"ratified", "refused", "ended"}),
    "refused": frozenset({"ended"}),
    "ended": frozenset(),
}
"""R13: which state of credentials may follow which (names of the states are a proposal of the project)."""
