"""Conditions and kinds of questions in words."""

from __future__ import annotations

import pytest
from django.urls import reverse

from field.views.words import condition_in_words

QUESTIONS = {"A06": {"options": [{"name": "none", "label": {"en": "None of it", "fr": "Aucun"}}]}}


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("/data/header_visit/station  = ''", "H03 is empty"),
        (" /data/delay  > 15", "minutes of delay is more than 15"),
        ("${B17} > 0", "B17 is more than 0"),
        ("selected( /data/x/A06 , 'none') and not(selected(../A06, 'z'))", "A06 has “None of it” and not(A06 has “z”)"),
        ("../A06 = 'none' or ( /data/q/age  >= 18)", "A06 is “None of it” or (age is at least 18)"),
        ("count-selected(/data/A06) > 2", "count-selected(A06) > 2"),
        ("", ""),
    ],
)
def test_a_condition_in_words(condition, words):
    assert condition_in_words(condition, QUESTIONS, "en") == words


def test_options_are_named_in_the_language_of_the_form():
    assert condition_in_words("/data/A06 = 'none'", QUESTIONS, "fr") == "A06 is “Aucun”"


@pytest.mark.django_db
def test_the_page_of_a_version_speaks_in_words_and_keeps_the_code_for_technicians(client_for, coordinator, polling, forms):
    url = reverse("field:version", args=[polling.reference, forms["B"].uuid])
    body = client_for(coordinator).get(url).content.decode()
    said, raw = body.split("For technicians")
    assert "Only if: B17 is more than 0" in said
    assert "all that apply:" in said
    assert "flag up to “Critical”" in said
    for code in ("/data/", "select_", "multi", "single"):
        assert code not in said
    assert "/data/section_4_procedure/B17" in raw
