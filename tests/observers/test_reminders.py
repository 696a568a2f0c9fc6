"""Reminders: to answer, to sign, to declare; once each, and not where it is done."""

import re
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine

from accounts.models import Person
from core import clock
from core.actors import SYSTEM, link_actor, user_actor
from core.errors import NotAllowed, NotNow
from core.models import OutboxMail, Reminder
from core.reminder_rules import rules, state_of
from core.reminders import _collect, sweep_reminders
from observers.models import IdentityDocument, Interest, PoliticalGroup
from observers.services.accreditation import deletion_day, set_accreditation
from observers.services.assignments import answer_invitation, invite
from observers.services.calls import record_interest
from observers.services.declarations import sign_code
from observers.services.nominations import answer_nomination, may_be_nominated, nominate, withdraw_nomination
from tests.observers.conftest import own_link


@pytest.fixture(autouse=True)
def _a_week_begins():
    """Next Monday: what is counted in days from it falls on the same working days whenever the tests run."""
    today = clock.real_now().replace(hour=9)
    with time_machine.travel(today + timedelta(days=7 - today.weekday()), tick=True):
        yield


@pytest.fixture
def asked(composing, congress):
    person = congress[0]
    person.language = "fr"
    person.save(update_fields=["language"])
    return invite(composing, person, by=SYSTEM)


def at(days):
    """So many days from now, at noon."""
    return time_machine.travel((clock.real_now() + timedelta(days=days)).replace(hour=12), tick=False)


def test_an_open_invitation_is_reminded_of_twice(asked):
    assert sweep_reminders() == 0
    with at(8):
        assert sweep_reminders() == 1
        assert sweep_reminders() == 0
    with at(10):
        assert sweep_reminders() == 1
    mails = OutboxMail.objects.filter(template="observers/mail/remind_answer")
    assert mails.count() == 2 and {mail.language for mail in mails} == {"fr"}


def test_an_answered_invitation_is_not(asked):
    with at(8):
        answer_invitation(asked, by=own_link(asked), accept=True)
        assert sweep_reminders() == 0


def test_what_was_settled_meanwhile_is_dropped(asked):
    with at(8):
        _collect(state_of("observers.answer_invitation"), clock.now())
        answer_invitation(asked, by=own_link(asked), accept=True)
        assert sweep_reminders() == 0
        assert Reminder.objects.get(rule="observers.answer_invitation").state == "dropped"


def test_code_and_interests_are_reminded_of_before_the_mission(asked):
    answer_invitation(asked, by=own_link(asked), accept=True)
    asked.refresh_from_db()
    sign_code(asked, by=own_link(asked), language="fr")
    days = (asked.mission.first_day - clock.today()).days
    with at(days - 20):
        sweep_reminders()
    assert set(OutboxMail.objects.filter(template__startswith="observers/mail/remind").values_list("template", flat=True)) == {
        "observers/mail/remind_interest"
    }


@pytest.fixture
def nominated(composing, congress, reference, as_coordinator):
    """Somebody put forward by their group, who reads German."""
    group = PoliticalGroup.objects.get(code="ILDG")
    person = Person.objects.get(uuid=may_be_nominated(composing, group)[0].uuid)
    Person.objects.filter(pk=person.pk).update(language="de")
    person.refresh_from_db()
    return nominate(composing, person, group, by=as_coordinator)


def told(template):
    return list(OutboxMail.objects.filter(template=f"observers/mail/{template}").order_by("pk"))


def test_who_was_nominated_is_asked_to_accept_until_they_answer(nominated, client):
    assert sweep_reminders() == 0
    with at(1):
        assert sweep_reminders() == sweep_reminders() + 1 == 1
        (mail,) = told("accept_nomination")
        assert (mail.address, mail.language) == (nominated.person.email, "de")
        url = re.search(r"http\S+", mail.body)[0]
        page = client.get(urlsplit(url).path, follow=True)
        assert nominated.person.name in page.content.decode()
        door = page.request["PATH_INFO"]
        refused = client.post(door, {"answer": "conditions", "note": ""})
        assert refused.status_code == 400 and not Interest.objects.exists()
        assert client.post(door, {"answer": "yes"}).status_code == 302
        assert Interest.objects.get().answer == "yes"
    with at(4):
        assert sweep_reminders() == 0, "accepted"
    assert len(told("accept_nomination")) == 1


@pytest.mark.parametrize("what", ["taken back", "asked into the delegation", "declined"])
def test_a_nomination_that_needs_no_answer_any_more_is_dropped_at_the_moment_of_sending(nominated, composing, as_coordinator, what):
    with at(1):
        _collect(state_of("observers.accept_nomination"), clock.now())
        if what == "taken back":
            withdraw_nomination(nominated, by=as_coordinator)
        elif what == "declined":
            record_interest(composing, nominated.person, by=as_coordinator, answer="no")
        else:
            invite(composing, nominated.person, by=SYSTEM)
        sweep_reminders()
        assert not told("accept_nomination")
        assert Reminder.objects.get(rule="observers.accept_nomination").state == "dropped"


def test_a_nomination_is_answered_by_its_person_alone_and_not_once_the_mission_began(nominated, outsider, composing):
    with pytest.raises(NotAllowed):
        answer_nomination(nominated, by=user_actor(outsider), answer="yes")
    own = link_actor(nominated, grants=frozenset({"observers.answer_nomination"}), subject=nominated)
    with at((composing.first_day - clock.today()).days), pytest.raises(NotNow):
        answer_nomination(nominated, by=own, answer="yes")
    withdraw_nomination(nominated, by=SYSTEM)
    nominated.refresh_from_db()
    with pytest.raises(NotNow):
        answer_nomination(nominated, by=own, answer="yes")


@pytest.fixture
def kept(composing, congress, coordinator):
    """Identity data of one person, and the list that says how long they are kept."""
    listed = set_accreditation(composing, by=SYSTEM, columns=[{"code": "number"}])
    row = invite(composing, congress[0], by=SYSTEM)
    values = {"kind": "passport", "number": "X1", "name_in_document": "B", "born_on": date(1980, 1, 1), "nationality": "FR"}
    IdentityDocument.objects.create(assignment=row, **values, expires_on=date(2040, 1, 1), entered_by="system")
    return listed


def test_the_coordinators_are_told_before_identity_data_are_deleted(kept, composing, coordinator):
    day = (deletion_day(kept) - clock.today()).days
    with at(day - 9):
        sweep_reminders()
        assert not Reminder.objects.filter(rule="observers.retention_due").exists()
    for days in (6, 5, 4, 3):  # gathered with what can wait, on the morning of a working day
        with at(day - days):
            sweep_reminders()
    mail = OutboxMail.objects.filter(template="core/mail/digest").get()
    assert mail.address == coordinator.person.email and composing.reference in mail.body
    assert Reminder.objects.get(rule="observers.retention_due").occurrence == f"{deletion_day(kept)}-7"
    IdentityDocument.objects.all().delete()
    with at(day - 1):
        sweep_reminders()
    assert Reminder.objects.filter(rule="observers.retention_due").count() == 1, "nothing is kept any more"


def test_a_deletion_day_that_moved_is_another_occasion(kept, coordinator):
    rule = rules["observers.retention_due"]
    with at((deletion_day(kept) - clock.today()).days - 3):
        (due,) = rule.pending(clock.now())
        reminder = Reminder(object_id=str(due.object_uuid), occurrence=due.occurrence, address=due.recipient.address)
        assert rule.still_due(reminder)
        set_accreditation(kept.mission, by=SYSTEM, columns=[{"code": "number"}], keep_days=60)
        assert not rule.still_due(reminder) and list(rule.pending(clock.now())) == []
