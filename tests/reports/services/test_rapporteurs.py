"""A draft that waits for its rapporteur says for whom, whether they can sign in, and reminds them once a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.actors import user_actor
from core.errors import NotAllowed, NotNow
from core.models import OutboxMail
from missions.models import Assignment
from reports.services import rapporteurs


@pytest.fixture
def rita(drafting, make_report, make_assignment) -> Assignment:
    """The rapporteur of a mission whose report is a draft."""
    make_report(drafting)
    return make_assignment(drafting, "rapporteur", "Rita", "Reporter")


def report_of(assignment):
    return assignment.mission.reports.get()


def test_the_rapporteur_is_reminded_once_a_day_in_their_language(rita, as_coordinator, time_machine):
    rita.person.language = "fr"
    rita.person.save(update_fields=["language"])
    report = report_of(rita)
    assert rapporteurs.remind_rapporteurs(report, by=as_coordinator) == 1
    with pytest.raises(NotNow) as refusal:
        rapporteurs.remind_rapporteurs(report, by=as_coordinator)
    assert refusal.value.code == "reminded_today"
    mail = OutboxMail.objects.get(template="reports/mail/agree")
    assert (mail.address, mail.language) == (rita.person.email, "fr")
    assert report.get_absolute_url() in mail.body
    time_machine.move_to(clock.now() + timedelta(days=1), tick=False)
    assert rapporteurs.remind_rapporteurs(report, by=as_coordinator) == 1


def test_who_has_no_account_that_works_is_told_with_the_way_to_mend_it(rita, as_coordinator, client_for, coordinator):
    rita.person.user.is_active = False
    rita.person.user.save(update_fields=["is_active"])
    report = report_of(rita)
    (waiting,) = rapporteurs.rapporteurs_of(report)
    assert (waiting.can_sign_in, waiting.has_account) == (False, True)
    with pytest.raises(NotNow) as refusal:
        rapporteurs.remind_rapporteurs(report, by=as_coordinator)
    assert refusal.value.code == "no_rapporteur"
    page = client_for(coordinator).get(reverse("reports:report", args=[rita.mission.reference])).content.decode()
    assert "Rita Reporter" in page and "An administrator can mend that" in page
    assert waiting.accounts_url not in page, "a coordinator may not open the accounts"
    assert waiting.accounts_url.startswith(reverse("accounts:accounts") + "?q=rita")
    rita.person.user.delete()
    assert not rapporteurs.rapporteurs_of(report)[0].has_account


def test_a_mission_without_rapporteur_leads_to_the_delegation(drafting, make_report, client_for, coordinator):
    make_report(drafting)
    page = client_for(coordinator).get(reverse("reports:report", args=[drafting.reference])).content.decode()
    assert "The delegation has no confirmed rapporteur." in page
    assert reverse("observers:delegation", args=[drafting.reference]) in page


def test_only_a_coordinator_reminds_and_only_while_the_draft_waits(rita, outsider, as_coordinator, walk):
    with pytest.raises(NotAllowed):
        rapporteurs.remind_rapporteurs(report_of(rita), by=user_actor(outsider))
    report = walk(report_of(rita), "agreed")
    with pytest.raises(NotNow) as refusal:
        rapporteurs.remind_rapporteurs(report, by=as_coordinator)
    assert refusal.value.code == "report_state"
