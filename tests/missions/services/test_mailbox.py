"""Answers that arrive as mail: read from any kind of mailbox, once, and only from who was invited."""

from __future__ import annotations

import json
import mailbox
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage

import pytest
import time_machine
from django.core.management import CommandError, call_command

from config import celery
from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed
from core.models import AuditEntry, OutboxMail
from missions import schedule, tasks
from missions.models import MailedReply, Participant
from missions.services import calendars, invitations, meetings
from missions.services.mailbox import read_mailbox
from missions.services.organisations import add_contact, create_organisation
from tests.missions.services.test_invitations import reply

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_june():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def invite(mission, as_coordinator, bulgaria):
    """Invite an organisation to a meeting of its own, or to the one given."""
    numbers = iter(range(1, 50))

    def make(meeting=None, *, address: str = "") -> Participant:
        number = next(numbers)
        ngo = create_organisation(by=as_coordinator, name=f"Watch {number}", kind="ngo", country=bulgaria)
        add_contact(ngo, by=as_coordinator, name="Nadia Note", email=address or f"ngo{number}@example.org")
        if meeting is None:
            meeting = meetings.plan_meeting(
                mission, by=as_coordinator, kind="ngo", title=f"NGOs {number}", start_day=date(2027, 6, 10), start_time=time(8 + number),
                end_time=time(8 + number, 45), organisations=[ngo],
            )  # fmt: skip
        else:
            meetings.change_meeting(meeting, by=as_coordinator, organisations=[*asked_in(meeting), ngo])
        return invitations.invite(meeting.participants.get(organisation=ngo), by=as_coordinator)[0]

    return make


def asked_in(meeting):
    return [row.organisation for row in meeting.participants.all()]


def mail(
    content: bytes | None, *, sender: str = "Nadia Note <ngo1@example.org>", key: str = "<1@example.org>", method: str = "REPLY"
) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "scrutin@example.org", "Accepted: NGOs"
    if key:
        made["Message-ID"] = key
    made.set_content("Gladly.")
    if content is not None:
        made.add_attachment(content, maintype="text", subtype="calendar", filename="reply.ics", params={"method": method} if method else {})
    return made


def folder_of(path, *mails):
    path.mkdir(exist_ok=True)
    for number, one in enumerate(mails):
        (path / f"{number}.eml").write_bytes(one if isinstance(one, bytes) else one.as_bytes())
    return path


def why_of(path) -> str:
    answer = read_mailbox(path, by=SYSTEM)
    assert (answer["taken"], len(answer["refused"])) == (0, 1)
    assert answer["refused"][0]["why"].endswith(".")
    return answer["refused"][0]["why"]


@pytest.mark.parametrize("kind", ["mbox", "maildir", "eml"])
def test_replies_are_taken_from_any_kind_of_mailbox_and_once(invite, tmp_path, kind):
    one, two = invite(), invite()
    mails = [
        mail(reply(one, "ACCEPTED", more="COMMENT:Ще дойдем двама.")),
        mail(reply(two, "DECLINED"), sender="ngo2@example.org", key="<2@example.org>", method=""),
        mail(None, sender="Shop <shop@example.com>", key="<3@example.com>"),
    ]
    path = tmp_path / "box"
    if kind == "eml":
        folder_of(path, *mails)
    else:
        box = mailbox.mbox(path) if kind == "mbox" else mailbox.Maildir(path)
        for one_mail in mails:
            box.add(one_mail)
        box.flush()
    answer = read_mailbox(path, by=SYSTEM)
    assert (answer["taken"], answer["known"]) == (2, 0)
    assert [row["message"] for row in answer["refused"]] == ["<3@example.com>"] and "carries no answer" in answer["refused"][0]["why"]
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.answer, one.comment, two.answer) == ("accepted", "Ще дойдем двама.", "declined")
    assert read_mailbox(path, by=SYSTEM) == {"taken": 0, "refused": [], "known": 3}
    assert AuditEntry.objects.filter(action="missions.reply_mailed", actor="system").count() == 2
    assert AuditEntry.objects.filter(action="missions.meeting_answered").count() == 2
    assert not OutboxMail.objects.filter(template="missions/mail/reply_refused").exists(), "a mail that answers nothing is nobody's work"


def test_a_counter_proposal_by_mail(invite, tmp_path):
    row = invite()
    more = "DTSTART:20270611T193000Z\nDTEND:20270611T213000Z"
    path = folder_of(tmp_path / "in", mail(reply(row, "TENTATIVE", method="COUNTER", more=more), method="COUNTER"))
    assert read_mailbox(path, by=SYSTEM)["taken"] == 1
    row.refresh_from_db()
    assert (row.answer, row.proposed_start, row.proposed_end_day) == ("proposed", time(22, 30), date(2027, 6, 12))


def test_a_refused_answer_is_told_to_the_coordinators_once(invite, tmp_path, coordinator):
    row = invite()
    path = folder_of(tmp_path / "in", mail(reply(row, attendee="eve@example.com"), sender="eve@example.com"))
    assert why_of(path) == "eve@example.com was not invited to “NGOs 1”."
    assert read_mailbox(path, by=SYSTEM)["known"] == 1
    told = OutboxMail.objects.get(template="missions/mail/reply_refused")
    assert told.address == coordinator.email and "eve@example.com" in told.body and "was not invited" in told.body
    row.refresh_from_db()
    assert row.answer == "invited"
    assert MailedReply.objects.get().why


def test_answers_of_others_are_refused_with_a_sentence(invite, tmp_path, as_coordinator, mission):
    row = invite()
    cancelled = invite()
    meetings.cancel_meeting(cancelled.meeting, by=as_coordinator, reason="x")
    event = calendars.ics([calendars.event_of_meeting(row.meeting)], name="x", method="REQUEST", attendee="ngo1@example.org")
    wrong = {
        "was sent by eve@example.com": mail(reply(row), sender="eve@example.com"),
        "was sent by –": mail(reply(row), sender=""),
        "no meeting of ours": mail(reply(row, uid="lunch@example.org")),
        "its UID is": mail(reply(row, uid="meeting-00000000-0000-0000-0000-000000000000@scrutin")),
        "carries no answer": mail(event, method="REQUEST"),
        "must accept": mail(reply(row, "NEEDS-ACTION")),
        "cannot be read": mail(b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nnothing"),
        "was cancelled": mail(reply(cancelled, sequence=9), sender="ngo2@example.org"),
    }
    for number, (sentence, one) in enumerate(wrong.items()):
        one.replace_header("Message-ID", f"<{number}@x>")
        assert sentence in why_of(folder_of(tmp_path / str(number), one)), sentence
    row.refresh_from_db()
    assert row.answer == "invited"


def test_somebody_may_answer_for_the_contact_where_the_file_says_so(invite, tmp_path):
    row = invite()
    content = reply(row).replace(b"ATTENDEE;", b'ATTENDEE;SENT-BY="mailto:office@example.org";')
    assert read_mailbox(folder_of(tmp_path / "in", mail(content, sender="office@example.org")), by=SYSTEM)["taken"] == 1


def test_one_address_of_two_organisations_is_not_guessed(invite, tmp_path):
    row = invite(address="both@example.org")
    invite(row.meeting, address="both@example.org")
    row.refresh_from_db()
    assert "Several organisations" in why_of(folder_of(tmp_path / "in", mail(reply(row), sender="both@example.org")))


def test_an_older_answer_does_not_undo_a_later_one(invite, tmp_path, as_coordinator):
    row = invite()
    content = reply(row, "ACCEPTED")
    stamp = b"DTSTAMP:20270601T090000Z"
    content = b"\r\n".join(stamp if line.startswith(b"DTSTAMP") else line for line in content.splitlines())
    content = content if stamp in content else content.replace(b"BEGIN:VEVENT", b"BEGIN:VEVENT\r\n" + stamp)
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        invitations.answer(row, by=as_coordinator, answer="declined")
        assert "later answer" in why_of(folder_of(tmp_path / "in", mail(content)))
    row.refresh_from_db()
    assert row.answer == "declined"


def test_mails_that_are_broken(invite, tmp_path):
    row = invite()
    path = folder_of(tmp_path / "in", b"", b"\x00\xff\xfe", b"Content-Type: multipart/mixed; boundary=x\n\n--x\n", mail(reply(row), key=""))
    (path / "notes.txt").write_text("not a mail")
    answer = read_mailbox(path, by=SYSTEM)
    assert (answer["taken"], len(answer["refused"])) == (1, 3)
    assert read_mailbox(path, by=SYSTEM) == {"taken": 0, "refused": [], "known": 4}, "without a Message-ID the content counts"


def test_paths_that_are_no_mailbox(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("a,b\n")
    for path in (tmp_path / "nowhere", file):
        with pytest.raises(Invalid) as refusal:
            read_mailbox(path, by=SYSTEM)
        assert str(path) in str(refusal.value.sentence)
    (tmp_path / "empty").write_text("")
    assert read_mailbox(tmp_path / "empty", by=SYSTEM) == {"taken": 0, "refused": [], "known": 0}


def test_who_may_read_the_mailbox(tmp_path, publisher, outsider):
    for user in (publisher, outsider):
        with pytest.raises(NotAllowed):
            read_mailbox(tmp_path, by=user_actor(user))


def test_the_command_and_the_periodic_task(invite, tmp_path, capsys, settings):
    row = invite()
    path = folder_of(tmp_path / "in", mail(reply(row)))
    with pytest.raises(CommandError):
        call_command("read_mail", "")
    call_command("read_mail", str(path))
    assert json.loads(capsys.readouterr().out) == {"taken": 1, "refused": [], "known": 0}
    with pytest.raises(SystemExit) as end:
        call_command("read_mail", str(tmp_path / "nowhere"))
    assert end.value.code == 1 and "There is no mailbox" in json.loads(capsys.readouterr().out)["refused"][0]["why"]
    assert schedule.SCHEDULE == {} and "missions.read_mail" not in celery.schedule(), "no mailbox, no task"
    tasks.read_mail()
    settings.SCRUTIN_MAILBOX = str(folder_of(tmp_path / "in", mail(reply(row, "DECLINED"), key="<9@x>")))
    tasks.read_mail()
    row.refresh_from_db()
    assert row.answer == "declined"


def test_the_task_is_scheduled_where_a_mailbox_is_set(settings, monkeypatch):
    import importlib

    settings.SCRUTIN_MAILBOX = "/var/mail/scrutin"
    try:
        assert importlib.reload(schedule).SCHEDULE == {"missions.read_mail": {"task": "missions.read_mail", "schedule": 300.0}}
    finally:
        settings.SCRUTIN_MAILBOX = ""
        importlib.reload(schedule)
