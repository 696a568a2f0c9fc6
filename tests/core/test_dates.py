"""Days in words: the French "1er" on pages and in documents, and nowhere else."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.template import Context, Template
from django.utils import formats, translation

from core.dates import format_date

FIRST, SECOND = date(2027, 11, 1), date(2027, 11, 2)


@pytest.mark.parametrize(
    ("language", "day", "said"),
    [
        ("fr", FIRST, "1er novembre 2027"),
        ("fr", SECOND, "2 novembre 2027"),
        ("fr", date(2027, 11, 11), "11 novembre 2027"),
        ("de", FIRST, "1. November 2027"),
        ("en", FIRST, "1 November 2027"),
    ],
)
def test_a_day_on_a_page_in_a_sentence_and_in_a_document(language, day, said):
    with translation.override(language):
        assert formats.date_format(day) == said
        assert Template("{{ day|date:'DATE_FORMAT' }}").render(Context({"day": day})) == said
        assert Template("{{ day }}").render(Context({"day": day})) == said
    assert format_date(day, "long", locale="en_GB" if language == "en" else language) == said


@pytest.mark.parametrize(
    ("format", "said"),
    [
        ("l j F", "lundi 1er novembre"),
        ("j M Y", "1er nov 2027"),
        ("j", "1"),
        ("d/m/Y", "01/11/2027"),
        ("F Y", "novembre 2027"),
        ("j/n", "1/11"),
        (r"\j F", "j novembre"),
    ],
)
def test_only_before_the_name_of_a_month(format, said):
    with translation.override("fr"):
        assert formats.date_format(FIRST, format) == said
        assert formats.date_format(datetime(2027, 11, 1, 9, 5, tzinfo=UTC), format) == said


@pytest.mark.parametrize(
    ("format", "said"),
    [("j F Y", "1. November 2027"), ("j. F Y", "1. November 2027"), ("j M Y", "1. Nov 2027"), ("j", "1"), ("d/m/Y", "01/11/2027")],
)
def test_the_german_day_has_its_point(format, said):
    with translation.override("de"):
        assert formats.date_format(FIRST, format) == said
        assert formats.date_format(datetime(2027, 11, 1, 9, 5, tzinfo=UTC), format) == said


def test_babel_formats():
    assert format_date(FIRST, "full", locale="fr") == "lundi 1er novembre 2027"
    assert format_date(FIRST, format="short", locale="fr") == "01/11/2027"
    assert format_date(date(2021, 1, 1), "d MMMM", locale="fr_FR") == "1er janvier"
