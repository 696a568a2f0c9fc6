"""The fixed words of documents in a language of a host country: which are needed, which are there, who translates them.

A mission's text needs few, for people write its body; a report, a statement and a letter need all of them. The list is derived from the
words of the engine, the table of sentences, and the reference data that documents name: what is added there is asked for here by itself.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from core.actors import Actor
from core.audit import record
from core.documents.content import clean
from core.documents.words import ENGLISH, WORDS
from core.enums import Language
from core.errors import Invalid
from core.languages import language_name, locale_of
from core.rights import authorize
from missions.models import Country
from missions.models.country import localised
from missions.services.register_table import plain
from observers.models import PoliticalGroup
from reports.documents.wording import OWN_FORMS, TEXT_SENTENCES, forms, host_keys, is_counted, is_ours, question_key, say, the_country
from reports.models import FixedWord, Topic
from reports.services.figures import top_items

PAGE, GROUP, GROUP_SHORT, TOPIC, COUNTRY_OF = "page.", "group.", "group_short.", "topic.", "country_of."
PAGE_WORDS = (
    "institution",
    "short_institution",
    "page",
    "of",
    "table",
    "note",
    "warning",
    "draft",
    "draft_long",
    "unchecked_long",
    "skip",
    "generated",
)
"""What the engine prints around a text of a mission."""

TEXT_KEYS = (*(f"{PAGE}{key}" for key in PAGE_WORDS), *TEXT_SENTENCES)
"""What a mission's text needs."""

SLOT = re.compile(r"\{[^{}]*\}")
LONGEST, LONGEST_STAMP = 600, 24
MAX_BYTES = 600_000


@dataclass(frozen=True)
class Word:
    """A fixed word that documents need: its key, in English and in French, and where it stands."""

    key: str
    english: str
    french: str
    hint: str = ""


@dataclass(frozen=True)
class Entry:
    """One fixed word beside the languages it is translated from. is_old: the English has changed since. hint: where it stands."""

    key: str
    english: str
    french: str
    text: str
    is_old: bool
    hint: str = ""


@dataclass(frozen=True)
class Group:
    """Fixed words that documents of one kind need, for a page."""

    title: str
    entries: list[Entry]

    @property
    def missing(self) -> int:
        """How many are not translated."""
        return sum(not entry.text for entry in self.entries)


@dataclass(frozen=True)
class Lack:
    """How many fixed words a language lacks, for a sentence at the desk."""

    language: str
    name: str
    missing: int
    total: int
    url: str


def needed(language: str) -> dict[str, Word]:
    """Every fixed word that a document in `language` may print, by key: what a mission's text needs first."""
    found = [_of_engine(key) for key in PAGE_WORDS] + [_of_table(key) for key in TEXT_SENTENCES]
    found += [_of_engine(key) for key in WORDS[ENGLISH] if key not in PAGE_WORDS]
    for key in host_keys():
        if is_counted(key.removesuffix("_one")):
            found += [_of_form(form, language) for form in forms(key, language)] if is_counted(key) else []
        elif key not in TEXT_SENTENCES:
            found.append(_of_table(key))
    return {word.key: word for word in [*found, *_names(language)]}


def _of_engine(key: str) -> Word:
    hints = {"of": _("as in “Page 1 of 2”"), "draft": _("the watermark")}
    return Word(f"{PAGE}{key}", WORDS[ENGLISH][key], WORDS["fr"][key], hints.get(key, ""))


def _of_table(key: str) -> Word:
    return Word(key, say(key, "en"), say(key, "fr"))


def _of_form(key: str, language: str) -> Word:
    """One form of a counted sentence, with the numbers that take it."""
    form = key.rpartition("_")[2]
    rule = locale_of(language).plural_form
    wanted = {form} if form in {"one", *OWN_FORMS} else {"many", "other"}
    numbers = ", ".join(str(n) for n in [n for n in range(201) if rule(n) in wanted][:4])
    return Word(key, say(key, "en"), say(key, "fr"), _("for %(numbers)s …") % {"numbers": numbers})


def _names(language: str) -> list[Word]:
    """Names of the reference data: groups, topics, and "of"-forms of the countries that speak the language."""
    groups = list(PoliticalGroup.objects.all())
    found = [Word(f"{GROUP}{row.code}", localised(row, "name", "en"), localised(row, "name", "fr"), _("political group")) for row in groups]
    for row in groups:
        english, french = (localised(row, "abbreviation", code) for code in ("en", "fr"))
        found.append(Word(f"{GROUP_SHORT}{row.code}", english, french, _("political group, short")))
    found += [Word(f"{TOPIC}{row.code}", row.title_in("en"), row.title_in("fr"), _("topic")) for row in Topic.objects.all()]
    hint = _("as in “the authorities of …”")
    return found + [
        Word(f"{COUNTRY_OF}{row.code}", the_country(row, "en"), localised(row, "name", "fr"), hint) for row in _speaking(language)
    ]


def _speaking(language: str) -> list[Country]:
    return [row for row in Country.objects.order_by("code") if language in row.languages]


def host_languages() -> list[str]:
    """Languages beside ours in which a document may be drawn: those of the countries that we know."""
    codes = {code for languages in Country.objects.values_list("languages", flat=True) for code in languages if 2 <= len(code) <= 5}
    return sorted(codes - set(Language.values))


def translated(language: str, keys: Iterable[str]) -> dict[str, str]:
    """What is translated of `keys`, by key."""
    return dict(FixedWord.objects.filter(language=language, key__in=list(keys)).values_list("key", "text"))


def frozen(language: str, keys: Iterable[str] | None = None) -> dict[str, dict[str, str]]:
    """What is frozen with a document: the engine's words, and the sentences. keys: those that it needs, else all."""
    known = translated(language, needed(language) if keys is None else keys)
    return {
        "words": {key.removeprefix(PAGE): text for key, text in sorted(known.items()) if key.startswith(PAGE)},
        "sentences": {key: text for key, text in sorted(known.items()) if not key.startswith(PAGE)},
    }


@transaction.atomic
def save_question(language: str, label: str, text: str, *, by: Actor) -> None:
    """Write the label of a form's question in a language that the form does not have; an empty one is taken out."""
    authorize(by, "reports.translate_words")
    _known(language)
    text = " ".join(clean(text).split())
    if len(text) > LONGEST or len(label) > LONGEST:
        sentence = _("“%(english)s”: the translation has %(most)s characters at most.")
        raise Invalid(sentence % {"english": label[:80], "most": LONGEST}, code="too_long", attr="text")
    key = question_key(label)
    if text:
        values = {"text": text, "source": label, "changed_by": str(by)}
        FixedWord.objects.update_or_create(language=language, key=key, defaults=values)
    else:
        FixedWord.objects.filter(language=language, key=key).delete()
    record(by, "reports.words_translated", fields=[key], data={"language": language})


def frozen_for(language: str, figures: Mapping[str, Any] | None = None) -> dict[str, dict[str, str]] | None:
    """The words that a report, a statement or a letter in `language` is drawn with; None for our three languages. figures: the snapshot
    whose questions are named."""
    if is_ours(language):
        return None
    questions = [question_key(label) for label in _labels(figures, language)]
    return frozen(language, [*needed(language), *questions])


def missing_for(language: str, figures: Mapping[str, Any]) -> list[str]:
    """The English of every fixed word and of every question of the figures that would stand in English."""
    labels = _labels(figures, language)
    known = translated(language, [question_key(label) for label in labels])
    return missing(language) + [label for label in labels if question_key(label) not in known]


def _labels(figures: Mapping[str, Any] | None, language: str) -> list[str]:
    """English labels of the questions that documents print, where the form has none in the language."""
    if is_ours(language) or not figures:
        return []
    labels = [row.get("label") or {} for row in top_items(dict(figures))]
    return list(dict.fromkeys(label["en"] for label in labels if label.get("en") and not label.get(language)))


def groups(language: str) -> list[Group]:
    """Every word that is needed, in the order of the page: what stands in a mission's texts, then the rest of reports, then names."""
    rows, words = {row.key: row for row in FixedWord.objects.filter(language=language)}, needed(language)
    titles = {"text": _("Texts of a mission"), "report": _("Reports, preliminary conclusions, letters"), "name": _("Names")}
    found: dict[str, list[Entry]] = {name: [] for name in titles}
    for word in words.values():
        row = rows.get(word.key)
        entry = Entry(
            word.key, word.english, word.french, row.text if row else "", row is not None and row.source != word.english, word.hint
        )
        is_name = word.key.startswith((GROUP, GROUP_SHORT, TOPIC, COUNTRY_OF))
        found["name" if is_name else "text" if word.key in TEXT_KEYS else "report"].append(entry)
    return [Group(titles[name], listed) for name, listed in found.items()]


def entries(language: str) -> list[Entry]:
    """The same as one list."""
    return [entry for group in groups(language) for entry in group.entries]


def missing(language: str, keys: Iterable[str] | None = None) -> list[str]:
    """The English of what is not translated. keys: those that a document needs, else all; nothing for our three languages."""
    if is_ours(language):
        return []
    words, asked = needed(language), None if keys is None else set(keys)
    wanted = [key for key in words if asked is None or key in asked]
    known = translated(language, wanted)
    return [words[key].english for key in wanted if key not in known]


def lacks(wanted: Iterable[str], keys: Iterable[str] | None = TEXT_KEYS) -> list[Lack]:
    """The languages of `wanted` beside ours that lack fixed words: told before anything is drawn. keys: as in `missing`."""
    found = []
    for language in wanted:
        n = len(missing(language, keys))
        if n:
            total = len(needed(language)) if keys is None else len(set(keys))
            found.append(Lack(language, language_name(language), n, total, reverse("reports:fixed_words", args=[language])))
    return found


@transaction.atomic
def save_words(language: str, texts: Mapping[str, str], *, by: Actor) -> int:
    """Write the words given, all or none; an empty one is taken out. Returns how many were changed.

    Raises Invalid naming the word whose values in braces are not those of the English, or which is too long.
    """
    authorize(by, "reports.translate_words")
    _known(language)
    changed, words = [], needed(language)
    rows = {row.key: row for row in FixedWord.objects.select_for_update().filter(language=language)}
    for key, given in texts.items():
        text = " ".join(clean(given).split())
        _refuse(words, key, text)
        row, source = rows.get(key), words[key].english
        if row and not text:
            row.delete()
        elif row and (row.text, row.source) != (text, source):
            row.text, row.source, row.changed_by = text, source, str(by)
            row.save_changes("text", "source", "changed_by")
        elif not row and text:
            FixedWord.objects.create(language=language, key=key, text=text, source=source, changed_by=str(by))
        else:
            continue
        changed.append(key)
    if changed:
        record(by, "reports.words_translated", fields=changed, data={"language": language})
    return len(changed)


def as_csv(language: str) -> Iterator[str]:
    """The words as a table: key, English, French, the language. A spreadsheet takes none for a formula."""
    _known(language)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["key", "en", "fr", language])
    for entry in entries(language):
        writer.writerow([entry.key, *(plain(text) for text in (entry.english, entry.french, entry.text))])
    yield "\ufeff" + out.getvalue()


def read_csv(language: str, data: bytes) -> dict[str, str]:
    """The words of a table as `as_csv` gives it, by key; an empty cell changes nothing. Raises Invalid naming what is wrong with it."""
    if len(data) > MAX_BYTES:
        raise Invalid(_("The table is too large: it has one line for each fixed word."), code="too_large", attr="file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(_("Save the table as CSV in UTF-8."), code="encoding", attr="file") from None
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in text.split("\n")[0] else ","))
    except csv.Error:
        rows = []
    head = rows[0] if rows else []
    if "key" not in head or language not in head:
        sentence = _("The table needs the columns “key” and “%(language)s”, as the table that is given out has them.")
        raise Invalid(sentence % {"language": language}, code="columns", attr="file")
    key, own = head.index("key"), head.index(language)
    filled = [row for row in rows[1:] if len(row) > max(key, own) and row[key] and row[own].strip()]
    return {row[key]: row[own].removeprefix("'") for row in filled}


def _known(language: str) -> None:
    if language not in host_languages():
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": language}, code="not_a_choice", attr="language")


def _refuse(words: Mapping[str, Word], key: str, text: str) -> None:
    if key not in words:
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": key}, code="not_a_choice", attr="key")
    english = words[key].english
    longest = LONGEST_STAMP if key == f"{PAGE}draft" else LONGEST
    if len(text) > longest:
        sentence = _("“%(english)s”: the translation has %(most)s characters at most.")
        raise Invalid(sentence % {"english": english, "most": longest}, code="too_long", attr=key)
    if text and (sorted(SLOT.findall(text)) != sorted(SLOT.findall(english)) or "{" in SLOT.sub("", text) or "}" in SLOT.sub("", text)):
        wanted = ", ".join(SLOT.findall(english)) or _("nothing in braces")
        sentence = _("“%(english)s”: the translation must keep what stands in braces as it is: %(wanted)s.")
        raise Invalid(sentence % {"english": english, "wanted": wanted}, code="slots", attr=key)
