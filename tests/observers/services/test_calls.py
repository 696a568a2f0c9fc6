"""The call for interest and the nominations: who is asked, letters, answers, reminders, rights."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
import time_machine

from core import clock
from core.actors import SYSTEM, link_actor, user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import AuditEntry, Job, OutboxMail
from core.reminders import sweep_reminders
from observers.models import CallRecipient, Interest, Nomination, PoliticalGroup
from observers.services.assignments import invite
from observers.services.calls import (
    answer_call,
    extend_call,
    open_call,
    preview_call,
    record_interest,
    remind_call,
    running_call,
    send_call_letters,
    unanswered,
    withdraw_call,
)
from observers.services.composition import propose
from observers.services.nominations import (
    may_be_nominated,
    nominate,
    nominations_of,
    request_nominations,
    set_nominations,
    withdraw_nomination,
)


@pytest.fixture
def shift():
    """Go on to a later day until the test is over: `shift(timedelta(days=3))`."""
    with ExitStack() as stack:
        yield lambda delta: stack.enter_context(time_machine.travel(_working_noon(clock.real_now() + delta), tick=False))


def _working_noon(at):
    """Nobody is reminded at night or at the weekend."""
    return (at + timedelta(days=max(0, 7 - at.weekday()) if at.weekday() > 4 else 0)).replace(hour=12)


def in_days(days):
    return clock.today() + timedelta(days=days)


def of_call(recipient):
    return link_actor(recipient, grants=frozenset({"observers.answer_call"}), subject=recipient)


def of_group(letter):
    return link_actor(letter, grants=frozenset({"observers.nominate"}), subject=letter)


@pytest.fixture
def call(composing, as_coordinator):
    row = open_call(composing, by=as_coordinator, answer_by=in_days(20), message="Two days by bus.")
    send_call_letters(row, "ask")
    return row


def test_the_preview_says_who_is_asked_and_who_not_and_why(composing, congress, make_member, as_coordinator):
    invite(composing, congress[0], by=SYSTEM)
    record_interest(composing, congress[1], by=as_coordinator, answer="no")
    silent = make_member("FR", email="")
    preview = preview_call(composing)
    why = {person.uuid: reason for person, reason in preview.left_out}
    assert len(preview.asked) == 58 and not {c.uuid for c in preview.asked} & set(why)
    assert "Asked" in why[str(congress[0].uuid)] and "Not available" in why[str(congress[1].uuid)]
    assert "address" in why[str(silent.uuid)] and "observed state" in why[str(congress[-1].uuid)]


def test_opening_writes_to_everybody_once_with_a_link_of_their_own(composing, call, as_coordinator):
    assert call.recipients.count() == 60 and call.recipients.filter(sent_at=None).count() == 0
    mails = OutboxMail.objects.filter(template="observers/mail/call")
    assert mails.count() == 60 and len({mail.body for mail in mails}) == 60
    assert all("Two days by bus." in mail.body and "http" in mail.body for mail in mails)
    send_call_letters(call, "ask")
    assert mails.count() == 60
    with pytest.raises(NotNow):
        open_call(composing, by=as_coordinator, answer_by=in_days(20))
    assert Job.objects.get(kind="observers.send_call").params == {"call": str(call.uuid), "kind": "ask"}


def test_a_call_needs_a_day_that_can_be_kept_and_the_coordinator(composing, congress, as_coordinator, publisher):
    for day in (in_days(-1), composing.first_day + timedelta(days=1)):
        with pytest.raises(Invalid):
            open_call(composing, by=as_coordinator, answer_by=day)
    with pytest.raises(NotAllowed):
        open_call(composing, by=user_actor(publisher), answer_by=in_days(5))
    assert running_call(composing) is None


def test_answers_count_in_the_proposal_and_conditions_are_named(composing, call, congress):
    yes, conditions, no = call.recipients.select_related("person", "call__mission")[:3]
    answer_call(yes, by=of_call(yes), answer="yes")
    with pytest.raises(Invalid) as refusal:
        answer_call(conditions, by=of_call(conditions), answer="conditions", note=" ")
    assert refusal.value.attr == "note"
    answer_call(conditions, by=of_call(conditions), answer="conditions", note="Not by night.")
    answer_call(no, by=of_call(no), answer="no")
    assert unanswered(call).count() == 57 and Interest.objects.get(person=yes.person).answered_by.startswith("link:")
    with pytest.raises(NotAllowed):
        answer_call(no, by=of_call(yes), answer="yes")
    chosen = {row["uuid"] for row in propose(composing, by=SYSTEM, size=12).outcome["members"]}
    assert str(no.person.uuid) not in chosen
    answer_call(no, by=of_call(no), answer="yes")
    assert Interest.objects.filter(person=no.person).count() == 1


def test_a_late_answer_is_kept_and_marked(call, shift):
    row = call.recipients.select_related("person", "call__mission").first()
    shift(timedelta(days=21))
    assert answer_call(row, by=of_call(row), answer="yes").is_late


def test_more_time_tells_who_has_not_answered(call, as_coordinator):
    row = call.recipients.select_related("person", "call__mission").first()
    answer_call(row, by=of_call(row), answer="yes")
    with pytest.raises(Invalid):
        extend_call(call, by=as_coordinator, answer_by=in_days(20))
    later = extend_call(call, by=as_coordinator, answer_by=in_days(30))
    send_call_letters(later, "extend")
    assert OutboxMail.objects.filter(template="observers/mail/call_extended").count() == 59


def test_withdrawing_ends_the_links_tells_everybody_and_keeps_the_answers(composing, call, as_coordinator):
    row = call.recipients.select_related("person", "call__mission").first()
    answer_call(row, by=of_call(row), answer="yes")
    with pytest.raises(Invalid):
        withdraw_call(call, by=as_coordinator, reason="")
    gone = withdraw_call(call, by=as_coordinator, reason="The elections are put off.")
    send_call_letters(gone, "withdraw")
    assert OutboxMail.objects.filter(template="observers/mail/call_withdrawn", body__contains="put off").count() == 60
    row = CallRecipient.objects.select_related("person", "call__mission").get(pk=row.pk)
    with pytest.raises(NotNow):
        answer_call(row, by=of_call(row), answer="no")
    assert Interest.objects.get().answer == "yes"
    assert send_call_letters(gone, "remind") == 0
    assert open_call(composing, by=as_coordinator, answer_by=in_days(20)).recipients.count() == 59


def test_reminders_go_to_who_has_not_answered_with_a_fresh_link(call, shift, as_coordinator):
    done = call.recipients.select_related("person", "call__mission").first()
    answer_call(done, by=of_call(done), answer="no")
    assert remind_call(call, by=as_coordinator) == 59
    send_call_letters(call, "remind")
    send_call_letters(call, "remind")
    sent = OutboxMail.objects.filter(template="observers/mail/remind_call")
    assert sent.count() == 59
    shift(timedelta(days=18))
    sweep_reminders()
    assert sent.count() == 118 and not sent.filter(address=done.person.email).exists()
    assert all("http" in mail.body for mail in sent)
    sweep_reminders()
    assert sent.count() == 118


@pytest.fixture
def ildg(reference):
    return reference["ILDG"]


@pytest.fixture
def letter(composing, congress, ildg, as_coordinator):
    values = {"name": "Sem Retary", "address": "group@example.org", "answer_by": in_days(10), "language": "en"}
    return request_nominations(composing, ildg, by=as_coordinator, **values)


def test_a_secretary_nominates_the_own_group_by_link(composing, congress, letter, ildg):
    listed = may_be_nominated(composing, ildg)
    assert listed and all(c.group == "ILDG" and c.country != "BG" for c in listed)
    assert OutboxMail.objects.filter(template="observers/mail/nominations", address="group@example.org").count() == 1
    two = [c.uuid for c in listed[:2]]
    assert set_nominations(letter, by=of_group(letter), persons=two) == 2
    assert set_nominations(letter, by=of_group(letter), persons=two[1:]) == 1
    assert [str(row.person.uuid) for row in nominations_of(composing)] == two[1:]
    assert Nomination.objects.count() == 2
    other = next(p for p in congress if str(p.uuid) not in {c.uuid for c in listed})
    with pytest.raises(Invalid):
        set_nominations(letter, by=of_group(letter), persons=[str(other.uuid)])
    assert AuditEntry.objects.filter(action="observers.nominated").count() == 2


def test_a_link_does_nothing_for_other_groups_missions_or_after_its_day(composing, letter, reference, congress, shift):
    person = congress[0]
    with pytest.raises(NotAllowed):
        nominate(composing, person, reference["ILDG"], by=of_group(letter))
    with pytest.raises(Invalid):
        nominate(composing, person, reference["ECR"], by=of_group(letter), request=letter)
    shift(timedelta(days=11))
    with pytest.raises(NotNow):
        set_nominations(letter, by=of_group(letter), persons=[])


def test_the_coordinator_enters_a_nomination_and_it_is_shown_and_weighed(composing, congress, reference, as_coordinator, publisher):
    mine = next(c for c in may_be_nominated(composing, reference["NR"]))
    person = next(p for p in congress if str(p.uuid) == mine.uuid)
    with pytest.raises(NotAllowed):
        nominate(composing, person, reference["NR"], by=user_actor(publisher))
    with pytest.raises(Invalid):
        nominate(composing, congress[-1], PoliticalGroup.objects.get(code="ECR"), by=as_coordinator)
    row = nominate(composing, person, reference["NR"], by=as_coordinator, note="Knows the country.")
    assert nominate(composing, person, reference["NR"], by=as_coordinator) == row
    from observers.composition.candidates import Weights

    proposal = propose(composing, by=SYSTEM, size=12, weights=Weights(nominated=100))
    member = next(m for m in proposal.outcome["members"] if m["uuid"] == mine.uuid)
    assert "Nominated by NR." in member["reasons"]
    withdraw_nomination(row, by=as_coordinator)
    assert not nominations_of(composing).exists()
