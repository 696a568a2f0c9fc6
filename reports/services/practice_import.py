"""Reading in good practice of other collections: all or nothing, safe to repeat, marked with its collection and licence.

The columns are those of our own public export, as CSV or JSON. A practice is known by its collection and its name there. What is read
in is a draft: a person checks it and a publisher lets it out, as with our own.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import IO, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import audit, translations
from core.actors import Actor
from core.enums import Language
from core.errors import Invalid, Missing
from core.rights import allowed, authorize
from missions.models import Country
from missions.services.station_rows import RowRefused
from missions.services.tables import read_table
from reports.enums import PracticeActor, PracticeLevel, PracticeState, PracticeStep
from reports.models import GoodPractice
from reports.services.lists import choice_of, countries_by_name, fields_of, known_in, noting, parts_of, preview_list
from reports.services.practice_columns import ABOUT, FACTS, FIELDS
from reports.services.practices import TEXTS, checked_facts, move_practice, write_texts

MOST_ROWS = 3000
COUNTS = ("created", "updated", "unchanged", "reopened", "own")
BACK = {PracticeState.CHECKED: "return", PracticeState.PUBLISHED: "reopen"}


@dataclass
class Book:
    """What holds for the whole list, and what this import did so far: `seen` is the row of each practice."""

    collection: str
    licence: str
    language: str
    countries: dict[str, Country]
    counts: Counter[str] = field(default_factory=Counter)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)


def preview_practices(source: IO[bytes], *, name: str) -> dict[str, Any]:
    """The columns with their guessed fields, and their first values; nothing is stored."""
    return preview_list(source, name=name, about=ABOUT)


@transaction.atomic
def import_practices(
    *,
    by: Actor,
    source: IO[bytes],
    name: str,
    collection: str,
    licence: str = "",
    language: str = Language.EN,
    mapping: dict[str, str] | None = None,
    dry_run: bool = False,
) -> dict[str, Any]:
    """Read a list, one practice per row. Returns `{created, updated, unchanged, reopened, own, refused: [{row, column, why}]}`.

    One refused row and nothing is stored. collection, licence, language: of rows that do not name their own. reopened: those that the
    public no longer reads because their words changed; own: those that our missions wrote down and that came back.
    """
    authorize(by, "reports.import_practices")
    book = _book(collection, licence, language)
    table = read_table(source, name=name)
    fields = fields_of(table.columns, mapping, about=ABOUT)
    _needed(fields, table.columns)
    named = {field: column for column, field in fields.items() if field != "ignore"}
    refused: list[dict[str, Any]] = []
    count = 0
    for number, row in table.rows:
        count += 1
        if count > MOST_ROWS:
            raise Invalid(_("The list has more than %(most)s rows: send it in parts.") % {"most": MOST_ROWS}, code="too_many", attr="file")
        given = {name: _unquoted(row[column].strip()) for name, column in named.items() if row[column].strip()}
        refused += [{"row": number, "column": error.column, "why": error.why} for error in _take(given, number, named, book, by=by)]
    if not count:
        refused.append({"row": 1, "column": "", "why": _("The list has column names but no rows.")})
    done = {name: 0 if refused else book.counts[name] for name in COUNTS}
    if refused or dry_run:
        transaction.set_rollback(True)
    elif done["created"] or done["updated"]:
        audit.record(by, "reports.practices_imported", None, data={**done, "collection": book.collection})
    return {**done, "refused": refused}


def _book(collection: str, licence: str, language: str) -> Book:
    if not collection.strip():
        raise Invalid(_("Say from which collection the list is."), code="collection_missing", attr="collection")
    if language not in Language.values:
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": language}, code="not_a_choice", attr="language")
    return Book(" ".join(collection.split()), " ".join(licence.split()), language, countries_by_name())


def _needed(fields: dict[str, str], columns: list[str]) -> None:
    known = set(fields.values())
    lacking = [str(FIELDS[name]) for name in ("country", "level", "step") if name not in known]
    if not known & {"source_id", "uuid"}:
        lacking.insert(0, str(FIELDS["source_id"]))
    lacking += [str(FIELDS[name]) for name in TEXTS if not known & {name, *(f"{name}_{code}" for code in Language.values)}]
    if lacking:
        sentence = _("Say which column holds: %(lacking)s. The columns are: %(columns)s.")
        raise Invalid(sentence % {"lacking": ", ".join(lacking), "columns": ", ".join(columns)}, code="no_usable_column", attr="map")


def _unquoted(text: str) -> str:
    """Without the mark that an export sets before what a spreadsheet would compute."""
    return text[1:] if re.match(r"'[=+\-@]", text) else text


def _take(given: dict[str, str], number: int, named: dict[str, str], book: Book, *, by: Actor) -> list[RowRefused]:
    """One row. Returns everything that is wrong with it."""
    values: dict[str, Any] = {}
    wrong: list[RowRefused] = []
    for name, text in given.items():
        try:
            values[name] = _value(name, text, named[name], book)
        except RowRefused as error:
            wrong.append(error)
    values = {"collection": book.collection, "licence": book.licence, "language": book.language} | values
    values["source_id"] = values.get("source_id") or values.get("uuid", "")
    wrong += [RowRefused(named.get(one.code, ""), one.sentence) for one in _lacking(values, given)]
    if wrong:
        return wrong
    if _is_own(given.get("uuid") or str(values["source_id"])):
        book.counts["own"] += 1
        return []
    with noting(wrong, named, {}):
        first = book.seen.setdefault((values["collection"], values["source_id"]), number)
        if first != number:
            column = named.get("source_id", named.get("uuid", ""))
            raise RowRefused(column, _("“%(name)s” stands in row %(row)s already.") % {"name": values["source_id"], "row": first})
        _write_row(values, named, book, by=by)
    return wrong


def _lacking(values: dict[str, Any], given: dict[str, str]) -> list[Missing]:
    """What every practice needs and this row does not say; a cell that says something wrong is told already."""
    sentences = {
        "source_id": _("The name in the collection is missing."),
        "country": _("The country is missing."),
        "level": _("The level of participation is missing."),
        "step": _("The step of the decision process is missing."),
        "licence": _("The licence is missing: say it in the list or for the whole list."),
    }
    found = [Missing(name, sentence, "") for name, sentence in sentences.items() if not values.get(name) and name not in given]
    texts = _texts(values)
    sentences = {"title": _("The title is missing."), "text": _("The description is missing."), "lesson": _("Say what others can learn.")}
    for name, sentence in sentences.items():
        if not texts[name].get(values["language"]):
            told = f"{sentence} ({values['language'].upper()})"
            found.append(Missing(name if name in given else f"{name}_{values['language']}", told, ""))
    return found


def _texts(values: dict[str, Any]) -> dict[str, dict[str, str]]:
    """`title`, `text`, `lesson`, each language -> words; a column without a language holds the original."""
    texts: dict[str, dict[str, str]] = {}
    for name in TEXTS:
        texts[name] = {code: values[f"{name}_{code}"] for code in Language.values if f"{name}_{code}" in values}
        if name in values:
            texts[name].setdefault(values["language"], values[name])
    return texts


def _is_own(name: str) -> bool:
    try:
        return GoodPractice.objects.exclude(mission=None).filter(uuid=UUID(name)).exists()
    except ValueError:
        return False


def _write_row(values: dict[str, Any], named: dict[str, str], book: Book, *, by: Actor) -> None:
    """Enter the practice, or bring the one that is here up to date; what changes goes back to the draft first."""
    facts = {name: values.get(name, "") for name in FACTS} | {"year": values.get("year"), "actors": values.get("actors", [])}
    facts["source_agreed"] = bool(facts["source_name"])  # a collection names in public only who agreed to it
    checked_facts({name: value for name, value in facts.items() if name not in {"source_url", "licence"}})
    rows = GoodPractice.objects.collected().select_for_update(of=("self",))
    row = rows.filter(collection=values["collection"], source_id=values["source_id"]).first()
    texts = _texts(values)
    if row is None:
        number = (GoodPractice.objects.collected().aggregate(last=Max("number"))["last"] or 0) + 1
        own = {name: values[name] for name in ("country", "collection", "source_id")}
        row = GoodPractice(number=number, added_by=str(by), authentic_language=values["language"], **own, **facts)
        _clean(row, named)
        row.save()
        book.counts["created"] += 1
    else:
        facts |= {"country": values["country"], "authentic_language": values["language"]}
        facts = {name: value for name, value in facts.items() if getattr(row, name) != value}
        texts = _changed(row, texts)
        if row.state == PracticeState.WITHDRAWN or not (facts or texts):
            book.counts["unchanged"] += 1
            return
        row = _back_to_draft(row, named, book, by=by)
        for name, value in facts.items():
            setattr(row, name, value)
        _clean(row, named)
        row.version += 1
        row.save_changes(*facts, "version")
        book.counts["updated"] += 1
    write_texts(row, texts, by=by)


def _changed(row: GoodPractice, texts: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    found = {}
    for name, given in texts.items():
        now = {code: one.text for code, one in translations.texts(row, name).items()}
        words = {code: text for code, text in given.items() if now.get(code, "") != text.strip()}
        if words:
            found[name] = words
    return found


def _back_to_draft(row: GoodPractice, named: dict[str, str], book: Book, *, by: Actor) -> GoodPractice:
    """What a person checked or let out was other words: the public reads the new ones only after another look."""
    if row.state == PracticeState.DRAFT:
        return row
    if row.state == PracticeState.PUBLISHED and not allowed(by, "reports.publish_practice", row):
        sentence = _("%(name)s is published and says something else here: a publisher reads the list in, or takes it back first.")
        raise RowRefused(named.get("source_id", named.get("uuid", "")), sentence % {"name": row.label})
    book.counts["reopened"] += row.state == PracticeState.PUBLISHED
    return move_practice(row, BACK[PracticeState(row.state)], by=by, note=_("It was changed in its collection."))


def _clean(row: GoodPractice, named: dict[str, str]) -> None:
    """Raises RowRefused for a value that is too long or no address."""
    try:
        row.clean_fields(exclude=["mission", "meeting", "note", "actors", "published_languages"])
    except ValidationError as error:
        name, sentences = next(iter(error.message_dict.items()))
        raise RowRefused(named.get(name, ""), " ".join(sentences)) from None


def _value(name: str, text: str, column: str, book: Book) -> Any:
    if name == "level":
        return choice_of(text, column, PracticeLevel, {})
    if name == "step":
        return choice_of(text, column, PracticeStep, {})
    if name == "language":
        return choice_of(text, column, Language, {})
    if name == "actors":
        return [choice_of(one, column, PracticeActor, {}) for one in parts_of(text, ";|,\n")]
    if name == "country":
        return known_in(book.countries, text, column, _("“%(text)s” is not a country that we know."))
    if name == "year":
        if not re.fullmatch(r"\d{4}(\.0)?", text):
            raise RowRefused(column, _("“%(text)s” is not a year; write it like 2012.") % {"text": text})
        return int(text[:4])
    return text
