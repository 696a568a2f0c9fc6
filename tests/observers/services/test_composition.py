"""Proposals through the services: stored, adjusted, accepted, overridden."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from accounts.models import folded
from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import AuditEntry, OutboxMail
from missions.models import Country
from observers.models import AvailableSpan, Interest, Membership, Override, Proposal
from observers.services.assignments import answer_invitation
from observers.services.candidates import candidates_for
from observers.services.composition import (
    accept_proposal,
    adjust_proposal,
    current_criteria,
    newest_proposal,
    outcome_in_words,
    override_warning,
    propose,
)
from observers.services.eligibility import mission_days
from tests.observers.conftest import own_link


def all_reasons(proposal):
    return {row["code"]: "Agreed with the groups." for row in proposal.outcome["criteria"] if row["level"] != "ok"}


def test_propose_keeps_the_rules_and_is_stored(composing, congress, as_coordinator):
    proposal = propose(composing, by=as_coordinator, size=12)
    assert proposal.status == "optimal" and len(proposal.outcome["members"]) == 12
    assert "BG" not in {row["country"] for row in proposal.outcome["members"]}
    assert newest_proposal(composing) == proposal
    again = propose(composing, by=as_coordinator, size=12)
    assert [m["uuid"] for m in again.outcome["members"]] == [m["uuid"] for m in proposal.outcome["members"]]
    proposal.refresh_from_db()
    assert proposal.state == "superseded"


def test_only_the_coordinator_composes(composing, publisher, outsider):
    for user in (publisher, outsider):
        with pytest.raises(NotAllowed):
            propose(composing, by=user_actor(user))


def test_who_is_not_available_stays_out(composing, congress):
    before = propose(composing, by=SYSTEM, size=12)
    for row in before.outcome["members"][:3]:
        person = next(p for p in congress if str(p.uuid) == row["uuid"])
        Interest.objects.create(mission=composing, person=person, answer="no")
    after = propose(composing, by=SYSTEM, size=12)
    gone = {row["uuid"] for row in before.outcome["members"][:3]}
    assert not gone & {row["uuid"] for row in after.outcome["members"]}


def test_days_on_the_own_page_count_where_the_mission_was_not_answered(composing, congress):
    first, last = mission_days(composing)
    week = timedelta(days=7)
    spans = {
        "no": (first - week, first),
        "conditions": (last, last + week),
        "yes": (first - week, last + week),
        "": (last + timedelta(days=1), last + week),
    }
    for person, (answer, (start, end)) in zip(congress, spans.items(), strict=False):
        AvailableSpan.objects.create(person=person, first_on=start, last_on=end, answer=answer or "no", note=f"Said {answer}.")
    both, part = congress[4], congress[5]
    AvailableSpan.objects.create(person=both, first_on=first - week, last_on=last, answer="no")
    Interest.objects.create(mission=composing, person=both, answer="yes", note="For this one.")
    AvailableSpan.objects.create(person=part, first_on=first - week, last_on=first, answer="yes")
    found = {candidate.uuid: candidate for candidate in candidates_for(composing)}
    said = [found[str(person.uuid)] for person in congress[:6]]
    assert [row.answer for row in said] == ["no", "conditions", "yes", "", "yes", ""]
    assert [row.note for row in said] == ["Said no.", "Said conditions.", "Said yes.", "", "For this one.", ""]


def test_what_if_judges_at_once_and_keeps_the_old_row(composing, congress, as_coordinator):
    proposal = propose(composing, by=as_coordinator, size=12)
    first = proposal.outcome["members"][0]["uuid"]
    dropped = adjust_proposal(proposal, by=as_coordinator, drop=[first])
    assert dropped.status == "by_hand" and len(dropped.outcome["members"]) == 11
    assert next(c for c in dropped.outcome["criteria"] if c["code"] == "C1")["level"] == "warning"
    back = adjust_proposal(dropped, by=as_coordinator, add=[first], lock=[first])
    assert first in back.asked["locked_in"] and len(back.outcome["members"]) == 12
    assert Proposal.objects.filter(mission=composing).count() == 3
    out = adjust_proposal(back, by=as_coordinator, exclude=[first])
    assert first not in out.asked["locked_in"] and first in out.asked["locked_out"]
    kept = propose(composing, by=as_coordinator, size=12, locked_out=out.asked["locked_out"])
    assert first not in {row["uuid"] for row in kept.outcome["members"]}


def test_acceptance_needs_a_reason_for_each_warning_and_asks_everybody(composing, congress, as_coordinator):
    proposal = adjust_proposal(propose(composing, by=as_coordinator, size=12), by=as_coordinator, drop=[])
    proposal = adjust_proposal(proposal, by=as_coordinator, drop=[proposal.outcome["members"][0]["uuid"]])
    with pytest.raises(NotNow) as refusal:
        accept_proposal(proposal, by=as_coordinator)
    assert {item.code for item in refusal.value.missing} == set(all_reasons(proposal))
    assert not composing.assignments.exists() and not Override.objects.exists()
    head, rapporteur = (proposal.outcome["members"][n]["uuid"] for n in (0, 1))
    made = accept_proposal(proposal, by=as_coordinator, roles={head: "head"}, rapporteurs=[rapporteur], reasons=all_reasons(proposal))
    assert len(made) == 11 and {a.state for a in made} == {"asked"}
    assert sorted(a.role for a in made).count("head") == 1 and sum(a.is_rapporteur for a in made) == 1
    assert OutboxMail.objects.count() == 11
    assert AuditEntry.objects.filter(action="observers.warning_overridden").count() == len(all_reasons(proposal))
    proposal.refresh_from_db()
    assert proposal.state == "accepted"
    assert accept_proposal(proposal, by=as_coordinator) and OutboxMail.objects.count() == 11


def test_who_declined_is_not_asked_again_by_accepting(composing, congress, as_coordinator):
    proposal = propose(composing, by=as_coordinator, size=12)
    made = accept_proposal(proposal, by=as_coordinator, reasons=all_reasons(proposal))
    answer_invitation(made[0], by=own_link(made[0]), accept=False)
    asked = OutboxMail.objects.count()
    with pytest.raises(NotNow) as refusal:
        accept_proposal(proposal, by=as_coordinator, reasons=all_reasons(proposal))
    assert [item.code for item in refusal.value.missing] == ["left"]
    assert made[0].person.name in str(refusal.value.missing[0].sentence)
    assert OutboxMail.objects.count() == asked
    without = adjust_proposal(proposal, by=as_coordinator, drop=[str(made[0].person.uuid)])
    assert len(accept_proposal(without, by=as_coordinator, reasons=all_reasons(without))) == 11


def test_a_breach_of_membership_cannot_be_set_aside(composing, congress, as_coordinator):
    proposal = propose(composing, by=as_coordinator, size=10)
    person = next(p for p in congress if str(p.uuid) == proposal.outcome["members"][0]["uuid"])
    Membership.objects.filter(person=person).update(ends_on=composing.first_day, end_reason="resignation")
    with pytest.raises(NotNow) as refusal:
        accept_proposal(proposal, by=as_coordinator, reasons={"R14.1": "Never mind.", **all_reasons(proposal)})
    assert "R14.1" in {item.code for item in refusal.value.missing}


def test_an_override_needs_a_reason_and_goes_to_the_log(composing, congress, bring_in, as_coordinator):
    bring_in(composing, congress[0])
    warning = next(c for c in current_criteria(composing) if c.level == "warning")
    with pytest.raises(Invalid):
        override_warning(composing, warning, by=as_coordinator, reason="  ")
    override_warning(composing, warning, by=as_coordinator, reason="Small mission.")
    entry = AuditEntry.objects.get(action="observers.warning_overridden")
    assert (entry.data["criterion"], entry.data["reason"]) == (warning.code, "Small mission.")


def test_who_is_in_stays_in_and_who_declined_stays_out(composing, congress, bring_in):
    inside = bring_in(composing, congress[0])
    declined = bring_in(composing, congress[1], confirm=False, sign=False)
    from missions.models import Assignment

    Assignment.objects.filter(pk=declined.pk).update(state="asked")
    answer_invitation(declined, by=own_link(declined), accept=False)
    chosen = {row["uuid"] for row in propose(composing, by=SYSTEM, size=12).outcome["members"]}
    assert str(inside.person.uuid) in chosen and str(congress[1].uuid) not in chosen


def test_the_command_prints_the_shape_of_the_door(composing, congress):
    out = StringIO()
    call_command("compose", composing.reference, "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert set(answer) == {"status", "gap", "members", "criteria", "clash"}
    assert set(answer["members"][0]) == {"uuid", "name", "country", "chamber", "group", "gender", "reasons"}
    with pytest.raises(CommandError):
        call_command("compose", "XX-2026-1")


def test_an_impossible_question_exits_1_with_the_clash(composing, congress):
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("compose", composing.reference, "--json", "--lock", str(congress[-1].uuid), stdout=out)
    assert end.value.code == 1
    assert {row["rule"] for row in json.loads(out.getvalue())["clash"]} == {"R14.2", "locked_in"}


def test_the_number_of_queries_does_not_grow_with_the_congress(composing, congress, make_member, django_assert_max_num_queries):
    from observers.services.candidates import candidates_for

    with django_assert_max_num_queries(14) as few:
        candidates_for(composing)
    for _number in range(10):
        make_member("FR")
    with django_assert_max_num_queries(len(few)):
        candidates_for(composing)


def test_candidates_stand_by_the_name_of_their_state_as_it_is_read_then_by_surname(composing, make_member):
    make_member("DE", family_name="Zweig"), make_member("DE", family_name="Ähre"), make_member("AT", family_name="Zirbe")
    with translation.override("en"):
        read = [(c.country_name, c.name) for c in candidates_for(composing)]
    with translation.override("de"):
        gelesen = [c.country_name for c in candidates_for(composing)]
    assert [name for name, _who in read] == sorted((name for name, _who in read), key=folded)
    assert gelesen == sorted(gelesen, key=folded) and gelesen.index("Deutschland") < gelesen.index("Österreich")
    germans = [who for name, who in read if name == "Germany"]
    assert germans[0].endswith("Ähre") and germans[-1].endswith("Zweig")


def test_the_order_of_reading_does_not_change_the_proposal(composing, congress):
    with translation.override("en"):
        one = propose(composing, by=SYSTEM, size=12)
        names = {country.code: country.name for country in Country.objects.all()}
        shown = [names[row["country"]] for row in outcome_in_words(one)["members"]]
    with translation.override("fr"):
        other = propose(composing, by=SYSTEM, size=12)
    assert [row["uuid"] for row in one.outcome["members"]] == [row["uuid"] for row in other.outcome["members"]]
    assert shown == sorted(shown, key=folded)
