"""The public site: no cookie, cacheable, nothing before its second, nothing unpublished reachable."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree

from core import clock
from missions.models import PastMission, PollingDay
from reports.models import Finding, Publication, Recommendation, Report, ReportParagraph
from reports.services import evidence, findings, followup, paragraphs, public, publication, recommendations
from reports.services.public_history import status_by_year

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def published(drafting, make_report, walk, figures, django_capture_on_commit_callbacks):
    """A report that is out, with its files drawn."""
    with django_capture_on_commit_callbacks(execute=True):
        walk(make_report(drafting), "published")
    return Publication.objects.get()


def walk_site(start: str = "/published/en/") -> dict[str, bytes]:
    """Every page a stranger reaches from `start` by links, with its bytes."""
    client, seen, waiting = Client(), {}, [start]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen[path] = body
        assert answer.status_code in {200, 410}, path
        assert not answer.cookies, path
        if b"html" in answer.headers["Content-Type"].encode() and not re.search(r"\.html$", path):
            for href in re.findall(r'(?:href|src|action)="([^"]+)"', body.decode()):
                url = urlsplit(href.replace("&amp;", "&"))
                if url.path.startswith("/published/"):
                    waiting.append(url.path + (f"?{url.query}" if url.query else ""))
    return seen


def test_the_root_goes_to_the_readers_language(db):
    for wanted, path in (("de-AT,de;q=0.9", "/published/de/"), ("fr", "/published/fr/"), ("bg", "/published/en/")):
        answer = Client().get("/published/", headers={"accept-language": wanted})
        assert (answer.status_code, answer["Location"], answer["Vary"]) == (302, path, "Accept-Language")


def test_a_stranger_reads_the_report_and_its_files(published):
    page = Client().get(f"/published/en/reports/{published.slug}/")
    text = page.content.decode()
    assert page.status_code == 200
    for words in (
        "ensure that voters mark their ballots alone",
        "Words of the conclusions.",
        published.version.checksum,
        "Recommendation 601 (2027)",
    ):
        assert words in text
    assert "12 of 96" in text or "12.5 %" in text
    links = sorted(set(re.findall(rf'/published/en/reports/{published.slug}/v1/[^"/]+\.\w+', text)))
    assert [link.rsplit("-", 1)[1] for link in links] == [
        f"{language}.{kind}" for language in ("en", "fr") for kind in ("docx", "html", "json", "pdf")
    ]
    pdf = Client().get(next(link for link in links if link.endswith("en.pdf")))
    assert pdf["Content-Type"] == "application/pdf" and b"".join(pdf.streaming_content).startswith(b"%PDF")
    assert "immutable" in pdf["Cache-Control"]
    assert Client().get(links[0], headers={"if-none-match": pdf["ETag"]}).status_code in {200, 304}


def test_each_language_has_its_pages_and_names_the_original(published):
    german = Client().get(f"/published/de/reports/{published.slug}/").content.decode()
    assert '<html lang="de">' in german and 'lang="en"' in german
    french = Client().get(f"/published/fr/reports/{published.slug}/").content.decode()
    assert "Mots : conclusions." in french


def test_no_cookie_and_a_304_when_nothing_changed(published):
    for path in ("/published/en/", f"/published/en/reports/{published.slug}/", "/published/en/recommendations/", "/published/en/feed.atom"):
        first = Client().get(path)
        assert not first.cookies and "Cookie" not in first.get("Vary", "")
        assert first["Cache-Control"].startswith("public, max-age=") and first["Last-Modified"]
        again = Client().get(path, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_an_assessment_makes_the_pages_new(published, as_coordinator):
    path = "/published/en/recommendations/"
    first = Client().get(path)
    followup.assess_recommendation(
        Recommendation.objects.get(), status="mostly", basis="letter", note={"en": "Law changed."}, by=as_coordinator
    )
    again = Client().get(path, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200 and "Mostly implemented" in again.content.decode()


def test_nothing_is_out_before_its_second(drafting, make_report, walk, time_machine):
    until = clock.now().replace(microsecond=0) + timedelta(hours=2)
    walk(make_report(drafting), "published", embargo_until=until)
    slug, uuid = Publication.objects.get().slug, Recommendation.objects.get().uuid
    hidden = [f"/published/en/reports/{slug}/", f"/published/en/reports/{slug}/report.json", f"/published/en/recommendations/{uuid}/"]
    time_machine.move_to(until - timedelta(seconds=1), tick=False)
    before = Client().get("/published/en/")
    assert [Client().get(path).status_code for path in hidden] == [404, 404, 404]
    assert "CPL(2027)52-03" not in before.content.decode()
    assert before["Cache-Control"] == "public, max-age=1"
    time_machine.move_to(until, tick=False)
    assert [Client().get(path).status_code for path in hidden] == [200, 200, 200]
    after = Client().get("/published/en/", headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200 and "CPL(2027)52-03" in after.content.decode()


def test_nothing_unpublished_is_reachable(
    published, drafting, make_mission, make_election, make_report, make_observation, as_coordinator, as_publisher
):
    """Plant what must stay hidden, then walk every public page as a stranger."""
    secrets = ["SECRET-" + name for name in ("finding", "draft", "note", "dialogue", "answer", "title", "changed")]
    findings.add_finding(mission=drafting, statement={"en": secrets[0]}, phase="voting", by=as_coordinator)
    other = make_mission("drafting", election=make_election("GE"))
    draft = make_report(other)
    paragraphs.save_paragraph(
        ReportParagraph.objects.get(section__report=draft, section__code="summary"),
        version=1,
        language="en",
        text=secrets[1],
        by=as_coordinator,
    )
    row = Recommendation.objects.get(mission=drafting)
    followup.assess_recommendation(row, status="mostly", basis="letter", access="secretariat", note={"en": secrets[2]}, by=as_coordinator)
    followup.record_dialogue(
        country=row.country, mission=drafting, held_on=clock.today(), counterpart=secrets[3], recommendations=[row], by=as_coordinator
    )
    observation = make_observation(drafting, {"B35": secrets[4], "B21": "many"}, flags={"B21": 2})
    evidence.link_answer(Finding.objects.filter(mission=drafting).order_by("pk")[0], observation, "B35", by=as_coordinator)
    from core import translations

    translations.set_text(published.report, "title", "en", secrets[5], by=as_coordinator)
    translations.set_text(ReportParagraph.objects.filter(section__report=published.report)[0], "text", "en", secrets[6], by=as_coordinator)
    pages = walk_site()
    assert len(pages) > 20
    for path, body in pages.items():
        for secret in secrets:
            assert secret.encode() not in body, (path, secret)
    assert Client().get(reverse("reports:public_country", args=["en", "GE"])).status_code == 404
    draft_row = Recommendation.objects.get(mission=other)
    assert Client().get(reverse("reports:public_recommendation", args=["en", draft_row.uuid])).status_code == 404


def test_a_withdrawn_report_shows_its_notice_and_nothing_else(published, as_publisher):
    publication.withdraw_report(published.report, by=as_publisher, notice={"en": "Published by mistake."})
    answer = Client().get(f"/published/en/reports/{published.slug}/")
    assert answer.status_code == 410 and "Published by mistake." in answer.content.decode()
    assert "Words of the conclusions." not in answer.content.decode()
    assert Client().get(f"/published/en/reports/{published.slug}/v1/{published.slug}-v1-en.pdf").status_code == 404
    assert Client().get("/published/en/recommendations.json").json()["count"] == 0


def test_a_corrected_report_keeps_its_old_version_and_says_so(published, as_publisher):
    publication.correct_report(published.report, by=as_publisher, note={"en": "A date was wrong."}, unchecked_accepted=["fr"])
    new = Client().get(f"/published/en/reports/{published.slug}/").content.decode()
    old = Client().get(f"/published/en/reports/{published.slug}/v1/").content.decode()
    assert "A date was wrong." in new and "version 2 replaces version 1" in new
    assert "A newer version exists." in old


def test_the_tracker_filters_and_searches_without_accents(published, as_coordinator):
    followup.assess_recommendation(Recommendation.objects.get(), status="partially", basis="dialogue", by=as_coordinator)
    count = lambda query: Client().get(f"/published/en/recommendations.json?{query}").json()["count"]  # noqa: E731
    queries = ["country=BG", "country=GE", "status=partially", "status=fully", "q=ELECTEURS", "q=nothing", "addressee=central_commission"]
    assert [count(query) for query in queries] == [1, 0, 1, 0, 1, 0, 1]
    data = Client().get("/published/en/recommendations.json").json()["results"][0]
    assert (data["paragraph"], data["status"], data["standards"]) == ("5.a", "partially", ["COGP-I.4"])
    table = Client().get("/published/en/recommendations.csv").content.decode()
    assert table.splitlines()[0].startswith("uuid,country,text_number,paragraph") and "5.a" in table


def test_the_feed_is_atom(published):
    feed = etree.fromstring(Client().get("/published/fr/feed.atom").content)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", "author"):
        assert feed.find(ATOM + name) is not None
    entry = feed.find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}id").text == f"urn:uuid:{published.uuid}"
    assert entry.find(f"{ATOM}link").get("href").endswith(f"/published/fr/reports/{published.slug}/")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", entry.find(f"{ATOM}updated").text)


def test_the_country_page_lists_past_missions_with_their_mark(published):
    for number, status in enumerate(("verified", "partly verified")):
        PastMission.objects.create(
            code=f"bg-{number}", year=2011 + number, country=published.report.country, country_name="Bulgaria",
            election=f"Local elections {number}", adopted_text="Recommendation 300 (2011)", status=status,
        )  # fmt: skip
    page = Client().get("/published/en/countries/BG/").content.decode()
    for words in ("Local elections 0", "Local elections 1", "partly verified", "Recommendation 300 (2011)", "ensure that voters"):
        assert words in page


def test_queries_of_the_tracker_do_not_grow(drafting, make_report, make_recommendation, walk, django_assert_max_num_queries):
    report = make_report(drafting)
    for number in range(4):
        make_recommendation(drafting, text=f"do thing {number}")
    walk(report, "published")
    with django_assert_max_num_queries(29) as used:
        Client().get("/published/en/recommendations/?q=voters")
    with django_assert_max_num_queries(len(used)):
        Client().get("/published/en/recommendations/")


def test_the_sitemap_names_every_page_in_every_language(published):
    body = Client().get("/published/sitemap.xml").content
    urls = [url.text for url in etree.fromstring(body).iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert sum(f"/reports/{published.slug}/" in url for url in urls) == 3
    assert sum("/recommendations/" in url for url in urls) == 6


def test_wording_in_a_language_that_was_left_out_or_not_agreed_is_nowhere(drafting, make_report, make_recommendation, walk, as_publisher):
    """French and German were left out when the report was published in English alone."""
    report = make_report(drafting, recommendation=False)
    row = make_recommendation(drafting, "keep the register up to date")
    recommendations.translate_recommendation(row, language="de", text="das Register aktuell halten", by=as_publisher)
    walk(report, "adopted")
    publication.publish_report(report, by=as_publisher, languages=["en"], findings_accepted=True)
    row.refresh_from_db()
    pages = [f"/published/{code}/recommendations/{row.uuid}/" for code in ("en", "fr", "de")]
    pages += ["/published/de/recommendations/", "/published/de/recommendations.json", "/published/de/recommendations.csv"]
    for path in [*pages, "/published/de/countries/BG/", "/published/de/feed.atom"]:
        text = Client().get(path).content.decode()
        assert "aktuell halten" not in text and "veiller à ce que" not in text, path
    for words, count in (("register", 1), ("aktuell", 0), ("veiller", 0)):
        assert Client().get(f"/published/en/recommendations.json?q={words}").json()["count"] == count


def test_unchecked_wording_that_the_publisher_let_in_is_marked_wherever_it_stands(published):
    row = Recommendation.objects.get()
    page = Client().get(f"/published/en/recommendations/{row.uuid}/").content.decode()
    assert "veiller à ce que" in page and "Unchecked translation; only the original counts." in page
    data = Client().get("/published/fr/recommendations.json").json()["results"][0]
    assert (sorted(data["texts"]), data["unchecked"]) == (["en", "fr"], ["fr"])


def test_a_day_corrected_under_embargo_is_not_told_before_its_second(published, as_publisher, time_machine):
    """Head, citation, tracker, data and feed say what the version says that is out."""
    Report.objects.update(committee_on=published.adopted_on - timedelta(days=7))
    old, row = published.adopted_on, Recommendation.objects.get()
    new, end = old - timedelta(days=1), clock.now() + timedelta(days=2)
    adoption = {"adopted_on": new, "recommendation_number": "Recommendation 603 (2027)"}
    publication.correct_report(
        published.report, by=as_publisher, note={"en": "Day and number."}, adoption=adoption, unchecked_accepted=["fr"], embargo_until=end
    )
    row.refresh_from_db()
    assert row.adopted_on == new, "at the desk it is corrected at once"
    pages = [f"/published/en/{page}" for page in ("", "recommendations/", "countries/BG/", "feed.atom", "recommendations.csv")]
    pages += [
        f"/published/en/recommendations/{row.uuid}/",
        f"/published/en/reports/{published.slug}/",
        "/published/en/recommendations.json",
    ]
    written = (f"{new.day} {new:%B %Y}", new.isoformat(), "Recommendation 603")  # a bare 603 may stand in a UUID
    for path in pages:
        text = Client().get(path).content.decode()
        assert "Recommendation 601" in text and not [words for words in written if words in text], path
    assert Client().get(f"/published/en/recommendations.json?year={old.year}").json()["count"] == 1
    time_machine.move_to(end)
    for path in pages:
        text = Client().get(path).content.decode()
        assert "Recommendation 603" in text and "Recommendation 601" not in text, path


def test_years_follow_the_day_that_the_public_reads(published, as_publisher, time_machine):
    """A correction under embargo into another year moves neither the filter of years nor the table of statuses before its second."""
    old = published.adopted_on
    new, end = old.replace(year=old.year - 1, day=1), clock.now() + timedelta(days=2)
    Report.objects.update(committee_on=new - timedelta(days=7))
    PollingDay.objects.update(day=new - timedelta(days=30))
    publication.correct_report(
        published.report, by=as_publisher, note={"en": "Day."}, adoption={"adopted_on": new}, unchecked_accepted=["fr"], embargo_until=end
    )
    first = lambda: status_by_year(public.recommendations())["rows"][0]["year"]  # noqa: E731
    assert (public.years_of_adoption(), first()) == ([old.year], old.year)
    time_machine.move_to(end)
    assert (public.years_of_adoption(), first()) == ([new.year], new.year)


def test_a_report_without_this_language_is_shown_whole_in_its_own(published):
    """Headings around the original are the original's: what stands in `lang="en"` is English."""
    page = etree.HTML(Client().get(f"/published/de/reports/{published.slug}/").content)
    (text,) = page.xpath('//div[@class="text"]')
    assert text.get("lang") == "en"
    said = " ".join(text.itertext())
    assert "Explanatory memorandum" in said and "Polling day" in said
    assert "Begründung" not in said and "Wahltag" not in said
    assert "Seitenübersicht" in " ".join(page.itertext()), "The page around it speaks German."


def test_search_engines_read_the_public_site_alone(settings):
    settings.SCRUTIN_URL = "https://scrutin.example.org"
    rules = RobotFileParser()
    response = Client().get("/robots.txt")
    rules.parse(response.content.decode().splitlines())
    assert rules.site_maps() == ["https://scrutin.example.org/published/sitemap.xml"]
    assert rules.can_fetch("anybody", "https://scrutin.example.org/published/en/reports/some/")
    for path in ("/", "/link/secret/", "/own/secret/", "/missions/", "/api/v1/reports/", "/files/x/y"):
        assert not rules.can_fetch("anybody", f"https://scrutin.example.org{path}"), path
