"""Answers of polling day: complete, plausible, odd where they should be, and the same for the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, time, timedelta

import pytest

from config.demo import answers
from config.demo.answers import StopPlan, Visit

DAY = datetime(2026, 11, 22)


def stops() -> list[StopPlan]:
    planned = []
    for team in range(1, 7):
        hours = [("opening", 6.5), *[("voting", 8.25 + number * 0.8) for number in range(13)], ("closing", 19.6)]
        for number, (kind, hour) in enumerate(hours):
            code = f"0401{team:02}{number:03}"
            planned.append(StopPlan(f"Team {team}", team, code, "Русе", "urban", "ordinary", 640, kind, DAY + timedelta(hours=hour)))
    return planned


def build(seed: int = 5) -> list[Visit]:
    return answers.build_visits(stops(), seed=seed, opens=time(7), closes=time(20))


def test_one_form_for_each_stop_and_one_correction() -> None:
    visits = build()
    assert Counter(visit.form for visit in visits) == {"A": 6, "B": 6 * 13 + 1, "C": 6}
    assert len({visit.uuid for visit in visits}) == len(visits)
    corrections = [visit for visit in visits if visit.replaces]
    assert len(corrections) == 1
    assert corrections[0].replaces in {visit.uuid for visit in visits if not visit.replaces}


def test_every_required_closed_question_is_answered_with_one_of_its_options() -> None:
    for visit in build():
        if "incomplete" in visit.marks:
            continue
        for question in answers.questions().values():
            if not question.code.startswith(("H", visit.form)):
                continue
            value = visit.answers.get(question.code)
            if question.required and not question.show_if and question.type in {"single", "multi", "time", "int"}:
                assert value not in (None, []), f"{question.code} in {visit.form}"
            if question.options and value is not None:
                assert set(value if isinstance(value, list) else [value]) <= set(question.options)


def test_every_oddity_is_there() -> None:
    marks = Counter(mark for visit in build() for mark in visit.marks)
    assert set(marks) == {"late", "contradictory", "incomplete", "unmatched", "wrong_clock", "correction"}
    assert marks["late"] == 4


def test_the_view_at_the_end_fits_what_was_ticked() -> None:
    for visit in build():
        worst = answers.severity_of(visit.answers, visit.form)
        scale = visit.answers[answers.SCALE_OF[visit.form]]
        if worst == 0 and "contradictory" not in visit.marks:
            assert scale in {"very_good", "good"}
        if scale in {"bad", "very_bad"}:
            assert visit.answers[answers.TEXT_OF[visit.form]]


def test_the_seed_decides() -> None:
    assert build() == build()
    assert build(6) != build()


def test_a_copied_phone_sends_other_content_under_the_same_uuid() -> None:
    visit = next(visit for visit in build() if visit.form == "B")
    other = answers.with_other_content(visit)
    assert other.uuid == visit.uuid
    assert other.answers != visit.answers


@pytest.mark.parametrize(
    ("given", "severity"), [({"B05": "yes"}, 3), ({"B21": "several"}, 2), ({"B06": "with_help"}, 1), ({"B01": "no"}, 0)]
)
def test_severity_follows_the_table(given: dict[str, str], severity: int) -> None:
    assert answers.severity_of(given, "B") == severity
