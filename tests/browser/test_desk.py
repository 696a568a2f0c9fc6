"""The desk in a real browser: sign in by the form and do one real thing; own missions only; languages; keyboard; axe and width."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from missions.models import Mission, Request
from tests.browser.conftest import Desk
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_coordinator_enters_a_letter_and_moves_a_mission(at_desks: World, desk: Callable[..., Desk]) -> None:
    """By the form and the buttons alone: a letter becomes a request; what is missing for the next move stands on the mission's page."""
    one = desk()
    one.open(reverse("missions:requests"))
    assert "/accounts/login/" in one.page.url
    one.shot("sign-in")
    one.sign_in(at_desks.users["coordinator"].email)
    page = one.page
    one.open(reverse("missions:request_new"))
    page.select_option("[name=country]", "AM")
    page.fill("[name=received_on]", clock.today().isoformat())
    page.fill("[name=authority_name]", "Central Electoral Commission")
    page.select_option("[name=election_kind]", "local")
    page.fill("[name=election_title]", "Local elections in Gyumri")
    page.fill("[name=day_1]", (clock.today() + timedelta(days=120)).isoformat())
    page.locator("main form button.btn-primary, main form [type=submit]").first.click()
    page.wait_for_url("**/requests/*-*/")
    assert "Gyumri" in page.inner_text("main")
    row = Request.objects.get(election_title="Local elections in Gyumri")
    assert (row.country.code, row.authority_name) == ("AM", "Central Electoral Commission")
    one.shot("request-by-hand")

    Mission.objects.filter(pk=at_desks.mission.pk).update(state="composing")
    one.open(at_desks.mission.get_absolute_url())
    text = page.inner_text("main")
    assert "Still missing:" in text
    assert page.locator("section[aria-labelledby=next] a").count() > 0, "Each thing that is missing leads to where it is mended."
    one.shot("what-is-missing")
    page.click("form:has(input[name=action][value=prepare]) button")
    page.wait_for_load_state()
    assert Mission.objects.get(pk=at_desks.mission.pk).state == "composing", "A move with something missing is not made."
    one.problems[:] = [problem for problem in one.problems if "409" not in problem]  # Chromium calls a refusal an error


def test_head_and_observer_see_their_own_mission_only(at_desks: World, desk: Callable[..., Desk]) -> None:
    for persona in ("head", "observer_a"):
        one = desk()
        one.sign_in(at_desks.users[persona].email)
        one.open(reverse("missions:missions"))
        text = one.page.inner_text("main")
        assert at_desks.mission.reference in text
        assert at_desks.other.reference not in text
        assert one.page.locator(f"a[href='{reverse('missions:requests')}']").count() == 0
        one.shot(f"missions-of-{persona.replace('_', '-')}")
        assert one.open(at_desks.mission.get_absolute_url()).status == 200
        assert one.open(at_desks.other.get_absolute_url()).status == 404
        one.problems[:] = [problem for problem in one.problems if "404" not in problem]


def test_the_language_switch_stays(at_desks: World, desk: Callable[..., Desk]) -> None:
    one = desk()
    one.sign_in(at_desks.users["coordinator"].email)
    for code, word in [("fr", "Se déconnecter"), ("de", "Abmelden"), ("en", "Sign out")]:
        one.page.click(f"header button[name=language][value={code}]")
        one.page.wait_for_selector(f"html[lang={code}]")
        one.open(reverse("missions:missions"))
        assert one.page.get_attribute("html", "lang") == code
        assert word in one.page.inner_text("header")
        one.shot(f"missions-{code}")


def test_the_keyboard_alone_is_enough(at_desks: World, desk: Callable[..., Desk]) -> None:
    """From the address to the missions page of one mission with Tab, Shift and Enter; what has the focus can be seen."""
    one = desk()
    page = one.page
    one.open("/accounts/login/")
    page.focus("[name=login]")
    page.keyboard.type(at_desks.users["coordinator"].email)
    page.keyboard.press("Tab")
    for _try in range(3):
        if page.evaluate("document.activeElement.name") == "password":
            break
        page.keyboard.press("Tab")
    page.keyboard.type("correct horse battery staple")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    one.open(reverse("missions:missions"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip-link')"), "The first stop leads past the menu."
    page.keyboard.press("Enter")
    wanted = at_desks.mission.get_absolute_url()
    for _step in range(40):
        page.keyboard.press("Tab")
        style = "getComputedStyle(document.activeElement)"
        seen = page.evaluate(f"{style}.outlineStyle !== 'none' || {style}.boxShadow !== 'none'")
        assert seen, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.evaluate("document.activeElement.getAttribute('href')") == wanted:
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{wanted}")


PAGES = {
    "coordinator": """missions:missions missions:mission missions:programme missions:stations missions:requests missions:request
        missions:organisations missions:organisation missions:organisation_merge missions:organisations_upload missions:organisations_import
        observers:people observers:delegation observers:deployment field:live field:records field:forms
        reports:findings reports:finding reports:recommendations reports:report core:jobs accounts:profile
        missions:elections missions:letters missions:letter missions:request_compare missions:request_split missions:request_note""",
    "observer_a": "observers:own_missions observers:own_assignment missions:my_calendar",
    "administrator": "core:log core:outbox accounts:accounts",
    "": "account_login reports:public_index reports:public_report reports:public_tracker",
}


def test_axe_finds_nothing_and_nothing_is_too_wide(at_desks: World, desk: Callable[..., Desk]) -> None:
    from tests.test_routes import address

    found: list[str] = []
    for persona, names in PAGES.items():
        one = desk(bypass_csp=True)  # axe is put into the page from outside
        if persona:
            one.sign_in(at_desks.users[persona].email)
        for name in names.split():
            one.open(address(name, at_desks))
            found += one.faults_at_both_widths(f"{name.replace(':', '-')}")
    assert found == []
