"""Words of the history data in the three languages."""

from __future__ import annotations

import csv

import pytest
from django.template import Context, Template
from django.utils import translation

from missions import history
from missions.services.reference import DATA

SHOWN = ("election", "mission_format", "congress_delegation", "teams", "stations_visited", "adopted_text", "adopted_on")


@pytest.mark.parametrize("language", ["fr", "de"])
def test_every_phrase_of_the_history_has_a_translation(language):
    with (DATA / "observation_missions_history.csv").open(encoding="utf-8", newline="") as file:
        phrases = {row[name] for row in csv.DictReader(file) for name in SHOWN}
    assert len(phrases) > 100
    assert sorted(phrase for phrase in phrases if history.say(phrase, language).language != language) == []


@pytest.mark.parametrize(
    ("phrase", "french", "german"),
    [
        ("Partial mayoral elections", "Élections municipales partielles (maires)", "Teilwahlen der Bürgermeister"),
        ("observation mission", "mission d’observation", "Beobachtungsmission"),
        (
            "Recommendation 338 (2013); Resolution 354 (2013)",
            "Recommandation 338 (2013) ; Résolution 354 (2013)",
            "Empfehlung 338 (2013); Entschließung 354 (2013)",
        ),
        ("2017 (32nd session)", "2017 (32e session)", "2017 (32. Tagung)"),
        ("2019-04-03", "2019-04-03", "2019-04-03"),
        ("", "", ""),
    ],
)
def test_what_a_phrase_reads_like(phrase, french, german):
    assert [history.say(phrase, code).text for code in ("en", "fr", "de")] == [phrase, french, german]


def test_a_phrase_without_a_translation_is_marked_as_english():
    assert history.say("Elections on the moon", "fr").marked("fr") == "Elections on the moon (EN)"
    assert history.say("Elections on the moon", "en").marked("en") == "Elections on the moon"
    drawn = Template("{% load missions %}{{ phrase|said }}")
    with translation.override("fr"):
        assert drawn.render(Context({"phrase": "A <b> moon"})) == '<span lang="en">A &lt;b&gt; moon (EN)</span>'
        assert drawn.render(Context({"phrase": "Local elections"})) == "Élections locales"
