"""Assignments: invited, answered, confirmed, withdrawn, with the guards of R14 at each step."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import AuditEntry, OutboxMail
from missions.enums import AssignmentState
from missions.models import Assignment, Organisation
from observers.models import Membership, Proposal
from observers.services.assignments import (
    answer_invitation,
    change_role,
    confirm_assignment,
    invite,
    replace_assignment,
    withdraw_assignment,
)
from observers.services.declarations import decide_interests, declare_interests
from tests.observers.conftest import NO_TO_ALL, own_link

ROOT = Path(__file__).resolve().parents[3]


def test_no_other_code_writes_the_state_of_an_assignment():
    """STYLE, "A state machine": one writer."""
    writes = re.compile(
        r"(Assignment\.objects\.(create|update|bulk_create|get_or_create|update_or_create)|assignments\.(create|update|add)\()"
    )
    allowed = {"observers/services/assignments.py"}
    found = set()
    for app in ("core", "accounts", "missions", "observers", "field", "reports", "config"):
        for path in (ROOT / app).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            if "/migrations/" not in name and name not in allowed and writes.search(path.read_text()):
                found.add(name)
    assert found == set()


def test_an_invitation_asks_by_mail_with_a_link(composing, congress, as_coordinator):
    row = invite(composing, congress[0], by=as_coordinator)
    assert row.state == AssignmentState.ASKED and row.asked_at is not None
    mail = OutboxMail.objects.get(address=congress[0].email)
    assert "/link/" in mail.body and composing.reference in mail.subject
    assert row.invitation.answer_by == clock.today() + timedelta(days=10)
    assert AuditEntry.objects.filter(action="observers.assignment_asked").count() == 1


def test_the_day_to_answer_by_lies_between_today_and_the_first_day(composing, congress, as_coordinator):
    today = clock.today()
    for day, code in ((today - timedelta(days=1), "answer_by_past"), (composing.first_day + timedelta(days=1), "answer_by_late")):
        with pytest.raises(Invalid) as refusal:
            invite(composing, congress[0], by=as_coordinator, answer_by=day)
        assert (refusal.value.code, refusal.value.attr) == (code, "answer_by")
    assert not composing.assignments.exists() and not OutboxMail.objects.exists()
    assert invite(composing, congress[0], by=as_coordinator, answer_by=today).invitation.answer_by == today
    assert invite(composing, congress[1], by=as_coordinator, answer_by=composing.first_day).invitation.answer_by == composing.first_day
    composing.first_day = today - timedelta(days=1)
    composing.save_changes("first_day")
    assert invite(composing, congress[2], by=as_coordinator, answer_by=today).invitation.answer_by == today


def test_asked_twice_is_asked_once(composing, congress, as_coordinator):
    assert invite(composing, congress[0], by=as_coordinator) == invite(composing, congress[0], by=as_coordinator)
    assert OutboxMail.objects.filter(address=congress[0].email).count() == 1


def test_only_the_coordinator_invites(composing, congress, outsider, publisher):
    for user in (outsider, publisher):
        with pytest.raises(NotAllowed):
            invite(composing, congress[0], by=user_actor(user))


def test_a_member_of_the_observed_state_is_refused(composing, congress):
    with pytest.raises(NotNow) as refusal:
        invite(composing, congress[-1], by=SYSTEM)
    assert "C5" in refusal.value.sentence
    assert not composing.assignments.exists()


def test_an_expired_mandate_is_refused_with_rule_and_date(composing, make_member):
    lost = composing.first_day - timedelta(days=300)
    person = make_member("FR", start=lost - timedelta(days=10), lost=lost)
    with pytest.raises(NotNow) as refusal:
        invite(composing, person, by=SYSTEM)
    assert "R11" in refusal.value.sentence and str(lost.year) in refusal.value.sentence


def test_experts_need_no_membership_and_partners_an_organisation(composing, make_person, bulgaria):
    assert invite(composing, make_person("Ex", "Pert"), by=SYSTEM, role="expert").state == "asked"
    with pytest.raises(Invalid) as refusal:
        invite(composing, make_person("Part", "Ner"), by=SYSTEM, role="partner")
    assert refusal.value.code == "organisation_missing"
    organisation = Organisation.objects.create(name="Committee", kind="international", country=bulgaria)
    assert invite(composing, make_person("Par", "Tner"), by=SYSTEM, role="partner", organisation=organisation).state == "asked"


def test_one_head(composing, congress):
    invite(composing, congress[0], by=SYSTEM, role="head")
    with pytest.raises(Invalid) as refusal:
        invite(composing, congress[1], by=SYSTEM, role="head")
    assert refusal.value.code == "head_taken"


def test_answer_by_link_accept_twice_then_not_decline(composing, congress):
    row = invite(composing, congress[0], by=SYSTEM)
    assert answer_invitation(row, by=own_link(row), accept=True).state == "accepted"
    assert answer_invitation(row, by=own_link(row), accept=True).state == "accepted"
    with pytest.raises(NotNow) as refusal:
        answer_invitation(row, by=own_link(row), accept=False)
    assert refusal.value.code == "already_answered"


def test_somebody_elses_link_answers_nothing(composing, congress):
    mine, other = (invite(composing, congress[n], by=SYSTEM) for n in (0, 1))
    with pytest.raises(NotAllowed):
        answer_invitation(mine, by=own_link(other), accept=True)


def test_a_decline_brings_a_replacement_that_keeps_the_balance(composing, congress, bring_in):
    for number in range(9):
        bring_in(composing, congress[number])
    leaving = invite(composing, congress[10], by=SYSTEM)
    assert answer_invitation(leaving, by=own_link(leaving), accept=False, note="No time.").state == "declined"
    proposal = Proposal.objects.get(kind="replacement", replaces=leaving)
    assert len(proposal.outcome["members"]) == 10
    best = proposal.outcome["alternatives"]
    assert len(best) == 3 and len({row["uuid"] for row in best}) == 3
    present = {str(a.person.uuid) for a in composing.assignments.live().select_related("person")}
    assert not present & {row["uuid"] for row in best} and str(congress[10].uuid) not in {row["uuid"] for row in best}
    person = next(p for p in congress if str(p.uuid) == best[0]["uuid"])
    new = replace_assignment(Assignment.objects.get(pk=leaving.pk), person, by=SYSTEM)
    assert new.replaces_id == leaving.pk and new.state == "asked"


def test_confirmation_needs_acceptance_and_declared_interests(composing, congress):
    row = invite(composing, congress[0], by=SYSTEM)
    with pytest.raises(NotNow) as refusal:
        confirm_assignment(row, by=SYSTEM)
    assert refusal.value.code == "not_accepted"
    answer_invitation(row, by=own_link(row), accept=True)
    with pytest.raises(NotNow) as refusal:
        confirm_assignment(row, by=SYSTEM)
    assert "C6" in refusal.value.sentence
    row.refresh_from_db()
    declare_interests(row, by=own_link(row), answers=NO_TO_ALL, language="fr")
    row = confirm_assignment(row, by=SYSTEM)
    assert row.state == "confirmed" and row.person.user.email == row.person.email
    assert confirm_assignment(row, by=SYSTEM).state == "confirmed"


def test_confirmation_waits_for_the_decision_on_interests(composing, congress, bring_in, as_coordinator):
    row = bring_in(composing, congress[0], confirm=False)
    answers = {**NO_TO_ALL, "family": {"answer": "yes", "detail": "A cousin runs for mayor."}}
    declaration = declare_interests(row, by=own_link(row), answers=answers, language="en")
    with pytest.raises(NotNow) as refusal:
        confirm_assignment(row, by=as_coordinator)
    assert "not yet decided" in refusal.value.sentence
    decide_interests(declaration, by=as_coordinator, is_conflict=True, reason="Close relative.")
    with pytest.raises(NotNow):
        confirm_assignment(row, by=as_coordinator)
    decide_interests(declaration, by=as_coordinator, is_conflict=False, reason="Withdrew from the race.")
    assert confirm_assignment(row, by=as_coordinator).state == "confirmed"


def test_membership_lost_after_acceptance_stops_confirmation(composing, congress, bring_in):
    row = bring_in(composing, congress[0], confirm=False)
    Membership.objects.filter(person=congress[0]).update(ends_on=composing.first_day, end_reason="resignation")
    with pytest.raises(NotNow) as refusal:
        confirm_assignment(row, by=SYSTEM)
    assert refusal.value.code == "not_eligible" and "R9" in refusal.value.sentence


def test_withdrawal_needs_a_reason_and_ends_the_link(composing, congress, bring_in):
    row = bring_in(composing, congress[0])
    with pytest.raises(Invalid):
        withdraw_assignment(row, by=SYSTEM, reason=" ")
    assert withdraw_assignment(row, by=SYSTEM, reason="Ill.").state == "withdrawn"
    assert withdraw_assignment(row, by=SYSTEM, reason="Ill.").state == "withdrawn"
    row.invitation.link.refresh_from_db()
    assert row.invitation.link.revoked_at is not None


def test_roles_change_within_their_kind(composing, congress, make_person):
    row = invite(composing, congress[0], by=SYSTEM)
    assert change_role(row, by=SYSTEM, role="head", is_rapporteur=True).is_rapporteur
    with pytest.raises(Invalid):
        change_role(row, by=SYSTEM, role="driver")


@pytest.mark.parametrize("state", AssignmentState.values)
def test_every_state_against_every_act(composing, congress, state):
    """Only what the docstring of the module draws is possible."""
    row = invite(composing, congress[0], by=SYSTEM)
    possible = {
        "accept": {"asked", "accepted", "confirmed"},
        "decline": {"asked", "declined"},
        "confirm": {"accepted", "confirmed"},
        "withdraw": {"asked", "accepted", "confirmed", "withdrawn"},
    }
    acts = {
        "accept": lambda: answer_invitation(row, by=SYSTEM, accept=True),
        "decline": lambda: answer_invitation(row, by=SYSTEM, accept=False),
        "confirm": lambda: confirm_assignment(row, by=SYSTEM),
        "withdraw": lambda: withdraw_assignment(row, by=SYSTEM, reason="Ill."),
    }
    declare_interests(row, by=own_link(row), answers=NO_TO_ALL, language="en")
    for act, states in possible.items():
        Assignment.objects.filter(pk=row.pk).update(state=state)
        if state in states:
            acts[act]()
        else:
            with pytest.raises(NotNow):
                acts[act]()
