"""Every table and example of membership-rules R1-R15, one after another: `R11: 31 Aug 2022` names the rule and the line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from observers.membership import delegation as d
from observers.membership import terms as t
from observers.membership.eligibility import Calendar, Conflict, MandateSpan, MembershipSpan, Standing, judge_day, judge_observer
from observers.membership.mandate import MandateFacts, judge_mandate
from observers.membership.verdicts import Verdict, said_of

CHARTERS = (
    t.Charter("2007", date(2007, 5, 2), 2),
    t.Charter("2011", date(2011, 1, 19), 4),
    t.Charter("2015", date(2015, 7, 8), 4),
    t.Charter("2020", date(2020, 1, 15), 5),
)
RENEWALS = (date(2016, 10, 19), date(2021, 3, 23), date(2026, 3, 24))
CALENDAR = Calendar(CHARTERS, RENEWALS)
R12_RENEWAL = date(2021, 3, 23)
NEW = CHARTERS[-1]
BY_LAW = {"is_answerable": True, "assembly_directly_elected": True, "individually_revocable": True, "revocation_in_law": True}
FULL = {"is_between": True, "has_self_government": True, "runs_important_part": True}

Case = tuple[str, Callable[[], Verdict], str, dict[str, Any]]
"""What it is, the question, the outcome, and what else must be in `inputs` or `dates`."""


def r1(level: str, **facts: bool) -> Callable[[], Verdict]:
    return lambda: judge_mandate(MandateFacts(level, **facts))


def r2(**counts: Any) -> Callable[[], Verdict]:
    return lambda: d.judge_gender_share(**counts)


def r4(**facts: bool) -> Callable[[], Verdict]:
    return lambda: d.judge_chamber_of_regions(d.AuthorityFacts(**facts))


def r6(local: int, regions: int) -> Callable[[], Verdict]:
    return lambda: d.judge_chamber_split(local=local, regions=regions)


def r8(start: date, charter: t.Charter, renewals: tuple[date, ...] = RENEWALS) -> Callable[[], Verdict]:
    return lambda: t.judge_term(starts_on=start, renewals=renewals, charter=charter)


def r9(event: str) -> Callable[[], Verdict]:
    return lambda: t.early_end(event=event, event_on=date(2023, 6, 10))


def r10(started: date, successor: date) -> Callable[[], Verdict]:
    return lambda: t.replacement_term(predecessor_started=started, successor_starts=successor, renewals=RENEWALS)


def r11(lost: date, **cuts: date) -> Callable[[], Verdict]:
    return lambda: t.judge_grace(mandate_end=lost, charter=NEW, **cuts)


def r12(election: date) -> Callable[[], Verdict]:
    return lambda: t.judge_extension(election_on=election, renewal=R12_RENEWAL, charter=NEW)


def r14(*, lost: date | None = None, successor: date | None = None, country: str = "FR", member_list: str = "representative", **more: Any):
    span = MembershipSpan(
        date(2021, 3, 23),
        country=country,
        member_list=member_list,
        successor_start=successor,
        credential=more.pop("credential", "ratified"),
    )
    standing = Standing((span,), (MandateSpan(date(2020, 6, 28), lost),))
    first, last = date(2024, 10, 3), date(2024, 10, 7)
    return lambda: judge_observer(standing, CALENDAR, first=first, last=last, observed_country="GE", **more)


CASES: list[Case] = [
    ("R1: path A, local", r1("local", is_general=True, is_directly_elected=True), "eligible", {"path": "A"}),
    ("R1: path A, regional", r1("regional", is_general=True, is_directly_elected=True), "eligible", {"path": "A"}),
    ("R1: path B, regional minister", r1("regional", **BY_LAW), "eligible", {"path": "B"}),
    ("R1: path B, general but not elected", r1("local", is_general=True, **BY_LAW), "eligible", {"path": "B"}),
    *[
        (f"R1: path B without {name}", r1("regional", **{**BY_LAW, name: False}), "not_eligible", {})
        for name in ("is_answerable", "individually_revocable", "revocation_in_law")
    ],
    ("R1: neither", r1("none"), "not_eligible", {}),
    (
        "R1: mayor whom only the government dismisses",
        r1("local", is_general=True, is_answerable=True, assembly_directly_elected=True, revocation_in_law=True),
        "not_eligible",
        {},
    ),
    (
        "R1: executive removed only as a body",
        r1("regional", is_answerable=True, assembly_directly_elected=True, revocation_in_law=True),
        "not_eligible",
        {},
    ),
    ("R1: school board", r1("local", is_directly_elected=True), "not_eligible", {}),
    *[
        (f"R2: {seats} seats, {needed} are enough", r2(women=needed, men=seats - needed, seats=seats), "ok", {"needed": needed})
        for seats, needed in ((2, 1), (3, 1), (4, 2), (5, 2), (6, 2), (7, 3), (10, 3), (12, 4), (18, 6))
    ],
    *[
        (f"R2: {seats} seats, one less is not", r2(women=seats - needed + 1, men=needed - 1, seats=seats), "breach", {"needed": needed})
        for seats, needed in ((2, 1), (3, 1), (4, 2), (5, 2), (6, 2), (7, 3), (10, 3), (12, 4), (18, 6))
    ],
    *[
        (f"R2: both lists of {seats} together", r2(women=needed, men=2 * seats - needed, seats=2 * seats), "ok", {"needed": needed})
        for seats, needed in ((2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (7, 5), (10, 6), (12, 8), (18, 11))
    ],
    ("R2: 5 men and 2 women", r2(women=2, men=5, seats=7), "breach", {"share": 28.6}),
    ("R2: 4 men, 2 women, one seat vacant", r2(women=2, men=4, seats=7), "warning", {"share": 33.3, "vacant": 1}),
    ("R2: who does not state a sex is outside", r2(women=1, men=2, not_stated=4, seats=7), "ok", {"needed": 1, "not_stated": 4}),
    ("R2: one sex alone", r2(women=3, men=0, seats=3), "breach", {}),
    ("R2: point c judged weak", r2(women=3, men=4, seats=7, judgements={"c": "warning"}), "warning", {"weak": ["c"]}),
    ("R3: as many as in the Assembly", lambda: d.judge_numbers(filled=18, seats=18), "ok", {"vacant": 0}),
    ("R3: fewer is possible", lambda: d.judge_numbers(filled=5, seats=7), "ok", {"vacant": 2}),
    ("R3: more is an error", lambda: d.judge_numbers(filled=8, seats=7), "breach", {}),
    ("R4: self-government", r4(**FULL), "full", {"may_vote": True}),
    ("R4: state-like powers", r4(is_between=True, has_state_like_powers=True, runs_important_part=True), "full", {"may_vote": True}),
    ("R4: listed large authority", r4(is_listed_large_authority=True), "full", {"may_vote": True}),
    *[(f"R4: without {name}", r4(**{**FULL, name: False}), "no", {"may_vote": False}) for name in FULL],
    (
        "R4: legislative regions without a delegate",
        lambda: d.judge_legislative_regions(has_legislative_regions=True, delegates_from_them=0),
        "breach",
        {},
    ),
    (
        "R4: legislative regions with one",
        lambda: d.judge_legislative_regions(has_legislative_regions=True, delegates_from_them=1),
        "ok",
        {},
    ),
    ("R5: state without regions", r4(state_without_regions=True), "consultative", {"may_vote": False}),
    *[
        (f"R6: {local}/{regions}", r6(local, regions), "ok", {})
        for local, regions in (
            (1, 1),
            (2, 1),
            (1, 2),
            (2, 2),
            (3, 2),
            (2, 3),
            (3, 3),
            (4, 3),
            (3, 4),
            (5, 5),
            (6, 6),
            (9, 9),
        )
    ],
    *[(f"R6: {local}/{regions}", r6(local, regions), "warning", {}) for local, regions in ((2, 0), (3, 1), (5, 2), (4, 2), (10, 8))],
    ("R7: a substitute is judged alike", r14(member_list="substitute", lost=date(2024, 4, 5)), "refused", {"ends_on": date(2024, 10, 5)}),
    ("R8: example 1, postponed", r8(date(2016, 10, 19), CHARTERS[2]), "ok", {"ends_on": date(2021, 3, 23), "term_years": 4}),
    ("R8: example 2, five years", r8(date(2021, 3, 23), NEW), "ok", {"ends_on": date(2026, 3, 24), "term_years": 5}),
    ("R8: example 2, while the date is not entered", r8(date(2021, 3, 23), NEW, RENEWALS[:2]), "warning", {}),
    ("R8: two years before 2011", r8(date(2008, 5, 27), CHARTERS[0], (date(2010, 10, 26),)), "ok", {"term_years": 2}),
    ("R8: longer than is plausible", r8(date(2008, 5, 27), CHARTERS[0], (date(2016, 10, 19),)), "warning", {}),
    ("R9: death", r9("death"), "ok", {"ends_on": date(2023, 6, 10)}),
    ("R9: resignation", r9("resignation"), "ok", {"ends_on": date(2023, 6, 10)}),
    ("R9: withdrawn by the state", r9("withdrawn"), "refused", {}),
    ("R10: successor of 1 Oct 2023", r10(date(2021, 3, 23), date(2023, 10, 1)), "ok", {"ends_on": date(2026, 3, 24)}),
    ("R10: after the term it is a new appointment", r10(date(2021, 3, 23), date(2026, 3, 25)), "refused", {}),
    ("R11: 5 May 2024", r11(date(2024, 5, 5), renewal=RENEWALS[2]), "grace", {"ends_on": date(2024, 11, 5), "cut_by": "grace"}),
    ("R11: 31 Aug 2022", r11(date(2022, 8, 31), renewal=RENEWALS[2]), "grace", {"ends_on": date(2023, 2, 28)}),
    ("R11: 31 Aug 2023", r11(date(2023, 8, 31), renewal=RENEWALS[2]), "grace", {"ends_on": date(2024, 2, 29)}),
    ("R11: 15 Nov 2020", r11(date(2020, 11, 15), renewal=R12_RENEWAL), "grace", {"ends_on": date(2021, 3, 23), "cut_by": "renewal"}),
    ("R11: successor", r11(date(2024, 5, 5), successor_start=date(2024, 9, 1)), "grace", {"ends_on": date(2024, 9, 1)}),
    (
        "R11: 15 Nov 2020, but R12 applies",
        r11(date(2020, 11, 30), renewal=R12_RENEWAL, extended_until=date(2021, 5, 23)),
        "grace",
        {"ends_on": date(2021, 5, 23)},
    ),
    ("R12: 22 Nov 2020", r12(date(2020, 11, 22)), "refused", {"in_window": False, "ends_on": R12_RENEWAL}),
    ("R12: 23 Nov 2020", r12(date(2020, 11, 23)), "extended", {"in_window": True, "ends_on": date(2021, 5, 23)}),
    ("R12: 20 Dec 2020", r12(date(2020, 12, 20)), "extended", {"in_window": True, "ends_on": date(2021, 6, 20)}),
    ("R12: 28 Feb 2021", r12(date(2021, 2, 28)), "extended", {"in_window": True, "ends_on": date(2021, 8, 28)}),
    ("R12: 23 Mar 2021", r12(date(2021, 3, 23)), "refused", {"in_window": False, "ends_on": R12_RENEWAL}),
    *[(f"R13: {state} opens no mission", r14(credential=state), "refused", {}) for state in ("notified", "challenged", "refused", "ended")],
    *[(f"R13: {state} opens one", r14(credential=state), "allowed", {}) for state in ("provisional", "ratified")],
    ("R14: mandate lost 5 May 2024", r14(lost=date(2024, 5, 5)), "grace", {"ends_on": date(2024, 11, 5)}),
    ("R14: mandate lost 5 Apr 2024", r14(lost=date(2024, 4, 5)), "refused", {"day": date(2024, 10, 6), "ends_on": date(2024, 10, 5)}),
    ("R14: successor of 1 Sept", r14(lost=date(2024, 5, 5), successor=date(2024, 9, 1)), "refused", {"ends_on": date(2024, 9, 1)}),
    ("R14: substitute", r14(member_list="substitute"), "allowed", {}),
    ("R14: of the observed state", r14(country="GE"), "refused", {}),
    ("R14: interests not declared", r14(conflict=Conflict(False)), "refused", {}),
    ("R14: code not signed", r14(code_signed=False), "refused", {}),
    ("R15: stricter practice, nobody in grace", r14(lost=date(2024, 5, 5), grace_may=False), "refused", {"ends_on": date(2024, 11, 5)}),
    ("R15: honorary members stay at home", r14(member_list="honorary"), "refused", {}),
    ("R15: unless a setting lets them", r14(member_list="honorary", honorary_may=True), "allowed", {}),
    ("R15: rounded down, 2 of 7", r2(women=2, men=5, seats=7, rounding="down"), "ok", {"needed": 2}),
    ("R15: rounded to the nearest, 1 of 4", r2(women=1, men=3, seats=4, rounding="nearest"), "ok", {"needed": 1}),
    ("R15: of all seats, vacant ones too", r2(women=2, men=4, seats=7, base="seats"), "breach", {"needed": 3}),
]


@pytest.mark.parametrize(("name", "ask", "outcome", "more"), CASES, ids=[case[0] for case in CASES])
def test_worked_example(name: str, ask: Callable[[], Verdict], outcome: str, more: dict[str, Any]) -> None:
    verdict = ask()
    assert verdict.outcome == outcome, verdict.sentence
    said = {**verdict.inputs, **verdict.dates}
    assert {key: said.get(key) for key in more} == more
    rules = {part.rule.partition(".")[0] for part in walk(verdict)}
    wanted = name.partition(":")[0]
    assert wanted in rules or wanted in {"R7", "R15"} or (wanted == "R13" and "R14" in rules), rules


def walk(verdict: Verdict) -> list[Verdict]:
    return [verdict, *[inner for part in verdict.parts for inner in walk(part)]]


def test_every_rule_has_an_example() -> None:
    assert {case[0].partition(":")[0] for case in CASES} == {f"R{n}" for n in range(1, 16)}


@pytest.mark.parametrize(("name", "ask"), [case[:2] for case in CASES], ids=[case[0] for case in CASES])
def test_every_verdict_says_its_rule_and_a_sentence_and_goes_into_json(name: str, ask: Callable[[], Verdict]) -> None:
    for verdict in walk(ask()):
        assert verdict.rule[0] in "RC" and verdict.sentence.endswith((".", ")")) and "%(" not in verdict.sentence
        assert verdict.inputs
        told = verdict.as_json()
        assert (told["rule"], told["outcome"]) == (verdict.rule, verdict.outcome)
        assert all(isinstance(day, str) and date.fromisoformat(day) for day in told["dates"].values())


@pytest.mark.parametrize("language", ["fr", "de"])
@pytest.mark.parametrize(("name", "ask"), [case[:2] for case in CASES], ids=[case[0] for case in CASES])
def test_every_verdict_is_said_in_french_and_german(name: str, ask: Callable[[], Verdict], language: str) -> None:
    with translation.override("en"):
        english = [verdict.sentence for verdict in walk(ask())]
    with translation.override(language):
        other = [verdict.sentence for verdict in walk(ask())]
    assert all(one != two for one, two in zip(english, other, strict=True))


def test_r3_seats_with_their_days() -> None:
    spans = [
        d.SeatSpan(12, date(1994, 1, 14), date(2015, 5, 26)),
        d.SeatSpan(18, date(2015, 5, 27)),
    ]
    gone = [d.SeatSpan(18, date(1996, 2, 28), date(2022, 3, 16))]
    assert [d.seats_on(spans, day) for day in (date(2015, 5, 26), date(2015, 5, 27))] == [12, 18]
    assert [d.seats_on(gone, day) for day in (date(2022, 3, 16), date(2022, 3, 17))] == [18, 0]


def test_r11_a_mandate_won_in_time_goes_on_without_a_gap() -> None:
    spans = (MandateSpan(date(2020, 1, 1), date(2024, 5, 5)), MandateSpan(date(2024, 11, 5)))
    standing = Standing((MembershipSpan(date(2021, 3, 23)),), spans)
    days = (date(2024, 5, 5), date(2024, 5, 6), date(2024, 11, 4), date(2024, 11, 5))
    assert [judge_day(standing, CALENDAR, day).outcome for day in days] == ["ok", "grace", "grace", "ok"]


@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("notified", {"provisional", "refused", "ended"}),
        ("provisional", {"ratified", "challenged", "refused", "ended"}),
        ("ratified", {"challenged", "ended"}),
        ("challenged", {"ratified", "refused", "ended"}),
        ("refused", {"ended"}),
        ("ended", set()),
    ],
)
def test_r13_credentials_move_along_the_table(state: str, after: set[str]) -> None:
    assert t.CREDENTIAL_MOVES[state] == after


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Anna: not a member."), ("fr", "Anna\u202f: not a member."), ("de", "Anna: not a member.")]
)
def test_a_sentence_about_somebody_has_the_colon_of_the_language(language: str, said: str) -> None:
    """French sets a narrow space before it."""
    with translation.override(language):
        assert said_of("Anna", "not a member.") == said
