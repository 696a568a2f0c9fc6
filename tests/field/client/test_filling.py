"""Filling a form with one thumb: one tap for "not observed", the language changed in the middle, form B in under ten minutes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from field.models import FormVersion, Observation
from tests.field.client.conftest import Phone
from tests.field.client.test_looks import check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A person reads a question and taps: eight seconds for each act is slow; ten minutes are the bar (field-forms 1).
SECONDS_AN_ACT = 8
TEN_MINUTES = 600
THUMB = 44
NAMES = "(all) => all.map((one) => one.dataset.name)"


def start_form(phone: Phone, title: str) -> None:
    """Begin a form and choose the first station."""
    phone.go("new")
    phone.page.click(f"button.tile:has-text('{title}')")
    phone.page.wait_for_selector("form-screen .question")


def next_page(phone: Phone) -> bool:
    """Turn the page; False at the last one."""
    button = phone.page.locator(".bar .button-main")
    if "Check and send" in button.inner_text():
        return False
    button.click()
    phone.page.wait_for_timeout(60)
    return True


def asked_for(version: FormVersion) -> set[str]:
    """Questions of a form that offer "not observed"."""
    return {row["code"] for row in version.questions if "not_observed" in {option["name"] for option in row.get("options", [])}}


def test_not_observed_is_one_tap_wherever_a_form_offers_it(
    handset: Phone, make_observer: Callable[..., Any], stations: list, forms: dict[str, FormVersion]
) -> None:
    """In each of the forms A to D: to be seen without opening anything, big enough for a thumb, chosen by one tap."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    for letter, title in {"A": "Opening", "B": "Voting", "C": "Closing", "D": "Tabulation"}.items():
        start_form(handset, title)
        seen: set[str] = set()
        more = True
        while more:
            for question in page.locator(".question:has(input[value=not_observed])").all():
                name = question.get_attribute("data-name") or ""
                option = question.locator("label.pick:has(input[value=not_observed])")
                box = option.bounding_box()
                assert option.is_visible() and box is not None and box["height"] >= THUMB, name
                option.click()
                page.wait_for_selector(f"[data-name={name}] input[value=not_observed]:checked")
                seen.add(name)
            more = next_page(handset)
        # What depends on another answer is not on the pages of an empty form.
        hidden = asked_for(forms[letter]) - seen
        assert len(seen) >= 10 and len(hidden) <= 1, (letter, hidden)
        handset.go("today")
        page.wait_for_selector("today-screen .card")


def test_the_language_is_changed_in_the_middle(handset: Phone, make_observer: Callable[..., Any], stations: list) -> None:
    """Answers stay, questions and options are read in the other language, also after a restart; the record says which it was."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    start_form(handset, "Voting")
    handset.turn_to("B01")
    handset.answer("B01", "No")
    english = page.inner_text("[data-name=B01] legend")
    for language, word in (("fr", "Non"), ("de", "Nein")):
        page.select_option(".language select", language)
        page.wait_for_selector(f"[data-name=B01] label.pick:has-text('{word}')")
        assert page.inner_text("[data-name=B01] legend") != english
        assert page.locator("[data-name=B01] input:checked").get_attribute("value") == "no"
    handset.shot("in-german")
    page.wait_for_timeout(400)
    page.reload()
    page.wait_for_selector("form-screen .question")
    assert page.locator("[data-name=B01] input:checked").get_attribute("value") == "no"
    assert "Nein" in page.inner_text("[data-name=B01]")
    assert check(handset, "German") == []
    handset.to_review()
    page.click(".bar .button-main")
    page.wait_for_selector("records-screen .badge-sent")
    stored = Observation.objects.get()
    assert (stored.answers["B01"], stored.language) == ("no", "de")


def test_form_b_is_done_in_under_ten_minutes(handset: Phone, make_observer: Callable[..., Any], stations: list) -> None:
    """Every question answered as a person would; how many taps and typings that takes, and how long the app itself lets one wait."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    acts = {"taps": 2, "typed": 0, "pages": 0}
    began = time.monotonic()
    start_form(handset, "Voting")
    more = True
    while more:
        done: set[str] = set()
        while todo := [name for name in page.eval_on_selector_all(".question", NAMES) if name not in done]:
            done.add(todo[0])
            fill(page, todo[0], acts)
        more = next_page(handset)
        acts["pages"] += 1
    handset.to_review()
    page.click(".bar .button-main")
    acts["taps"] += 2 + acts["pages"]
    page.wait_for_selector("records-screen .badge-sent")
    took = time.monotonic() - began
    total = acts["taps"] + acts["typed"]
    counted = f"{acts['taps']} taps, {acts['typed']} fields typed, {acts['pages']} pages"
    print(f"form B: {counted}; by script {took:.1f} s; by hand about {total * SECONDS_AN_ACT / 60:.1f} min")
    stored = Observation.objects.get()
    assert len([key for key in stored.answers if key.startswith("B")]) >= 32
    assert stored.unanswered == []
    assert total * SECONDS_AN_ACT < TEN_MINUTES
    # The app's own share: opening, drawing, saving at every answer.
    assert took < TEN_MINUTES / 5


def fill(page: Any, name: str, acts: dict[str, int]) -> None:
    """Answer one question unless the app did; count what a hand has to do."""
    question = page.locator(f"[data-name={name}]")
    if question.locator(".chosen, input:checked").count():
        return
    picks = question.locator("label.pick")
    if picks.count():
        picks.nth(2 if picks.count() > 2 and name == "B01" else 1 if picks.count() > 1 else 0).click()
        acts["taps"] += 1
    elif question.locator("input[role=combobox]").count():
        question.locator("input").click()
        page.locator(f"[data-name={name}] .list-pick .row").first.click()
        acts["taps"] += 2
    elif question.locator("textarea").count():
        if name == "B35":
            question.locator("textarea").fill("Nothing more.")
            acts["typed"] += 1
    elif question.locator("input").count() and not question.locator("input").input_value():
        if question.locator("button:has-text('Now')").count():
            question.locator("button:has-text('Now')").click()
            acts["taps"] += 1
        elif name != "station_typed":
            question.locator("input").fill({"H11": "7", "H12": "3", "H09": "800", "H10": "200"}.get(name, "0"))
            acts["typed"] += 1


CUT_WORDS = """() => [...document.querySelectorAll('.choices-grid.two .pick span')].flatMap((span) => {
    const range = document.createRange(), text = [...span.childNodes].filter((node) => node.nodeType === 3);
    return text.flatMap((node) => [...node.data.matchAll(/\\S+/g)].filter((word) => {
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        return range.getClientRects().length > 1;
    }).map((word) => word[0]));
})"""


def test_no_word_of_an_option_is_cut(handset: Phone, make_observer: Callable[..., Any], stations: list) -> None:
    """ "Not applicable" stands whole on a narrow screen, also where a scroll bar takes its part: one option below the other then."""
    _assignment, code = make_observer()
    page = handset.start()
    handset.enrol(code)
    start_form(handset, "Voting")
    handset.turn_to("B01")
    for width in (360, 345, 320):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate(CUT_WORDS) == [], width
