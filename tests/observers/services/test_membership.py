"""Memberships through the services: seats, terms, extension, credentials."""

from datetime import date

import pytest

from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed, NotNow
from observers.models import CharterVersion, Membership, PoliticalGroup, SeatAllocation
from observers.services.eligibility import membership_on
from observers.services.membership import (
    appoint_member,
    change_membership,
    end_membership,
    extend_term,
    lose_mandate,
    move_credential,
    set_renewal_session,
)
from observers.services.reference import load_reference


def test_reference_data_is_loaded_once(reference, make_country):
    make_country("TR")
    load_reference()
    again = load_reference()
    assert again["created"] == again["updated"] == 0
    assert CharterVersion.objects.get(code="2020").term_years == 5
    assert list(SeatAllocation.objects.filter(country__code="TR").values_list("seats", flat=True)) == [12, 18]
    assert PoliticalGroup.objects.on(date(2015, 1, 1)).filter(code="SOC").exists()
    assert not PoliticalGroup.objects.on(date(2026, 1, 1)).filter(code="SOC").exists()
    assert PoliticalGroup.objects.get(code="ILDG").abbreviation_in("fr") == "GILD"


def test_a_seat_has_one_holder(make_member, make_person, bulgaria, reference):
    holder = make_member("BG", seat=3)
    other = make_person("New", "Comer")
    with pytest.raises(Invalid) as refusal:
        appoint_member(by=SYSTEM, person=other, country=bulgaria, chamber="L", starts_on=date(2026, 9, 1), seat=3)
    assert refusal.value.code == "seat_taken" and holder.name in refusal.value.sentence
    end_membership(Membership.objects.get(person=holder), by=SYSTEM, event="resignation", event_on=date(2026, 9, 1))
    assert appoint_member(by=SYSTEM, person=other, country=bulgaria, chamber="L", starts_on=date(2026, 9, 1), seat=3).seat == 3


def test_nobody_sits_twice(make_member, make_country):
    person = make_member("FR")
    with pytest.raises(Invalid) as refusal:
        appoint_member(by=SYSTEM, person=person, country=make_country("DE"), chamber="L", starts_on=date(2026, 6, 1))
    assert refusal.value.code == "already_member"


def test_a_new_term_closes_the_old_at_the_renewal_session(make_member, make_country):
    person = make_member("FR", start=date(2021, 3, 23), seat=1)
    appoint_member(by=SYSTEM, person=person, country=make_country("FR"), chamber="L", starts_on=date(2026, 3, 24), seat=1)
    old, new = Membership.objects.filter(person=person).order_by("starts_on")
    assert (old.ends_on, old.end_reason) == (date(2026, 3, 24), "renewal") and new.ends_on is None


def test_a_change_of_group_continues_the_membership(make_member, reference, membership_of):
    person = make_member("FR", "ILDG")
    row = change_membership(membership_of(person), by=SYSTEM, from_on=date(2026, 7, 1), group=reference["ECR"])
    assert Membership.objects.on(date(2026, 6, 30)).get(person=person).group_code == "ILDG"
    assert Membership.objects.on(date(2026, 7, 1)).get(person=person) == row and row.group_code == "ECR"
    assert membership_on(person, date(2026, 7, 1)).is_ok


def test_a_state_may_not_withdraw_a_member(make_member, membership_of):
    with pytest.raises(Invalid) as refusal:
        end_membership(membership_of(make_member("FR")), by=SYSTEM, event="recalled", event_on=date(2026, 9, 1))
    assert refusal.value.code == "R9"


def test_a_lost_mandate_leaves_six_months(make_member):
    person = make_member("FR")
    lose_mandate(person.mandates.get(), by=SYSTEM, ends_on=date(2026, 8, 31), polled_on=date(2026, 8, 1))
    assert membership_on(person, date(2027, 2, 28)).outcome == "grace"
    answer = membership_on(person, date(2027, 3, 1))
    assert (answer.rule, answer.outcome, answer.dates["ends_on"]) == ("R11", "refused", date(2027, 2, 28))


def test_extension_within_the_window_only(make_member, membership_of):
    row = membership_of(make_member("FR", start=date(2016, 10, 19)))
    with pytest.raises(Invalid) as refusal:
        extend_term(row, by=SYSTEM, election_on=date(2020, 11, 22), until=date(2021, 4, 1), decided_by="Bureau")
    assert refusal.value.code == "R12"
    with pytest.raises(Invalid) as refusal:
        extend_term(row, by=SYSTEM, election_on=date(2020, 12, 20), until=date(2021, 6, 21), decided_by="Bureau")
    assert "20 June 2021" in refusal.value.sentence
    assert extend_term(row, by=SYSTEM, election_on=date(2020, 12, 20), until=date(2021, 6, 20), decided_by="Bureau").extended_until


def test_credentials_move_by_r13(make_member, membership_of):
    row = membership_of(make_member("FR", credential="notified"))
    with pytest.raises(NotNow):
        move_credential(row, "ratified", by=SYSTEM)
    move_credential(row, "provisional", by=SYSTEM)
    assert move_credential(row, "ratified", by=SYSTEM).credential == "ratified"
    assert move_credential(row, "ratified", by=SYSTEM).credential == "ratified"


def test_renewal_sessions_are_entered_by_hand(reference, publisher):
    assert set_renewal_session(by=SYSTEM, opens_on=date(2031, 3, 25), number=60).is_expected is False
    with pytest.raises(NotAllowed):
        set_renewal_session(by=user_actor(publisher), opens_on=date(2036, 3, 25))
