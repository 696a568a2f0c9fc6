"""Coordinates as lists write them: with commas, spaces, degrees and minutes, in one column or two, and the wrong way round."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data" / "country_boxes.csv"
MARGIN = 0.3
SIDES = {"N": 1, "S": -1, "E": 1, "W": -1}
NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
SEXAGESIMAL = re.compile(r"([-+]?\d{1,3})\s*[°º:\s]\s*(\d{1,2}(?:[.,]\d+)?)\s*(?:[′'’:\s]\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:[″\"”]|'')?)?)?")


def degrees(text: str) -> float:
    """`42.5`, `42,5`, `42.697 708`, `42 6977`, `42°30'15" N`, `N 42.5`. Raises ValueError for anything else.

    Two short groups ("42 30") are degrees with a fraction to one reader and minutes to the other: refused.
    """
    plain = re.sub(r"[\u00a0\u202f\u2009]", " ", text).strip().upper().replace("\u2212", "-")
    side = 1
    if plain and plain[0] in SIDES:
        side, plain = SIDES[plain[0]], plain[1:].strip()
    elif plain and plain[-1] in SIDES:
        side, plain = SIDES[plain[-1]], plain[:-1].strip()
    if "°" in plain or "º" in plain or len(plain.split()) == 3 or plain.count(":") == 2:
        value = _sexagesimal(plain)
    else:
        value = float(_decimal(plain))
    return side * value


def _decimal(plain: str) -> str:
    """A number in Python's way. Raises ValueError where two readings are possible."""
    groups = plain.split()
    if len(groups) == 2 and "." not in plain and "," not in plain:
        if len(groups[1]) < 3 and float(groups[1]) < 60:
            raise ValueError(plain)
        return ".".join(groups)
    joined = "".join(groups).replace(",", ".")
    if not re.fullmatch(r"[-+]?\d{1,3}(\.\d*)?", joined):
        raise ValueError(plain)
    return joined


def _sexagesimal(plain: str) -> float:
    if re.fullmatch(r"[-+]?\d{1,3}(?:[.,]\d+)?\s*[°º]", plain):
        return float(plain.rstrip("°º ").replace(",", "."))
    match = SEXAGESIMAL.fullmatch(plain)
    if match is None:
        raise ValueError(plain)
    whole, minutes, seconds = (float((part or "0").replace(",", ".")) for part in match.groups())
    if minutes >= 60 or seconds >= 60:
        raise ValueError(plain)
    value = abs(whole) + minutes / 60 + seconds / 3600
    return -value if match[1].startswith("-") else value


def pair(text: str) -> tuple[float, float]:
    """Latitude and longitude from one cell: `42.5, 23.1`, `42,5 23,1`, `POINT(23.1 42.5)`. Raises ValueError for anything else."""
    plain = text.strip()
    point = re.fullmatch(r"POINT\s*\(\s*(\S+)\s+(\S+)\s*\)", plain, re.IGNORECASE)
    if point:
        return degrees(point[2]), degrees(point[1])
    parts = [part for part in re.split(r"\s*[;|]\s*", plain) if part]
    if len(parts) != 2 and re.search(r"[°NSEW]", plain, re.IGNORECASE):
        parts = [part for part in re.split(r"(?<=[NSns])\s*,?\s*(?=\d)|,\s+|\s+(?=[EWew])", plain) if part]
    elif len(parts) != 2:
        parts = NUMBER.findall(plain)
        if len(parts) == 2 and NUMBER.sub("", plain).strip(" ,/()[]"):
            raise ValueError(text)
    if len(parts) != 2:
        raise ValueError(text)
    return degrees(parts[0]), degrees(parts[1])


def is_swapped(latitude: float, longitude: float, country: str) -> bool:
    """Does the place lie in the country only when read the other way round? Of a country without a box: on earth only then?"""
    box = boxes().get(country)
    if box is None:
        return 90 < abs(latitude) <= 180 and 0 < abs(longitude) <= 90
    return not _inside(box, latitude, longitude) and _inside(box, longitude, latitude)


def is_abroad(latitude: float, longitude: float, country: str) -> bool:
    """Does the place lie outside the country? Never of a country without a box."""
    box = boxes().get(country)
    return box is not None and not _inside(box, latitude, longitude)


def _inside(box: tuple[float, float, float, float], latitude: float, longitude: float) -> bool:
    south, west, north, east = box
    return south - MARGIN <= latitude <= north + MARGIN and west - MARGIN <= longitude <= east + MARGIN


@cache
def boxes() -> dict[str, tuple[float, float, float, float]]:
    """South, west, north and east of each member state by its code, islands far away left out; rounded to a tenth of a degree."""
    with DATA.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    return {row["code"]: (float(row["south"]), float(row["west"]), float(row["north"]), float(row["east"])) for row in rows}
