"""Two rows that are one person: a look, the merge, taking it back."""

from datetime import date

import pytest

from accounts.models import Person, PersonMerge, RoleGrant
from accounts.services.people_merging import likely_twins, merge_people, part_people, preview_people, relations
from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed, NotNow
from core.models import AuditEntry
from missions.models import Assignment
from observers.models import Interest, ObserverProfile
from observers.services.own import tell_availability


@pytest.fixture
def pair(make_member, make_person):
    kept = make_member("FR", given_name="Nino", family_name="Kharadze", email="nino@example.org")
    merged = make_person("ნინო", "ხარაძე", email="", phone="+995", gender="woman", languages=["ka"], language_levels={"ka": "native"})
    return kept, merged


def snapshot(person):
    return {
        (model._meta.label, name): sorted(model._base_manager.filter(**{name: person}).values_list("pk", flat=True))
        for model, name, _o in relations()
    }


def test_a_twin_is_found_in_another_script(pair):
    assert list(likely_twins(pair[0])) == [pair[1]]


def test_everything_follows_and_goes_back(pair, make_mission):
    kept, merged = pair
    mission = make_mission("composing")
    Assignment.objects.create(mission=mission, person=merged, role="observer")
    tell_availability(merged, by=SYSTEM, first_on=date(2031, 1, 1), last_on=date(2031, 1, 2))
    ObserverProfile.objects.create(person=merged, missions_before=3)
    before = snapshot(kept), snapshot(merged)
    preview = preview_people(kept, merged, by=SYSTEM)
    assert dict(preview.moving)["assignment"] == 1 and not preview.missing and "phone" in preview.fields
    assert (snapshot(kept), snapshot(merged)) == before and not PersonMerge.objects.exists()

    trace = merge_people(kept, merged, by=SYSTEM)
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (kept.phone, kept.gender, kept.email) == ("+995", "woman", "nino@example.org")
    assert kept.assignments.get().mission == mission and kept.observer_profile.missions_before == 3
    assert not any(snapshot(merged).values()) and merged.merged_into == kept
    assert list(Person.objects.standing().named("ხარაძე")) == [kept]

    assert part_people(trace, by=SYSTEM) == merged
    part_people(trace, by=SYSTEM)
    kept.refresh_from_db()
    assert (snapshot(kept), snapshot(merged)) == before and kept.phone == ""
    assert [AuditEntry.objects.filter(action=f"accounts.people_{act}").count() for act in ("merged", "parted")] == [1, 1]


def test_what_came_later_stays(pair, make_mission):
    kept, merged = pair
    trace = merge_people(kept, merged, by=SYSTEM)
    kept.refresh_from_db()
    kept.phone = "+33"
    kept.save_changes("phone")
    span = tell_availability(kept, by=SYSTEM, first_on=date(2031, 1, 1), last_on=date(2031, 1, 2))
    part_people(trace, by=SYSTEM)
    kept.refresh_from_db()
    span.refresh_from_db()
    assert (kept.phone, span.person) == ("+33", kept)


def test_two_answers_about_one_mission_one_stays_behind(pair, make_mission):
    kept, merged = pair
    mission = make_mission("composing")
    Interest.objects.create(mission=mission, person=kept, answer="yes")
    Interest.objects.create(mission=mission, person=merged, answer="no")
    assert dict(preview_people(kept, merged, by=SYSTEM).staying) == {"interest": 1}
    merge_people(kept, merged, by=SYSTEM)
    assert Interest.objects.get(person=kept).answer == "yes" and Interest.objects.get(person=merged).answer == "no"


def test_everything_in_the_way_is_told_at_once(make_member, make_mission):
    kept, merged = make_member("FR"), make_member("DE")
    mission = make_mission("composing")
    for person in (kept, merged):
        Assignment.objects.create(mission=mission, person=person, role="observer")
    with pytest.raises(NotNow) as refusal:
        merge_people(kept, merged, by=SYSTEM)
    assert {item.code for item in refusal.value.missing} == {"members_both", "both_in_mission"}
    assert mission.reference in " ".join(item.sentence for item in refusal.value.missing)
    assert len(preview_people(kept, merged, by=SYSTEM).missing) == 2


def test_of_two_accounts_one_is_closed_and_opened_again(make_user):
    kept, merged = make_user("Ada", "Ember"), make_user("Ada", "Ember", email="ada.other@example.org")
    assert preview_people(kept.person, merged.person, by=SYSTEM).closes == "ada.other@example.org"
    trace = merge_people(kept.person, merged.person, by=SYSTEM)
    merged.refresh_from_db()
    assert not merged.is_active
    part_people(trace, by=SYSTEM)
    merged.refresh_from_db()
    assert merged.is_active
    RoleGrant.objects.create(user=merged, role="publisher", given_by="system")
    with pytest.raises(NotNow) as refusal:
        merge_people(kept.person, merged.person, by=SYSTEM)
    assert [item.code for item in refusal.value.missing] == ["account_with_roles"]


def test_an_address_moves_where_there_was_none(make_person):
    kept, merged = make_person("Ada", "Ember", email=""), make_person("Ada", "Ember", email="ada@example.org")
    trace = merge_people(kept, merged, by=SYSTEM)
    kept.refresh_from_db()
    assert kept.email == "ada@example.org"
    part_people(trace, by=SYSTEM)
    kept.refresh_from_db()
    merged.refresh_from_db()
    assert (kept.email, merged.email) == ("", "ada@example.org")


def test_who_and_what_is_refused(pair, make_person, publisher):
    kept, merged = pair
    with pytest.raises(NotAllowed):
        merge_people(kept, merged, by=user_actor(publisher))
    with pytest.raises(Invalid) as refusal:
        merge_people(kept, kept, by=SYSTEM)
    assert refusal.value.code == "merge_with_itself"
    first = merge_people(kept, merged, by=SYSTEM)
    third = make_person("Nino", "Kharadze")
    with pytest.raises(NotNow):
        merge_people(third, merged, by=SYSTEM)
    merge_people(third, kept, by=SYSTEM)
    with pytest.raises(NotNow) as again:
        part_people(first, by=SYSTEM)
    assert again.value.code == "merged_again"
    assert set(Person.objects.standing().named("nino")) == {third}


def test_the_pages(pair, client_for, coordinator):
    kept, merged = pair
    desk = client_for(coordinator)
    url = f"/people/{kept.uuid}/merge/"
    assert "ნინო" in desk.get(url).content.decode()
    assert "ნინო" in desk.get(url, {"q": "kharadze"}).content.decode()
    assert "Merge into this one" in desk.get(url, {"other": merged.uuid}).content.decode()
    assert desk.post(url, {"other": "nobody"}).status_code == 400
    assert desk.post(url, {"other": merged.uuid}).status_code == 302
    assert desk.get(f"/people/{merged.uuid}/")["Location"] == f"/people/{kept.uuid}/"
    trace = PersonMerge.objects.get()
    assert "Merged into this one" in desk.get(f"/people/{kept.uuid}/").content.decode()
    assert desk.post(f"/people/{kept.uuid}/merge/{trace.uuid}/undo/").status_code == 302
    assert desk.get(f"/people/{merged.uuid}/").status_code == 200
