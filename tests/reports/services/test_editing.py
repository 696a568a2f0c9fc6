"""Writing together: drafts that survive, a stale save that loses no word, remarks that are taken over or rejected."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts import stored
from core import translations
from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import AuditEntry
from reports.models import ParagraphDraft, ParagraphRemark, Report, ReportParagraph, ReportSection
from reports.services import drafts, paragraphs, remarks


@pytest.fixture
def report(drafting, make_report, figures) -> Report:
    """A report with the required chapters."""
    return make_report(drafting)


@pytest.fixture
def paragraph(report) -> ReportParagraph:
    """The paragraph of the summary: “Words of the summary.”"""
    return ReportParagraph.objects.select_related("section__report").get(section__code="summary")


@pytest.fixture
def writer(drafting, make_assignment):
    """The rapporteur's account."""
    return make_assignment(drafting, "rapporteur", "Rita", "Reporter").person.user


@pytest.fixture
def observer(drafting, make_assignment):
    """An observer's account."""
    return make_assignment(drafting, "observer", "Olga", "Observer").person.user


def url(name: str, report: Report, *parts: object) -> str:
    return reverse(f"reports:{name}", args=[report.mission.reference, *parts])


def text_of(paragraph: ReportParagraph, language: str = "en") -> str:
    return translations.text_of(paragraph, "text", language)


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_for_its_writer_alone_and_ends_with_the_save(paragraph, report, writer, coordinator, client_for, as_coordinator):
    mine, page = client_for(writer), url("paragraph", report, paragraph.uuid)
    answer = mine.post(url("paragraph_draft", report, paragraph.uuid), {"language": "en", "text": "Words, more words.", "version": "1"})
    assert answer.json()["sentence"].startswith("Draft saved at ")
    assert AuditEntry.objects.filter(action="reports.paragraph_saved").count() == 0, "typing is no act"
    assert "Words, more words." in mine.get(page).content.decode()
    other = client_for(coordinator).get(page).content.decode()
    assert "Words, more words." not in other and "Rita Reporter has unsaved words in EN" in other
    assert text_of(paragraph) == "Words of the summary."
    assert mine.post(page, {"language": "en", "text": "Words, more words.", "version": "1"}).status_code == 302
    assert (text_of(paragraph), ParagraphDraft.objects.count()) == ("Words, more words.", 0)


def test_typing_what_is_stored_leaves_no_draft_and_dropping_takes_it_back(paragraph, report, writer, client_for):
    keep, client = url("paragraph_draft", report, paragraph.uuid), client_for(writer)
    client.post(keep, {"language": "en", "text": "x", "version": "1"})
    client.post(keep, {"language": "fr", "text": "y", "version": "1"})
    assert client.post(keep, {"language": "en", "text": " Words of the summary.\r\n", "version": "1"}).json()["saved_at"] is None
    assert client.post(keep, {"language": "fr", "discard": "1"}).status_code == 302
    assert ParagraphDraft.objects.count() == 0


@pytest.mark.parametrize(("language", "text"), [("xx", "x"), ("de", "x"), ("en", "x" * (drafts.LONGEST + 1))])
def test_a_draft_that_the_report_cannot_hold_is_refused(language, text, paragraph, as_coordinator):
    with pytest.raises(Invalid):
        drafts.keep_draft(paragraph, by=as_coordinator, language=language, text=text)


def test_only_who_may_write_keeps_drafts(paragraph, observer, outsider, report, client_for):
    with pytest.raises(NotAllowed):
        drafts.keep_draft(paragraph, by=user_actor(observer), language="en", text="x")
    assert client_for(outsider).post(url("paragraph_draft", report, paragraph.uuid), {"language": "en", "text": "x"}).status_code == 404


def test_a_new_paragraph_has_a_draft_too(report, writer, client_for):
    client, section = client_for(writer), ReportSection.objects.get(report=report, code="media")
    client.post(url("section_draft", report, "media"), {"language": "fr", "text": "Les médias."})
    client.post(url("section_draft", report, "media"), {"language": "en", "text": "The media, half a sen"})
    page = client.get(url("section", report, "media")).content.decode()
    assert "The media, half a sen" in page and "Les médias." in page
    client.post(url("section", report, "media"), {"text_en": "The media were free.", "text_fr": "Les médias."})
    assert (section.paragraphs.count(), ParagraphDraft.objects.count()) == (1, 0)


def test_words_outlive_the_paragraph_that_somebody_removed(paragraph, report, writer, as_coordinator, client_for):
    client = client_for(writer)
    client.post(url("paragraph_draft", report, paragraph.uuid), {"language": "en", "text": "My hour of work.", "version": "1"})
    paragraphs.remove_paragraph(paragraph, version=1, by=as_coordinator)
    page = url("section", report, "summary")
    assert "My hour of work." in client.get(page).content.decode()
    row = ParagraphDraft.objects.get()
    client.post(url("section_draft", report, "summary"), {"discard": "1", "left_over": str(row.uuid)})
    assert "My hour of work." not in client.get(page).content.decode()


def test_words_outlive_the_report_that_was_closed_meanwhile(paragraph, report, writer, client_for):
    Report.objects.filter(pk=report.pk).update(state="committee")
    client, page = client_for(writer), url("paragraph", report, paragraph.uuid)
    assert client.post(page, {"language": "en", "text": "Too late a word.", "version": "1"}).status_code == 409
    shown = client.get(page).content.decode()
    assert "Too late a word." in shown and "copy them from here" in shown and '<textarea id="t-en"' not in shown


def test_a_stale_save_shows_both_texts_joins_them_and_keeps_the_draft(paragraph, report, writer, client_for, as_coordinator):
    paragraphs.save_paragraph(paragraph, version=1, language="en", text="New words of the summary.", by=as_coordinator)
    client, page = client_for(writer), url("paragraph", report, paragraph.uuid)
    given = {"language": "en", "text": "Words of the summary, mine.", "version": "1", "base": "Words of the summary.", "with_findings": "1"}
    answer = client.post(page, given)
    shown = answer.content.decode()
    assert answer.status_code == 409
    for words in (
        "New words of the summary.</p>",
        ">Words of the summary, mine.</textarea>",
        ">New words of the summary, mine.</textarea>",
    ):
        assert words in shown
    assert 'name="with_findings" value="1"' in shown
    assert ParagraphDraft.objects.get().text == "Words of the summary, mine."
    again = client.get(page).content.decode()
    assert "when you save, both texts are shown" in again, "also after a crash at this very moment"
    assert client.post(page, {"language": "en", "text": "New words of the summary, mine.", "version": "2"}).status_code == 302
    assert (text_of(paragraph), ParagraphDraft.objects.count()) == ("New words of the summary, mine.", 0)


# --- remarks ----------------------------------------------------------------------------------------------------------


def suggest(paragraph: ReportParagraph, user, text: str, **values: str) -> ParagraphRemark:
    values = {"kind": "suggestion", "language": "en"} | values
    return remarks.make_remark(paragraph, by=user_actor(user), text=text, **values)


def test_a_suggestion_is_shown_word_by_word_and_taken_over_with_one_click(paragraph, report, observer, writer, client_for):
    given = {"kind": "suggestion", "language": "en", "text": "Careful words of the summary.", "why": "Tone."}
    assert client_for(observer).post(url("paragraph_remark", report, paragraph.uuid), given).status_code == 302
    remark, client = ParagraphRemark.objects.get(), client_for(writer)
    page = client.get(url("paragraph", report, paragraph.uuid)).content.decode()
    assert "<del>Words</del><ins>Careful words</ins>" in page and "Olga Observer" in page and "Observer" in page
    assert "1 open remark" in client.get(url("section", report, "summary")).content.decode()
    assert client.post(url("remark_decide", report, remark.uuid), {"accept": "1", "version": "1"}).status_code == 302
    remark.refresh_from_db()
    assert (text_of(paragraph), remark.state, remark.role) == ("Careful words of the summary.", "accepted", "observer")
    assert client.post(url("remark_decide", report, remark.uuid), {"accept": "1", "version": "2"}).status_code == 409


def test_taking_over_keeps_what_others_changed_elsewhere(paragraph, observer, as_coordinator):
    remark = suggest(paragraph, observer, "Careful words of the summary.")
    paragraphs.save_paragraph(paragraph, version=1, language="en", text="Words of the long summary.", by=as_coordinator)
    with pytest.raises(paragraphs.StaleParagraph):
        remarks.accept_remark(remark, by=as_coordinator, version=1)
    remarks.accept_remark(remark, by=as_coordinator, version=2)
    assert text_of(paragraph) == "Careful words of the long summary."


def test_a_suggestion_about_words_that_are_gone_is_left_to_a_person(paragraph, observer, as_coordinator):
    remark = suggest(paragraph, observer, "Careful words of the summary.")
    paragraphs.save_paragraph(paragraph, version=1, language="en", text="Sentences of the summary.", by=as_coordinator)
    with pytest.raises(NotNow, match="by hand"):
        remarks.accept_remark(remark, by=as_coordinator, version=2)
    assert [one.clashes for one in remarks.shown_remarks(paragraph.remarks.all(), by=as_coordinator)] == [True]
    with pytest.raises(Invalid):
        remarks.reject_remark(remark, by=as_coordinator, answer=" ")
    remarks.reject_remark(remark, by=as_coordinator, answer="We said it otherwise.")
    remark.refresh_from_db()
    assert (remark.state, remark.answer) == ("rejected", "We said it otherwise.")


def test_empty_and_unchanged_suggestions_are_refused(paragraph, observer):
    for text in (" ", "Words of the summary."):
        with pytest.raises(Invalid):
            suggest(paragraph, observer, text)
    with pytest.raises(Invalid):
        suggest(paragraph, observer, "x", kind="order")


def test_who_may_say_something_and_who_decides(paragraph, report, observer, make_assignment, drafting, outsider, client_for):
    partner = make_assignment(drafting, "partner", "Paul", "Partner").person.user
    for user in (partner, outsider):
        with pytest.raises(NotAllowed):
            suggest(paragraph, user, "x")
    remark = suggest(paragraph, observer, "A secret thought.", kind="comment")
    with pytest.raises(NotAllowed):
        remarks.accept_remark(remark, by=user_actor(observer), version=1)
    assert "A secret thought." in client_for(observer).get(url("paragraph", report, paragraph.uuid)).content.decode()
    assert "A secret thought." not in client_for(partner).get(url("paragraph", report, paragraph.uuid)).content.decode()


def test_an_adopted_text_is_no_longer_discussed(paragraph, report, observer):
    Report.objects.filter(pk=report.pk).update(state="adopted", adopted_on="2027-01-01")
    with pytest.raises(NotNow):
        suggest(ReportParagraph.objects.get(pk=paragraph.pk), observer, "x")


def test_what_a_person_said_is_handed_out_to_them(paragraph, observer, writer, as_coordinator):
    remark = suggest(paragraph, observer, "Careful words.")
    drafts.keep_draft(paragraph, by=user_actor(writer), language="en", text="Half a sen")
    remarks.accept_remark(remark, by=user_actor(writer), version=1, answer="Right.")
    told = {name: str(stored.stored_about(user.person)) for name, user in (("observer", observer), ("writer", writer))}
    assert "Careful words." in told["observer"] and "Half a sen" not in told["observer"]
    assert "Right." in told["writer"] and "Careful words." not in told["writer"]


# --- numbers and figures ------------------------------------------------------------------------------------------------


def test_paragraphs_show_the_number_they_would_be_frozen_with(report, as_coordinator, client_for, coordinator):
    section = ReportSection.objects.get(report=report, code="conclusions")
    paragraphs.add_paragraph(section, text={"en": "And {figure:B21} again, {figure:Z99}."}, by=as_coordinator)
    row = section.paragraphs.last()
    assert paragraphs.number_of(row) == 4
    page = client_for(coordinator).get(url("paragraph", report, row.uuid)).content.decode()
    assert "12 of 96 of the stations visited (12.5 %)" in page and "Nothing was counted for it" in page


@pytest.mark.parametrize("extra", [0, 6])
def test_queries_of_a_chapter_do_not_grow(extra, report, as_coordinator, observer, client_for, coordinator, django_assert_max_num_queries):
    section = ReportSection.objects.get(report=report, code="media")
    for number in range(1 + extra):
        row = paragraphs.add_paragraph(section, text={"en": f"Media {number}."}, by=as_coordinator)
        suggest(row, observer, f"Medium {number}.")
    client = client_for(coordinator)
    client.get(url("section", report, "media"))
    with django_assert_max_num_queries(32):
        client.get(url("section", report, "media"))


def test_a_writer_is_named_for_a_quarter_of_an_hour(paragraph, writer, as_coordinator, time_machine):
    from core import clock

    at = clock.now()
    time_machine.move_to(at)
    drafts.keep_draft(paragraph, by=user_actor(writer), language="en", text="x")
    assert [one.name for one in drafts.others_writing(paragraph, by=as_coordinator)] == ["Rita Reporter"]
    time_machine.move_to(at + timedelta(minutes=16))
    assert drafts.others_writing(paragraph, by=as_coordinator) == []
