"""The form builder by keyboard alone: from the list of forms to a published version, without a pointer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from field.models import FormDesign, FormVersion
from field.xforms.designed import fresh_content
from tests.browser.conftest import Desk
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until the element has the focus, as somebody without a pointer does."""
    for _press in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}.")


def choose(page: Any, selector: str, downs: int) -> None:
    """Walk a list with the arrow key."""
    tab_to(page, selector)
    for _press in range(downs):
        page.keyboard.press("ArrowDown")


def items(design: FormDesign) -> list[str]:
    return [item["code"] for item in FormDesign.objects.get(pk=design.pk).content["items"]]


def test_a_form_is_built_by_keyboard_alone(at_desks: World, desk: Callable[..., Desk]) -> None:
    one, reference = desk(bypass_csp=True), at_desks.mission.reference
    one.sign_in(at_desks.users["coordinator"].email)
    one.open(reverse("field:forms", args=[reference]))
    page = one.page
    tab_to(page, "a[href$='/builder/']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_base")
    choose(page, "#id_base", 2)
    tab_to(page, "#id_title")
    page.keyboard.type("Voting in Plovdiv")
    tab_to(page, "#id_code")
    page.keyboard.type("BG")
    assert one.faults() == []
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-builder]")
    design = FormDesign.objects.get(code="BG")
    assert items(design)[:3] == ["B01", "B02", "B03"]
    assert one.faults() == []
    one.shot("builder")

    tab_to(page, "[value='down:B01']")
    for place in (1, 2):  # the focus goes with the question
        with page.expect_navigation():
            page.keyboard.press("Alt+ArrowDown")
        page.wait_for_function("document.activeElement.value === 'down:B01'")
        assert items(design).index("B01") == place
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.value") == "down:B03"

    tab_to(page, "#question")
    page.keyboard.type("A19")
    tab_to(page, "[name=act][value=add]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "A19" in items(design)

    tab_to(page, "a[href$='/country/']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_question")
    tab_to(page, "#id_question")
    page.keyboard.type("Was ink used?")
    tab_to(page, "#id_flag")
    page.keyboard.type("no")
    choose(page, "#id_severity", 3)
    assert one.faults() == []
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_selector("#item-X01")
    assert items(design).index("X01") < items(design).index("B34")

    tab_to(page, "a[href$='/translate/fr/']")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name='text:question:X01']")
    tab_to(page, "[name='text:question:X01']")
    page.keyboard.type("L'encre est-elle là ?")
    assert one.faults() == []
    one.shot("builder-translate")
    tab_to(page, "#checked")
    page.keyboard.press("Space")
    tab_to(page, "main form .btn-primary")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    tab_to(page, f"a[href='{design.get_absolute_url()}']")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-builder]")
    tab_to(page, "form[action$='/write/'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=act][value=publish]", timeout=60_000)
    tab_to(page, "[name=act][value=publish]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    version = FormVersion.objects.get(form__mission=at_desks.mission, form__code="BG")
    asked = {question["code"]: question for question in version.questions}
    assert (version.state, version.unchecked_languages) == ("published", ["de"])
    assert asked["X01"]["label"]["fr"] == "L'encre est-elle là ?"
    assert "flag_X01" in asked
    assert "A19" in asked
    one.shot("builder-published")


def test_the_builder_on_a_small_screen(at_desks: World, desk: Callable[..., Desk]) -> None:
    content = fresh_content("C", "Closing", ["fr", "bg"])
    design = FormDesign.objects.create(mission=at_desks.mission, code="C", stage="closing_counting", content=content)
    one = desk(width=360, bypass_csp=True)
    one.sign_in(at_desks.users["coordinator"].email)
    for path in (design.get_absolute_url(), reverse("field:builder_translate", args=[at_desks.mission.reference, design.uuid, "bg"])):
        one.open(path)
        assert one.faults() == []
    one.open(f"{design.get_absolute_url()}?language=fr")
    one.shot("builder-360")
    assert "Choisissez dans la liste" in one.page.inner_text(".phone-screen")
