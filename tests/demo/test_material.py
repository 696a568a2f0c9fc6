"""Stations, letter, pictures and texts of the demonstration."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pikepdf
from PIL import Image

from config.demo.letter import invitation_letter
from config.demo.photos import protocol_photo, steps_photo

DATA = Path("config/demo/data")


def rows() -> list[dict[str, str]]:
    with (DATA / "bg_stations.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_about_six_hundred_stations_with_the_real_pattern_of_numbers() -> None:
    stations = rows()
    assert 590 <= len(stations) <= 650
    codes = [row["code"] for row in stations]
    assert len(set(codes)) == len(codes)
    assert all(len(code) == 9 and code.isdigit() for code in codes)
    assert {row["setting"] for row in stations} == {"urban", "rural"}
    assert all(0 < int(row["voters"]) <= 1000 for row in stations)


def test_several_stations_share_a_building_and_addresses_hold_quotes() -> None:
    stations = rows()
    houses = Counter((row["name"], row["address"]) for row in stations)
    assert sum(count > 1 for count in houses.values()) > 50
    assert all('"' in row["address"] for row in stations)
    assert all(any("\u0400" <= letter <= "\u04ff" for letter in row["municipality"]) for row in stations)


def test_the_file_is_what_the_script_beside_it_writes() -> None:
    spec = importlib.util.spec_from_file_location("make_bg_stations", DATA / "make_bg_stations.py")
    assert spec and spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert [{name: str(value) for name, value in row.items()} for row in script.stations()] == rows()


def test_the_letter_is_an_accessible_pdf_that_says_when() -> None:
    arguments = {"country": "Bulgaria", "authority": "Central Election Commission", "city": "Sofia", "election": "local elections"}
    letter = invitation_letter(**arguments, polling_day=date(2026, 11, 22), written_on=date(2026, 7, 20))
    with pikepdf.open(io.BytesIO(letter)) as pdf:
        assert len(pdf.pages) == 1
        assert "22 November 2026" in str(pdf.docinfo.get("/Title"))
        assert bool(pdf.Root.MarkInfo.Marked)
    assert letter == invitation_letter(**arguments, polling_day=date(2026, 11, 22), written_on=date(2026, 7, 20))


def test_one_photo_lies_on_its_side_and_both_carry_a_camera() -> None:
    orientations = []
    for content in (steps_photo(), protocol_photo()):
        with Image.open(io.BytesIO(content)) as image:
            assert image.format == "JPEG"
            orientations.append(image.getexif()[0x0112])
            assert image.getexif()[0x010F]
    assert orientations == [1, 6]


def test_texts_are_there_in_three_languages_and_point_to_each_other() -> None:
    findings = json.loads((DATA / "findings.json").read_text(encoding="utf-8"))
    recommendations = json.loads((DATA / "recommendations.json").read_text(encoding="utf-8"))
    memorandum = json.loads((DATA / "memorandum.json").read_text(encoding="utf-8"))
    meetings = json.loads((DATA / "meetings.json").read_text(encoding="utf-8"))
    keys = {finding["key"] for finding in findings}
    paragraphs = [paragraph for section in memorandum["sections"] for paragraph in section["paragraphs"]]
    for text in [*findings, *recommendations, *paragraphs]:
        assert all(text[language].strip() for language in ("en", "fr", "de"))
        assert len({text["en"], text["fr"], text["de"]}) == 3
    for text in [*recommendations, *paragraphs]:
        assert set(text.get("findings", ())) <= keys
    assert {finding["meeting"] for finding in findings if "meeting" in finding} <= {meeting["key"] for meeting in meetings}
    assert len(meetings) >= 8
    assert sum(meeting.get("by_link", False) for meeting in meetings) == 2
    assert len({meeting["day"] for meeting in meetings}) == 2


def test_standards_and_topics_exist() -> None:
    with open("reports/data/standards.csv", encoding="utf-8", newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    recommendations = json.loads((DATA / "recommendations.json").read_text(encoding="utf-8"))
    assert {code for item in recommendations for code in item["standards"]} <= known
