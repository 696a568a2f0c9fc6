"""The delegation in a real browser: what-if by pointer, the call for interest answered by link, and every new page by axe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.models import OutboxMail
from missions.models import Mission
from observers.models import AvailableSpan, Interest, InterestCall, Proposal
from observers.services.calls import send_call_letters
from observers.services.own import send_own_link
from observers.services.people_import import import_people
from tests.browser.conftest import Desk
from tests.observers.conftest import GROUPS, STATES
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def composing(at_desks: World) -> Mission:
    """The mission of the world, still composing, in a hundred days; sixty members to choose from."""
    from missions.models import Country
    from missions.services.reference import _member_states

    mission, by = at_desks.mission, at_desks.by
    rows = {row["code"]: row for row in _member_states()}
    for code in STATES:
        Country.objects.get_or_create(code=code, defaults=rows[code])
    head = "given name,family name,email,country,chamber,group,from,credentials,mandate,mandate from,languages,gender"
    start = (clock.today() - timedelta(days=60)).isoformat()
    lines = [
        f"Mem,Ber{n:03},mem.ber{n:03}@example.org,{STATES[n % 24]},{'LR'[n % 2]},{GROUPS[(n * 7) % 5]},{start},ratified,Mayor,2025-05-01,"
        f"{'en' if n % 3 else 'fr;de'},{'woman' if n % 5 in {0, 2} else 'man'}"
        for n in range(60)
    ]
    import_people("\n".join([head, *lines]).encode(), name="congress.csv", by=by)
    day = clock.today() + timedelta(days=100)
    mission.assignments.update(state="withdrawn")
    mission.interest_calls.all().delete()
    mission.proposals.all().delete()
    mission.polling_days.update(day=day)
    Mission.objects.filter(pk=mission.pk).update(state="composing", first_day=day - timedelta(days=3), last_day=day + timedelta(days=1))
    return Mission.objects.get(pk=mission.pk)


def test_what_if_updates_the_criteria_at_once(composing: Mission, at_desks: World, desk: Callable[..., Desk]) -> None:
    """Propose, drop somebody, take the next best swap, lock, keep out: the criteria follow without the page being loaded again."""
    one = desk()
    page = one.page
    one.sign_in(at_desks.users["coordinator"].email)
    one.open(reverse("observers:compose", args=[composing.reference]))
    page.fill("[name=size]", "12")
    page.click("main form button:has-text('Propose')")
    page.wait_for_selector("#panel:has-text('Proven best')")
    loaded = page.evaluate("window.loadedOnce = true")
    assert loaded
    first = Proposal.objects.first().outcome["members"][0]
    page.click(f"button[value='drop:{first['uuid']}']")
    page.wait_for_selector("#panel:has-text('11 of 12 members so far')")
    page.fill("#q", first["name"].split()[1])
    page.click(f"#found button[value='add:{first['uuid']}']")
    page.wait_for_selector(f"#panel button[value='drop:{first['uuid']}']")
    swap = Proposal.objects.first().outcome["swaps"][0]
    section = page.locator("section[aria-labelledby=next-swap]")
    assert swap["in_name"] in section.inner_text()
    section.locator("button[name=do]").click()
    page.wait_for_selector(f"#panel button[value='drop:{swap['in']}']")
    page.wait_for_selector(f"#panel button[value='drop:{swap['out']}']", state="detached")
    page.click(f"button[value='lock:{swap['in']}']")
    page.wait_for_selector(f"button[value='unlock:{swap['in']}']")
    kept = Proposal.objects.first().outcome["members"][1]
    page.click(f"button[value='exclude:{kept['uuid']}']")
    page.wait_for_selector("#panel:has-text('Kept out:')")
    page.click("summary:has-text('How the shares of the groups are computed')")
    assert "Quota" in page.inner_text("section[aria-labelledby=criteria]")
    assert page.evaluate("window.loadedOnce") is True, "Every change came as a fragment."
    assert one.problems == []
    one.shot("compose-what-if")
    one.problems.clear()  # to take a picture of so tall a page the driver puts a style into it, which our policy blocks


def test_a_call_is_opened_and_answered_by_link(composing: Mission, at_desks: World, desk: Callable[..., Desk]) -> None:
    """The coordinator sees who is asked and opens the call; a member answers on conditions with the link of the letter."""
    one = desk()
    page = one.page
    one.sign_in(at_desks.users["coordinator"].email)
    one.open(reverse("observers:call", args=[composing.reference]))
    assert "would be asked" in page.inner_text("main")
    page.fill("[name=answer_by]", (clock.today() + timedelta(days=20)).isoformat())
    page.click("main button:has-text('Send the call by mail')")
    page.wait_for_selector("text=The call is open")
    send_call_letters(InterestCall.objects.get(), "ask")
    mail = OutboxMail.objects.filter(template="observers/mail/call").first()
    path = "/" + next(line for line in mail.body.splitlines() if line.startswith("http")).split("/", 3)[3]
    guest = desk(width=360)
    guest.open(path)
    guest.page.check("#answer-conditions")
    guest.page.fill("#note", "Only by day.")
    guest.page.click("main button:has-text('Answer')")
    guest.page.wait_for_selector("text=Thank you: your answer has arrived.")
    guest.shot("call-answered-360")
    one.open(reverse("observers:call", args=[composing.reference]) + "?answer=conditions")
    assert "Only by day." in page.inner_text("main")


def test_the_own_page_by_link_takes_what_is_said(at_desks: World, desk: Callable[..., Desk]) -> None:
    """A browser tells where a form comes from only as far as the page's policy lets it: the page by link must let it."""
    send_own_link(at_desks.users["observer_b"].person, by=at_desks.by)
    mail = OutboxMail.objects.filter(template="observers/mail/own_page").latest("pk")
    path = "/" + next(line for line in mail.body.splitlines() if line.startswith("http")).split("/", 3)[3]
    guest = desk(width=360)
    guest.open(path)
    guest.page.fill("[name=available-first_on]", "2026-12-20")
    guest.page.fill("[name=available-last_on]", "2026-12-31")
    guest.page.click("section[aria-labelledby=available] form:not(:has([name=uuid])) button")
    guest.page.wait_for_selector("text=Thank you: it is stored.")
    guest.page.fill("[name=correction-text]", "My name has an accent.")
    guest.page.click("section[aria-labelledby=corrections] form:not(:has([name=uuid])) button")
    guest.page.wait_for_selector("text=the secretariat has your request")
    assert AvailableSpan.objects.filter(person=at_desks.users["observer_b"].person).count() == 1


PAGES = """observers:compose observers:call observers:nominations observers:balance observers:accreditation observers:delegation
    observers:call_by_link observers:nominate_by_link"""


def test_axe_finds_nothing_and_nothing_is_too_wide(at_desks: World, desk: Callable[..., Desk]) -> None:
    from observers.services.composition import propose
    from tests.test_routes import address

    propose(at_desks.mission, by=at_desks.by, size=1)
    one = desk(bypass_csp=True)  # axe is put into the page from outside
    one.sign_in(at_desks.users["coordinator"].email)
    found: list[str] = []
    for number, name in enumerate(PAGES.split()):
        one.open(address(name, at_desks))
        found += one.faults_at_both_widths(f"delegation-{number}")
    assert found == []


@pytest.mark.parametrize("width", [360, 1280])
def test_a_nomination_is_accepted_by_link(composing: Mission, at_desks: World, desk: Callable[..., Desk], width: int) -> None:
    """The nominated person names a condition, from the mail's address; what is missing is said beside what was typed."""
    at_desks.interest.delete()
    guest = desk(width=width)
    guest.open(reverse("observers:accept_nomination_by_link", args=[at_desks.tokens["accept"]]))
    assert guest.faults() == []
    guest.shot(f"nomination-{width}")
    guest.page.check("#answer-conditions")
    guest.page.click("button:has-text('Send the answer')")
    guest.page.wait_for_selector(".alert-danger")
    assert guest.page.is_checked("#answer-conditions") and guest.faults() == []
    guest.problems.clear()  # the browser reports the answer 400
    guest.page.fill("#note", "Only with an interpreter.")
    guest.page.click("button:has-text('Send the answer')")
    guest.page.wait_for_selector("text=your answer has arrived")
    row = Interest.objects.get(mission=composing)
    assert (row.answer, row.note, row.person) == ("conditions", "Only with an interpreter.", at_desks.nomination.person)
