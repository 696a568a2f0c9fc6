"""National delegations as on a day: seats, R2-R7 for both lists, marks of the Chamber of Regions, the calendar of terms."""

from datetime import date

import pytest

from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed
from observers.enums import MarkKind
from observers.models import CharterVersion, CompositionJudgement, Mandate, Membership, RenewalSession, SeatAllocation, StateMark
from observers.services.delegations import delegation_on, delegations_on
from observers.services.judgements import judge_composition, points_of
from observers.services.marks import end_mark, set_mark
from observers.services.membership import end_membership, extend_terms
from observers.services.reference import load_reference
from observers.services.standing import load_calendar, load_standings
from observers.services.term_calendar import events_of

DAY = date(2026, 9, 1)


@pytest.fixture
def austria(make_country, reference):
    """Austria: six seats."""
    country = make_country("AT")
    load_reference()
    return country


def report(country, day=DAY):
    return delegation_on(day, country)


def test_seats_filled_and_vacant_with_the_last_holder(austria, make_member, membership_of):
    for seat, gender in ((1, "woman"), (2, "man"), (4, "woman")):
        make_member("AT", seat=seat, gender=gender)
    gone = make_member("AT", family_name="Gone", seat=3)
    end_membership(membership_of(gone), by=SYSTEM, event="resignation", event_on=date(2026, 6, 10))
    first, second = report(austria).lists
    assert [(seat.number, seat.member is not None) for seat in first.seats] == [(n, n in {1, 2, 4}) for n in range(1, 7)]
    assert (first.seats[2].last.person.family_name, first.seats[2].left_on) == ("Gone", date(2026, 6, 10))
    assert (len(first.members), first.vacant, second.vacant) == (3, 3, 6)
    earlier = report(austria, date(2026, 6, 10)).lists[0]
    assert (len(earlier.members), earlier.seats[2].member.row.person.family_name) == (4, "Gone")


def test_both_lists_are_judged_by_the_same_rules(austria, make_member):
    for member_list in ("representative", "substitute"):
        for number in range(6):
            make_member("AT", chamber="L", member_list=member_list, gender="man" if number else "woman")
    for one in report(austria).lists:
        assert [verdict.outcome for verdict in (one.numbers, one.share, one.split)] == ["ok", "breach", "warning"]
        assert [verdict.rule for verdict in (one.numbers, one.share, one.split)] == ["R3", "R2", "R6"]


def test_open_points_of_the_charter_version_are_followed(austria, make_member):
    for member_list, women in (("representative", 3), ("substitute", 1)):
        for number in range(6):
            make_member("AT", member_list=member_list, gender="woman" if number < women else "man")
    assert [one.share.outcome for one in report(austria).lists] == ["ok", "breach"]
    assert report(austria).together is None
    CharterVersion.objects.update(minority_lists="together")
    assert (report(austria).together.outcome, report(austria).together.inputs["needed"]) == ("ok", 4)


def test_a_term_that_a_session_has_ended_fills_no_seat(austria, make_member):
    make_member("AT", family_name="Old", start=date(2021, 3, 23))
    make_member("AT", family_name="New")
    said = report(austria)
    assert [m.row.person.family_name for m in said.lists[0].members] == ["New"]
    assert [(m.row.person.family_name, m.verdict.rule) for m in said.over] == [("Old", "R8")]


@pytest.mark.parametrize(
    ("level", "marks", "rule", "outcome"),
    [
        ("regional", [], "R4", "full"),
        ("local", [], "R4", "no"),
        ("local", [("large_authority", "Wien")], "R4", "full"),
        ("local", [("large_authority", "Graz")], "R4", "no"),
        ("local", [("no_regions", "")], "R5", "consultative"),
    ],
)
def test_marks_of_the_chamber_of_regions(austria, make_member, level, marks, rule, outcome):
    person = make_member("AT", chamber="R")
    Mandate.objects.filter(person=person).update(level=level, authority="WIEN")
    for kind, authority in marks:
        set_mark(austria, by=SYSTEM, kind=kind, authority=authority, valid_from=date(2020, 1, 1))
    member = report(austria).lists[0].members[0]
    assert (member.regions.rule, member.regions.outcome) == (rule, outcome)
    assert report(austria, date(2019, 12, 31)).lists[0].members == []


def test_a_judged_authority_counts_before_the_presumption(austria, make_member):
    person = make_member("AT", chamber="R")
    Mandate.objects.filter(person=person).update(level="regional", authority_important=False)
    assert report(austria).lists[0].members[0].regions.outcome == "no"


def test_legislative_regions_need_a_delegate(austria, make_member):
    set_mark(austria, by=SYSTEM, kind="legislative_regions", authority="Tirol", valid_from=date(2020, 1, 1))
    person = make_member("AT", chamber="R")
    Mandate.objects.filter(person=person).update(level="regional", authority="Salzburg")
    assert report(austria).legislative.outcome == "breach"
    Mandate.objects.filter(person=person).update(authority="tirol")
    assert report(austria).legislative.outcome == "ok"


def test_facts_about_states_have_days(austria, coordinator, publisher):
    mark = set_mark(austria, by=user_actor(coordinator), kind=MarkKind.NO_REGIONS, valid_from=date(2026, 1, 1))
    assert set_mark(austria, by=SYSTEM, kind=MarkKind.NO_REGIONS, valid_from=date(2026, 5, 1)) == mark
    end_mark(mark, by=SYSTEM, last_day=date(2026, 8, 31))
    end_mark(mark, by=SYSTEM, last_day=date(2026, 12, 31))
    assert [StateMark.objects.on(day).count() for day in (date(2026, 8, 31), DAY)] == [1, 0]
    with pytest.raises(Invalid) as refusal:
        set_mark(austria, by=SYSTEM, kind=MarkKind.LARGE_AUTHORITY, valid_from=DAY)
    assert refusal.value.attr == "authority"
    with pytest.raises(NotAllowed):
        set_mark(austria, by=user_actor(publisher), kind=MarkKind.NO_REGIONS, valid_from=DAY)


def test_the_calendar_of_terms(austria, make_member, membership_of):
    make_member("AT", family_name="Runs", seat=1)
    make_member("AT", family_name="Lost", seat=2, lost=date(2026, 8, 31))
    resigning = make_member("AT", family_name="Resigns", seat=3)
    end_membership(membership_of(resigning), by=SYSTEM, event="resignation", event_on=date(2026, 10, 1))
    make_member("AT", family_name="Follows", seat=3, start=date(2026, 11, 2))
    told = [(e.day, e.kind, e.rule, [row.person.family_name for row in e.rows]) for e in report(austria).events]
    assert told == [
        (date(2026, 10, 1), "resigned", "R9", ["Resigns"]),
        (date(2026, 11, 2), "begin", "R10", ["Follows"]),
        (date(2027, 2, 28), "grace", "R11", ["Lost"]),
        (date(2031, 3, 25), "renewal", "R8", ["Follows", "Runs"]),
    ]
    assert report(austria, date(2026, 8, 1)).events[0].kind == "mandate"


def test_an_extension_is_in_the_calendar_with_its_end(austria, make_member, membership_of):
    RenewalSession.objects.create(opens_on=date(2027, 3, 23))
    person = make_member("AT", family_name="Long")
    row = membership_of(person)
    extend_terms([row], by=SYSTEM, election_on=date(2027, 2, 28), decided_by="Bureau")
    row.refresh_from_db()
    assert row.extended_until == date(2027, 8, 28)
    events = events_of([row], load_standings([person.pk]), load_calendar(), DAY)
    assert [(event.day, event.rule) for event in events] == [(date(2027, 8, 28), "R12")]


def test_nobody_covered_or_outside_the_window_writes_nothing(austria, make_member, membership_of):
    RenewalSession.objects.create(opens_on=date(2027, 3, 23))
    rows = [membership_of(make_member("AT")) for _number in range(2)]
    with pytest.raises(Invalid) as refusal:
        extend_terms([], by=SYSTEM, election_on=date(2027, 2, 28), decided_by="Bureau")
    assert refusal.value.code == "nobody_covered"
    with pytest.raises(Invalid) as refusal:
        extend_terms(rows, by=SYSTEM, election_on=date(2026, 11, 22), decided_by="Bureau")
    assert refusal.value.code == "R12"
    assert not Membership.objects.exclude(extended_until=None).exists()


def test_all_states_cost_the_same_at_any_number(
    make_country, reference, make_member, django_assert_num_queries, django_assert_max_num_queries
):
    states = [make_country(code) for code in ("AT", "DE", "FR")]
    load_reference()
    make_member("AT", chamber="R")
    with django_assert_max_num_queries(10) as one:
        assert delegations_on(DAY, states[:1])[0].seats == 6
    for code in ("DE", "FR", "AT"):
        make_member(code, chamber="R")
    with django_assert_num_queries(len(one)):
        assert [len(one.lists[0].members) for one in delegations_on(DAY, states)] == [2, 1, 1]
    assert SeatAllocation.objects.filter(country=states[0]).exists()


def test_points_that_people_judge_stand_with_their_day_and_reason(austria, make_member, coordinator, publisher):
    make_member("AT")
    assert {verdict.rule for verdict in report(austria).verdicts} == {"R2", "R3", "R4", "R6"} and not report(austria).judged
    by = user_actor(coordinator)
    first = judge_composition(austria, by=by, point="a", outcome="warning", reason="Nobody from the west.", judged_on=date(2026, 8, 1))
    assert judge_composition(austria, by=by, point="a", outcome="warning", reason="Nobody from the west.", judged_on=DAY) == first
    judge_composition(austria, by=by, point="a", outcome="ok", reason="Tirol came in.", judged_on=DAY)
    judge_composition(austria, by=by, point="c", outcome="warning", reason="One party only.", judged_on=DAY)
    said = {verdict.inputs["point"]: (verdict.outcome, verdict.rule) for verdict in report(austria).judged}
    assert said == {"a": ("ok", "R2"), "c": ("warning", "R2")}
    then = report(austria, date(2026, 8, 15))
    assert [verdict.outcome for verdict in then.judged] == ["warning"] and "Nobody from the west." in then.judged[0].sentence
    assert report(austria, date(2026, 7, 31)).judged == []
    point = points_of(austria, DAY, report(austria).facts)[0]
    assert (point.standing.reason, point.who, [row.reason for row in point.earlier]) == (
        "Tirol came in.", coordinator.person.name, ["Nobody from the west."],
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        judge_composition(austria, by=user_actor(publisher), point="b", outcome="ok", reason="Fair.")


@pytest.mark.parametrize(
    ("changed", "attr"),
    [
        ({"reason": " "}, "reason"),
        ({"judged_on": date(2099, 1, 1)}, "judged_on"),
        ({"point": "d"}, "outcome"),
        ({"outcome": "x"}, "outcome"),
    ],
)
def test_a_judgement_needs_a_reason_and_a_day_that_has_come(austria, changed, attr):
    values = {"point": "a", "outcome": "ok", "reason": "Fair.", "judged_on": date(2026, 8, 1)}
    with pytest.raises(Invalid) as refusal:
        judge_composition(austria, by=SYSTEM, **values | changed)
    assert refusal.value.attr == attr and not CompositionJudgement.objects.exists()
