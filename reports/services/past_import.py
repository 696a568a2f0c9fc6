"""Importing recommendations from before Scrutin with the texts that adopted them: all or nothing, safe to repeat.

A text is known by its number, else by its mission; a recommendation by its paragraph in the text; an assessment by status, basis and day.
Further rows of one text need not repeat what the first says of it. Empty cells change nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import IO, Any

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from accounts.models import folded
from core import audit
from core.actors import Actor
from core.errors import Invalid
from core.rights import authorize
from missions.models import Country, PastMission
from missions.services.station_rows import RowRefused
from missions.services.tables import read_table
from reports.enums import ActionType, Addressee, FollowUpBasis, FollowUpStatus, Priority
from reports.models import PastText, Recommendation, Standard, Topic
from reports.references import format_adopted
from reports.services.followup import assess_recommendation
from reports.services.lists import (
    Columns,
    choice_of,
    countries_by_name,
    fields_of,
    known_in,
    noting,
    parts_of,
    preview_list,
)
from reports.services.past_columns import ADDRESSEES, BASES, FIELDS, NAMES, NEEDED, NOTES, PRIORITIES, STATUSES, TEXT, WHOLE, WORDING
from reports.services.past_recommendations import clean_paragraph, correct_recommendation, enter_recommendation
from reports.services.past_texts import correct_text, enter_text

MOST_ROWS = 3000
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d %B %Y")
CHOICES: dict[str, tuple[type[TextChoices], dict[str, tuple[str, ...]]]] = {
    "priority": (Priority, PRIORITIES),
    "action_type": (ActionType, {}),
    "status": (FollowUpStatus, STATUSES),
    "basis": (FollowUpBasis, BASES),
}
ABOUT = Columns(FIELDS, NAMES, WHOLE)
_OF_ATTR = {"wording": "text_en", "past_mission": "mission"}


@dataclass
class Book:
    """What is known, and what this import did so far: `seen` is the row of each paragraph, `said` what was said of each text."""

    countries: dict[str, Country]
    missions: dict[str, PastMission]
    topics: dict[str, Topic]
    standards: dict[str, str]
    counts: Counter[str] = field(default_factory=Counter)
    seen: dict[tuple[int, str], int] = field(default_factory=dict)
    said: dict[tuple[int, str], tuple[Any, int]] = field(default_factory=dict)


def preview_past(source: IO[bytes], *, name: str, rows: int = 8) -> dict[str, Any]:
    """The columns with their guessed fields, and their first values; nothing is stored."""
    return preview_list(source, name=name, about=ABOUT, rows=rows)


@transaction.atomic
def import_past(*, by: Actor, source: IO[bytes], name: str, mapping: dict[str, str] | None = None, dry_run: bool = False) -> dict[str, Any]:
    """Read a list, one recommendation per row. Returns `{created, updated, unchanged, texts, assessed, refused: [{row, column, why}]}`.

    One refused row and nothing is stored. New texts stay at the desk until they are let out. mapping: `{column: field}`, before our guess.
    """
    authorize(by, "reports.write_past_text")
    table = read_table(source, name=name)
    fields = fields_of(table.columns, mapping, about=ABOUT)
    _needed(fields, table.columns)
    named = {field: column for column, field in fields.items() if field != "ignore"}
    book = _book()
    refused: list[dict[str, Any]] = []
    count = 0
    for number, row in table.rows:
        count += 1
        if count > MOST_ROWS:
            raise Invalid(_("The list has more than %(most)s rows: send it in parts.") % {"most": MOST_ROWS}, code="too_many", attr="file")
        given = {name: row[column].strip() for name, column in named.items() if row[column].strip()}
        refused += [{"row": number, "column": error.column, "why": error.why} for error in _take(given, number, named, book, by=by)]
    if not count:
        refused.append({"row": 1, "column": "", "why": _("The list has column names but no rows.")})
    counts = ("created", "updated", "unchanged", "texts", "assessed")
    done = {name: 0 if refused else book.counts[name] for name in counts}
    if refused or dry_run:
        transaction.set_rollback(True)
    elif done["created"] or done["updated"] or done["assessed"]:
        audit.record(by, "reports.past_texts_imported", None, data=done)
    return {**done, "refused": refused}


def _needed(fields: dict[str, str], columns: list[str]) -> None:
    known = set(fields.values())
    lacking = [str(FIELDS[name]) for name in NEEDED if name not in known]
    if not known & {"text_en", "text_fr"}:
        lacking.append(str(FIELDS["text_en"]))
    if not known & {"number", "mission"}:
        lacking.append(str(FIELDS["number"]))
    if lacking:
        sentence = _("Say which column holds: %(lacking)s. The columns are: %(columns)s.")
        raise Invalid(sentence % {"lacking": ", ".join(lacking), "columns": ", ".join(columns)}, code="no_usable_column", attr="map")


def _book() -> Book:
    return Book(
        countries_by_name(),
        {one.code: one for one in PastMission.objects.select_related("country")},
        {folded(name): one for one in Topic.objects.all() for name in (one.code, one.title_en, one.title_fr, one.title_de)},
        {folded(code): code for code in Standard.objects.values_list("code", flat=True)},
    )


def _take(given: dict[str, str], number: int, named: dict[str, str], book: Book, *, by: Actor) -> list[RowRefused]:
    """One row: its text, its recommendation, its assessment. Returns everything that is wrong with it.

    The text is entered even where the rest is refused, so that the rows below it are not blamed for it: nothing stays in the end.
    """
    values, wrong = _values(given, named, book)
    text: PastText | None = None
    paragraph = ""
    with noting(wrong, named, _OF_ATTR):
        text = _text(values, number, named, book, by=by)
    with noting(wrong, named, _OF_ATTR):
        if "paragraph" not in given:
            raise RowRefused(named["paragraph"], _("The paragraph is missing."))
        paragraph = clean_paragraph(given["paragraph"])
    if text is None or not paragraph:
        return wrong
    with noting(wrong, named, _OF_ATTR):
        first = book.seen.setdefault((text.pk, paragraph), number)
        if first != number:
            sentence = _("Paragraph %(paragraph)s of this text stands in row %(row)s already.")
            raise RowRefused(named["paragraph"], sentence % {"paragraph": paragraph, "row": first})
        known = text.recommendations.filter(paragraph=paragraph).first()
        row, did = _recommendation(known, text, paragraph, values, by=by)
        book.counts["assessed"] += _assess(row, values, named, by=by)
        book.counts[did] += 1
    return wrong


def _text(values: dict[str, Any], number: int, named: dict[str, str], book: Book, *, by: Actor) -> PastText:
    """The adopted text of the row: found and corrected, or entered. Rows of one list may not contradict each other about it."""
    mission: PastMission | None = values.get("mission")
    about: dict[str, Any] = {name: values[name] for name in TEXT if name in values}
    if "country" in values:
        about["country"] = values["country"]
    if mission is not None:
        about["past_mission"] = mission
    if "number" in about:
        about["number"] = format_adopted(about["number"], "en")
        known = PastText.objects.filter(number__iexact=about["number"]).first()
    elif mission is not None:
        known = PastText.objects.filter(past_mission=mission, number="").first()
    else:
        raise RowRefused(named.get("number", named.get("mission", "")), _("Give the number of the text, or the mission."))
    if known is None:
        text = enter_text(by=by, **({"adopted_on": None} | about))
    else:
        _refuse_contradiction(known, about, named, book)
        text = correct_text(known, version=known.version, by=by, **{k: v for k, v in about.items() if getattr(known, k) != v})
    for name, value in about.items():
        book.said.setdefault((text.pk, name), (value, number))
    book.counts["texts"] += known is None
    return text


def _refuse_contradiction(text: PastText, about: dict[str, Any], named: dict[str, str], book: Book) -> None:
    for name, value in about.items():
        said, row = book.said.get((text.pk, name), (value, 0))
        if said != value:
            sentence = _("Row %(row)s says something else about “%(name)s”.") % {"row": row, "name": text.label}
            raise RowRefused(named.get({"past_mission": "mission"}.get(name, name), ""), sentence)


def _recommendation(
    known: Recommendation | None, text: PastText, paragraph: str, values: dict[str, Any], *, by: Actor
) -> tuple[Recommendation, str]:
    wording = {name[-2:]: values[name] for name in WORDING if name in values}
    facts = {name: values[name] for name in ("priority", "action_type", "topic") if name in values}
    lists = {name: values[name] for name in ("addressees", "standards") if name in values}
    if known is None:
        return enter_recommendation(text, paragraph=paragraph, wording=wording, by=by, **facts, **lists), "created"
    now = {one.language: one.text for one in known.adopted_texts.all()}
    wording = {code: words for code, words in wording.items() if now.get(code) != " ".join(words.split())}
    facts = {name: value for name, value in facts.items() if getattr(known, name) != value}
    is_now = {
        "addressees": set(known.addressees.values_list("addressee", flat=True)),
        "standards": set(known.citations.values_list("standard", flat=True)),
    }
    lists = {name: value for name, value in lists.items() if set(value) != is_now[name]}
    if not (wording or facts or lists):
        return known, "unchanged"
    return correct_recommendation(known, version=known.version, by=by, wording=wording or None, **facts, **lists), "updated"


def _assess(row: Recommendation, values: dict[str, Any], named: dict[str, str], *, by: Actor) -> bool:
    """Record the assessment that the row tells, if it tells one that is not on record yet."""
    status = values.get("status")
    if status is None or status == FollowUpStatus.NOT_ASSESSED:
        return False
    for name in ("basis", "assessed_on"):
        if name not in values:
            sentence = _("A status needs the basis and the day of the assessment.")
            raise RowRefused(named.get(name, named["status"]), sentence)
    if row.follow_ups.standing().filter(status=status, basis=values["basis"], assessed_on=values["assessed_on"]).exists():
        return False
    note = {name[-2:]: values[name] for name in NOTES if name in values}
    assess_recommendation(row, status=status, basis=values["basis"], assessed_on=values["assessed_on"], note=note, by=by)
    return True


def _values(given: dict[str, str], named: dict[str, str], book: Book) -> tuple[dict[str, Any], list[RowRefused]]:
    """The cells as the services take them, and those that say nothing we know."""
    values: dict[str, Any] = {}
    wrong: list[RowRefused] = []
    for name, text in given.items():
        try:
            values[name] = _value(name, text, named[name], book)
        except RowRefused as error:
            wrong.append(error)
    return values, wrong


def _value(name: str, text: str, column: str, book: Book) -> Any:
    if name in CHOICES:
        return choice_of(text, column, *CHOICES[name])
    if name in {"adopted_on", "assessed_on"}:
        return _day(text, column)
    if name == "year":
        if not re.fullmatch(r"\d{4}(\.0)?", text):
            raise RowRefused(column, _("“%(text)s” is not a year; write it like 2012.") % {"text": text})
        return int(text[:4])
    if name == "country":
        return known_in(book.countries, text, column, _("“%(text)s” is not a country that we know."))
    if name == "mission":
        return known_in(book.missions, text, column, _("“%(text)s” is not a mission of the history; its code looks like 2012-am-1."))
    if name == "topic":
        code = re.match(r"L\d{2}\b", text, re.IGNORECASE)  # also "L07 Secrecy of the vote"
        return known_in(book.topics, code[0] if code else text, column, _("“%(text)s” is not a topic; give its code, L01 to L21."))
    if name == "standards":
        return [known_in(book.standards, one, column, _("There is no standard %(text)s.")) for one in parts_of(text)]
    if name == "addressees":
        return [choice_of(one, column, Addressee, ADDRESSEES) for one in parts_of(text)]
    return text


def _day(text: str, column: str) -> date:
    """A day as lists and spreadsheets write it."""
    plain = text.removesuffix(" 00:00:00").strip()
    for form in DAYS:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise RowRefused(column, _("“%(text)s” is not a day; write it like 2026-03-24 or 24.03.2026.") % {"text": text})
