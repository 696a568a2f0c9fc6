"""Pages about people: search, as on a day, verdicts, rights."""

import csv
from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from accounts.models import Person
from core.actors import SYSTEM
from core.models import AuditEntry
from missions.models import Assignment
from observers.membership.dates import say
from observers.models import Membership, ObserverProfile
from observers.services.people_import import import_people
from observers.services.reference import load_reference


def names(response) -> set[str]:
    return {person.family_name for person in response.context["people"]}


@pytest.fixture
def desk(client_for, coordinator):
    return client_for(coordinator)


def test_search_without_accents_in_any_case_and_turkish_i(desk, make_member):
    make_member("TR", family_name="Işık")
    make_member("FR", family_name="Éclair")
    assert names(desk.get("/people/", {"q": "isik"})) == {"Işık"}
    assert names(desk.get("/people/", {"q": "ECLAIR"})) == {"Éclair"}
    assert names(desk.get("/people/", {"q": "nobody"})) == set()


def test_filters(desk, make_member):
    make_member("FR", "ILDG", "L", family_name="One", gender="woman")
    make_member("DE", "ECR", "R", family_name="Two", member_list="substitute")
    for query, found in (
        ({"country": "FR"}, {"One"}),
        ({"group": "ECR"}, {"Two"}),
        ({"chamber": "L"}, {"One"}),
        ({"member_list": "substitute"}, {"Two"}),
        ({"gender": "woman"}, {"One"}),
    ):
        assert names(desk.get("/people/", query)) == found


def test_as_on_a_day(desk, make_member):
    make_member("FR", family_name="Old", start=date(2021, 3, 23))
    Membership.objects.update(ends_on=date(2023, 6, 10), end_reason="resignation")
    make_member("FR", family_name="New")
    assert names(desk.get("/people/", {"on": "2023-06-10"})) == {"Old"}
    assert names(desk.get("/people/", {"on": "2026-06-10"})) == {"New"}
    assert "Old" in names(desk.get("/people/", {"on": "2026-06-10", "everybody": "on"}))


def test_a_renewal_session_empties_the_list(desk, reference, make_member):
    """R8: the day of the opening is inside, the day after is not, though nobody wrote an end; R12 keeps whom it covers until its day."""
    make_member("FR", family_name="Ended", start=date(2021, 3, 23))
    make_member("FR", family_name="Prolonged", start=date(2021, 3, 23))
    make_member("FR", family_name="Honorary", start=date(2021, 3, 23), member_list="honorary")
    longer = {"extended_until": date(2026, 6, 1), "extension_election_on": date(2025, 12, 1), "extension_decided_by": "the Bureau"}
    Membership.objects.filter(person__family_name="Prolonged").update(**longer)
    for day, found in (
        ("2026-03-24", {"Ended", "Prolonged", "Honorary"}),
        ("2026-03-25", {"Prolonged", "Honorary"}),
        ("2026-06-01", {"Prolonged", "Honorary"}),
        ("2026-06-02", {"Honorary"}),
    ):
        assert names(desk.get("/people/", {"on": day})) == found, day
        assert names(desk.get("/people/", {"on": day, "country": "FR"})) == found, day
    page = desk.get("/people/", {"on": "2026-03-25", "everybody": "on", "country": "FR"})
    assert names(page) == {"Ended", "Prolonged", "Honorary"} and "the term ended with the renewal session" in page.content.decode()
    exported = desk.get("/people/export.csv", {"on": "2026-03-25"}).content.decode()
    assert "Prolonged" in exported and "Ended" not in exported


def test_a_person_shows_rule_and_date(desk, make_member):
    person = make_member("FR", lost=date(2026, 5, 5))
    page = desk.get(reverse("observers:person", args=[person.uuid]), {"on": "2026-10-06"}).content.decode()
    assert "period of grace" in page and "5 November 2026" in page and "R11" in page
    page = desk.get(reverse("observers:person", args=[person.uuid]), {"on": "2026-11-06"}).content.decode()
    assert "Not a member on 6 November 2026" in page


def test_only_who_may_change_a_person_is_offered_it(desk, client_for, auditor, make_member):
    person = make_member("FR")
    address = reverse("observers:person", args=[person.uuid])
    membership = person.memberships.get()
    offered = [f"{address}{part}" for part in ("edit/", "membership/", f"membership/{membership.uuid}/end/", "mandate/")]
    own, other = desk.get(address).content.decode(), client_for(auditor).get(address).content.decode()
    assert all(f'href="{one}"' in own and f'href="{one}"' not in other for one in offered)


def test_a_national_delegation_shows_its_shares(desk, make_member, make_country):
    make_country("FR")
    load_reference()
    for gender in ("man", "man", "man", "woman"):
        make_member("FR", gender=gender)
    page = desk.get("/people/delegations/fr/").content.decode()
    assert "R2" in page and "R3" in page and "R6" in page and "4 of 18 seats are filled" in page
    assert desk.get("/people/delegations/xx/").status_code == 404


def test_adding_by_hand(desk, reference, make_country):
    make_country("FR")
    assert desk.get("/people/new/").status_code == 200
    assert desk.post("/people/new/", {"family_name": ""}).status_code == 200
    assert (
        desk.post("/people/new/", {"family_name": "Ember", "language": "en", "gender": "woman", "languages": "en, fr"}).status_code == 302
    )
    person = Person.objects.get(family_name="Ember")
    assert person.languages == ["en", "fr"]
    for name in ("person_edit", "membership_add", "mandate_add"):
        assert desk.get(reverse(f"observers:{name}", args=[person.uuid])).status_code == 200
    url = reverse("observers:membership_add", args=[person.uuid])
    data = {
        "country": "FR",
        "member_list": "substitute",
        "seat": 2,
        "chamber": "L",
        "group": "ECR",
        "starts_on": "2026-03-24",
        "credential": "ratified",
    }
    assert desk.post(url, data).status_code == 302
    data = {"title": "Mayor", "level": "local", "starts_on": "2025-01-01", "is_general": "on", "is_directly_elected": "on"}
    assert desk.post(reverse("observers:mandate_add", args=[person.uuid]), data).status_code == 302
    mandate = person.mandates.get()
    lose = reverse("observers:mandate_lose", args=[person.uuid, mandate.uuid])
    assert desk.post(lose, {"ends_on": "2026-05-05"}).status_code == 302
    end = reverse("observers:membership_end", args=[person.uuid, person.memberships.get().uuid])
    assert desk.post(end, {"event": "resignation", "event_on": "2026-06-01"}).status_code == 302
    assert person.memberships.get().end_reason == "resignation"


def test_importing_by_page(desk, reference, make_country):
    from django.core.files.uploadedfile import SimpleUploadedFile

    make_country("FR")
    content = b"family name,country,chamber,from\nEmber,France,L,2026-03-24\nNobody,Atlantis,L,2026-03-24\n"
    page = desk.post("/people/import/", {"file": SimpleUploadedFile("list.csv", content)}).content.decode()
    assert "Atlantis" in page and not Person.objects.filter(family_name="Ember").exists()


def test_an_import_speaks_of_the_columns_of_the_file(desk, reference, make_country):
    """The heading that the file has, not our name of the field; columns with a name that nobody knows are told, unnamed ones are not."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    make_country("FR")
    content = "\ufeff\n;;;;\nNOM;;Pays;Chambre;Membre depuis;Groupe pol.\nÉbène;x;France;L;31.02.2026;SOC\n".encode()
    page = desk.post("/people/import/", {"file": SimpleUploadedFile("list.csv", content), "dry_run": "on"})
    assert [(row["row"], row["heading"]) for row in page.context["answer"]["refused"]] == [(4, "Membre depuis")]
    assert "not known here and are passed over: Groupe pol." in page.content.decode()
    assert "starts_on" not in page.content.decode()


def test_strangers_sign_in_and_outsiders_are_refused(client_for, outsider, make_member):
    person = make_member("FR")
    for path in ("/people/", "/people/new/", "/people/import/", f"/people/{person.uuid}/", "/people/delegations/fr/"):
        assert client_for(None).get(path).status_code == 302
        assert client_for(outsider).get(path).status_code == 403


def test_the_list_costs_the_same_at_any_length(desk, make_member, django_assert_num_queries, django_assert_max_num_queries):
    make_member("FR")
    with django_assert_max_num_queries(25) as one:
        desk.get("/people/")
    for _number in range(3):
        make_member("DE")
    with django_assert_num_queries(len(one)):
        desk.get("/people/")


def test_a_refused_form_about_a_person_keeps_what_was_typed(desk, make_member):
    make_member("FR", family_name="Holder", seat=3)
    other = make_member("DE", family_name="Other")
    url = reverse("observers:membership_add", args=[other.uuid])
    data = {
        "country": "FR",
        "member_list": "representative",
        "seat": 3,
        "chamber": "L",
        "starts_on": "2026-04-01",
        "credential": "ratified",
    }
    answer = desk.post(url, data)
    page = answer.content.decode()
    assert answer.status_code in {400, 409} and 'value="3"' in page and 'value="2026-04-01"' in page
    assert Membership.objects.filter(person=other).count() == 1
    new = desk.post(reverse("observers:person_new"), {"family_name": "New", "language": "en", "gender": "not_stated"}, follow=True)
    assert "New is added." in new.content.decode()


def test_the_first_of_a_month_in_french_and_one_person():
    assert (
        "1er novembre 2026" in _in("fr", lambda: say(date(2026, 11, 1)))
        and _in("fr", lambda: say(date(2026, 11, 11))) == "11 novembre 2026"
    )
    assert _in("en", lambda: say(date(2026, 11, 1))) == "1 November 2026"


def _in(language, said):
    with translation.override(language):
        return said()


def test_the_list_goes_out_with_its_filters_as_on_the_day(
    desk, make_member, client_for, auditor, django_assert_num_queries, django_assert_max_num_queries
):
    make_member("FR", "ILDG", family_name="=SUM(A1)", lost=date(2026, 8, 31), languages=["fr"], language_levels={"fr": "native"})
    make_member("DE", "ECR", "R", family_name="Other")
    asked = {"on": "2026-09-01", "country": "FR"}
    with django_assert_max_num_queries(30) as one:
        answer = desk.get("/people/export.csv", asked)
    count = len(one)
    assert answer["Content-Disposition"] == 'attachment; filename="people-2026-09-01.csv"'
    head, line = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    row = dict(zip(head, line, strict=True))
    assert row["family_name"] == "'=SUM(A1)" and row["languages"] == "fr native" and row["as_on"] == "2026-09-01"
    assert (row["country"], row["group"], row["member"], row["member_until"], row["rule"]) == ("FR", "ILDG", "yes", "2027-02-28", "R11")
    sheet = load_workbook(BytesIO(desk.get("/people/export.xlsx", {"on": "2026-09-01"}).content)).active
    assert (
        sheet.max_row == 3 and sheet.cell(1, 1).value == "uuid" and sheet.cell(2, head.index("from") + 1).value.date() == date(2026, 3, 24)
    )
    make_member("FR", family_name="More")
    make_member("FR", family_name="Third")
    with django_assert_num_queries(count):
        desk.get("/people/export.csv", asked)
    assert client_for(auditor).get("/people/export.csv").status_code == 403
    entry = AuditEntry.objects.filter(action="observers.people_exported").first()
    assert entry.data == {"count": 3, "kind": "csv"}


def test_what_goes_out_comes_in_again_unchanged(desk, make_member, reference):
    make_member(
        "FR",
        "ILDG",
        family_name="Éclair",
        email="mem@example.org",
        seat=3,
        gender="woman",
        languages=["fr", "en"],
        language_levels={"fr": "native"},
    )
    content = desk.get("/people/export.csv").content
    answer = import_people(content, name="people.csv", by=SYSTEM)
    assert answer == {"created": 0, "updated": 0, "unchanged": 1, "refused": []}


def test_missions_served_are_counted_up_to_the_day(desk, make_member, make_mission):
    person = make_member("FR")
    ObserverProfile.objects.create(person=person, missions_before=2)
    mission = make_mission("closed", first_day=date(2026, 10, 3), last_day=date(2026, 10, 7))
    Assignment.objects.create(mission=mission, person=person, role="observer", state="confirmed")
    url = reverse("observers:person", args=[person.uuid])
    assert desk.get(url, {"on": "2026-10-02"}).context["served"] == 2
    page = desk.get(url, {"on": "2026-10-03"})
    assert page.context["served"] == 3 and "2 of them before Scrutin" in page.content.decode()


@pytest.mark.parametrize("path", ["/people/", "/people/delegations/", "/people/delegations/FR/", "/people/terms/", "/people/balance/"])
def test_a_day_that_is_none_is_told_and_the_page_is_of_today(desk, make_member, path):
    make_member("FR")
    shown = desk.get(path, {"on": "2026-02-30"})
    assert shown.status_code == 200
    assert "“2026-02-30” is no day: write it like 2026-10-04. This page is as on" in shown.content.decode()
    assert "is no day" not in desk.get(path, {"on": "2026-10-04"}).content.decode()


def test_a_wrong_day_keeps_the_other_filters_and_makes_no_file(desk, make_member):
    make_member("FR", family_name="One")
    make_member("DE", family_name="Two")
    assert names(desk.get("/people/", {"on": "soon", "country": "FR"})) == {"One"}
    assert desk.get("/people/export.csv", {"on": "soon"}).status_code == 400
    assert desk.get("/people/balance/", {"on": "soon", "format": "csv"}).status_code == 400
