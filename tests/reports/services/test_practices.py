"""Good practice: written from a note, checked, published, and its confidential source given away nowhere."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from core import clock, translations
from core.actors import user_actor
from core.enums import Access
from core.errors import Invalid, NotAllowed, NotNow, Stale
from missions.models import Contact, Meeting, Organisation, Participant
from reports.models import GoodPractice
from reports.services import chain
from reports.services.practices import add_practice, change_practice, missing_for_publishing, move_practice

VALUES = {"level": "dialogue", "step": "drafting", "actors": ["local_authority", "ngo"]}
TEXTS = {
    "title": {"en": "Budget days"},
    "text": {"en": "Every spring the town asks its people what the budget should pay for."},
    "lesson": {"en": "Ask before the draft is written."},
}


@pytest.fixture
def ngo(drafting):
    """A meeting with an organisation that was met in confidence, and its contact."""
    day = clock.today() - timedelta(days=41)
    meeting = Meeting.objects.create(
        mission=drafting, kind="ngo", title="Civil society", start_day=day, end_day=day, start_time=time(10), end_time=time(11),
        zone=drafting.zone, starts_at=clock.now() - timedelta(days=41), ends_at=clock.now() - timedelta(days=41, hours=-1), state="held",
        is_for_all=True,
    )  # fmt: skip
    league = Organisation.objects.create(name="Voters’ League", kind="ngo", country=drafting.country)
    contact = Contact.objects.create(organisation=league, name="Nora Office")
    Participant.objects.create(meeting=meeting, organisation=league, contact=contact, answer="accepted")
    return meeting


@pytest.fixture
def note(ngo):
    """What was said there, for the secretariat alone."""
    text = "The mayor told us that the budget days were invented by one clerk against his party."
    return ngo.meeting_notes.create(topic="L01", text=text, access=Access.SECRETARIAT, written_by="system")


@pytest.fixture
def practice(drafting, note, as_coordinator):
    """A draft written from the note."""
    return add_practice(mission=drafting, texts=TEXTS, note=note, by=as_coordinator, place="Gabrovo", **VALUES)


def test_it_is_numbered_and_knows_where_it_was_heard(practice, ngo, note, drafting, as_coordinator):
    assert (practice.label, practice.meeting, practice.note, practice.country) == ("GP1", ngo, note, drafting.country)
    assert add_practice(mission=drafting, texts=TEXTS, by=as_coordinator, **VALUES).label == "GP2"


def test_wrong_input_names_its_field(drafting, as_coordinator):
    wrong = [
        ({"level": "shouting"}, "level"), ({"actors": ["king"]}, "actors"), ({"source_name": "League"}, "source_name"),
        ({"year": 2999}, "year"),
    ]  # fmt: skip
    for values, attr in wrong:
        with pytest.raises(Invalid) as refusal:
            add_practice(mission=drafting, texts=TEXTS, by=as_coordinator, **VALUES | values)
        assert refusal.value.attr == attr
    with pytest.raises(Invalid):
        add_practice(mission=drafting, texts={"title": {"en": ""}}, by=as_coordinator, **VALUES)
    assert not GoodPractice.objects.exists()


def test_the_way_to_the_public(practice, as_coordinator, as_publisher):
    with pytest.raises(NotNow):
        move_practice(practice, "publish", by=as_publisher)
    move_practice(practice, "check", by=as_coordinator)
    with pytest.raises(NotAllowed):
        move_practice(practice, "publish", by=as_coordinator)
    row = move_practice(practice, "publish", by=as_publisher)
    assert (row.state, row.published_languages) == ("published", ["en"]) and "gabrovo" in row.search
    with pytest.raises(NotNow):
        change_practice(row, version=row.version, by=as_coordinator, place="Varna")
    assert move_practice(row, "reopen", by=as_publisher, note="A year is wrong.").state == "draft"
    assert not GoodPractice.objects.out().exists()


def test_what_is_missing_is_told_at_once(drafting, as_coordinator):
    row = add_practice(mission=drafting, texts={"title": {"en": "Bare"}}, by=as_coordinator, level="dialogue", step="agenda")
    with pytest.raises(NotNow) as refusal:
        move_practice(row, "check", by=as_coordinator)
    assert [one.code for one in refusal.value.missing] == ["text", "lesson", "actors"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("The Voters' league told of it.", "source_named"),
        ("NORA OFFICE explained it.", "source_named"),
        ("Mrs Ivanova explained it.", "person_named"),
        ("Budget days were invented by one clerk, they say.", "note_quoted"),
    ],
)
def test_a_confidential_source_is_not_given_away(practice, as_coordinator, words, code):
    change_practice(practice, version=practice.version, by=as_coordinator, texts={"text": {"en": words}})
    with pytest.raises(NotNow) as refusal:
        move_practice(practice, "check", by=as_coordinator)
    assert [one.code for one in refusal.value.missing] == [code]


def test_a_source_that_agreed_may_be_named_and_a_public_note_repeated(practice, note, as_coordinator):
    note.access = Access.PUBLIC
    note.save()
    text = {"text": {"en": "The Voters’ League says that the budget days were invented by one clerk against his party."}}
    values = {"source_name": "Voters’ League", "source_agreed": True}
    row = change_practice(practice, version=practice.version, by=as_coordinator, texts=text, **values)
    assert missing_for_publishing(GoodPractice.objects.get(pk=row.pk)) == []


def test_unchecked_languages_need_a_yes_and_whole_texts(practice, as_coordinator, as_publisher):
    texts = {name: {"fr": f"Mots : {name}"} for name in TEXTS}
    texts["title"]["de"] = "Haushaltstage"
    change_practice(practice, version=practice.version, by=as_coordinator, texts=texts)
    move_practice(practice, "check", by=as_coordinator)
    with pytest.raises(NotNow) as refusal:
        move_practice(practice, "publish", by=as_publisher, languages=["en", "fr", "de"])
    assert [one.code for one in refusal.value.missing] == ["unchecked_fr", "text_de"]
    row = move_practice(practice, "publish", by=as_publisher, languages=["fr"], unchecked_accepted=["fr"])
    assert row.published_languages == ["en", "fr"]


def test_a_stale_save_is_refused(practice, as_coordinator):
    change_practice(practice, version=1, by=as_coordinator, place="Varna")
    with pytest.raises(Stale):
        change_practice(practice, version=1, by=as_coordinator, place="Burgas")
    assert translations.text_of(practice, "title", "en") == "Budget days"


def test_who_may_do_what(practice, drafting, make_assignment, make_user):
    observer = user_actor(make_assignment(drafting, "observer", "Ona", "Other").person.user)
    assert add_practice(mission=drafting, texts=TEXTS, by=observer, **VALUES).state == "draft"
    for act in (
        lambda: change_practice(practice, version=1, by=observer, place="X"),
        lambda: move_practice(practice, "check", by=observer),
        lambda: add_practice(mission=drafting, texts=TEXTS, by=user_actor(make_user("Otto", "Out")), **VALUES),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_up_the_chain_a_practice_from_a_hidden_note_is_not_named(practice, ngo, drafting, make_assignment, coordinator):
    observer = make_assignment(drafting, "observer", "Ona", "Other").person.user
    assert chain.uses_of("meeting", ngo.uuid, coordinator, "en").practices == [practice]
    assert chain.uses_of("meeting", ngo.uuid, observer, "en").practices == []
