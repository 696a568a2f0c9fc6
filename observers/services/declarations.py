"""Declarations for one mission: the code of conduct and conflicts of interest (observation-rules C6, C8, section 8)."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions.enums import LIVE_ASSIGNMENTS
from missions.models import Assignment
from observers.enums import DeclarationDecision, DeclarationKind
from observers.membership.dates import add_months
from observers.models import Declaration
from observers.services.assignments import tell_to_declare_again
from observers.services.interest_facts import INTEREST_MONTHS, facts_for, lapse_of

audit.register_code("observers.code_signed", gettext_lazy("Signed the code of conduct."))
audit.register_code("observers.interests_declared", gettext_lazy("Declared interests."))
audit.register_code("observers.renewal_asked", gettext_lazy("Asked for a new declaration of interests."))
audit.register_code("observers.interests_decided", gettext_lazy("Decided on declared interests."))

DATA = Path(__file__).resolve().parents[1] / "data"


@cache
def _texts(name: str) -> dict[str, Any]:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def code_of_conduct(language: str, version: str = "") -> dict[str, Any]:
    """The code of conduct in one language: `{version, language, title, intro, points, is_checked, sha256}`.

    A published version never changes; the newest is given unless another is asked for. English where the language has none.
    """
    return _text("code_of_conduct.json", "points", language, version)


def interest_questions(language: str, version: str = "") -> dict[str, Any]:
    """The questions on interests in one language; same shape, with `questions` as `[{code, text}]`."""
    return _text("interest_questions.json", "questions", language, version)


def _text(name: str, body: str, language: str, version: str) -> dict[str, Any]:
    data = _texts(name)
    version = version or data["current"]
    if version not in data["versions"]:
        raise Invalid(_("There is no version %(version)s of this text.") % {"version": version}, attr="version")
    texts = data["versions"][version]
    language = language[:2] if language[:2] in texts else "en"
    text = texts[language]
    digest = hashlib.sha256(json.dumps([version, language, text], ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    return {
        "version": version,
        "language": language,
        "title": text["title"],
        "intro": text["intro"],
        body: text[body],
        "is_checked": text["is_checked"],
        "sha256": digest,
    }


@transaction.atomic
def sign_code(assignment: Assignment, *, by: Actor, language: str, version: str = "") -> Declaration:
    """Sign the code of conduct for this mission: version, language, time and hash are kept.

    Signed twice in the same version, signed once. Raises NotNow for an assignment that is not live.
    """
    authorize(by, "observers.declare", assignment)
    _refuse_unless_live(assignment)
    text = code_of_conduct(language, version)
    current = _current(assignment, DeclarationKind.CODE)
    if current is not None and current.text_version == text["version"]:
        return current
    row = _replace(assignment, DeclarationKind.CODE, text, by=by)
    audit.record(
        by, "observers.code_signed", assignment, data={"version": row.text_version, "language": row.language, "sha256": row.sha256}
    )
    return row


@transaction.atomic
def declare_interests(
    assignment: Assignment, *, by: Actor, answers: dict[str, dict[str, str]], language: str, version: str = ""
) -> Declaration:
    """Declare interests: `answers` gives `{"answer": "yes"|"no", "detail": text}` by question code.

    All "no" is clear at once; any "yes" needs its detail and waits for the coordinator's decision. A new declaration takes
    the place of the earlier one; it holds for six months, and until a fact that it was made on changes. Raises Invalid for
    a question left open.
    """
    authorize(by, "observers.declare", assignment)
    _refuse_unless_live(assignment)
    text = interest_questions(language, version)
    kept: dict[str, dict[str, str]] = {}
    for question in text["questions"]:
        code = question["code"]
        given = answers.get(code, {})
        if given.get("answer") not in {"yes", "no"}:
            raise Invalid(_("Answer every question with yes or no: “%(question)s”") % {"question": question["text"]}, attr=code)
        detail = str(given.get("detail", "")).strip()
        if given["answer"] == "yes" and not detail:
            raise Invalid(_("Say more where you answer yes: “%(question)s”") % {"question": question["text"]}, attr=code)
        kept[code] = {"answer": given["answer"], "detail": detail}
    current = _current(assignment, DeclarationKind.INTEREST)
    facts, until = facts_for([assignment], assignment.mission)[assignment.pk], add_months(clock.today(), INTEREST_MONTHS)
    same = current is not None and current.answers == kept and current.text_version == text["version"]
    if current is not None and same and not lapse_of(current, facts, needed_until=_last_day(assignment)):
        return current
    any_yes = any(item["answer"] == "yes" for item in kept.values())
    decision = DeclarationDecision.PENDING if any_yes else DeclarationDecision.NONE
    values = {"answers": kept, "decision": decision, "facts": facts, "valid_until": until}
    row = _replace(assignment, DeclarationKind.INTEREST, text, by=by, **values)
    audit.record(by, "observers.interests_declared", assignment, data={"version": row.text_version, "to_decide": any_yes})
    return row


@transaction.atomic
def ask_to_declare_again(assignment: Assignment, *, by: Actor, reason: str) -> Declaration:
    """Ask for a new declaration because a fact changed: the one that stands no longer counts, and the person is written to.

    Raises NotNow where none was made or one is asked for already, Invalid without a reason.
    """
    authorize(by, "observers.decide_interests", assignment.mission)
    _refuse_unless_live(assignment)
    row = _current(assignment, DeclarationKind.INTEREST)
    if row is None or row.renewal_reason:
        raise NotNow(_("There is no declaration of interests that counts: nothing is to be made anew."), code="nothing_to_renew")
    if not reason.strip():
        raise Invalid(_("Write what has changed; the person reads it."), code="reason_missing", attr="reason")
    row.renewal_reason, row.renewal_asked_at = reason.strip(), clock.now()
    row.save_changes("renewal_reason", "renewal_asked_at")
    audit.record(by, "observers.renewal_asked", assignment)
    tell_to_declare_again(assignment, reason.strip(), by=by)
    return row


@transaction.atomic
def decide_interests(declaration: Declaration, *, by: Actor, is_conflict: bool, reason: str) -> Declaration:
    """The coordinator decides on declared interests, with a reason. A conflict bars confirmation and cannot be overridden."""
    authorize(by, "observers.decide_interests", declaration.assignment.mission)
    row = Declaration.objects.select_for_update().get(pk=declaration.pk)
    if row.kind != DeclarationKind.INTEREST or not row.is_current or row.decision == DeclarationDecision.NONE:
        raise NotNow(_("There is nothing to decide here."), code="nothing_to_decide")
    if not reason.strip():
        raise Invalid(_("Write the reason of the decision."), code="reason_missing", attr="reason")
    decision = DeclarationDecision.CONFLICT if is_conflict else DeclarationDecision.CLEARED
    row.decision, row.decision_reason, row.decided_by, row.decided_at = decision, reason.strip(), str(by), clock.now()
    row.save_changes("decision", "decision_reason", "decided_by", "decided_at")
    audit.record(by, "observers.interests_decided", declaration.assignment, data={"decision": decision.value})
    return row


def current_declarations(assignment: Assignment) -> dict[str, Declaration]:
    """The current declarations of an assignment, by kind."""
    return {row.kind: row for row in assignment.declarations.all() if row.is_current}


def _current(assignment: Assignment, kind: str) -> Declaration | None:
    return Declaration.objects.select_for_update().filter(assignment=assignment, kind=kind, is_current=True).first()


def _last_day(assignment: Assignment) -> date:
    """Through which day a declaration must hold: the last of the mission, today where that is past or open."""
    return max(clock.today(), assignment.mission.last_day or clock.today())


def _replace(assignment: Assignment, kind: str, text: dict[str, Any], *, by: Actor, **values: Any) -> Declaration:
    Declaration.objects.filter(assignment=assignment, kind=kind, is_current=True).update(is_current=False)
    return Declaration.objects.create(
        assignment=assignment,
        kind=kind,
        text_version=text["version"],
        language=text["language"],
        sha256=text["sha256"],
        signed_at=clock.now(),
        signed_by=str(by),
        **values,
    )


def _refuse_unless_live(assignment: Assignment) -> None:
    if assignment.state not in LIVE_ASSIGNMENTS:
        raise NotNow(_("You are not in this mission: there is nothing to declare."), code="not_live")
