"""Two published versions against each other on the public site, and what caches may keep of versions, files and withdrawals."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from core import clock, translations
from core.models import Document
from reports.models import (
    ConsultationComment,
    FollowUp,
    GoodPractice,
    MissionText,
    MissionTextVersion,
    Publication,
    Recommendation,
    RecommendationRelation,
    ReportParagraph,
)
from reports.services import drafts, mission_texts, practices, publication, remarks
from tests.core.documents.test_web import checked
from tests.reports.views.test_public import published, walk_site  # noqa: F401 - a fixture
from tests.reports.views.test_public_collection import make_practice, make_text  # noqa: F401 - fixtures


def get(path: str, status: int = 200) -> str:
    answer = Client().get(path)
    assert answer.status_code == status and not answer.cookies, path
    return answer.content.decode()


@pytest.fixture
def correct(published, as_publisher):  # noqa: F811
    """Correct the conclusions: `correct("New words.", embargo_until=later)`."""

    def make(text: str, *, note: str = "A word was wrong.", **values) -> Publication:
        row = ReportParagraph.objects.get(section__report=published.report, section__code="conclusions")
        made, _job = publication.correct_report(
            published.report, by=as_publisher, note={"en": note, "fr": "Un mot était faux."}, paragraphs={str(row.uuid): {"en": text}},
            unchecked_accepted=["fr"], **values,
        )  # fmt: skip
        return made

    return make


def changes(slug: str, new: int, old: int, language: str = "en") -> str:
    return f"/published/{language}/reports/{slug}/v{new}/changes-since-v{old}/"


def test_a_reader_sees_what_changed_since_the_version_that_was_quoted(published, correct, as_publisher):  # noqa: F811
    correct("Careful words of the conclusions.")
    correct("Careful words of all conclusions.", note="One more word.")
    slug, words = published.slug, lambda page: re.findall(r"<(ins|del)>(.*?)</\1>", page)
    whole, last = get(changes(slug, 3, 1)), get(changes(slug, 3, 2))
    assert words(whole) == [("del", "Words"), ("ins", "Careful words"), ("del", "the"), ("ins", "all")]
    assert words(last) == [("del", "the"), ("ins", "all")]
    assert "A word was wrong." in whole and "One more word." in whole and "A word was wrong." not in last
    assert "1 place changed" in last and "Both versions say the same" not in last
    for language, heading in (("fr", 'lang="en"'), ("de", '<html lang="de">')):
        checked(page := get(changes(slug, 3, 1, language)))
        assert heading in page or language == "fr"
    assert "Un mot était faux." in get(changes(slug, 3, 1, "fr")), "French did not change, and is told why English did"
    newest, quoted = get(f"/published/en/reports/{slug}/"), get(f"/published/en/reports/{slug}/v1/")
    assert changes(slug, 3, 2) in newest and changes(slug, 3, 1) in newest and changes(slug, 3, 1) in quoted
    for new, old in ((1, 3), (2, 2), (4, 1), (3, 9)):
        get(changes(slug, new, old), 404)
    publication.withdraw_report(published.report, by=as_publisher, notice={"en": "Published by mistake."})
    page = get(changes(slug, 3, 1), 410)
    assert "Published by mistake." in page and "Careful" not in page


def test_a_correction_under_embargo_is_compared_from_its_second_on(published, correct, time_machine):  # noqa: F811
    end = clock.now().replace(microsecond=0) + timedelta(hours=1)
    correct("SECRET words of the conclusions.", note="SECRET note.", embargo_until=end)
    path, page = changes(published.slug, 2, 1), f"/published/en/reports/{published.slug}/"
    time_machine.move_to(end - timedelta(seconds=1), tick=False)
    get(path, 404)
    before = Client().get(page)
    assert "SECRET" not in before.content.decode() and "changes-since" not in before.content.decode()
    time_machine.move_to(end, tick=False)
    assert "SECRET note." in get(path) and path in get(page)
    assert Client().get(page, headers={"if-none-match": before["ETag"]}).status_code == 200


def test_what_is_withdrawn_before_its_second_never_has_an_address(published, correct, make_text, as_publisher, time_machine):  # noqa: F811
    """Neither the corrected version of a public report, nor a text: no page, and no notice that there was one."""
    end = clock.now() + timedelta(hours=1)
    correct("SECRET words.", embargo_until=end)
    version = make_text(embargo_until=end)
    publication.withdraw_report(published.report, by=as_publisher, notice={"en": "By mistake."})
    mission_texts.move_text(version.text, "withdraw", by=as_publisher, note="Not now.")
    time_machine.move_to(end + timedelta(seconds=1), tick=False)
    get(f"/published/en/reports/{published.slug}/", 410)
    get(f"/published/en/reports/{published.slug}/v2/", 404)
    get(f"/published/en/texts/{version.slug}/", 404)


def test_what_is_not_out_moves_no_header(published, correct, make_text, make_mission, make_election, make_recommendation,  # noqa: F811
                                         as_coordinator, as_publisher, time_machine):  # fmt: skip
    """An assessment of what is not public, a correction that waits, a text that is being corrected: ETag and Last-Modified stay."""
    version = make_text()
    other = make_recommendation(make_mission("drafting", election=make_election("GE")), "do another thing")
    pages = ("/published/en/", "/published/en/feed.atom", "/published/sitemap.xml", f"/published/en/reports/{published.slug}/")
    headers = lambda: [(answer["ETag"], answer["Last-Modified"]) for answer in map(Client().get, pages)]  # noqa: E731
    before = headers()
    time_machine.move_to(clock.now() + timedelta(minutes=5), tick=False)
    FollowUp.objects.create(recommendation=other, status="fully", basis="letter", assessed_on=clock.today(), assessed_by="x")
    correct("SECRET words.", embargo_until=clock.now() + timedelta(days=1))
    text = mission_texts.move_text(version.text, "correct", by=as_publisher, note="A day was wrong.")
    mission_texts.change_text(text, version=text.version, by=as_coordinator, body={"en": "Now right."})
    assert headers() == before and MissionText.objects.get().updated_at > version.embargo_until


def test_a_page_that_said_being_drawn_is_another_page_once_the_files_are_there(
    drafting, make_report, walk, figures, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as waiting:
        walk(make_report(drafting), "published")
    path = f"/published/en/reports/{Publication.objects.get().slug}/"
    first = Client().get(path)
    assert "The files are being drawn" in first.content.decode()
    for callback in waiting:
        callback()
    again = Client().get(path, headers={"if-none-match": first["ETag"], "if-modified-since": first["Last-Modified"]})
    assert again.status_code == 200 and ".pdf" in again.content.decode()


def test_files_are_kept_by_readers_and_asked_for_again_by_shared_caches(published, as_publisher, client_for):  # noqa: F811
    path = f"/published/en/reports/{published.slug}/v1/{published.slug}-v1-en.pdf"
    for url in (path, f"/published/en/reports/{published.slug}/v1/pictures/conduct.svg"):
        first = Client().get(url)
        assert first["Cache-Control"] == "public, max-age=31536000, s-maxage=300, immutable"
        for asked in ({"if-none-match": f'W/{first["ETag"]}, "x"'}, {"if-modified-since": first["Last-Modified"]}):
            again = Client().get(url, headers=asked)
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    uuid = Recommendation.objects.get().uuid
    publication.withdraw_report(published.report, by=as_publisher, notice={"en": "By mistake."})
    assert Client().get(path, headers={"if-none-match": first["ETag"]}).status_code == 404
    letter = client_for(as_publisher.user).post(reverse("reports:letter", args=[published.report.mission.reference]), {"to": "x"})
    assert letter.status_code == 409 and not Document.objects.filter(kind="reports.letter").exists(), "No letter goes with it."
    assert "By mistake." in get(f"/published/fr/recommendations/{uuid}/", 410)


@pytest.mark.parametrize("path", ["fr/reports/nothing/", "fr/nonsense", "de/recommendations/00000000-0000-0000-0000-000000000000/"])
def test_nothing_here_is_a_page_of_the_public_site(db, path):
    answer = Client().get(f"/published/{path}")
    text = answer.content.decode()
    assert (
        (answer.status_code, answer["Cache-Control"]) == (404, "no-cache") and not answer.cookies and "Cookie" not in answer.get("Vary", "")
    )
    assert f'<html lang="{path[:2]}">' in text and "Sign in" not in text
    checked(text)
    assert Client().get("/nonsense/").status_code == 404


def test_what_waits_or_is_being_written_is_in_no_page_and_in_no_header(
    published,  # noqa: F811
    correct,
    make_text,  # noqa: F811
    make_practice,  # noqa: F811
    make_mission,
    make_election,
    make_report,
    make_recommendation,
    as_coordinator,
    as_publisher,
    outsider,
    client_for,
):
    """A correction and a text under embargo, drafts, remarks, an authority's comment, practices, a later call of another mission:
    every page that links or the site map lead to, its headers, what is found by words, and the API for an account outside."""
    end, row = clock.now() + timedelta(days=1), Recommendation.objects.get()
    make_practice("SECRET-practice", publish=False)
    make_practice("SECRET-withdrawn", publish=True)
    practices.move_practice(GoodPractice.objects.latest("pk"), "withdraw", by=as_publisher, note="SECRET-why")
    make_text(embargo_until=end, unchecked_accepted=["fr", "de"])
    other = make_mission("drafting", election=make_election("GE"))
    report = make_report(other, recommendation=False)
    place = ReportParagraph.objects.get(section__report=report, section__code="summary")
    drafts.keep_draft(place, by=as_coordinator, language="en", text="SECRET-draft", version=1)
    remarks.make_remark(place, by=as_coordinator, kind="suggestion", language="en", text="SECRET-suggestion", why="SECRET-why")
    ConsultationComment.objects.create(report=report, author="SECRET-author", text="SECRET-comment", received_at=clock.now())
    later = make_recommendation(other, "SECRET-later call")
    RecommendationRelation.objects.create(recommendation=later, earlier=row, relation="repeats")
    translations.set_text(row, "text", "de", "SECRET-german", by=as_coordinator)
    correct("SECRET-correction", note="SECRET-note", embargo_until=end)
    slug = MissionTextVersion.objects.get().slug
    walked = walk_site("/published/de/data/")  # wherever one begins, all is reached
    assert {"/published/en/", "/published/fr/", "/published/de/feed.atom"} <= walked.keys()
    pages = walked | {urlsplit(loc).path: b"" for loc in re.findall("<loc>(.*?)</loc>", get("/published/sitemap.xml"))}
    assert len(pages) > 40
    for path in pages:
        answer = Client().get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        whole = body + repr(dict(answer.headers)).encode()
        assert answer.status_code == 200 and not answer.cookies, path
        assert b"SECRET" not in whole and slug.encode() not in whole and b"changes-since" not in whole, path
    for words in ("SECRET", "german", "later"):
        assert "0 texts found" in get(f"/published/en/search/?q={words}"), words
    account, coordinator = client_for(outsider), client_for(as_coordinator.user)
    assert account.get(row.get_absolute_url()).status_code == 404
    answer = account.get(f"/api/v1/recommendations/{row.uuid}/")
    assert answer.status_code == 200 and b"SECRET" not in answer.content
    page = coordinator.get(row.get_absolute_url(), headers={"accept-language": "fr"}).content.decode()
    assert "Recommandation 601 (2027)" in page and "Recommendation 601" not in page
