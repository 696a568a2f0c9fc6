"""The life of a report: one table of moves (STYLE, "A state machine"); `services.lifecycle` is the only writer.

`mission` names the move of the mission that the report's move asks for, in the same transaction and for all its
missions (DESIGN 3, "Report leads").
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.enums import FindingState, MissionTextState, PracticeState
from reports.enums import ReportState as S


@dataclass(frozen=True)
class Move:
    """One move: from where, to where, who may, what it is called, and where it takes the missions."""

    sources: frozenset[str]
    target: str
    permission: str
    label: str | Promise
    mission_target: str = ""
    needs_note: bool = False


def _move(sources: set[S], target: S, permission: str, label: str | Promise, mission: str = "", needs_note: bool = False) -> Move:
    return Move(frozenset(s.value for s in sources), target.value, permission, label, mission, needs_note)


MOVES: dict[str, Move] = {
    "agree": _move({S.DRAFT, S.CONSULTATION}, S.AGREED, "reports.agree_report", _("Agree as rapporteur")),
    "return": _move({S.AGREED, S.COMMITTEE}, S.DRAFT, "reports.return_report", _("Return to the draft"), needs_note=True),
    "consult": _move({S.AGREED}, S.CONSULTATION, "reports.submit_report", _("Ask the authorities to comment")),
    "submit": _move({S.AGREED}, S.COMMITTEE, "reports.submit_report", _("Send to the committee"), "committee"),
    "approve": _move({S.COMMITTEE}, S.APPROVED, "reports.approve_report", _("Record the committee's approval"), "adoption"),
    "amend": _move({S.COMMITTEE, S.APPROVED}, S.AMENDED, "reports.approve_report", _("Open for amendments"), needs_note=True),
    "settle": _move({S.AMENDED}, S.APPROVED, "reports.approve_report", _("Close the amendments"), "adoption"),
    "adopt": _move({S.APPROVED}, S.ADOPTED, "reports.adopt_report", _("Record the adoption"), "transmission"),
    "publish": _move({S.ADOPTED}, S.PUBLISHED, "reports.publish_report", _("Publish")),
    "transmit": _move({S.PUBLISHED}, S.TRANSMITTED, "reports.transmit_report", _("Record the transmission")),
    "withdraw": _move(
        {S.DRAFT, S.AGREED, S.CONSULTATION, S.COMMITTEE, S.APPROVED, S.AMENDED, S.ADOPTED, S.PUBLISHED, S.TRANSMITTED},
        S.WITHDRAWN,
        "reports.withdraw_report",
        _("Withdraw"),
        needs_note=True,
    ),
}

EDITABLE = frozenset({S.DRAFT.value, S.CONSULTATION.value, S.AMENDED.value})
"""States in which the report's texts and recommendations may be changed."""

REMARKABLE = frozenset({S.DRAFT.value, S.AGREED.value, S.CONSULTATION.value, S.COMMITTEE.value, S.APPROVED.value, S.AMENDED.value})
"""States in which the delegation may comment on paragraphs and suggest others."""

ADOPTED = frozenset({S.ADOPTED.value, S.PUBLISHED.value, S.TRANSMITTED.value})
"""States with an adopted text."""

PUBLIC = frozenset({S.PUBLISHED.value, S.TRANSMITTED.value, S.WITHDRAWN.value})
"""States in which the public site may know the report, if a publication says so."""

CORRECTABLE = frozenset({S.PUBLISHED.value, S.TRANSMITTED.value})
"""States in which a correction is a new numbered version."""


F = FindingState

FINDING_MOVES: dict[str, Move] = {
    "agree": Move(frozenset({F.DRAFT.value}), F.AGREED.value, "reports.agree_finding", _("Agree")),
    "reopen": Move(frozenset({F.AGREED.value, F.DROPPED.value}), F.DRAFT.value, "reports.change_finding", _("Open again"), needs_note=True),
    "drop": Move(
        frozenset({F.DRAFT.value, F.AGREED.value, F.IN_PRELIMINARY.value}),
        F.DROPPED.value,
        "reports.agree_finding",
        _("Drop"),
        needs_note=True,
    ),
    "state": Move(frozenset({F.AGREED.value}), F.IN_PRELIMINARY.value, "reports.freeze_statement", _("Put into the statement")),
    "memorialise": Move(
        frozenset({F.AGREED.value, F.IN_PRELIMINARY.value}), F.IN_MEMORANDUM.value, "reports.change_report", _("Put into the memorandum")
    ),
}

FINDING_OPEN = frozenset({F.DRAFT.value})
FINDING_AGREED = frozenset({F.AGREED.value, F.IN_PRELIMINARY.value, F.IN_MEMORANDUM.value})

T = MissionTextState

TEXT_MOVES: dict[str, Move] = {
    "approve": Move(frozenset({T.DRAFT.value}), T.APPROVED.value, "reports.approve_text", _("Approve")),
    "return": Move(frozenset({T.APPROVED.value}), T.DRAFT.value, "reports.approve_text", _("Return to the draft"), needs_note=True),
    "release": Move(frozenset({T.APPROVED.value}), T.RELEASED.value, "reports.release_text", _("Release")),
    "correct": Move(frozenset({T.RELEASED.value}), T.DRAFT.value, "reports.release_text", _("Open for a correction"), needs_note=True),
    "withdraw": Move(
        frozenset({T.DRAFT.value, T.APPROVED.value, T.RELEASED.value}),
        T.WITHDRAWN.value,
        "reports.release_text",
        _("Withdraw"),
        needs_note=True,
    ),
}

P = PracticeState

PRACTICE_MOVES: dict[str, Move] = {
    "check": Move(frozenset({P.DRAFT.value}), P.CHECKED.value, "reports.check_practice", _("Mark as checked")),
    "return": Move(frozenset({P.CHECKED.value}), P.DRAFT.value, "reports.check_practice", _("Return to the draft"), needs_note=True),
    "publish": Move(frozenset({P.CHECKED.value}), P.PUBLISHED.value, "reports.publish_practice", _("Publish")),
    "reopen": Move(frozenset({P.PUBLISHED.value}), P.DRAFT.value, "reports.publish_practice", _("Take back and change"), needs_note=True),
    "withdraw": Move(
        frozenset({P.DRAFT.value, P.CHECKED.value, P.PUBLISHED.value}),
        P.WITHDRAWN.value,
        "reports.publish_practice",
        _("Withdraw"),
        needs_note=True,
    ),
}
