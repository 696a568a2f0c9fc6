"""Every paper of this app in every language and format: PDF/UA-1, a Word file that opens, sound HTML, the same bytes twice."""

from __future__ import annotations

import pytest
from django.urls import reverse

from core import translations
from core.models import Document
from missions.models import Station
from observers.models import Stop
from reports.documents.letter.build import build as build_letter
from reports.documents.mission_text.build import build as build_text
from reports.documents.report import places
from reports.documents.report.build import build as build_report
from reports.documents.report.facts import day_text
from reports.documents.statement.build import build as build_statement
from reports.documents.wording import say
from reports.models import MissionText, MissionTextVersion, Publication
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


def test_the_papers_speak_their_language(drafting, make_report, make_recommendation, walk, figures, make_assignment, as_coordinator):
    """Signs and cases that a word-by-word table gets wrong: French marks set off, German after "von", no standard in English."""
    make_assignment(drafting, "head", "Hedda", "Head")
    report = make_report(drafting)
    make_recommendation(drafting)
    report.session, report.languages = "53rd session", list(LANGUAGES)
    report.save()
    walk(report, "adopted")
    version = freeze_version(report, by=as_coordinator)
    for language, session in (("en", "53rd session"), ("fr", "53e session"), ("de", "53. Tagung")):
        content = version.content["languages"][language]
        assert content["cover"]["session"] == session
        calls = next(one["items"] for one in content["recommendation"]["paragraphs"] if one["number"] == "5")
        assert calls[-1]["text"].endswith(".")
        for call in calls[:-1]:
            assert call["text"].endswith("\u00a0;" if language == "fr" else ";"), call["text"]
        cited = " ".join(one["citation"] for call in calls for one in call["standards"])
        assert cited and ("Venice" in cited) == (language == "en"), cited
    word, _web = check_paper(build_letter(report, "fr"))
    assert "transmettre la Recommandation" in word and "adoptée le" in word
    text = compose_text(drafting, "press_release", by=as_coordinator)
    bodies = {language: translations.texts(text, "body")[language].text for language in LANGUAGES}
    assert "Eine Delegation (1 Mitglied aus 1 Land)" in bodies["de"] or "Delegation von" not in bodies["de"]
    assert "rapport de " not in bodies["fr"]
    for language in LANGUAGES:
        asked = say("letter_dialogue", language)
        assert bodies[language].index(asked) > bodies[language].index("\n- "), "what is carried out are the calls, which stand before it"


def test_a_statement_says_which_day_is_polling_day(drafting, make_finding, figures, as_coordinator):
    make_finding(drafting)
    content = build_statement(freeze_statement(drafting, by=as_coordinator), "fr")
    assert [tuple(row) for row in content["cover"]] == [("Jour du scrutin", day_text(drafting.polling_day, "fr"))]
    assert not content["subtitle"]


def test_each_letter_names_the_public_page_in_its_language(drafting, make_report, walk, figures, client_for, as_publisher):
    report = make_report(drafting)
    walk(report, "published")
    answer = client_for(as_publisher.user).post(reverse("reports:letter", args=[drafting.reference]), {"to": "The Minister"})
    assert answer.status_code == 302
    slug = Publication.objects.get(report=report).slug
    for document in Document.objects.filter(kind="reports.letter"):
        assert f"/published/{document.language}/reports/{slug}/" in str(document.content), document.language
    assert Document.objects.filter(kind="reports.letter").count() == len(report.languages) > 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_information_report_of_a_limited_format(make_mission, make_election, make_report, figures, as_coordinator, language):
    """It has no recommendation, and nothing in it speaks of one."""
    report = make_report(make_mission("drafting", format="remote", election=make_election("MD")), recommendation=False)
    assert report.kind == "information_report"
    report.languages = list(LANGUAGES)
    report.save()
    version = freeze_version(report, by=as_coordinator)
    assert version.content["languages"][language]["recommendation"] is None
    word, web = check_paper(build_report(version, language), figures=3)
    for said in (say("recommendation", language), say("appendix_recommendations", language), say("calls", language, country="")[:20]):
        assert said not in word and said not in web, said
    assert say("information_report", language) in web
