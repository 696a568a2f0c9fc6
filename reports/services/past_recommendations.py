"""Recommendations of texts adopted before Scrutin: entered as they were adopted, corrected where somebody typed them wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from core.audit import record
from core.enums import Language
from core.errors import Invalid, Stale
from reports.enums import ActionType, Priority, RecommendationState
from reports.models import AdoptedText, FollowUp, PastText, Recommendation
from reports.services.past_texts import locked, refuse_public, refuse_related, touch
from reports.services.recommendations import check_choice, set_addressees, set_standards

OFFICIAL = ("en", "fr")
"""The Congress adopts in its two official languages; what stands in another is a translation that nobody there checked."""

FIELDS = ("paragraph", "priority", "action_type", "topic")
PARAGRAPH = re.compile(r"\d{1,3}(?:\.[a-z]{1,5}|\.\d{1,3})*")


@transaction.atomic
def enter_recommendation(
    text: PastText,
    *,
    paragraph: str,
    wording: dict[str, str],
    by: Actor,
    addressees: Iterable[str] = (),
    standards: Iterable[str | tuple[str, str]] = (),
    priority: str = Priority.NORMAL,
    action_type: str = ActionType.PRACTICE,
    topic: Any = None,
) -> Recommendation:
    """Enter one recommendation as it was adopted. wording: language -> words, in English or French at least."""
    text = locked(text, by=by)
    words = _checked_wording(wording)
    row = Recommendation(
        past_text=text, country=text.country, number=0, state=RecommendationState.ADOPTED, adopted_on=text.adopted_on,
        authentic_language=_authentic(words),
    )  # fmt: skip
    _set(row, {"paragraph": paragraph, "priority": priority, "action_type": action_type, "topic": topic})
    row.save()
    _write(row, words)
    set_standards(row, standards)
    set_addressees(row, addressees)
    _order(text)
    touch(text)
    row.refresh_from_db()
    record(by, "reports.past_recommendation_entered", row, data={"text": text.number, "paragraph": row.paragraph})
    return row


@transaction.atomic
def correct_recommendation(
    row: Recommendation,
    *,
    version: int,
    by: Actor,
    wording: dict[str, str] | None = None,
    addressees: Iterable[str] | None = None,
    standards: Iterable[str | tuple[str, str]] | None = None,
    **fields: Any,
) -> Recommendation:
    """Correct what was typed wrongly. wording: the languages that are named; an empty one is taken away. Raises Stale as elsewhere."""
    row = Recommendation.objects.of_past().select_for_update(of=("self",)).select_related("past_text", "country").get(pk=row.pk)
    text = locked(_text(row), by=by)
    if row.version != version:
        raise Stale(_("Somebody else changed this recommendation meanwhile. Read it again before you save."), code="recommendation_stale")
    changed = _set(row, fields)
    if wording is not None:
        known = {one.language: one.text for one in row.adopted_texts.all()}
        words = _checked_wording(known | wording)
        if words != known:
            row.authentic_language = _authentic(words)
            _write(row, words)
            changed += ["authentic_language", "wording"]
    row.version += 1
    row.save_changes(*[name for name in changed if name != "wording"], "version")
    if standards is not None:
        set_standards(row, standards)
    if addressees is not None:
        set_addressees(row, addressees)
    _order(text)
    touch(text)
    row.refresh_from_db()
    record(by, "reports.past_recommendation_corrected", row, fields=changed, data={"text": text.number, "paragraph": row.paragraph})
    return row


@transaction.atomic
def remove_recommendation(row: Recommendation, *, by: Actor) -> None:
    """Take out a recommendation with its assessments; that of a public text only after the text was taken back."""
    text = locked(_text(row), by=by)
    refuse_public(text)
    refuse_related(row)
    data = {"text": text.number, "paragraph": row.paragraph, "assessments": FollowUp.objects.filter(recommendation=row).count()}
    record(by, "reports.past_recommendation_removed", row, data=data)
    row.delete()
    touch(text)


def clean_paragraph(paragraph: str) -> str:
    """The place in the text as it is stored: `5.a`, `12`, `7.b.ii`. Raises Invalid."""
    clean = re.sub(r"\s+", "", str(paragraph)).strip(".()").replace(")", "").replace("(", ".").lower()
    clean = re.sub(r"(?<=\d)(?=[a-z])", ".", clean)  # 5a is 5.a
    if not clean or len(clean) > 12 or not PARAGRAPH.fullmatch(clean):
        sentence = _("“%(text)s” is not the number of a paragraph; write it like 5.a or 12.")
        raise Invalid(sentence % {"text": paragraph}, code="paragraph", attr="paragraph")
    return clean


def _text(row: Recommendation) -> PastText:
    if row.past_text is None:
        raise Invalid(_("This recommendation belongs to a mission in Scrutin."), code="not_past")
    return row.past_text


def _set(row: Recommendation, given: dict[str, Any]) -> list[str]:
    unknown = set(given) - set(FIELDS)
    if unknown:
        raise TypeError(f"A recommendation of the past has no {sorted(unknown)}")
    values = dict(given)
    if "paragraph" in values:
        values["paragraph"] = clean_paragraph(values["paragraph"])
        if Recommendation.objects.filter(past_text=row.past_text, paragraph=values["paragraph"]).exclude(pk=row.pk).exists():
            sentence = _("Paragraph %(paragraph)s of this text is entered already.") % {"paragraph": values["paragraph"]}
            raise Invalid(sentence, code="paragraph_twice", attr="paragraph")
    if "priority" in values:
        check_choice(Priority, values["priority"], "priority")
    if "action_type" in values:
        check_choice(ActionType, values["action_type"], "action_type")
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _checked_wording(wording: dict[str, str]) -> dict[str, str]:
    unknown = sorted(set(wording) - set(Language.values))
    if unknown:
        raise Invalid(_("There is no language “%(code)s” here.") % {"code": unknown[0]}, code="language", attr="wording")
    words = {code: " ".join(text.split()) for code, text in wording.items() if text and text.strip()}
    if not any(code in words for code in OFFICIAL):
        raise Invalid(_("Give the adopted wording in English or in French."), code="wording_missing", attr="wording")
    return words


def _authentic(words: dict[str, str]) -> str:
    return next(code for code in OFFICIAL if code in words)


def _write(row: Recommendation, words: dict[str, str]) -> None:
    """The wording, each language in its row; what did not change stays as it is."""
    known = {one.language: one for one in row.adopted_texts.all()}
    for language, text in words.items():
        made = AdoptedText.of(row, language, text, was_checked=language in OFFICIAL)
        old = known.pop(language, None)
        if old is None:
            made.save()
        elif (old.text, old.is_authentic) != (made.text, made.is_authentic):
            made.pk = old.pk
            made.save(force_update=True)
    for gone in known.values():
        gone.delete()


def _order(text: PastText) -> None:
    """Numbers follow the paragraphs as people count: 5.b before 5.j, 9 before 10."""
    rows = sorted(text.recommendations.only("pk", "number", "paragraph"), key=lambda row: natural(row.paragraph))
    for number, row in enumerate(rows, start=1):
        if row.number != number:
            Recommendation.objects.filter(pk=row.pk).update(number=number)


def natural(paragraph: str) -> list[tuple[int, int, str]]:
    """A key that sorts paragraphs: figures by their value, letters by length and then by the alphabet."""
    return [(0, int(part), "") if part.isdigit() else (1, len(part), part) for part in re.findall(r"\d+|[a-z]+", paragraph)]
