"""The observations' table as a service of OData 4: names and types of its columns, its `$metadata`, and the keys by which programs read.

Rows are flat and have the columns of the downloads; a sign that OData does not allow in a name is `_` there (`A06/none` is
`A06_none`). The columns are those of all that counts in the mission, whatever a request filters by.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unicodedata import category
from xml.etree import ElementTree as ET

from django.db import transaction

from accounts.models import SecureLink, User
from accounts.services.links import issue_key, key_of, links_of, revoke_link
from core import clock
from core.actors import Actor
from core.rights import authorize
from field.services.exports import FIXED, Table
from missions.models import Mission

PURPOSE = "field.feed"
KEY_LASTS = timedelta(days=90)
LONGEST_NAME = 128
IN_A_NAME = {"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Nd", "Mn", "Mc", "Pc"}  # kinds of signs; OData 4, SimpleIdentifier
NAMESPACE = "Scrutin"
ENTITY, SET = "Observation", "observations"
EDMX, EDM = "http://docs.oasis-open.org/odata/ns/edmx", "http://docs.oasis-open.org/odata/ns/edm"
VOCABULARIES = {
    "Core": ("https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Core.V1.xml", "Org.OData.Core.V1"),
    "Capabilities": (
        "https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Capabilities.V1.xml",
        "Org.OData.Capabilities.V1",
    ),
}
STRING, GUID, DAY, INSTANT, BOOLEAN = "Edm.String", "Edm.Guid", "Edm.Date", "Edm.DateTimeOffset", "Edm.Boolean"
SMALL, WHOLE, NUMBER = "Edm.Int32", "Edm.Int64", "Edm.Double"
FIXED_KINDS = dict.fromkeys(FIXED, STRING) | {
    "uuid": GUID, "root": GUID, "day": DAY, "started_at": INSTANT, "finished_at": INSTANT, "received_at": INSTANT, "severity": SMALL,
    "is_incomplete": BOOLEAN, "is_unmatched": BOOLEAN, "is_forced": BOOLEAN, "is_clock_odd": BOOLEAN,
}  # fmt: skip
ANSWER_KINDS = {"int": WHOLE, "decimal": NUMBER}


@dataclass(frozen=True)
class Column:
    """One property: its place in a row of the table, its name and type, and the wording of its question."""

    at: int
    name: str
    kind: str
    label: str = ""

    def value(self, cell: Any) -> Any:
        """What JSON says. An answer that does not fit the type of its column (a word where a number is asked for) is nothing here;
        the downloads have it as it was written."""
        if cell is None or cell == "":
            return None
        if self.kind == WHOLE:
            return cell if isinstance(cell, int) and abs(cell) < 2**53 else None
        if self.kind == NUMBER:
            return _number(cell)
        return str(cell) if self.kind == STRING else cell


def _number(cell: Any) -> float | None:
    try:
        number = float(cell)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def columns_of(table: Table) -> list[Column]:
    """The columns, each with a name of its own that OData allows."""
    columns: list[Column] = []
    taken: set[str] = set()
    kinds = [FIXED_KINDS[name] for name in FIXED] + [_kind(table, kind, name) for _head, kind, name in table.columns]
    for at, (head, kind, label) in enumerate(zip(table.heads, kinds, table.labels, strict=True)):
        plain = "".join(sign if category(sign) in IN_A_NAME else "_" for sign in head)
        plain = name = (plain if plain[:1].isalpha() else f"_{plain}")[:LONGEST_NAME]
        number = 1
        while name.lower() in taken:
            number += 1
            name = f"{plain[: LONGEST_NAME - 6]}_{number}"
        taken.add(name.lower())
        columns.append(Column(at, name, kind, label))
    return columns


def _kind(table: Table, kind: str, name: str) -> str:
    return SMALL if kind in {"flag", "choice"} else ANSWER_KINDS.get(table.kinds.get(name, ""), STRING)


def metadata(columns: Iterable[Column], *, filterable: Iterable[str]) -> bytes:
    """`$metadata`: CSDL 4.0 in XML. What cannot be filtered or sorted by is said, so that a program does that itself."""
    ET.register_namespace("edmx", EDMX)
    ET.register_namespace("", EDM)
    top = ET.Element(f"{{{EDMX}}}Edmx", Version="4.0")
    for alias, (address, namespace) in VOCABULARIES.items():
        reference = ET.SubElement(top, f"{{{EDMX}}}Reference", Uri=address)
        ET.SubElement(reference, f"{{{EDMX}}}Include", Namespace=namespace, Alias=alias)
    schema = ET.SubElement(ET.SubElement(top, f"{{{EDMX}}}DataServices"), f"{{{EDM}}}Schema", Namespace=NAMESPACE)
    entity = ET.SubElement(schema, f"{{{EDM}}}EntityType", Name=ENTITY)
    ET.SubElement(ET.SubElement(entity, f"{{{EDM}}}Key"), f"{{{EDM}}}PropertyRef", Name="uuid")
    known, closed = set(filterable), []
    for column in columns:
        facts = {"Name": column.name, "Type": column.kind} | ({"Nullable": "false"} if column.name == "uuid" else {})
        facts |= {"Precision": "6"} if column.kind == INSTANT else {}
        row = ET.SubElement(entity, f"{{{EDM}}}Property", facts)
        if column.label:
            ET.SubElement(row, f"{{{EDM}}}Annotation", Term="Core.Description", String=_printable(column.label))
        if column.name not in known:
            closed.append(column.name)
    container = ET.SubElement(schema, f"{{{EDM}}}EntityContainer", Name="Container")
    rows = ET.SubElement(container, f"{{{EDM}}}EntitySet", Name=SET, EntityType=f"{NAMESPACE}.{ENTITY}")
    _say_what_is_answered(rows, closed)
    return ET.tostring(top, encoding="utf-8", xml_declaration=True)


def _say_what_is_answered(rows: ET.Element, closed: list[str]) -> None:
    for term in ("TopSupported", "SkipSupported"):
        ET.SubElement(rows, f"{{{EDM}}}Annotation", Term=f"Capabilities.{term}", Bool="true")
    for term, flag, names in (("Filter", "Filterable", "NonFilterableProperties"), ("Sort", "Sortable", "NonSortableProperties")):
        record = _record(rows, f"Capabilities.{term}Restrictions", flag, "true")
        value = ET.SubElement(record, f"{{{EDM}}}PropertyValue", Property=names)
        collection = ET.SubElement(value, f"{{{EDM}}}Collection")
        for name in closed:
            ET.SubElement(collection, f"{{{EDM}}}PropertyPath").text = name
    for term, flag in (("Expand", "Expandable"), ("Search", "Searchable"), ("Insert", "Insertable"), ("Update", "Updatable")):
        _record(rows, f"Capabilities.{term}Restrictions", flag, "false")
    _record(rows, "Capabilities.DeleteRestrictions", "Deletable", "false")


def _record(rows: ET.Element, term: str, flag: str, value: str) -> ET.Element:
    record = ET.SubElement(ET.SubElement(rows, f"{{{EDM}}}Annotation", Term=term), f"{{{EDM}}}Record")
    ET.SubElement(record, f"{{{EDM}}}PropertyValue", Property=flag, Bool=value)
    return record


def _printable(text: str) -> str:
    """Without the signs that XML does not know."""
    return "".join(sign for sign in text if sign in "\t\n" or (sign.isprintable() and not "\ud800" <= sign <= "\udfff"))


@transaction.atomic
def make_key(mission: Mission, *, by: Actor) -> tuple[SecureLink, str]:
    """A key of this person for the rows of this mission, for 90 days of real time; their earlier ones end. Told here once."""
    authorize(by, "field.export_observation", mission)
    end_keys(mission, by=by)
    return issue_key(by=by, purpose=PURPOSE, subject=mission, expires_at=clock.real_now() + KEY_LASTS)


@transaction.atomic
def end_keys(mission: Mission, *, by: Actor) -> None:
    """End this person's keys for the mission. Safe to repeat."""
    for link in keys_of(mission, by=by):
        revoke_link(link, by=by)


def keys_of(mission: Mission, *, by: Actor) -> list[SecureLink]:
    """This person's keys that still work."""
    return [link for link in links_of(mission, purpose=PURPOSE).filter(issued_by=str(by)) if link.is_live]


def holder_of(token: str) -> tuple[User, SecureLink] | None:
    """Whose key this is, and the key. What its holder may is asked at every request: a key does no more than its person."""
    link = key_of(token, purpose=PURPOSE) if token else None
    if link is None:
        return None
    user = User.objects.filter(uuid=link.issued_by.removeprefix("user:"), is_active=True).select_related("person").first()
    return (user, link) if user else None
