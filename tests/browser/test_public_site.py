"""The public site in a real browser, as strangers read it: without scripts, printed, on a phone; the embargo's second; the tracker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from core import clock
from reports.models import ConsultationComment, DraftInvitation, Publication, Report
from reports.services import followup, publication
from tests.browser.conftest import Desk
from tests.test_routes import address
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = """public_index public_report public_version public_changes public_tracker public_recommendation public_countries public_country
    public_texts public_text public_practices public_practice public_data public_search"""
SEEN = "getComputedStyle(document.querySelector('{}')).display !== 'none'"


def in_print(one: Desk) -> list[str]:
    """What is wrong with the open page on paper: menus stand there, or its text does not."""
    one.page.emulate_media(media="print")
    wrong = [f"{one.page.url}: {name} is printed" for name in (".site-head", ".site-foot") if one.page.evaluate(SEEN.format(name))]
    if not one.page.locator("main h1").first.is_visible():
        wrong.append(f"{one.page.url}: no heading is printed")
    cut = "[...document.querySelectorAll('.aside')].filter(e => e.scrollHeight > e.clientHeight + 1).length"
    wrong += [f"{one.page.url}: a column is cut off in print"] * one.page.evaluate(cut)
    one.page.emulate_media(media="screen")
    return wrong


def test_every_page_is_whole_on_a_phone_on_a_desk_and_on_paper(at_desks: World, desk: Callable[..., Desk]) -> None:
    one = desk(bypass_csp=True)  # axe is put into the page from outside
    faults: list[str] = []
    paths = [address(f"reports:{name}", at_desks) for name in PAGES.split()]
    for path in [*paths, f"{address('reports:public_search', at_desks)}?q=voters"]:
        assert one.open(path).status == 200, path
        faults += one.faults_at_both_widths(f"public-{path.strip('/').replace('/', '-')[:60]}")
        faults += in_print(one)
    publication.withdraw_report(at_desks.public_report, by=at_desks.publisher, notice={"en": "Published by mistake."})
    one = desk(bypass_csp=True)  # who read the page keeps it for five minutes; this one did not
    for path, status in ((paths[1], 410), ("/published/fr/reports/nothing/", 404)):
        assert one.open(path).status == status
        faults += one.faults_at_both_widths(f"public-{status}")
    one.problems[:] = [line for line in one.problems if "410" not in line and "404" not in line]  # Chromium calls a refusal an error
    assert faults == []


def test_a_journalist_without_scripts_follows_a_report_from_its_second_to_its_correction(
    at_desks: World, desk: Callable[..., Desk], time_machine
) -> None:
    """The embargo by the business clock; filters of the tracker; a status over time; what changed since the version that was quoted."""
    end = clock.now().replace(microsecond=0) + timedelta(hours=2)
    Publication.objects.filter(report=at_desks.public_report).update(embargo_until=end)
    path = f"/published/en/reports/{at_desks.publication.slug}/"
    early = desk(java_script_enabled=False, width=360)
    time_machine.move_to(end - timedelta(seconds=1), tick=False)
    assert early.open(path).status == 404
    early.open("/published/en/")
    assert "CPL(2027)52-03" not in early.page.inner_text("main")
    early.problems.clear()  # the 404 that the browser tells of
    one = desk(java_script_enabled=False, width=360)
    page = one.page
    time_machine.move_to(end, tick=False)
    one.open("/published/en/")
    page.click("main .card a")
    assert page.url.endswith(path) and "Right words." in page.inner_text("main")
    page.click("text=See what changed.")
    assert (page.inner_text(".diff del"), page.inner_text(".diff ins")) == ("Words of the conclusions", "Right words")
    one.shot("public-changes-360")

    row = at_desks.public_recommendation
    for days, status in ((200, "partially"), (400, "fully")):
        time_machine.move_to(end + timedelta(days=days), tick=False)
        followup.assess_recommendation(row, status=status, basis="next_mission", by=at_desks.by)
    page.click("nav >> text=Recommendations")
    page.select_option("[name=status]", "not_implemented")
    page.click("main form button")
    assert "No recommendation matches." in page.inner_text("main")
    page.select_option("[name=status]", "fully")
    page.fill("[name=q]", "BALLOTS")
    page.click("main form button")
    assert "status=fully" in page.url and page.locator("main .card").count() == 1
    page.click("main details summary")
    assert page.locator("main details tbody tr").count() >= 2, "A row for every year since the adoption."
    one.shot("public-tracker-360")
    page.click("main .card a")
    found = [page.locator(".history li .status").nth(at).inner_text() for at in range(3)]
    assert found == ["Not implemented", "Partially implemented", "Fully implemented"]
    page.click(".languages >> text=Deutsch")
    assert page.get_attribute("html", "lang") == "de" and str(row.uuid) in page.url


def test_an_authority_comments_place_by_place_says_it_is_done_and_comes_back(at_desks: World, desk: Callable[..., Desk]) -> None:
    """The same link in another browser shows what was said and takes more: after the last day as late, until the consultation is over."""
    Report.objects.filter(pk=at_desks.report.pk).update(state="consultation", consultation_until=at_desks.invitation.until)
    link, place = f"/link/{at_desks.tokens['draft']}/draft/", f"#place-{at_desks.paragraph.uuid}"
    for words in ("The law is of 2024.", "Its article 3, more exactly."):
        one = desk(java_script_enabled=False, width=360)  # each time from the beginning: no cookie, no script
        one.open(link)
        one.page.click(f"{place} summary")
        one.page.fill(f"{place} textarea", words)
        one.page.click(f"{place} button")
        assert words in one.page.inner_text(place)
        one.page.click("button[name=finish]")
        assert "You can still comment with the same link" in one.page.inner_text("body")
    assert "The law is of 2024." in one.page.inner_text(place), "What was said before stands there too."
    said = ConsultationComment.objects.filter(invitation=at_desks.invitation).exclude(place="")
    assert [row.place for row in said] == ["Summary 1", "Summary 1"]
    one.shot("consultation-again-360")
    DraftInvitation.objects.filter(pk=at_desks.invitation.pk).update(until=clock.today() - timedelta(days=1))
    Report.objects.filter(pk=at_desks.report.pk).update(consultation_until=clock.today() - timedelta(days=1))
    one.open(link)
    assert "marked as late" in one.page.inner_text("body") and not one.page.locator("button[name=finish]").count()
    one.page.click(f"{place} summary")
    one.page.fill(f"{place} textarea", "One word after the day.")
    one.page.click(f"{place} button")
    assert "One word after the day." in one.page.inner_text(place)
    assert said.all().count() == 3 and said.order_by("pk").last().is_late
    Report.objects.filter(pk=at_desks.report.pk).update(state="committee")
    one.open(link)
    assert one.page.locator(f"{place} textarea").count() == 0, "The consultation is over."
    one.problems.clear()
