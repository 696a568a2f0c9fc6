"""R2-R7: the delegation of one state. Run for representatives and for substitutes alike (R7, Charter 2.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from observers.membership.verdicts import Verdict


@dataclass(frozen=True)
class SeatSpan:
    """Seats of a state in a span of days; both ends inside."""

    seats: int
    valid_from: date
    valid_to: date | None = None


def needed_of_minority(filled: int, percent: int = 30, rounding: str = "up") -> int:
    """How many of the under-represented sex are needed (R2). Rounding up is a choice of the project, open with the client (R15)."""
    hundredths = percent * filled
    return {"up": -(-hundredths // 100), "nearest": (hundredths + 50) // 100, "down": hundredths // 100}[rounding]


def judge_gender_share(
    *,
    women: int,
    men: int,
    not_stated: int = 0,
    seats: int | None = None,
    percent: int = 30,
    rounding: str = "up",
    base: str = "filled",
    judgements: Mapping[str, str] | None = None,
) -> Verdict:
    """R2 (Charter 2.2): points a-c as judged by a person, point d computed; vacancies are shown beside it.

    `not_stated` counts persons who state no sex: outside numerator and denominator. `rounding` and `base` (`filled` seats, or
    all `seats`) are open points of R15, taken from the version of the Charter. `judgements` maps "a", "b", "c" to "ok" or "warning".
    """
    counted, fewer = women + men, min(women, men)
    seats = counted + not_stated if seats is None else seats
    vacant = max(0, seats - counted - not_stated)
    with_vacant = needed_of_minority(counted + vacant, percent, rounding)
    needed = with_vacant if base == "seats" else needed_of_minority(counted, percent, rounding)
    share = round(100 * fewer / counted, 1) if counted else 0.0
    inputs = {"women": women, "men": men, "not_stated": not_stated, "seats": seats, "vacant": vacant, "needed": needed, "share": share}
    numbers = {"fewer": fewer, "counted": counted, "share": share, "needed": needed, "percent": percent, "vacant": vacant}
    if not counted:
        return Verdict("R2", "warning", _("No seat is filled by somebody whose sex is stated."), inputs)
    if fewer < needed or fewer == 0:
        sentence = _(
            "%(fewer)s of %(counted)s filled seats go to the under-represented sex (%(share)s %%); %(percent)s %% make %(needed)s."
        )
        return Verdict("R2", "breach", sentence % numbers, inputs)
    if vacant and fewer < with_vacant:
        sentence = _("%(percent)s %% is met only because %(vacant)s seats are vacant: %(fewer)s of %(counted)s (%(share)s %%).")
        return Verdict("R2", "warning", sentence % numbers, inputs)
    weak = sorted(point for point, level in (judgements or {}).items() if level != "ok")
    if weak:
        return Verdict("R2", "warning", _("Judged weak on point %(points)s.") % {"points": ", ".join(weak)}, {**inputs, "weak": weak})
    sentence = _("%(fewer)s of %(counted)s filled seats go to the under-represented sex (%(share)s %%); %(needed)s are needed.")
    return Verdict("R2", "ok", sentence % numbers, inputs)


def seats_on(spans: Iterable[SeatSpan], day: date) -> int:
    """R3 (Charter 2.3): seats in force on `day`; 0 when the state has none then."""
    return max((s.seats for s in spans if s.valid_from <= day and (s.valid_to is None or day <= s.valid_to)), default=0)


def judge_numbers(*, filled: int, seats: int) -> Verdict:
    """R3 (Charter 2.3, Statutory Resolution 3.2): fewer than allowed is possible, more is an error."""
    inputs = {"filled": filled, "seats": seats, "vacant": max(0, seats - filled)}
    if filled > seats:
        return Verdict("R3", "breach", _("%(filled)s persons are named for %(seats)s seats.") % inputs, inputs)
    if filled < seats:
        return Verdict("R3", "ok", _("%(filled)s of %(seats)s seats are filled; %(vacant)s vacant.") % inputs, inputs)
    return Verdict("R3", "ok", _("All %(seats)s seats are filled.") % inputs, inputs)


@dataclass(frozen=True)
class AuthorityFacts:
    """What R4 asks about the authority somebody comes from."""

    is_between: bool = False
    has_self_government: bool = False
    has_state_like_powers: bool = False
    runs_important_part: bool = False
    is_listed_large_authority: bool = False
    state_without_regions: bool = False


def judge_chamber_of_regions(facts: AuthorityFacts) -> Verdict:
    """R4 and R5 (Charter 2.4): full seat, consultative voice or none in the Chamber of Regions."""
    inputs = dict(facts.__dict__)
    if facts.is_between and (facts.has_self_government or facts.has_state_like_powers) and facts.runs_important_part:
        return Verdict(
            "R4", "full", _("Comes from an authority between state and municipality that governs itself."), {**inputs, "may_vote": True}
        )
    if facts.is_listed_large_authority:
        sentence = _("Comes from an authority with municipal and regional powers that the state has listed.")
        return Verdict("R4", "full", sentence, {**inputs, "may_vote": True})
    if facts.state_without_regions:
        sentence = _("The state is on the list of states without regions: a consultative voice in the Chamber of Regions.")
        return Verdict("R5", "consultative", sentence, {**inputs, "may_vote": False})
    return Verdict("R4", "no", _("The authority does not open a seat in the Chamber of Regions."), {**inputs, "may_vote": False})


def judge_legislative_regions(*, has_legislative_regions: bool, delegates_from_them: int) -> Verdict:
    """R4, extra rule (Rules of Procedure 4.1, as quoted in Resolution 352 (2013) para 3)."""
    inputs = {"has_legislative_regions": has_legislative_regions, "delegates": delegates_from_them}
    if has_legislative_regions and delegates_from_them < 1:
        sentence = _("The state has regions with legislative powers; at least one delegate must come from one of them.")
        return Verdict("R4", "breach", sentence, inputs)
    return Verdict("R4", "ok", _("Regions with legislative powers are seated where there are any."), inputs)


def judge_chamber_split(*, local: int, regions: int) -> Verdict:
    """R6 (Charter 3.2): equal numbers in both chambers, as near as possible when the number is odd."""
    inputs = {"local": local, "regions": regions}
    if abs(local - regions) <= (local + regions) % 2:
        return Verdict("R6", "ok", _("The chambers are balanced: %(local)s local, %(regions)s regional.") % inputs, inputs)
    sentence = _("The chambers are not balanced, %(local)s local and %(regions)s regional; equal numbers are asked for as far as possible.")
    return Verdict("R6", "warning", sentence % inputs, inputs)
