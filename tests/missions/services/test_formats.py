"""The table A8: usual size and product of each format, and what history proposes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from core import clock
from core.documents import freeze, render
from missions.enums import MissionFormat
from missions.models import Mission, PastMission
from missions.services import bureau_facts, decisions, formats
from missions.services.reference import load_past_missions

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(make_country):
    """Missions before this register."""
    for code in ("MD", "RS", "BA", "GE", "AM", "UA", "AL", "MK", "TR", "PL", "DK", "DE", "BG"):
        make_country(code)
    load_past_missions()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("observation mission (both rounds)", MissionFormat.OBSERVATION),
        ("limited electoral assessment mission", MissionFormat.ASSESSMENT),
        ("enlarged observation mission with pre-electoral visit", MissionFormat.ENLARGED),
        ("remote observation 19-20 Oct", MissionFormat.REMOTE),
        ("joint IEOM", MissionFormat.JOINT),
        ("not observed; fact-finding visit 24-25 Sept with an expert", MissionFormat.FACT_FINDING),
        ("cancelled (date of the election uncertain)", None),
        ("", None),
    ],
)
def test_the_words_of_public_documents(words, found):
    assert formats.format_of(words) == found


def test_every_past_mission_that_took_place_has_a_format(history):
    unknown = [row for row in PastMission.objects.all() if formats.format_of(row.format) is None]
    assert all("cancelled" in row.format or "Council of Europe" in row.format or "reduced delegation" in row.format for row in unknown)


def test_the_last_mission_proposes(history, make_election, make_request):
    proposal = formats.propose_format(make_request(make_election("MK")))
    assert (proposal.format, proposal.size) == ("joint", 15)
    assert "2025" in proposal.reasons[0]


def test_a_visit_in_the_place_of_a_mission_is_no_habit(history, make_election, make_request):
    proposal = formats.propose_format(make_request(make_election("GE")))
    assert (proposal.format, proposal.reasons[0]) == ("observation", "The last mission in the field (2021 *) had this format.")


def test_without_history_the_usual_format(history, make_request):
    proposal = formats.propose_format(make_request())
    assert proposal.format == "observation"
    assert 15 <= proposal.size <= 25
    assert len(proposal.reasons) == 2


def test_little_time_proposes_a_smaller_format(history, make_election, make_request):
    late = make_request(make_election("BA", clock.today() + timedelta(days=20)))
    assert formats.propose_format(late).format == "assessment"


def test_a_mission_of_our_own_counts_before_public_documents(history, make_mission, make_election, make_request):
    mission = make_mission("closed", election=make_election("MK", clock.today() - timedelta(days=200)), format="assessment")
    make_mission("closed", election=make_election("MK", clock.today() - timedelta(days=150)), format="remote")
    make_mission("declined", election=make_election("MK", clock.today() - timedelta(days=100)), format="enlarged")
    request = make_request(make_election("MK"))
    assert formats.propose_format(request).format == "assessment"
    rows = {row.format: row for row in formats.format_rows(request, proposed="assessment")}
    assert [row.format for row in rows.values() if row.is_proposed] == ["assessment"]
    assert rows["assessment"].earlier == [mission.reference]
    assert len(rows["remote"].earlier) == 1
    assert rows["enlarged"].earlier == []
    assert "information report" in rows["remote"].product
    assert Mission.objects.count() == 3


def test_the_page_proposes_until_somebody_has_decided(history, make_election, make_request, make_mission, client_for, coordinator):
    row = make_mission("invited", election=make_election("MK")).request
    url = reverse("missions:request_note", args=[row.uuid])
    page = client_for(coordinator).get(url)
    assert page.context["form"].initial["proposed_format"] == "joint"
    assert "15 people" in page.content.decode()
    row.proposed_format, row.proposed_size = "remote", 5
    row.save_changes("proposed_format", "proposed_size")
    assert client_for(coordinator).get(url).context["form"].initial["proposed_format"] == "remote"


def test_what_the_register_filled_in_reads_in_the_language_of_the_note(make_mission, as_coordinator):
    row = make_mission("invited").request
    with translation.override("en"):
        criteria = bureau_facts.suggested_criteria(row) | {"safety": {"answer": "yes", "comment": "Calm, said the embassy."}}
    decisions.prepare_note(row, by=as_coordinator, criteria=criteria, proposed_format="observation")
    row.refresh_from_db()
    table = next(
        block for block in freeze("missions.bureau_note", row, "fr", by=as_coordinator).content["blocks"] if block["type"] == "table"
    )
    shown = str(table["rows"])
    with translation.override("fr"):
        assert bureau_facts.suggested_criteria(row)["time_left"]["comment"] in shown
    assert criteria["time_left"]["comment"] not in shown
    assert "Calm, said the embassy." in shown


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_note_shows_the_table_in_pdf_and_docx(history, make_mission, make_election, as_coordinator, language):
    row = make_mission("invited", election=make_election("MK")).request
    row.proposed_format = "joint"
    row.save_changes("proposed_format")
    document = freeze("missions.bureau_note", row, language, by=as_coordinator)
    table = [block for block in document.content["blocks"] if block["type"] == "table"][-1]
    assert len(table["rows"]) == len(MissionFormat.values)
    assert "2025" in str(table["rows"])
    assert render(document, "pdf").file.read().startswith(b"%PDF")
    assert render(document, "docx").file.read().startswith(b"PK")
