"""A report in Armenian from the desk to the public: translated side by side, published only with a yes, read at an address of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from lxml import html

from core import clock, translations
from core.documents.content import prepare
from core.documents.rendering import Snapshot, render_content
from core.errors import Invalid, NotNow, Stale
from core.models import AuditEntry
from reports.documents.letter.build import build as build_letter
from reports.documents.report.build import build
from reports.models import AdoptedText, FixedWord, Publication, PublishedWords, Statement
from reports.services import fixed_words, paragraphs, publication, reports, translating
from reports.services.report_checks import before_freezing
from reports.services.versions import freeze_version
from reports.services.word_import import bring_document
from tests.core.documents.test_web import Checker
from tests.reports.host import speak, spelled, translate_texts, translate_words

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
def armenian(drafting, make_report, figures, as_coordinator):
    """A report in English and Armenian whose paragraphs wait for their translation."""
    speak(drafting.country, "hy")
    report = make_report(drafting)
    return reports.change_report(report, version=report.version, by=as_coordinator, languages=["en", "hy"])


def address(report, part=""):
    """The page of the Armenian texts."""
    return reverse("reports:translation", args=[report.mission.reference, "hy"]) + (f"?part={part}" if part else "")


def test_texts_are_translated_side_by_side_and_saved_all_or_none(armenian, coordinator, sign_in, as_coordinator):
    desk = sign_in(coordinator)
    page = desk.get(address(armenian, "summary")).content.decode()
    row = next(row for row in translating.rows(armenian.mission, "hy") if row.part == "summary")
    assert "Words of the summary." in page and 'lang="hy"' in page and row.state == "missing"
    sent = {f"text_{row.name}": "Ամփոփում։", f"seen_{row.name}": row.seen}
    assert "1 text was saved." in desk.post(address(armenian, "summary"), sent, follow=True).content.decode()
    assert next(one for one in translating.rows(armenian.mission, "hy") if one.name == row.name).state == "machine"
    # somebody else wrote it since it was read: nothing is lost, nothing is saved
    answer = desk.post(address(armenian, "summary"), sent | {f"text_{row.name}": "Այլ։"})
    assert answer.status_code == 409 and "Այլ։" in answer.content.decode() and "Nothing was saved." in answer.content.decode()
    new = next(one for one in translating.rows(armenian.mission, "hy") if one.name == row.name)
    sent = {f"text_{row.name}": "Ամփոփում։", f"seen_{row.name}": new.seen, f"checked_{row.name}": "on"}
    desk.post(address(armenian, "summary"), sent)
    assert next(one for one in translating.rows(armenian.mission, "hy") if one.name == row.name).state == "checked"
    # the original changes: the translation is out of date
    paragraph = armenian.sections.get(code="summary").paragraphs.get()
    paragraphs.save_paragraph(paragraph, version=paragraph.version, language="en", text="Other words.", by=as_coordinator)
    stale = next(one for one in translating.rows(armenian.mission, "hy") if one.name == row.name)
    assert (stale.state, stale.text, stale.original) == ("stale", "Ամփոփում։", "Other words.")
    assert desk.get(reverse("reports:translation", args=[armenian.mission.reference, "ka"])).status_code == 404
    assert desk.get(address(armenian, "nothing")).status_code == 404


def test_what_is_written_is_the_missions_own_and_all_of_it_or_none(armenian, as_coordinator):
    row = next(row for row in translating.rows(armenian.mission, "hy") if row.kind == "finding")
    good = {"kind": "finding", "key": row.key, "text": "Տ"}
    for wrong, refusal in (({"kind": "finding", "key": "x", "text": "y"}, Invalid), (good | {"seen": "0" * 64}, Stale)):
        with pytest.raises(refusal):
            translating.save_translations(armenian.mission, "hy", [good, wrong] if refusal is Invalid else [wrong], by=as_coordinator)
    assert not next(one for one in translating.rows(armenian.mission, "hy") if one.name == row.name).text
    with pytest.raises(Invalid):
        translating.rows(armenian.mission, "ka")
    paragraph = armenian.sections.get(code="summary").paragraphs.get()
    with pytest.raises(Invalid):
        paragraphs.save_paragraph(paragraph, version=1, language="ka", text="x", by=as_coordinator)
    assert translating.save_translations(armenian.mission, "hy", [good], by=as_coordinator) == 1
    assert translating.save_translations(armenian.mission, "hy", [good], by=as_coordinator) == 0, "the same words again"


def test_the_title_of_the_mission_and_the_questions_of_the_form(armenian, as_coordinator):
    assert translate_texts(armenian.mission, "hy", as_coordinator) > 7
    rows = {row.kind: row for row in translating.rows(armenian.mission, "hy")}
    assert rows["mission"].text == spelled(armenian.mission.title_en, "hy") and rows["mission"].state == "checked"
    assert rows["question"].text and FixedWord.objects.filter(key=rows["question"].key, source=rows["question"].original).exists()
    armenian.mission.title_en = "Another title"
    assert next(row for row in translating.rows(armenian.mission, "hy") if row.kind == "mission").state == "stale"
    assert not [row for row in translating.rows(armenian.mission, "fr") if row.kind in {"mission", "question"}], "those are the house's own"
    assert AuditEntry.objects.filter(action="reports.title_translated").exists()


def test_nothing_is_published_half_translated_without_a_yes(armenian, walk, as_coordinator, as_publisher):
    assert {one.code for one in before_freezing(armenian)} >= {"untranslated_hy", "words_hy"}
    walk(armenian, "adopted")
    with pytest.raises(NotNow) as refused:
        publication.publish_report(armenian, by=as_publisher, findings_accepted=True)
    assert {"unchecked_hy", "words_hy"} <= {one.code for one in refused.value.missing}
    made, _job = publication.publish_report(armenian, by=as_publisher, languages=["en"], findings_accepted=True)
    assert made.languages == ["en"], "the language may be left out"


def test_all_translated_and_checked_it_needs_no_yes(armenian, walk, as_coordinator, as_publisher):
    translate_words("hy", as_coordinator)
    translate_texts(armenian.mission, "hy", as_coordinator)
    walk(armenian, "adopted")
    assert AdoptedText.objects.filter(language="hy", was_checked=True).exists(), "adopted with the others"
    made, _job = publication.publish_report(armenian, by=as_publisher, findings_accepted=True)
    assert made.languages == ["en", "hy"] and made.unchecked_accepted == []
    row = next(row for row in translating.rows(armenian.mission, "hy") if row.kind == "paragraph")
    with pytest.raises(NotNow):
        translating.save_translations(armenian.mission, "hy", [{"kind": "paragraph", "key": row.key, "text": "x"}], by=as_coordinator)


def test_a_language_comes_later_by_a_correction(armenian, walk, publisher, sign_in, as_coordinator, as_publisher):
    walk(armenian, "adopted")
    publication.publish_report(armenian, by=as_publisher, languages=["en"], findings_accepted=True)
    translate_words("hy", as_coordinator)
    translate_texts(armenian.mission, "hy", as_coordinator)
    desk, page = sign_in(publisher), reverse("reports:correct", args=[armenian.mission.reference])
    assert "Publish it in these languages too" in desk.get(page).content.decode()
    answer = desk.post(page, {"note_en": "The Armenian is there.", "note_hy": "Հայերենը կա։", "more_languages": ["hy"]})
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    made = Publication.objects.order_by("-version__number").first()
    assert made.languages == ["en", "hy"] and "hy" not in made.version.unchecked
    shown = Client().get(f"/published/hy/reports/{made.slug}/")
    assert shown.status_code == 200 and "Հայերենը կա։" in shown.content.decode()


def test_the_public_reads_it_at_an_address_of_its_own(armenian, walk, as_coordinator, as_publisher, django_capture_on_commit_callbacks):
    translate_words("hy", as_coordinator)
    translate_texts(armenian.mission, "hy", as_coordinator)
    walk(armenian, "adopted")
    until = clock.now() + timedelta(hours=1)
    with django_capture_on_commit_callbacks(execute=True):
        made, _job = publication.publish_report(armenian, by=as_publisher, findings_accepted=True, embargo_until=until)
    path, name = f"/published/hy/reports/{made.slug}/", f"{made.slug}-v1-hy.pdf"
    file = f"/published/en/reports/{made.slug}/v1/{name}"
    for url in (path, f"{path}v1/", file):
        assert Client().get(url).status_code == 404, "under embargo"
    Publication.objects.update(embargo_until=clock.now() - timedelta(seconds=1))
    answer = Client().get(path, headers={"accept-language": "fr"})
    text = answer.content.decode()
    assert (answer.status_code, answer["Content-Language"]) == (200, "hy") and not answer.cookies and "Vary" not in answer.headers
    checker = Checker()
    checker.feed(text)
    assert not checker.open and set(checker.targets) <= set(checker.ids)
    page = html.fromstring(text)
    assert page.get("lang") == "hy" and page.find(".//header").get("lang") == page.find(".//aside").get("lang") == "en"
    assert spelled("Words of the introduction.", "hy") in text and spelled("Explanatory memorandum", "hy") in text
    assert {node.get("hreflang") for node in page.iter("link") if node.get("rel") == "alternate" and node.get("hreflang")} == {
        "en", "fr", "de", "hy",
    }  # fmt: skip
    english = Client().get(f"/published/en/reports/{made.slug}/").content.decode()
    assert f'href="{path}"' in english and 'hreflang="hy"' in english and name in english
    assert b"".join(Client().get(file).streaming_content).startswith(b"%PDF")
    assert path in Client().get("/published/sitemap.xml").content.decode()
    assert PublishedWords.objects.filter(language="hy").exists()
    assert Client().get(f"/published/ka/reports/{made.slug}/").status_code == 404
    assert "fixed" in Client().get(f"/published/en/reports/{made.slug}/report.json").json()["languages"]["hy"]
    publication.withdraw_report(armenian, by=as_publisher, notice={"en": "It was another report."})
    gone = Client().get(path)
    assert gone.status_code == 410 and "It was another report." in gone.content.decode()
    assert spelled("Words of the introduction.", "hy") not in gone.content.decode()


def test_the_statement_is_frozen_in_armenian_and_its_page_says_what_lacks(armenian, coordinator, sign_in, as_coordinator):
    desk, page = sign_in(coordinator), reverse("reports:statement", args=[armenian.mission.reference])
    total = len(fixed_words.needed("hy"))
    shown = desk.get(page).content.decode()
    assert f"{total} of {total} fixed words would stand in English" in shown and 'value="hy"' in shown
    assert "Armenian: 1 text has no translation" not in shown, "nobody has begun"
    translate_words("hy", as_coordinator)
    translate_texts(armenian.mission, "hy", as_coordinator)
    assert "would stand in English" not in desk.get(page).content.decode()
    assert desk.post(page, {"languages": ["en", "hy", "ka"]}).status_code == 302
    frozen = Statement.objects.get()
    assert frozen.languages == ["en", "hy"] and "hy" not in frozen.unchecked
    assert "<td>Armenian</td>" in desk.get(page).content.decode().replace("\n", "").replace("  ", "")


def test_a_word_document_in_armenian_comes_back(armenian, as_coordinator):
    translate_words("hy", as_coordinator)
    translate_texts(armenian.mission, "hy", as_coordinator)
    version = freeze_version(armenian, by=as_coordinator)
    content = prepare({**build(version, "hy"), "language": "hy"})
    data = render_content(Snapshot(content=content, frozen_at=clock.now()), "docx")
    brought = bring_document(armenian, by=as_coordinator, file=SimpleUploadedFile("hy.docx", data))
    assert (brought.language, brought.version, brought.plan["items"]) == ("hy", version, [])


def test_the_letter_names_the_page_in_its_own_language(armenian, walk, as_coordinator, as_publisher):
    translate_words("hy", as_coordinator)
    translate_texts(armenian.mission, "hy", as_coordinator)
    walk(armenian, "adopted")
    made, _job = publication.publish_report(armenian, by=as_publisher, findings_accepted=True)
    pages = {code: f"https://example.org{made.page_for(code)}" for code in ("hy", "fr", "ka")}
    assert pages["hy"].endswith(f"/published/hy/reports/{made.slug}/")
    assert "/published/en/" in pages["ka"], "it is not published in Georgian"
    blocks = build_letter(armenian, "hy", urls=pages)["blocks"]
    runs = [run for block in blocks for run in (block.get("text") or ()) if isinstance(run, dict)]
    assert [run["link"] for run in runs if "link" in run] == [pages["hy"]]


def test_the_api_lists_and_writes_translations(armenian, api_for, coordinator, outsider):
    url, asked = "/api/v1/translations/", {"mission": armenian.mission.reference, "language": "hy"}
    rows = api_for(coordinator).get(url, asked).json()
    assert {row["kind"] for row in rows} == {"mission", "report", "finding", "recommendation", "paragraph", "question"}
    row = next(row for row in rows if row["kind"] == "paragraph")
    one = {"kind": "paragraph", "key": row["key"], "text": "Բառեր։", "seen": row["seen"], "checked": True}
    assert api_for(coordinator).post(url, asked | {"texts": [one]}, format="json").json() == {"written": 1}
    again = api_for(coordinator).post(url, asked | {"texts": [one | {"text": "Այլ։"}]}, format="json")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "translation_stale")
    assert next(row for row in api_for(coordinator).get(url, asked).json() if row["key"] == one["key"])["state"] == "checked"
    assert api_for(outsider).get(url, asked).status_code == 404
    assert api_for(outsider).post(url, asked | {"texts": [one]}, format="json").status_code == 404
    wrong = api_for(coordinator).get(url, asked | {"language": "ka"})
    assert (wrong.status_code, wrong.json()["errors"][0]["attr"]) == (400, "language")
    assert translations.text_of(armenian, "title", "hy") == ""
    body = {"version": armenian.version, "languages": ["en", "fr", "hy"], "title": {"hy": "Վերնագիր"}}
    changed = api_for(coordinator).patch(f"/api/v1/reports/{armenian.uuid}/", body, format="json").json()
    assert changed["languages"] == ["en", "fr", "hy"] and changed["title"]["hy"] == {"text": "Վերնագիր", "state": "machine"}
    body = {"version": changed["version"], "languages": ["en", "ka"]}
    assert api_for(coordinator).patch(f"/api/v1/reports/{armenian.uuid}/", body, format="json").status_code == 400


def test_the_api_of_fixed_words_has_the_rights_of_the_page(armenian, api_for, coordinator, auditor, outsider):
    url = "/api/v1/fixed-words/hy/"
    listed = {row["language"]: row for row in api_for(auditor).get("/api/v1/fixed-words/").json()}
    assert listed["hy"]["missing"] == listed["hy"]["total"] == len(fixed_words.needed("hy"))
    assert api_for(coordinator).patch(url, {"text_contact": "Կապ", "memorandum": "Բացատրական"}, format="json").json() == {"changed": 2}
    rows = {row["key"]: row for row in api_for(auditor).get(url).json()}
    assert rows["memorandum"]["text"] == "Բացատրական" and rows["memorandum"]["english"] == "Explanatory memorandum"
    refused = api_for(coordinator).patch(url, {"fact_mission": "ա"}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "fact_mission")
    table = b"".join(api_for(auditor).get(f"{url}table/")).decode()
    assert "memorandum,Explanatory memorandum,Exposé des motifs,Բացատրական" in table
    filled = SimpleUploadedFile("w.csv", table.replace("Բացատրական", "Հուշագիր").encode(), "text/csv")
    assert api_for(coordinator).post(f"{url}import/", {"file": filled}, format="multipart").json() == {"changed": 1}
    for client, wanted in ((api_for(auditor), 403), (api_for(outsider), 403)):
        assert client.patch(url, {"text_contact": ""}, format="json").status_code == wanted
        assert client.post(f"{url}import/", {}, format="multipart").status_code == wanted
    assert api_for(outsider).get(url).status_code == 403 and api_for(coordinator).get("/api/v1/fixed-words/fr/").status_code == 404
