"""Forms tell the deployment plan which stops were visited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import pytest

from core.actors import SYSTEM
from field.services.ingest import Submission, ingest
from missions.models import Mission, Station
from observers.models import Team
from observers.services.deployment import add_stop, coverage, record_stop

pytestmark = pytest.mark.django_db


def test_a_form_from_a_planned_stop_makes_it_visited(
    polling: Mission, stations: list[Station], team: Team, make_xml: Callable[..., str]
) -> None:
    """Only the stop of that team, station and kind; coverage follows."""
    opening = add_stop(team, station=stations[0], kind="opening", local_time=time(6, 30), by=SYSTEM)
    voting = add_stop(team, station=stations[0], kind="voting", local_time=time(9), by=SYSTEM)
    ingest([Submission(make_xml("B"), polling, device=None)])
    opening.refresh_from_db()
    voting.refresh_from_db()
    assert (opening.outcome, voting.outcome) == ("planned", "visited")
    assert coverage(polling)["total"]["visited"] == 1


def test_what_a_person_recorded_stays(polling: Mission, stations: list[Station], team: Team, make_xml: Callable[..., str]) -> None:
    """A form about a refusal at the door does not overwrite the refusal."""
    stop = add_stop(team, station=stations[0], kind="voting", local_time=time(9), by=SYSTEM)
    record_stop(stop, by=SYSTEM, outcome="refused", reason="The chair said no.")
    ingest([Submission(make_xml("B"), polling, device=None)])
    stop.refresh_from_db()
    assert stop.outcome == "refused"
