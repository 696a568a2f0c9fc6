"""The way of an invitation, in two browsers: the coordinator sends the form, the authority saves, resumes, sends, corrects, withdraws."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse

from core import clock
from core.models import OutboxMail
from missions.models import Request
from tests.browser.conftest import Desk
from tests.conftest_missions import LETTER
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def send_form(one: Desk) -> tuple[Request, str]:
    """The coordinator sends the form to a ministry, in French; the request, and the path of the link."""
    page = one.page
    one.open(reverse("missions:request_link"))
    page.select_option("[name=country]", "AM")
    page.fill("[name=contact_name]", "Protocol Office")
    page.fill("[name=contact_email]", "protocol@example.org")
    page.select_option("main select[name=language]", "fr")
    page.click("main form button.btn-primary")
    page.wait_for_url("**/requests/*-*/")
    path = re.search(r"/link/[\w-]+/", page.inner_text("main")).group()
    return Request.objects.get(contact_email="protocol@example.org"), path


def test_an_authority_saves_resumes_sends_corrects_and_withdraws(at_desks: World, desk: Callable[..., Desk], tmp_path: Path) -> None:
    secretariat, authority = desk(), desk(width=360, bypass_csp=True)
    secretariat.sign_in(at_desks.users["coordinator"].email)
    row, path = send_form(secretariat)
    day = clock.today() + timedelta(days=120)
    letter, program = tmp_path / "lettre.pdf", tmp_path / "programme.pdf"
    letter.write_bytes(LETTER)
    program.write_bytes(b"MZ\x90\x00 this is a program")

    page = authority.page
    authority.open(path)
    assert page.get_attribute("html", "lang") == "fr", "The page speaks the language of the link."
    assert authority.faults() == []
    page.fill("[name=authority_name]", "Ministère de l’administration territoriale")
    page.click("button[name=save]")
    page.wait_for_load_state()
    row.refresh_from_db()
    assert (row.state, row.authority_name) == ("draft", "Ministère de l’administration territoriale")

    authority.open(path)
    assert page.input_value("[name=authority_name]") == "Ministère de l’administration territoriale"
    page.select_option("[name=authority_type]", "local_government_minister")
    page.fill("[name=office_held]", "Ministre")
    page.select_option("[name=election_kind]", "local")
    page.fill("[name=day_1]", day.isoformat())
    page.fill("[name=day_2]", (day + timedelta(days=14)).isoformat())
    page.set_input_files("[name=letter]", str(program))
    page.click("button[name=submit]")
    page.wait_for_load_state()
    assert page.locator(".field-letter .invalid-feedback").count() == 1, "A program called .pdf is refused at its field."
    assert authority.faults() == []
    authority.shot("link-refused")
    assert page.input_value("[name=day_2]") == (day + timedelta(days=14)).isoformat(), "What was typed stays."
    page.set_input_files("[name=letter]", str(letter))
    page.click("button[name=submit]")
    page.wait_for_load_state()
    row.refresh_from_db()
    assert (row.state, [entry["round"] for entry in row.polling], row.letter.name) == ("received", [1, 2], "lettre.pdf")
    assert OutboxMail.objects.get(template="missions/mail/request_receipt").language == "fr"
    assert row.number in page.inner_text("main")
    assert authority.faults() == []
    authority.shot("link-sent")

    page.fill("[name=area]", "Gyumri")
    page.click("button[name=save]")
    page.wait_for_load_state()
    row.refresh_from_db()
    assert row.area == "Gyumri"

    page.click("summary:has-text('Retirer')")
    page.fill("form:has(button[name=withdraw]) textarea", "Les élections sont reportées.")
    page.click("button[name=withdraw]")
    page.wait_for_load_state()
    row.refresh_from_db()
    assert (row.state, row.ended_reason) == ("withdrawn", "Les élections sont reportées.")
    assert authority.open(path).status == 410, "The link is dead."
    assert authority.open(f"{path}request/").status == 410

    secretariat.open(row.get_absolute_url())
    text = secretariat.page.inner_text("main")
    assert "Les élections sont reportées." in text
    assert "the authority, by its link" in text
    secretariat.shot("request-withdrawn")
    authority.problems[:] = [problem for problem in authority.problems if "400" not in problem and "410" not in problem]


def test_the_coordinator_revokes_a_link(at_desks: World, desk: Callable[..., Desk]) -> None:
    secretariat, authority = desk(bypass_csp=True), desk()
    secretariat.sign_in(at_desks.users["coordinator"].email)
    _row, path = send_form(secretariat)
    assert authority.open(path).status == 200
    secretariat.page.reload()
    assert secretariat.faults() == []
    secretariat.page.click("button:has-text('Revoke the link')")
    secretariat.page.wait_for_load_state()
    assert "revoked on" in secretariat.page.inner_text("main")
    assert authority.open(path).status == 410
    authority.problems[:] = [problem for problem in authority.problems if "410" not in problem]
