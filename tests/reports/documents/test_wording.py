"""Fixed sentences agree with their numbers and name countries as each language does."""

from __future__ import annotations

import csv

import pytest

from missions.models import Country
from reports.documents import wording
from reports.documents.report.facts import session_text
from reports.documents.wording import count_of, of_country, the_country
from reports.services.reports import default_title
from reports.services.versions import freeze_version


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["0 teams", "1 team", "2 teams"]), ("fr", ["0 équipe", "1 équipe", "2 équipes"]), ("de", ["0 Teams", "1 Team", "2 Teams"])],
)
def test_numbers_agree_with_what_is_counted(language, words):
    assert [count_of("teams", n, language) for n in (0, 1, 2)] == words


@pytest.mark.parametrize(
    ("code", "english", "french", "german"),
    [
        ("MD", "the Republic of Moldova", "de la République de Moldova", "der Republik Moldau"),
        ("NL", "the Netherlands", "des Pays-Bas", "der Niederlande"),
        ("GB", "the United Kingdom", "du Royaume-Uni", "des Vereinigten Königreichs"),
        ("AT", "Austria", "de l’Autriche", "Österreichs"),
        ("XK", "Kosovo", "(Kosovo)", "(Kosovo)"),
    ],
)
def test_countries_have_their_articles(code, english, french, german):
    country = Country(code=code, name_en="Kosovo", name_fr="Kosovo", name_de="Kosovo")
    assert the_country(country, "en") == english
    assert [of_country(country, language) for language in ("en", "fr", "de")] == [english, french, german]


def test_every_member_state_has_its_forms():
    with open("missions/data/member_states.csv", encoding="utf-8", newline="") as file:
        states = {row["iso_alpha2"]: row["name_en"] for row in csv.DictReader(file)}
    rows = wording._countries()
    assert set(rows) == set(states)
    assert all(rows[code]["the_en"] in {name, f"the {name}"} for code, name in states.items())


def test_every_number_has_a_singular():
    keys = set(wording._wording())
    assert {key for key in keys if key.startswith("n_") and not key.endswith("_one")} <= {
        key.removesuffix("_one") for key in keys if key.endswith("_one")
    }


def test_a_report_with_one_team_and_an_article(make_mission, make_election, make_report, figures, as_coordinator, monkeypatch):
    mission = make_mission("drafting", election=make_election("MD", title_en="Local elections", title_fr="Élections locales"))
    for name in ("teams", "stations"):
        monkeypatch.setitem(figures, name, 1)
    version = freeze_version(make_report(mission), by=as_coordinator)
    paragraphs = {code: version.content["languages"][code]["recommendation"]["paragraphs"] for code in ("en", "fr")}
    assert "calls on the authorities of the Republic of Moldova to:" in paragraphs["en"][4]["text"]
    assert "les autorités de la République de Moldova à :" in paragraphs["fr"][4]["text"]
    facts = {code: " ".join(one["text"] for one in rows[1]["items"]) for code, rows in paragraphs.items()}
    assert "1 team visited 1 polling station on polling day" in facts["en"]
    assert "1 équipe a visité 1 bureau de vote" in facts["fr"]
    assert default_title([mission])["en"].startswith("Local elections in the Republic of Moldova")


@pytest.mark.parametrize(
    ("typed", "french", "german"),
    [
        ("53rd session", "53e session", "53. Tagung"),
        ("1st Session", "1re session", "1. Tagung"),
        ("112. Tagung", "112e session", "112. Tagung"),
        ("Statutory Forum", "Statutory Forum", "Statutory Forum"),
    ],
)
def test_a_session_is_named_in_the_language_of_the_cover(typed, french, german):
    assert [session_text(typed, language) for language in ("fr", "de")] == [french, german]
    assert session_text("112. Tagung", "en") == "112th session" and session_text("22e session", "en") == "22nd session"
