"""Report, statement and letter in languages of the host country: no English word is left once all are translated; what lacks is marked."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest
from lxml import html
from model_bakery import baker

from core import clock
from core.documents import freeze, html_body
from core.documents.content import prepare, texts
from core.documents.words import WORDS
from missions.models import Meeting
from observers.models import Membership, PoliticalGroup
from observers.services.reference import load_reference
from reports.documents.letter.build import build as build_letter
from reports.documents.report.build import build as build_report
from reports.documents.statement.build import build as build_statement
from reports.documents.wording import count_of, day_text, form_of, forms, host_keys, list_of, say, share_in, spoken
from reports.models import Report
from reports.services import fixed_words
from reports.services.statement import freeze_statement
from reports.services.versions import freeze_version
from tests.reports.host import speak, spelled, translate_texts, translate_words
from tests.reports.papers import check_paper

LATIN = re.compile(r"[A-Za-z]{3,}")
DATA = {
    "Sofia", "Balchik", "Nowhere", "Region", "North", "Rita", "Reporter", "Hedda", "Head", "Election", "commission", "Bulgaria", "CPL",
    "Res", "Round", "table", "Natural", "Earth", "Venice", "Commission", "Code", "Good", "Practice", "Electoral", "Matters",
    "Strasbourg", "https", "example", "org",
}  # fmt: skip
"""Latin words that are data and no fixed words: names of people, places, bodies, instruments, references."""


@pytest.fixture
def whole(visited, make_report, figures, walk, make_assignment, make_country, as_coordinator) -> Report:
    """A report with all that one prints: cover, group, committee, programme, deployment, map, figures, calls."""
    load_reference()
    speak(visited.country, "bg", "hy", "ka", "el", "tr", "ro", "sr")
    head = make_assignment(visited, "head", "Hedda", "Head")
    baker.make(
        Membership, person=head.person, country=make_country("AT"), chamber="L", member_list="representative",
        group=PoliticalGroup.objects.get(code="ILDG"), starts_on=clock.today() - timedelta(days=900), ends_on=None,
    )  # fmt: skip
    day, at = visited.polling_day, clock.now()
    Meeting.objects.create(
        mission=visited, kind="authorities", title="Round table", state="held", start_day=day, end_day=day, start_time=time(9),
        end_time=time(10), zone=visited.zone, starts_at=at, ends_at=at + timedelta(hours=1),
    )  # fmt: skip
    report = make_report(visited)
    report.languages = ["en", "fr", "hy", "ka", "sr"]
    report.save()
    return walk(report, "adopted")


def contents_of(report, language, by):
    """The report's document in `language`, as it would be drawn from a version frozen now."""
    version = freeze_version(report, by=by, languages=[language])
    return prepare({**build_report(version, language), "language": language}), version


def latin_words(content):
    """What is printed in Latin letters."""
    return {word for text in texts(_without_codes(content)) for word in LATIN.findall(text)}


CODES = {
    "type", "kind", "align", "lang", "alt_lang", "label_lang", "empty_lang", "title_lang", "anchor", "language", "style", "start", "words",
    "langs", "schema", "layout", "orientation",
}  # fmt: skip


def _without_codes(value):
    if isinstance(value, dict):
        return {name: _without_codes(inner) for name, inner in value.items() if name not in CODES}
    return [_without_codes(inner) for inner in value] if isinstance(value, list) else value


def english(content):
    """What stands on the page marked as English."""
    page = html.fromstring(html_body(content))
    return " ".join(node.text_content() + node.get("alt", "") for node in page.iter() if node.get("lang") == "en")


def test_no_english_word_is_left_once_all_are_translated(whole, as_coordinator):
    translate_words("hy", as_coordinator)
    translate_texts(whole.mission, "hy", as_coordinator)
    content, version = contents_of(whole, "hy", as_coordinator)
    left = latin_words(content) - DATA
    assert not left, left
    assert set(content["words"]) == set(WORDS["en"]), "and the engine's own words are all its own"
    assert "hy" not in version.unchecked, "all is translated and checked"
    # the programme, both people, the map, the chart and the figures were all there to be looked at
    shown = html_body(content)
    assert all(word in shown for word in ("Round table", "Sofia", "Hedda Head", "Ավստրիա", "12"))


@pytest.mark.parametrize("language", ["hy", "ka"])
def test_the_report_is_drawn_in_every_format(whole, as_coordinator, language):
    translate_words(language, as_coordinator)
    translate_texts(whole.mission, language, as_coordinator)
    version = freeze_version(whole, by=as_coordinator, languages=[language])
    word, web = check_paper(build_report(version, language), figures=4)
    for said in (spelled("Explanatory memorandum", language), spelled("Words of the introduction.", language)):
        assert said in word and said in web


@pytest.mark.parametrize("language", ["hy", "ka"])
def test_the_statement_and_the_letter_are_drawn_in_every_format(whole, as_coordinator, as_publisher, language):
    translate_words(language, as_coordinator)
    translate_texts(whole.mission, language, as_coordinator)
    statement = freeze_statement(whole.mission, by=as_coordinator, languages=["en", language])
    word, _web = check_paper(build_statement(statement, language), figures=2)
    assert spelled("What concerns us", language) in word and spelled("Group voting was seen.", language) in word
    assert language not in statement.unchecked and not LATIN.findall(statement.content["languages"][language]["title"])
    freeze_version(whole, by=as_coordinator, languages=["en", language])
    word, _web = check_paper(build_letter(whole, language, url="https://example.org/x"))
    assert spelled("Secretariat of the Congress", language) in word
    letter = freeze("reports.letter", whole, language, by=as_publisher, url="https://example.org/x")
    left = latin_words(letter.content) - DATA
    assert not left, left


def test_what_lacks_stands_in_english_is_marked_and_needs_a_yes(whole, as_coordinator):
    translate_texts(whole.mission, "hy", as_coordinator)
    content, version = contents_of(whole, "hy", as_coordinator)
    total = len(fixed_words.needed("hy"))
    assert version.unchecked["hy"][-1].startswith(f"fixed words: {total}")
    marked = english(content)
    plain = re.sub(r"\s+", " ", marked)
    for key in (
        "memorandum",
        "summary",
        "welcomes_none",
        "appendix_programme",
        "col_stage",
        "section_introduction",
        "map_note",
        "ref_statute",
    ):
        assert say(key, "en").split(" (")[0] in plain, key
    # and no fixed word stands there unmarked
    page = html.fromstring(html_body(content))
    for node in list(page.iter()):
        if node.get("lang") == "en":
            tail, parent = node.tail or "", node.getparent()
            before = node.getprevious()
            if before is not None:
                before.tail = (before.tail or "") + tail
            else:
                parent.text = (parent.text or "") + tail
            parent.remove(node)
    rest = " ".join(page.text_content().split())
    sentences = [say(key, "en") for key in host_keys() if "{" not in say(key, "en") and len(say(key, "en")) > 11]
    assert not [sentence for sentence in sentences if sentence in rest]


def test_a_frozen_version_keeps_its_words(whole, as_coordinator):
    translate_words("hy", as_coordinator)
    translate_texts(whole.mission, "hy", as_coordinator)
    content, version = contents_of(whole, "hy", as_coordinator)
    fixed_words.save_words("hy", {"memorandum": "Փոխված", "page.appendix": "Փոխված"}, by=as_coordinator)
    assert prepare({**build_report(version, "hy"), "language": "hy"}) == content
    assert "Փոխված" in str(contents_of(whole, "hy", as_coordinator)[0])
    assert "fixed" not in freeze_version(whole, by=as_coordinator, languages=["fr"]).content["languages"]["fr"], "ours keep their shape"


def test_the_words_of_serbian_have_three_forms_of_a_number(whole, as_coordinator):
    needed = fixed_words.needed("sr")
    assert {"n_teams_one", "n_teams_few", "n_teams"} <= set(needed) and "n_teams_few" not in fixed_words.needed("hy")
    assert needed["n_teams_few"].hint == "for 2, 3, 4, 22 …" and forms("n_stations", "uk") == [
        "n_stations_one",
        "n_stations_few",
        "n_stations",
    ]
    words = {"n_teams_one": "{n} тим", "n_teams_few": "{n} тима", "n_teams": "{n} тимова"}
    with spoken("sr", words):
        assert [count_of("teams", n, "sr") for n in (1, 3, 5, 21)] == ["1 тим", "3 тима", "5 тимова", "21 тим"]
    assert form_of("n_teams", 0, "fr") == "n_teams_one" and form_of("n_teams", 0, "hy") == "n_teams_one"


def test_days_lists_and_shares_are_written_as_the_language_does():
    day = date(2027, 3, 28)
    assert [day_text(day, code) for code in ("hy", "bg", "ka", "fr")] == [
        "28 մարտի, 2027 թ.",
        "28 март 2027\u202fг.",
        "28 მარტი, 2027",
        "28 mars 2027",
    ]
    assert list_of(["A", "B"], "hy") == "A և B"
    assert [share_in(12.5, code) for code in ("en", "tr", "bg", "ro")] == ["12.5 %", "%12,5", "12,5%", "12,5\xa0%"]


def test_a_country_after_the_authorities_has_its_own_form(whole, as_coordinator):
    translate_texts(whole.mission, "bg", as_coordinator)
    translate_words("bg", as_coordinator)
    fixed_words.save_words("bg", {"calls": "Властите на {country}:", "country_of.BG": "Република България"}, by=as_coordinator)
    whole.languages = ["en", "bg"]
    whole.save()
    version = freeze_version(whole, by=as_coordinator, languages=["bg"])
    paragraphs = version.content["languages"]["bg"]["recommendation"]["paragraphs"]
    assert paragraphs[4]["text"] == "Властите на Република България:"
