"""Proposals for a delegation: by optimisation, by hand, for a replacement; overrides; acceptance (observation-rules 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from core import audit
from core.actors import Actor
from core.enums import Language
from core.errors import Invalid, Missing, NotNow
from core.rights import authorize
from missions.enums import AssignmentRole, AssignmentState
from missions.models import Assignment, Mission
from observers.composition.candidates import Candidate, Question, Weights
from observers.composition.clash import smallest_clash
from observers.composition.criteria import Criterion, judge, reasons_for
from observers.composition.propose import compose, describe
from observers.composition.swaps import best_swaps, costs_of
from observers.enums import ProposalKind, ProposalState, SolveStatus
from observers.models import Override, Proposal
from observers.services.candidates import DEFAULT_SIZE, candidates_for, question_for

audit.register_code("observers.proposal_made", gettext_lazy("Proposed a delegation."))
audit.register_code("observers.proposal_changed", gettext_lazy("Changed the proposal by hand."))
audit.register_code("observers.proposal_accepted", gettext_lazy("Accepted the proposal and invited its members."))
audit.register_code("observers.warning_overridden", gettext_lazy("Set a warning of the composition rules aside."))

ALTERNATIVES = 3


def propose(
    mission: Mission,
    *,
    by: Actor,
    size: int = DEFAULT_SIZE,
    locked_in: Iterable[str] = (),
    locked_out: Iterable[str] = (),
    weights: Weights | None = None,
    seed: int = 1,
) -> Proposal:
    """The best delegation by the rules, stored as a proposal. Who is in already stays in, who declined stays out.

    Persons are named by uuid. The same input gives the same answer; an impossible question gives the smallest clash.
    """
    authorize(by, "observers.compose_delegation", mission)
    if not 1 <= size <= 60:
        raise Invalid(_("A delegation has between 1 and 60 members."), attr="size")
    inside, outside = _fixed_by_assignments(mission)
    question = question_for(
        mission,
        size=size,
        locked_in={*map(str, locked_in), *inside},
        locked_out={*map(str, locked_out), *outside} - inside,
        weights=weights,
        seed=seed,
    )
    outcome = compose(candidates_for(mission), question)
    return _store(mission, ProposalKind.DELEGATION, question, outcome, by=by, code="observers.proposal_made")


def adjust_proposal(
    proposal: Proposal,
    *,
    by: Actor,
    add: Collection[str] = (),
    drop: Collection[str] = (),
    lock: Collection[str] = (),
    unlock: Collection[str] = (),
    exclude: Collection[str] = (),
    include: Collection[str] = (),
    swap: tuple[str, str] | None = None,
) -> Proposal:
    """What if: the same proposal with persons added, dropped, swapped, locked in or kept out. A new row; the old one stays.

    swap: who goes out and who comes in, as one change. Nothing is optimised; criteria, costs and the next best swap of the new
    set are counted at once. Raises Invalid for a swap of somebody who is not in, or with somebody who is in already.
    """
    authorize(by, "observers.compose_delegation", proposal.mission)
    asked = proposal.asked
    chosen = [row["uuid"] for row in proposal.outcome.get("members", [])]
    if swap is not None:
        if swap[0] not in chosen or swap[1] in chosen:
            raise Invalid(_("Only somebody who is in can be swapped, for somebody who is not: open the newest proposal."), attr="do")
        drop, add = [*drop, swap[0]], [*add, swap[1]]
    gone = {*drop, *exclude}
    chosen = [uuid for uuid in chosen if uuid not in gone] + [str(uuid) for uuid in add if str(uuid) not in chosen]
    locked_in = ({*asked.get("locked_in", []), *lock} - {*unlock}) - gone
    locked_out = ({*asked.get("locked_out", []), *exclude} - {*include}) - {*add}
    question = question_for(
        proposal.mission,
        size=asked.get("size", DEFAULT_SIZE),
        locked_in=locked_in,
        locked_out=locked_out,
        weights=Weights(**asked.get("weights", {})),
        seed=asked.get("seed", 1),
    )
    candidates = candidates_for(proposal.mission)
    members = [c for c in candidates if c.uuid in set(chosen)]
    outcome = {**judge_selection(members, question), "costs": costs_of(members, question) if members else {}}
    outcome["swaps"] = best_swaps(candidates, members, _with_seated_locked(proposal.mission, question)) if members else []
    same = [m["uuid"] for m in outcome["members"]] == [m["uuid"] for m in proposal.outcome.get("members", [])]
    if same and proposal.status != SolveStatus.IMPOSSIBLE:  # a lock alone takes nothing away from the proof
        outcome = {**outcome, "status": proposal.status, "gap": proposal.gap}
    return _store(proposal.mission, ProposalKind.WHAT_IF, question, outcome, by=by, code="observers.proposal_changed")


def _with_seated_locked(mission: Mission, question: Question) -> Question:
    """Who is asked already is not swapped on paper: taking somebody out of the mission is an act of its own."""
    inside, outside = _fixed_by_assignments(mission)
    return replace(question, locked_in=question.locked_in | inside, locked_out=(question.locked_out | outside) - inside)


def judge_selection(members: list[Candidate], question: Question) -> dict[str, Any]:
    """The criteria and reasons of a set of persons that somebody chose by hand."""
    return {
        "status": SolveStatus.BY_HAND.value,
        "gap": None,
        "members": describe(members, question),
        "criteria": [criterion.as_json() for criterion in judge(members, question)],
        "clash": [],
        "costs": {},
    }


def propose_replacement(assignment: Assignment, *, by: Actor) -> Proposal:
    """Who could step in for somebody who declined or left, so that the balance is kept: up to three, best first.

    Everybody who is still in is locked in; the outcome's `alternatives` hold the persons with the criteria they lead to.
    """
    authorize(by, "observers.compose_delegation", assignment.mission)
    mission = assignment.mission
    inside, outside = _fixed_by_assignments(mission)
    inside.discard(str(assignment.person.uuid))
    question = question_for(mission, size=len(inside) + 1, locked_in=inside, locked_out=outside | {str(assignment.person.uuid)})
    candidates = candidates_for(mission)
    outcome: dict[str, Any] = {}
    alternatives: list[dict[str, Any]] = []
    out = set(question.locked_out)
    for _round in range(ALTERNATIVES):
        answer = compose(candidates, replace(question, locked_out=frozenset(out)), with_swaps=False)
        outcome = outcome or answer
        new = [row for row in answer["members"] if row["uuid"] not in inside]
        if len(new) != 1:
            break
        levels = {c["code"]: c["level"] for c in answer["criteria"]}
        alternatives.append({**new[0], "levels": levels, "cost": answer.get("objective", 0)})
        out.add(new[0]["uuid"])
    outcome = {**outcome, "alternatives": alternatives}
    return _store(mission, ProposalKind.REPLACEMENT, question, outcome, by=by, code="observers.proposal_made", replaces=assignment)


@transaction.atomic
def accept_proposal(
    proposal: Proposal,
    *,
    by: Actor,
    roles: Mapping[str, str] | None = None,
    rapporteurs: Collection[str] = (),
    reasons: Mapping[str, str] | None = None,
    answer_by: date | None = None,
) -> list[Assignment]:
    """Take a proposal: every warning needs its written reason, then each member is asked by mail (R14.1-2 is asked again).

    roles: role by person uuid, `observer` for the others. rapporteurs: uuids of those who write the report besides their
    role; who was asked before is given it. Accepted twice, nobody is asked twice. Raises NotNow with all that stands in the way.
    """
    from observers.services.assignments import change_role, invite  # invitations ask for replacements here

    authorize(by, "observers.compose_delegation", proposal.mission)
    mission = Mission.objects.select_for_update().get(pk=proposal.mission_id)
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.state == ProposalState.SUPERSEDED:
        raise NotNow(_("A newer proposal has taken the place of this one: open the newest."), code="proposal_superseded")
    uuids = [row["uuid"] for row in proposal.outcome.get("members", [])]
    if not uuids:
        raise NotNow(_("The proposal names nobody."), code="proposal_empty")
    _refuse_open_warnings(proposal, mission, uuids, reasons or {}, by)
    people = {str(person.uuid): person for person in Person.objects.filter(uuid__in=uuids)}
    present = {str(u): a for a in mission.assignments.live().select_related("person") for u in [a.person.uuid]}
    made = []
    for uuid in uuids:
        if uuid in present:
            made.append(present[uuid])
            role = (roles or {}).get(uuid, present[uuid].role)
            change_role(present[uuid], by=by, role=role, is_rapporteur=present[uuid].is_rapporteur or uuid in rapporteurs)
            continue
        role = (roles or {}).get(uuid, AssignmentRole.OBSERVER)
        made.append(invite(mission, people[uuid], role=role, by=by, is_rapporteur=uuid in rapporteurs, answer_by=answer_by))
    if proposal.state != ProposalState.ACCEPTED:
        Proposal.objects.filter(mission=mission, state=ProposalState.ACCEPTED).exclude(pk=proposal.pk).update(
            state=ProposalState.SUPERSEDED
        )
        proposal.state = ProposalState.ACCEPTED
        proposal.save_changes("state")
        audit.record(by, "observers.proposal_accepted", mission, data={"proposal": str(proposal.uuid), "members": len(uuids)})
    return made


@transaction.atomic
def override_warning(mission: Mission, criterion: Criterion | Mapping[str, Any], *, by: Actor, reason: str) -> Override:
    """Set a warning aside with a written reason, which goes to the log. A breach of C5, membership, code or interest cannot be."""
    authorize(by, "observers.compose_delegation", mission)
    code, level, sentence = (
        (criterion.code, criterion.level, criterion.sentence)
        if isinstance(criterion, Criterion)
        else (criterion["code"], criterion["level"], criterion["sentence"])
    )
    if not may_override(code, level):
        raise NotNow(_("This cannot be set aside: %(sentence)s") % {"sentence": sentence}, code="not_overridable")
    if not reason.strip():
        raise Invalid(_("Write the reason why this warning is set aside."), code="reason_missing", attr="reason")
    row = Override.objects.create(mission=mission, criterion=code, sentence=sentence, reason=reason.strip(), made_by=str(by))
    data = {"criterion": code, "override": str(row.uuid), "reason": row.reason}
    audit.record(by, "observers.warning_overridden", mission, data=data)
    return row


def may_override(code: str, level: str) -> bool:
    """Warnings may be set aside; of the breaches only size and the third of women, and only because locks made them impossible."""
    return Criterion(code, "", level, "").can_override


def current_criteria(mission: Mission, *, size: int | None = None) -> list[Criterion]:
    """The criteria of the delegation as it stands: everybody who is asked, accepted or confirmed as a member."""
    live = list(mission.assignments.live().members().values_list("person_id", flat=True))
    members = candidates_for(mission, only=live) if live else []
    return judge(members, question_for(mission, size=size or len(members)))


def outcome_in_words(proposal: Proposal) -> dict[str, Any]:
    """The outcome of a proposal with its sentences in the reader's language, judged by what is known today.

    The row keeps the sentences of whoever asked; acceptance judges anew, so that the page says what acceptance will say.
    """
    outcome, mission, question = proposal.outcome, proposal.mission, _question_of(proposal)
    if outcome.get("clash"):
        return {**outcome, "clash": smallest_clash(candidates_for(mission), question) or outcome["clash"]}
    members = _members(mission, [row["uuid"] for row in outcome.get("members", [])])
    if not members:
        return outcome
    reasons = {c.uuid: reasons_for(c, members, question) for c in members}
    places = {c.uuid: place for place, c in enumerate(members)}
    told = [{**row, "reasons": reasons.get(row["uuid"], row["reasons"])} for row in outcome["members"]]
    told.sort(key=lambda row: places.get(row["uuid"], len(places)))
    criteria = [c.as_json() for c in judge(members, question, locks_limit_women=_locks_limit_women(proposal))]
    return {**outcome, "members": told, "criteria": criteria, "justified": _justified(mission, members, question)}


def alternatives_in_words(proposal: Proposal) -> dict[str, Any]:
    """Who could step in, in the reader's language as judged today: reasons, the criteria that are not in order, what bars them by now.

    Only what changes by the choice tells the persons apart: `criteria` are those of everybody who is in, with this person.
    """
    outcome, mission, question = proposal.outcome, proposal.mission, _question_of(proposal)
    if outcome.get("clash"):
        return {"alternatives": [], "clash": smallest_clash(candidates_for(mission), question) or outcome["clash"]}
    rows = outcome.get("alternatives", [])
    known = {c.uuid: c for c in _members(mission, [*question.locked_in, *(row["uuid"] for row in rows)])}
    seated = [known[uuid] for uuid in sorted(question.locked_in) if uuid in known]
    told = []
    for row in rows:
        person = known.get(row["uuid"])
        if person is None:
            continue
        members = [*seated, person]
        open_ = [criterion for criterion in judge(members, question) if criterion.level != "ok"]
        told.append({
            **row,
            "country_name": person.country_name,
            "reasons": reasons_for(person, members, question),
            "criteria": open_,
            "barred": list(person.refused.values()),
        })  # fmt: skip
    return {"alternatives": told, "clash": []}


def _question_of(proposal: Proposal) -> Question:
    asked = proposal.asked
    return question_for(
        proposal.mission,
        size=asked.get("size", DEFAULT_SIZE),
        locked_in=asked.get("locked_in", []),
        locked_out=asked.get("locked_out", []),
        seed=asked.get("seed", 1),
    )


def _locks_limit_women(proposal: Proposal) -> bool:
    """An optimised proposal lacks women only where the locks left no other choice."""
    breaches = {c["code"] for c in proposal.outcome.get("criteria", []) if c["level"] == "breach"}
    return proposal.kind == ProposalKind.DELEGATION and "C4" in breaches


def _justified(mission: Mission, members: list[Candidate], question: Question) -> set[str]:
    """Codes of criteria whose sentence, in any language of the house, was set aside with a reason before."""
    reasons = set(Override.objects.filter(mission=mission).values_list("criterion", "sentence"))
    found: set[str] = set()
    for language in Language.values if reasons else ():
        with translation.override(language):
            for limited in (False, True):
                said = judge(members, question, locks_limit_women=limited)
                found |= {c.code for c in said if (c.code, c.sentence) in reasons}
    return found


def newest_proposal(mission: Mission) -> Proposal | None:
    """The proposal that the composing page shows: the newest that is not for a replacement."""
    return mission.proposals.exclude(kind=ProposalKind.REPLACEMENT).order_by("-pk").first()


def _refuse_open_warnings(proposal: Proposal, mission: Mission, uuids: list[str], reasons: Mapping[str, str], by: Actor) -> None:
    """The criteria are judged again: what was proposed weeks ago may no longer hold."""
    question = question_for(mission, size=proposal.asked.get("size", len(uuids)))
    members = _members(mission, uuids)
    criteria = judge(members, question)
    locks_limit = {c["code"] for c in proposal.outcome.get("criteria", []) if c["level"] == "breach"}
    url = reverse("observers:compose", args=[mission.reference])
    justified = _justified(mission, members, question)
    missing = []
    for criterion in criteria:
        if criterion.level == "ok":
            continue
        if not criterion.can_override or (criterion.level == "breach" and criterion.code not in locks_limit):
            missing.append(Missing(criterion.code, criterion.sentence, url))
        elif reasons.get(criterion.code, "").strip():
            override_warning(mission, criterion, by=by, reason=reasons[criterion.code])
        elif criterion.code not in justified:
            missing.append(Missing(criterion.code, _("%(sentence)s A written reason is needed.") % {"sentence": criterion.sentence}, url))
    missing += _who_left(mission, uuids, url)
    if missing:
        raise NotNow(_("The proposal cannot be accepted yet."), code="criteria_open", missing=missing)


def _who_left(mission: Mission, uuids: list[str], url: str) -> list[Missing]:
    """Who declined or was taken out is not asked again by accepting: that is an invitation by hand."""
    present = set(mission.assignments.live().values_list("person", flat=True))
    gone = mission.assignments.filter(person__uuid__in=uuids).exclude(person__in=present).select_related("person").order_by("pk")
    sentence = _("%(name)s: %(state)s. Drop this person from the proposal, or invite again by hand.")
    newest = {row.person_id: row for row in gone}
    return [Missing("left", sentence % {"name": row.person.name, "state": row.get_state_display()}, url) for row in newest.values()]


def _members(mission: Mission, uuids: list[str]) -> list[Candidate]:
    people = Person.objects.filter(uuid__in=uuids).values_list("pk", flat=True)
    return candidates_for(mission, only=people)


def _fixed_by_assignments(mission: Mission) -> tuple[set[str], set[str]]:
    """Uuids of those who are in already, and of those who declined or left and are not in again."""
    inside: set[str] = set()
    outside: set[str] = set()
    for uuid, state in mission.assignments.members().values_list("person__uuid", "state"):
        (outside if state in {AssignmentState.DECLINED, AssignmentState.WITHDRAWN} else inside).add(str(uuid))
    return inside, outside - inside


@transaction.atomic
def _store(
    mission: Mission, kind: str, question: Question, outcome: dict[str, Any], *, by: Actor, code: str, replaces: Assignment | None = None
) -> Proposal:
    mission.proposals.filter(state=ProposalState.OPEN, kind__in=_same_kind(kind), replaces=replaces).update(state=ProposalState.SUPERSEDED)
    row = Proposal.objects.create(
        mission=mission,
        kind=kind,
        status=outcome["status"],
        gap=outcome["gap"],
        asked=question.as_json(),
        outcome=outcome,
        made_by=str(by),
        replaces=replaces,
    )
    audit.record(by, code, mission, data={"proposal": str(row.uuid), "status": row.status, "members": len(outcome["members"])})
    return row


def _same_kind(kind: str) -> tuple[str, ...]:
    return (kind,) if kind == ProposalKind.REPLACEMENT else (ProposalKind.DELEGATION, ProposalKind.WHAT_IF)
