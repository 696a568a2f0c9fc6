"""Importing station lists: the real one, odd encodings, refusals, second imports."""

from __future__ import annotations

import io
import json
import resource
import time
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils.translation import override
from openpyxl import Workbook

from core.actors import SYSTEM, user_actor
from core.errors import Invalid, NotAllowed
from core.models import AuditEntry
from missions.enums import StationKind, StationSetting
from missions.models import Station
from missions.services.columns import guess_columns
from missions.services.stations import change_station, import_stations, notes_on, preview_stations

pytestmark = pytest.mark.django_db
REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "bg-polling-stations.csv"
PLAIN = "code;name;municipality;voters\n1;School A;North;1 200\n2;School B;South;\n"


def load(mission, content, name="list.csv", **options):
    data = content if isinstance(content, bytes) else content.encode()
    return import_stations(mission, by=SYSTEM, source=io.BytesIO(data), name=name, **options)


def count(created=0, updated=0, unchanged=0):
    return {"created": created, "updated": updated, "unchanged": unchanged, "refused": []}


@pytest.mark.skipif(not REAL.exists(), reason="the real list lies beside the checkout, not in it")
def test_the_real_bulgarian_list(mission):
    assert load(mission, REAL.read_bytes(), REAL.name) == count(created=433)
    assert load(mission, REAL.read_bytes(), REAL.name) == count(unchanged=433)
    library = mission.stations.filter(address="Библиотека на ул. Симеон Велики № 7")
    assert library.count() == 3
    assert library.values("building").distinct().count() == 1
    first = library.first()
    assert (first.district, first.municipality) == ("ВЕЛИКО ТЪРНОВО", "ВЕЛИКО ТЪРНОВО")
    assert first.levels == ["България", "ВЕЛИКО ТЪРНОВО", "ВЕЛИКО ТЪРНОВО", "ГР.ВЕЛИКО ТЪРНОВО"]
    assert (first.setting, first.code) == ("urban", f"{first.building}-1")
    palace = 'Дворец на културата и спорта "Васил Левски", ул. Краков № 3'
    assert mission.stations.filter(address=palace).count() == 2
    assert mission.stations.filter(district="Австрия").count() == 16
    assert mission.stations.filter(municipality="СТРАЖИЦА", setting="rural").exists()
    assert mission.stations.matching("библиотека симеон").count() == 3


@pytest.mark.skipif(not REAL.exists(), reason="the real list lies beside the checkout, not in it")
def test_codes_do_not_depend_on_the_order_of_the_list(mission, make_mission):
    lines = REAL.read_text().splitlines(keepends=True)
    load(mission, "".join(lines))
    load(other := make_mission(), "".join([lines[0], *reversed(lines[1:])]))
    assert set(mission.stations.values_list("code", flat=True)) == set(other.stations.values_list("code", flat=True))


def test_a_second_import_changes_only_what_differs(mission):
    load(mission, PLAIN)
    before = mission.stations.get(code="2").updated_at
    assert load(mission, PLAIN.replace("1 200", "1 300") + "3;School C;South;\n") == count(created=1, updated=1, unchanged=1)
    assert mission.stations.get(code="1").voters == 1300
    assert mission.stations.get(code="2").updated_at == before


def test_fields_without_a_column_keep_their_values(mission):
    load(mission, PLAIN)
    assert load(mission, "code,address\n1,Main Street 1\n") == count(updated=1)
    assert (mission.stations.get(code="1").name, mission.stations.get(code="1").voters) == ("School A", 1200)


def test_one_refused_row_and_nothing_is_stored(mission):
    answer = load(mission, PLAIN + "4;School D;South;many\n2;School B again;South;3\n;;;\n;;West;5\n")
    assert answer["created"] == 0
    assert not mission.stations.exists()
    assert [(row["row"], row["column"]) for row in answer["refused"]] == [(4, "voters"), (5, "code"), (7, "code")]
    assert "many" in answer["refused"][0]["why"]


def test_dry_run_stores_nothing(mission):
    assert load(mission, PLAIN, dry_run=True) == count(created=2)
    assert not mission.stations.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_encodings(mission, encoding):
    text = "Номер,Адрес,Община\n" + "".join(
        f"{n},Основно училище „Христо Ботев“ на улица Георги Димитров номер {n},Велико Търново\n" for n in range(1, 60)
    )
    assert load(mission, text.encode(encoding)) == count(created=59)
    assert mission.stations.get(code="7").municipality == "Велико Търново"


def test_a_byte_that_does_not_fit_far_down_is_told_and_nothing_is_stored(mission):
    rows = "code,address\n" + "".join(f"{n},Основно училище номер {n}\n" for n in range(1, 30_000))
    assert len(rows.encode()) > 1 << 20
    with pytest.raises(Invalid) as refusal:
        load(mission, rows.encode() + b"30000,\xcd\xe8\n")
    assert refusal.value.code == "encoding"
    assert not Station.objects.exists()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(mission, delimiter):
    text = f'code{delimiter}address\n1{delimiter}"Main Street 1, hall; left"\n2{delimiter}"Main Street 2"\n'
    assert load(mission, text) == count(created=2)
    assert mission.stations.get(code="1").address == "Main Street 1, hall; left"


def test_json_geojson_and_xlsx(mission):
    assert load(mission, json.dumps([{"code": "1", "name": "A", "lat": 42.5, "lon": 23.5}]), "list.json") == count(created=1)
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [23.5, 42.5]}, "properties": {"code": "1", "name": "A"}}
    assert load(mission, json.dumps({"type": "FeatureCollection", "features": [feature]}), "list.geojson") == count(unchanged=1)
    book = Workbook()
    for row in [["Code", "Voters", "Name"], [1, 900.0, "A"], [2, None, "=1+1"]]:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    assert load(mission, stream.getvalue(), "list.xlsx")["refused"] == []
    assert mission.stations.get(code="1").voters == 900


def test_a_row_for_several_stations(mission):
    assert load(mission, "address,count,voters\nTown Hall,3,900\nTown Hall,1,300\n") == count(created=4)
    rows = list(mission.stations.order_by("code"))
    assert len({row.building for row in rows}) == 1
    assert [row.code.rsplit("-")[1] for row in rows] == ["1", "2", "3", "4"]
    assert rows[0].voters is None


def test_given_columns_go_before_guesses(mission):
    text = "Level1,Level2,Level3,Level4,what,NumberOfPollingStations\nX,Y,Z,Town,Hall,1\n"
    assert load(mission, text, mapping={"what": "address", "Level4": "municipality"}) == count(created=1)
    assert mission.stations.get().municipality == "Town"
    with pytest.raises(Invalid):
        load(mission, text, mapping={"nothing": "address"})
    with pytest.raises(Invalid):
        load(mission, text, mapping={"what": "colour"})


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        (["№ секция", "Адрес", "Община", "Област", "Избиратели"], ["code", "address", "municipality", "district", "voters"]),
        (["Numéro du bureau", "Adresse", "Commune", "Électeurs inscrits"], ["code", "address", "municipality", "voters"]),
        (["Wahlbezirksnummer", "Wahllokal", "Anschrift", "Gemeinde"], ["code", "name", "address", "municipality"]),
        (["Level1", "Level2", "Address", "NumberOfPollingStations"], ["level", "level", "address", "count"]),
        (["PS_ID", "lat", "lng", "Type", "remarks"], ["code", "latitude", "longitude", "kind", "ignore"]),
        (["Број бирачког места", "Назив", "Адреса", "Општина"], ["code", "name", "address", "municipality"]),
        (["Qarku", "Bashkia", "Koordinata"], ["district", "municipality", "coordinates"]),
        (["სახელი", "Address"], ["ignore", "address"]),
    ],
)
def test_columns_are_guessed(columns, fields):
    assert list(guess_columns(columns).values()) == fields


@pytest.mark.parametrize("content", [b"", b"\n\n", b"a,b\n1,2\n", b"\xd0\xcf\x11\xe0xls", b"PK\x03\x04broken", b"[1, 2]"])
def test_files_that_are_no_station_list(mission, content):
    with pytest.raises(Invalid):
        load(mission, content, "list.json" if content.startswith(b"[") else "list.csv")
    assert not mission.stations.exists()


def test_coordinates(mission):
    refused = load(mission, "code,lat,lon\n1,91,0\n2,42,\n3,x,y\n")["refused"]
    assert [row["row"] for row in refused] == [2, 3, 4]
    assert load(mission, 'code;lat;lon\n1;"42,5";"23,1"\n') == count(created=1)


def test_rights(mission, coordinator, observer_a):
    with pytest.raises(NotAllowed):
        import_stations(mission, by=user_actor(observer_a), source=io.BytesIO(PLAIN.encode()), name="x.csv")
    assert import_stations(mission, by=user_actor(coordinator), source=io.BytesIO(PLAIN.encode()), name="x.csv")["created"] == 2


def test_preview(mission):
    shown = preview_stations(io.BytesIO(PLAIN.encode()), name="list.csv")
    assert [column["field"] for column in shown["columns"]] == ["code", "name", "municipality", "voters"]
    assert shown["rows"][0] == ["1", "School A", "North", "1 200"]


def test_command(mission, tmp_path, capsys):
    file = tmp_path / "list.csv"
    file.write_text(PLAIN)
    call_command("import_stations", mission.reference, str(file))
    assert json.loads(capsys.readouterr().out) == count(created=2)
    file.write_text("code,lat,lon\n1,99,0\n")
    with pytest.raises(SystemExit) as end:
        call_command("import_stations", mission.reference, str(file))
    assert end.value.code == 1
    assert json.loads(capsys.readouterr().out)["refused"][0]["row"] == 2


def test_a_national_list_in_time_and_memory(mission):
    lines = ["Level1,Level2,Level3,Level4,Address,NumberOfPollingStations\n"]
    lines += [f'Country,District {n % 28},Town {n % 265},"Part, {n % 4000}","School ""{n}"", Street {n}",1\n' for n in range(15_000)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    assert load(mission, "".join(lines)) == count(created=15_000)
    assert time.perf_counter() - start < 60
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 * 1024
    assert Station.objects.filter(mission=mission).count() == 15_000


@pytest.mark.parametrize(
    "column",
    [
        "Nr. secției", "Nr secţiei", "Secția", "№", "Section no", "Section No.", "Wahllokal Nr.", "Wahllokal-Nr.",
        "Numărul secției de votare",
        "Nr. secției de votare", "Номер избирательного участка", "N° bureau",
    ],
)  # fmt: skip
def test_columns_of_numbers_are_known_in_many_languages(column):
    assert guess_columns([column, "Adresa", "Denumirea"])[column] == "code"


def test_a_list_without_numbers_is_said_to_be_numbered_and_its_repeated_rows_are_named(mission):
    content = "Cod;Name;Address\n7;Liceul Mihai;Str. Unu 1\n8;School;Str. Doi 2\n9;liceul mihai;STR. UNU 1\n"

    def notes(**mapping):
        return notes_on(io.BytesIO(content.encode()), name="list.csv", mapping=mapping)

    found = notes(Cod="ignore")
    assert (
        [note["row"] for note in found] == [0, 4] and "the codes are made from the place" in found[0]["why"] and "row 2" in found[1]["why"]
    )
    assert notes(Cod="code") == []
    assert [note["row"] for note in notes(Cod="ignore", Name="ignore")] == [0]  # an address alone repeats for each station of a building


def test_a_building_that_the_list_names_is_found_and_shown(mission):
    long = "Liceul Teoretic „Spiru Haret” din municipiul Chișinău"
    load(mission, f"code;building;address\n1;{long};Str. Unu 1\n2;;Str. Doi 2\n")
    one, two = mission.stations.all()
    assert one.building_name == long and two.building and two.building_name == ""
    assert list(mission.stations.matching("liceul chisinau")) == [one]
    assert one.label == f"1 · {long}" and two.label == "2 · Str. Doi 2"


def test_one_station_is_corrected_by_hand(mission, as_coordinator, outsider):
    load(mission, PLAIN)
    row = mission.stations.get(code="1")
    changed = change_station(row, by=as_coordinator, name="Lyceum", building="Old house", latitude=47.0, longitude=28.8)
    assert mission.stations.matching("old house").get() == changed and changed.voters == 1200
    entry = AuditEntry.objects.get(action="missions.station_changed")
    assert set(entry.fields) == {"name", "building", "latitude", "longitude"}
    change_station(row, by=as_coordinator, name="Lyceum")
    assert AuditEntry.objects.filter(action="missions.station_changed").count() == 1
    for values, attr in (({"code": "2"}, "code"), ({"code": ""}, "code"), ({"latitude": None}, "latitude")):
        with pytest.raises(Invalid) as refusal:
            change_station(row, by=as_coordinator, **values)
        assert refusal.value.attr == attr
    with pytest.raises(NotAllowed):
        change_station(row, by=user_actor(outsider), name="Mine")
    assert mission.stations.get(pk=row.pk).name == "Lyceum"


def test_settings_and_kinds_are_read_and_answered_by_their_labels(mission):
    text = "code,setting,kind\n1,URBAIN,hopital ou ETABLISSEMENT de soins\n2,landlich,Gefängnis\n3,Rural,mobile only\n4,u,\n"
    assert load(mission, text)["refused"] == []
    rows = list(mission.stations.order_by("code").values_list("setting", "kind"))
    assert rows == [("urban", "hospital_or_care"), ("rural", "prison"), ("rural", "mobile_only"), ("urban", "ordinary")]
    with override("fr"):
        why = [item["why"] for item in load(mission, "code,setting,kind\n1,lunaire,\n2,,palais\n")["refused"]]
        assert all(f"“{label}”" in why[0] for label in StationSetting.labels) and all(
            f"“{label}”" in why[1] for label in StationKind.labels
        )
    assert not any("hospital_or_care" in sentence for sentence in why)


@pytest.mark.parametrize(
    "heading", ["Obshtina", "OBSHTINA", "Obština", "Obshtina (Община)", "Община / Obshtina", "Општина (Opština)", "Hromada"]
)
def test_a_heading_in_latin_letters_of_another_script_is_used(mission, heading):
    list_ = f"Sekcia,{heading},Adres\n010100001,Bansko,ul. Pirin 1\n"
    assert guess_columns(["Sekcia", heading, "Adres"]) == {"Sekcia": "code", heading: "municipality", "Adres": "address"}
    assert load(mission, list_) == count(created=1)
    assert Station.objects.get().municipality == "Bansko"


def test_a_second_list_has_its_columns_as_the_first_had_them(mission):
    given = {"A": "code", "B": "municipality", "name": "ignore"}
    first, second = "A,B,name\n1,North,x\n", "A,name,B,voters\n1,x,South,12\n"
    assert load(mission, first, mapping=given) == count(created=1)
    mission.refresh_from_db()
    assert mission.station_columns == given
    shown = preview_stations(io.BytesIO(second.encode()), name="list.csv", mission=mission)
    assert ({c["name"]: c["field"] for c in shown["columns"]}, shown["remembered"]) == ({**given, "voters": "voters"}, 3)
    assert load(mission, second) == count(updated=1)
    row = Station.objects.get()
    assert (row.code, row.municipality, row.name, row.voters) == ("1", "South", "", 12)


def test_what_is_given_goes_before_what_is_remembered(mission):
    load(mission, "A,B\n1,School\n", mapping={"A": "code", "B": "name"})
    mission.refresh_from_db()
    assert load(mission, "A,B\nSchool,2\n", mapping={"B": "code"}) == count(created=1)
    assert set(Station.objects.values_list("code", "name")) == {("1", "School"), ("2", "")}
    assert load(mission, "C,D\n3,Hall\n", mapping={"C": "code", "D": "name"}) == count(created=1), "Other headings, other columns."


def test_a_refused_list_is_not_remembered(mission):
    assert load(mission, "A,lat,lon\n1,north,2\n", mapping={"A": "code"})["refused"]
    mission.refresh_from_db()
    assert mission.station_columns == {}
