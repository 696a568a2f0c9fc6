"""Station lists as election offices really send them: every encoding, shape and accident of `messy_lists`."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from core.actors import SYSTEM
from core.errors import Invalid
from core.lists.encodings import encoding_of_bytes
from missions.models import Station
from missions.services.coordinates import boxes, degrees, is_swapped, pair
from missions.services.stations import import_stations, preview_stations, review_stations
from tests.missions.services import messy_lists as messy

pytestmark = pytest.mark.django_db


def load(mission, content, name="list.csv", **options):
    data = content if isinstance(content, bytes) else content.encode()
    return import_stations(mission, by=SYSTEM, source=io.BytesIO(data), name=name, **options)


def review(mission, content, name="list.csv", **options):
    data = content if isinstance(content, bytes) else content.encode()
    return review_stations(mission, by=SYSTEM, source=io.BytesIO(data), name=name, **options)


def count(created=0, updated=0, unchanged=0):
    return {"created": created, "updated": updated, "unchanged": unchanged, "refused": []}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_three_scripts_in_every_unicode_encoding(mission, encoding, delimiter):
    assert load(mission, messy.csv_text(delimiter=delimiter).encode(encoding)) == count(created=3)
    assert list(mission.stations.values_list("name", flat=True)) == [row[1] for row in messy.ROWS]
    assert list(mission.stations.values_list("code", flat=True)) == ["001", "002", "003"]
    assert mission.stations.matching("dimotiko").get().code == "003" and mission.stations.matching("shkola 5").get().code == "001"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "numéro;bureau;commune\n1;École élémentaire Jean Jaurès;Orléans\n2;Hôtel de ville;Besançon\n"),
        ("cp1252", "Nr;Wahllokal;Gemeinde\n1;Grundschule Süd, Straße 3;Köln\n2;Rathaus;München\n"),
        ("cp1252", "n;nome\n1;Escola São João;Guimarães\n2;Câmara – “Évora”;x\n"),
        ("cp1252", "code;name\n1;Høyskolen på Tromsø\n2;Skåne\n"),
        ("cp1252", "code;name\n1;Café\n"),
        ("cp1250", "Nr;Sediu\n1;Şcoala Gimnazială, Bucureşti\n2;Liceul Braşov, judeţul Ilfov, Chişinău\n"),
        ("cp1250", "Nr;Adres\n1;Szkoła Podstawowa w Łodzi\n2;Urząd Gdańsk\n"),
        ("cp1250", "Broj;Adresa\n1;Osnovna škola Šišmiš, Čačak\n2;Đakovo Žabljak\n"),
        ("cp1250", "Nr;Cím\n1;Általános iskola, Győr Kőszeg\n"),
        ("cp1251", "Номер;Адрес\n1;Основно училище Христо Ботев\n"),
        ("cp1251", "Номер;Адреса\n1;Київ, школа №5, вулиця Її\n"),
        ("cp1253", "Nr;Name\n1;Δημοτικό Σχολείο Αθήνας\n2;Θεσσαλονίκη\n"),
        ("cp1254", "No;Okul\n1;İlkokulu Şişli, Beyoğlu, Diyarbakır\n2;Çankaya Ortaokulu Üsküdar\n"),
        ("cp1257", "Nr;Adrese\n1;Rīgas pamatskola, Jūrmala, Ķekava\n"),
        ("cp866", "Номер;Адрес\n1;Основное училище номер один\n"),
    ],
)
def test_code_pages_are_told_apart_by_their_words(encoding, text):
    found = encoding_of_bytes(text.encode(encoding))
    assert text.encode(encoding).decode(found) == text, found


def test_the_name_of_the_file_decides_nothing(mission):
    commas, tabs = messy.csv_text(delimiter=","), messy.csv_text(delimiter="\t")
    assert load(mission, tabs, "list.csv") == count(created=3)
    assert load(mission, commas, "list.tsv") == count(unchanged=3)
    as_json = json.dumps([dict(zip(messy.HEAD, row, strict=True)) for row in messy.ROWS])
    assert load(mission, as_json, "list.csv") == count(unchanged=3)
    assert load(mission, messy.workbook([messy.HEAD, *messy.ROWS]), "list.csv") == count(unchanged=3)
    assert load(mission, "sep=;\r\n" + messy.csv_text(), "list.txt") == count(unchanged=3)
    assert load(mission, json.dumps([messy.HEAD, *messy.ROWS]), "list") == count(unchanged=3)


def test_a_workbook_of_a_ministry(mission):
    assert load(mission, messy.ministry_workbook(), "list.xlsx") == count(created=3)
    rows = {row.code: row for row in mission.stations.all()}
    assert set(rows) == {"001", "3-12", "1/2"}
    assert (rows["001"].address, rows["001"].voters, rows["3-12"].voters) == ("Hall, Main Street 1", 900, 1200)
    said = review(mission, messy.ministry_workbook(), "list.xlsx")
    assert [(note["row"], "3-12" in note["why"]) for note in said["notes"]] == [(5, True)]


@pytest.mark.parametrize("code", ["01/02", "1-2", "007", "1e5", "12.10", "03.04.2026", "1,5", "+7", "=1"])
def test_codes_that_look_like_numbers_or_days_stay_text(mission, code):
    assert load(mission, f'code;name\n"{code}";A\n') == count(created=1)
    assert load(mission, messy.workbook([["code", "name"], ["'" + code if code == "=1" else code, "A"]]), "x.xlsx")["refused"] == []
    assert mission.stations.filter(code=code).count() == 1
    assert load(mission, '[{"code": 7.10, "name": "A"}]', "x.json")["created"] == 1
    assert mission.stations.filter(code="7.10").exists()


def test_a_key_made_of_two_columns(mission):
    text = "Municipality;No;Address\nNorth;1;A 1\nNorth;2;A 2\nSouth;1;B 1\n"
    refused = load(mission, text)["refused"]
    assert [(row["row"], row["column"]) for row in refused] == [(4, "No")] and "as code too" in refused[0]["why"]
    assert load(mission, text, mapping={"Municipality": "code", "No": "code"}) == count(created=3)
    assert sorted(mission.stations.values_list("code", flat=True)) == ["North-1", "North-2", "South-1"]
    assert load(mission, text, mapping={"Municipality": "code+municipality", "No": "code"}) == count(updated=3)
    assert set(mission.stations.values_list("code", "municipality")) == {("North-1", "North"), ("North-2", "North"), ("South-1", "South")}
    with pytest.raises(Invalid):
        load(mission, text, mapping={"Municipality": "district", "No": "district"})


@pytest.mark.parametrize(
    ("number", "stations", "codes"),
    [
        ("101; 102", "", ["101", "102"]),
        ("101, 102, 103", "3", ["101", "102", "103"]),
        ("101-103", "3", ["101", "102", "103"]),
        ("A098-100", "3", ["A098", "A099", "A100"]),
        ("101/102", "2", ["101", "102"]),
        ("101/102", "", ["101/102"]),
        ("7", "2", ["7-1", "7-2"]),
        ("101\n102", "", ["101", "102"]),
    ],
)
def test_one_row_for_several_stations(mission, number, stations, codes):
    assert load(mission, f'No;Stations in building;Address\n"{number}";{stations};Hall\n') == count(created=len(codes))
    assert list(mission.stations.values_list("code", flat=True)) == codes
    assert mission.stations.values("building").distinct().count() == 1


def test_a_row_that_contradicts_itself_is_refused(mission):
    answer = load(mission, "No;Stations in building;Address\n1; 2;Hall\n".replace("1;", '"1; 2; 3";'))
    assert answer["refused"][0]["column"] == "Stations in building" and not mission.stations.exists()
    more = load(mission, "code,address\n1,Main Street 1\n2,Main Street, 2\n")["refused"]
    assert [row["row"] for row in more] == [3] and "“2”" in more[0]["why"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("42.5", 42.5), ("42,5", 42.5), ("42.697 708", 42.697708), ("42\u00a06977", 42.6977), ("42°30'", 42.5), ("42 30 00", 42.5),
        ("N 42.5", 42.5), ("3,5 W", -3.5), ("-3.5", -3.5), ("42.5°", 42.5), ("42 30", None), ("42 . 5", None), ("north", None),
        ("4.2.5", None),
    ],
)  # fmt: skip
def test_degrees(text, value):
    if value is None:
        with pytest.raises(ValueError):
            degrees(text)
    else:
        assert degrees(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text", ["42.5, 23.25", "42,5 23,25", "42.5,23.25", "42.5;23.25", "POINT(23.25 42.5)", "42°30'0\"N 23°15'0\"E", "42.5N, 23.25E"]
)
def test_both_in_one_cell(mission, text):
    assert pair(text) == pytest.approx((42.5, 23.25))
    quoted = text.replace('"', '""')
    assert load(mission, f'code|gps\n1|"{quoted}"\n') == count(created=1)
    assert (mission.stations.get().latitude, mission.stations.get().longitude) == pytest.approx((42.5, 23.25))


def test_a_place_outside_the_country_is_told(mission):
    said = review(mission, "code,lat,lon\n1,42.69,23.32\n2,41.33,19.82\n3,19.82,41.33\n")
    assert said["created"] == 3
    (note,) = said["notes"]
    assert note["why"].startswith("Rows whose place lies outside the country: 2, the first is row 3.")


def test_coordinates_missing_swapped_at_zero_and_beyond(mission):
    text = "code;lat;lon\n1;;\n2;-;-\n3;0;0\n4;23,32;42,70\n5;42.70;23.32\n6;48.2;16.37\n"
    said = review(mission, text)
    assert said["created"] == 6 and all(note["row"] == 0 for note in said["notes"])
    assert [word in note["why"] for word, note in zip(("swapped", "both 0", "outside the country"), said["notes"], strict=True)] == [
        True
    ] * 3
    assert load(mission, text) == count(created=6)
    places = {row.code: (row.latitude, row.longitude) for row in mission.stations.all()}
    assert places["1"] == places["2"] == places["3"] == (None, None)
    assert places["4"] == places["5"] == (42.70, 23.32) and places["6"] == (48.2, 16.37)
    assert [row["row"] for row in load(mission, "code;lat;lon\n1;95;200\n2;north;23\n")["refused"]] == [2, 3]


def test_every_member_state_has_a_box_and_a_swap_is_seen_only_where_it_is_one():
    assert len(boxes()) == 47 and all(south < north and west < east for south, west, north, east in boxes().values())
    assert is_swapped(23.32, 42.7, "BG") and not is_swapped(42.7, 23.32, "BG") and not is_swapped(48.2, 16.4, "BG")
    assert not is_swapped(37, 40, "TR") and is_swapped(139.7, 35.7, "JP") and not is_swapped(35.7, 139.7, "JP")


def test_addresses_over_several_lines(mission):
    text = 'code;name;address\n1;"Town\nHall";"Main Street 1,\r\n\r\nback door"\n'
    assert load(mission, text) == count(created=1)
    row = mission.stations.get()
    assert (row.name, row.address) == ("Town Hall", "Main Street 1, back door")
    assert load(mission, 'code;name;address\n1;Town Hall;"Main Street 1, back door"\n') == count(unchanged=1)


def test_two_spellings_of_one_letter_are_one_place(mission):
    cedilla, comma, cyrillic = "Chişinău", "Chișinău", "Cоfia"  # the last with a Cyrillic о
    text = f"code;district;municipality\n1;{cedilla};Sofia\n2;{comma};sofia\n3;{comma};Sofia\n4;{comma};S{cyrillic[1:]}\n"
    said = review(mission, text)
    assert sum("taken for one place" in note["why"] for note in said["notes"]) == 3
    assert load(mission, text) == count(created=4)
    assert set(mission.stations.values_list("district", "municipality")) == {(comma, "Sofia")}


def test_a_code_in_another_alphabet_is_the_same_station(mission):
    assert load(mission, "code;name\n12А;One\n13;Two\n") == count(created=2)  # a Cyrillic А
    assert load(mission, "code;name\n12A;One\n13;Two\n") == count(unchanged=2)  # a Latin one
    decomposed = "code;name\n14;E\u0301cole\n"
    assert load(mission, decomposed) == count(created=1)
    assert load(mission, "code;name\n14;École\n") == count(unchanged=1)


def test_areas_are_as_many_levels_as_the_list_has(mission):
    levels = [f"Level {number}" for number in range(1, 12)]
    head, row = ";".join([*reversed(levels), "code"]), ";".join([*(f"L{number}" for number in range(11, 0, -1)), "7"])
    assert load(mission, f"{head}\n{row}\n") == count(created=1)
    station = mission.stations.get()
    assert station.levels == [f"L{number}" for number in range(1, 12)] and (station.district, station.municipality) == ("L2", "L3")
    assert mission.stations.matching("l11").get() == station
    named = "Oblast;Rayon;Hromada;Village;code\nKyiv;Bila;Tarasivka;A;8\nLviv;Stryi;Morshyn;B;9\n"
    load(mission, named, mapping=dict.fromkeys(["Oblast", "Rayon", "Hromada", "Village"], "level"))
    station = mission.stations.get(code="9")
    assert station.levels == ["Lviv", "Stryi", "Morshyn", "B"] and (station.district, station.municipality) == ("Lviv", "Stryi")


def test_a_second_import_says_what_differs_and_what_is_not_named(mission):
    load(mission, "code;name;voters\n1;A;100\n2;B;200\n3;C;300\n")
    said = review(mission, "code;name;voters\n1;A;100\n2;New;250\n4;D;1\n")
    assert {name: said[name] for name in ("created", "updated", "unchanged")} == {"created": 1, "updated": 1, "unchanged": 1}
    assert [(row["code"], str(row["field"]), row["old"], row["new"]) for row in said["differences"]] == [
        ("2", "Name", "B", "New"), ("2", "Voters on the list", 200, 250),
    ]  # fmt: skip
    assert ["that are not in this list: 1." in note["why"] for note in said["notes"]] == [True]
    assert mission.stations.get(code="2").name == "B"
    load(mission, "code;name;voters\n1;A;100\n2;New;250\n4;D;1\n")
    assert mission.stations.get(code="3").is_listed


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\r\n", b"\xff\xfe"])
def test_an_empty_file(mission, content):
    refuse(mission, content, "file_empty")


@pytest.mark.parametrize("what", list(messy.CUT))
def test_a_cut_file(mission, what):
    refuse(mission, messy.CUT[what], "file_type" if what == "a workbook" else "file_cut")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (messy.zip_of(), "ZIP"),
        (messy.HTML, "HTML"),
        (messy.HTML.decode().encode("utf-16-le"), "HTML"),
        (b"%PDF-1.7 x", "document"),
        (b"\x1f\x8b\x08rest of it", "archive"),
        (bytes(range(256)) * 40, ""),
    ],
)
def test_what_is_no_list_says_so(mission, content, word):
    assert word in refuse(mission, content)


def refuse(mission, content, code=None):
    with pytest.raises(Invalid) as refusal:
        load(mission, content)
    with pytest.raises(Invalid):
        list(preview_stations(io.BytesIO(content), name="list.csv", rows=100)["rows"])
    sentence = str(refusal.value.sentence)
    assert (code is None or refusal.value.code == code) and sentence.endswith(".") and not Station.objects.exists()
    return sentence


def test_the_command_says_one_sentence_and_stores_nothing(mission, tmp_path, capsys):
    for number, content in enumerate([b"", messy.HTML, messy.zip_of(), *messy.CUT.values()]):
        file = tmp_path / f"list{number}.csv"
        file.write_bytes(content)
        with pytest.raises(SystemExit) as end:
            call_command("import_stations", mission.reference, str(file))
        answer = json.loads(capsys.readouterr().out)
        assert end.value.code == 1 and len(answer["refused"]) == 1 and answer["created"] == 0
        assert set(answer["refused"][0]) == {"row", "column", "why"}
    assert not mission.stations.exists()


def test_stations_used_by_observations_stay(world_station):
    mission, station = world_station
    assert load(mission, "code;name\nother;Somewhere else\n")["created"] == 1
    station.refresh_from_db()
    assert station.is_listed


@pytest.fixture
def world_station(mission):
    from model_bakery import baker

    from observers.models import Stop

    station = Station.objects.create(mission=mission, code="S1", name="School")
    baker.make(Stop, mission=mission, station=station, team__mission=mission, order=1)
    return mission, station
