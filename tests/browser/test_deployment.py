"""A messy list is mapped in a real browser, teams are drawn with a lock, and a team's sheet is printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse

from observers.models import TeamMember
from tests.browser.conftest import Desk
from tests.missions.services.messy_lists import HTML, ministry_workbook
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MESSY = (
    "СПИСЪК НА СЕКЦИИТЕ;;;;;\r\n\r\n"
    "Област;Община;Сек.;Адрес на сградата;Място (ш., д.);Избиратели\r\n"
    'София;Столична;1;"ул. Ботев 1,\r\nвход Б";"42,6977 23,3219";1 200\r\n'
    'София;Столична;2;"ул. Ботев 1,\r\nвход Б";"23,3219 42,6977";900\r\n'
    'Пловдив;Марица;1;"ул. Шипка 7";;\r\n'
    'пловдив;Марица;2;"ул. Шипка 9";;650\r\n'
)


def test_a_messy_list_is_mapped_checked_and_imported(at_desks: World, desk: Callable[..., Desk], tmp_path: Path) -> None:
    """No column has a name that is known; the key is made of two; the check says what is put right, and only then it is stored."""
    mission = at_desks.mission
    before = mission.stations.count()
    one = desk()
    page = one.page
    one.sign_in(at_desks.users["coordinator"].email)
    url = reverse("missions:stations", args=[mission.reference])
    wrong = tmp_path / "list.csv"
    wrong.write_bytes(HTML)
    open_upload(one, url)
    page.set_input_files("[name=file]", wrong)
    page.click("form[enctype] button")
    page.wait_for_url(f"**{url}")
    assert "This is a page of HTML, not a list" in page.inner_text("main") + page.inner_text("body")
    messy = tmp_path / "списък.txt"
    messy.write_bytes(MESSY.encode("utf-16-le"))
    open_upload(one, url)
    page.set_input_files("[name=file]", messy)
    page.click("form[enctype] button")
    page.wait_for_url("**/import/**")
    one.shot("stations-mapping")
    for column, field in (
        ("Община", "municipality"),
        ("Сек.", "code"),
        ("Адрес на сградата", "address"),
        ("Място (ш., д.)", "coordinates"),
    ):
        page.get_by_label(column, exact=True).select_option(field)
    page.get_by_label("Област", exact=True).select_option("district")
    page.click("button[name=dry_run]")
    page.wait_for_load_state()
    assert "stands in the list already" in page.inner_text("main"), "The numbers begin anew in each municipality."
    page.get_by_label("Община", exact=True).select_option("code+municipality")
    page.click("button[name=dry_run]")
    page.wait_for_selector("text=Nothing is stored yet.")
    told = page.inner_text("main")
    assert "4 new" in told and "swapped: 1" in told and "taken for one place" in told and "Столична-1" in told
    assert mission.stations.count() == before
    one.shot("stations-checked")
    page.click("form.small-form button.btn-primary:not([name])")
    page.wait_for_url(f"**{url}")
    rows = {row.code: row for row in mission.stations.filter(code__contains="-")}
    assert {"Столична-1", "Столична-2", "Марица-1", "Марица-2"} <= set(rows)
    assert (rows["Столична-2"].latitude, rows["Столична-1"].address) == (42.6977, "ул. Ботев 1, вход Б")
    assert rows["Марица-1"].district == rows["Марица-2"].district == "Пловдив" and rows["Марица-1"].municipality == "Марица"
    one.problems[:] = [problem for problem in one.problems if "400" not in problem]  # Chromium calls a refusal an error


def open_upload(one: Desk, url: str) -> None:
    """The form for a file lies in a fold that is closed while there are stations."""
    one.open(url)
    if not one.page.is_visible("[name=file]"):
        one.page.click("summary:has-text('Import a list')")


def test_a_workbook_is_guessed(at_desks: World, desk: Callable[..., Desk], tmp_path: Path) -> None:
    """The cover sheet and the title are passed over."""
    one = desk(width=360)
    one.sign_in(at_desks.users["coordinator"].email)
    file = tmp_path / "list.xlsx"
    file.write_bytes(ministry_workbook())
    open_upload(one, reverse("missions:stations", args=[at_desks.mission.reference]))
    one.page.set_input_files("[name=file]", file)
    one.page.click("form[enctype] button")
    one.page.wait_for_url("**/import/**")
    assert [one.page.input_value(f"[name=column_{n}]") for n in range(4)] == ["code", "address", "municipality", "voters"]


PAGES = (
    "observers:deployment observers:deployment_table observers:deployment_contacts observers:team observers:team_sheet observers:coverage"
)


def test_axe_finds_nothing_and_nothing_is_too_wide(at_desks: World, desk: Callable[..., Desk]) -> None:
    from tests.test_routes import address

    TeamMember.objects.filter(left_at=None).update(is_locked=True)
    one = desk(bypass_csp=True)  # axe is put into the page from outside
    one.sign_in(at_desks.users["coordinator"].email)
    found: list[str] = []
    for name in PAGES.split():
        one.open(address(name, at_desks))
        folds = one.page.locator("main details:not([open]) > summary")
        while folds.count():
            folds.first.click()
        found += one.faults_at_both_widths(f"deployment-{name.split(':')[1]}")
    assert found == []
