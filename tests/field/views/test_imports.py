"""The page that takes in answers collected elsewhere."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from field.models import Observation

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client_for, coordinator, polling, forms, stations):
    """Chooses files on the page and presses a button."""
    desk, address = client_for(coordinator), reverse("field:import_records", args=[polling.reference])

    def press(content, button="store", *, code="B", **more):
        file = SimpleUploadedFile("export.csv", content, content_type="text/csv")
        return desk.post(address, {"form": str(forms[code].form.uuid), "file": file, button: "1", **more}, follow=True)

    press.desk, press.address = desk, address
    return press


def test_records_are_checked_and_stored(page, polling):
    content = b"H01,station,B10,_uuid,My remark\nTeam 1,S001,Yes,,x\nTeam 1,S002,no,,y\n"
    assert "Import records" in page.desk.get(page.address).content.decode()
    seen = page(content, "check").content.decode()
    assert "The file can be imported." in seen
    assert "2 records would be stored. Columns that say nothing to this form: My remark." in seen
    assert Observation.objects.count() == 0
    done = page(content)
    assert "2 records are stored." in done.content.decode()
    assert sorted(Observation.objects.values_list("answers__B10", flat=True)) == ["no", "yes"]
    assert "0 records are stored. 2 were there already." in page(content).content.decode()
    assert Observation.objects.count() == 2


def test_refusals_stand_in_a_table_and_nothing_is_stored(page):
    answer = page(b"H01,station,B10,H11\nTeam 1,S001,maybe,seven\nTeam 1,S002,no,7\n")
    assert answer.status_code == 400
    assert [(row["row"], row["column"]) for row in answer.context["refused"]] == [(2, "B10"), (2, "H11")]
    assert "“maybe” is no option of B10." in answer.content.decode()
    assert Observation.objects.count() == 0
    assert page(b"x", code="B", columns="no sign").context["form"].errors["columns"] == ["“no sign” is not written as heading=code."]
    assert page(b"Mesa,B10\nS001,no\n", columns="Mesa = station").status_code == 200
    assert Observation.objects.get().station.code == "S001"


def test_only_coordinators_import(page, client_for, team, polling):
    member = client_for(team.members.get().person.user)
    assert member.get(page.address).status_code == 403
    assert "/records/import/" not in member.get(reverse("field:records", args=[polling.reference])).content.decode()
    assert "/records/import/" in page.desk.get(reverse("field:records", args=[polling.reference])).content.decode()
