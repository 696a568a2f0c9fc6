"""The authorities are asked by secure link, comment until the day, and are answered; the draft leaves no open comment behind."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from lxml import etree

from accounts.models import SecureLink
from core import clock
from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import OutboxMail
from missions.models import Request
from reports import reminders
from reports.models import ConsultationComment, DraftInvitation, Recommendation, Report, ReportParagraph
from reports.services import consultation, letters, lifecycle, paragraphs
from tests.conftest_missions import LETTER


@pytest.fixture
def asked(drafting, make_report, walk, as_coordinator) -> DraftInvitation:
    """The authority of the mission's request, asked to comment for a fortnight."""
    report = walk(make_report(drafting), "agreed")
    lifecycle.move_report(report, "consult", by=as_coordinator, until=clock.today() + timedelta(days=14))
    return DraftInvitation.objects.get()


@pytest.fixture
def link(asked) -> str:
    """The path that the mail carries."""
    body = OutboxMail.objects.get(template="reports/mail/draft").body
    return re.search(r"(/link/[\w-]+/)", body).group(1)


def opened(client, link: str) -> str:
    """The path of the page behind the link."""
    return client.get(link)["Location"]


def test_the_contact_of_the_request_is_asked_once_with_the_frozen_draft(asked, as_coordinator):
    mail = OutboxMail.objects.get(template="reports/mail/draft")
    assert (asked.address, mail.address, asked.version.reason) == ("office@example.org", "office@example.org", "consultation")
    lifecycle.move_report(asked.report, "consult", by=as_coordinator, until=clock.today() + timedelta(days=20))
    assert DraftInvitation.objects.count() == OutboxMail.objects.filter(template="reports/mail/draft").count() == 1


def test_without_an_address_nobody_is_asked_and_the_request_is_named(drafting, make_report, walk, as_coordinator):
    report = walk(make_report(drafting), "agreed")
    Request.objects.update(contact_email="")
    with pytest.raises(NotNow) as refusal:
        lifecycle.move_report(report, "consult", by=as_coordinator, until=clock.today() + timedelta(days=14))
    assert [(one.code, one.url) for one in refusal.value.missing] == [("no_contact", drafting.request.get_absolute_url())]


def test_a_letter_is_entered_at_the_desk_and_answered_behind_the_link(asked, link, client_for, coordinator, as_coordinator, outsider):
    url = reverse("reports:comment_enter", args=[asked.mission.reference, asked.uuid])
    desk, stranger = client_for(coordinator), client_for(None)
    about = next(one.key for _title, rows in consultation.places_of(asked) for one in rows if one.label == "Recommendation 5.a")
    today = clock.today()
    letter = SimpleUploadedFile("letter.pdf", LETTER, "application/pdf")
    given = {"way": "letter", "received_on": today.isoformat(), "about": about, "text": "The deadline is six months.", "file": letter}
    assert "Recommendation 5.a" in desk.get(url).content.decode()
    for wrong in ({"way": "link"}, {"received_on": (today + timedelta(days=1)).isoformat()}, {"text": "", "file": ""}, {"about": "9.z"}):
        assert desk.post(url, given | wrong).status_code == 400, wrong
    assert not ConsultationComment.objects.exists()
    letter.seek(0)
    assert desk.post(url, given).status_code == 302
    comment = ConsultationComment.objects.get()
    assert (comment.way, comment.author, comment.place, comment.is_late) == ("letter", asked.name, "Recommendation 5.a", False)
    assert comment.file.name == "letter.pdf" and comment.entered_by == str(as_coordinator)
    assert [one.code for one in consultation.missing_for_leaving(asked.report)] == ["comment_open"]
    consultation.answer_comment(comment, by=as_coordinator, answer="Six months it is.")
    for text in (stranger.get(opened(stranger, link)).content.decode(), desk.get(consultation.page_of(asked.report)).content.decode()):
        assert "by letter" in text and "The deadline is six months." in text and "Six months it is." in text
    assert client_for(outsider).post(url, given).status_code == 404
    with pytest.raises(NotAllowed):
        letters.enter_comment(asked, by=user_actor(outsider), way="mail", received_on=today, text="x")


def test_a_letter_that_came_after_the_day_is_late(asked, as_coordinator):
    DraftInvitation.objects.update(until=clock.today() - timedelta(days=1))
    comment = letters.enter_comment(asked, by=as_coordinator, way="mail", received_on=clock.today(), text="Sorry.")
    assert ConsultationComment.objects.get(pk=comment.pk).is_late


def test_the_authority_reads_comments_and_is_answered_without_an_account(asked, link, client_for, coordinator, rapporteur_of):
    stranger = client_for(None)
    page = opened(stranger, link)
    draft = stranger.get(page)
    assert "Words of the conclusions." in draft.content.decode() and draft["Cache-Control"] == "no-store"
    asked.refresh_from_db()
    assert asked.opened_at is not None
    assert stranger.post(page, {"text": " "}).status_code == 400
    assert stranger.post(page, {"text": "The date of the law is wrong."}).status_code == 302
    comment = ConsultationComment.objects.get()
    desk = client_for(coordinator)
    report_page = reverse("reports:report", args=[asked.mission.reference])
    assert "The date of the law is wrong." in desk.get(report_page).content.decode()
    answer = reverse("reports:comment_answer", args=[asked.mission.reference, comment.uuid])
    assert desk.post(answer, {"answer": ""}).status_code == 400
    assert client_for(rapporteur_of(asked)).post(answer, {"answer": "Corrected in chapter 5."}).status_code == 302
    assert "Corrected in chapter 5." in stranger.get(page).content.decode()


def test_a_document_may_come_with_the_comment_and_nothing_else(asked, link, client_for, coordinator):
    from django.core.files.uploadedfile import SimpleUploadedFile as Upload

    stranger = client_for(None)
    page = opened(stranger, link)
    assert stranger.post(page, {"text": "", "file": Upload("x.pdf", b"<script>")}).status_code == 400
    assert stranger.post(page, {"text": "", "file": Upload("remarks.pdf", LETTER)}).status_code == 302
    comment = ConsultationComment.objects.get()
    answer = client_for(coordinator).get(reverse("reports:comment_file", args=[asked.mission.reference, comment.uuid]))
    assert b"".join(answer.streaming_content) == LETTER and answer["Content-Disposition"].startswith("attachment")


def test_the_consultation_ends_early_with_a_reason_or_when_all_is_in(asked):
    report = asked.report
    with pytest.raises(Invalid, match="Say why the consultation ends before"):
        lifecycle.agree_report(report, by=SYSTEM)
    consultation.finish_comments(asked, by=SYSTEM)
    assert lifecycle.agree_report(report, by=SYSTEM).state == "agreed"


def test_an_unanswered_comment_stops_the_draft(asked, as_coordinator):
    comment = consultation.give_comment(asked, by=SYSTEM, text="A wrong date.")
    with pytest.raises(NotNow) as refusal:
        lifecycle.agree_report(asked.report, by=SYSTEM, note="They have written.")
    assert [one.code for one in refusal.value.missing] == ["comment_open"]
    consultation.answer_comment(comment, by=as_coordinator, answer="Corrected.")
    assert lifecycle.agree_report(asked.report, by=SYSTEM, note="They have written.").state == "agreed"


def test_after_the_day_no_reason_is_asked_and_a_comment_is_kept_as_late(asked, link, client_for, coordinator, time_machine):
    page = opened(client_for(None), link)
    time_machine.move_to(clock.now() + timedelta(days=16), tick=False)
    assert "marked as late" in client_for(None).get(page).content.decode()
    assert client_for(None).post(page, {"text": "It was on leave."}).status_code == 302
    comment = ConsultationComment.objects.get()
    assert comment.is_late and ">late<" in client_for(coordinator).get(asked.report.get_absolute_url()).content.decode()
    with pytest.raises(NotNow):
        consultation.finish_comments(asked, by=SYSTEM)
    consultation.answer_comment(comment, by=SYSTEM, answer="Still taken up.")
    assert lifecycle.agree_report(asked.report, by=SYSTEM).state == "agreed"
    with pytest.raises(NotNow):
        consultation.give_comment(asked, by=SYSTEM, text="Later still.")


def test_more_time_is_given_with_a_reason_the_link_and_the_reminder_follow(
    asked, link, client_for, coordinator, publisher, as_coordinator, outsider, time_machine
):
    report, page = asked.report, opened(client_for(None), link)
    first, day = report.consultation_until, report.consultation_until + timedelta(days=21)
    for values in ({"until": first, "reason": "x"}, {"until": day, "reason": " "}):
        with pytest.raises(Invalid):
            consultation.extend_consultation(report, by=as_coordinator, **values)
    with pytest.raises(NotAllowed):
        consultation.extend_consultation(report, by=user_actor(outsider), until=day, reason="x")
    time_machine.move_to(clock.now() + timedelta(days=16), tick=False)  # the day has passed
    late = consultation.give_comment(asked, by=SYSTEM, text="Late.")
    assert late.is_late
    url = reverse("reports:consultation_extend", args=[report.mission.reference])
    assert client_for(coordinator).post(url, {"until": first, "reason": "Kept words."}).status_code == 400
    assert client_for(publisher).post(url, {"until": day, "reason": "They asked by telephone."}).status_code == 302
    consultation.extend_consultation(report, by=as_coordinator, until=day, reason="Twice.")
    mail = OutboxMail.objects.get(template="reports/mail/draft_extended")
    assert mail.address == "office@example.org" and "telephone" not in mail.body and "/link/" not in mail.body
    report.refresh_from_db()
    asked.refresh_from_db()
    late.refresh_from_db()
    assert (report.consultation_until, asked.until, report.extensions.get().was) == (day, day, first)
    assert not ConsultationComment.objects.get().is_late, "the day is another now"
    assert "They asked by telephone." in client_for(coordinator).get(report.get_absolute_url()).content.decode()
    time_machine.move_to(clock.now() + timedelta(days=15), tick=False)
    assert client_for(None).get(page).status_code == 200
    assert SecureLink.objects.get(purpose=consultation.PURPOSE).expires_at.date() == day + timedelta(days=consultation.LATE_DAYS)
    due = [row.occurrence for row in reminders.pending_comments(clock.now() + timedelta(days=2)) if row.due_at > clock.now()]
    assert due == [f"{day}-3"]
    consultation.answer_comment(late, by=as_coordinator, answer="Yes.")
    with pytest.raises(Invalid, match="Say why the consultation ends before"):
        lifecycle.agree_report(report, by=SYSTEM)
    answer = client_for(coordinator).post(
        reverse("report-extend", args=[report.uuid]), {"until": "2031-01-31", "reason": "x"}, content_type="application/json"
    )
    assert answer.status_code == 200
    lifecycle.agree_report(Report.objects.get(pk=report.pk), by=SYSTEM, note="All is in.")
    with pytest.raises(NotNow):
        consultation.extend_consultation(report, by=as_coordinator, until=day + timedelta(days=900), reason="x")


def test_the_link_is_dead_once_the_report_goes_on(asked, link, client_for):
    page = opened(client_for(None), link)
    lifecycle.agree_report(asked.report, by=SYSTEM, note="They telephoned.")
    assert client_for(None).get(page).status_code == 410


def test_nobody_comments_for_an_authority_and_strangers_answer_nothing(asked, as_coordinator, outsider):
    with pytest.raises(NotAllowed):
        consultation.give_comment(asked, by=as_coordinator, text="As if.")
    comment = consultation.give_comment(asked, by=SYSTEM, text="A wrong date.")
    with pytest.raises(NotAllowed):
        consultation.answer_comment(comment, by=user_actor(outsider), answer="No.")


def test_a_fresh_link_goes_out_once_a_day_and_the_old_one_is_dead(asked, link, as_coordinator, client_for, time_machine):
    page = opened(client_for(None), link)
    with pytest.raises(NotNow):
        consultation.ask_again(asked, by=as_coordinator)
    time_machine.move_to(clock.now() + timedelta(days=2), tick=False)
    consultation.ask_again(asked, by=as_coordinator)
    assert OutboxMail.objects.filter(template="reports/mail/draft").count() == 2
    assert client_for(None).get(page).status_code == 410


@pytest.fixture
def rapporteur_of():
    """The account of the mission's rapporteur."""
    return lambda invitation: invitation.mission.assignments.with_role("rapporteur").get().person.user


def test_the_report_page_names_who_was_asked_but_not_to_observers(asked, client_for, coordinator, make_assignment):
    url = reverse("reports:report", args=[asked.mission.reference])
    assert "office@example.org" in client_for(coordinator).get(url).content.decode()
    observer = make_assignment(asked.mission, "observer").person.user
    assert "office@example.org" not in client_for(observer).get(url).content.decode()
    assert Report.objects.get().state == "consultation"


def test_a_second_round_waits_for_its_own_answers_only(asked, as_coordinator):
    report = lifecycle.agree_report(asked.report, by=SYSTEM, note="A new draft follows.")
    lifecycle.move_report(report, "consult", by=as_coordinator, until=clock.today() + timedelta(days=20))
    second = DraftInvitation.objects.order_by("pk").last()
    assert second != asked
    consultation.finish_comments(second, by=SYSTEM)
    assert lifecycle.agree_report(report, by=SYSTEM).state == "agreed"


def test_a_comment_is_given_at_its_paragraph_and_answered_there(asked, link, client_for, coordinator, as_coordinator):
    stranger, desk = client_for(None), client_for(coordinator)
    page = opened(stranger, link)
    row = ReportParagraph.objects.get(section__code="introduction")
    answer = stranger.post(page, {"text": "The law is of 2024.", "about": str(row.uuid)})
    assert answer["Location"].endswith(f"#place-{row.uuid}")
    comment = ConsultationComment.objects.get()
    assert (comment.paragraph, comment.place, comment.quote) == (row, "1", "Words of the introduction.")
    at_desk = reverse("reports:paragraph", args=[asked.mission.reference, row.uuid])
    assert "The law is of 2024." in desk.get(at_desk).content.decode()
    chapter = desk.get(reverse("reports:section", args=[asked.mission.reference, "introduction"])).content.decode()
    assert "1 unanswered comment of the authorities" in chapter
    reply = reverse("reports:comment_answer", args=[asked.mission.reference, comment.uuid])
    assert desk.post(reply, {"answer": "Corrected.", "beside": "1"})["Location"] == f"{at_desk}#authorities"
    shown = stranger.get(page).content.decode()
    place = shown[shown.index(f'id="place-{row.uuid}"') :]
    assert "Corrected." in place[: place.index("</details>")], "the answer stands at the paragraph"


def test_calls_and_fixed_sentences_can_be_commented_by_their_number(asked, link, client_for):
    stranger = client_for(None)
    page = opened(stranger, link)
    call = Recommendation.objects.get()
    for about in (str(call.uuid), "2.a", "6"):
        assert stranger.post(page, {"text": f"About {about}.", "about": about}).status_code == 302
    places = list(ConsultationComment.objects.values_list("place", flat=True))
    assert places == ["Recommendation 5.a", "Recommendation 2.a", "Recommendation 6"]
    assert not ConsultationComment.objects.exclude(paragraph=None).exists()


@pytest.mark.parametrize("about", ["9.z", "00000000-0000-4000-8000-000000000000", "<script>"])
def test_a_place_that_the_draft_does_not_have_is_refused_and_the_words_stay(about, asked, link, client_for):
    stranger = client_for(None)
    answer = stranger.post(opened(stranger, link), {"text": "My long words.", "about": about})
    assert (answer.status_code, ConsultationComment.objects.count()) == (400, 0)
    assert "My long words." in answer.content.decode()


def test_a_comment_outlives_its_paragraph(asked, link, client_for, coordinator, as_coordinator):
    stranger = client_for(None)
    page = opened(stranger, link)
    row = ReportParagraph.objects.get(section__code="introduction")
    stranger.post(page, {"text": "The law is of 2024.", "about": str(row.uuid)})
    paragraphs.remove_paragraph(row, version=1, by=as_coordinator)
    shown = client_for(coordinator).get(reverse("reports:report", args=[asked.mission.reference])).content.decode()
    for words in ("The law is of 2024.", "About paragraph 1 as it was sent to them", "Words of the introduction."):
        assert words in shown
    assert "The law is of 2024." in stranger.get(page).content.decode()


def test_who_reads_the_page_in_another_language_sees_the_draft_whole_in_its_own(asked, link, client):
    path = opened(client, link)
    client.cookies["django_language"] = "fr"
    page = etree.HTML(client.get(path).content)
    (draft,) = page.xpath('//div[contains(@class, "draft-text")]')
    heads = [" ".join(" ".join(one.itertext()).split()) for one in draft.xpath(".//h2|.//h3|.//th")]
    assert draft.get("lang") == "en" and "Summary" in heads
    assert not set(heads) & {"Programme de la mission", "Délégation", "Jour", "Nom", "Chiffres du jour du scrutin"}, heads
    assert "Vos commentaires" in " ".join(page.itertext())
