"""Declarations: versioned text, language, time, hash; decisions with a reason."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import OutboxMail
from observers.models import Declaration
from observers.services.assignments import invite, withdraw_assignment
from observers.services.declarations import (
    ask_to_declare_again,
    code_of_conduct,
    decide_interests,
    declare_interests,
    interest_questions,
    sign_code,
)
from observers.services.eligibility import CONFIRM, FIELD, verdict
from observers.services.guards import codes_are_signed
from observers.services.membership import record_mandate
from tests.observers.conftest import NO_TO_ALL, own_link


@pytest.fixture
def row(composing, congress):
    return invite(composing, congress[0], by=SYSTEM)


def test_fourteen_points_in_three_languages():
    for language in ("en", "fr", "de"):
        text = code_of_conduct(language)
        assert len(text["points"]) == 14 and text["language"] == language
        assert text["is_checked"] is (language == "en")
        assert len(interest_questions(language)["questions"]) == len(interest_questions("en")["questions"])
    assert len({code_of_conduct(language)["sha256"] for language in ("en", "fr", "de")}) == 3
    assert code_of_conduct("bg")["language"] == "en"


def test_a_published_version_never_changes():
    """Whoever changes the text of version 1 breaks signatures: publish version 2 instead."""
    assert code_of_conduct("en", "1")["sha256"] == SHA_OF_VERSION_1


SHA_OF_VERSION_1 = "1f52046eafcd877c627387cdf570b5152775a0c9dabd5e4b0f564bc2160f9e8b"


def test_signing_keeps_version_language_time_and_hash(row):
    signed = sign_code(row, by=own_link(row), language="fr")
    assert (signed.text_version, signed.language, signed.sha256) == ("1", "fr", code_of_conduct("fr")["sha256"])
    assert signed.signed_at is not None and signed.signed_by.startswith("link:")
    assert sign_code(row, by=own_link(row), language="fr") == signed
    assert row.declarations.count() == 1


def test_nobody_signs_for_somebody_else(row, as_coordinator, outsider):
    for by in (as_coordinator, user_actor(outsider)):
        with pytest.raises(NotAllowed):
            sign_code(row, by=by, language="en")


def test_open_questions_and_missing_detail_are_named(row):
    with pytest.raises(Invalid) as refusal:
        declare_interests(row, by=own_link(row), answers={}, language="en")
    assert refusal.value.attr == "family"
    with pytest.raises(Invalid) as refusal:
        declare_interests(row, by=own_link(row), answers={**NO_TO_ALL, "work": {"answer": "yes", "detail": " "}}, language="en")
    assert refusal.value.attr == "work"


def test_a_new_declaration_takes_the_place_of_the_old(row):
    first = declare_interests(row, by=own_link(row), answers=NO_TO_ALL, language="en")
    assert first.decision == "none"
    assert declare_interests(row, by=own_link(row), answers=NO_TO_ALL, language="en") == first
    second = declare_interests(
        row, by=own_link(row), answers={**NO_TO_ALL, "other": {"answer": "yes", "detail": "A house."}}, language="en"
    )
    first.refresh_from_db()
    assert (first.is_current, second.is_current, second.decision) == (False, True, "pending")


def test_decisions_have_reasons_and_their_place(row, as_coordinator, publisher):
    clear = declare_interests(row, by=own_link(row), answers=NO_TO_ALL, language="en")
    with pytest.raises(NotNow):
        decide_interests(clear, by=as_coordinator, is_conflict=False, reason="Nothing.")
    open_one = declare_interests(
        row, by=own_link(row), answers={**NO_TO_ALL, "other": {"answer": "yes", "detail": "A house."}}, language="en"
    )
    with pytest.raises(Invalid):
        decide_interests(open_one, by=as_coordinator, is_conflict=False, reason="")
    with pytest.raises(NotAllowed):
        decide_interests(open_one, by=user_actor(publisher), is_conflict=False, reason="Fine.")
    assert decide_interests(open_one, by=as_coordinator, is_conflict=False, reason="Fine.").decision == "cleared"


def test_the_database_keeps_one_current_declaration(row):
    sign_code(row, by=own_link(row), language="en")
    old = Declaration.objects.get()
    old.pk, old.uuid = None, "00000000-0000-4000-8000-000000000001"
    with pytest.raises(IntegrityError), transaction.atomic():
        old.save(force_insert=True)


def test_who_left_declares_nothing(row):
    withdraw_assignment(row, by=SYSTEM, reason="Ill.")
    row.refresh_from_db()
    with pytest.raises(NotNow):
        sign_code(row, by=own_link(row), language="en")


def part(row, stage):
    """What R14.3 says of an assignment."""
    row.refresh_from_db()
    return next(item for item in verdict(row.person, row.mission, stage=stage, assignment=row).parts if item.rule == "R14.3")


def test_a_declaration_holds_for_six_months_and_must_cover_the_mission(row):
    made = declare_interests(row, by=own_link(row), answers=NO_TO_ALL, language="en")
    assert made.valid_until > clock.today() + timedelta(days=180)
    assert part(row, CONFIRM).is_ok and part(row, FIELD).is_ok
    Declaration.objects.filter(pk=made.pk).update(valid_until=row.mission.last_day - timedelta(days=1))
    assert part(row, CONFIRM).is_ok and not part(row, FIELD).is_ok and "declare anew" in part(row, FIELD).sentence
    Declaration.objects.filter(pk=made.pk).update(valid_until=clock.today() - timedelta(days=1))
    assert not part(row, CONFIRM).is_ok
    again = declare_interests(row, by=own_link(row), answers=NO_TO_ALL, language="en")
    assert again != made and part(row, FIELD).is_ok


def test_a_changed_fact_asks_for_a_new_declaration(composing, congress, bring_in):
    row = bring_in(composing, congress[0])
    assert part(row, FIELD).is_ok and codes_are_signed(composing) == []
    record_mandate(row.person, by=SYSTEM, title="Member of the board", starts_on=clock.today(), is_general=True, is_directly_elected=True)
    assert not part(row, FIELD).is_ok and "the offices held" in part(row, FIELD).sentence
    assert [item.code for item in codes_are_signed(composing)] == ["interest_lapsed"]
    declare_interests(row, by=own_link(row), answers=NO_TO_ALL, language="en")
    assert part(row, FIELD).is_ok and codes_are_signed(composing) == []


def test_the_coordinator_asks_for_a_new_declaration_with_a_reason(row, as_coordinator, publisher):
    with pytest.raises(NotNow):
        ask_to_declare_again(row, by=as_coordinator, reason="A house.")
    made = declare_interests(row, by=own_link(row), answers=NO_TO_ALL, language="en")
    with pytest.raises(Invalid):
        ask_to_declare_again(row, by=as_coordinator, reason=" ")
    with pytest.raises(NotAllowed):
        ask_to_declare_again(row, by=user_actor(publisher), reason="A house.")
    ask_to_declare_again(row, by=as_coordinator, reason="Your sister stands as a candidate.")
    mail = OutboxMail.objects.get(template="observers/mail/redeclare")
    assert "Your sister stands as a candidate." in mail.body and "http" in mail.body
    assert not part(row, CONFIRM).is_ok
    again = declare_interests(row, by=own_link(row), answers=NO_TO_ALL, language="en")
    made.refresh_from_db()
    assert again.pk != made.pk and not made.is_current and part(row, CONFIRM).is_ok
