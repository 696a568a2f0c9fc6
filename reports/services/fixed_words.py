"""The fixed words of documents in a language of a host country: which are needed, which are there, who translates them.

A document in such a language needs fewer than ours do: its text is written by people, and reports are drawn in three languages alone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from core.actors import Actor
from core.audit import record
from core.documents.words import WORDS
from core.enums import Language
from core.errors import Invalid
from core.languages import language_name
from core.rights import authorize
from missions.models import Country
from missions.services.register_table import plain
from reports.documents.wording import HOST_SENTENCES, say
from reports.models import FixedWord

PAGE = "page."
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

KEYS = (*(f"{PAGE}{key}" for key in PAGE_WORDS), *HOST_SENTENCES)
SLOT = re.compile(r"\{[^{}]*\}")
LONGEST, LONGEST_STAMP = 600, 24
MAX_BYTES = 200_000


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
class Lack:
    """How many fixed words a language lacks, for a sentence at the desk."""

    language: str
    name: str
    missing: int
    total: int
    url: str


def original(key: str, language: str = "en") -> str:
    """The fixed word in one of our three languages."""
    return WORDS[language][key.removeprefix(PAGE)] if key.startswith(PAGE) else say(key, language)


def host_languages() -> list[str]:
    """Languages beside ours in which a document may be drawn: those of the countries that we know."""
    codes = {code for languages in Country.objects.values_list("languages", flat=True) for code in languages if 2 <= len(code) <= 5}
    return sorted(codes - set(Language.values))


def translated(language: str) -> dict[str, str]:
    """What is translated of what is needed, by key."""
    return dict(FixedWord.objects.filter(language=language, key__in=KEYS).values_list("key", "text"))


def frozen(language: str) -> dict[str, dict[str, str]]:
    """What a release freezes: the engine's words, and the sentences of the documents."""
    known = translated(language)
    return {
        "words": {key.removeprefix(PAGE): text for key, text in sorted(known.items()) if key.startswith(PAGE)},
        "sentences": {key: text for key, text in sorted(known.items()) if not key.startswith(PAGE)},
    }


def entries(language: str) -> list[Entry]:
    """Every word that is needed, in the order of the page."""
    rows = {row.key: row for row in FixedWord.objects.filter(language=language)}
    hints = {f"{PAGE}of": _("as in “Page 1 of 2”"), f"{PAGE}draft": _("the watermark")}
    found = []
    for key in KEYS:
        row, english = rows.get(key), original(key)
        is_old = row is not None and row.source != english
        found.append(Entry(key, english, original(key, "fr"), row.text if row else "", is_old, hints.get(key, "")))
    return found


def lacks(wanted: list[str]) -> list[Lack]:
    """The languages of `wanted` beside ours that lack fixed words: told before anything is drawn."""
    found = []
    for language in wanted:
        missing = 0 if language in Language.values else len(KEYS) - len(translated(language))
        if missing:
            url = reverse("reports:fixed_words", args=[language])
            found.append(Lack(language, language_name(language), missing, len(KEYS), url))
    return found


@transaction.atomic
def save_words(language: str, texts: Mapping[str, str], *, by: Actor) -> int:
    """Write the words given, all or none; an empty one is taken out. Returns how many were changed.

    Raises Invalid naming the word whose values in braces are not those of the English, or which is too long.
    """
    authorize(by, "reports.translate_words")
    _known(language)
    changed = []
    rows = {row.key: row for row in FixedWord.objects.select_for_update().filter(language=language)}
    for key, given in texts.items():
        text = " ".join(given.split())
        _refuse(key, text)
        row, source = rows.get(key), original(key)
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
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in text.split("\n")[0] else ",")
    if "key" not in (rows.fieldnames or ()) or language not in (rows.fieldnames or ()):
        sentence = _("The table needs the columns “key” and “%(language)s”, as the table that is given out has them.")
        raise Invalid(sentence % {"language": language}, code="columns", attr="file")
    return {row["key"]: (row[language] or "").removeprefix("'") for row in rows if row["key"] and (row[language] or "").strip()}


def _known(language: str) -> None:
    if language not in host_languages():
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": language}, code="not_a_choice", attr="language")


def _refuse(key: str, text: str) -> None:
    if key not in KEYS:
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": key}, code="not_a_choice", attr="key")
    english = original(key)
    longest = LONGEST_STAMP if key == f"{PAGE}draft" else LONGEST
    if len(text) > longest:
        sentence = _("“%(english)s”: the translation has %(most)s characters at most.")
        raise Invalid(sentence % {"english": english, "most": longest}, code="too_long", attr=key)
    if text and (sorted(SLOT.findall(text)) != sorted(SLOT.findall(english)) or "{" in SLOT.sub("", text) or "}" in SLOT.sub("", text)):
        wanted = ", ".join(SLOT.findall(english)) or _("nothing in braces")
        sentence = _("“%(english)s”: the translation must keep what stands in braces as it is: %(wanted)s.")
        raise Invalid(sentence % {"english": english, "wanted": wanted}, code="slots", attr=key)
