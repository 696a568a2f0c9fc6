"""Importing organisations with their contacts from a list: all or nothing; a second import changes only what differs."""

from __future__ import annotations

import re
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from core.actors import Actor
from core.enums import Language
from core.lists.cells import RowRefused, choice_of, day_of
from core.lists.choices import labels_of, read_choice
from core.lists.imports import Columns, ListImport
from core.romanisation import folded, loosened
from missions.enums import OrganisationKind, PartnerStatus
from missions.models import Contact, Country, Organisation
from missions.services.lists import country_reader
from missions.services.organisation_columns import FIELDS, KINDS, LAST, NAMES, STATUSES, WHOLE
from missions.services.organisations import add_contact, change_contact, change_organisation, create_organisation

LONGEST = {"name": 200, "other_name": 200, "website": 200, "contact_name": 200, "contact_function": 200, "contact_phone": 40}


def import_organisations(
    *, by: Actor, source: IO[bytes], name: str, mapping: dict[str, str] | None = None, dry_run: bool = False
) -> dict[str, Any]:
    """Read a list. Returns `{created, updated, unchanged, refused: [{row, column, why}], look_alikes: [{row, column, why}]}`.

    One refused row and nothing is stored. An organisation is known by its country and one of its names, also an old one;
    further rows of the same one add contacts. Empty cells change nothing. look_alikes: rows that were taken and read like
    another organisation in another script or spelling. mapping: `{column: field}`, before our guess.
    """
    run = OrganisationImport(by=by)
    answer = run.run(source, name=name, mapping=mapping, dry_run=dry_run)
    return {**answer, "look_alikes": [] if answer["refused"] else run.look_alikes}


class OrganisationImport(ListImport):
    """One import. exact, loose: what is on the list already, by country and name; rows: the first row of each organisation."""

    about = Columns(FIELDS, NAMES, WHOLE, LAST)
    right = "missions.change_organisation"
    log_code = "missions.organisations_imported"
    of_attr = {"email": "contact_email"}
    most_rows = 5000

    def begin(self) -> None:
        """What is on the list already, and what cells may name."""
        self.exact: dict[tuple[str, str], Organisation] = {}
        self.loose: dict[tuple[str, str], Organisation] = {}
        self.rows: dict[int, int] = {}
        self.look_alikes: list[dict[str, Any]] = []
        rows = Organisation.objects.select_related("country", "merged_into__country", "merged_into__merged_into")
        for row in rows.order_by("merged_into", "-is_active", "pk"):
            self._know(row)
        self.readers = {
            "kind": choice_of(OrganisationKind, KINDS),
            "partner_status": choice_of(PartnerStatus, STATUSES),
            "contact_language": choice_of(Language),
            "status_from": day_of,
            "status_to": day_of,
            "country": country_reader(),
            "languages": _languages,
            "website": _address,
        }

    def _know(self, row: Organisation) -> None:
        """Find `row`, or the one it was merged into, by each of its names."""
        target = row.merged_into or row
        for name in (row.name, row.other_name):
            if name:
                key = (row.country.code if row.country else "", folded(name))
                self.exact.setdefault(key, target)
                self.loose.setdefault((key[0], loosened(key[1])), target)

    def lacking(self, known: set[str]) -> list[str]:
        """The name."""
        return [] if "name" in known else [str(FIELDS["name"])]

    def logged(self, done: dict[str, int]) -> dict[str, Any]:
        """What changed."""
        return {name: done[name] for name in self.changes}

    def take(self, given: dict[str, str], number: int, wrong: list[RowRefused]) -> None:
        """One row: a new organisation, a change of one, or a further contact of one."""
        if "name" not in given:
            raise RowRefused(self.named["name"], _("The name is missing."))
        for name, most in LONGEST.items():
            if len(given.get(name, "")) > most:
                raise RowRefused(self.named[name], _("The text is longer than %(most)s characters.") % {"most": most})
        values = self.values(given, wrong)
        contact = {name.removeprefix("contact_"): values.pop(name) for name in list(values) if name.startswith("contact_")}
        if contact and not contact.get("name"):
            wrong.append(RowRefused(self.column("contact_name", "contact_email"), _("A contact needs a name.")))
        if wrong:
            return
        country = values.pop("country", None)
        known = self.exact.get((country.code if country else "", folded(values["name"])))
        first = self.rows.get(known.pk) if known else None
        if known is not None and first is not None:
            self._same_again(known, values, contact, first)
        if known is None:
            known, did = self._create(values, country, number), "created"
        else:
            if not known.is_active:
                sentence = _("“%(name)s” is out of use: put it back into use first.")
                raise RowRefused(self.named["name"], sentence % {"name": known.name})
            did = "updated" if self._change(known, values) else "unchanged"
        if contact and self._contact(known, contact) and did == "unchanged":
            did = "updated"
        if first is None:
            self.counted[did] += 1
            self.rows[known.pk] = number

    def _create(self, values: dict[str, Any], country: Country | None, number: int) -> Organisation:
        if "kind" not in values:
            raise RowRefused(
                self.column("kind"), _("The kind is missing; it is one of: %(kinds)s.") % {"kinds": labels_of(OrganisationKind)}
            )
        alike = self.loose.get((country.code if country else "", loosened(folded(values["name"]))))
        made = create_organisation(by=self.by, country=country, **values)
        if alike is not None:
            why = _("“%(name)s” reads like “%(other)s”: if they are the same, merge them.") % {"name": made.name, "other": alike.name}
            self.look_alikes.append({"row": number, "column": self.named["name"], "why": why})
        self._know(made)
        return made

    def _change(self, known: Organisation, values: dict[str, Any]) -> bool:
        """Change what differs. A name by which it was found is no change: it may be the other or an old one."""
        wanted = {name: value for name, value in values.items() if name != "name" and getattr(known, name) != value}
        if wanted:
            change_organisation(known, by=self.by, **wanted)
        return bool(wanted)

    def _same_again(self, known: Organisation, values: dict[str, Any], contact: dict[str, str], first: int) -> None:
        """A further row of one organisation is there for a further contact, and says nothing else about it."""
        other = next((name for name, value in values.items() if name != "name" and getattr(known, name) != value), None)
        if other is not None:
            sentence = _("Row %(row)s says something else about “%(name)s”.")
            raise RowRefused(self.named[other], sentence % {"row": first, "name": known.name})
        if not contact:
            raise RowRefused(self.named["name"], _("“%(name)s” stands in row %(row)s already.") % {"row": first, "name": known.name})

    def _contact(self, known: Organisation, values: dict[str, Any]) -> bool:
        """Add the contact, or change the one with the same address or name; True where something is new."""
        rows: list[Contact] = list(known.contacts.select_related("organisation__merged_into"))
        mail, name = values.get("email", "").casefold(), folded(values["name"])
        row = next((row for row in rows if mail and row.email.casefold() == mail), None)
        row = row or next((row for row in rows if folded(row.name) == name and (not mail or not row.email)), None)
        if row is None:
            add_contact(known, by=self.by, **values)
            return True
        wanted = {name: value for name, value in values.items() if getattr(row, name) != value}
        if wanted:
            change_contact(row, by=self.by, **wanted)
        return bool(wanted)


preview_organisations = OrganisationImport.preview


def _languages(text: str, column: str) -> list[str]:
    """Codes, of names in our languages too; what is neither, the service refuses."""
    return [read_choice(part, Language) or part for part in re.split(r"[\s,;/|]+", text.lower()) if part]


def _address(text: str, column: str) -> str:
    """The address of a web site; https where no scheme is said."""
    url = text if "://" in text else f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        raise RowRefused(column, _("“%(text)s” is not the address of a web site.") % {"text": text}) from None
    return url
