"""A synthetic Congress of 612 members and some youth delegates, drawn from the real seat table.

Names are made of trees, colours and landscapes in the languages of each state, so that nobody mistakes them for people.
The same seed gives the same rows. Group sizes are those of the worked example in observation-rules 4.
"""

from __future__ import annotations

import csv
import math
import random
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings

DATA = Path(__file__).parent / "data"
SEATS = Path(settings.BASE_DIR) / "missions" / "data" / "member_states.csv"

GROUP_SIZES = {"EPP/CCE": 190, "SOC/G/PD": 160, "ILDG": 90, "ECR": 60, "NR": 112}
EXPIRED = 9
IN_GRACE = 14
YOUTH = 12
DOMAIN = "members.example.org"
WOMEN_FLOOR = 0.30
MISSIONS_BEFORE = (0, 0, 0, 0, 1, 1, 2, 3, 5)
CORRESPONDENCE = {"FR": "fr", "BE": "fr", "LU": "fr", "MC": "fr", "CH": "fr", "DE": "de", "AT": "de", "LI": "de"}
KNOWN = {"head": "IE", "observer": "FR"}
OFFICES = {
    "L": ("Mayor", "Deputy mayor", "Municipal councillor", "City councillor"),
    "R": ("Regional councillor", "President of the regional council", "Member of the regional assembly", "County councillor"),
}
_LATIN = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "ə": "e"})


@dataclass(frozen=True)
class State:
    """One member state of the seat table."""

    code: str
    name: str
    seats: int
    languages: tuple[str, ...]
    zone: str


@dataclass
class Member:
    """One row of the synthetic Congress: a person, the membership and the mandate it rests on."""

    given_name: str
    family_name: str
    email: str
    language: str
    zone: str
    gender: str
    languages: str
    country: str
    member_list: str
    seat: int
    chamber: str
    group: str
    starts_on: date
    credential: str
    mandate: str
    level: str
    authority: str
    mandate_from: date
    mandate_to: date | None
    missions: int
    phone: str = ""

    def as_row(self) -> dict[str, str]:
        """The row as text, dates in ISO form, absent values empty."""
        return {name: "" if value is None else str(value) for name, value in asdict(self).items()}


def member_states() -> list[State]:
    """The seat table of the product's own reference data (membership-rules R3)."""
    with SEATS.open(encoding="utf-8") as file:
        return [
            State(
                row["iso_alpha2"],
                row["name_en"],
                int(row["seats_pace_and_congress"]),
                tuple(row["official_languages"].split("|")),
                row["tz_primary"],
            )
            for row in csv.DictReader(file)
        ]


def build_congress(*, seed: int, renewed_on: date, polling_day: date) -> list[Member]:
    """All members of a Congress renewed on `renewed_on`, seen from a mission around `polling_day`.

    Some have lost their mandate more than six months before polling day (expired), some less (grace, R11); both still
    hold their seat on paper, as happens when a state has not yet named the successor.
    """
    draw = random.Random(seed)
    names = NameMill(draw)
    members = [member for state in member_states() for member in _delegation(draw, names, state, renewed_on)]
    _share_out_groups(draw, members)
    _name_the_known(members)
    _end_some_mandates(draw, [member for member in members if member.email.endswith(DOMAIN)], polling_day)
    everybody = members + _youth_delegates(draw, names, renewed_on)
    for number, member in enumerate(everybody):
        member.phone = phone_of(number)
    return everybody


def phone_of(number: int) -> str:
    """A telephone number that nobody has: a block that the French regulator keeps for films and books (01 99 00 xx xx)."""
    return f"+33 1 99 00 {number // 100 % 100:02} {number % 100:02}"


class NameMill:
    """Draws names that were not drawn before, from `data/names.csv`."""

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._taken: set[str] = set()
        with (DATA / "names.csv").open(encoding="utf-8") as file:
            self._words = {
                row["language"]: (row["given"].split("|"), row["first"].split("|"), row["second"].split("|"))
                for row in csv.DictReader(file)
            }

    def draw_name(self, languages: tuple[str, ...], gender: str) -> tuple[str, str]:
        """A given and a family name in one of `languages`, the first of them most often."""
        known = [code for code in languages if code in self._words] or ["en"]
        while True:
            language = known[0] if self._draw.random() < 0.6 else self._draw.choice(known)
            given, first, second = (self._draw.choice(words) for words in self._words[language])
            ending = second.split("/")[-1 if gender == "women" else 0]
            family = first + ending
            if ascii_name(f"{given} {family}") not in self._taken:
                self._taken.add(ascii_name(f"{given} {family}"))
                return given, family

    def draw_place(self, languages: tuple[str, ...]) -> str:
        """A town or region that is on no map."""
        known = [code for code in languages if code in self._words] or ["en"]
        _given, first, second = (self._draw.choice(words) for words in self._words[known[0]])
        return first + second.split("/")[0]


def ascii_name(text: str) -> str:
    """Lower-case letters of the Latin alphabet only: for addresses and comparisons."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LATIN))
    return ".".join("".join(c for c in word if c.isascii() and c.isalnum()) for word in plain.split())


def women_needed(seats: int) -> int:
    """The smallest number of women that a list of `seats` may have (membership-rules R2.d)."""
    return math.ceil(WOMEN_FLOOR * seats)


def _delegation(draw: random.Random, names: NameMill, state: State, renewed_on: date) -> Iterator[Member]:
    for list_name in ("representative", "substitute"):
        women = draw.randint(women_needed(state.seats), max(women_needed(state.seats), round(state.seats * 0.5)))
        genders = ["women"] * women + ["men"] * (state.seats - women)
        locals_ = state.seats // 2 + (draw.random() < 0.5 if state.seats % 2 else 0)
        chambers = ["L"] * locals_ + ["R"] * (state.seats - locals_)
        draw.shuffle(genders)
        draw.shuffle(chambers)
        for seat, (gender, chamber) in enumerate(zip(genders, chambers, strict=True), start=1):
            yield _member(draw, names, state, renewed_on, gender=gender, list=list_name, seat=seat, chamber=chamber)


def _member(
    draw: random.Random, names: NameMill, state: State, renewed_on: date, *, gender: str, list: str, seat: int, chamber: str
) -> Member:
    given, family = names.draw_name(state.languages, gender)
    spoken = dict.fromkeys(state.languages[: draw.randint(1, len(state.languages))])
    if draw.random() < 0.85:
        spoken["en"] = None
    if draw.random() < 0.35 or "en" not in spoken:
        spoken["fr"] = None
    place = names.draw_place(state.languages)
    return Member(
        given_name=given,
        family_name=family,
        email=f"{ascii_name(given)}.{ascii_name(family)}@{DOMAIN}",
        language=CORRESPONDENCE.get(state.code, "en"),
        zone=state.zone,
        gender=gender,
        languages=";".join(spoken),
        country=state.code,
        member_list=list,
        seat=seat,
        chamber=chamber,
        group="",
        starts_on=renewed_on,
        credential="ratified",
        mandate=draw.choice(OFFICES[chamber]),
        level="local" if chamber == "L" else "regional",
        authority=place,
        mandate_from=renewed_on - timedelta(days=draw.randint(600, 1500)),
        mandate_to=None,
        missions=draw.choice(MISSIONS_BEFORE),
    )


def _share_out_groups(draw: random.Random, members: list[Member]) -> None:
    groups = [code for code, size in GROUP_SIZES.items() for _ in range(size)]
    if len(groups) != len(members):
        raise ValueError(f"{len(members)} members for {len(groups)} places in the groups.")
    draw.shuffle(groups)
    for member, group in zip(members, groups, strict=True):
        member.group = group


def _name_the_known(members: list[Member]) -> None:
    """Two members have addresses that the printed sign-ins name: an English and a French speaking representative."""
    for name, country in KNOWN.items():
        member = next(member for member in members if member.country == country and member.member_list == "representative")
        member.email = f"{name}@example.org"


def _end_some_mandates(draw: random.Random, members: list[Member], polling_day: date) -> None:
    chosen = draw.sample(members, EXPIRED + IN_GRACE)
    for number, member in enumerate(chosen):
        days = draw.randint(200, 320) if number < EXPIRED else draw.randint(20, 150)
        member.mandate_to = polling_day - timedelta(days=days)


def _youth_delegates(draw: random.Random, names: NameMill, renewed_on: date) -> list[Member]:
    delegates = []
    for state in draw.sample(member_states(), YOUTH):
        gender = draw.choice(["women", "men"])
        member = _member(draw, names, state, renewed_on, gender=gender, list="youth", seat=1, chamber=draw.choice("LR"))
        member.group = "NR"
        member.mandate, member.level, member.authority = "Youth delegate", "none", ""
        delegates.append(member)
    return delegates
