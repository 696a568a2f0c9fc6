"""Importing organisations with their contacts from a list: all or nothing; a second import changes only what differs."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from accounts.models import folded
from core import audit
from core.actors import Actor
from core.enums import Language
from core.errors import DomainError, Invalid
from core.rights import authorize
from core.romanisation import loosened
from missions.enums import OrganisationKind, PartnerStatus
from missions.models import Contact, Country, Organisation
from missions.services.choices import labels_of, read_choice
from missions.services.columns import guess_columns
from missions.services.organisation_columns import FIELDS, KINDS, LAST, NAMES, STATUSES, WHOLE
from missions.services.organisations import add_contact, change_contact, change_organisation, create_organisation
from missions.services.station_rows import RowRefused
from missions.services.tables import read_table

LONGEST = {"name": 200, "other_name": 200, "website": 200, "contact_name": 200, "contact_function": 200, "contact_phone": 40}
MOST_ROWS = 5000
# The choices of a field, and what lists say for them beside their labels.
CHOICES: dict[str, tuple[type[TextChoices], dict[str, tuple[str, ...]]]] = {
    "kind": (OrganisationKind, KINDS),
    "partner_status": (PartnerStatus, STATUSES),
    "contact_language": (Language, {}),
}
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y")


@dataclass
class Book:
    """What is on the list already, and what this import did so far."""

    countries: dict[str, Country]
    exact: dict[tuple[str, str], Organisation] = field(default_factory=dict)
    loose: dict[tuple[str, str], Organisation] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    look_alikes: list[dict[str, Any]] = field(default_factory=list)

    def know(self, row: Organisation) -> None:
        """Find `row`, or the one it was merged into, by each of its names."""
        target = row.merged_into or row
        for name in (row.name, row.other_name):
            if name:
                key = (row.country.code if row.country else "", folded(name))
                self.exact.setdefault(key, target)
                self.loose.setdefault((key[0], loosened(key[1])), target)


def preview_organisations(source: IO[bytes], *, name: str, rows: int = 8) -> dict[str, Any]:
    """The columns with their guessed fields, and their first values; nothing is stored."""
    table = read_table(source, name=name)
    fields = _fields(table.columns, None, ask=False)
    first = [row for _number, row in islice(table.rows, rows)]
    columns = [{"name": column, "field": fields[column], "samples": [row[column] for row in first[:3]]} for column in table.columns]
    return {"columns": columns, "encoding": table.encoding}


@transaction.atomic
def import_organisations(
    *, by: Actor, source: IO[bytes], name: str, mapping: dict[str, str] | None = None, dry_run: bool = False
) -> dict[str, Any]:
    """Read a list. Returns `{created, updated, unchanged, refused: [{row, column, why}], look_alikes: [{row, column, why}]}`.

    One refused row and nothing is stored. An organisation is known by its country and one of its names, also an old one;
    further rows of the same one add contacts. Empty cells change nothing. look_alikes: rows that were taken and read like
    another organisation in another script or spelling. mapping: `{column: field}`, before our guess.
    """
    authorize(by, "missions.change_organisation")
    table = read_table(source, name=name)
    fields = _fields(table.columns, mapping)
    named = {field: column for column, field in fields.items() if field != "ignore"}
    book = _book()
    refused: list[dict[str, Any]] = []
    count = 0
    for number, row in table.rows:
        count += 1
        if count > MOST_ROWS:
            raise Invalid(_("The list has more than %(most)s rows: send it in parts.") % {"most": MOST_ROWS}, code="too_many", attr="file")
        try:
            with transaction.atomic():
                _take(row, number, named, book, by=by)
        except RowRefused as error:
            refused.append({"row": number, "column": error.column, "why": error.why})
        except DomainError as error:
            refused.append({"row": number, "column": named.get(_field_of(error.attr), ""), "why": str(error.sentence)})
    if not count:
        refused.append({"row": 1, "column": "", "why": _("The list has column names but no rows.")})
    if refused or dry_run:
        transaction.set_rollback(True)
    elif book.counts["created"] or book.counts["updated"]:
        data = {"created": book.counts["created"], "updated": book.counts["updated"]}
        audit.record(by, "missions.organisations_imported", None, data=data)
    done = {name: 0 if refused else book.counts[name] for name in ("created", "updated", "unchanged")}
    return {**done, "refused": refused, "look_alikes": [] if refused else book.look_alikes}


def _fields(columns: list[str], mapping: dict[str, str] | None, *, ask: bool = True) -> dict[str, str]:
    """The field of each column: as given, else as guessed. Raises Invalid for one that is not there, given twice, or lacking."""
    given = mapping or {}
    for column, name in given.items():
        if column not in columns:
            sentence = _("The list has no column “%(column)s”; it has: %(columns)s.")
            raise Invalid(sentence % {"column": column, "columns": ", ".join(columns)}, code="unknown_column", attr="map")
        if name not in FIELDS:
            sentence = _("“%(field)s” is not a field of an organisation; the fields are: %(fields)s.")
            raise Invalid(sentence % {"field": name, "fields": ", ".join(FIELDS)}, code="unknown_field", attr="map")
    twice = [name for name, count in Counter(given.values()).items() if count > 1 and name != "ignore"]
    if twice:
        raise Invalid(_("Two columns are given for “%(field)s”.") % {"field": FIELDS[twice[0]]}, code="field_twice", attr="map")
    guessed = guess_columns([column for column in columns if column not in given], NAMES, whole=WHOLE, last=LAST)
    guessed = {column: "ignore" if name in given.values() else name for column, name in guessed.items()}
    fields = {column: {**guessed, **given}[column] for column in columns}
    if ask and "name" not in fields.values():
        sentence = _("Say which column holds the name. The columns are: %(columns)s.")
        raise Invalid(sentence % {"columns": ", ".join(columns)}, code="no_usable_column", attr="map")
    return fields


def _book() -> Book:
    countries: dict[str, Country] = {}
    for country in Country.objects.all():
        for name in (country.code, country.name_en, country.name_fr, country.name_de):
            countries[folded(name)] = country
    book = Book(countries)
    rows = Organisation.objects.select_related("country", "merged_into__country", "merged_into__merged_into")
    for row in rows.order_by("merged_into", "-is_active", "pk"):
        book.know(row)
    return book


def _take(row: dict[str, str], number: int, named: dict[str, str], book: Book, *, by: Actor) -> None:
    """One row: a new organisation, a change of one, or a further contact of one."""
    given = {name: row[column] for name, column in named.items() if row[column]}
    if "name" not in given:
        raise RowRefused(named["name"], _("The name is missing."))
    for name, most in LONGEST.items():
        if len(given.get(name, "")) > most:
            raise RowRefused(named[name], _("The text is longer than %(most)s characters.") % {"most": most})
    values = _values(given, named, book)
    contact = {name.removeprefix("contact_"): values.pop(name) for name in list(values) if name.startswith("contact_")}
    if contact and not contact.get("name"):
        raise RowRefused(named.get("contact_name", named.get("contact_email", "")), _("A contact needs a name."))
    country = values.pop("country", None)
    key = (country.code if country else "", folded(values["name"]))
    known = book.exact.get(key)
    first = book.rows.get(known.pk) if known else None
    if known is not None and first is not None:
        _same_again(known, values, contact, first, named)
    if known is None:
        known, did = _create(values, country, number, named, book, by=by), "created"
    else:
        if not known.is_active:
            raise RowRefused(named["name"], _("“%(name)s” is out of use: put it back into use first.") % {"name": known.name})
        did = "updated" if _change(known, values, by=by) else "unchanged"
    if contact and _contact(known, contact, by=by) and did == "unchanged":
        did = "updated"
    if first is None:
        book.counts[did] += 1
        book.rows[known.pk] = number


def _create(values: dict[str, Any], country: Country | None, number: int, named: dict[str, str], book: Book, *, by: Actor) -> Organisation:
    if "kind" not in values:
        raise RowRefused(named.get("kind", ""), _("The kind is missing; it is one of: %(kinds)s.") % {"kinds": labels_of(OrganisationKind)})
    alike = book.loose.get((country.code if country else "", loosened(folded(values["name"]))))
    made = create_organisation(by=by, country=country, **values)
    if alike is not None:
        why = _("“%(name)s” reads like “%(other)s”: if they are the same, merge them.") % {"name": made.name, "other": alike.name}
        book.look_alikes.append({"row": number, "column": named["name"], "why": why})
    book.know(made)
    return made


def _change(known: Organisation, values: dict[str, Any], *, by: Actor) -> bool:
    """Change what differs. A name by which it was found is no change: it may be the other or an old one."""
    wanted = {name: value for name, value in values.items() if name != "name" and getattr(known, name) != value}
    if wanted:
        change_organisation(known, by=by, **wanted)
    return bool(wanted)


def _same_again(known: Organisation, values: dict[str, Any], contact: dict[str, str], first: int, named: dict[str, str]) -> None:
    """A further row of one organisation is there for a further contact, and says nothing else about it."""
    other = next((name for name, value in values.items() if name != "name" and getattr(known, name) != value), None)
    if other is not None:
        sentence = _("Row %(row)s says something else about “%(name)s”.")
        raise RowRefused(named[other], sentence % {"row": first, "name": known.name})
    if not contact:
        raise RowRefused(named["name"], _("“%(name)s” stands in row %(row)s already.") % {"row": first, "name": known.name})


def _contact(known: Organisation, values: dict[str, Any], *, by: Actor) -> bool:
    """Add the contact, or change the one with the same address or name; True where something is new."""
    rows: list[Contact] = list(known.contacts.select_related("organisation__merged_into"))
    mail, name = values.get("email", "").casefold(), folded(values["name"])
    row = next((row for row in rows if mail and row.email.casefold() == mail), None)
    row = row or next((row for row in rows if folded(row.name) == name and (not mail or not row.email)), None)
    if row is None:
        add_contact(known, by=by, **values)
        return True
    wanted = {name: value for name, value in values.items() if getattr(row, name) != value}
    if wanted:
        change_contact(row, by=by, **wanted)
    return bool(wanted)


def _values(given: dict[str, str], named: dict[str, str], book: Book) -> dict[str, Any]:
    """The cells as the services take them."""
    values: dict[str, Any] = dict(given)
    for name in CHOICES:
        if name in given:
            values[name] = _choice(given[name], named[name], name)
    for name in ("status_from", "status_to"):
        if name in given:
            values[name] = _day(given[name], named[name])
    if "country" in given:
        found = book.countries.get(folded(given["country"]).strip())
        if found is None:
            raise RowRefused(named["country"], _("“%(text)s” is not a country that we know.") % {"text": given["country"]})
        values["country"] = found
    if "languages" in given:
        parts = [part for part in re.split(r"[\s,;/|]+", given["languages"].lower()) if part]
        values["languages"] = [read_choice(part, Language) or part for part in parts]
    if "website" in given:
        values["website"] = _address(given["website"], named["website"])
    return values


def _choice(text: str, column: str, name: str) -> str:
    choices, words = CHOICES[name]
    found = read_choice(text, choices, words)
    if found is None:
        raise RowRefused(column, _("“%(text)s” is none of: %(choices)s.") % {"text": text, "choices": labels_of(choices)})
    return found


def _day(text: str, column: str) -> date:
    """A day as lists and spreadsheets write it."""
    plain = text.removesuffix(" 00:00:00").strip()
    for form in DAYS:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise RowRefused(column, _("“%(text)s” is not a day; write it like 2026-03-24 or 24.03.2026.") % {"text": text})


def _address(text: str, column: str) -> str:
    url = text if "://" in text else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        raise RowRefused(column, _("“%(text)s” is not the address of a web site.") % {"text": text}) from None
    return url


def _field_of(attr: str | None) -> str:
    """The column's field that a refusal of a service is about."""
    return {"email": "contact_email"}.get(attr or "", attr or "")
