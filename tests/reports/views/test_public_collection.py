"""Press texts, good practice, search, open data and pictures on the public site: what is out, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from lxml import etree

from core import clock
from core.enums import Access
from missions.models import Meeting
from reports.models import MissionText, Publication, Recommendation, Topic
from reports.services import followup, mission_text_release, mission_texts, practices, publication, recommendations
from reports.services.open_data import REPORT_COLUMNS, dictionary
from tests.core.documents.test_web import Checker
from tests.reports.views.test_public import ATOM, walk_site

VALUES = {"level": "dialogue", "step": "drafting", "actors": ["local_authority", "ngo"]}


@pytest.fixture
def published(visited, make_report, walk, figures, django_capture_on_commit_callbacks):
    """A report with a map that is out."""
    with django_capture_on_commit_callbacks(execute=True):
        walk(make_report(visited), "published")
    return Publication.objects.get()


@pytest.fixture
def make_text(drafting, make_assignment, as_coordinator, as_publisher):
    """A released announcement: `make_text(embargo_until=later)`."""

    def make(**values):
        if not drafting.assignments.filter(role="head").exists():
            make_assignment(drafting, "head", "Hedda", "Head")
        text = mission_texts.compose_text(drafting, "announcement", by=as_coordinator)
        text = mission_texts.change_text(text, version=text.version, by=as_coordinator, contact="Press service, press@example.org")
        mission_texts.move_text(text, "approve", by=as_coordinator)
        return mission_text_release.release_text(text, by=as_publisher, **({"unchecked_accepted": ["fr", "de"]} | values))[0]

    return make


@pytest.fixture
def make_practice(drafting, as_coordinator, as_publisher):
    """A published practice: `make_practice("Budget days", note=note)`."""

    def make(title="Budget days", *, publish=True, **values):
        texts = {
            "title": {"en": title, "fr": f"{title} (fr)"},
            "text": {"en": "Every spring the town asks.", "fr": "Chaque printemps."},
            "lesson": {"en": "Ask early.", "fr": "Demander tôt."},
        }
        row = practices.add_practice(mission=drafting, texts=texts, by=as_coordinator, **VALUES | {"place": "Велико Търново"} | values)
        practices.move_practice(row, "check", by=as_coordinator)
        if publish:
            practices.move_practice(row, "publish", by=as_publisher, languages=["fr"], unchecked_accepted=["fr"])
        return row

    return make


def get(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


# --- press texts ------------------------------------------------------------------------------------------------------


def test_a_text_is_public_to_the_second(make_text, time_machine):
    until = clock.now().replace(microsecond=0) + timedelta(hours=2)
    version = make_text(embargo_until=until)
    paths = [f"/published/en/texts/{version.slug}/", f"/published/en/texts/{version.slug}/text.json"]
    time_machine.move_to(until - timedelta(seconds=1), tick=False)
    before = Client().get("/published/en/texts/")
    assert [Client().get(path).status_code for path in paths] == [404, 404] and version.slug not in before.content.decode()
    assert before["Cache-Control"] == "public, max-age=1"
    time_machine.move_to(until, tick=False)
    assert [Client().get(path).status_code for path in paths] == [200, 200]
    after = Client().get("/published/en/texts/", headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200 and version.slug in after.content.decode()


def test_each_language_and_its_files(make_text, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        version = make_text()
    page = get(f"/published/fr/texts/{version.slug}/")
    assert '<html lang="fr">' in page and "Cette traduction n’a pas encore été vérifiée." in page
    links = sorted(set(re.findall(rf'/published/fr/texts/{version.slug}/v1/[^"]+\.\w+', page)))
    assert len(links) == 12
    for link in links:
        answer = Client().get(link)
        assert answer.status_code == 200 and "immutable" in answer["Cache-Control"]
        assert Client().get(link, headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert Client().get(links[0].replace(".docx", ".exe")).status_code == 404


def test_a_text_that_is_not_for_the_site_is_nowhere(make_text):
    version = make_text(is_public=False)
    assert Client().get(f"/published/en/texts/{version.slug}/").status_code == 404
    assert version.slug not in get("/published/en/texts/") + get("/published/sitemap.xml") + get("/published/en/feed.atom")


def test_a_withdrawn_text_says_so_and_nothing_else(make_text, as_publisher):
    version = make_text()
    mission_texts.move_text(version.text, "withdraw", by=as_publisher, note="SECRET-reason")
    answer = Client().get(f"/published/en/texts/{version.slug}/")
    assert answer.status_code == 410 and "SECRET" not in answer.content.decode() and "Hedda" not in answer.content.decode()
    assert Client().get(f"/published/en/texts/{version.slug}/text.json").status_code == 410


def test_a_corrected_text_keeps_its_old_version(make_text, as_coordinator, as_publisher):
    version = make_text()
    text = mission_texts.move_text(version.text, "correct", by=as_publisher, note="A day was wrong.")
    assert "A newer" not in get(f"/published/en/texts/{version.slug}/"), "the old one stays while the new one is written"
    mission_texts.change_text(text, version=text.version, by=as_coordinator, body={"en": "Now right."})
    mission_texts.move_text(text, "approve", by=as_coordinator)
    mission_text_release.release_text(MissionText.objects.get(), by=as_publisher, languages=["en"])
    assert "A day was wrong." in get(f"/published/en/texts/{version.slug}/")
    assert "A newer version exists." in get(f"/published/en/texts/{version.slug}/v1/")


# --- good practice ----------------------------------------------------------------------------------------------------


def test_the_collection_filters_and_speaks_three_languages(make_practice):
    row = make_practice()
    make_practice("Youth council", level="involvement", step="monitoring", actors=["youth"])
    count = lambda query: json.loads(get(f"/published/en/practices.json?{query}"))["count"]  # noqa: E731
    queries = [
        "",
        "level=dialogue",
        "step=monitoring",
        "actor=youth",
        "country=BG",
        "country=GE",
        "q=budget",
        "q=veliko",
        "q=ВЕЛИКО",
        "q=x1",
    ]
    assert [count(query) for query in queries] == [2, 1, 1, 1, 2, 0, 1, 2, 2, 0]
    assert "Budget days (fr)" in get("/published/fr/practices/") and "Demander tôt." in get(f"/published/fr/practices/{row.uuid}/")
    german = get(f"/published/de/practices/{row.uuid}/")
    assert '<html lang="de">' in german and '<h1 lang="en">' in german
    data = json.loads(get("/published/en/practices.json?q=budget"))
    assert data["schema"] == "scrutin.good-practice/1"
    one = data["results"][0]
    assert (one["title"], one["unchecked"], one["level"]) == ({"en": "Budget days", "fr": "Budget days (fr)"}, ["fr"], "dialogue")
    table = list(csv.DictReader(io.StringIO(get("/published/fr/practices.csv?q=budget"))))
    assert (table[0]["title"], table[0]["actors"]) == ("Budget days (fr)", "local_authority; ngo")


def test_where_it_was_heard_is_nowhere(drafting, make_practice, make_text, as_coordinator):
    """Plant a confidential source, then walk every public page as a stranger."""
    day = clock.today() - timedelta(days=41)
    meeting = Meeting.objects.create(
        mission=drafting, kind="ngo", title="SECRET-meeting", start_day=day, end_day=day, start_time="10:00", end_time="11:00",
        zone=drafting.zone, starts_at=clock.now(), ends_at=clock.now() + timedelta(hours=1), state="held",
    )  # fmt: skip
    note = meeting.meeting_notes.create(topic="L01", text="SECRET-words", access=Access.SECRETARIAT, written_by="SECRET-writer")
    make_practice(note=note, code_section="III.ii")
    draft = make_practice("SECRET-draft", publish=False)
    other = mission_texts.compose_text(drafting, "media_advisory", by=as_coordinator) if drafting.assignments.exists() else None
    make_text()
    pages = walk_site()
    assert any("/practices/" in path for path in pages) and any("/texts/" in path for path in pages) and other is None
    for path, body in pages.items():
        assert b"SECRET" not in body, path
    assert Client().get(f"/published/en/practices/{draft.uuid}/").status_code == 404


def test_a_practice_that_is_taken_back_is_gone(make_practice, as_publisher):
    row = make_practice()
    assert Client().get(f"/published/en/practices/{row.uuid}/").status_code == 200
    first = Client().get("/published/en/practices/")
    practices.move_practice(row, "withdraw", by=as_publisher, note="The source asked.")
    assert Client().get(f"/published/en/practices/{row.uuid}/").status_code == 404
    again = Client().get("/published/en/practices/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200 and "Budget days" not in again.content.decode()


def test_queries_of_the_collection_do_not_grow(make_practice, django_assert_max_num_queries):
    make_practice()
    with django_assert_max_num_queries(20) as used:
        Client().get("/published/en/practices/")
    for number in range(3):
        make_practice(f"Practice {number}")
    with django_assert_max_num_queries(len(used)):
        Client().get("/published/en/practices/")


# --- search -----------------------------------------------------------------------------------------------------------


def test_the_whole_text_is_searched_in_any_script_and_without_accents(published, make_text, make_practice):
    make_text()
    make_practice()
    found = lambda words: int(re.search(r"(\d+) texts? found", get(f"/published/en/search/?q={words}"))[1])  # noqa: E731
    assert found("introduction") == 1, "a word of the memorandum"
    assert found("ELECTEURS") == 2, "French wording of the report, and the recommendation"
    assert found("Търново") == found("tarnovo") == 1
    assert found("Hedda") == 1, "the announcement"
    assert found("nothing-at-all") == 0
    assert found("l'introduction") == found("l’introduction") == 1, "keyboards write another apostrophe than texts print"
    assert Client().get("/published/en/?q=words+of+the+introduction").content.decode().count('<li class="card">') == 1


def test_a_report_under_embargo_or_withdrawn_is_not_found(drafting, make_report, walk, figures, as_publisher):
    report = walk(make_report(drafting), "published", embargo_until=clock.now() + timedelta(hours=1))
    assert "0 texts found" in get("/published/en/search/?q=conclusions")
    row = Publication.objects.get()
    publication.move_embargo(row, by=as_publisher, embargo_until=clock.now())
    assert "1 text found" in get("/published/en/search/?q=conclusions")
    publication.withdraw_report(report, by=as_publisher, notice={"en": "By mistake."})
    assert "0 texts found" in get("/published/en/search/?q=conclusions")


def test_reports_by_election_and_group_of_findings(published):
    Recommendation.objects.update(topic=Topic.objects.get(code="L04"))
    code = Recommendation.objects.select_related("topic").get().topic.code
    counts = [
        get(f"/published/en/?{query}").count('<li class="card">')
        for query in ("election=local", "election=regional", f"topic={code}", "topic=L99")
    ]
    assert counts == [1, 0, 1, 0]


# --- open data, pictures, what machines read --------------------------------------------------------------------------


def test_every_column_stands_in_the_dictionary(published, make_practice):
    make_practice()
    described = {table["name"]: {one["name"] for one in table["columns"]} for table in dictionary("en")}
    assert set(REPORT_COLUMNS) == described["reports"]
    for name, path in (("reports", "reports"), ("recommendations", "recommendations"), ("practices", "practices")):
        header = next(csv.reader(io.StringIO(get(f"/published/en/{path}.csv"))))
        row = json.loads(get(f"/published/en/{path}.json"))["results"][0]
        assert set(header) <= described[name] and set(row) <= described[name], name
        assert described[name] == set(header) | set(row), name
    for language in ("en", "fr", "de"):
        page = get(f"/published/{language}/data/")
        assert "creativecommons.org" in page and all(one["meaning"] for table in dictionary(language) for one in table["columns"])
    assert json.loads(get("/published/en/data/dictionary.json"))["licence"]["url"].startswith("https://creativecommons.org")


def test_pictures_are_drawn_from_the_frozen_version_with_the_same_bytes(published):
    page = get(f"/published/en/reports/{published.slug}/")
    pictures = dict(re.findall(r'<img src="([^"]+/pictures/\w+\.svg)"\s+alt="([^"]+)"', page))
    assert sorted(path.rsplit("/", 1)[1] for path in pictures) == ["conduct.svg", "map.svg", "remarks.svg"]
    for path, alt in pictures.items():
        first, second = Client().get(path), Client().get(path)
        assert first.content == second.content and first["Content-Type"] == "image/svg+xml" and "immutable" in first["Cache-Control"]
        assert etree.fromstring(first.content).tag.endswith("svg")
        assert re.search(r"\d+ of (the )?\d+|polling station", alt), alt
        assert Client().get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert Client().get(f"/published/en/reports/{published.slug}/v1/pictures/other.svg").status_code == 404
    assert "SECRET-school" not in page


def test_pages_say_what_they_are_to_machines(published, make_text, make_practice):
    text, practice, row = make_text(), make_practice(), Recommendation.objects.get()
    kinds = {
        f"/published/en/reports/{published.slug}/": "Report",
        f"/published/en/recommendations/{row.uuid}/": "CreativeWork",
        f"/published/en/texts/{text.slug}/": "NewsArticle",
        f"/published/en/practices/{practice.uuid}/": "Article",
        "/published/en/data/": "Dataset",
    }
    for path, kind in kinds.items():
        page = get(path)
        data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])
        assert (data["@context"], data["@type"]) == ("https://schema.org", kind) and data["license"].startswith("https://")
        for name in ("og:title", "og:description", "og:url", "og:site_name", "og:locale", "og:type"):
            assert re.search(rf'<meta property="{name}"\s+content="[^"]+"', page), (path, name)


def test_a_title_cannot_end_the_block_of_data(make_practice):
    row = make_practice('</script><script>alert("x")</script>')
    page = get(f"/published/en/practices/{row.uuid}/")
    assert page.count("</script>") == 1 and "<script>alert" not in page


def test_feed_and_site_map_name_them_too(published, make_text, make_practice):
    text, practice = make_text(), make_practice()
    feed = etree.fromstring(Client().get("/published/en/feed.atom").content)
    ids = {entry.find(f"{ATOM}id").text for entry in feed.iter(f"{ATOM}entry")}
    assert ids == {f"urn:uuid:{row.uuid}" for row in (published, text, practice)}
    assert all(entry.find(f"{ATOM}summary").text.strip() for entry in feed.iter(f"{ATOM}entry"))
    site = get("/published/sitemap.xml")
    for path in (f"/fr/texts/{text.slug}/", f"/de/practices/{practice.uuid}/", "/en/data/", "/en/texts/"):
        assert path in site


def test_every_public_page_is_sound_html_and_needs_no_script(published, make_text, make_practice, as_coordinator):
    make_text()
    make_practice()
    followup.assess_recommendation(Recommendation.objects.get(), status="mostly", basis="letter", by=as_coordinator)
    pages = walk_site()
    assert {f"/published/{language}/practices/" for language in ("en", "fr", "de")} <= pages.keys(), "one walk goes through all languages"
    for path, body in pages.items():
        if not path.split("?")[0].endswith("/"):
            continue
        checker = Checker()
        checker.feed(body.decode())
        assert not checker.open and len(checker.ids) == len(set(checker.ids)), path
        assert set(checker.targets) <= set(checker.ids), path
        scripts = [given for tag, given in checker.seen if tag == "script"]
        assert all(given.get("type") == "application/ld+json" for given in scripts), path
        assert sum(tag == "h1" for tag, _given in checker.seen) == 1, path
        assert all(given.get("alt") for tag, given in checker.seen if tag == "img"), path


def test_the_tracker_tells_the_status_at_the_end_of_each_year(published, as_coordinator, time_machine):
    row = Recommendation.objects.get()
    followup.assess_recommendation(row, status="partially", basis="letter", by=as_coordinator)
    time_machine.move_to(clock.now() + timedelta(days=400))
    followup.assess_recommendation(row, status="fully", basis="next_mission", by=as_coordinator)
    page = get("/published/en/recommendations/")
    table = page[page.index("<details") : page.index("</details>")]
    rows = re.findall(r'<th scope="row">(\d{4})</th>(.*?)</tr>', table, re.DOTALL)
    first, last = re.findall(r">(\d+)<", rows[0][1]), re.findall(r">(\d+)<", rows[-1][1])
    assert len(rows) >= 2 and first == ["1", "0", "1"] and last == ["1", "1", "0"]


def test_a_report_names_related_recommendations_of_other_missions(
    published, make_mission, make_election, make_report, walk, make_recommendation, as_coordinator, drafting
):
    earlier = Recommendation.objects.get()
    other = make_mission("drafting", election=make_election("BG"))
    report = make_report(other, recommendation=False)
    row = make_recommendation(other, "let every voter mark the ballot alone")
    recommendations.change_recommendation(row, version=row.version, by=as_coordinator, relations=[(earlier, "repeats")])
    walk(report, "published", number="CPL(2028)54-01", recommendation_number="Recommendation 650 (2028)")
    new = Publication.objects.get(report=report)
    assert "5.a repeats" in get(f"/published/en/reports/{new.slug}/")
    assert "5.a is repeated by" in get(f"/published/en/reports/{published.slug}/")


def test_capitals_that_are_written_with_other_letters_are_found(make_practice):
    make_practice("Open days in Երևան", place="Երևան")
    for words in ("Երևան", "ԵՐԵՎԱՆ", "ԵՐԵՒԱՆ", "Erevan"):
        assert json.loads(get(f"/published/en/practices.json?q={words}"))["count"] == 1, words


def test_a_french_feed_sets_off_its_colons(make_text):
    make_text()
    for language, said in (("fr", "Annonce\u00a0: "), ("en", "Announcement: ")):
        feed = etree.fromstring(Client().get(f"/published/{language}/feed.atom").content)
        assert said in "".join(feed.itertext())
