"""Every text of a mission that its statement and its report print, beside one other language: what is translated, checked, out of date.

One list for people at the desk and for the API. Each text is written by the service that owns it, so that rights, states and the log are
the same as where it is written alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import translations
from core.actors import Actor
from core.audit import record
from core.enums import TextState
from core.errors import Invalid, Stale
from core.models import Translation
from core.rights import authorize
from missions.models import Mission
from reports.documents.wording import is_ours, question_key
from reports.enums import SectionCode
from reports.models import Finding, Recommendation, Report, ReportParagraph
from reports.services import fixed_words
from reports.services.figures import snapshot_of, top_items
from reports.services.findings import translate_finding
from reports.services.languages import refuse_unknown
from reports.services.paragraphs import first_number, translate_paragraph
from reports.services.recommendations import add_adopted_translation, translate_recommendation
from reports.services.reports import translate_title

KINDS = ("mission", "report", "finding", "recommendation", "paragraph", "question")


@dataclass(frozen=True)
class TextRow:
    """One text beside its translation. `seen` marks what was read: a save against another text is refused. `is_fixed`: the wording is
    adopted, and this language of it can no longer change."""

    kind: str
    key: str
    part: str
    label: str
    original_language: str
    original: str
    text: str
    state: str
    is_fixed: bool = False

    @property
    def name(self) -> str:
        """How a form names it."""
        return f"{self.kind}:{self.key}"

    @property
    def seen(self) -> str:
        """What marks the translation that was read."""
        return translations.hash_of(self.text)

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(TextState(self.state).label)


@dataclass(frozen=True)
class Part:
    """A stretch of the texts, as long as one page: titles, findings, calls, a chapter."""

    code: str
    title: str
    rows: list[TextRow]

    @property
    def open(self) -> int:
        """How many are not checked."""
        return sum(row.state != TextState.CHECKED for row in self.rows)


def parts(mission: Mission, language: str) -> list[Part]:
    """Every text that has another original than `language`, by part; parts without one are left out."""
    refuse_unknown([language], mission.country, attr="language")
    report = Report.objects.for_mission(mission).live().select_related("country").first()
    found = [
        Part("titles", _("Titles"), [*_mission_title(mission, language), *(_report_title(report, language) if report else [])]),
        Part("findings", _("Findings"), _findings(mission, language)),
        Part("recommendations", _("Recommendations"), _calls(mission, report, language)),
        *(_chapters(report, language) if report else []),
        Part("questions", _("Questions of the figures"), _questions(mission, language)),
    ]
    return [part for part in found if part.rows]


def rows(mission: Mission, language: str) -> list[TextRow]:
    """The same as one list."""
    return [row for part in parts(mission, language) for row in part.rows]


@transaction.atomic
def save_translations(mission: Mission, language: str, given: Iterable[Mapping[str, Any]], *, by: Actor) -> int:
    """Write translations, all or none. Each of `given`: `kind`, `key`, `text`, `checked` (read against the original), and `seen` as the row
    had it. What says the same as before, and is not newly checked, is left alone. Returns how many were written.

    Raises Invalid for a text that the mission does not have, Stale where somebody else wrote it since it was read.
    """
    authorize(by, "reports.translate_texts", mission)
    known = {row.name: row for row in rows(mission, language)}
    written = 0
    for one in given:
        row = known.get(f"{one.get('kind')}:{one.get('key')}")
        if row is None:
            value = f"{one.get('kind')}:{one.get('key')}"
            raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": value}, code="not_a_choice", attr="key")
        text, checked = str(one.get("text", "")).replace("\r\n", "\n").strip(), bool(one.get("checked"))
        if text == row.text and (not checked or row.state == TextState.CHECKED or not text):
            continue
        if one.get("seen") and one["seen"] != row.seen:
            sentence = _("%(label)s: somebody else wrote this translation meanwhile. Read it again before you save.")
            raise Stale(sentence % {"label": row.label}, code="translation_stale", attr=row.name)
        _WRITERS[row.kind](mission, row, language, text, checked, by)
        written += 1
    return written


def _row(kind: str, owner: Any, field: str, part: str, label: str, language: str, texts: Mapping[str, Translation]) -> list[TextRow]:
    """The owner's text beside `language`; nothing where that is its own language."""
    if owner.authentic_language == language:
        return []
    original, own = texts.get(owner.authentic_language), texts.get(language)
    said, state = (own.text, own.state) if own and own.text else ("", TextState.MISSING.value)
    return [TextRow(kind, str(owner.uuid), part, label, owner.authentic_language, original.text if original else "", said, state)]


def _mission_title(mission: Mission, language: str) -> list[TextRow]:
    """The mission's title in a language of the host country: ours are fields of the mission."""
    if is_ours(language):
        return []
    own = translations.texts(mission, "title").get(language)
    said, state = (own.text, own.state) if own and own.text else ("", TextState.MISSING.value)
    if said and own is not None and own.source_hash != translations.hash_of(mission.title_en):
        state = TextState.STALE.value
    return [TextRow("mission", str(mission.uuid), "titles", _("Title of the mission"), "en", mission.title_en, said, state)]


def _report_title(report: Report, language: str) -> list[TextRow]:
    return _row("report", report, "title", "titles", _("Title of the report"), language, translations.texts(report, "title"))


def _findings(mission: Mission, language: str) -> list[TextRow]:
    """The findings that are printed: agreed, and not for the secretariat alone."""
    found = list(Finding.objects.for_mission(mission).agreed().printed().order_by("number"))
    texts = translations.texts_of_many(found, "statement")
    return [row for one in found for row in _row("finding", one, "statement", "findings", one.label, language, texts[one.uuid])]


def _calls(mission: Mission, report: Report | None, language: str) -> list[TextRow]:
    calls = Recommendation.objects.filter(report=report) if report else Recommendation.objects.for_mission(mission)
    found = list(calls.live().order_by("number").prefetch_related("adopted_texts"))
    texts = translations.texts_of_many(found, "text")
    made = []
    for one in found:
        adopted = {text.language: text for text in one.adopted_texts.all()}
        if not adopted:
            made += _row("recommendation", one, "text", "recommendations", one.label, language, texts[one.uuid])
            continue
        authentic, own = next(text for text in adopted.values() if text.is_authentic), adopted.get(language)
        if authentic.language == language:
            continue
        said = own.text if own else texts[one.uuid][language].text if language in texts[one.uuid] else ""
        state = TextState.CHECKED if own and own.was_checked else TextState.MACHINE if said else TextState.MISSING
        names = ("recommendation", str(one.uuid), "recommendations", one.label)
        made.append(TextRow(*names, authentic.language, authentic.text, said, state.value, is_fixed=own is not None))
    return made


def _chapters(report: Report, language: str) -> list[Part]:
    sections = list(report.sections.order_by("position"))
    found = list(ReportParagraph.objects.filter(section__in=sections).order_by("section__position", "position", "pk"))
    texts, made = translations.texts_of_many(found, "text"), []
    for section in sections:
        number, listed = first_number(section), []
        for place, one in enumerate([row for row in found if row.section_id == section.pk]):
            title = section.get_code_display()
            label = _("%(chapter)s, paragraph %(number)s") % {"chapter": title, "number": number + place}
            listed += _row("paragraph", one, "text", section.code, label, language, texts[one.uuid])
        made.append(Part(section.code, str(SectionCode(section.code).label), listed))
    return made


def _questions(mission: Mission, language: str) -> list[TextRow]:
    """The questions that the figures name, where the form has no label in the language: kept among the fixed words."""
    if is_ours(language):
        return []
    asked = [(row["code"], row.get("label") or {}) for row in top_items(snapshot_of([mission]))]
    labels = {label["en"]: code for code, label in asked if label.get("en") and not label.get(language)}
    keys = {question_key(label): label for label in labels}
    known = fixed_words.translated(language, keys)
    return [
        TextRow("question", key, "questions", labels[label], "en", label, known.get(key, ""), "checked" if key in known else "missing")
        for key, label in keys.items()
    ]


def translate_mission_title(mission: Mission, *, language: str, text: str, by: Actor, checked: bool = False) -> None:
    """Write the mission's title in a language of the host country."""
    authorize(by, "reports.translate_texts", mission)
    refuse_unknown([language], mission.country, attr="language")
    if is_ours(language):
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": language}, code="not_a_choice", attr="language")
    if len(text) > 200:
        raise Invalid(_("A title has 200 characters at most."), code="title_long", attr="title")
    state = TextState.CHECKED if checked and text else TextState.MACHINE if text else TextState.MISSING
    Translation.objects.update_or_create(
        owner_type=mission._meta.label_lower,
        owner_uuid=mission.uuid,
        field="title",
        language=language,
        defaults={"text": text, "state": state, "source_hash": translations.hash_of(mission.title_en), "changed_by": str(by)},
    )
    record(by, "reports.title_translated", mission, data={"language": language, "checked": checked})


def _write_mission(mission: Mission, row: TextRow, language: str, text: str, checked: bool, by: Actor) -> None:
    translate_mission_title(mission, language=language, text=text, by=by, checked=checked)


def _write_report(mission: Mission, row: TextRow, language: str, text: str, checked: bool, by: Actor) -> None:
    translate_title(Report.objects.get(uuid=row.key), language=language, text=text, by=by, checked=checked)


def _write_finding(mission: Mission, row: TextRow, language: str, text: str, checked: bool, by: Actor) -> None:
    finding = Finding.objects.select_related("mission__country").get(uuid=row.key)
    translate_finding(finding, language=language, text=text, by=by, checked=checked)


def _write_call(mission: Mission, row: TextRow, language: str, text: str, checked: bool, by: Actor) -> None:
    call = Recommendation.objects.select_related("country", "mission", "report").get(uuid=row.key)
    if call.is_adopted:
        add_adopted_translation(call, language=language, text=text, checked=checked, by=by)
    else:
        translate_recommendation(call, language=language, text=text, by=by, checked=checked)


def _write_paragraph(mission: Mission, row: TextRow, language: str, text: str, checked: bool, by: Actor) -> None:
    paragraph = ReportParagraph.objects.select_related("section__report").get(uuid=row.key)
    translate_paragraph(paragraph, language=language, text=text, by=by, checked=checked)


def _write_question(mission: Mission, row: TextRow, language: str, text: str, checked: bool, by: Actor) -> None:
    fixed_words.save_question(language, row.original, text, by=by)


_WRITERS = {
    "mission": _write_mission,
    "report": _write_report,
    "finding": _write_finding,
    "recommendation": _write_call,
    "paragraph": _write_paragraph,
    "question": _write_question,
}
