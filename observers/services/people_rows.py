"""Judging the rows of a list of members: each cell understood or refused by column, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.enums import Gender
from accounts.validators import NotALanguage, parse_spoken
from core import clock
from core.enums import Language
from core.lists.cells import RowRefused
from missions.models import Country
from observers.enums import Chamber, Credential, MandateLevel, MemberList
from observers.models import PoliticalGroup
from observers.services.people_table import Row, parse_date, plain

GENDERS = {
    Gender.WOMAN: ("woman", "women", "female", "f", "w", "femme", "feminin", "frau", "weiblich"),
    Gender.MAN: ("man", "men", "male", "m", "h", "homme", "masculin", "mann", "mannlich"),
    Gender.OTHER: ("other", "x", "d", "autre", "divers"),
    Gender.NOT_STATED: ("", "not stated", "-", "n/a", "non indique", "keine angabe"),
}
LISTS = {
    MemberList.REPRESENTATIVE: ("", "representative", "r", "representant", "representante", "titulaire", "vertreter", "mitglied"),
    MemberList.SUBSTITUTE: ("substitute", "s", "suppleant", "suppleante", "stellvertreter", "ersatzmitglied"),
    MemberList.CONSULTATIVE: ("consultative", "consultatif", "beratend"),
    MemberList.HONORARY: ("honorary", "honorary member", "honoraire", "membre honoraire", "ehrenmitglied"),
    MemberList.YOUTH: ("youth", "jeune", "jeunesse", "jugend", "jugenddelegierte"),
}
CHAMBERS = {
    Chamber.LOCAL: ("l", "local", "locale", "local authorities", "pouvoirs locaux", "gemeinden", "lokal"),
    Chamber.REGIONS: ("r", "regional", "regions", "regionale", "regionen"),
}
LEVELS = {
    MandateLevel.LOCAL: ("local", "lokal", "commune", "gemeinde"),
    MandateLevel.REGIONAL: ("regional", "region"),
    MandateLevel.NONE: ("none", "aucun", "keine"),
}
CREDENTIALS = {
    Credential.RATIFIED: ("ratified", "ratifie", "ratifies", "bestatigt"),
    Credential.PROVISIONAL: ("provisional", "provisoire", "provisoires", "vorlaufig"),
    Credential.NOTIFIED: ("", "notified", "notifie", "notifies", "gemeldet"),
    Credential.CHALLENGED: ("challenged", "contestes", "angefochten"),
    Credential.REFUSED: ("refused", "refuses", "abgelehnt"),
    Credential.ENDED: ("ended", "termines", "beendet"),
}
DEFAULT_OFFICE = "Elected office"


@dataclass(frozen=True)
class Judged:
    """A row that can be stored: fields of person, membership, mandate (none for somebody without office), missions."""

    number: int
    person: dict[str, Any]
    membership: dict[str, Any]
    mandate: dict[str, Any] | None
    missions: int | None


class Judge:
    """Reference data read once, and addresses seen so far."""

    def __init__(self) -> None:
        self.countries: dict[str, Country] = {}
        for country in Country.objects.filter(is_member=True):
            for name in (country.code, country.name_en, country.name_fr, country.name_de):
                self.countries[plain(name)] = country
        self.groups: dict[str, PoliticalGroup] = {}
        for group in PoliticalGroup.objects.order_by("-order"):
            for language in ("en", "fr", "de"):
                self.groups[plain(group.abbreviation_in(language))] = group
                self.groups[plain(group.name_in(language))] = group
            self.groups[plain(group.code)] = group
        self.zones = available_timezones()
        self.addresses: dict[str, int] = {}

    def judge(self, row: Row) -> Judged:
        """Understand a row. Raises RowRefused with the first cell that is wrong."""
        person, membership = self._person(row), self._membership(row)
        missions = row.text("missions")
        if missions and not missions.isdigit():
            raise RowRefused("missions", _("“%(value)s” is not a number of missions.") % {"value": missions})
        return Judged(row.number, person, membership, self._mandate(row, membership), int(missions) if missions else None)

    def _person(self, row: Row) -> dict[str, Any]:
        family, email = row.text("family_name"), row.text("email").lower()
        if not family:
            raise RowRefused("family_name", _("The family name is missing."))
        if email:
            try:
                validate_email(email)
            except ValidationError as error:
                raise RowRefused("email", _("“%(email)s” is not an e-mail address.") % {"email": email}) from error
            if email in self.addresses:
                words = {"email": email, "row": self.addresses[email]}
                raise RowRefused("email", _("The address “%(email)s” stands in row %(row)s already: each person needs their own.") % words)
            self.addresses[email] = row.number
        language = row.text("language").lower()[:2]
        zone = row.text("zone")
        if zone and zone not in self.zones:
            raise RowRefused("zone", _("“%(value)s” is not a time zone: write Europe/Sofia.") % {"value": zone})
        try:
            codes, levels = parse_spoken(row.text("languages"))
        except NotALanguage as error:
            raise RowRefused("languages", str(error)) from error
        return {
            "given_name": row.text("given_name"),
            "family_name": family,
            "email": email,
            "phone": row.text("phone"),
            "language": language if language in Language.values else Language.EN.value,
            "zone": zone or clock.STRASBOURG,
            "gender": one_of(row, "gender", GENDERS).value,
            "languages": codes,
            "language_levels": levels,
            "other_name": row.text("other_name"),
        }

    def _membership(self, row: Row) -> dict[str, Any]:
        country = self.countries.get(plain(row.text("country")))
        if country is None:
            raise RowRefused("country", _("“%(value)s” is not a member state.") % {"value": row.text("country")})
        group = self.groups.get(plain(row.text("group"))) if row.text("group") else None
        if row.text("group") and group is None:
            raise RowRefused("group", _("“%(value)s” is not a political group.") % {"value": row.text("group")})
        starts, ends = day_of(row, "starts_on"), day_of(row, "ends_on")
        if starts is None:
            raise RowRefused("starts_on", _("The first day of the membership is missing."))
        if ends is not None and ends < starts:
            raise RowRefused("ends_on", _("The end lies before the beginning."))
        seat = row.text("seat")
        if seat and not seat.isdigit():
            raise RowRefused("seat", _("“%(value)s” is not the number of a seat.") % {"value": seat})
        return {
            "country": country,
            "group": group if group and group.is_group else None,
            "starts_on": starts,
            "ends_on": ends,
            "seat": int(seat) if seat else None,
            "chamber": one_of(row, "chamber", CHAMBERS).value,
            "member_list": one_of(row, "member_list", LISTS).value,
            "credential": one_of(row, "credential", CREDENTIALS).value,
        }

    def _mandate(self, row: Row, membership: dict[str, Any]) -> dict[str, Any] | None:
        default = MandateLevel.REGIONAL if membership["chamber"] == Chamber.REGIONS else MandateLevel.LOCAL
        level = one_of(row, "level", LEVELS) if row.text("level") else default
        if level == MandateLevel.NONE and not row.text("mandate"):
            return None
        starts, ends = day_of(row, "mandate_from") or membership["starts_on"] - timedelta(days=1), day_of(row, "mandate_to")
        if ends is not None and ends < starts:
            raise RowRefused("mandate_to", _("The end lies before the beginning."))
        elected = level != MandateLevel.NONE
        return {
            "title": row.text("mandate") or DEFAULT_OFFICE,
            "authority": row.text("authority"),
            "level": level.value,
            "starts_on": starts,
            "ends_on": ends,
            "is_general": elected,
            "is_directly_elected": elected,
        }


def one_of(row: Row, column: str, words: dict[Any, tuple[str, ...]]) -> Any:
    """The value that a cell names in English, French or German. Raises RowRefused."""
    text = plain(row.text(column))
    for value, known in words.items():
        if text in known:
            return value
    raise RowRefused(column, _("“%(value)s” is not understood here.") % {"value": row.text(column)})


def day_of(row: Row, column: str) -> date | None:
    """The day in a cell; None where it is empty. Raises RowRefused."""
    try:
        return parse_date(row.cells.get(column))
    except ValueError:
        words = {"value": row.text(column)}
        raise RowRefused(column, _("“%(value)s” is not a date: write 2026-03-24 or 24.03.2026.") % words) from None
