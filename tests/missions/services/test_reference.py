"""Reference data: complete, and the same when loaded again."""

from __future__ import annotations

import pytest

from core import reference
from missions.models import Country, DeadlineRule, PastMission

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    names = ("countries", "deadline rules", "past missions")
    return {name: reference.loaders[name][1]() for name in names}, names


def test_loaded_twice_is_loaded_once(loaded):
    first, names = loaded
    assert all(answer["updated"] == 0 for answer in first.values())
    for name in names:
        again = reference.loaders[name][1]()
        assert (again["created"], again["updated"]) == (0, 0)
        assert again["unchanged"] == first[name]["created"]


def test_the_seat_table(loaded):
    members = Country.objects.members()
    assert members.count() == 46
    assert sum(members.values_list("seats", flat=True)) == 306
    assert Country.objects.get(code="TR").seats == 18
    assert Country.objects.get(code="BG").name_fr == "Bulgarie"


def test_countries_that_are_no_members(loaded):
    assert Country.objects.get(code="XK").note.startswith("In line with UN Security Council Resolution 1244")
    assert Country.objects.get(code="TN").name_de == "Tunesien"
    assert not Country.objects.filter(code__in=["EU", "ZZ", "UN"]).exists()


def test_fifty_past_missions_with_their_marks(loaded):
    assert PastMission.objects.count() == 50
    yerevan = PastMission.objects.get(adopted_text="Recommendation 501 (2023)")
    assert (yerevan.country.code, yerevan.is_verified) == ("AM", True)
    assert PastMission.objects.filter(status="partly verified").count() > 10
    assert PastMission.objects.get(code="2007-kosovo-1").country.code == "XK"
    assert DeadlineRule.objects.count() == 16
