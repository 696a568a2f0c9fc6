"""The programme in a real browser: moving by keyboard and taking it back, what a member sees of a release, two editors at one meeting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from missions.models import Meeting
from missions.services.meetings import change_meeting, plan_meeting
from missions.services.releases import release_programme
from tests.browser.conftest import Desk
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def plan(world: World, title: str, start: time, end: time, **values: Any) -> Meeting:
    """A meeting for all on the day before polling day."""
    day = world.polling_day.day - timedelta(days=1)
    return plan_meeting(
        world.mission, by=world.by, kind="ngo", title=title, start_day=day, start_time=start, end_time=end, is_for_all=True, **values
    )


def test_a_meeting_is_moved_by_keyboard_and_the_move_taken_back(at_desks: World, desk: Callable[..., Desk]) -> None:
    meeting, _other = plan(at_desks, "Mayor", time(9), time(10)), plan(at_desks, "Media", time(11), time(12))
    one = desk(bypass_csp=True)
    one.sign_in(at_desks.users["coordinator"].email)
    one.open(reverse("missions:programme", args=[at_desks.mission.reference]))
    page, handle = one.page, f"#meeting-{meeting.uuid} [data-handle]"
    assert one.faults() == []
    page.focus(handle)
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert "09:30" in page.inner_text("[data-voice]")
    one.shot("programme-moving")
    page.keyboard.press("Escape")
    assert "stays where it was" in page.inner_text("[data-voice]")
    assert Meeting.objects.get(pk=meeting.pk).start_time == time(9)
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-undo]")
    assert Meeting.objects.get(pk=meeting.pk).start_time == time(9, 15)
    page.wait_for_function("document.activeElement.matches('[data-handle]')")
    for _step in range(4):  # into the other meeting
        if _step == 0:
            page.keyboard.press("Enter")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#meeting-{meeting.uuid} [role=alert]")
    assert "already “Media”" in page.inner_text(f"#meeting-{meeting.uuid} [role=alert]")
    one.shot("programme-refused")
    assert one.faults() == []
    page.click("[data-undo]")
    page.wait_for_selector("[data-undo]", state="detached")
    assert Meeting.objects.get(pk=meeting.pk).start_time == time(9)
    one.problems[:] = [problem for problem in one.problems if "409" not in problem]  # Chromium calls a refusal an error


def test_a_meeting_is_dragged_with_the_pointer(at_desks: World, desk: Callable[..., Desk]) -> None:
    meeting = plan(at_desks, "Mayor", time(9), time(10))
    one = desk()
    one.sign_in(at_desks.users["coordinator"].email)
    one.open(reverse("missions:programme", args=[at_desks.mission.reference]))
    box = one.page.locator(f"#meeting-{meeting.uuid} [data-handle]").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    one.page.mouse.move(x, y)
    one.page.mouse.down()
    one.page.mouse.move(x, y + 29, steps=4)
    one.page.mouse.up()
    one.page.wait_for_selector("[data-undo]")
    moved = Meeting.objects.get(pk=meeting.pk)
    assert (moved.start_time, moved.end_time) == (time(9, 30), time(10, 30))


def test_a_member_sees_what_a_release_changed_for_them(at_desks: World, desk: Callable[..., Desk]) -> None:
    mission, by = at_desks.mission, at_desks.by
    for_all = plan(at_desks, "Mayor", time(9), time(10))
    release_programme(mission, by=by)
    own = mission.assignments.get(person=at_desks.users["observer_b"].person)
    plan_meeting(
        mission, by=by, kind="media", title="Radio", start_day=for_all.start_day, start_time=time(15), end_time=time(16), people=[own]
    )
    change_meeting(for_all, by=by, start_time=time(8), end_time=time(9), place="Town hall")
    boss = desk()
    boss.sign_in(at_desks.users["coordinator"].email)
    boss.open(reverse("missions:programme", args=[mission.reference]))
    assert "Radio" in boss.page.inner_text("main")
    boss.page.click("form[action$='/release/'] button")
    boss.page.wait_for_load_state()
    assert "What you see is released." in boss.page.inner_text("main")
    for persona, radio in (("observer_a", False), ("observer_b", True)):
        one = desk(width=360, bypass_csp=True)
        one.sign_in(at_desks.users[persona].email)
        one.open(reverse("missions:programme", args=[mission.reference]))
        news = one.page.locator("section", has=one.page.locator("h2", has_text="New for you")).inner_text()
        assert "was 09:00–10:00" in news
        assert ("Radio" in news) is radio
        assert one.faults() == []
        one.shot(f"programme-news-of-{persona.replace('_', '-')}")
        one.page.click("form[action$='/seen/'] button")
        one.page.wait_for_load_state()
        assert "Nothing changed for you." in one.page.inner_text("main")


def test_two_coordinators_edit_one_meeting_and_no_word_is_lost(
    at_desks: World, desk: Callable[..., Desk], make_user: Callable[..., User]
) -> None:
    meeting = plan(at_desks, "Mayor", time(9), time(10), place="Hotel")
    second_user = make_user("Cyril", "Second", roles=("coordinator",))
    first, second = desk(), desk(bypass_csp=True)
    first.sign_in(at_desks.users["coordinator"].email)
    second.sign_in(second_user.email)
    edit = reverse("missions:meeting_edit", args=[at_desks.mission.reference, meeting.uuid])
    for one in (first, second):
        one.open(edit)
    first.page.fill("[name=place]", "Town hall")
    first.page.fill("[name=title]", "Mayor of Sofia")
    first.page.click("form.desk-form button.btn-primary")
    first.page.wait_for_url(f"**{meeting.get_absolute_url()}")
    second.page.fill("[name=title]", "Mayor and council")
    second.page.fill("[name=description]", "Ask about the lists.")
    second.page.click("form.desk-form button.btn-primary")
    second.page.wait_for_selector("fieldset.versions")
    text = second.page.inner_text("main")
    assert all(words in text for words in ("Mayor and council", "Mayor of Sofia", "Town hall", "Hotel", "Ask about the lists."))
    assert second.faults() == []
    second.shot("programme-two-versions")
    second.page.click("form.desk-form button.btn-primary")
    second.page.wait_for_url(f"**{meeting.get_absolute_url()}")
    meeting.refresh_from_db()
    assert (meeting.title, meeting.place, meeting.description) == ("Mayor and council", "Town hall", "Ask about the lists.")
    second.problems[:] = [problem for problem in second.problems if "409" not in problem]
