"""Recommendations: drafted from findings, approved, amended, adopted. After adoption no word changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import translations
from core.actors import Actor
from core.audit import record
from core.documents.letters import letters
from core.enums import TextState
from core.errors import Invalid, NotNow, Stale
from core.rights import authorize
from missions.models import Mission
from reports.enums import ActionType, Addressee, Priority, RecommendationState, Relation
from reports.models import (
    AdoptedText,
    Finding,
    Recommendation,
    RecommendationAddressee,
    RecommendationRelation,
    RecommendationStandard,
    Report,
    Standard,
)
from reports.services.figures import TOKEN, empty_snapshot, fill_tokens, snapshot_of
from reports.services.languages import languages_of, refuse_unknown

CALL_PARAGRAPH = 5
"""The calls stand in paragraph 5 of a recommendation (report-structure 4)."""

OPEN = frozenset({RecommendationState.DRAFT, RecommendationState.AMENDED})


@transaction.atomic
def draft_recommendation(
    *,
    mission: Mission,
    text: dict[str, str],
    by: Actor,
    findings: Iterable[Finding] = (),
    standards: Iterable[str | tuple[str, str]] = (),
    addressees: Iterable[str] = (),
    priority: str = Priority.NORMAL,
    action_type: str = ActionType.PRACTICE,
    topic: Any = None,
    authentic_language: str = "en",
    relations: Iterable[tuple[Recommendation, str]] = (),
    one_action_confirmed: bool = False,
) -> Recommendation:
    """Draft a recommendation. `standards`: codes, or (code, quotation); `relations`: (earlier, repeats|widens|replaces)."""
    authorize(by, "reports.draft_recommendation", mission)
    _refuse_closed_report(mission)
    check_choice(Priority, priority, "priority")
    check_choice(ActionType, action_type, "action_type")
    if not text.get(authentic_language, "").strip():
        raise Invalid(_("Write the recommendation in its own language."), code="text_missing", attr="text")
    Mission.objects.select_for_update().get(pk=mission.pk)  # numbers are given one after the other
    number = (Recommendation.objects.for_mission(mission).aggregate(last=Max("number"))["last"] or 0) + 1
    recommendation = Recommendation.objects.create(
        mission=mission,
        country=mission.country,
        report=Report.objects.for_mission(mission).live().first(),
        number=number,
        priority=priority,
        action_type=action_type,
        topic=topic,
        authentic_language=authentic_language,
        one_action_confirmed=one_action_confirmed,
    )
    _write_text(recommendation, text, by=by)
    _set_findings(recommendation, findings)
    set_standards(recommendation, standards)
    set_addressees(recommendation, addressees)
    _set_relations(recommendation, relations)
    record(by, "reports.recommendation_drafted", recommendation, data={"number": number})
    return recommendation


@transaction.atomic
def change_recommendation(
    recommendation: Recommendation,
    *,
    version: int,
    by: Actor,
    text: dict[str, str] | None = None,
    findings: Iterable[Finding] | None = None,
    standards: Iterable[str | tuple[str, str]] | None = None,
    addressees: Iterable[str] | None = None,
    relations: Iterable[tuple[Recommendation, str]] | None = None,
    **fields: Any,
) -> Recommendation:
    """Change a recommendation while its report may be edited. Raises Stale where it was saved after `version`."""
    recommendation = _locked(recommendation)
    authorize(by, "reports.change_recommendation", recommendation)
    unknown = set(fields) - {"priority", "action_type", "topic", "one_action_confirmed"}
    if unknown:
        raise TypeError(f"change_recommendation does not know {sorted(unknown)}")
    if recommendation.version != version:
        raise Stale(_("Somebody else changed this recommendation meanwhile. Read it again before you save."), code="recommendation_stale")
    refuse_closed(recommendation)
    if "priority" in fields:
        check_choice(Priority, fields["priority"], "priority")
    if "action_type" in fields:
        check_choice(ActionType, fields["action_type"], "action_type")
    for name, value in fields.items():
        setattr(recommendation, name, value)
    recommendation.version += 1
    recommendation.save_changes(*fields, "version")
    if text is not None:
        _write_text(recommendation, text, by=by)
    if findings is not None:
        _set_findings(recommendation, findings)
    if standards is not None:
        set_standards(recommendation, standards)
    if addressees is not None:
        set_addressees(recommendation, addressees)
    if relations is not None:
        _set_relations(recommendation, relations)
    named = {"text": text, "findings": findings, "standards": standards, "addressees": addressees, "relations": relations}
    changed = [*fields, *[name for name, value in named.items() if value is not None]]
    record(by, "reports.recommendation_changed", recommendation, fields=changed)
    return recommendation


@transaction.atomic
def translate_recommendation(recommendation: Recommendation, *, language: str, text: str, by: Actor, checked: bool = False) -> None:
    """Write or check a translation of the draft. After adoption a new language is added with `add_adopted_translation`."""
    authorize(by, "reports.translate_recommendation", recommendation)
    if language == recommendation.authentic_language:
        raise Invalid(_("This is the language the recommendation was written in."), code="authentic", attr="language")
    refuse_unknown([language], recommendation.country, attr="language")
    if recommendation.is_adopted:
        raise NotNow(_("The recommendation is adopted: its wording no longer changes."), code="adopted")
    translations.set_text(recommendation, "text", language, text, by=by, state=TextState.CHECKED if checked else None)
    record(by, "reports.recommendation_translated", recommendation, data={"language": language, "checked": checked})


@transaction.atomic
def withdraw_recommendation(recommendation: Recommendation, *, by: Actor, reason: str) -> Recommendation:
    """Take a draft back, with a reason. An adopted one stays: only a later text can replace it."""
    recommendation = _locked(recommendation)
    authorize(by, "reports.change_recommendation", recommendation)
    if recommendation.state == RecommendationState.WITHDRAWN:
        return recommendation
    refuse_closed(recommendation)
    if not reason.strip():
        raise Invalid(_("Say why."), code="note_missing", attr="reason")
    recommendation.state, recommendation.withdrawn_reason = RecommendationState.WITHDRAWN, reason.strip()
    recommendation.version += 1
    recommendation.save_changes("state", "withdrawn_reason", "version")
    record(by, "reports.recommendation_withdrawn", recommendation, fields=["state"])
    return recommendation


@transaction.atomic
def order_recommendations(mission: Mission, uuids: Sequence[str], *, by: Actor) -> None:
    """Give the mission's open recommendations a new order; `uuids` names every live one."""
    authorize(by, "reports.draft_recommendation", mission)
    _refuse_closed_report(mission)
    rows = {str(row.uuid): row for row in Recommendation.objects.select_for_update().for_mission(mission).live()}
    if sorted(rows) != sorted(str(uuid) for uuid in uuids):
        raise Stale(_("The list of recommendations changed meanwhile. Read it again before you order it."), code="order_stale")
    numbers = sorted(row.number for row in rows.values())
    top = (Recommendation.objects.for_mission(mission).aggregate(last=Max("number"))["last"] or 0) + 1
    for shift, uuid in enumerate(uuids):  # out of the way first: numbers are unique
        Recommendation.objects.filter(pk=rows[str(uuid)].pk).update(number=top + shift)
    for number, uuid in zip(numbers, uuids, strict=True):
        rows[str(uuid)].number = number
        rows[str(uuid)].save_changes("number")
    record(by, "reports.recommendations_ordered", mission)


def paragraph_number(position: int, *, paragraph: int = CALL_PARAGRAPH) -> str:
    """The lettered place of the `position`-th call (from 0): `5.a` … `5.z`, `5.aa`."""
    return f"{paragraph}.{letters(position + 1)}"


def approve_all(report: Report, *, by: Actor) -> None:
    """The committee approved the draft: inside the report's own move."""
    rows = Recommendation.objects.filter(report=report, state__in=OPEN)
    for row in rows:
        _set_state(row, RecommendationState.APPROVED, by=by)


def open_for_amendment(report: Report, *, by: Actor) -> None:
    """The texts may be changed again: inside the report's own move."""
    for row in Recommendation.objects.filter(report=report, state=RecommendationState.APPROVED):
        _set_state(row, RecommendationState.AMENDED, by=by)


def reopen_all(report: Report, *, by: Actor) -> None:
    """Back to the draft: inside the report's own move."""
    for row in Recommendation.objects.filter(report=report, state__in=[RecommendationState.APPROVED, RecommendationState.AMENDED]):
        _set_state(row, RecommendationState.DRAFT, by=by)


def adopt_all(report: Report, *, adopted_on: date, by: Actor) -> int:
    """Fix the wording of every approved recommendation, in each language that has one: inside the report's own move.

    From here on the database refuses to change it. Live figures are fixed with it, as they are counted at this moment.
    """
    rows = list(Recommendation.objects.filter(report=report, state=RecommendationState.APPROVED).order_by("number"))
    texts = translations.texts_of_many(rows, "text")
    has_figures = any(TOKEN.search(text.text) for row in rows for text in texts[row.uuid].values())
    figures = snapshot_of(report.missions.order_by("pk")) if has_figures else empty_snapshot()
    for position, row in enumerate(rows):
        row.state, row.adopted_on, row.paragraph = RecommendationState.ADOPTED, adopted_on, paragraph_number(position)
        row.version += 1
        row.save_changes("state", "adopted_on", "paragraph", "version")
        AdoptedText.objects.bulk_create(
            AdoptedText.of(row, language, fill_tokens(text.text, figures, language), was_checked=text.state == TextState.CHECKED)
            for language, text in sorted(texts[row.uuid].items())
            if text.text
        )
        record(by, "reports.recommendation_adopted", row, fields=["state", "paragraph"], data={"paragraph": row.paragraph})
    return len(rows)


@transaction.atomic
def add_adopted_translation(recommendation: Recommendation, *, language: str, text: str, checked: bool, by: Actor) -> AdoptedText:
    """Add a language to an adopted text. A language that is there cannot be replaced."""
    authorize(by, "reports.translate_recommendation", recommendation)
    if not recommendation.is_adopted or language not in languages_of(recommendation.country) or not text.strip():
        raise Invalid(_("Give a language and its text, for an adopted recommendation."), code="translation", attr="text")
    if recommendation.adopted_texts.filter(language=language).exists():
        raise NotNow(_("The recommendation is adopted: its wording no longer changes."), code="adopted")
    row = AdoptedText.of(recommendation, language, text.strip(), was_checked=checked)
    row.save()
    record(by, "reports.recommendation_translated", recommendation, data={"language": language, "checked": checked})
    return row


def _set_state(row: Recommendation, state: str, *, by: Actor) -> None:
    source, row.state = row.state, state
    row.version += 1
    row.save_changes("state", "version")
    record(by, "reports.recommendation_moved", row, fields=["state"], data={"from": source, "to": state})


def _write_text(row: Recommendation, text: dict[str, str], *, by: Actor) -> None:
    refuse_unknown(text, row.country, attr="text")
    for language in sorted(text, key=lambda code: code != row.authentic_language):
        old, new = translations.text_of(row, "text", language), text[language].strip()
        if language == row.authentic_language and not new:
            raise Invalid(_("Write the recommendation in its own language."), code="text_missing", attr="text")
        if new != old:
            translations.set_text(row, "text", language, new, by=by)


def _set_findings(row: Recommendation, findings: Iterable[Finding]) -> None:
    findings = list(findings)
    if any(finding.mission_id not in _missions_of(row) for finding in findings):
        raise Invalid(_("A recommendation rests on findings of its own mission."), code="finding_elsewhere", attr="findings")
    row.findings.set(findings)


def _missions_of(row: Recommendation) -> set[int | None]:
    shared: set[int | None] = set(row.report.missions.values_list("pk", flat=True)) if row.report else set()
    return shared | {row.mission_id}


def set_standards(row: Recommendation, standards: Iterable[str | tuple[str, str]]) -> None:
    """Make these the standards it cites: codes, or (code, quotation)."""
    wanted = dict((entry, "") if isinstance(entry, str) else entry for entry in standards)
    known = set(Standard.objects.filter(code__in=wanted).values_list("code", flat=True))
    unknown = sorted(set(wanted) - known)
    if unknown:
        raise Invalid(_("There is no standard %(code)s.") % {"code": ", ".join(unknown)}, code="standard_unknown", attr="standards")
    row.citations.exclude(standard_id__in=wanted).delete()
    for code, quotation in wanted.items():
        RecommendationStandard.objects.update_or_create(recommendation=row, standard_id=code, defaults={"quotation": quotation})


def set_addressees(row: Recommendation, addressees: Iterable[str]) -> None:
    """Make these its addressees."""
    wanted = list(dict.fromkeys(addressees))
    for addressee in wanted:
        check_choice(Addressee, addressee, "addressees")
    row.addressees.exclude(addressee__in=wanted).delete()
    for addressee in wanted:
        RecommendationAddressee.objects.get_or_create(recommendation=row, addressee=addressee)


def _set_relations(row: Recommendation, relations: Iterable[tuple[Recommendation, str]]) -> None:
    wanted = list(relations)
    for earlier, relation in wanted:
        check_choice(Relation, relation, "relations")
        if earlier.country_id != row.country_id or not earlier.is_adopted or earlier.pk == row.pk:
            sentence = _("Only an adopted recommendation to the same country can be repeated, widened or replaced.")
            raise Invalid(sentence, code="relation", attr="relations")
    row.relations.exclude(earlier__in=[earlier for earlier, _relation in wanted]).delete()
    for earlier, relation in wanted:
        RecommendationRelation.objects.update_or_create(recommendation=row, earlier=earlier, defaults={"relation": relation})


def check_choice(choices: Any, value: Any, attr: str) -> None:
    """Raise Invalid where `value` is none of the choices."""
    if value not in choices.values:
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": value}, code="not_a_choice", attr=attr)


def refuse_closed(row: Recommendation) -> None:
    """Raise NotNow where the wording is fixed or the report is not open."""
    if row.is_adopted:
        raise NotNow(_("The recommendation is adopted: its wording no longer changes."), code="adopted")
    if row.state not in OPEN or (row.report and not row.report.is_editable):
        raise NotNow(_("The report is not open for changes now."), code="report_closed")


def _refuse_closed_report(mission: Mission) -> None:
    report = Report.objects.for_mission(mission).live().first()
    if report and not report.is_editable:
        raise NotNow(_("The report is not open for changes now."), code="report_closed")


def _locked(recommendation: Recommendation) -> Recommendation:
    return Recommendation.objects.select_for_update(of=("self",)).select_related("mission", "report", "country").get(pk=recommendation.pk)
