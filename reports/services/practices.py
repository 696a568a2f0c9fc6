"""Good practice of civil participation: written down from a meeting, checked, published, taken back.

Where it was heard stays at the desk. The public reads who told it only with the source's own yes, and never a confidential
note's words (`missing_for_publishing`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import folded
from core import clock, translations
from core.actors import Actor
from core.audit import record
from core.enums import Access, Language, TextState
from core.errors import Invalid, Missing, NotNow, Stale
from core.rights import authorize
from missions.models import Meeting, MeetingNote, Mission
from reports.enums import PracticeActor, PracticeLevel, PracticeState, PracticeStep
from reports.lifecycle import PRACTICE_MOVES
from reports.models import GoodPractice
from reports.models.practice import TEXTS
from reports.services.accepted_shares import missing_in
from reports.services.recommendation_checks import named_persons
from reports.services.search import searchable

FIELDS = ("level", "step", "actors", "place", "year", "code_section", "web", "source_name", "source_agreed")
CODE_URL = "https://www.coe.int/web/ingo/civil-participation"
"""Code of good practice for civil participation in the decision-making process (Conference of INGOs, revised 30 October 2019)."""

QUOTED_WORDS = 6
"""So many words in a row from a note that is not public are a quotation of it."""


@transaction.atomic
def add_practice(
    *,
    mission: Mission,
    texts: dict[str, dict[str, str]],
    by: Actor,
    meeting: Meeting | None = None,
    note: MeetingNote | None = None,
    **fields: Any,
) -> GoodPractice:
    """Write down a good practice as a draft. texts: `title`, `text`, `lesson`, each language -> words; English is the original."""
    authorize(by, "reports.add_practice", mission)
    meeting = note.meeting if note is not None else meeting
    if meeting is not None and meeting.mission_id != mission.pk:
        raise Invalid(_("The evidence belongs to another mission."), code="evidence_elsewhere", attr="meeting")
    values = checked_facts({"level": "", "step": ""} | fields)
    Mission.objects.select_for_update().get(pk=mission.pk)  # numbers are given one after the other
    number = (GoodPractice.objects.filter(mission=mission).aggregate(last=Max("number"))["last"] or 0) + 1
    row = GoodPractice.objects.create(
        mission=mission, country=mission.country, meeting=meeting, note=note, number=number, added_by=str(by), **values
    )
    write_texts(row, texts, by=by)
    record(by, "reports.practice_added", row, data={"number": number})
    return row


@transaction.atomic
def change_practice(
    practice: GoodPractice,
    *,
    version: int,
    by: Actor,
    texts: dict[str, dict[str, str]] | None = None,
    checked: Iterable[str] = (),
    **fields: Any,
) -> GoodPractice:
    """Change a draft. checked: languages that somebody has read against the original. Raises Stale where it was saved after `version`."""
    practice = locked_practice(practice)
    authorize(by, "reports.change_practice", practice)
    if practice.mission is None:
        sentence = _("It stands here as it stands in its collection: have it changed there, and read it in again.")
        raise NotNow(sentence, code="practice_collected")
    if practice.state != PracticeState.DRAFT:
        raise NotNow(_("Only a draft can be changed. Return it to the draft first."), code="practice_closed")
    if practice.version != version:
        raise Stale(_("Somebody else changed this practice meanwhile. Read it again before you save."), code="practice_stale")
    values = checked_facts(fields)
    for name, value in values.items():
        setattr(practice, name, value)
    practice.version += 1
    practice.save_changes(*values, "version")
    write_texts(practice, texts or {}, by=by)
    for language in set(checked) & set(Language.values):
        for name in TEXTS:
            translations.confirm_text(practice, name, language, by=by)
    record(by, "reports.practice_changed", practice, fields=[*values, *(texts or {})])
    return practice


@transaction.atomic
def move_practice(
    practice: GoodPractice,
    action: str,
    *,
    by: Actor,
    note: str = "",
    languages: Iterable[str] = (),
    unchecked_accepted: Iterable[str] = (),
    shares_reason: str = "",
) -> GoodPractice:
    """The one writer of a practice's state. Asked twice, answered twice; a wrong state raises NotNow.

    Publishing takes `languages` (else the original): each is checked, or named in `unchecked_accepted`, a person's yes.
    Shares without n and denominator need a publisher's yes too: given before, or by saying in `shares_reason` why they may stand.
    """
    practice = locked_practice(practice)
    move = PRACTICE_MOVES[action]
    authorize(by, move.permission, practice)
    if practice.state == move.target:
        return practice
    if practice.state not in move.sources:
        sentence = _("A practice that is “%(state)s” cannot take this step.")
        raise NotNow(sentence % {"state": practice.get_state_display()}, code="practice_state")
    if move.needs_note and not note.strip():
        raise Invalid(_("Say why."), code="note_missing", attr="note")
    fields = ["state", "version"]
    wanted = [code for code in Language.values if code in {practice.authentic_language, *languages}]
    if action in {"check", "publish"}:
        missing = missing_for_checking(practice) + missing_for_publishing(practice)
        if action == "publish":
            missing += _unchecked(practice, wanted, set(unchecked_accepted))
            missing += _bare(practice, wanted, by=by, reason=shares_reason)
        if missing:
            raise NotNow(_("The practice cannot take this step yet."), code="practice_incomplete", missing=missing)
    source, practice.state = practice.state, move.target
    if action == "publish":
        practice.published_languages, practice.published_at = wanted, practice.published_at or clock.now()
        practice.search = searchable(_public_words(practice, wanted))
        fields += ["published_languages", "published_at", "search"]
    practice.version += 1
    practice.save_changes(*fields)
    record(by, "reports.practice_moved", practice, fields=["state"], data={"from": source, "to": move.target, "note": note.strip()[:500]})
    return practice


def missing_for_checking(practice: GoodPractice) -> list[Missing]:
    """What a practice lacks: a title, a description, a lesson for others, somebody who did it."""
    url = practice.get_absolute_url()
    missing = []
    sentences = {"title": _("The title is missing."), "text": _("The description is missing."), "lesson": _("Say what others can learn.")}
    for name, sentence in sentences.items():
        if not translations.text_of(practice, name, practice.authentic_language):
            missing.append(Missing(name, sentence, url))
    if not practice.actors:
        missing.append(Missing("actors", _("Say who did it."), url))
    return missing


def missing_for_publishing(practice: GoodPractice) -> list[Missing]:
    """What would give a confidential source away: a person named, a source without its yes, words of a note that is not public."""
    url = practice.get_absolute_url()
    words = " \n ".join(row.text for name in TEXTS for row in translations.texts(practice, name).values())
    missing = [
        Missing("person_named", _("A person is named: %(name)s.") % {"name": name}, url)
        for name in sorted(set(named_persons(words, practice.mission)))
    ]
    said = f" {_plain(words)} "
    for name in _sources(practice):
        if not practice.source_agreed and f" {_plain(name)} " in said:
            sentence = _("%(name)s told this and has not agreed to be named.") % {"name": name}
            missing.append(Missing("source_named", sentence, url))
    note = practice.note
    if note is not None and note.access != Access.PUBLIC and _quotes(said, note.text):
        missing.append(Missing("note_quoted", _("It repeats the words of a note that is not public. Say it in other words."), url))
    return missing


def _sources(practice: GoodPractice) -> list[str]:
    """Who was met: organisations and their contacts, as they are written in the programme."""
    if practice.meeting is None:
        return []
    rows = practice.meeting.participants.select_related("organisation", "contact")
    names = [row.organisation.name for row in rows if row.organisation] + [row.contact.name for row in rows if row.contact]
    return sorted({name for name in names if name})


def _quotes(said: str, note: str) -> bool:
    words = _plain(note).split()
    return any(f" {' '.join(words[at : at + QUOTED_WORDS])} " in said for at in range(len(words) - QUOTED_WORDS + 1))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", folded(text)))


def _unchecked(practice: GoodPractice, languages: list[str], accepted: set[str]) -> list[Missing]:
    missing = []
    rows = {name: translations.texts(practice, name) for name in TEXTS}
    for language in languages:
        if language == practice.authentic_language:
            continue
        found = [rows[name].get(language) for name in TEXTS]
        if any(row is None or not row.text for row in found):
            sentence = _("%(language)s: title, description or lesson is missing.") % {"language": language.upper()}
            missing.append(Missing(f"text_{language}", sentence, practice.get_absolute_url()))
        elif language not in accepted and any(row.state != TextState.CHECKED for row in found if row):
            sentence = _("%(language)s is not checked. Check it, leave the language out, or say yes to it.")
            missing.append(Missing(f"unchecked_{language}", sentence % {"language": language.upper()}, practice.get_absolute_url()))
    return missing


def bare_shares_of(practice: GoodPractice, *, by: Actor) -> list[Missing]:
    """Shares without n and denominator in any of its languages that wait for a publisher's yes."""
    return _bare(practice, list(Language.values), by=by, reason="")


def _bare(practice: GoodPractice, languages: list[str], *, by: Actor, reason: str) -> list[Missing]:
    words = [row.text for name in TEXTS for code, row in translations.texts(practice, name).items() if code in languages]
    return missing_in(words, missions=[practice.mission], url=practice.get_absolute_url(), by=by, reason=reason)


def _public_words(practice: GoodPractice, languages: list[str]) -> list[str]:
    texts = [row.text for name in TEXTS for code, row in translations.texts(practice, name).items() if code in languages]
    country = practice.country
    return [*texts, practice.place, practice.source_name, practice.collection, country.name_en, country.name_fr, country.name_de]


def checked_facts(fields: dict[str, Any]) -> dict[str, Any]:
    """The facts as given. Raises Invalid, whose `attr` names the field, for one that cannot be."""
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"a practice has no {sorted(unknown)}")
    for name, choices in (("level", PracticeLevel), ("step", PracticeStep)):
        if name in fields and fields[name] not in choices.values:
            raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": fields[name]}, code="not_a_choice", attr=name)
    for actor in fields.get("actors", ()):
        if actor not in PracticeActor.values:
            raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": actor}, code="not_a_choice", attr="actors")
    if fields.get("source_name") and not fields.get("source_agreed"):
        raise Invalid(_("Name the source only with its own yes."), code="source", attr="source_name")
    if fields.get("year") and fields["year"] > clock.today().year:
        raise Invalid(_("The year lies in the future."), code="year", attr="year")
    return fields


def write_texts(practice: GoodPractice, texts: dict[str, dict[str, str]], *, by: Actor) -> None:
    """Write what is new: the original first, so that translations are hashed against it."""
    for name, given in texts.items():
        for language in sorted(given, key=lambda code: code != practice.authentic_language):
            new = given[language].replace("\r\n", "\n").strip()
            if name == "title" and language == practice.authentic_language and not new:
                raise Invalid(_("Give the practice a title."), code="title_missing", attr=f"{name}_{language}")
            if new != translations.text_of(practice, name, language):
                translations.set_text(practice, name, language, new, by=by)


def locked_practice(practice: GoodPractice) -> GoodPractice:
    rows = GoodPractice.objects.select_for_update(of=("self",)).select_related("mission", "country", "meeting", "note")
    return rows.get(pk=practice.pk)
