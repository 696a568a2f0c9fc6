"""The thread under a remark: replies, opening it again, changing and taking back one's own; who is told; the API of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import AuditEntry, Reminder
from core.reminders import sweep_reminders
from reports import reminders_writing
from reports.models import ParagraphRemark, Report, ReportParagraph
from reports.services import remark_threads, remarks


@pytest.fixture
def paragraph(drafting, make_report, figures) -> ReportParagraph:
    """The paragraph of the summary: “Words of the summary.”"""
    make_report(drafting)
    return ReportParagraph.objects.select_related("section__report").get(section__code="summary")


@pytest.fixture
def people(drafting, make_assignment, paragraph):
    """Accounts: who writes, two who observe, and a partner."""
    roles = {"writer": "rapporteur", "olga": "observer", "oleg": "observer", "partner": "partner"}
    return {name: make_assignment(drafting, role, name.title(), "Ash").person.user for name, role in roles.items()}


def comment(paragraph: ReportParagraph, user, text: str = "Which cities?", **values: str) -> ParagraphRemark:
    return remarks.make_remark(paragraph, by=user_actor(user), **({"kind": "comment", "language": "en", "text": text} | values))


def acts(remark: ParagraphRemark) -> list[tuple[str, str]]:
    return [(entry.act, entry.text) for entry in remark.entries.all()]


def test_a_remark_is_answered_decided_and_opened_again_and_all_of_it_is_kept(paragraph, people, client_for, outsider):
    remark, writer, olga = comment(paragraph, people["olga"]), user_actor(people["writer"]), user_actor(people["olga"])
    url = lambda act: reverse(f"reports:remark_{act}", args=[remark.mission.reference, remark.uuid])  # noqa: E731
    assert client_for(people["oleg"]).post(url("reply"), {"text": "Those on the coast."}).status_code == 302
    assert client_for(people["partner"]).post(url("reply"), {"text": "x"}).status_code == 403
    assert client_for(outsider).post(url("reply"), {"text": "x"}).status_code == 404
    assert client_for(people["oleg"]).post(url("reply"), {"text": "  "}).status_code == 400
    remarks.accept_remark(remark, by=writer, version=1, answer="Named now.")
    with pytest.raises(NotAllowed):
        remark_threads.reopen_remark(remark, by=user_actor(people["oleg"]), reason="Mine as well.")
    with pytest.raises(Invalid):
        remark_threads.reopen_remark(remark, by=olga, reason=" ")
    assert client_for(people["olga"]).post(url("reopen"), {"reason": "One is missing."}).status_code == 302
    with pytest.raises(NotNow):
        remark_threads.reopen_remark(remark, by=olga, reason="Again.")
    remarks.reject_remark(remark, by=writer, answer="It is not on the coast.")
    remark.refresh_from_db()
    said = ["Those on the coast.", "Named now.", "One is missing.", "It is not on the coast."]
    assert (remark.state, remark.answer) == ("rejected", said[-1])
    assert acts(remark) == list(zip(["reply", "accepted", "reopened", "rejected"], said, strict=True))
    page = client_for(people["olga"]).get(reverse("reports:paragraph", args=[remark.mission.reference, paragraph.uuid])).content.decode()
    assert all(words in page for words in said)
    logged = set(AuditEntry.objects.filter(action__startswith="reports.remark_").values_list("action", flat=True))
    assert logged == {"reports.remark_answered", "reports.remark_decided", "reports.remark_reopened"}


def test_an_author_changes_and_takes_back_while_nobody_has_answered(paragraph, people):
    olga, oleg = user_actor(people["olga"]), user_actor(people["oleg"])
    remark = comment(paragraph, people["olga"], "Careful words of the summary.", kind="suggestion", why="Tone.")
    with pytest.raises(NotAllowed):
        remark_threads.change_remark(remark, by=oleg, text="x")
    with pytest.raises(Invalid, match="change a word"):
        remark_threads.change_remark(remark, by=olga, text="Words of the summary.")
    remark_threads.change_remark(remark, by=olga, text="Calm words of the summary.")
    remark_threads.change_remark(remark, by=olga, text="Calm words of the summary.")
    assert acts(remark) == [("changed", "Careful words of the summary.\n\nTone.")]
    remark_threads.reply_to_remark(remark, by=olga, text="To say it clearly: only the tone.")
    remark_threads.take_back_remark(remark, by=olga)
    taken = remark_threads.take_back_remark(remark, by=olga)
    assert (taken.state, [act for act, _text in acts(taken)]) == ("withdrawn", ["changed", "reply", "withdrawn"])
    assert remarks.open_counts(remark.report) == {}
    for act in (
        lambda: remark_threads.reply_to_remark(remark, by=oleg, text="x"),
        lambda: remarks.accept_remark(remark, by=user_actor(people["writer"]), version=1),
        lambda: remark_threads.reopen_remark(remark, by=olga, reason="x"),
    ):
        with pytest.raises(NotNow):
            act()
    answered = comment(paragraph, people["olga"])
    remark_threads.reply_to_remark(answered, by=oleg, text="All of them.")
    for late in (
        lambda: remark_threads.change_remark(answered, by=olga, text="x"),
        lambda: remark_threads.take_back_remark(answered, by=olga),
    ):
        with pytest.raises(NotNow, match="answered"):
            late()
    Report.objects.filter(pk=answered.report_id).update(state="adopted", adopted_on="2027-01-01")
    with pytest.raises(NotNow, match="adopted"):
        remark_threads.reply_to_remark(answered, by=oleg, text="Too late.")


def test_those_concerned_are_told_once_a_day_and_nobody_of_their_own_words(paragraph, people, time_machine):
    now = clock.now()
    sunday = (now + timedelta(days=13 - now.weekday())).replace(hour=9, minute=0)  # mails go out by day and in the week
    time_machine.move_to(sunday, tick=False)
    remark = comment(paragraph, people["olga"])
    comment(paragraph, people["writer"], "A note to myself.")
    for text in ("On the coast.", "And inland."):
        remark_threads.reply_to_remark(remark, by=user_actor(people["oleg"]), text=text)
    mails = {name: user.person.email for name, user in people.items()}
    at = clock.now() + timedelta(days=4)
    told = [(due.recipient.address, due.occurrence) for due in reminders_writing.pending_answers(at)]
    assert told == [(mails["olga"], str(remark.entries.last().uuid))], "the last word alone, to the author alone"
    made = [(due.recipient.address, due.context["count"]) for due in reminders_writing.pending_remarks(at)]
    assert made == [(mails["writer"], 1)], "the rapporteur is not told of an own remark"
    assert not [due for due in reminders_writing.pending_remarks(clock.now()) if due.due_at <= clock.now()], "the day after"
    sweep_reminders()
    for days in (4, 5):  # what is new on the fourth day waits for the next gathered mail
        time_machine.move_to(at + timedelta(days=days - 4), tick=False)
        sweep_reminders()
    sent = Reminder.objects.filter(rule__startswith="reports.remark", state="sent").order_by("rule")
    assert [(row.rule, row.address) for row in sent] == [
        ("reports.remark_answered", mails["olga"]),
        ("reports.remarks_made", mails["writer"]),
    ]
    assert not [row for row in sent if "coast" in row.mail.body or "cities" in row.mail.body], "no word of the draft leaves by mail"
    remark_threads.reply_to_remark(remark, by=user_actor(people["olga"]), text="Thank you.")
    assert {due.recipient.address for due in reminders_writing.pending_answers(clock.now())} == {mails["oleg"]}


def test_the_api_lists_makes_answers_decides_and_takes_over(paragraph, people, client_for, outsider, django_assert_max_num_queries):
    olga, writer, made = client_for(people["olga"]), client_for(people["writer"]), reverse("remark-list")
    given = {"paragraph": str(paragraph.uuid), "kind": "suggestion", "language": "en", "text": "Careful words of the summary."}
    row = olga.post(made, given, content_type="application/json")
    assert (row.status_code, row.json()["state"], row.json()["author"]) == (201, "open", "Olga Ash")
    at = lambda act: reverse(f"remark-{act}", args=[row.json()["uuid"]])  # noqa: E731
    wrong = olga.post(made, given | {"text": "Words of the summary."}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "remark_same")
    changed = olga.patch(at("detail"), {"text": "Calm words of the summary."}, content_type="application/json").json()
    assert [entry["act"] for entry in changed["entries"]] == ["changed"]
    reply = writer.post(at("reply"), {"text": "Good."}, content_type="application/json")
    assert (reply.status_code, reply.json()["entries"][-1]["author"]) == (201, "Writer Ash")
    assert olga.post(at("take-back")).json()["errors"][0]["code"] == "remark_answered"
    assert olga.post(at("accept"), {"version": 1}, content_type="application/json").status_code == 403
    assert writer.post(at("accept"), {"version": 0}, content_type="application/json").status_code == 409
    assert writer.post(at("accept"), {"version": 1}, content_type="application/json").json()["state"] == "accepted"
    assert writer.post(at("reopen"), {"reason": "Too calm."}, content_type="application/json").json()["state"] == "open"
    assert writer.post(at("reject"), {}, content_type="application/json").status_code == 400
    assert writer.post(at("reject"), {"answer": "Enough."}, content_type="application/json").json()["answer"] == "Enough."
    for number in range(4):
        comment(paragraph, people["olga"], f"Number {number}.")
    with django_assert_max_num_queries(12):
        listed = olga.get(made, {"paragraph": str(paragraph.uuid), "state": "open"}).json()
    assert listed["count"] == 4
    assert client_for(people["partner"]).get(made).json()["count"] == client_for(outsider).get(made).json()["count"] == 0
    assert client_for(outsider).get(at("detail")).status_code == 404
