"""Announcement, media advisory, speaking notes, press release: composed, edited, approved, released, corrected, withdrawn."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import DatabaseError, transaction
from model_bakery import baker

from core import clock, translations
from core.actors import user_actor
from core.documents import documents_of
from core.errors import Invalid, NotAllowed, NotNow, Stale
from missions.models import Meeting, Mission
from observers.models import Membership, PoliticalGroup
from observers.services.reference import load_reference
from reports.documents.mission_text.build import parse
from reports.models import MissionText, MissionTextVersion
from reports.services.mission_text_release import release_text
from reports.services.mission_texts import change_text, compose_text, move_text, text_of

KINDS = ("announcement", "media_advisory", "speaking_notes", "press_release")


@pytest.fixture
def staffed(drafting, make_assignment, make_country):
    """The mission with a head of delegation, an observer, somebody of staff, and a press conference."""
    load_reference()
    for role, given, family in (("head", "Hedda", "Head"), ("observer", "Ola", "Observer"), ("staff", "Stina", "Staffer")):
        person = make_assignment(drafting, role, given, family).person
        if role != "staff":
            baker.make(
                Membership, person=person, country=make_country("AT"), chamber="L", member_list="representative",
                group=PoliticalGroup.objects.get(code="ILDG"),
                starts_on=clock.today() - timedelta(days=300), ends_on=None,
            )  # fmt: skip
    day = drafting.polling_day + timedelta(days=1)
    Meeting.objects.create(
        mission=drafting, kind="press_conference", title="Press conference", start_day=day, end_day=day, start_time=time(15),
        end_time=time(16), zone=drafting.zone, starts_at=clock.now(), ends_at=clock.now() + timedelta(hours=1), place="Hotel Balkan, Sofia",
    )  # fmt: skip
    return drafting


@pytest.fixture
def ready(staffed, as_coordinator):
    """A text of a kind that may be approved: `ready("announcement")`."""

    def make(kind):
        text = compose_text(staffed, kind, by=as_coordinator)
        details = {"contact": "Press service, press@example.org"}
        if kind == "media_advisory":
            details |= {"held_on": date(2027, 10, 25), "held_at": time(15), "place": "Hotel Balkan, Sofia"}
        return change_text(text, version=text.version, by=as_coordinator, **details)

    return make


@pytest.fixture
def released(ready, as_coordinator, as_publisher):
    """A released text: `released("announcement", languages=["en"])`."""

    def make(kind, **values):
        text = move_text(ready(kind), "approve", by=as_coordinator)
        return release_text(text, by=as_publisher, **({"unchecked_accepted": ["fr", "de"]} | values))[0]

    return make


def body(text, language="en"):
    return translations.text_of(text, "body", language)


def test_an_announcement_says_who_comes_when_and_whom_it_meets_by_kind_only(staffed, as_coordinator):
    Meeting.objects.create(
        mission=staffed, kind="ngo", title="Secret League", start_day=clock.today(), end_day=clock.today(), start_time=time(9),
        end_time=time(10), zone=staffed.zone, starts_at=clock.now(), ends_at=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    text = compose_text(staffed, "announcement", by=as_coordinator)
    english = body(text)
    for words in ("2 members from 1 country", "Hedda Head, Austria (L, ILDG)", "Non-governmental organisations", "Hotel Balkan, Sofia"):
        assert words in english
    for hidden in ("Secret League", "Stina Staffer"):
        assert hidden not in english
    assert "2 membres" in body(text, "fr") and "2 Mitglieder" in body(text, "de")
    states = {code: row.state for code, row in translations.texts(text, "body").items()}
    assert states == {"en": "checked", "fr": "machine", "de": "machine"}


def test_the_advisory_takes_day_time_and_place_of_the_press_conference(staffed, as_coordinator):
    text = compose_text(staffed, "media_advisory", by=as_coordinator)
    assert (text.held_on, text.held_at, text.place) == (staffed.polling_day + timedelta(days=1), time(15), "Hotel Balkan, Sofia")


def test_speaking_notes_speak_of_findings_and_calls_that_may_be_printed(drafting, make_report, make_finding, figures, as_coordinator):
    make_report(drafting)
    make_finding(drafting, "Boards were well trained.", kind="welcome")
    make_finding(drafting, "SECRET-finding", access="secretariat")
    text = compose_text(drafting, "speaking_notes", by=as_coordinator)
    english = body(text)
    assert "Boards were well trained." in english and "Group voting was seen." in english and "SECRET" not in english
    assert "The draft recommendation asks for 1 action:" in english and "I ask you to adopt" in english
    assert "[Non traduit" in body(text, "fr")


def test_a_press_release_waits_for_the_adoption_and_quotes_the_adopted_wording(drafting, make_report, walk, figures, as_coordinator):
    report = make_report(drafting)
    with pytest.raises(NotNow) as refusal:
        compose_text(drafting, "press_release", by=as_coordinator)
    assert [one.code for one in refusal.value.missing] == ["not_adopted"]
    walk(report, "adopted")
    text = compose_text(drafting, "press_release", by=as_coordinator)
    english = body(text)
    assert "adopted Recommendation 601 (2027)" in english and "- ensure that voters mark their ballots alone." in english
    assert "a report by Rita Reporter" in english and "96 polling stations, which is not a sample" in english
    assert "veiller à ce que les électeurs marquent leur bulletin seuls." in body(text, "fr")
    assert "Group voting" not in english, "what only the team reads is not told to the press"


def test_nothing_is_composed_for_a_mission_that_is_not_decided(make_mission, as_coordinator):
    mission = make_mission("before_bureau")
    with pytest.raises(NotNow) as refusal:
        compose_text(mission, "announcement", by=as_coordinator)
    assert {one.code for one in refusal.value.missing} == {"not_accepted", "delegation"}
    with pytest.raises(Invalid):
        compose_text(mission, "poem", by=as_coordinator)


def test_composing_again_renews_a_draft_and_makes_no_second_one(staffed, as_coordinator):
    text = compose_text(staffed, "announcement", by=as_coordinator)
    text = change_text(text, version=text.version, by=as_coordinator, body={"en": "Mine."}, contact="Press service")
    again = compose_text(staffed, "announcement", by=as_coordinator)
    assert again.pk == text.pk and body(again) != "Mine." and again.contact == "Press service"


def test_a_stale_save_is_refused_and_loses_nothing(staffed, as_coordinator):
    text = compose_text(staffed, "announcement", by=as_coordinator)
    change_text(text, version=text.version, by=as_coordinator, body={"en": "First."})
    with pytest.raises(Stale):
        change_text(text, version=text.version, by=as_coordinator, body={"en": "Second."})
    assert body(text) == "First."


def test_changing_the_original_makes_a_checked_translation_stale(staffed, as_coordinator):
    text = compose_text(staffed, "announcement", by=as_coordinator)
    text = change_text(text, version=text.version, by=as_coordinator, checked={"fr"})
    assert translations.texts(text, "body")["fr"].state == "checked"
    change_text(text, version=text.version, by=as_coordinator, body={"en": "Other."})
    assert translations.texts(text, "body")["fr"].state == "stale"


def test_approval_tells_all_that_is_missing_at_once(staffed, as_coordinator, figures):
    text = compose_text(staffed, "media_advisory", by=as_coordinator)
    change_text(
        text, version=text.version, by=as_coordinator, place="", title={"fr": ""}, body={"en": "In {figure:B99}, and 12.5 % of voters."}
    )
    with pytest.raises(NotNow) as refusal:
        move_text(text, "approve", by=as_coordinator)
    assert [one.code for one in refusal.value.missing] == ["title_fr", "contact", "event", "figure_unknown", "share_bare"]


def test_a_share_that_is_no_figure_needs_a_persons_yes(ready, as_coordinator):
    text = ready("announcement")
    text = change_text(text, version=text.version, by=as_coordinator, body={"en": "The law asks for 40 % women."})
    with pytest.raises(NotNow):
        move_text(text, "approve", by=as_coordinator)
    assert move_text(text, "approve", by=as_coordinator, percentages_accepted=True).state == "approved"


def test_a_figure_is_filled_with_n_and_denominator_when_it_is_frozen(ready, as_coordinator, as_publisher, figures):
    text = ready("announcement")
    text = change_text(text, version=text.version, by=as_coordinator, body={"en": "Seen in {figure:B21}."})
    move_text(text, "approve", by=as_coordinator)
    version, _job = release_text(text, by=as_publisher, languages=["en"])
    assert version.content["languages"]["en"]["body"] == [
        {"type": "paragraph", "text": "Seen in 12 of 96 of the stations visited (12.5 %)."}
    ]


def test_who_may_do_what(ready, staffed, make_assignment, as_coordinator, as_publisher):
    observer = user_actor(make_assignment(staffed, "observer", "Ona", "Other").person.user)
    with pytest.raises(NotAllowed):
        compose_text(staffed, "announcement", by=observer)
    text = ready("announcement")
    for act in ("approve", "withdraw"):
        with pytest.raises(NotAllowed):
            move_text(text, act, by=observer, note="No.")
    text = move_text(text, "approve", by=as_coordinator)
    with pytest.raises(NotAllowed):
        release_text(text, by=as_coordinator)
    assert release_text(text, by=as_publisher, languages=["en"])[0].number == 1


@pytest.mark.parametrize("state", ["draft", "approved", "released", "withdrawn"])
@pytest.mark.parametrize("action", ["approve", "return", "correct", "withdraw"])
def test_every_move_in_every_state(ready, as_coordinator, as_publisher, state, action):
    text = ready("announcement")
    MissionText.objects.filter(pk=text.pk).update(state=state)
    good = {
        ("draft", "approve"): "approved", ("approved", "return"): "draft", ("released", "correct"): "draft",
        ("draft", "withdraw"): "withdrawn", ("approved", "withdraw"): "withdrawn", ("released", "withdraw"): "withdrawn",
        ("approved", "approve"): "approved", ("draft", "return"): "draft", ("draft", "correct"): "draft",
        ("withdrawn", "withdraw"): "withdrawn",
    }  # fmt: skip
    by = as_publisher if action in {"correct", "withdraw"} else as_coordinator
    if (state, action) in good:
        assert move_text(text, action, by=by, note="Why.").state == good[(state, action)]
    else:
        with pytest.raises(NotNow):
            move_text(text, action, by=by, note="Why.")


def test_unchecked_languages_need_a_yes(ready, as_coordinator, as_publisher):
    text = move_text(ready("announcement"), "approve", by=as_coordinator)
    with pytest.raises(NotNow) as refusal:
        release_text(text, by=as_publisher)
    assert [one.code for one in refusal.value.missing] == ["unchecked_de", "unchecked_fr"]
    assert not MissionTextVersion.objects.exists()


def test_names_of_staff_are_not_published_before_the_mission_ends(ready, staffed, as_coordinator, as_publisher):
    text = ready("announcement")
    text = change_text(text, version=text.version, by=as_coordinator, contact="Stina Staffer, in Sofia")
    text = move_text(text, "approve", by=as_coordinator)
    Mission.objects.filter(pk=staffed.pk).update(first_day=clock.today(), last_day=clock.today() + timedelta(days=2))
    with pytest.raises(NotNow) as refusal:
        release_text(text, by=as_publisher, languages=["en"])
    assert [one.code for one in refusal.value.missing] == ["staff_named"]
    later = clock.now() + timedelta(days=4)
    assert release_text(text, by=as_publisher, languages=["en"], embargo_until=later)[0].number == 1


def test_a_press_release_does_not_tell_before_the_reports_embargo(drafting, make_report, walk, figures, as_coordinator, as_publisher):
    until = clock.now() + timedelta(hours=3)
    walk(make_report(drafting), "published", embargo_until=until)
    text = compose_text(drafting, "press_release", by=as_coordinator)
    text = change_text(text, version=text.version, by=as_coordinator, contact="Press service")
    text = move_text(text, "approve", by=as_coordinator)
    with pytest.raises(NotNow) as refusal:
        release_text(text, by=as_publisher, languages=["en"])
    assert [one.code for one in refusal.value.missing] == ["report_embargo"]
    assert release_text(text, by=as_publisher, languages=["en"], embargo_until=until)[0].embargo_until == until


def test_a_correction_is_the_next_version_and_names_the_old(released, as_publisher, as_coordinator):
    first = released("announcement", languages=["en"])
    text = move_text(first.text, "correct", by=as_publisher, note="The day was wrong.")
    change_text(text, version=text.version, by=as_coordinator, body={"en": "Corrected."})
    move_text(text, "approve", by=as_coordinator)
    second, _job = release_text(MissionText.objects.get(pk=text.pk), by=as_publisher, languages=["en"])
    assert (second.number, second.slug, second.content["corrects"]) == (2, first.slug, 1)
    assert second.content["languages"]["en"]["correction_text"] == "Corrected version 2, replacing version 1: The day was wrong."
    assert list(MissionTextVersion.objects.current()) == [second]


def test_released_twice_is_released_once(released, as_publisher):
    version = released("announcement", languages=["en"])
    again, job = release_text(version.text, by=as_publisher)
    assert again == version and job.kind == "documents.render"
    assert documents_of(version).count() == 2, "a second job draws what the first did not"


def test_a_withdrawn_text_makes_room_for_another_with_its_own_address(released, staffed, as_publisher, as_coordinator):
    first = released("announcement", languages=["en"])
    move_text(first.text, "withdraw", by=as_publisher, note="Postponed.")
    text = compose_text(staffed, "announcement", by=as_coordinator)
    assert text.pk != first.text.pk and text_of(staffed, "announcement") == text
    text = move_text(change_text(text, version=text.version, by=as_coordinator, contact="Press"), "approve", by=as_coordinator)
    assert release_text(text, by=as_publisher, languages=["en"])[0].slug == f"{first.slug}-2"


def test_a_language_of_the_host_country_is_released_as_it_was_written(ready, as_coordinator, as_publisher):
    text = ready("announcement")
    words = {"title": {"bg": "Наблюдение на изборите"}, "body": {"bg": "Делегацията пристига на 21 октомври."}}
    text = change_text(text, version=text.version, by=as_coordinator, **words)
    assert text.languages == ["en", "fr", "de", "bg"]
    with pytest.raises(Invalid):
        change_text(text, version=text.version, by=as_coordinator, body={"sw": "Habari."})
    move_text(text, "approve", by=as_coordinator)
    version, _job = release_text(text, by=as_publisher, languages=["en", "bg"], unchecked_accepted=["bg"])
    assert version.content["languages"]["bg"]["body"] == [{"type": "paragraph", "text": "Делегацията пристига на 21 октомври."}]
    assert version.content["languages"]["en"]["members"] and not version.content["languages"]["bg"]["members"]


def test_a_body_is_read_as_headings_lists_and_paragraphs():
    assert parse("One\nline.\n\n# Head\n\n- a\n- b\n\nLast: #import <b>") == [
        {"type": "paragraph", "text": "One line."},
        {"type": "heading", "text": "Head"},
        {"type": "item", "text": "a"},
        {"type": "item", "text": "b"},
        {"type": "paragraph", "text": "Last: #import <b>"},
    ]


def test_a_released_version_never_changes(released):
    version = released("announcement", languages=["en"])
    with pytest.raises(DatabaseError), transaction.atomic():
        MissionTextVersion.objects.filter(pk=version.pk).update(checksum="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        version.delete()
