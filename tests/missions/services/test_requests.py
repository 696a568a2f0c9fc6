"""From the authority's link to the Bureau's decision and the answer."""

from __future__ import annotations

import contextlib
from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.services.links import OPENINGS_PER_MINUTE, LinkGone, TooOften, open_link
from core import clock
from core.actors import SYSTEM, user_actor
from core.documents import freeze, render
from core.errors import Invalid, NotAllowed, NotNow
from core.models import AuditEntry, OutboxMail
from missions.enums import Criterion, DecisionOutcome, Lateness, MissionFormat, MissionState, RequestState, VisitKind
from missions.models import Mission, Organisation, Request
from missions.services import bureau_facts, decisions, intake, register
from missions.services.lifecycle import available_moves
from missions.services.missions import create_election, create_mission
from tests.conftest_missions import LETTER

pytestmark = pytest.mark.django_db


def soon(days: int = 100) -> date:
    return clock.today("Europe/Sofia") + timedelta(days=days)


def filled(days: int = 100, **values):
    return {
        "authority_name": "Central Election Commission",
        "authority_type": "election_commission",
        "office_held": "Chair of the commission",
        "contact_name": "Mila Office",
        "contact_email": "office@example.org",
        "election_kind": "local",
        "election_title": "Local elections",
        "polling": [{"day": soon(days), "round": 1, "opens_at": "07:00", "closes_at": "20:00"}],
        "letter": LETTER,
        "letter_name": "letter.pdf",
    } | values


@pytest.fixture
def opened(bulgaria, as_coordinator, deadline_rules):
    """A request whose form lies with the authority: the row, the link's token, the link's actor."""
    row, url = intake.open_request(
        by=as_coordinator, country=bulgaria, contact_name="Mila Office", contact_email="office@example.org", language="fr"
    )
    token = url.rstrip("/").rsplit("/", 1)[1]
    return row, token, open_link(token, purpose=intake.PURPOSE)[1]


@pytest.fixture
def received(opened):
    """A request that was sent in by its link."""
    row, _token, by = opened
    return intake.submit_request(intake.save_request(row, by=by, **filled()), by=by)


def answered(request):
    return {code: {"answer": "yes", "comment": ""} for code in Criterion.values}


def test_the_link_is_mailed_in_the_contact_s_language(opened):
    mail = OutboxMail.objects.get(template="missions/mail/request_form")
    assert mail.address == "office@example.org"
    assert "/link/" in mail.body
    assert "Bulgarie" in mail.body


def test_saved_and_resumed_then_sent(opened, coordinator):
    row, _token, by = opened
    intake.save_request(row, by=by, authority_name="Commission", contact_name="Mila", contact_email="office@example.org")
    with pytest.raises(Invalid) as refusal:
        intake.submit_request(row, by=by)
    assert {"kind_missing", "polling_missing", "letter_missing"} <= {item.code for item in refusal.value.missing}
    row = intake.submit_request(intake.save_request(row, by=by, **filled()), by=by)
    assert (row.state, row.received_on) == (RequestState.RECEIVED, clock.today())
    assert OutboxMail.objects.filter(template="missions/mail/request_receipt").count() == 1
    assert OutboxMail.objects.get(template="missions/mail/request_arrived").address == coordinator.email
    intake.submit_request(row, by=by)
    assert OutboxMail.objects.filter(template="missions/mail/request_receipt").count() == 1


def test_what_was_sent_in_stays_complete(received, opened, as_coordinator):
    for values in ({"election_kind": ""}, {"authority_name": " "}, {"polling": []}):
        with pytest.raises(Invalid):
            intake.save_request(received, by=opened[2], **values)
    intake.save_request(received, by=opened[2], area="Sofia")
    Request.objects.filter(pk=received.pk).update(election_kind="")
    with pytest.raises(Invalid) as refusal:
        register.register_request(received, by=as_coordinator)
    assert [item.code for item in refusal.value.missing] == ["kind_missing"]


def test_a_link_opens_one_request_only(opened, bulgaria, as_coordinator):
    _row, _token, by = opened
    other, _url = intake.open_request(by=as_coordinator, country=bulgaria, contact_name="X", contact_email="x@example.org")
    with pytest.raises(NotAllowed):
        intake.save_request(other, by=by, authority_name="Somebody else")


@pytest.mark.parametrize(
    ("values", "attr"),
    [
        ({"letter": b"MZ\x90\x00 an executable", "letter_name": "letter.pdf"}, "file"),
        ({"letter": b"MZ\x90\x00" + b"\x00" * 60 + LETTER, "letter_name": "letter.pdf"}, "file"),
        ({"letter": b""}, "file"),
        ({"letter": b"%PDF-1.4" + b"0" * (20 * 1024 * 1024)}, "file"),
        ({"polling": [{"day": "soon"}]}, "polling"),
        ({"polling": [{"day": "2027-10-24", "opens_at": "20:00", "closes_at": "07:00"}]}, "closes_at"),
        ({"polling": [{"day": "2027-10-24"}, {"day": "2027-10-24"}]}, "polling"),
        ({"election_kind": "coronation"}, "election_kind"),
    ],
)
def test_bad_input_is_refused_and_nothing_stored(opened, values, attr):
    row, _token, by = opened
    with pytest.raises(Invalid) as refusal:
        intake.save_request(row, by=by, **filled(**values))
    assert refusal.value.attr == attr
    row.refresh_from_db()
    assert (row.letter, row.polling) == (None, [])


def test_polling_day_in_the_past(opened):
    row, _token, by = opened
    row = intake.save_request(row, by=by, **filled(days=-1))
    with pytest.raises(Invalid) as refusal:
        intake.submit_request(row, by=by)
    assert [item.code for item in refusal.value.missing] == ["polling_past"]


@pytest.mark.parametrize(
    ("days", "mark"),
    [(60, Lateness.IN_TIME), (59, Lateness.SHORT), (30, Lateness.SHORT), (29, Lateness.URGENT), (14, Lateness.URGENT), (13, Lateness.LATE)],
)
def test_lateness(bulgaria, as_coordinator, days, mark):
    row = intake.enter_request(by=as_coordinator, country=bulgaria, received_on=clock.today(), **filled(days=days))
    # polling days count in the country, receipt in Strasbourg: the two may differ by a day around midnight
    row.received_on = clock.today("Europe/Sofia")
    assert intake.lateness(row) == mark


def test_registering_opens_the_mission(received, as_coordinator):
    row, mission = register.register_request(received, by=as_coordinator)
    assert (row.state, mission.state) == (RequestState.REGISTERED, MissionState.INVITED)
    assert mission.reference == f"BG-{row.registered_at.year}-1"
    assert mission.polling_day == soon()
    assert mission.milestones.get(rule__code="invitation").done_at
    assert mission.milestones.get(rule__code="preliminary").due_on == soon() + timedelta(days=1)
    assert row.authority.kind == "election_commission"
    assert register.register_request(row, by=as_coordinator)[1] == mission
    assert Mission.objects.count() == 1


def test_the_contact_of_a_new_authority_is_kept_with_it(received, as_coordinator):
    """A commission that is invited to a meeting later must have an address."""
    row, _mission = register.register_request(received, by=as_coordinator)
    contact = row.authority.contacts.get()
    assert (contact.name, contact.email, contact.language, contact.is_primary) == ("Mila Office", "office@example.org", "fr", True)


def test_registering_takes_over_the_watched_mission(received, as_coordinator, bulgaria):
    election = create_election(by=as_coordinator, country=bulgaria, kind="local", title_en="Local", polling=[{"day": soon()}])
    watched = create_mission(by=as_coordinator, election=election)
    _row, mission = register.register_request(received, by=as_coordinator, election=election)
    assert mission == watched
    assert mission.state == MissionState.INVITED
    assert [(day.opens_at, day.closes_at) for day in mission.polling_days.all()] == [(time(7), time(20))]


def test_the_election_that_is_known_is_proposed(received, as_coordinator, bulgaria, client_for, coordinator):
    assert register.likely_election(received) is None
    create_election(by=as_coordinator, country=bulgaria, kind="local", title_en="Another", polling=[{"day": soon(7)}])
    polling = [{"day": soon()}, {"day": soon(107)}]
    known = create_election(by=as_coordinator, country=bulgaria, kind="local", title_en="Watched", polling=polling)
    create_mission(by=as_coordinator, election=known)
    assert register.likely_election(received) == known
    page = client_for(coordinator).get(received.get_absolute_url()).content.decode()
    assert f'<option value="{known.uuid}" selected>' in page


def test_the_page_of_the_link_is_rate_limited(opened, client):
    _row, token, _by = opened
    url = reverse("missions:request_by_link", args=[token])
    assert client.get(url).status_code == 200
    for _opening in range(OPENINGS_PER_MINUTE):
        with contextlib.suppress(TooOften):
            open_link(token)
    assert client.get(url).status_code == 429
    assert client.post(url, {"save": "1", "authority_name": "Too fast"}).status_code in {302, 429}
    assert not Request.objects.filter(authority_name="Too fast").exists()


def test_the_same_authority_is_registered_once(received, as_coordinator, bulgaria):
    row, mission = register.register_request(received, by=as_coordinator)
    second = intake.enter_request(by=as_coordinator, country=bulgaria, received_on=clock.today(), **filled())
    assert list(register.similar_requests(second)) == [row]
    with pytest.raises(NotNow) as refusal:
        register.register_request(second, by=as_coordinator, election=row.election)
    assert refusal.value.code == "registered_twice"
    merged = register.merge_request(second, by=as_coordinator, into=row, reason="The same letter by post.")
    assert not register.similar_requests(row), "a closed request cannot be merged again"
    assert (merged.state, merged.merged_into) == (RequestState.MERGED, row)
    with transaction.atomic(), pytest.raises(IntegrityError):
        Request.objects.filter(pk=second.pk).update(
            state="registered", election=row.election, authority=row.authority, registered_at=clock.now()
        )


def test_another_authority_for_the_same_election_joins_its_mission(received, as_coordinator, bulgaria):
    row, mission = register.register_request(received, by=as_coordinator)
    values = filled(authority_name="Ministry of Foreign Affairs", authority_type="foreign_minister")
    second = intake.enter_request(by=as_coordinator, country=bulgaria, received_on=clock.today(), **values)
    assert register.register_request(second, by=as_coordinator, election=row.election)[1] == mission
    assert Mission.objects.count() == 1


def test_split(received, as_coordinator):
    part = {"election_kind": "local", "polling": [{"day": soon(100)}]}
    other = {"election_kind": "regional", "polling": [{"day": soon(200)}]}
    with pytest.raises(Invalid):
        register.split_request(received, by=as_coordinator, parts=[part], reason="x")
    made = register.split_request(received, by=as_coordinator, parts=[part, other], reason="Two elections.")
    assert [row.election_kind for row in made] == ["local", "regional"]
    assert all(row.letter == received.letter and row.state == RequestState.RECEIVED for row in made)
    received.refresh_from_db()
    assert received.state == RequestState.SPLIT


def test_withdrawing_kills_the_link(opened):
    row, token, by = opened
    register.withdraw_request(row, by=by, reason="Elections are postponed.")
    row.refresh_from_db()
    assert row.state == RequestState.WITHDRAWN
    with pytest.raises(LinkGone):
        open_link(token)


def test_a_withdrawal_is_confirmed_and_told(received, opened, coordinator):
    register.withdraw_request(received, by=opened[2], reason="Elections are postponed.")
    register.withdraw_request(received, by=opened[2], reason="Again.")
    assert OutboxMail.objects.get(template="missions/mail/request_withdrawn").address == "office@example.org"
    told = OutboxMail.objects.get(template="missions/mail/request_taken_back")
    assert told.address == coordinator.email
    assert "Elections are postponed." in told.body


def test_a_correction_is_told_to_the_coordinators(received, opened, as_coordinator):
    intake.save_request(received, by=opened[2], area="Sofia")
    intake.save_request(received, by=opened[2], area="Sofia")
    intake.save_request(received, by=as_coordinator, area="Plovdiv")
    mail = OutboxMail.objects.get(template="missions/mail/request_corrected")
    assert str(received.get_absolute_url()) in mail.body


def test_a_correction_does_not_move_polling_into_the_past(received, opened):
    with pytest.raises(Invalid) as refusal:
        intake.save_request(received, by=opened[2], polling=[{"day": soon(-3)}])
    assert [item.code for item in refusal.value.missing] == ["polling_past"]


def test_the_coordinator_revokes_the_link_and_sends_another(opened, as_coordinator, auditor):
    row, token, _by = opened
    with pytest.raises(NotAllowed):
        intake.revoke_form(row, by=user_actor(auditor))
    assert open_link(token)
    assert intake.form_link(row).is_live
    assert (intake.revoke_form(row, by=as_coordinator), intake.revoke_form(row, by=as_coordinator)) == (1, 0)
    assert not intake.form_link(row).is_live
    with pytest.raises(LinkGone):
        open_link(token)
    fresh = intake.send_form(row, by=as_coordinator).rstrip("/").rsplit("/", 1)[1]
    assert open_link(fresh)[2] == row


def test_no_link_to_a_closed_request(received, as_coordinator):
    register.withdraw_request(received, by=as_coordinator, reason="Postponed.")
    with pytest.raises(NotNow):
        intake.send_form(received, by=as_coordinator)


def test_no_registration_without_receipt(opened, as_coordinator):
    with pytest.raises(NotNow):
        register.register_request(opened[0], by=as_coordinator)


def test_the_bureau_sees_nothing_incomplete(received, as_coordinator):
    row, mission = register.register_request(received, by=as_coordinator)
    with pytest.raises(NotNow) as refusal:
        decisions.put_before_bureau(row, by=as_coordinator)
    assert {"criteria_open", "format_missing"} == {item.code for item in refusal.value.missing}
    suggested = bureau_facts.suggested_criteria(row)
    assert suggested["time_left"]["answer"] == "yes"
    assert suggested["written_invitation"]["answer"] == "yes"
    decisions.prepare_note(row, by=as_coordinator, criteria=answered(row), proposed_format="observation", proposed_size=15)
    assert decisions.put_before_bureau(row, by=as_coordinator).state == MissionState.BEFORE_BUREAU


@pytest.fixture
def before_bureau(received, as_coordinator):
    """A request that lies before the Bureau."""
    row, _mission = register.register_request(received, by=as_coordinator)
    decisions.prepare_note(row, by=as_coordinator, criteria=answered(row), proposed_format="observation")
    decisions.put_before_bureau(row, by=as_coordinator)
    return row


def decide(row, by, **values):
    values = {
        "outcome": DecisionOutcome.ACCEPTED,
        "decided_on": clock.today(),
        "reference": "CG-BUR(2026)12",
        "format": MissionFormat.ENLARGED,
        "reasons": "Open recommendations.",
    } | values
    return decisions.decide(row, by=by, **values)


def test_accepted(before_bureau, as_coordinator, coordinator):
    decision = decide(before_bureau, as_coordinator, has_pre_electoral=True)
    mission = Mission.objects.get(request=before_bureau)
    assert (mission.state, mission.format) == (MissionState.ACCEPTED, MissionFormat.ENLARGED)
    assert mission.visits.get(kind=VisitKind.PRE_ELECTORAL).starts_on == soon() - timedelta(days=20)
    assert mission.milestones.get(rule__code="decision").done_at
    assert decide(before_bureau, as_coordinator, has_pre_electoral=True) == decision
    with pytest.raises(NotNow):
        decide(before_bureau, as_coordinator, outcome=DecisionOutcome.DECLINED)
    assert [row.action for row in available_moves(mission, coordinator)] == ["compose", "cancel"]


def test_declined(before_bureau, as_coordinator):
    decide(before_bureau, as_coordinator, outcome=DecisionOutcome.DECLINED, format="")
    mission = Mission.objects.get(request=before_bureau)
    assert mission.state == MissionState.DECLINED
    assert "CG-BUR(2026)12" in mission.moves.last().note


def test_fact_finding_instead(before_bureau, as_coordinator):
    decide(before_bureau, as_coordinator, outcome=DecisionOutcome.FACT_FINDING, format="")
    assert Mission.objects.get(request=before_bureau).format == MissionFormat.FACT_FINDING


@pytest.mark.parametrize(
    "values",
    [
        {"reasons": " "},
        {"reference": ""},
        {"outcome": "perhaps"},
        {"decided_on": clock.today() + timedelta(days=2)},
        {"decided_on": date(2020, 1, 1)},
    ],
)
def test_decisions_that_are_refused(before_bureau, as_coordinator, values):
    with pytest.raises(Invalid):
        decide(before_bureau, as_coordinator, **values)
    assert Mission.objects.get(request=before_bureau).state == MissionState.BEFORE_BUREAU


def test_the_answer_goes_out_once_in_the_authority_s_language(before_bureau, as_coordinator):
    decision = decide(before_bureau, as_coordinator)
    decisions.answer_authority(decision, by=as_coordinator)
    decisions.answer_authority(decision, by=as_coordinator)
    mail = OutboxMail.objects.get(template="missions/mail/request_answer")
    assert mail.language == before_bureau.language
    assert mail.attachments.get().file.mime == "application/pdf"
    with pytest.raises(NotNow):
        intake.save_request(before_bureau, by=as_coordinator, area="elsewhere")


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_the_bureau_note_as_a_document(before_bureau, as_coordinator, language):
    document = freeze("missions.bureau_note", before_bureau, language, by=as_coordinator)
    table = next(block for block in document.content["blocks"] if block["type"] == "table")
    assert len(table["rows"]) == len(Criterion.values)
    assert render(document, "pdf").file.read().startswith(b"%PDF")


@pytest.mark.parametrize("cast", ["outsider", "auditor", "publisher"])
def test_only_coordinators_write_the_register(received, cast, request):
    by = user_actor(request.getfixturevalue(cast))
    with pytest.raises(NotAllowed):
        register.register_request(received, by=by)
    with pytest.raises(NotAllowed):
        decisions.prepare_note(received, by=by, criteria={})


def test_references_count_per_country_and_year(make_election):
    first, second, third = (
        create_mission(by=SYSTEM, election=make_election(code), year=year) for code, year in (("BG", 2026), ("BG", 2026), ("AM", 2026))
    )
    fourth = create_mission(by=SYSTEM, election=make_election("BG"), year=2027)
    assert [row.reference for row in (first, second, third, fourth)] == ["BG-2026-1", "BG-2026-2", "AM-2026-1", "BG-2027-1"]


def test_an_organisation_that_is_known_is_used(received, as_coordinator, bulgaria):
    known = Organisation.objects.create(name="central election commission", kind="election_commission", country=bulgaria)
    row, _mission = register.register_request(received, by=as_coordinator)
    assert row.authority == known


# --- the authority's own letter -----------------------------------------------------------------------------------


def test_the_authority_downloads_its_own_letter_and_it_is_logged(received, opened, client):
    url = reverse("missions:letter_by_link", args=[opened[1]])
    assert url in client.get(reverse("missions:request_by_link", args=[opened[1]])).content.decode()
    answer = client.get(url)
    assert (answer.status_code, b"".join(answer.streaming_content), answer["Content-Type"]) == (200, LETTER, "application/pdf")
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert "sandbox" in answer["Content-Security-Policy"]
    entry = AuditEntry.objects.get(action="missions.letter_downloaded")
    assert (entry.actor, entry.object_id) == (str(opened[2]), str(received.uuid))


def test_a_letter_is_downloaded_after_the_decision_too(received, opened, as_coordinator, client):
    row, _mission = register.register_request(received, by=as_coordinator)
    decisions.prepare_note(row, by=as_coordinator, criteria=answered(row), proposed_format=MissionFormat.OBSERVATION, proposed_size=12)
    decisions.decide(
        row, by=as_coordinator, outcome=DecisionOutcome.DECLINED, decided_on=clock.today(), reference="CG-BUR(2027)1", reasons="Late."
    )
    url = reverse("missions:letter_by_link", args=[opened[1]])
    assert url in client.get(reverse("missions:request_by_link", args=[opened[1]])).content.decode()
    assert client.get(url).status_code == 200


def test_no_letter_no_link_no_download(opened, bulgaria, as_coordinator, client):
    row, token, by = opened
    url = reverse("missions:letter_by_link", args=[token])
    assert client.get(url).status_code == 404
    intake.save_request(row, by=by, **filled())
    other, _url = intake.open_request(by=as_coordinator, country=bulgaria, contact_name="X", contact_email="x@example.org")
    with pytest.raises(NotAllowed):
        intake.letter_for(other, by=by)
    with pytest.raises(NotAllowed):
        intake.letter_for(row, by=open_link(link_token(other, as_coordinator), purpose=intake.PURPOSE)[1])
    assert client.post(url).status_code == 405
    intake.revoke_form(row, by=as_coordinator)
    assert client.get(url).status_code == 410
    assert client.get(reverse("missions:letter_by_link", args=["x" * 43])).status_code == 410
    assert not AuditEntry.objects.filter(action="missions.letter_downloaded").exists()


def link_token(row, by):
    return intake.send_form(row, by=by).rstrip("/").rsplit("/", 1)[1]


# --- polling days of a correction ---------------------------------------------------------------------------------


@pytest.fixture
def corrected(received, opened, as_coordinator):
    """A registered request that the authority corrected: there is a second round now. The row and its mission."""
    row, mission = register.register_request(received, by=as_coordinator)
    rounds = [*filled()["polling"], {"day": soon(114), "round": 2, "opens_at": "07:00", "closes_at": "19:00"}]
    return intake.save_request(row, by=opened[2], polling=rounds), mission


def test_a_polling_day_of_a_correction_is_asked_about_and_added(corrected, as_coordinator):
    row, mission = corrected
    second = soon(114).isoformat()
    assert [entry["day"] for entry in register.new_polling_days(row)] == [second]
    assert row.election.polling_days.count() == 1, "an election changes by a coordinator's yes only"
    last = mission.milestones.filter(rule__anchor="last_polling_day").first()
    changes = register.take_polling_days(row, by=as_coordinator, days=[second])
    day = row.election.polling_days.get(day=second)
    assert (day.round, day.opens_at, day.closes_at) == (2, time(7), time(19))
    assert list(mission.polling_days.order_by("day")) == list(row.election.polling_days.order_by("day"))
    assert mission.visits.filter(kind=VisitKind.SECOND_ROUND).exists()
    if last:
        before, _same = last.due_on, last.refresh_from_db()
        assert last.due_on - before == timedelta(days=14) and changes
    assert register.new_polling_days(row) == []
    assert register.take_polling_days(row, by=as_coordinator, days=[second]) == []
    assert row.election.polling_days.count() == 2
    assert AuditEntry.objects.get(action="missions.polling_taken_over").data == {"days": [second], "observe": True}


def test_a_polling_day_of_a_correction_that_the_mission_does_not_observe(corrected, as_coordinator):
    row, mission = corrected
    assert register.take_polling_days(row, by=as_coordinator, days=[soon(114).isoformat()], observe=False) == []
    assert (row.election.polling_days.count(), mission.polling_days.count()) == (2, 1)


def test_only_days_that_the_request_names_are_taken_by_whoever_registers(corrected, received, as_coordinator, publisher, opened):
    row, _mission = corrected
    for days, code in (([soon(200).isoformat()], "foreign_day"), ([], "polling_day_missing")):
        with pytest.raises(Invalid) as refusal:
            register.take_polling_days(row, by=as_coordinator, days=days)
        assert refusal.value.code == code
    for actor in (user_actor(publisher), opened[2]):
        with pytest.raises(NotAllowed):
            register.take_polling_days(row, by=actor, days=[soon(114).isoformat()])
    assert row.election.polling_days.count() == 1


def test_days_of_a_request_that_is_not_registered_come_with_its_registration(received, opened, as_coordinator):
    with pytest.raises(NotNow):
        register.take_polling_days(received, by=as_coordinator, days=[soon().isoformat()])
    row = intake.save_request(received, by=opened[2], polling=[{"day": soon(100)}, {"day": soon(114), "round": 2}])
    row, mission = register.register_request(row, by=as_coordinator)
    assert (row.election.polling_days.count(), mission.polling_days.count(), register.new_polling_days(row)) == (2, 2, [])


def test_the_coordinator_confirms_new_days_by_clicking(corrected, client_for, coordinator, auditor):
    row, mission = corrected
    page, act = row.get_absolute_url(), reverse("missions:request_polling", args=[row.uuid])
    second = soon(114).isoformat()
    desk = client_for(coordinator)
    shown = desk.get(page).content.decode()
    assert f'value="{second}"' in shown and act in shown
    assert act not in client_for(auditor).get(page).content.decode()
    assert client_for(auditor).post(act, {"days": [second]}).status_code == 403
    assert desk.post(act, {"days": [], "observe": "1"}).status_code == 400
    assert desk.post(act, {"days": [second], "observe": "1"}, follow=True).status_code == 200
    assert act not in desk.get(page).content.decode()
    assert mission.polling_days.count() == 2


def test_what_is_read_of_a_link_is_on_one_clock(opened, as_coordinator, settings):
    row = opened[0]
    settings.SCRUTIN_DEMO = True
    clock.set_demo_now(clock.real_now() + timedelta(days=400))
    url = intake.send_form(row, by=as_coordinator)
    link, _actor, _subject = open_link(url.rstrip("/").rsplit("/", 1)[1])
    assert abs(link.opened_at - clock.now()) < timedelta(minutes=1), "Read beside the day it was sent."
    assert link.opened_at >= link.created_at
    assert abs(link.good_until - link.expires_at - timedelta(days=400)) < timedelta(minutes=1)
    assert link.is_live
    clock.set_demo_now(clock.now() + timedelta(days=4000))
    link.refresh_from_db()
    assert link.is_live, "The demonstration's clock expires no link."
