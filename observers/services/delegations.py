"""National delegations as on a day: who sits where, which seats are vacant, what each rule says of them (R2-R7), what ends when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import folded
from missions.models import Country
from observers.enums import Chamber, Credential, MandateLevel, MarkKind, MemberList
from observers.membership.delegation import (
    AuthorityFacts,
    SeatSpan,
    judge_chamber_of_regions,
    judge_chamber_split,
    judge_gender_share,
    judge_legislative_regions,
    judge_numbers,
    seats_on,
)
from observers.membership.eligibility import Calendar, Standing, judge_day
from observers.membership.terms import Charter, charter_on
from observers.membership.verdicts import Verdict
from observers.models import Mandate, Membership, SeatAllocation, StateMark
from observers.services.eligibility import SHOWN
from observers.services.judgements import judgements_on, verdicts_of
from observers.services.standing import load_calendar, load_standings
from observers.services.term_calendar import TermEvent, events_of

OVER = frozenset({"R8", "R9", "R10", "R11", "R12"})
"""Rules whose refusal means that the membership has ended."""


@dataclass
class Member:
    """Somebody with a membership on the day: what the rules say, and the mark of the Chamber of Regions (R4, R5)."""

    row: Membership
    verdict: Verdict
    regions: Verdict | None = None

    @property
    def sits(self) -> bool:
        """Does this person fill a seat? Not once the membership has ended by a rule, nor with credentials refused or ended."""
        is_over = not self.verdict.is_ok and self.verdict.rule in OVER
        return not is_over and self.row.credential not in {Credential.REFUSED, Credential.ENDED}


@dataclass
class Seat:
    """One seat of a list; without a member it is vacant, since the day after `left_on` where that is known."""

    number: int | None
    member: Member | None = None
    last: Membership | None = None
    left_on: date | None = None


@dataclass
class MemberListReport:
    """Representatives or substitutes of one state on one day (R7: both are asked the same)."""

    code: str
    members: list[Member]
    seats: list[Seat]
    numbers: Verdict
    share: Verdict
    split: Verdict

    @property
    def label(self) -> str:
        """The list in words."""
        return _("Representatives") if self.code == MemberList.REPRESENTATIVE else _("Substitutes")

    @property
    def marked(self) -> list[Verdict]:
        """The verdicts that are not in order."""
        return [verdict for verdict in (self.numbers, self.share, self.split) if verdict.outcome in {"breach", "warning"}]

    @property
    def vacant(self) -> int:
        """How many seats are vacant."""
        return int(self.numbers.inputs["vacant"])


@dataclass
class DelegationReport:
    """One state's delegation on one day."""

    country: Country
    day: date
    seats: int
    lists: list[MemberListReport]
    legislative: Verdict
    together: Verdict | None = None
    others: list[Member] = field(default_factory=list)
    over: list[Member] = field(default_factory=list)
    marks: list[StateMark] = field(default_factory=list)
    events: list[TermEvent] = field(default_factory=list)
    judged: list[Verdict] = field(default_factory=list)
    authorities: list[Mandate] = field(default_factory=list)

    @property
    def verdicts(self) -> list[Verdict]:
        """Everything the rules say of the delegation as a whole."""
        said = [verdict for one in self.lists for verdict in (one.numbers, one.share, one.split)]
        return [*said, self.legislative, *([self.together] if self.together else []), *self.judged]

    @property
    def facts(self) -> dict[str, str]:
        """What points a to c of Charter 2.2 are judged on: authorities, their types, political groups, by number of members."""
        places = sorted({row.authority for row in self.authorities if row.authority}, key=folded)
        levels = Counter(str(row.get_level_display()) for row in self.authorities)
        sitting = [member for one in self.lists for member in one.members]
        groups = Counter(member.row.group_code for member in sitting)
        return {"a": ", ".join(places), "b": _counted(levels), "c": _counted(groups)}

    @property
    def worst(self) -> str:
        """The worst outcome: breach, warning or ok."""
        outcomes = {verdict.outcome for verdict in self.verdicts}
        return next((outcome for outcome in ("breach", "warning") if outcome in outcomes), "ok")


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{word} {count}" for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def delegations_on(day: date, countries: Iterable[Country], *, with_calendar: bool = False) -> list[DelegationReport]:
    """The delegations of these states on a day, in their order. The number of queries does not grow with states or members."""
    wanted = list(countries)
    calendar = load_calendar()
    charter = charter_on(calendar.charters, day)
    everything = list(
        Membership.objects.filter(country__in=wanted)
        .select_related("person", "group", "country")
        .order_by("seat", "person__family_name", "pk")
    )
    running = [row for row in everything if row.runs_on(day)]
    standings = load_standings({row.person_id for row in (everything if with_calendar else running)})
    mandates = _mandates_on(day, {row.person_id for row in running})
    spans: dict[int, list[SeatSpan]] = defaultdict(list)
    for seat in SeatAllocation.objects.filter(country__in=wanted):
        spans[seat.country_id].append(SeatSpan(seat.seats, seat.valid_from, seat.valid_to))
    marks: dict[int, list[StateMark]] = defaultdict(list)
    for mark in StateMark.objects.on(day).filter(country__in=wanted):
        marks[mark.country_id].append(mark)
    judged = judgements_on(day, wanted)
    rows: dict[int, list[Membership]] = defaultdict(list)
    for row in running:
        rows[row.country_id].append(row)
    past: dict[int, list[Membership]] = defaultdict(list)
    for row in everything:
        past[row.country_id].append(row)
    return [
        _report(
            country, day, charter, calendar, rows[country.pk], past[country.pk], standings, mandates,
            spans[country.pk], marks[country.pk], verdicts_of(judged[country.pk]), with_calendar=with_calendar,
        )
        for country in wanted
    ]  # fmt: skip


def delegation_on(day: date, country: Country) -> DelegationReport:
    """One state's delegation on a day, with its calendar of terms."""
    return delegations_on(day, [country], with_calendar=True)[0]


def authority_facts(mandate: Mandate, marks: Sequence[StateMark]) -> AuthorityFacts:
    """What R4 asks of the authority: as judged; where nobody judged it, a regional authority is presumed to fulfil R4, a local one not."""
    presumed = mandate.level == MandateLevel.REGIONAL

    def judged(value: bool | None) -> bool:
        return presumed if value is None else value

    return AuthorityFacts(
        is_between=judged(mandate.authority_between),
        has_self_government=judged(mandate.authority_self_governing),
        has_state_like_powers=bool(mandate.authority_state_like),
        runs_important_part=judged(mandate.authority_important),
        is_listed_large_authority=any(_names(mark, mandate) for mark in marks if mark.kind == MarkKind.LARGE_AUTHORITY),
        state_without_regions=any(mark.kind == MarkKind.NO_REGIONS for mark in marks),
    )


def _names(mark: StateMark, mandate: Mandate) -> bool:
    """Does the mark name this authority? One without a name stands for every regional authority of the state."""
    if not mark.authority:
        return mandate.level == MandateLevel.REGIONAL
    return bool(mandate.authority) and folded(mark.authority.strip()) == folded(mandate.authority.strip())


def _mandates_on(day: date, people: set[int]) -> dict[int, Mandate]:
    """The mandate by which each of these persons sits on a day: the newest that has begun."""
    rows = Mandate.objects.filter(starts_on__lte=day).order_by("starts_on", "pk")
    return {row.person_id: row for row in (rows.filter(person__in=people) if len(people) < 500 else rows)}


def _report(
    country: Country,
    day: date,
    charter: Charter,
    calendar: Calendar,
    running: list[Membership],
    everything: list[Membership],
    standings: dict[int, Standing],
    mandates: dict[int, Mandate],
    spans: list[SeatSpan],
    marks: list[StateMark],
    judged: list[Verdict],
    *,
    with_calendar: bool,
) -> DelegationReport:
    members = [Member(row, judge_day(standings[row.person_id], calendar, day, **SHOWN)) for row in running]
    for member in members:
        mandate = mandates.get(member.row.person_id)
        if member.row.chamber == Chamber.REGIONS and mandate is not None:
            member.regions = judge_chamber_of_regions(authority_facts(mandate, marks))
    seats = seats_on(spans, day)
    sitting = [member for member in members if member.sits]
    both = [m for m in sitting if m.row.member_list in {MemberList.REPRESENTATIVE, MemberList.SUBSTITUTE}]
    legislative = [mark for mark in marks if mark.kind == MarkKind.LEGISLATIVE_REGIONS]
    delegates = sum(
        any(_names(mark, mandates[m.row.person_id]) for mark in legislative)
        for m in both
        if m.row.chamber == Chamber.REGIONS and m.row.person_id in mandates
    )
    return DelegationReport(
        country=country,
        day=day,
        seats=seats,
        lists=[
            _list(code, [m for m in both if m.row.member_list == code], everything, seats, charter, day)
            for code in (MemberList.REPRESENTATIVE, MemberList.SUBSTITUTE)
        ],
        legislative=judge_legislative_regions(has_legislative_regions=bool(legislative), delegates_from_them=delegates),
        together=_share(both, 2 * seats, charter) if charter.minority_lists == "together" else None,
        others=[m for m in sitting if m not in both],
        over=[m for m in members if not m.sits],
        marks=marks,
        events=events_of(everything, standings, calendar, day) if with_calendar else [],
        judged=judged,
        authorities=[mandates[m.row.person_id] for m in both if m.row.person_id in mandates],
    )


def _list(code: str, members: list[Member], everything: list[Membership], seats: int, charter: Charter, day: date) -> MemberListReport:
    chambers = Counter(member.row.chamber for member in members)
    return MemberListReport(
        code=code,
        members=members,
        seats=_seats(code, members, everything, seats, day),
        numbers=judge_numbers(filled=len(members), seats=seats),
        share=_share(members, seats, charter),
        split=judge_chamber_split(local=chambers[Chamber.LOCAL], regions=chambers[Chamber.REGIONS]),
    )


def _share(members: list[Member], seats: int, charter: Charter) -> Verdict:
    genders = Counter(member.row.person.gender for member in members)
    return judge_gender_share(
        women=genders["woman"],
        men=genders["man"],
        not_stated=len(members) - genders["woman"] - genders["man"],
        seats=seats,
        percent=charter.minority_percent,
        rounding=charter.minority_rounding,
        base=charter.minority_base,
    )


def _seats(code: str, members: list[Member], everything: list[Membership], seats: int, day: date) -> list[Seat]:
    """Every seat: numbered ones in their order, members without a number, then as many vacant ones as remain."""
    by_number = {member.row.seat: member for member in members if member.row.seat}
    before: dict[int | None, Membership] = {}
    for row in sorted(everything, key=lambda r: r.starts_on):
        if row.member_list == code and row.starts_on <= day:
            before[row.seat] = row
    vacant = max(0, seats - len(members))
    shown: list[Seat] = []
    unnumbered = len(members) - len(by_number)
    for number in range(1, max([seats, *(n for n in by_number if n)], default=0) + 1):
        if number in by_number:
            shown.append(Seat(number, by_number[number]))
        elif vacant > 0 and not unnumbered:
            last = before.get(number)
            shown.append(Seat(number, None, last, last.ends_on if last else None))
            vacant -= 1
    shown += [Seat(None, member) for member in members if not member.row.seat]
    return shown + [Seat(None) for _number in range(vacant)]
