"""The smaller texts of a mission: composed from its facts, edited by people, approved, and released under an embargo.

A release freezes one version, in the languages chosen; a correction is the next numbered version and names the old one.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock, translations
from core.actors import Actor
from core.audit import record
from core.enums import Language
from core.errors import Invalid, NotNow, Stale
from core.rights import authorize
from missions.enums import MeetingKind, MeetingState
from missions.models import Mission
from reports.documents.mission_text import compose
from reports.enums import MissionTextKind, MissionTextState
from reports.lifecycle import TEXT_MOVES
from reports.models import MissionText, Report
from reports.services import languages
from reports.services import mission_text_checks as checks
from reports.services.figures import snapshot_of

DETAILS = ("contact", "held_on", "held_at", "place")
SESSION_KINDS = frozenset({MissionTextKind.SPEAKING_NOTES, MissionTextKind.PRESS_RELEASE})


def text_of(mission: Mission, kind: str) -> MissionText | None:
    """The mission's text of this kind: the live one, else the newest that was withdrawn."""
    rows = MissionText.objects.filter(mission=mission, kind=kind).select_related("mission__country", "mission__request__authority")
    return rows.live().first() or rows.order_by("-pk").first()


@transaction.atomic
def compose_text(mission: Mission, kind: str, *, by: Actor) -> MissionText:
    """Compose a text from the facts of the mission, as a draft in three languages; French and German are unchecked.

    Asked again, a draft is composed anew from today's facts: its words are replaced, its contact and place stay.
    Raises NotNow with everything that is missing.
    """
    authorize(by, "reports.write_text", mission)
    if kind not in MissionTextKind.values:
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": kind}, code="not_a_choice", attr="kind")
    missing = checks.missing_for_composing(mission, kind)
    if missing:
        raise NotNow(_("The mission does not have the facts for this text yet."), code="facts_missing", missing=missing)
    Mission.objects.select_for_update().get(pk=mission.pk)  # one live text per kind
    text = MissionText.objects.filter(mission=mission, kind=kind).live().first()
    if text is None:
        text = MissionText.objects.create(
            mission=mission, kind=kind, languages=list(Language.values), composed_at=clock.now(), **_details(mission, kind)
        )
    else:
        _refuse_closed(text)
        text.version, text.composed_at = text.version + 1, clock.now()
        text.save_changes("version", "composed_at")
    source = compose.source_of(mission, snapshot_of([mission]))
    for language in Language.values:  # the authentic one, English, is the first
        title, body = compose.compose(kind, source, language)
        translations.set_text(text, "title", language, title[:300], by=by)
        translations.set_text(text, "body", language, body, by=by)
    record(by, "reports.text_composed", text, data={"kind": kind})
    return text


@transaction.atomic
def change_text(
    text: MissionText,
    *,
    version: int,
    by: Actor,
    title: dict[str, str] | None = None,
    body: dict[str, str] | None = None,
    checked: set[str] | None = None,
    **details: Any,
) -> MissionText:
    """Change a draft: title and body by language, contact, day, time, place. checked: languages somebody has read against the original.

    A language of the host country is taken along once it has words. Raises Stale where it was saved after `version`.
    """
    text = _locked(text)
    authorize(by, "reports.write_text", text)
    _refuse_closed(text)
    if text.version != version:
        raise Stale(_("Somebody else changed this text meanwhile. Read it again before you save."), code="text_stale")
    unknown = set(details) - set(DETAILS)
    if unknown:
        raise TypeError(f"change_text does not know {sorted(unknown)}")
    allowed = languages_of(text.mission)
    for name, given in (("title", title or {}), ("body", body or {})):
        for language in sorted(given, key=lambda code: code != text.authentic_language):
            if language not in allowed:
                raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": language}, code="not_a_choice", attr=name)
            _write(text, name, language, given[language], by=by)
    for language in (checked or set()) & set(allowed):
        for name in ("title", "body"):
            translations.confirm_text(text, name, language, by=by)
    for name, value in details.items():
        setattr(text, name, value.strip() if isinstance(value, str) else value)
    text.languages = [code for code in allowed if translations.text_of(text, "body", code)]
    text.version += 1
    text.save_changes(*details, "languages", "version")
    fields = [*details, *(["title"] if title else []), *(["body"] if body else [])]
    record(by, "reports.text_changed", text, fields=fields, data={"kind": text.kind})
    return text


@transaction.atomic
def move_text(text: MissionText, action: str, *, by: Actor, note: str = "", percentages_accepted: bool = False) -> MissionText:
    """The one writer of a text's state. Asked twice, answered twice; a wrong state raises NotNow.

    Approving asks for everything that the text needs; a share without n and denominator needs `percentages_accepted`, a person's yes
    that it is no figure of the mission (a threshold of the law, for example). Withdrawing takes what was released from the public site.
    """
    text = _locked(text)
    move = TEXT_MOVES[action]
    authorize(by, move.permission, text)
    if text.state == move.target:
        return text
    if text.state not in move.sources:
        raise NotNow(_("A text that is “%(state)s” cannot take this step.") % {"state": text.get_state_display()}, code="text_state")
    if move.needs_note and not note.strip():
        raise Invalid(_("Say why."), code="note_missing", attr="note")
    if action == "approve":
        missing = checks.missing_for_approval(text, percentages_accepted=percentages_accepted)
        if missing:
            raise NotNow(_("The text cannot be approved yet."), code="text_incomplete", missing=missing)
    source, text.state = text.state, move.target
    text.version += 1
    fields = ["state", "version"]
    if action == "correct":
        text.correction_note = note.strip()[:500]
        fields.append("correction_note")
    text.save_changes(*fields)
    record(by, "reports.text_moved", text, fields=["state"], data={"from": source, "to": move.target, "note": note.strip()[:500]})
    return text


def languages_of(mission: Mission) -> list[str]:
    """Languages that a text of the mission may have: ours, then those of the host country."""
    return languages.languages_of(mission.country)


def _details(mission: Mission, kind: str) -> dict[str, Any]:
    """Contact, day, time and place as far as they are known: of the last text, of the press conference."""
    last = MissionText.objects.filter(mission=mission).exclude(contact="").order_by("-updated_at").first()
    details: dict[str, Any] = {"contact": last.contact if last else ""}
    if kind == MissionTextKind.MEDIA_ADVISORY:
        rows = mission.meetings.filter(kind=MeetingKind.PRESS_CONFERENCE).exclude(state=MeetingState.CANCELLED)
        event = rows.order_by("starts_at").first()
        if event:
            details |= {"held_on": event.start_day, "held_at": event.start_time, "place": event.place}
    if kind in SESSION_KINDS:
        report = Report.objects.for_mission(mission).live().order_by("pk").first()
        if report and report.adopted_on:
            details |= {"held_on": report.adopted_on, "place": report.session}
    return details


def _write(text: MissionText, name: str, language: str, new: str, *, by: Actor) -> None:
    new = new.replace("\r\n", "\n").strip()
    if language == text.authentic_language and not new:
        raise Invalid(_("Write the text in its own language."), code="text_missing", attr=f"{name}_{language}")
    if name == "title" and len(new) > 300:
        raise Invalid(_("A title has 300 characters at most."), code="title_long", attr=f"{name}_{language}")
    if new != translations.text_of(text, name, language):
        translations.set_text(text, name, language, new, by=by)


def _refuse_closed(text: MissionText) -> None:
    if text.state != MissionTextState.DRAFT:
        raise NotNow(_("Only a draft can be changed. Return it to the draft first."), code="text_closed")


def _locked(text: MissionText) -> MissionText:
    rows = MissionText.objects.select_for_update(of=("self",)).select_related("mission__country")
    return rows.get(pk=text.pk)
