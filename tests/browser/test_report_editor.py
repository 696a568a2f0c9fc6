"""The editor of a report in a real browser: drafts that survive a crash, a stale save, a suggestion, the authority at its link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from core import translations
from core.actors import user_actor
from reports.models import ConsultationComment, ParagraphDraft, ParagraphRemark, ReportParagraph, WordImport
from reports.services import paragraphs, remarks, versions, word_import
from tests.browser.conftest import Desk
from tests.reports.services.test_word_import import Word, docx_of
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = "reports:paragraph"


def at(world: World, name: str, *parts: Any) -> str:
    return reverse(f"reports:{name}", args=[world.mission.reference, *parts])


def text_of(world: World) -> str:
    return translations.text_of(ReportParagraph.objects.get(pk=world.paragraph.pk), "text", "en")


def opened(world: World, desk: Callable[..., Desk], persona: str = "rapporteur", **options: Any) -> Desk:
    one = desk(bypass_csp=True, **options)
    one.sign_in(world.users[persona].email)
    one.open(at(world, "paragraph", world.paragraph.uuid))
    return one


def test_what_is_typed_survives_a_crash_and_is_saved_by_keyboard(at_desks: World, desk: Callable[..., Desk]) -> None:
    one = opened(at_desks, desk)
    one.page.focus("#t-en")
    one.page.keyboard.press("End")
    one.page.keyboard.type(" And more, typed in an hour.")
    assert one.page.inner_text("#s-en") == "Not saved yet…"
    one.page.wait_for_function("document.querySelector('#s-en').textContent.startsWith('Draft saved at ')")
    one.shot("report-paragraph-draft")
    one.context.close()  # the machine dies

    again = opened(at_desks, desk)
    assert again.page.input_value("#t-en") == "Words of the summary. And more, typed in an hour."
    assert text_of(at_desks) == "Words of the summary."
    assert again.faults() == []
    again.page.focus("#t-en")
    again.page.keyboard.press("Control+s")
    again.page.wait_for_url("**/chapters/summary/**")
    assert "Saved at " in again.page.inner_text("main")
    assert (text_of(at_desks), ParagraphDraft.objects.count()) == ("Words of the summary. And more, typed in an hour.", 0)


def test_without_a_connection_it_says_so_and_tries_again(at_desks: World, desk: Callable[..., Desk]) -> None:
    one = opened(at_desks, desk)
    draft = f"**{at(at_desks, 'paragraph_draft', at_desks.paragraph.uuid)}"
    one.page.route(draft, lambda route: route.abort())
    one.page.fill("#t-en", "Written in a tunnel.")
    one.page.wait_for_function("document.querySelector('#s-en').textContent.includes('no connection')")
    one.problems.clear()  # the browser's own line about the cut connection
    one.page.unroute(draft)
    one.page.evaluate("window.dispatchEvent(new Event('online'))")
    one.page.wait_for_function("document.querySelector('#s-en').textContent.startsWith('Draft saved at ')")
    assert ParagraphDraft.objects.get().text == "Written in a tunnel."


def test_who_is_signed_out_in_the_middle_loses_no_word(at_desks: World, desk: Callable[..., Desk]) -> None:
    """Also where Save is pressed: the page stays, says so, and goes on once one is signed in again in another tab."""
    one = opened(at_desks, desk)
    session = [cookie for cookie in one.context.cookies() if cookie["name"] == "sessionid"]
    one.context.clear_cookies(name="sessionid")
    one.page.fill("#t-en", "Typed for an hour, then signed out.")
    one.page.click("#form-en button")
    one.page.wait_for_function("document.querySelector('#s-en').textContent.includes('you are signed out')")
    assert one.page.locator("#s-en a[target=_blank]").count() == 1 and one.faults() == []
    one.context.add_cookies(session)
    one.page.evaluate("document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(field => { field.value = 'x'.repeat(64); })")
    one.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    one.page.wait_for_function("document.querySelector('#s-en').textContent.startsWith('Draft saved at ')")
    one.problems.clear()  # the 403 of the token of the session before
    one.page.click("#form-en button")
    one.page.wait_for_url("**/chapters/summary/**")
    assert (text_of(at_desks), ParagraphDraft.objects.count()) == ("Typed for an hour, then signed out.", 0)


def test_leaving_the_page_keeps_the_last_words(at_desks: World, desk: Callable[..., Desk]) -> None:
    one = opened(at_desks, desk)
    with one.page.expect_response(lambda answer: answer.url.endswith("/draft/")):
        one.page.fill("#t-en", "Typed a moment before the tab was hidden.")
        one.page.evaluate(
            "Object.defineProperty(document, 'visibilityState', {value: 'hidden'}); document.dispatchEvent(new Event('visibilitychange'))"
        )
    assert ParagraphDraft.objects.get().text == "Typed a moment before the tab was hidden."


def test_without_javascript_the_editor_saves_as_ever(at_desks: World, desk: Callable[..., Desk]) -> None:
    one = opened(at_desks, desk, java_script_enabled=False)
    one.page.fill("#t-en", "Saved without a script.")
    one.page.click("#form-en button")
    one.page.wait_for_url("**/chapters/summary/**")
    assert text_of(at_desks) == "Saved without a script."


def test_a_stale_save_shows_both_texts_and_one_click_saves_both(at_desks: World, desk: Callable[..., Desk]) -> None:
    one = opened(at_desks, desk)
    paragraphs.save_paragraph(at_desks.paragraph, version=1, language="en", text="New words of the summary.", by=at_desks.by)
    one.page.fill("#t-en", "Words of the summary, mine.")
    one.page.click("#form-en button")
    one.page.wait_for_selector("#both")
    one.problems.clear()  # the 409 that the browser tells of
    assert one.page.input_value("#mine") == "Words of the summary, mine."
    assert one.page.inner_text(".diff del") and "What is stored now" in one.page.inner_text("main")
    assert one.faults() == []
    one.shot("report-paragraph-stale")
    one.page.click("form:has(#both) button")
    one.page.wait_for_url("**/chapters/summary/**")
    assert text_of(at_desks) == "New words of the summary, mine."


def test_an_observer_suggests_and_the_rapporteur_takes_it_over_with_one_click(at_desks: World, desk: Callable[..., Desk]) -> None:
    observer = opened(at_desks, desk, "observer_a", width=360)
    observer.page.click("text=Suggest another wording: English")
    observer.page.fill("#suggest-en", "Careful words of the summary.")
    observer.page.fill("#why-en", "It is a summary.")
    observer.page.click("form:has(#suggest-en) button")
    observer.page.wait_for_selector(".remark-open .diff ins")
    assert observer.faults() == []
    observer.shot("report-suggestion-360")

    one = opened(at_desks, desk)
    article = one.page.locator(".remark-open:has(ins)")
    assert (article.locator("del").inner_text(), article.locator("ins").inner_text()) == ("Words", "Careful words")
    one.shot("report-suggestion")
    article.locator("text=Take over").click()
    one.page.wait_for_selector(".remark-accepted")
    assert text_of(at_desks) == "Careful words of the summary."
    assert ParagraphRemark.objects.get(kind="suggestion").state == "accepted"


def test_the_authority_comments_at_a_paragraph_and_reads_the_answer_there(at_desks: World, desk: Callable[..., Desk]) -> None:
    at_desks.report.__class__.objects.filter(pk=at_desks.report.pk).update(
        state="consultation", consultation_until=at_desks.invitation.until
    )
    authority = desk(width=360, bypass_csp=True)
    authority.open(f"/link/{at_desks.tokens['draft']}/draft/")
    place = f"#place-{at_desks.paragraph.uuid}"
    authority.page.click(f"{place} summary")
    authority.page.fill(f"{place} textarea", "The law is of 2024.")
    assert authority.faults() == []
    authority.page.click(f"{place} button")
    authority.page.wait_for_selector(f"{place} .place-comment")
    assert ConsultationComment.objects.get(text="The law is of 2024.").place == "Summary 1"
    authority.shot("report-link-360")

    one = opened(at_desks, desk, "coordinator")
    assert "The law is of 2024." in one.page.inner_text("section:has(#authorities)")
    one.page.fill("section:has(#authorities) textarea", "Corrected: it is.")
    one.page.click("section:has(#authorities) form button")
    one.page.wait_for_url("**#authorities")
    assert one.faults() == []
    authority.page.reload()
    assert "Corrected: it is." in authority.page.inner_text(place)


def many_words(world: World) -> WordImport:
    """A report with something of everything, and an edited Word document that came back."""
    section = world.paragraph.section
    for number in range(3):
        paragraphs.add_paragraph(section, text={"en": f"Point {number} on the campaign in the villages."}, by=world.by)
    version = versions.freeze_version(world.report, by=world.by)
    word = Word(docx_of(version))
    word.replace("Point 0 on the campaign", "Point 0 about the long campaign")
    word.behind("Point 0", "A new thought, written in Word.")
    word.remove("Point 2")
    word.behind("Recommendations", "A remark below an appendix.")
    paragraphs.save_paragraph(world.paragraph, version=1, language="en", text="Other words of the summary.", by=world.by)
    word.replace("Words of the summary", "Words of the whole summary")
    from django.core.files.uploadedfile import SimpleUploadedFile

    return word_import.bring_document(world.report, by=world.by, file=SimpleUploadedFile("edited.docx", word.saved()))


def test_the_pages_of_a_report_are_whole_on_a_phone_and_a_desk_for_each_reader(at_desks: World, desk: Callable[..., Desk]) -> None:
    """axe, and no page wider than the screen: as publisher, head, observer, auditor."""
    row = many_words(at_desks)
    remarks.make_remark(
        at_desks.paragraph, by=user_actor(at_desks.users["observer_a"]), kind="suggestion", language="en", text="Fewer words."
    )
    read = [at(at_desks, "report"), at(at_desks, "section", "summary"), at(at_desks, "paragraph", at_desks.paragraph.uuid)]
    read += [at(at_desks, "version", 2), at(at_desks, "compare"), f"{at(at_desks, 'compare')}?from=1&to=now&all=1"]
    write = [at(at_desks, "report_cover"), at(at_desks, "word"), at(at_desks, "word_import", row.uuid)]
    pages = {"publisher": [*read, *write], "head": read, "observer_a": read, "auditor": read}
    faults = []
    for persona, paths in pages.items():
        for width in (360, 1280):
            one = desk(width=width, bypass_csp=True)
            one.sign_in(at_desks.users[persona].email)
            for path in paths:
                one.open(path)
                faults += [f"{persona} {width}: {fault}" for fault in one.faults()]
                one.shot(f"report-{persona}-{width}-{path.strip('/').rsplit('report', 1)[-1].replace('/', '_')[:24] or 'home'}")
            one.context.close()
    assert faults == []
