"""Reading lists that others made into `reports`: what each column is, what a cell says, which cell is refused and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from accounts.models import folded
from core.errors import DomainError, Invalid
from missions.models import Country
from missions.services.choices import labels_of, read_choice
from missions.services.columns import guess_columns
from missions.services.station_rows import RowRefused
from missions.services.tables import read_table


@dataclass(frozen=True)
class Columns:
    """What a kind of list may hold: the label of each field, the names of its column, fields whose names must match whole."""

    fields: Mapping[str, Any]
    names: dict[str, Sequence[str]]
    whole: frozenset[str]


def preview_list(source: IO[bytes], *, name: str, about: Columns, rows: int = 8) -> dict[str, Any]:
    """The columns with their guessed fields, and their first values; nothing is stored."""
    table = read_table(source, name=name)
    fields = fields_of(table.columns, None, about=about)
    first = [row for _number, row in islice(table.rows, rows)]
    columns = [{"name": column, "field": fields[column], "samples": [row[column] for row in first[:3]]} for column in table.columns]
    return {"columns": columns, "encoding": table.encoding}


def fields_of(columns: list[str], mapping: dict[str, str] | None, *, about: Columns) -> dict[str, str]:
    """The field of each column: as given, else as guessed. Raises Invalid for one that is not there or given twice."""
    given = mapping or {}
    for column, name in given.items():
        if column not in columns:
            sentence = _("The list has no column “%(column)s”; it has: %(columns)s.")
            raise Invalid(sentence % {"column": column, "columns": ", ".join(columns)}, code="unknown_column", attr="map")
        if name not in about.fields:
            sentence = _("“%(field)s” is no field of this list; the fields are: %(fields)s.")
            raise Invalid(sentence % {"field": name, "fields": ", ".join(about.fields)}, code="unknown_field", attr="map")
    twice = [name for name, count in Counter(given.values()).items() if count > 1 and name != "ignore"]
    if twice:
        raise Invalid(_("Two columns are given for “%(field)s”.") % {"field": about.fields[twice[0]]}, code="field_twice", attr="map")
    guessed = guess_columns([column for column in columns if column not in given], about.names, whole=about.whole)
    guessed = {column: "ignore" if name in given.values() else name for column, name in guessed.items()}
    return {column: {**guessed, **given}[column] for column in columns}


@contextmanager
def noting(wrong: list[RowRefused], named: Mapping[str, str], of_attr: Mapping[str, str]) -> Iterator[None]:
    """Keep a refusal, with its column, and undo what was done until then. of_attr: fields that a service calls otherwise."""
    try:
        with transaction.atomic():
            yield
    except RowRefused as error:
        wrong.append(error)
    except DomainError as error:
        attr = of_attr.get(error.attr or "", error.attr or "")
        wrong.append(RowRefused(named.get(attr, ""), str(error.sentence)))


def countries_by_name() -> dict[str, Country]:
    """Every country by its code and its names, folded."""
    countries: dict[str, Country] = {}
    for country in Country.objects.all():
        for name in (country.code, country.name_en, country.name_fr, country.name_de):
            countries[folded(name)] = country
    return countries


def parts_of(text: str, signs: str = ";|\n") -> list[str]:
    """The values of a cell that holds several."""
    return [part.strip() for part in re.split(f"[{signs}]+", text) if part.strip()]


def known_in(rows: Mapping[str, Any], text: str, column: str, sentence: str) -> Any:
    """What `text` names. Raises RowRefused with `sentence`."""
    found = rows.get(folded(text).strip())
    if found is None:
        raise RowRefused(column, sentence % {"text": text})
    return found


def choice_of(text: str, column: str, choices: type[TextChoices], words: Mapping[str, tuple[str, ...]]) -> str:
    """The code that a cell means, in any of our languages. Raises RowRefused with what may be written."""
    found = read_choice(text, choices, words)
    if found is None:
        raise RowRefused(column, _("“%(text)s” is none of: %(choices)s.") % {"text": text, "choices": labels_of(choices)})
    return found
