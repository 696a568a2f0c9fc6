"""Reading in good practice of other collections: all or nothing, safe to repeat, marked with its collection and licence.

The columns are those of our own public export, as CSV or JSON. A practice is known by its collection and its name there. What is read
in is a draft: a person checks it and a publisher lets it out, as with our own.
"""

from __future__ import annotations

import re
from typing import IO, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from core import translations
from core.actors import Actor
from core.enums import Language
from core.errors import Invalid, Missing
from core.lists.cells import RowRefused, choice_of, several, year_of
from core.lists.imports import ListImport
from core.rights import allowed
from missions.services.lists import country_reader
from reports.enums import PracticeActor, PracticeLevel, PracticeState, PracticeStep
from reports.models import GoodPractice
from reports.services.practice_columns import ABOUT, FACTS, FIELDS
from reports.services.practices import TEXTS, checked_facts, move_practice, write_texts

BACK = {PracticeState.CHECKED: "return", PracticeState.PUBLISHED: "reopen"}


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
    run = PracticeImport(by=by, collection=collection, licence=licence, language=language)
    return run.run(source, name=name, mapping=mapping, dry_run=dry_run)


class PracticeImport(ListImport):
    """One import. collection, licence, language: what holds for rows that do not say it; seen: the row of each practice."""

    about = ABOUT
    right = "reports.import_practices"
    log_code = "reports.practices_imported"
    counts = ("created", "updated", "unchanged", "reopened", "own")

    def __init__(self, *, by: Actor, collection: str, licence: str = "", language: str = Language.EN) -> None:
        super().__init__(by=by)
        self.collection, self.licence, self.language = " ".join(collection.split()), " ".join(licence.split()), language

    def begin(self) -> None:
        """What cells may name. Raises Invalid where nobody says from which collection the list is."""
        if not self.collection:
            raise Invalid(_("Say from which collection the list is."), code="collection_missing", attr="collection")
        if self.language not in Language.values:
            sentence = _("“%(value)s” is not one of the choices.") % {"value": self.language}
            raise Invalid(sentence, code="not_a_choice", attr="language")
        self.seen: dict[tuple[str, str], int] = {}
        self.readers = {
            "level": choice_of(PracticeLevel),
            "step": choice_of(PracticeStep),
            "language": choice_of(Language),
            "actors": several(choice_of(PracticeActor), ";|,\n"),
            "country": country_reader(),
            "year": year_of,
        }

    def lacking(self, known: set[str]) -> list[str]:
        """Of what is needed; a text in one language is enough."""
        lacking = [] if known & {"source_id", "uuid"} else ["source_id"]
        lacking += [name for name in ("country", "level", "step") if name not in known]
        lacking += [name for name in TEXTS if not known & {name, *(f"{name}_{code}" for code in Language.values)}]
        return [str(FIELDS[name]) for name in lacking]

    def cleaned(self, text: str) -> str:
        """Without the mark that an export sets before what a spreadsheet would compute."""
        text = text.strip()
        return text[1:] if re.match(r"'[=+\-@]", text) else text

    def logged(self, done: dict[str, int]) -> dict[str, Any]:
        """With the collection."""
        return {**done, "collection": self.collection}

    def take(self, given: dict[str, str], number: int, wrong: list[RowRefused]) -> None:
        """Enter a practice, or bring the one that is here up to date; our own that came back are left as they are."""
        values = {"collection": self.collection, "licence": self.licence, "language": self.language} | self.values(given, wrong)
        values["source_id"] = values.get("source_id") or values.get("uuid", "")
        wrong += [RowRefused(self.column(one.code), one.sentence) for one in _lacking(values, given)]
        if wrong:
            return
        if _is_own(given.get("uuid") or str(values["source_id"])):
            self.counted["own"] += 1
            return
        first = self.seen.setdefault((values["collection"], values["source_id"]), number)
        if first != number:
            sentence = _("“%(name)s” stands in row %(row)s already.") % {"name": values["source_id"], "row": first}
            raise RowRefused(self.column("source_id", "uuid"), sentence)
        self._write_row(values)

    def _write_row(self, values: dict[str, Any]) -> None:
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
            row = GoodPractice(number=number, added_by=str(self.by), authentic_language=values["language"], **own, **facts)
            self._clean(row)
            row.save()
            self.counted["created"] += 1
        else:
            facts |= {"country": values["country"], "authentic_language": values["language"]}
            facts = {name: value for name, value in facts.items() if getattr(row, name) != value}
            texts = _changed(row, texts)
            if row.state == PracticeState.WITHDRAWN or not (facts or texts):
                self.counted["unchanged"] += 1
                return
            row = self._back_to_draft(row)
            for name, value in facts.items():
                setattr(row, name, value)
            self._clean(row)
            row.version += 1
            row.save_changes(*facts, "version")
            self.counted["updated"] += 1
        write_texts(row, texts, by=self.by)

    def _back_to_draft(self, row: GoodPractice) -> GoodPractice:
        """What a person checked or let out was other words: the public reads the new ones only after another look."""
        if row.state == PracticeState.DRAFT:
            return row
        if row.state == PracticeState.PUBLISHED and not allowed(self.by, "reports.publish_practice", row):
            sentence = _("%(name)s is published and says something else here: a publisher reads the list in, or takes it back first.")
            raise RowRefused(self.column("source_id", "uuid"), sentence % {"name": row.label})
        self.counted["reopened"] += row.state == PracticeState.PUBLISHED
        return move_practice(row, BACK[PracticeState(row.state)], by=self.by, note=_("It was changed in its collection."))

    def _clean(self, row: GoodPractice) -> None:
        """Raises RowRefused for a value that is too long or no address."""
        try:
            row.clean_fields(exclude=["mission", "meeting", "note", "actors", "published_languages"])
        except ValidationError as error:
            name, sentences = next(iter(error.message_dict.items()))
            raise RowRefused(self.column(name), " ".join(sentences)) from None


preview_practices = PracticeImport.preview


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


def _changed(row: GoodPractice, texts: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    found = {}
    for name, given in texts.items():
        now = {code: one.text for code, one in translations.texts(row, name).items()}
        words = {code: text for code, text in given.items() if now.get(code, "") != text.strip()}
        if words:
            found[name] = words
    return found
