"""One's own data: availability, languages, papers, requests to correct, everything that is stored."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.apps import apps
from django.core.files.storage import default_storage

from accounts import stored
from accounts.models import Person, User
from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.files import may_read
from core.models import AuditEntry, OutboxMail, StoredFile
from observers.models import AvailableSpan, CorrectionRequest, PersonPaper
from observers.services.corrections import ask_correction, refuse_correction, take_over, withdraw_correction
from observers.services.own import change_own, hand_in_paper, remove_paper, take_back_availability, tell_availability
from tests.conftest_missions import LETTER
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(make_user):
    return make_user("Ada", "Ember")


@pytest.fixture
def mine(me):
    return user_actor(me)


def test_languages_and_contact_are_changed_by_oneself_and_nothing_else(me, mine, outsider):
    change_own(me.person, by=mine, languages=["fr", "en"], language_levels={"fr": "native"}, phone="+33 1", zone="Europe/Sofia")
    me.person.refresh_from_db()
    assert (me.person.spoken, me.person.zone) == ([("fr", "native"), ("en", "")], "Europe/Sofia")
    with pytest.raises(LookupError):
        change_own(me.person, by=mine, family_name="Other")
    with pytest.raises(Invalid):
        change_own(me.person, by=mine, zone="Mars/Base")
    with pytest.raises(NotAllowed):
        change_own(me.person, by=user_actor(outsider), phone="1")


def test_availability_is_told_once_and_taken_back(me, mine, outsider):
    first = tell_availability(me.person, by=mine, first_on=date(2027, 7, 1), last_on=date(2027, 7, 31), answer="no", note="Leave")
    assert tell_availability(me.person, by=mine, first_on=date(2027, 7, 1), last_on=date(2027, 7, 31), answer="no") == first
    with pytest.raises(Invalid) as refusal:
        tell_availability(me.person, by=mine, first_on=date(2027, 7, 31), last_on=date(2027, 8, 2), answer="yes")
    assert refusal.value.attr == "first_on" and "2027-07-01" in refusal.value.sentence
    with pytest.raises(Invalid):
        tell_availability(me.person, by=mine, first_on=date(2027, 9, 2), last_on=date(2027, 9, 1))
    with pytest.raises(NotAllowed):
        take_back_availability(first, by=user_actor(outsider))
    take_back_availability(first, by=mine)
    assert not AvailableSpan.objects.exists()


def test_a_paper_is_read_by_its_person_and_the_coordinator_and_goes_with_its_file(me, mine, coordinator, publisher, outsider):
    paper = hand_in_paper(me.person, by=mine, kind="passport", content=LETTER, name="passport.pdf")
    path = paper.file.path
    assert [bool(may_read(user, paper.file)) for user in (me, coordinator, publisher, outsider)] == [True, True, False, False]
    newer = hand_in_paper(me.person, by=mine, kind="passport", content=LETTER + b"2", name="new.pdf")
    assert list(PersonPaper.objects.all()) == [newer] and default_storage.exists(path)
    with pytest.raises(Invalid) as refusal:
        hand_in_paper(me.person, by=mine, kind="cv", content=b"#!/bin/sh\n", name="cv.pdf")
    assert refusal.value.code == "file_type"
    remove_paper(newer, by=mine)
    assert not PersonPaper.objects.exists() and not StoredFile.objects.filter(name="new.pdf").exists()


def test_a_correction_is_taken_over_stored_and_told(me, mine, coordinator):
    row = ask_correction(me.person, by=mine, topic="name", text="It is spelled so.", family_name="Émber", given_name="Ada")
    assert row.changes == {"family_name": "Émber"}
    assert ask_correction(me.person, by=mine, topic="name", text="It is spelled so.", family_name="Émber") == row
    assert list(CorrectionRequest.objects.all().waiting()) == [row]
    take_over(row, by=user_actor(coordinator))
    take_over(row, by=user_actor(coordinator))
    me.person.refresh_from_db()
    mail = OutboxMail.objects.get(template="observers/mail/correction_answered")
    assert (me.person.family_name, mail.address) == ("Émber", me.person.email)
    assert "We have done so" in mail.body and "It is spelled so." in mail.body
    with pytest.raises(NotNow):
        refuse_correction(row, by=user_actor(coordinator), answer="No.")


def test_a_refusal_needs_a_sentence_that_the_person_reads(me, mine, coordinator, publisher):
    row = ask_correction(me.person, by=mine, topic="membership", text="I am in the other chamber.")
    with pytest.raises(Invalid) as refusal:
        refuse_correction(row, by=user_actor(coordinator), answer=" ")
    assert refusal.value.attr == "answer"
    with pytest.raises(NotAllowed):
        refuse_correction(row, by=user_actor(publisher), answer="No.")
    refuse_correction(row, by=user_actor(coordinator), answer="Your state has named you for this one.")
    assert "Your state has named you for this one." in OutboxMail.objects.get().body


def test_a_correction_that_cannot_be_stored_stays_open(me, mine, make_person):
    other = make_person("Ben", "Taken")
    row = ask_correction(me.person, by=mine, topic="address", text="", email=other.email)
    with pytest.raises(Invalid) as refusal:
        take_over(row, by=SYSTEM)
    row.refresh_from_db()
    assert (refusal.value.code, row.state) == ("address_taken", "open") and not OutboxMail.objects.exists()


@pytest.mark.parametrize(("values", "attr"), [({"text": " "}, "text"), ({"text": "", "email": "ada(at)example"}, "email")])
def test_what_cannot_be_asked(me, mine, values, attr):
    with pytest.raises(Invalid) as refusal:
        ask_correction(me.person, by=mine, topic="other", **values)
    assert refusal.value.attr == attr


def test_only_for_oneself_and_withdrawn_while_it_waits(me, mine, coordinator):
    with pytest.raises(NotAllowed):
        ask_correction(me.person, by=user_actor(coordinator), topic="other", text="Hm.")
    row = ask_correction(me.person, by=mine, topic="other", text="Hm.")
    withdraw_correction(row, by=mine)
    withdraw_correction(row, by=mine)
    assert not CorrectionRequest.objects.all().waiting().exists()
    with pytest.raises(NotNow):
        take_over(row, by=SYSTEM)
    assert AuditEntry.objects.filter(action="observers.correction_withdrawn").count() == 1


ELSEWHERE = {"core.Job"}
"""About the work of the house and not about a person."""


def test_no_table_about_a_person_is_forgotten() -> None:
    """Every table that refers to a person or an account is named by a section of what is stored."""
    known = stored.known_models()
    lead_here = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model in {Person, User}
    }
    assert lead_here - known - ELSEWHERE == set()
    assert all(apps.get_model(label) for label in known if "." in label)


def test_everything_stored_is_told_and_goes_into_json(world: World) -> None:
    told = stored.stored_about(world.person)
    json.dumps(told)
    rows = {section["code"]: section["rows"] for section in told}
    assert rows["person"][0]["family_name"] == world.person.family_name
    for code in (
        "account", "memberships", "mandates", "papers", "corrections", "missions", "declarations", "teams", "phones", "observations",
        "notes", "programme", "links", "log",
    ):  # fmt: skip
        assert rows[code], code
    assert "password" not in json.dumps(rows["account"]).replace("has_password", "")
    assert world.token not in json.dumps(told) and world.feed_token not in json.dumps(told)
