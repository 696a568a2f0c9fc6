"""Two requests side by side, merging with what is taken over, splitting by polling days, and one history of it all."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actors import user_actor
from core.errors import Invalid, NotAllowed, NotNow
from missions.enums import Criterion, RequestState
from missions.forms.widgets import by_round
from missions.models import Request
from missions.services import decisions, duplicates, intake, register
from tests.missions.services.test_requests import decide, filled, soon

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_posted(bulgaria, as_coordinator):
    """A letter that came by post."""

    def make(**values):
        return intake.enter_request(by=as_coordinator, country=bulgaria, received_on=clock.today(), **filled(**values))

    return make


@pytest.fixture
def pair(make_posted):
    """The same invitation twice: by mail, and later by post with an area and another telephone."""
    return make_posted(), make_posted(authority_name="CENTRAL  election commission", area="Sofia", contact_phone="+359 2 1")


def test_what_differs_is_marked(pair):
    one, other = pair
    lines = {line.field: line for line in duplicates.compare_requests(one, other)}
    assert {name for name, line in lines.items() if line.differs} == {"area", "contact_phone"}
    assert (lines["area"].one, lines["area"].other) == ("", "Sofia")
    assert lines["polling"].one == f"{soon().isoformat()} (round 1, 07:00–20:00)"
    assert not lines["received_on"].is_takeable
    assert duplicates.is_same_authority(one, other)


def test_another_letter_differs_though_its_name_is_the_same(make_posted):
    one, other = make_posted(), make_posted(letter=b"%PDF-1.4\nanother\n%%EOF\n")
    assert next(line for line in duplicates.compare_requests(one, other) if line.field == "letter").differs


def test_merging_takes_over_what_was_ticked_and_keeps_both_histories(pair, as_coordinator, coordinator):
    one, other = pair
    register.merge_request(other, by=as_coordinator, into=one, reason="Twice.", take=["area"])
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.area, one.contact_phone, one.state) == ("Sofia", "", RequestState.RECEIVED)
    assert (other.state, other.merged_into, other.ended_reason) == (RequestState.MERGED, one, "Twice.")
    told = [(event.sentence, event.request) for event in duplicates.history_of(one)]
    assert ("Merged two requests.", other) in told
    assert told.count(("Entered a request that came by post.", other)) == 1
    assert told.count(("Entered a request that came by post.", None)) == 1
    assert {event.who for event in duplicates.history_of(one)} == {coordinator.name}
    assert "Area" in {event.fields for event in duplicates.history_of(one)}
    assert register.merge_request(other, by=as_coordinator, into=one, reason="Again.", take=["contact_phone"]).ended_reason == "Twice."


@pytest.mark.parametrize("take", [["state"], ["received_on"], ["decision"]])
def test_what_is_not_the_authority_s_word_is_not_taken_over(pair, as_coordinator, take):
    with pytest.raises(Invalid):
        register.merge_request(pair[1], by=as_coordinator, into=pair[0], reason="Twice.", take=take)
    pair[1].refresh_from_db()
    assert pair[1].state == RequestState.RECEIVED


def test_nothing_is_taken_over_into_a_decided_request(pair, as_coordinator, deadline_rules):
    one, other = pair
    register.register_request(one, by=as_coordinator)
    Request.objects.filter(pk=one.pk).update(criteria={}, proposed_format="observation")
    one.refresh_from_db()
    decisions.prepare_note(
        one, by=as_coordinator, criteria={code: {"answer": "yes"} for code in Criterion.values}, proposed_format="observation"
    )
    decide(one, as_coordinator)
    with pytest.raises(NotNow):
        register.merge_request(other, by=as_coordinator, into=one, reason="Twice.", take=["area"])


def test_strangers_to_the_register_do_not_merge(pair, outsider):
    with pytest.raises(NotAllowed):
        register.merge_request(pair[1], by=user_actor(outsider), into=pair[0], reason="Twice.")


def test_a_split_keeps_rounds_and_hours_and_loses_no_day(make_posted, as_coordinator):
    polling = [
        {"day": soon(100), "round": 1, "opens_at": "07:00", "closes_at": "20:00"},
        {"day": soon(114), "round": 2},
        {"day": soon(200)},
    ]
    row = make_posted(polling=polling)
    first, second, third = row.polling
    parts = [{"election_kind": "local", "polling": [first]}, {"election_kind": "regional", "polling": [third]}]
    with pytest.raises(Invalid) as refusal:
        register.split_request(row, by=as_coordinator, parts=parts, reason="Two.")
    assert refusal.value.code == "day_left_out"
    assert Request.objects.count() == 1
    parts[0]["polling"] = [first, second]
    local, regional = register.split_request(row, by=as_coordinator, parts=parts, reason="Two.")
    assert (local.polling, regional.polling) == ([first, second], [third])
    assert [event.sentence for event in duplicates.history_of(local)][0] == "Split a request."


def test_the_page_compares_and_merges(pair, client_for, coordinator, auditor, outsider):
    one, other = pair
    url = reverse("missions:request_compare", args=[one.uuid, other.uuid])
    assert client_for(None).get(url).status_code == 302
    assert client_for(outsider).get(url).status_code == 404
    assert client_for(auditor).get(url).status_code == 200
    assert client_for(auditor).post(url, {"keep": str(one.uuid), "reason": "x"}).status_code == 403
    desk = client_for(coordinator)
    assert desk.get(reverse("missions:request_compare", args=[one.uuid, one.uuid])).status_code == 404
    page = desk.get(url).content.decode()
    assert page.count('class="differs"') == 2
    assert "2 fields differ." in page
    assert desk.post(url, {"keep": "x", "reason": "Twice."}).status_code == 400
    assert desk.post(url, {"keep": str(other.uuid), "take": ["contact_phone"], "reason": "Twice."})["Location"] == other.get_absolute_url()
    one.refresh_from_db()
    assert one.merged_into == other
    shown = desk.get(other.get_absolute_url()).content.decode()
    assert one.number in shown
    assert desk.post(url, {"keep": str(other.uuid), "reason": "Twice."}).status_code == 302
    assert "cannot be merged" in desk.get(url).content.decode()


def test_twins_are_marked_in_one_query(make_posted, bulgaria):
    one, other, alone = make_posted(), make_posted(), make_posted(polling=[{"day": soon(7)}])
    with CaptureQueriesContext(connection) as queries:
        duplicates.mark_twins([one, other, alone])
    assert [row.has_twin for row in (one, other, alone)] == [True, True, False]
    assert len(queries) == 1


def test_a_day_keeps_its_round_in_the_form():
    second = {"day": "2027-11-07", "round": 2}
    assert by_round([second]) == {2: second}
    repeat = {"day": "2027-11-14", "round": 2}
    assert by_round([second, repeat]) == {2: second, 1: repeat}
