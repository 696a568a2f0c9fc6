"""The coordinator and an organisation's contact, each in a browser of their own: invite, answer, propose another time, take it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from core import clock
from core.models import OutboxMail
from missions.enums import ParticipantAnswer
from missions.models import Meeting
from missions.services import meetings
from tests.browser.conftest import Desk
from tests.conftest_missions import LETTER
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=5)


def plan(world: World) -> Meeting:
    """A meeting to come with the organisation of the world."""
    return meetings.plan_meeting(
        world.mission, by=world.by, kind="ngo", title="Citizen observers", start_day=clock.today() + DAY, start_time=time(10),
        end_time=time(11), organisations=[world.organisation],
    )  # fmt: skip


def invite(one: Desk, meeting: Meeting) -> str:
    """Click "Invite" on the meeting's page; the address that the mail tells, without our own server's name."""
    one.open(meeting.get_absolute_url())
    one.page.click("form[action$='/invite/'] button")
    one.page.wait_for_load_state()
    body = OutboxMail.objects.filter(template="missions/mail/meeting_invitation").latest("pk").body
    return "/link/" + next(word for word in body.split() if "/link/" in word).split("/link/", 1)[1]


def send(page: Any) -> None:
    page.click(".answer-form button.btn-primary")
    page.wait_for_load_state()


def test_an_organisation_accepts_by_link_with_people_paper_and_access_needs(at_desks: World, desk: Callable[..., Desk]) -> None:
    meeting = plan(at_desks)
    desk_one, contact = desk(bypass_csp=True), desk(width=360, bypass_csp=True)
    desk_one.sign_in(at_desks.users["coordinator"].email)
    contact.open(invite(desk_one, meeting))
    page = contact.page
    assert "Citizen observers" in page.inner_text("main")
    assert not page.is_visible("[name=proposed_day]"), "The fields of a proposal show where one is made."
    page.check("[name=answer][value=accepted]")
    page.fill("[name=people]", "Nora Office, director")
    page.fill("[name=access_needs]", "Step-free way")
    page.set_input_files("[name=paper]", {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": LETTER + b"browser"})
    assert contact.faults() == []
    send(page)
    assert "your answer was received" in page.inner_text("body")
    contact.shot("link-accepted-360")
    desk_one.open(meeting.get_absolute_url())
    text = desk_one.page.inner_text("main")
    for words in ("Accepts", "Nora Office, director", "Step-free way", "paper.pdf"):
        assert words in text
    assert desk_one.faults() == []
    desk_one.shot("meeting-answered")
    head = desk()
    head.sign_in(at_desks.users["observer_a"].email)
    head.open(at_desks.meeting.get_absolute_url())
    assert "Step-free way" not in head.page.inner_text("main")


def test_another_time_is_proposed_and_the_coordinator_takes_it(at_desks: World, desk: Callable[..., Desk]) -> None:
    meeting = plan(at_desks)
    desk_one, contact = desk(bypass_csp=True), desk(bypass_csp=True)
    desk_one.sign_in(at_desks.users["coordinator"].email)
    contact.open(invite(desk_one, meeting))
    page = contact.page
    page.focus("[name=answer][value=accepted]")
    page.keyboard.press("Space")
    for _step in range(2):
        page.keyboard.press("ArrowDown")
    assert page.is_checked("[name=answer][value=proposed]")
    assert page.is_visible("[name=proposed_day]")
    send(page)
    assert "Give the day and both times that would suit you." in page.inner_text("main")
    contact.problems[:] = [problem for problem in contact.problems if "400" not in problem]  # Chromium calls a refusal an error
    assert contact.faults() == []
    page.fill("[name=proposed_day]", (clock.today() + DAY).isoformat())
    page.fill("[name=proposed_start]", "15:00")
    page.fill("[name=proposed_end]", "16:00")
    send(page)
    assert "your answer was received" in page.inner_text("body")
    contact.shot("link-proposed")
    desk_one.open(reverse("missions:programme", args=[at_desks.mission.reference]))
    assert "Another time proposed" in desk_one.page.inner_text("main")
    desk_one.open(meeting.get_absolute_url())
    assert "15:00–16:00" in desk_one.page.inner_text("main")
    assert desk_one.faults() == []
    desk_one.shot("meeting-proposal")
    desk_one.page.click("form[action$='/accept_time/'] button")
    desk_one.page.wait_for_load_state()
    assert "15:00–16:00" in desk_one.page.inner_text("dl.facts")
    meeting.refresh_from_db()
    assert (meeting.start_time, meeting.participants.get().answer) == (time(15), ParticipantAnswer.ACCEPTED)
    assert contact.page.reload().status == 200, "The link goes on working: the time is the one that was proposed."
