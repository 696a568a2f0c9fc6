"""Findings: drafted, discussed, agreed by the delegation, dropped with a reason."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import clock, translations
from core.actors import Actor
from core.audit import record
from core.enums import Access
from core.errors import Invalid, NotNow, Stale
from core.rights import authorize
from missions.models import Mission
from reports.enums import Confidence, FindingKind, FindingState, Phase, Seriousness
from reports.lifecycle import FINDING_MOVES
from reports.models import Finding, FindingComment, FindingWording
from reports.services.languages import refuse_unknown

FIELDS = ("topic", "phase", "seriousness", "kind", "confidence", "access")


@transaction.atomic
def add_finding(
    *,
    mission: Mission,
    statement: dict[str, str],
    phase: str,
    by: Actor,
    topic: Any = None,
    seriousness: int = Seriousness.MINOR,
    kind: str = FindingKind.CONCERN,
    confidence: str = Confidence.MEDIUM,
    access: str = Access.TEAM,
    authentic_language: str = "en",
    origin: str = "",
) -> Finding:
    """Write down a finding as a draft. `statement`: language -> text; the authentic one is required.

    A finding with an `origin` that the mission already has is returned as it is: suggesting twice makes nothing twice.
    """
    authorize(by, "reports.add_finding", mission)
    _check_values(phase=phase, seriousness=seriousness, kind=kind, confidence=confidence, access=access)
    if not statement.get(authentic_language, "").strip():
        raise Invalid(_("Write the finding in its own language."), code="statement_missing", attr="statement")
    Mission.objects.select_for_update().get(pk=mission.pk)  # numbers are given one after the other
    if origin:
        known = Finding.objects.for_mission(mission).filter(origin=origin).first()
        if known:
            return known
    number = (Finding.objects.for_mission(mission).aggregate(last=Max("number"))["last"] or 0) + 1
    finding = Finding.objects.create(
        mission=mission,
        number=number,
        topic=topic,
        phase=phase,
        seriousness=seriousness,
        kind=kind,
        confidence=confidence,
        access=access,
        authentic_language=authentic_language,
        origin=origin,
        drafted_by=by.user,
    )
    _write_statement(finding, statement, by=by)
    record(by, "reports.finding_added", finding, data={"number": number, "origin": origin})
    return finding


@transaction.atomic
def change_finding(finding: Finding, *, version: int, by: Actor, statement: dict[str, str] | None = None, **fields: Any) -> Finding:
    """Change an open finding. Raises Stale where somebody saved it after `version` was read."""
    finding = _locked(finding)
    authorize(by, "reports.change_finding", finding)
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"change_finding does not know {sorted(unknown)}")
    if finding.version != version:
        raise Stale(_("Somebody else changed this finding meanwhile. Read it again before you save."), code="finding_stale")
    if finding.state != FindingState.DRAFT:
        raise NotNow(_("Only an open finding can be changed. Open it again first."), code="finding_not_open")
    _check_values(**{name: value for name, value in fields.items() if name != "topic"})
    for name, value in fields.items():
        setattr(finding, name, value)
    finding.version += 1
    finding.save_changes(*fields, "version")
    _write_statement(finding, statement or {}, by=by)
    record(by, "reports.finding_changed", finding, fields=[*fields, *(["statement"] if statement else [])])
    return finding


@transaction.atomic
def translate_finding(finding: Finding, *, language: str, text: str, by: Actor, checked: bool = False) -> None:
    """Write or check a translation of the statement; allowed in every state, for it adds no new content."""
    authorize(by, "reports.translate_finding", finding)
    if language == finding.authentic_language:
        raise Invalid(_("This is the language the finding was written in: change the finding itself."), code="authentic", attr="language")
    refuse_unknown([language], finding.mission.country, attr="language")
    _set_statement(finding, language, text, by=by, state="checked" if checked else None)
    record(by, "reports.finding_translated", finding, data={"language": language, "checked": checked})


@transaction.atomic
def reword_finding(
    finding: Finding, *, version: int, language: str, text: str, by: Actor, source: str = "", checked: bool = False
) -> Finding:
    """Write the statement anew in one language, in any state but dropped: what it said before stays in its history.

    An open finding asks for the right to change it, an agreed one for the right to agree: whoever stands behind it stands behind the new
    words. A frozen statement keeps the old ones. source: where the words come from. Raises Stale where it was saved after `version`.
    """
    finding = _locked(finding)
    authorize(by, "reports.change_finding" if finding.state == FindingState.DRAFT else "reports.agree_finding", finding)
    if finding.state == FindingState.DROPPED:
        raise NotNow(_("The finding was dropped: its words no longer change."), code="finding_state")
    if finding.version != version:
        raise Stale(_("Somebody else changed this finding meanwhile. Read it again before you save."), code="finding_stale")
    if not text.strip():
        raise Invalid(_("Write the finding in its own language."), code="statement_missing", attr="statement")
    if text.strip() == translations.text_of(finding, "statement", language):
        return finding
    finding.version += 1
    finding.save_changes("version")
    _set_statement(finding, language, text, by=by, source=source)
    if checked and language != finding.authentic_language:
        translations.confirm_text(finding, "statement", language, by=by)
    record(by, "reports.finding_reworded", finding, fields=["statement"], data={"language": language, "version": finding.version})
    return finding


@transaction.atomic
def move_finding(finding: Finding, action: str, *, by: Actor, note: str = "") -> Finding:
    """The one writer of a finding's state. Asked twice, answered twice; a wrong state raises NotNow."""
    finding = _locked(finding)
    move = FINDING_MOVES[action]
    authorize(by, move.permission, finding)
    if finding.state == move.target:
        return finding
    if finding.state not in move.sources:
        raise NotNow(
            _("A finding that is “%(state)s” cannot take this step.") % {"state": finding.get_state_display()}, code="finding_state"
        )
    if move.needs_note and not note.strip():
        raise Invalid(_("Say why."), code="note_missing", attr="note")
    if action == "agree" and not finding.evidence.exists():
        raise NotNow(_("A finding rests on evidence: link at least one answer, figure, note, meeting or document."), code="no_evidence")
    source, finding.state = finding.state, move.target
    fields = ["state", "version"]
    finding.version += 1
    if action == "agree":
        finding.agreed_at, finding.agreed_by = clock.now(), by.user
        fields += ["agreed_at", "agreed_by"]
    if action == "drop":
        finding.drop_reason = note.strip()
        fields += ["drop_reason"]
    finding.save_changes(*fields)
    record(by, f"reports.finding_{_CODES[action]}", finding, fields=["state"], data={"from": source, "to": move.target})
    return finding


def agree_finding(finding: Finding, *, by: Actor) -> Finding:
    """The delegation stands behind the finding."""
    return move_finding(finding, "agree", by=by)


def drop_finding(finding: Finding, *, by: Actor, reason: str) -> Finding:
    """The delegation does not keep the finding; the reason stays."""
    return move_finding(finding, "drop", by=by, note=reason)


@transaction.atomic
def open_to_public(finding: Finding, *, by: Actor) -> Finding:
    """A publisher said yes to the finding's text in a published report. Its evidence keeps its own level."""
    finding = _locked(finding)
    authorize(by, "reports.open_finding", finding)
    if finding.access != Access.PUBLIC:
        source, finding.access = finding.access, Access.PUBLIC
        finding.version += 1
        finding.save_changes("access", "version")
        record(by, "reports.finding_opened", finding, fields=["access"], data={"from": source})
    return finding


@transaction.atomic
def comment_finding(finding: Finding, *, text: str, by: Actor) -> FindingComment:
    """Add a remark to the discussion."""
    authorize(by, "reports.comment_finding", finding)
    if not text.strip():
        raise Invalid(_("Write something first."), code="comment_empty", attr="text")
    comment = FindingComment.objects.create(finding=finding, author=by.user, text=text.strip())
    record(by, "reports.finding_commented", finding)
    return comment


_CODES = {"agree": "agreed", "reopen": "reopened", "drop": "dropped", "state": "stated", "memorialise": "memorialised"}
_CHOICES = {"phase": Phase, "seriousness": Seriousness, "kind": FindingKind, "confidence": Confidence, "access": Access}


def _check_values(**values: Any) -> None:
    for name, value in values.items():
        if value not in _CHOICES[name].values:
            raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": value}, code="not_a_choice", attr=name)


def _write_statement(finding: Finding, statement: dict[str, str], *, by: Actor) -> None:
    """The authentic text first, so that translations are hashed against it."""
    refuse_unknown(statement, finding.mission.country, attr="statement")
    for language in sorted(statement, key=lambda code: code != finding.authentic_language):
        text = statement[language]
        if language == finding.authentic_language and not text.strip():
            raise Invalid(_("Write the finding in its own language."), code="statement_missing", attr="statement")
        if text.strip() or translations.text_of(finding, "statement", language):
            if text.strip() != translations.text_of(finding, "statement", language):
                _set_statement(finding, language, text, by=by)


def _set_statement(finding: Finding, language: str, text: str, *, by: Actor, state: str | None = None, source: str = "") -> None:
    """Write a wording, and keep the one before."""
    old = translations.text_of(finding, "statement", language)
    if old and old != text.strip():
        FindingWording.objects.create(
            finding=finding, language=language, text=old, replaced_at=clock.now(), replaced_by=str(by), source=source[:200]
        )
    translations.set_text(finding, "statement", language, text, by=by, state=state)


def _locked(finding: Finding) -> Finding:
    return Finding.objects.select_for_update().select_related("mission").get(pk=finding.pk)
