"""The life of a mission as one table (DESIGN 4, observation-rules 5). `missions.services.lifecycle` is its only writer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

from missions.enums import BEFORE_ELECTION_DAY, DESK_FORMATS, INFORMATION_FORMATS, MissionFormat, MissionState

S = MissionState


@dataclass(frozen=True)
class Move:
    """A move of a mission.

    sources: the states it starts from. instead: for a format that skips a stage (table A8), the states it starts from in
    their place; an empty set means that missions of this format never make the move. needs_note: it is refused without a
    reason. led_by: the noun whose own move brings this one along ("report"): pages do not offer it. then: what the move
    produces or opens, said before it is made.
    """

    label: Any
    sources: frozenset[str]
    target: str
    permission: str = "missions.move_mission"
    instead: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    needs_note: bool = False
    led_by: str = ""
    then: Any = ""

    def sources_for(self, format: str) -> frozenset[str]:
        """The states from which a mission of this format makes the move."""
        return self.instead.get(format, self.sources)


def _each(formats: frozenset[MissionFormat], *states: str) -> Mapping[str, frozenset[str]]:
    return MappingProxyType({str(item): frozenset(states) for item in formats})


MOVES: Mapping[str, Move] = MappingProxyType(
    {
        "invite": Move(
            _("Register the invitation"),
            frozenset({S.WATCH}),
            S.INVITED,
            "missions.register_request",
            then=_("The Bureau note can be prepared."),
        ),
        "submit_to_bureau": Move(
            _("Put before the Bureau"),
            frozenset({S.INVITED}),
            S.BEFORE_BUREAU,
            "missions.decide_request",
            then=_("The Bureau's decision can be recorded."),
        ),
        "accept": Move(
            _("Record the Bureau's acceptance"),
            frozenset({S.BEFORE_BUREAU}),
            S.ACCEPTED,
            "missions.decide_request",
            then=_("The authority can be answered, with the letter as a PDF."),
        ),
        "decline": Move(
            _("Record the Bureau's refusal"),
            frozenset({S.BEFORE_BUREAU}),
            S.DECLINED,
            "missions.decide_request",
            needs_note=True,
            then=_("The mission is over; the authority can be answered. No deadline is reminded of any more."),
        ),
        "compose": Move(
            _("Begin to compose the delegation"),
            frozenset({S.ACCEPTED}),
            S.COMPOSING,
            then=_("The checklist of preparations is put up; members can be proposed and asked."),
        ),
        "prepare": Move(
            _("Close the list and prepare"),
            frozenset({S.COMPOSING}),
            S.PREPARING,
            then=_("Programme, stations and teams are planned with those who go."),
        ),
        "brief": Move(
            _("Begin the briefing"),
            frozenset({S.PREPARING}),
            S.BRIEFING,
            then=_("The delegation works by the released programme; the deployment plan is released for election day."),
        ),
        "start_election_day": Move(
            _("Begin election day"),
            frozenset({S.BRIEFING}),
            S.ELECTION_DAY,
            instead=_each(DESK_FORMATS),
            then=_("The live page counts what the teams send. The mission can no longer be cancelled or converted."),
        ),
        "debrief": Move(
            _("Begin the debriefing"),
            frozenset({S.ELECTION_DAY}),
            S.DEBRIEFING,
            instead=_each(DESK_FORMATS, S.BRIEFING),
            then=_("Findings are agreed. Forms that arrive late are still accepted."),
        ),
        "conclude": Move(
            _("Present the preliminary conclusions"),
            frozenset({S.DEBRIEFING}),
            S.PRELIMINARY,
            "missions.conclude_mission",
            then=_("The frozen statement stands as what was said."),
        ),
        "draft": Move(
            _("Begin to draft the report"),
            frozenset({S.PRELIMINARY}),
            S.DRAFTING,
            instead=_each(DESK_FORMATS, S.DEBRIEFING, S.PRELIMINARY),
            then=_("From here on the report's own moves bring the mission along."),
        ),
        "send_to_committee": Move(
            _("Send the report to the committee"),
            frozenset({S.DRAFTING}),
            S.COMMITTEE,
            led_by="report",
            then=_("The committee examines a frozen version of the report."),
        ),
        "send_to_adoption": Move(
            _("Send the recommendation for adoption"),
            frozenset({S.COMMITTEE}),
            S.ADOPTION,
            instead=_each(INFORMATION_FORMATS),
            led_by="report",
            then=_("The draft recommendation waits for the vote of the session."),
        ),
        "transmit": Move(
            _("Transmit the adopted texts"),
            frozenset({S.ADOPTION}),
            S.TRANSMISSION,
            instead=_each(INFORMATION_FORMATS, S.COMMITTEE),
            led_by="report",
            then=_("The texts go to those they name."),
        ),
        "follow_up": Move(
            _("Begin the follow-up"),
            frozenset({S.TRANSMISSION}),
            S.FOLLOW_UP,
            then=_("Each recommendation is assessed; the check after one year is reminded of."),
        ),
        "close": Move(
            _("Close the mission"),
            frozenset({S.FOLLOW_UP}),
            S.CLOSED,
            then=_("The mission is over and stays readable; the next mission to the country finds its recommendations."),
        ),
        "cancel": Move(
            _("Cancel the mission"),
            BEFORE_ELECTION_DAY,
            S.CANCELLED,
            needs_note=True,
            then=_("The mission is over and stays readable. No deadline is reminded of any more."),
        ),
    }
)

# A format may be converted, with a reason, as long as nobody has been in the field.
CONVERT = "convert"
CONVERT_SOURCES = BEFORE_ELECTION_DAY - {S.WATCH}


def actions_from(state: str, format: str) -> list[str]:
    """The actions that the table allows for a mission of this format in this state, in the table's order."""
    return [name for name, move in MOVES.items() if state in move.sources_for(format)]


def action_to(target: str, state: str, format: MissionFormat | str) -> str | None:
    """The action that brings a mission of this format from `state` to `target`, if there is one."""
    return next((name for name in actions_from(state, format) if MOVES[name].target == target), None)


def road_for(format: str) -> list[MissionState]:
    """The states that a mission of this format passes, in order: what its page draws as the state line."""
    skipped = {MOVES[name].target for name in MOVES if not MOVES[name].sources_for(format)}
    return [state for state in S if state not in {S.DECLINED, S.CANCELLED} | skipped]
