"""The one writer of a report's state. From drafting to transmission the report leads: its moves ask for the moves of all
its missions in the same transaction (DESIGN 3, "Report leads")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.actors import Actor, user_actor
from core.audit import record
from core.errors import Invalid, Missing, NotNow
from core.rights import allowed, authorize
from missions.enums import MissionState
from missions.lifecycle import action_to, road_for
from missions.models import Mission
from missions.services.lifecycle import move_mission
from reports.lifecycle import MOVES, Move
from reports.models import Recommendation, Report, ReportMove
from reports.services import accepted_shares, adoption, consultation, recommendations
from reports.services.recommendation_checks import missing_of_all
from reports.services.report_checks import open_meetings
from reports.services.reports import locked


@dataclass(frozen=True)
class AvailableMove:
    """A button: the action, its label, whether a note is asked for, and what still stands in the way."""

    action: str
    label: Any
    needs_note: bool
    missing: list[Missing]

    @property
    def has_page(self) -> bool:
        """Does the move ask for something first: a day, a number, a reason?"""
        return self.needs_note or self.action in ASKING


def needs_note(report: Report, action: str) -> bool:
    """Must a reason be given: for a move that always asks for one, and for leaving the consultation before its day."""
    return MOVES[action].needs_note or (action == "agree" and consultation.ends_early(report))


@transaction.atomic
def move_report(report: Report, action: str, *, by: Actor, note: str = "", **details: Any) -> Report:
    """Move a report and, with it, its missions. Asked twice, answered twice.

    details: `adopt` takes `adopted_on`, `number`, `recommendation_number`, `resolution_number`; `consult` takes `until`;
    `approve` takes `committee_on`; `transmit` takes `transmitted_on`. Raises NotNow with everything that is missing.
    """
    report = locked(report)
    move = MOVES[action]
    authorize(by, move.permission, report)
    if report.state == move.target:
        return report
    if report.state not in move.sources:
        raise NotNow(_("A report that is “%(state)s” cannot take this step.") % {"state": report.get_state_display()}, code="report_state")
    if needs_note(report, action) and not note.strip():
        raise Invalid(_why(report, action), code="note_missing", attr="note")
    missing = missing_for(report, action)
    if missing:
        raise NotNow(_("Something is missing for this step."), code="report_missing", missing=missing)
    source = report.state
    fields = _prepare(report, action, by=by, details=details)
    report.state = move.target
    report.version += 1
    report.save_changes("state", "version", *fields)
    ReportMove.objects.create(
        report=report, action=action, source=source, target=move.target, by=str(by), note=note.strip(), moved_at=clock.now()
    )
    record(by, "reports.report_moved", report, fields=["state", *fields], data={"from": source, "to": move.target, "action": action})
    _follow(report, action, by=by)
    _move_missions(report, move, by=by, note=note)
    return report


def available_moves(report: Report, user: Any) -> list[AvailableMove]:
    """The moves `user` may make from the report's state; publishing has its own page and is named too."""
    by = user_actor(user)
    return [
        AvailableMove(action, move.label, needs_note(report, action), missing_for(report, action))
        for action, move in MOVES.items()
        if report.state in move.sources and allowed(by, move.permission, report)
    ]


def moves_of_others(report: Report, user: Any) -> list[tuple[str, str]]:
    """The next moves that wait for somebody else: what, and for whom."""
    by = user_actor(user)
    return [
        (str(move.label), str(WHO.get(move.permission, "")))
        for action, move in MOVES.items()
        if report.state in move.sources and action not in SIDEWAYS and not allowed(by, move.permission, report)
    ]


def missing_for(report: Report, action: str) -> list[Missing]:
    """Everything that stands between the report and the move, with the page where it is mended."""
    guard = _GUARDS.get(action)
    return guard(report) if guard else []


def agree_report(report: Report, *, by: Actor, note: str = "") -> Report:
    """The rapporteur stands behind the draft. A consultation that is still open ends with the reason in `note`."""
    return move_report(report, "agree", by=by, note=note)


def submit_report(report: Report, *, by: Actor) -> Report:
    """Send the draft to the committee."""
    return move_report(report, "submit", by=by)


def approve_report(report: Report, *, by: Actor, committee_on: date | None = None) -> Report:
    """The committee adopted the memorandum and approved the draft recommendation."""
    return move_report(report, "approve", by=by, committee_on=committee_on)


def adopt_report(
    report: Report, *, by: Actor, adopted_on: date, number: str, recommendation_number: str = "", resolution_number: str = ""
) -> Report:
    """The session adopted the texts: numbers are given, the wording is fixed for good."""
    return move_report(
        report,
        "adopt",
        by=by,
        adopted_on=adopted_on,
        number=number,
        recommendation_number=recommendation_number,
        resolution_number=resolution_number,
    )


def transmit_report(report: Report, *, by: Actor, transmitted_on: date | None = None) -> Report:
    """The adopted texts went to the authorities, the Committee of Ministers and the others named in them."""
    return move_report(report, "transmit", by=by, transmitted_on=transmitted_on)


def _prepare(report: Report, action: str, *, by: Actor, details: dict[str, Any]) -> list[str]:
    """Write what the move brings with it on the instance; the names of the changed fields."""
    if action == "adopt":
        return adoption.set_adoption(report, details)
    if action == "consult":
        report.consultation_until = details.get("until")
        if report.consultation_until is None or report.consultation_until < clock.today():
            raise Invalid(_("Until which day may the authorities comment? Name a day that is not past."), code="until", attr="until")
        return ["consultation_until"]
    if action == "approve":
        report.committee_on = adoption.checked_committee_day(report, details.get("committee_on") or clock.today())
        return ["committee_on"]
    if action == "transmit":
        report.transmitted_on = adoption.checked_transmission_day(report, details.get("transmitted_on") or clock.today())
        return ["transmitted_on"]
    return []


def _follow(report: Report, action: str, *, by: Actor) -> None:
    """What the move does to the recommendations and to the consultation."""
    if action == "consult":
        consultation.ask_authorities(report, by=by)
    elif action in {"agree", "withdraw"}:
        consultation.close_links(report, by=by)
    if action in {"approve", "settle"}:
        recommendations.approve_all(report, by=by)
    elif action == "amend":
        recommendations.approve_all(report, by=by)
        recommendations.open_for_amendment(report, by=by)
    elif action == "return":
        recommendations.reopen_all(report, by=by)
    elif action == "adopt":
        assert report.adopted_on is not None
        recommendations.adopt_all(report, adopted_on=report.adopted_on, by=by)
    elif action == "withdraw" and not report.adopted_on:
        Recommendation.objects.filter(report=report).update(report=None)


def _move_missions(report: Report, move: Move, *, by: Actor, note: str) -> None:
    """Ask for the missions' moves. A mission that is already there, or whose format has no such stage, stays.

    A second mission that was declined or cancelled holds nothing up: the report is about the others.
    """
    if not move.mission_target:
        return
    missions = list(Mission.objects.select_for_update().filter(reports=report).order_by("pk"))
    standing = [mission for mission in missions if mission.state not in {MissionState.DECLINED, MissionState.CANCELLED}]
    for mission in standing or missions:
        action = action_to(move.mission_target, mission.state, mission.format)
        if action:
            move_mission(mission, action, by=by, note=note, leader="report")
        elif not _has_reached(mission, move.mission_target):
            raise NotNow(
                _("The mission %(mission)s is “%(state)s”: it must come first to where the report is.")
                % {"mission": mission.reference, "state": mission.get_state_display()},
                code="mission_behind",
                missing=[Missing("mission_behind", mission.get_state_display(), mission.get_absolute_url())],
            )


def _has_reached(mission: Mission, target: str) -> bool:
    """Is the mission at `target` or past it, or does its format have no such stage?"""
    road = [str(state) for state in road_for(mission.format)]
    if target not in road:
        return True
    return mission.state in road and road.index(mission.state) >= road.index(target)


def _missing_for_agreement(report: Report) -> list[Missing]:
    mission = report.missions.order_by("pk").first()
    missing = [
        Missing(
            "section_empty",
            _("The chapter “%(chapter)s” has no paragraph.") % {"chapter": section.get_code_display()},
            reverse("reports:section", args=[mission.reference, section.code]) if mission else report.get_absolute_url(),
        )
        for section in report.sections.filter(paragraphs=None)
        if section.code in REQUIRED_SECTIONS
    ]
    if report.has_recommendation and not report.recommendations.live().exists():
        missing.append(Missing("no_recommendation", _("The report has no recommendation."), report.get_absolute_url()))
    return [*missing, *open_meetings(report), *consultation.missing_for_leaving(report)]


def _missing_for_consultation(report: Report) -> list[Missing]:
    return [*open_meetings(report), *consultation.missing_for_consultation(report)]


def _why(report: Report, action: str) -> str:
    if MOVES[action].needs_note or report.consultation_until is None:
        return _("Say why.")
    until = date_format(report.consultation_until, "DATE_FORMAT")
    return _("The authorities may comment until %(until)s. Say why the consultation ends before.") % {"until": until}


def _missing_for_sending(report: Report) -> list[Missing]:
    return [*_missing_for_committee(report), *open_meetings(report)]


def _missing_for_committee(report: Report) -> list[Missing]:
    if not report.has_recommendation:
        return []
    return missing_of_all(report.recommendations.live().select_related("mission"), session=False)


def _missing_for_session(report: Report) -> list[Missing]:
    if not report.has_recommendation:
        return []
    calls = report.recommendations.live().select_related("mission")
    missions = list(report.missions.all())
    typed = [*accepted_shares.typed_recommendations(calls), *accepted_shares.typed_findings(missions)]
    bare = accepted_shares.open_shares(accepted_shares.standing_in(typed, missions))
    return [*missing_of_all(calls, session=True), *bare, *accepted_shares.uncounted_in(typed, missions)]


def _missing_for_publication(report: Report) -> list[Missing]:
    if report.publications.exists():
        return []
    return [Missing("no_publication", _("Choose languages and embargo on the page “Publish”."), report.get_absolute_url())]


ASKING = frozenset({"adopt", "approve", "consult", "publish", "transmit", "withdraw"})
"""Moves whose page asks for days, numbers, languages or a notice."""

SIDEWAYS = frozenset({"return", "amend", "withdraw", "consult"})
"""Moves off the straight road: not named as waiting for somebody."""

WHO = {
    "reports.agree_report": gettext_lazy("the rapporteur"),
    "reports.submit_report": gettext_lazy("a coordinator"),
    "reports.approve_report": gettext_lazy("a coordinator"),
    "reports.adopt_report": gettext_lazy("a coordinator"),
    "reports.publish_report": gettext_lazy("a publisher"),
    "reports.transmit_report": gettext_lazy("a coordinator or a publisher"),
}
"""For whom a move waits, by its permission."""

REQUIRED_SECTIONS = frozenset({"summary", "introduction", "election_day", "conclusions"})
"""Chapters without which no rapporteur agrees to a draft (report-structure 2 and 4)."""

_GUARDS: dict[str, Callable[[Report], list[Missing]]] = {
    "agree": _missing_for_agreement,
    "consult": _missing_for_consultation,
    "submit": _missing_for_sending,
    "approve": _missing_for_committee,
    "settle": _missing_for_committee,
    "adopt": _missing_for_session,
    "publish": _missing_for_publication,
}
