"""Which column of a station list is what: guessed from its name in the languages that lists come in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core.lists import headings
from core.lists.headings import plain_heading
from core.romanisation import folded

FIELDS = {
    "code": _("Number or code"),
    "name": _("Name"),
    "address": _("Address"),
    "municipality": _("Municipality"),
    "district": _("District"),
    "latitude": _("Latitude"),
    "longitude": _("Longitude"),
    "coordinates": _("Latitude and longitude together"),
    "setting": _("Urban or rural"),
    "kind": _("Kind of station"),
    "voters": _("Voters on the list"),
    "building": _("Building"),
    "count": _("Number of stations in the building"),
    "level": _("A level of the place, from large to small"),
    "code+municipality": _("Municipality, and a part of the code"),
    "code+district": _("District, and a part of the code"),
    "code+level": _("A level of the place, and a part of the code"),
    "ignore": _("Not used"),
}

# Names by which a column is known, folded: EN, FR, DE, BG, SR/BS/HR, MK, RO, UK, SQ, TR, HY, KA. Longer names are tried first.
NAMES: dict[str, Sequence[str]] = {
    "count": (
        "number of polling stations", "numberofpollingstations", "number of stations", "stations in building", "nombre de bureaux",
        "anzahl wahllokale", "anzahl der wahlbezirke", "брой секции", "брои секции", "broj biraliste", "count",
    ),
    "code": (
        "polling station number", "station number", "station code", "station id", "ps id", "ps number", "ps code",
        "precinct number", "numero du bureau", "numero de bureau",
        "wahlbezirksnummer", "wahlbezirk nr", "wahllokalnummer", "wahllokal nr", "nr wahllokal", "section number", "section no",
        "section nr",
        "numero de section", "bureau no", "n bureau", "nr sectiei", "nr sectiei de votare", "numarul sectiei de votare", "numar sectie",
        "sectia", "sectia de votare", "номер избирательного участка", "участок", "дільниця", "№ секция", "№ участка",
        "номер на секция", "номер секции", "номер дільниці", "номер дильници", "број бирачког места",
        "broj birackog mjesta", "broj birackog mesta", "numarul sectiei", "nr sectie", "nr qendres", "sandik no", "section", "секция",
        "сик", "code", "numero", "number", "nummer", "номер", "број", "broj", "numar", "numri", "nr", "no", "id", "№", "kod", "код",
    ),
    "name": (
        "polling station name", "station name", "nom du bureau", "bureau de vote", "wahllokal", "polling station", "name", "nom",
        "bezeichnung", "име", "наименование", "назив", "naziv", "назва", "denumire", "denumirea", "denumirea sectiei", "emri", "ad",
        "наименование на секция",
    ),
    "address": (
        "address", "adresse", "anschrift", "адрес", "адреса", "adresa", "adres", "adresa sectiei", "sediul", "sediu", "strada",
        "location", "lieu", "место", "հասցե",
        "მისამართი",
    ),
    "municipality": (
        "municipality", "commune", "gemeinde", "община", "општина", "opcina", "opstina", "громада", "hromada", "municipiu", "localitate",
        "localitatea", "primaria", "komuna", "bashkia",
        "belediye", "ilce", "city", "town", "ville", "stadt", "город", "համայնք", "მუნიციპალიტეტი",
    ),
    "district": (
        "district", "region", "county", "departement", "kreis", "bezirk", "landkreis", "област", "область", "округ", "okrug", "kanton",
        "zupanija", "judet", "judetul", "raion", "raionul", "rayon", "qarku", "il", "province", "marz", "მხარე", "մարզ", "oblast",
    ),
    "latitude": ("latitude", "lat", "breite", "breitengrad", "y"),
    "longitude": ("longitude", "lon", "lng", "long", "lange", "langengrad", "x"),
    "coordinates": (
        "coordinates", "coordonnees", "koordinaten", "координати", "координаты", "koordinate", "koordinata",
        "koordinatat", "coordonate", "coordonate gps", "gps",
        "coords", "lat lon", "lat long", "latlng", "geo", "wkt", "position gps",
    ),
    "setting": ("setting", "urban or rural", "urban/rural", "area type", "milieu", "stadt/land"),
    "kind": ("kind", "type", "station type", "art", "тип", "tip", "vrsta"),
    "voters": (
        "registered voters", "number of voters", "voters", "electeurs inscrits", "electeurs", "wahlberechtigte", "wahler", "избиратели",
        "бирачи", "biraci", "виборці", "alegatori", "numar alegatori", "numarul de alegatori", "zgjedhes", "secmen", "secmen sayisi",
    ),
    "building": (
        "building", "batiment", "gebaude", "cladire", "cladirea", "institutia", "ndertesa", "bina", "здание", "будівля", "сграда",
        "zgrada", "зграда",
    ),
}  # fmt: skip
LEVEL = re.compile(r"(?:level|niveau|ebene|ниво|nivo|admin|adm)[ _-]*(\d{1,2})(?:[ _-]*(?:name|nom))?")

SETTINGS = {
    "urban": {"urban", "u", "city", "town", "urbain", "stadtisch", "stadt", "град", "градски", "grad", "gradsko", "oras"},
    "rural": {"rural", "r", "village", "landlich", "land", "село", "селски", "selo", "seosko", "sat"},
}
KINDS = {
    "ordinary": {"ordinary", "regular", "normal", "ordinaire", "обикновена", "редовно"},
    "hospital_or_care": {"hospital", "hospital_or_care", "care", "hopital", "krankenhaus", "болница", "лечебно заведение"},
    "prison": {"prison", "gefangnis", "затвор", "zatvor"},
    "military": {"military", "militaire", "militar", "поделение", "vojska"},
    "mobile_only": {"mobile", "mobile_only", "подвижна", "mobilno"},
    "other": {"other", "autre", "andere", "друга"},
}


def guess_columns(columns: Sequence[str]) -> dict[str, str]:
    """The field of each column of a list of stations; each field but `level` at most once; `ignore` where nothing fits."""
    levels = {column: "level" for column in columns if LEVEL.fullmatch(plain_heading(column, loosely=False))}
    return headings.guess_columns(columns, NAMES, settled=levels, loosely=False)


def meanings(field: str) -> set[str]:
    """What a column is: one thing, or a place that is a part of the code too."""
    return set(field.split("+"))


def level_number(column: str) -> int:
    """Which level a column names: 1 is the largest; 0 where its name does not say."""
    match = LEVEL.fullmatch(re.sub(r"[\s_\-./°º]+", " ", folded(column)).strip())
    return int(match[1]) if match else 0
