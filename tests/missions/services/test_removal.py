"""Removing a demonstration mission leaves nothing of it behind, and is refused for real ones."""

from __future__ import annotations

from datetime import time

import pytest

from accounts.models import SecureLink
from core.actors import SYSTEM
from core.documents import freeze, render
from core.errors import NotAllowed
from core.models import AuditEntry, Document, OutboxMail, StoredFile
from missions import removal
from missions.models import Election, Mission, Organisation, Request, Station
from missions.services import invitations, meetings, releases
from missions.services.organisations import add_contact, create_organisation
from missions.services.removal import remove_mission

pytestmark = pytest.mark.django_db


def test_only_in_a_demonstration(mission, as_coordinator, settings):
    for by, demo in ((SYSTEM, False), (as_coordinator, True)):
        settings.SCRUTIN_DEMO = demo
        with pytest.raises(NotAllowed):
            remove_mission(mission, by=by, reason="x")


def test_nothing_stays_but_the_log(mission, make_mission, as_coordinator, bulgaria, settings, monkeypatch, observer_a):
    settings.SCRUTIN_DEMO = True
    asked: list[str] = []
    monkeypatch.setattr(removal, "_removers", {"x": (20, lambda mission, *, by, reason: asked.append(mission.reference))})
    ngo = create_organisation(by=as_coordinator, name="Only here", kind="ngo", country=bulgaria)
    add_contact(ngo, by=as_coordinator, name="N", email="n@example.org")
    times = {"start_day": mission.first_day, "start_time": time(10), "end_time": time(11)}
    meeting = meetings.plan_meeting(mission, by=as_coordinator, kind="ngo", title="NGOs", organisations=[ngo], **times)
    invitations.invite(meeting.participants.get(), by=as_coordinator)
    releases.release_programme(mission, by=as_coordinator)
    render(freeze("missions.programme", mission, "en", by=as_coordinator), "json")
    Station.objects.create(mission=mission, code="1")
    other = make_mission()
    remove_mission(mission, by=SYSTEM, reason="Run again.")
    assert asked == [mission.reference]
    assert list(Mission.objects.all()) == [other]
    assert list(Request.objects.all()) == [other.request]
    assert list(Election.objects.all()) == [other.election]
    assert list(StoredFile.objects.all()) == [other.request.letter]
    assert not Organisation.objects.filter(name="Only here").exists()
    assert not SecureLink.objects.exists()
    assert not Document.objects.exists()
    assert not OutboxMail.objects.filter(mission=mission.reference).exists()
    assert AuditEntry.objects.filter(action="missions.removed").count() == 1
