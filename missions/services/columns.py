"""Which column of a station list is what: guessed from its name in the languages that lists come in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.models import folded
from core.romanisation import loosened, romanised

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
ENDING = re.compile(r"(?<=\w)\((?:s|es|n|en|e|in|innen)\)")
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


def guess_columns(
    columns: Sequence[str], known: dict[str, Sequence[str]] | None = None, *, whole: frozenset[str] = frozenset(), last: Sequence[str] = ()
) -> dict[str, str]:
    """The field of each column; each field but `level` at most once; `ignore` where nothing fits.

    A heading that is a name as it stands goes first. Then the longest name whose words all stand in a heading counts, so
    that the more telling one wins. known: the names of the columns of another kind of list; without it, those of a list of
    stations. whole: fields that only a whole heading names, because their word stands in the headings of others. last:
    fields taken only where no other fits, because others are qualified by their word (“type of organisation”).
    """
    plain = {column: _plain(column, loosely=known is not None) for column in columns}
    found = {} if known else {column: "level" for column in columns if LEVEL.fullmatch(plain[column])}
    taken: set[str] = set()
    names = {field: _spellings(row) for field, row in (known or NAMES).items()}
    for field, row in names.items():
        for column in columns:
            if column not in found and field not in taken and (plain[column] in row or loosened(plain[column]) in row):
                found[column] = field
                taken.add(field)
    for _is_last, _length, column, field in _by_words(plain, names, whole, last):
        if column not in found and field not in taken:
            found[column] = field
            taken.add(field)
    return {column: found.get(column, "ignore") for column in columns}


def meanings(field: str) -> set[str]:
    """What a column is: one thing, or a place that is a part of the code too."""
    return set(field.split("+"))


def level_number(column: str) -> int:
    """Which level a column names: 1 is the largest; 0 where its name does not say."""
    match = LEVEL.fullmatch(re.sub(r"[\s_\-./°º]+", " ", folded(column)).strip())
    return int(match[1]) if match else 0


def _plain(column: str, *, loosely: bool) -> str:
    """A heading as it is compared: folded, without signs and without endings in brackets: “Sprache(n)”, “langue(s)”."""
    text = ENDING.sub("", folded(column)) if loosely else folded(column)
    return re.sub(r"[\s_\-./°º'’:()]+" if loosely else r"[\s_\-./°º()]+", " ", text).strip()


def _spellings(names: Sequence[str]) -> list[str]:
    """The names folded; those of another script in Latin letters too, by any standard: “Obshtina”, “Obština”, “Sekcia”."""
    plain = [folded(name) for name in names]
    latin = [spelt for name in plain if romanised(name) != name for spelt in (romanised(name), loosened(name))]
    return [*dict.fromkeys([*plain, *latin])]


def _by_words(
    plain: dict[str, str], names: dict[str, list[str]], whole: frozenset[str], last: Sequence[str]
) -> list[tuple[bool, int, str, str]]:
    """Every pair of a column and a field of which all words of a name stand in the heading: the longest name first."""
    found = []
    for column, text in plain.items():
        words = {*text.split(), *loosened(text).split()}
        for field, row in names.items():
            longest = max((len(name) for name in row if len(name) > 3 and set(name.split()) <= words), default=0)
            if longest and field not in whole:
                found.append((field in last, -longest, column, field))
    return sorted(found, key=lambda pair: pair[:2])  # stable: the order of columns and fields decides between equals
