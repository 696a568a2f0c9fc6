"""Planning in a real browser: a refused move is mended and made; polling day is moved with the diff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from missions.models import Mission
from missions.services.deadlines import move_milestone, recompute_milestones
from missions.services.reference import load_preparation_kinds
from tests.browser.conftest import Desk
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_refused_move_names_everything_is_mended_and_made(at_desks: World, desk: Callable[..., Desk]) -> None:
    """Accepted, without days: the refusal leads to the form where they are set; then the move is made, and its history says who."""
    load_preparation_kinds()
    mission = at_desks.mission
    mission.polling_days.update(day=clock.today() + timedelta(days=60))
    Mission.objects.filter(pk=mission.pk).update(state="accepted", first_day=None, last_day=None)
    one = desk()
    page = one.page
    one.sign_in(at_desks.users["coordinator"].email)
    one.open(mission.get_absolute_url())
    listed = page.locator("section[aria-labelledby=next] .missing a")
    assert listed.count() >= 1
    page.click("form:has(input[name=action][value=compose]) button")
    page.wait_for_load_state()
    refusal = page.inner_text("main")
    assert "something is missing" in refusal
    for number in range(page.locator("main .missing a").count()):
        assert page.locator("main .missing a").nth(number).get_attribute("href"), "Each item leads to where it is mended."
    assert Mission.objects.get(pk=mission.pk).state == "accepted"
    one.shot("move-refused")
    page.click("main .missing a:has-text('first and last day')")
    page.wait_for_url("**/edit/")
    page.fill("[name=first_day]", (clock.today() + timedelta(days=57)).isoformat())
    page.fill("[name=last_day]", (clock.today() + timedelta(days=61)).isoformat())
    page.click("main form button.btn-primary")
    page.wait_for_url(f"**{mission.get_absolute_url()}")
    assert "Nothing is missing." in page.inner_text("section[aria-labelledby=next]")
    page.click("form:has(input[name=action][value=compose]) button")
    page.wait_for_load_state()
    assert Mission.objects.get(pk=mission.pk).state == "composing"
    history = page.inner_text("section[aria-labelledby=history]")
    assert "Composing the delegation" in history
    assert at_desks.users["coordinator"].name in history
    assert mission.preparations.filter(kind__isnull=False).exists(), "The move put the checklist up."
    one.problems[:] = [problem for problem in one.problems if "409" not in problem]  # Chromium calls a refusal an error


def test_polling_day_is_moved_with_the_diff(at_desks: World, desk: Callable[..., Desk]) -> None:
    """What changes is shown first, also what stays because it was moved by hand; only then it is saved."""
    mission = at_desks.mission
    row = mission.polling_days.get()
    mission.polling_days.update(day=clock.today() + timedelta(days=60))
    row.refresh_from_db()
    Mission.objects.filter(pk=mission.pk).update(state="preparing", first_day=row.day - timedelta(days=3), last_day=row.day)
    mission.milestones.update(done_at=None)
    recompute_milestones(Mission.objects.get(pk=mission.pk), by=at_desks.by)
    kept = mission.milestones.get(rule__code="preliminary")
    move_milestone(kept, by=at_desks.by, to=row.day + timedelta(days=2), reason="Joint press conference.")
    one = desk()
    page = one.page
    one.sign_in(at_desks.users["coordinator"].email)
    one.open(mission.get_absolute_url())
    page.click(f"a[href='{reverse('missions:polling_day', args=[mission.reference, row.uuid])}']")
    page.fill("[name=day]", (row.day + timedelta(days=7)).isoformat())
    page.click("main form button.btn-primary")
    page.wait_for_selector("text=Nothing is saved yet.")
    text = page.inner_text("main")
    assert "stays: moved by hand" in text
    assert "outside the days of the mission" in text
    assert page.locator("main tbody tr").count() >= 5
    one.shot("polling-day-diff")
    row.refresh_from_db()
    before = row.day
    page.check("[name=shift_days]")
    page.click("main form button.btn-primary")
    page.wait_for_url(f"**{mission.get_absolute_url()}")
    row.refresh_from_db()
    kept.refresh_from_db()
    assert row.day == before + timedelta(days=7)
    assert kept.effective_on == before + timedelta(days=2)
    assert Mission.objects.get(pk=mission.pk).first_day == row.day - timedelta(days=3)


PAGES = """missions:timeline missions:agenda missions:preparations missions:preparation_new missions:polling_days missions:polling_day
    missions:mission_copy"""


def test_axe_finds_nothing_and_nothing_is_too_wide(at_desks: World, desk: Callable[..., Desk]) -> None:
    from tests.test_routes import address

    one = desk(bypass_csp=True)  # axe is put into the page from outside
    one.sign_in(at_desks.users["coordinator"].email)
    found: list[str] = []
    addresses = [address(name, at_desks) for name in PAGES.split()]
    addresses.append(f"{reverse('missions:agenda')}?year={clock.today().year}")
    addresses.append(f"{reverse('missions:mission_copy', args=[at_desks.mission.reference])}?source={at_desks.other.reference}")
    for number, path in enumerate(addresses):
        one.open(path)
        found += one.faults_at_both_widths(f"planning-{number}")
    assert found == []
