"""One counting function: it agrees with counting the answers one by one."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest

from field.behind import Figure, records_behind
from field.counted import Filters, Share
from field.figures import figures
from field.models import Observation
from field.packing import Layout
from field.services.ingest import Submission, ingest
from field.services.instances import build

from .conftest import good_answers

pytestmark = pytest.mark.django_db


def test_agrees_with_the_answers(sample, polling):
    found = {(item.form, item.code): item for item in figures(polling).items}
    assert len(found) > 70
    for (form, code), item in found.items():
        rows = [row for row in sample if row.form.code == form]
        answers = [row.answers[code] for row in rows if row.answers.get(code) not in (None, "")]
        spread = Counter(value for answer in answers for value in (answer if isinstance(answer, list) else [answer]))
        unseen = spread["not_observed"] + spread["not_applicable"] if item.kind == "single" else 0
        assert item.answered == len(answers), code
        assert item.counted == len(answers) - unseen, code
        assert item.flagged == sum(1 for row in rows if code in row.flags), code
        assert {name: n for name, n in item.counts.items() if n} == {
            option["name"]: spread[option["name"]] for option in item.options if spread[option["name"]]
        }, code
        assert records_behind(polling, Figure(code), Filters(form=form)).count() == item.flagged, code


def test_packed_agrees_with_the_answers(sample):
    for row in sample:
        assert bytes(row.packed) == Layout(row.form_version.questions).pack(row.answers, row.flags)


def test_says_how_much_was_visited(sample, polling):
    found = figures(polling)
    assert (found.forms, found.stations, found.teams, found.areas) == (40, 3, 1, 1)
    assert (found.urban, found.rural) == (2, 1)
    assert sum(stage["forms"] for stage in found.stages) == 40
    assert {row["code"] for row in found.conduct} == {"A25", "B34", "C33"}
    assert found.women_members.denominator == sum(row.answers["H11"] for row in sample)


def test_gives_no_share_under_thirty():
    assert (Share(3, 29).share, Share(3, 30).share) == (None, 10.0)


def test_not_observed_is_in_neither(polling, forms, stations, team):
    for value in ("yes", "no", "not_observed", "not_applicable"):
        ingest([Submission(build(forms["B"], good_answers(forms["B"], B11=value), uuid=uuid4(), mission=polling), polling)])
    item = figures(polling).item("B11")
    assert (item.flagged, item.counted, item.answered, item.severity) == (1, 2, 4, 3)
    assert item.standards == ["GC25-20"]


def test_a_correction_counts_once(polling, forms, stations, team):
    first = uuid4()
    ingest([Submission(build(forms["B"], good_answers(forms["B"], B11="no"), uuid=first, mission=polling), polling)])
    ingest([Submission(build(forms["B"], good_answers(forms["B"]), uuid=uuid4(), replaces=first, mission=polling), polling)])
    assert (figures(polling).forms, figures(polling).item("B11").flagged) == (1, 0)


def test_filters(sample, polling):
    assert figures(polling, Filters(form="A")).forms == sum(1 for row in sample if row.form.code == "A")
    assert figures(polling, Filters(setting="rural")).forms == sum(1 for row in sample if row.setting == "rural")
    assert figures(polling, Filters(unit="station", form="B")).forms == len({row.station_id for row in sample if row.form.code == "B"})


def test_a_choice_leads_to_its_records(sample, polling):
    item = next(item for item in figures(polling).items if item.code == "H14" and item.form == "B")
    name = max(item.counts, key=item.counts.get)
    assert records_behind(polling, Figure("H14", name), Filters(form="B")).count() == item.counts[name]


def test_queries_do_not_grow(sample, polling, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        figures(polling)


def test_a_flag_counts_only_where_its_answer_does(polling, forms, stations, team):
    for value in ("no", "not_observed", None):
        ingest([Submission(build(forms["B"], good_answers(forms["B"], B11=value), uuid=uuid4(), mission=polling), polling)])
    layout = Layout(forms["B"].questions)
    for row in Observation.objects.all():
        row.packed = layout.pack(row.answers, {"B11": 3})
        row.save(update_fields=["packed"])
    found = figures(polling)
    assert (found.item("B11").flagged, found.item("B11").counted) == (1, 1)
    Observation.objects.filter(answers__B11="no").delete()
    assert figures(polling).top() == [], "nothing to divide by is no fault"


def test_the_same_code_in_two_forms_stays_apart(polling, forms, stations, team, monkeypatch):
    ingest([Submission(build(forms[code], good_answers(forms[code]), uuid=uuid4(), mission=polling), polling) for code in ("A", "B")])
    monkeypatch.setattr("field.figures.is_scale", lambda question: question["code"] == "H06")
    assert [(row["form"], row["code"]) for row in figures(polling).conduct] == [("A", "H06"), ("B", "H06")]
