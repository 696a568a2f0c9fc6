"""Every paper of this app in every language and format: PDF/UA-1, a Word file that opens, sound HTML, the same bytes twice."""

from __future__ import annotations

import pytest

from core import translations
from missions.models import Station
from observers.models import Stop
from reports.documents.mission_text.build import build as build_text
from reports.documents.report import places
from reports.documents.report.build import build as build_report
from reports.documents.statement.build import build as build_statement
from reports.models import MissionText, MissionTextVersion
from reports.services.mission_text_release import contents_of
from reports.services.mission_texts import compose_text
from reports.services.statement import freeze_statement
from reports.services.versions import freeze_version
from tests.reports.papers import check_paper

LANGUAGES = ("en", "fr", "de")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["announcement", "media_advisory", "speaking_notes", "press_release"])
def test_the_smaller_texts(drafting, make_report, walk, figures, make_assignment, as_coordinator, kind, language):
    report = make_report(drafting)
    make_assignment(drafting, "head", "Hedda", "Head")
    walk(report, "adopted")
    text = compose_text(drafting, kind, by=as_coordinator)
    contents, unchecked = contents_of(text, [language])
    version = MissionTextVersion(text=text, number=1, content={"languages": contents}, unchecked=unchecked)
    word, web = check_paper(build_text(version, language))
    for part in contents[language]["body"]:
        assert " ".join(part["text"].split()) in " ".join(word.split()), part
        assert " ".join(part["text"].split()) in " ".join(web.split()), part


def test_a_text_in_a_language_of_the_host_country(drafting, as_coordinator, make_assignment):
    make_assignment(drafting, "head", "Hedda", "Head")
    text = compose_text(drafting, "announcement", by=as_coordinator)
    words = {
        "bg": "Делегацията пристига.",
        "hy": "Պատվիրակությունը ժամանում է։",
        "ka": "დელეგაცია ჩამოდის.",
        "el": "Η αντιπροσωπεία φτάνει.",
    }
    for language, body in words.items():
        translations.set_text(text, "title", language, body, by=as_coordinator)
        translations.set_text(text, "body", language, body, by=as_coordinator)
        contents, unchecked = contents_of(MissionText.objects.get(pk=text.pk), [language])
        version = MissionTextVersion(text=text, number=1, content={"languages": contents}, unchecked=unchecked)
        word, _web = check_paper(build_text(version, language))
        assert body in word


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_with_its_charts_and_map(visited, make_report, figures, as_coordinator, language):
    report = make_report(visited)
    report.languages = list(LANGUAGES)
    report.save()
    version = freeze_version(report, by=as_coordinator)
    # the chart of conduct in the chapter on election day, the map, and both charts in the appendix
    word, web = check_paper(build_report(version, language), figures=4)
    assert "Sofia" in web and "Balchik" in web and "SECRET" not in web + word


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_statement(drafting, make_finding, figures, as_coordinator, language):
    make_finding(drafting)
    statement = freeze_statement(drafting, by=as_coordinator)
    check_paper(build_statement(statement, language), figures=2)


def test_a_dot_is_a_municipality_and_tells_no_station(visited):
    found = places.map_of([visited])
    assert [(row["name"], row["stations"], row["point"]) for row in found["places"]] == [
        ("Sofia", 8, [23.32, 42.7]),
        ("Balchik", 1, [28.2, 43.4]),
        ("Nowhere", 1, None),
    ]
    assert found["outline"], "Bulgaria has an outline"
    assert places.alt_of(found, "en") == "Map. 2 municipalities: Sofia (8 polling stations), Balchik (1 polling station)."
    blocks = places.blocks(found, "de")
    assert [block["type"] for block in blocks] == ["figure", "paragraph", "table"] and len(blocks[2]["rows"]) == 3


def test_without_visits_or_positions_there_is_no_map(drafting, visited):
    Station.objects.update(latitude=None, longitude=None)
    found = places.map_of([drafting])
    assert places.chart_of(found, "en") is None and [block["type"] for block in places.blocks(found, "en")] == ["table"]
    Stop.objects.update(outcome="")
    assert places.map_of([drafting]) is None and places.blocks(None, "en") == []
