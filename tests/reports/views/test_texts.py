"""The family of texts and good practice at the desk, and over the API."""

from __future__ import annotations

import re
from datetime import time, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core import clock, translations
from core.enums import Access
from missions.models import Country, Meeting
from reports.models import GoodPractice, MissionText, MissionTextVersion, ReportParagraph, ReportSection
from reports.services import evidence, fixed_words, paragraphs
from reports.services.mission_texts import change_text, compose_text, move_text

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def sign_in():
    """A client of an account: `sign_in(coordinator)`."""

    def make(user):
        client = Client()
        client.force_login(user, backend=BACKEND)
        return client

    return make


@pytest.fixture
def mission(drafting, make_assignment):
    """The mission with a head of delegation and a meeting with civil society."""
    make_assignment(drafting, "head", "Hedda", "Head")
    day = clock.today() - timedelta(days=1)
    Meeting.objects.create(
        mission=drafting, kind="ngo", title="Civil society", start_day=day, end_day=day, start_time=time(10), end_time=time(11),
        zone=drafting.zone, starts_at=clock.now() - timedelta(days=1), ends_at=clock.now() - timedelta(hours=23), state="held",
        is_for_all=True,
    )  # fmt: skip
    return drafting


def page(name, mission, *args):
    return reverse(f"reports:{name}", args=[mission.reference, *args])


def test_from_composing_to_the_public_page_by_clicking(mission, coordinator, publisher, sign_in, django_capture_on_commit_callbacks):
    desk = sign_in(coordinator)
    assert "Announcement" in desk.get(page("texts", mission)).content.decode()
    answer = desk.post(page("text_compose", mission, "announcement"), follow=True)
    assert "Composed from the facts of the mission." in answer.content.decode()
    text = MissionText.objects.get()
    form = {"version": text.version, "contact": "Press service", "checked": ["fr", "de"]}
    for code in ("en", "fr", "de"):
        form |= {f"title_{code}": f"Title {code}", f"body_{code}": f"# Head {code}\n\nWords {code}."}
    answer = desk.post(text.get_absolute_url(), form, follow=True)
    shown = answer.content.decode()
    assert "Saved." in shown and "Words en." in shown and "Head en" in shown
    assert {row.state for row in translations.texts(text, "body").values()} == {"checked"}
    stale = desk.post(text.get_absolute_url(), form | {"title_en": "Typed meanwhile"})
    assert stale.status_code == 409 and "Typed meanwhile" in stale.content.decode()
    desk.post(page("text_move", mission, "announcement"), {"action": "approve"})
    assert desk.get(page("text_release", mission, "announcement")).status_code == 403
    releasing = sign_in(publisher)
    assert "Release" in releasing.get(text.get_absolute_url()).content.decode()
    given = {"languages": ["en", "fr"], "is_public": "on", "day": "2020-01-01", "time": "10:00:01"}
    refused = releasing.post(page("text_release", mission, "announcement"), given)
    assert refused.status_code == 409 and "FR: 1 place is not checked" in refused.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        answer = releasing.post(page("text_release", mission, "announcement"), given | {"unchecked_accepted": ["fr"]})
    assert answer.status_code == 302
    version = MissionTextVersion.objects.get()
    assert version.embargo_until.isoformat() == "2020-01-01T09:00:01+00:00", "Strasbourg time, to the second"
    assert "Words en." in Client().get(version.public_url("en")).content.decode()
    listed = desk.get(text.get_absolute_url()).content.decode()
    assert version.checksum[:16] in listed and "PDF" in listed


def test_what_the_mission_lacks_is_told_with_where_to_mend_it(mission, coordinator, sign_in):
    desk = sign_in(coordinator)
    shown = desk.get(page("text", mission, "press_release")).content.decode()
    assert "The mission has no report." in shown and "Compose it" not in shown
    assert desk.post(page("text_compose", mission, "press_release")).status_code == 409
    assert desk.get(page("text", mission, "poem")).status_code == 404


def test_an_observer_reads_and_changes_nothing(mission, make_assignment, as_coordinator, sign_in):
    text = compose_text(mission, "announcement", by=as_coordinator)
    reader = sign_in(make_assignment(mission, "observer", "Ona", "Other").person.user)
    shown = reader.get(text.get_absolute_url()).content.decode()
    assert "How it reads now" in shown and 'name="body_en"' not in shown
    assert reader.post(text.get_absolute_url(), {"body_en": "x", "version": text.version}).status_code == 403


def test_a_practice_from_a_note_to_the_public_page_by_clicking(mission, coordinator, publisher, sign_in):
    meeting = Meeting.objects.get(kind="ngo")
    note = meeting.meeting_notes.create(topic="L01", text="They spoke of budget days.", access=Access.SECRETARIAT, written_by="system")
    desk = sign_in(coordinator)
    listed = desk.get(page("practices", mission)).content.decode()
    assert "They spoke of budget days." in listed
    assert "They spoke" in desk.get(page("practice_add", mission), {"note": note.uuid}).content.decode()
    form = {
        "note": note.uuid, "title_en": "Budget days", "text_en": "The town asks.", "lesson_en": "Ask early.", "level": "dialogue",
        "step": "drafting", "actors": ["ngo"],
    }  # fmt: skip
    refused = desk.post(page("practice_add", mission), form | {"source_name": "League"})
    assert "Name the source only with its own yes." in refused.content.decode() and not GoodPractice.objects.exists()
    desk.post(page("practice_add", mission), form)
    row = GoodPractice.objects.get()
    assert row.note == note and "Civil society" in desk.get(row.get_absolute_url()).content.decode()
    desk.post(page("practice_change", mission, row.uuid), form | {"title_en": "Open budget days", "version": row.version})
    desk.post(page("practice_move", mission, row.uuid), {"action": "check"})
    sign_in(publisher).post(page("practice_move", mission, row.uuid), {"action": "publish", "languages": ["en"]})
    assert "Open budget days" in Client().get(reverse("reports:public_practice", args=["en", row.uuid])).content.decode()


def test_who_may_not_read_the_note_does_not_learn_where_it_was_heard(mission, make_assignment, coordinator, sign_in):
    meeting = Meeting.objects.get(kind="ngo")
    note = meeting.meeting_notes.create(topic="L01", text="SECRET-words", access=Access.SECRETARIAT, written_by="system")
    desk = sign_in(coordinator)
    form = {"note": note.uuid, "title_en": "Budget days", "level": "dialogue", "step": "drafting"}
    desk.post(page("practice_add", mission), form)
    row = GoodPractice.objects.get()
    reader = sign_in(make_assignment(mission, "observer", "Ona", "Other").person.user)
    shown = reader.get(row.get_absolute_url()).content.decode()
    assert "Internal source" in shown and "Civil society" not in shown.split("Where it was heard")[1] and "SECRET" not in shown
    assert "SECRET" not in reader.get(page("practices", mission)).content.decode()
    assert reader.get(page("practice_add", mission), {"note": note.uuid}).content.decode().count("SECRET") == 0


def test_pages_ask_a_constant_number_of_queries(mission, coordinator, sign_in, as_coordinator, django_assert_max_num_queries):
    desk = sign_in(coordinator)
    with django_assert_max_num_queries(40) as used:
        desk.get(page("texts", mission))
    compose_text(mission, "announcement", by=as_coordinator)
    compose_text(mission, "media_advisory", by=as_coordinator)
    with django_assert_max_num_queries(len(used)):
        desk.get(page("texts", mission))


def test_the_api_tells_texts_and_practices(mission, coordinator, as_coordinator, sign_in):
    text = compose_text(mission, "announcement", by=as_coordinator)
    desk = sign_in(coordinator)
    rows = desk.get("/api/v1/mission-texts/", {"kind": "announcement"}).json()["results"]
    assert [(row["uuid"], row["state"], sorted(row["body"])) for row in rows] == [(str(text.uuid), "draft", ["de", "en", "fr"])]
    assert desk.get("/api/v1/good-practices/").json()["count"] == 0


def test_the_chain_is_walked_both_ways_over_the_api(
    mission, make_report, make_finding, make_observation, coordinator, make_user, as_coordinator, sign_in, figures
):
    finding = make_finding(mission, "Voters marked ballots together.", agreed=False)
    observation = make_observation(mission, {"B21": "many"}, flags={"B21": 2})
    evidence.link_answer(finding, observation, "B21", by=as_coordinator)
    report = make_report(mission, recommendation=False)
    section = ReportSection.objects.get(report=report, code="election_day")
    paragraph = paragraphs.add_paragraph(section, text={"en": "Seen."}, by=as_coordinator)
    paragraph.findings.add(finding)
    desk = sign_in(coordinator)
    down = desk.get("/api/v1/chain/", {"paragraph": paragraph.uuid}).json()
    assert [(one["finding"], [source["kind"] for source in one["sources"]]) for one in down] == [(str(finding.uuid), ["figure", "answer"])]
    up = desk.get("/api/v1/chain/up/", {"kind": "answer", "uuid": observation.uuid, "item": "B21"}).json()
    assert [one["finding"] for one in up["findings"]] == [str(finding.uuid)] and up["paragraphs"] == [str(paragraph.uuid)]
    outsider = sign_in(make_user("Otto", "Out"))
    assert outsider.get("/api/v1/chain/", {"paragraph": paragraph.uuid}).status_code == 404
    assert outsider.get("/api/v1/chain/up/", {"kind": "answer", "uuid": observation.uuid}).status_code == 404
    wrong = desk.get("/api/v1/chain/up/", {"kind": "answer", "uuid": "x"})
    assert wrong.status_code == 400 and wrong.json()["errors"][0]["attr"] == "uuid"
    assert ReportParagraph.objects.filter(pk=paragraph.pk).exists()


def test_the_fixed_words_of_armenian_from_the_notice_to_the_saved_page(mission, coordinator, publisher, sign_in, as_coordinator):
    Country.objects.filter(pk=mission.country_id).update(languages=["hy"])
    total, desk = len(fixed_words.TEXT_KEYS), sign_in(coordinator)
    assert (
        f"{total} of {total} fixed words have no Armenian yet: they will stand in English."
        in desk.get(page("texts", mission)).content.decode()
    )
    text = compose_text(mission, "announcement", by=as_coordinator)
    text = change_text(text, version=text.version, by=as_coordinator, title={"hy": "Դ"}, body={"hy": "Պ"}, contact="Press", checked={"hy"})
    address = reverse("reports:fixed_words", args=["hy"])
    assert address in desk.get(text.get_absolute_url()).content.decode()
    answer = desk.post(address, {"text_contact": "Կապ", "embargo_line": "Էմբարգո"})
    shown = answer.content.decode()
    assert (
        answer.status_code == 400
        and "Nothing was saved." in shown
        and "Էմբարգո" in shown
        and 'aria-describedby="error-embargo_line"' in shown
    )
    answer = desk.post(address, {"text_contact": "Կապ", "embargo_line": "Մինչև {day}, {time}"}, follow=True)
    assert "2 fixed words were changed." in answer.content.decode()
    table = desk.get(reverse("reports:fixed_words_table", args=["hy"]))
    filled = SimpleUploadedFile("words.csv", table.getvalue().replace(b"text_who,Who,Qui,", "text_who,Who,Qui,Ով".encode()), "text/csv")
    assert "1 fixed word was changed." in desk.post(address, {"file": filled}, follow=True).content.decode()
    move_text(text, "approve", by=as_coordinator)
    release = sign_in(publisher).get(page("text_release", mission, "announcement")).content.decode()
    assert f"{total - 3} of {total} fixed words have no Armenian yet" in release and address in release
    assert desk.get(reverse("reports:fixed_words", args=["fr"])).status_code == 404


def test_a_colon_after_a_word_of_the_page_is_set_off_in_french():
    bare = re.compile(r'\{% trans "[^"]+" %\}:')
    folder = Path(settings.BASE_DIR) / "reports" / "templates"
    found = [f"{file.name}: {hit}" for file in folder.rglob("*.html") for hit in bare.findall(file.read_text(encoding="utf-8"))]
    assert found == [], 'Write {% if LANGUAGE_CODE == "fr" %}&nbsp;{% endif %} before the colon.'
