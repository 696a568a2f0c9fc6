"""What the rules of membership need from the database, loaded in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from observers.membership.delegation import SeatSpan
from observers.membership.eligibility import Calendar, MandateSpan, MembershipSpan, Standing
from observers.membership.mandate import MandateFacts
from observers.membership.terms import Charter
from observers.models import CharterVersion, Mandate, Membership, RenewalSession, SeatAllocation


def load_calendar() -> Calendar:
    """Versions of the Charter and renewal sessions, as the rules take them. Two queries."""
    charters = tuple(
        Charter(
            code=row.code,
            valid_from=row.valid_from,
            term_years=row.term_years,
            grace_months=row.grace_months,
            window_months=row.window_months,
            extension_months=row.extension_months,
            minority_percent=row.minority_percent,
            minority_rounding=row.minority_rounding,
            minority_base=row.minority_base,
            minority_lists=row.minority_lists,
        )
        for row in CharterVersion.objects.all()
    )
    return Calendar(charters, tuple(RenewalSession.objects.values_list("opens_on", flat=True)))


def load_standings(person_ids: Iterable[int]) -> dict[int, Standing]:
    """Memberships, mandates and successors of these persons, by primary key. Three queries at any number of persons."""
    wanted = list(person_ids)
    few = {"person_id__in": wanted} if len(wanted) < 500 else {}
    memberships = [row for row in Membership.objects.filter(**few).select_related("country") if not few or row.person_id in set(wanted)]
    successors = _successors(memberships)
    spans: dict[int, list[MembershipSpan]] = defaultdict(list)
    for row in memberships:
        spans[row.person_id].append(span_of(row, successors.get(row.pk)))
    mandates: dict[int, list[MandateSpan]] = defaultdict(list)
    for mandate in Mandate.objects.filter(**few):
        mandates[mandate.person_id].append(mandate_span(mandate))
    return {
        pk: Standing(
            tuple(sorted(spans.get(pk, []), key=lambda s: s.starts_on)),
            tuple(sorted(mandates.get(pk, []), key=lambda m: m.starts_on)),
        )
        for pk in wanted
    }


def span_of(row: Membership, successor_start: date | None = None) -> MembershipSpan:
    """A membership as the rules take it."""
    return MembershipSpan(
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        country=row.country.code,
        member_list=row.member_list,
        credential=row.credential,
        extended_until=row.extended_until,
        extension_election_on=row.extension_election_on,
        successor_start=successor_start,
    )


def facts_of(row: Mandate) -> MandateFacts:
    """What R1 asks about an office."""
    return MandateFacts(
        level=row.level,
        is_general=row.is_general,
        is_directly_elected=row.is_directly_elected,
        is_answerable=row.is_answerable,
        assembly_directly_elected=row.assembly_directly_elected,
        individually_revocable=row.individually_revocable,
        revocation_in_law=row.revocation_in_law,
    )


def mandate_span(row: Mandate) -> MandateSpan:
    """A mandate as the rules take it."""
    return MandateSpan(row.starts_on, row.ends_on, facts_of(row))


def seat_spans(country_id: int) -> list[SeatSpan]:
    """A state's seats with their validity (R3)."""
    return [SeatSpan(row.seats, row.valid_from, row.valid_to) for row in SeatAllocation.objects.filter(country_id=country_id)]


def _successors(memberships: list[Membership]) -> dict[int, date]:
    """For each membership, when somebody else took its seat."""
    seats = {(m.country_id, m.member_list, m.seat) for m in memberships if m.seat is not None}
    if not seats:
        return {}
    starts: dict[tuple, list[tuple[date, int]]] = defaultdict(list)
    rows = Membership.objects.filter(seat__isnull=False, country_id__in={s[0] for s in seats})
    for country, member_list, seat, begins, person in rows.values_list("country_id", "member_list", "seat", "starts_on", "person_id"):
        starts[(country, member_list, seat)].append((begins, person))
    found = {}
    for row in memberships:
        later = [
            begins
            for begins, person in starts.get((row.country_id, row.member_list, row.seat), [])
            if begins > row.starts_on and person != row.person_id
        ]
        if later:
            found[row.pk] = min(later)
    return found
