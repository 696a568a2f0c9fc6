"""The one writer of a mission's state."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services.names import names_of
from core import audit, clock
from core.actors import Actor, user_actor
from core.errors import Invalid, Missing, NotNow, Stale
from core.rights import allowed, authorize
from missions import checks
from missions.enums import ROAD, MissionFormat, MissionState
from missions.lifecycle import CONVERT, CONVERT_SOURCES, MOVES, Move, actions_from
from missions.models import Mission, MissionMove
from missions.services.deadlines import complete_reached, recompute_milestones
from missions.services.preparations import put_up_default_list


@dataclass(frozen=True)
class AvailableMove:
    """A move that a reader may make now, and what is missing for it.

    then: what it produces or opens. meets: the deadlines that it marks as done.
    """

    action: str
    label: str
    target: str
    needs_note: bool = False
    missing: list[Missing] = field(default_factory=list)
    then: str = ""
    meets: list[str] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        """Nothing stands in its way."""
        return not self.missing


@transaction.atomic
def move_mission(mission: Mission | int, action: str, *, by: Actor, note: str = "", seen_state: str = "", leader: str = "") -> Mission:
    """Move a mission by `action`, once: asked again where it has arrived, it answers as the first time.

    seen_state: the state that the asker's page showed; another one now raises Stale. leader: the noun whose own move
    brings this one along ("report"). Raises NotNow for the wrong state or with everything that is missing, Invalid where
    a reason is needed, LookupError for an unknown action.
    """
    mission = _locked(mission)
    move = MOVES[action]
    authorize(by, move.permission, mission)
    if mission.state == move.target:
        return mission
    _check_seen(mission, seen_state)
    if mission.state not in move.sources_for(mission.format):
        raise NotNow(_wrong_state(mission, move), code="wrong_state")
    if move.led_by and leader != move.led_by:
        sentence = _("“%(move)s” comes with the report's own move; make it there.") % {"move": move.label}
        raise NotNow(sentence, code="led_by_report")
    if move.needs_note and not note.strip():
        raise Invalid(_("Say why: the reason becomes part of the mission's history."), code="reason_missing", attr="note")
    missing = missing_for(mission, action)
    if missing:
        raise NotNow(_("“%(move)s” has to wait: something is missing.") % {"move": move.label}, code="something_missing", missing=missing)
    _write(mission, action, by=by, note=note, state=move.target)
    complete_reached(mission, by=by)
    if move.target == MissionState.COMPOSING:
        put_up_default_list(mission, by=by)
    audit.record(by, "missions.moved", mission, fields=["state"], data={"action": action, "to": move.target})
    return mission


@transaction.atomic
def convert_format(mission: Mission | int, *, by: Actor, format: str, reason: str, seen_state: str = "") -> Mission:
    """Convert the mission to another format, with a reason (DESIGN 4); its deadlines follow. The same format is a no-op."""
    mission = _locked(mission)
    authorize(by, "missions.move_mission", mission)
    if mission.format != format:
        _check_seen(mission, seen_state)
    check_convertible(mission, format=format, reason=reason)
    if mission.format == format:
        return mission
    _write(mission, CONVERT, by=by, note=reason, format=format)
    recompute_milestones(mission, by=by)
    audit.record(by, "missions.converted", mission, fields=["format"], data={"to": format})
    return mission


def check_convertible(mission: Mission, *, format: str, reason: str) -> None:
    """Raise what stands in the way of a conversion: no such format, the state, no reason, or what other apps find missing."""
    if format not in MissionFormat.values:
        raise Invalid(_("There is no such format of a mission."), code="format", attr="format")
    if mission.format == format:
        return
    if mission.state not in CONVERT_SOURCES:
        raise NotNow(_("The format can be converted only between the invitation and election day."), code="wrong_state")
    if not reason.strip():
        raise Invalid(_("Say why: the reason becomes part of the mission's history."), code="reason_missing", attr="reason")
    missing = checks.missing_for(CONVERT, mission)
    if missing:
        raise NotNow(_("The format cannot be converted: something stands in the way."), code="something_missing", missing=missing)


def missing_for(mission: Mission, action: str) -> list[Missing]:
    """Everything that stands in the way of `action`, from all apps that have a say."""
    return checks.missing_for(action, mission)


def available_moves(mission: Mission, user: Any) -> list[AvailableMove]:
    """The moves this reader may make from the present state, each with what is missing; moves that a report leads are left out."""
    by = user_actor(user)
    answers = []
    for action in actions_from(mission.state, mission.format):
        move = MOVES[action]
        if move.led_by or not allowed(by, move.permission, mission):
            continue
        missing, meets = missing_for(mission, action), deadlines_met(mission, move.target)
        answers.append(AvailableMove(action, str(move.label), move.target, move.needs_note, missing, str(move.then), meets))
    return answers


def deadlines_met(mission: Mission, target: str) -> list[str]:
    """The open deadlines that arriving in `target` marks as done, by name."""
    if target not in ROAD:
        return []
    reached = [state.value for state in ROAD[: ROAD.index(MissionState(target)) + 1]]
    return [row.rule.label for row in mission.milestones.open().filter(rule__done_in__in=reached).select_related("rule")]


@dataclass(frozen=True)
class HistoryLine:
    """One line of a mission's history in words: who, when, what, why."""

    at: datetime
    action: str
    label: str
    before: str
    after: str
    by: str
    note: str


def history_of(mission: Mission) -> list[HistoryLine]:
    """The mission's history, the first line first: moves, and conversions of the format."""
    rows = list(mission.moves.all())
    names = names_of(row.by for row in rows)
    return [
        HistoryLine(
            row.at,
            row.action,
            str(MOVES[row.action].label) if row.action in MOVES else _("Format converted"),
            row.get_from_format_display() if row.action == CONVERT else row.get_from_state_display(),
            row.get_to_format_display() if row.action == CONVERT else row.get_to_state_display(),
            names[row.by],
            row.note,
        )
        for row in rows
    ]


def next_move(mission: Mission) -> Move | None:
    """The move that leads on along the road, whoever makes it."""
    ahead = [MOVES[action] for action in actions_from(mission.state, mission.format) if action not in {"cancel", "decline"}]
    return ahead[0] if ahead else None


def _locked(mission: Mission | int) -> Mission:
    pk = mission.pk if isinstance(mission, Mission) else mission
    return Mission.objects.select_for_update(of=("self",)).select_related("country", "election", "request").get(pk=pk)


def _check_seen(mission: Mission, seen_state: str) -> None:
    if seen_state and seen_state != mission.state:
        sentence = _("Somebody moved the mission meanwhile: it is now “%(state)s”.") % {"state": mission.get_state_display()}
        raise Stale(sentence, code="stale")


def _write(mission: Mission, action: str, *, by: Actor, note: str, state: str = "", format: str = "") -> None:
    before_state, before_format = mission.state, mission.format
    now = clock.now()
    if state:
        mission.state = state
        mission.state_since = now
        mission.save_changes("state", "state_since")
    if format:
        mission.format = format
        mission.save_changes("format")
    MissionMove.objects.create(
        mission=mission,
        action=action,
        from_state=before_state,
        to_state=mission.state,
        from_format=before_format,
        to_format=mission.format,
        note=note.strip(),
        by=str(by),
        at=now,
    )


def _wrong_state(mission: Mission, move: Move) -> str:
    wanted = [str(MissionState(state).label) for state in move.sources_for(mission.format)]
    if not wanted:
        sentence = _("A mission of the format “%(format)s” does not make the move “%(move)s”.")
        return sentence % {"format": mission.get_format_display(), "move": move.label}
    sentence = _("“%(move)s” is possible from: %(wanted)s. The mission is now “%(state)s”.")
    return sentence % {"move": move.label, "wanted": ", ".join(sorted(wanted)), "state": mission.get_state_display()}
