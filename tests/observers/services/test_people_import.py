"""Lists of members as they really come: all or nothing, each refusal by row and column."""

import json
from datetime import date
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from openpyxl import Workbook

from accounts.models import Person
from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed
from observers.models import Membership
from observers.services.people_import import import_people

HEAD = "given name,family name,e-mail,country,list,seat,chamber,group,from,credentials,mandate,languages,gender,missions"
ROW = "Ada,Ember,ada@example.org,France,substitute,4,L,ILDG,2026-03-24,ratified,Mayor,fr;en,woman,2"


@pytest.fixture(autouse=True)
def _states(reference, make_country):
    for code in ("FR", "DE", "BG"):
        make_country(code)


def bring(text: str, **more):
    return import_people(text.encode("utf-8"), name="list.csv", by=SYSTEM, **more)


def test_a_row_becomes_person_membership_and_mandate():
    assert bring(f"{HEAD}\n{ROW}\n") == {"created": 1, "updated": 0, "unchanged": 0, "refused": []}
    person = Person.objects.get()
    row = person.memberships.get()
    assert (person.name, person.languages, person.gender) == ("Ada Ember", ["fr", "en"], "woman")
    assert (row.country.code, row.member_list, row.seat, row.chamber, row.group.code) == ("FR", "substitute", 4, "L", "ILDG")
    assert person.mandates.get().title == "Mayor" and person.observer_profile.missions_before == 2
    assert Person.objects.named("ember").exists()


def test_again_is_unchanged_and_differences_are_told():
    bring(f"{HEAD}\n{ROW}\n")
    assert bring(f"{HEAD}\n{ROW}\n")["unchanged"] == 1
    assert bring(f"{HEAD}\n{ROW.replace('ILDG', 'ECR')}\n")["updated"] == 1
    assert Membership.objects.get().group.code == "ECR"
    assert bring(f"{HEAD}\n{ROW.replace('ILDG', 'NR').replace('2026-03-24', '2026-09-01')}\n")["updated"] == 1
    assert Membership.objects.count() == 2


def test_a_new_term_begins_a_new_membership():
    bring(f"{HEAD}\n{ROW.replace('2026-03-24', '2021-03-23')}\n")
    assert bring(f"{HEAD}\n{ROW}\n")["updated"] == 1
    assert list(Membership.objects.order_by("starts_on").values_list("ends_on", flat=True)) == [date(2026, 3, 24), None]


def test_bom_blank_lines_unnamed_columns_semicolons_and_french_headings():
    head = "Prénom;;Nom;Courriel;Pays;Liste;Chambre;Groupe politique;Membre depuis;Pouvoirs;Sexe"
    text = f"\ufeff\n;;\n{head}\n;;;;;;;;;;\nZoé;x;Ébène;zoe@example.org;Allemagne;suppléant;R;GILD;24.03.2026;ratifiés;femme\n"
    assert bring(text)["created"] == 1
    person = Person.objects.get()
    assert person.family_name == "Ébène" and person.memberships.get().country.code == "DE"
    assert Person.objects.named("ebene").exists()


def test_lines_that_end_as_old_macs_end_them_and_a_cell_without_end():
    assert bring(f"{HEAD}\r{ROW}\r")["created"] == 1
    with pytest.raises(Invalid) as refusal:
        bring(f'{HEAD}\n"{"x" * 11_000_000}')
    assert refusal.value.code == "file_unreadable"


def test_windows_encoding():
    head = "Vorname;Nachname;E-Mail;Staat;Kammer;Fraktion;Seit;Amt"
    row = "Jörg;Müßig;joerg@example.org;Deutschland;L;EVP/KGRE;24.03.2026;Bürgermeister der schönen Gemeinde"
    answer = import_people(f"{head}\n{row}\n".encode("cp1252"), name="liste.csv", by=SYSTEM)
    assert answer["created"] == 1 and Person.objects.get().family_name == "Müßig"


def test_a_workbook():
    book = Workbook()
    book.active.append(HEAD.split(","))
    cells = ROW.split(",")
    cells[8], cells[5] = date(2026, 3, 24), 4.0
    book.active.append(cells)
    out = BytesIO()
    book.save(out)
    assert import_people(out.getvalue(), name="list.xlsx", by=SYSTEM)["created"] == 1


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("France", "Atlantis", "country"),
        ("ILDG", "Pirates", "group"),
        ("2026-03-24", "next week", "starts_on"),
        ("Ember", "", "family_name"),
        ("ada@example.org", "ada(at)example", "email"),
        (",L,", ",Q,", "chamber"),
        ("woman", "lady", "gender"),
        (",4,", ",four,", "seat"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_stored(old, new, column):
    good = ROW.replace("ada@", "other@").replace("Ember", "Other").replace(",4,", ",5,")
    answer = bring(f"{HEAD}\n{good}\n{ROW.replace(old, new)}\n")
    assert [(r["row"], r["column"]) for r in answer["refused"]] == [(3, column)]
    assert answer["refused"][0]["why"].endswith(".")
    assert not Person.objects.exists()


def test_an_address_used_twice_and_a_seat_taken_are_named():
    again = ROW.replace("Ember", "Other")
    assert [r["column"] for r in bring(f"{HEAD}\n{ROW}\n{again}\n")["refused"]] == ["email"]
    seat = again.replace("ada@", "other@")
    answer = bring(f"{HEAD}\n{ROW}\n{seat}\n")
    assert [r["column"] for r in answer["refused"]] == ["seat"] and "Ada Ember" in answer["refused"][0]["why"]
    assert not Person.objects.exists()


def test_a_mandate_cannot_end_before_it_began():
    bring(f"{HEAD}\n{ROW}\n")
    answer = bring(f"{HEAD},mandate to\n{ROW},2020-01-01\n")
    assert [(r["row"], r["column"]) for r in answer["refused"]] == [(2, "mandate_to")]


def test_a_dry_run_stores_nothing():
    assert bring(f"{HEAD}\n{ROW}\n", dry_run=True)["created"] == 1
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"<html><body>Sign in</body></html>", "file_is_html"),
        (b"PK\x03\x04broken", "file_unreadable"),
        (b"a,b\n1,2\n", "columns_missing"),
    ],
)
def test_what_is_no_list_gets_one_sentence(content, code):
    with pytest.raises(Invalid) as refusal:
        import_people(content, name="x.csv", by=SYSTEM)
    assert refusal.value.code == code


def test_only_the_coordinator_imports(publisher):
    with pytest.raises(NotAllowed):
        import_people(HEAD.encode(), name="x.csv", by=user_actor(publisher))


def test_the_command(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(f"{HEAD}\n{ROW}\n", encoding="utf-8-sig")
    out = StringIO()
    call_command("import_people", str(path), stdout=out)
    assert json.loads(out.getvalue())["created"] == 1
    path.write_text(f"{HEAD}\n{ROW.replace('France', 'Atlantis')}\n")
    with pytest.raises(SystemExit):
        call_command("import_people", str(path), stdout=StringIO())
