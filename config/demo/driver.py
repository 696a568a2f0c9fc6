"""Drives a mission from the invitation to where it is wanted, in the order in which people would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.error import URLError

from kombu.exceptions import OperationalError as BrokerError

from config.demo import reset
from config.demo.run import HEAD, DemoFailed, Run
from config.demo.staff import make_staff
from config.demo.steps import closing, delegation, deployment, findings, follow_up, people, polling_day, programme, report, request, texts
from missions.enums import ROAD, MissionState

S = MissionState


@dataclass(frozen=True)
class Act:
    """One act of the main job: the state the mission is in while it happens, and what is done."""

    state: str
    do: Callable[[Run], None]


ACTS = (
    Act(S.WATCH, people.import_congress),
    Act(S.INVITED, request.receive_request),
    Act(S.BEFORE_BUREAU, request.put_to_bureau),
    Act(S.ACCEPTED, request.record_decision),
    Act(S.ACCEPTED, programme.import_station_list),
    Act(S.COMPOSING, delegation.propose_delegation),
    Act(S.COMPOSING, delegation.answer_invitations),
    Act(S.COMPOSING, delegation.declare_early),
    Act(S.COMPOSING, delegation.declare_and_confirm),
    Act(S.PREPARING, delegation.prepare),
    Act(S.PREPARING, programme.plan_programme),
    Act(S.PREPARING, programme.answers_of_interlocutors),
    Act(S.PREPARING, delegation.sign_late),
    Act(S.PREPARING, programme.release),
    Act(S.PREPARING, deployment.plan_deployment),
    Act(S.PREPARING, polling_day.enrol_phones),
    Act(S.PREPARING, texts.announce),
    Act(S.BRIEFING, programme.hold_meetings),
    Act(S.ELECTION_DAY, polling_day.observe),
    Act(S.DEBRIEFING, findings.debrief),
    Act(S.PRELIMINARY, findings.conclude),
    Act(S.DRAFTING, findings.draft_recommendations),
    Act(S.DRAFTING, texts.collect_practice),
    Act(S.DRAFTING, report.write_report),
    Act(S.COMMITTEE, report.to_committee),
    Act(S.ADOPTION, report.to_adoption),
    Act(S.ADOPTION, texts.speak),
    Act(S.TRANSMISSION, report.adopt_and_publish),
    Act(S.TRANSMISSION, texts.tell_the_press),
    Act(S.FOLLOW_UP, report.transmit),
    Act(S.FOLLOW_UP, follow_up.assess),
    Act(S.CLOSED, follow_up.close),
)
TARGETS = tuple(state.value for state in ROAD[ROAD.index(S.INVITED) :])


def drive(run: Run, target: str, *, last: str = "") -> None:
    """Remove what an earlier demonstration of this slot made, then act until the mission is at `target`.

    last: the name of the act after which to stop, where the mission is to be left in the midst of a state. Raises DemoFailed.
    """
    if target not in TARGETS:
        raise DemoFailed(f"“{target}” is no state that a demonstration can reach; choose one of: {', '.join(TARGETS)}.")
    run.say(HEAD)
    run.staff = make_staff()
    with run.step("0 removal", "earlier demonstration removed") as told:
        told(f"{reset.remove_earlier(run.slot)} missions")
    ahead = {state.value for state in ROAD[: ROAD.index(MissionState(target)) + 1]}
    try:
        for act in ACTS:
            if act.state not in ahead:
                break
            act.do(run)
            if act.do.__name__ == last:
                break
    except (URLError, BrokerError) as error:
        raise DemoFailed(f"The application at {run.url} or its broker does not answer: {error}") from error
    if run.mission.state != target:
        raise DemoFailed(f"The mission is “{run.mission.state}” and not “{target}”.")
    if run.out:
        closing.gather(run)
