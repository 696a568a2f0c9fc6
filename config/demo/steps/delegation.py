"""The delegation: proposed by the rules, invited, one declines and is replaced, one may not go, all others are confirmed."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from accounts.models import Person
from accounts.services.links import open_link
from config.demo.run import DemoFailed, Run, expect, refused
from config.demo.staff import address_of, make_drivers, make_expert, open_desk
from config.demo.timeline import DECLARED_EARLY
from core.actors import Actor
from core.models import OutboxMail
from missions.enums import AssignmentRole, AssignmentState
from missions.models import Assignment, Milestone
from missions.services.deadlines import complete_milestone
from missions.services.lifecycle import move_mission
from observers.enums import DeclarationKind
from observers.models import Declaration, Mandate, Proposal
from observers.services.assignments import answer_invitation, confirm_assignment, invite, replace_assignment, withdraw_assignment
from observers.services.composition import accept_proposal, current_criteria, propose
from observers.services.declarations import (
    ask_to_declare_again,
    decide_interests,
    declare_interests,
    interest_questions,
    sign_code,
)
from observers.services.membership import lose_mandate

STEP = "4 delegation"
MEMBERS = 12
CHANGED = "You told us that you have joined the board of an association that is funded from the country."
HARD = ("C1", "C2", "C3", "C4", "C5")
LINK = re.compile(r"https?://\S+/link/([\w-]+)/")


def propose_delegation(run: Run) -> None:
    """Begin to compose, ask for the best delegation, accept it; expert and staff are invited beside it."""
    run.go(-90, "10:00")
    move_mission(run.mission, "compose", by=run.coordinator)
    known = {name: str(_at(address_of(name)).uuid) for name in ("head", "observer")}
    with run.step(STEP, "best delegation proposed by the rules") as told:
        proposal = propose(run.mission, by=run.coordinator, size=MEMBERS, locked_in=known.values(), seed=7)
        expect(proposal.status == "optimal", f"The proposal is {proposal.status}, not proven best.")
        levels = {row["code"]: row["level"] for row in proposal.outcome["criteria"]}
        _expect_hard(levels)
        told(f"{len(proposal.outcome['members'])} of 612, proven best")
    run.write("delegation/proposal.json", json.dumps(proposal.outcome, ensure_ascii=False, indent=1, default=str))
    with run.step(STEP, "proposal accepted, invitations sent") as told:
        run.go(-88, "09:00")
        assignments = _accept(run, proposal, known["head"])
        told(f"{len(assignments)} members, 1 expert, 2 staff, 6 drivers")


def answer_invitations(run: Run) -> None:
    """Everybody answers by the link in the mail, one only when reminded; one declines, and the one proposed instead accepts."""
    run.go(-82, "18:00")
    rows = list(run.mission.assignments.live().select_related("person").order_by("pk"))
    declines, slow = [row for row in rows if row.role == AssignmentRole.OBSERVER and row.person.email != address_of("observer")][:2]
    with run.step(STEP, "answered by secure link; one declines") as told:
        for row in rows:
            if row != slow:
                note = "" if row != declines else "The council of my town meets on these days."
                answer_invitation(row, by=_by_link(row), accept=row != declines, note=note)
        reminded = run.await_reminder(-80, "14:30", "observers.answer_invitation")
        answer_invitation(slow, by=_by_link(slow), accept=True)
        told(f"{len(rows) - 1} accept, 1 declines, {reminded} reminded")
    run.go(-76, "11:00")
    with run.step(STEP, "replacement proposed, invited, accepts") as told:
        new = replace(run, declines)
        told(f"{new.person.name} for {declines.person.name}")


def declare_early(run: Run) -> None:
    """Three observers declare as soon as they have accepted; for one of them a fact changes: confirmation waits for a new declaration."""
    run.go(DECLARED_EARLY, "10:00")
    observers = run.mission.assignments.live().filter(role=AssignmentRole.OBSERVER).exclude(person__email=address_of("observer"))
    rows = list(observers.select_related("person").order_by("-pk")[1:4])
    with run.step(STEP, "declared early; one has to declare anew") as told:
        for row in rows:
            _sign(row, by=run.coordinator)
        ask_to_declare_again(rows[0], by=run.coordinator, reason=CHANGED)
        with refused("Somebody was confirmed on a declaration that has to be made anew.", told=[]):
            confirm_assignment(rows[0], by=run.coordinator)
        told(f"{len(rows)} declarations, 1 to be made anew")


def declare_and_confirm(run: Run) -> None:
    """Codes and declarations signed; who lost a mandate long ago cannot be confirmed; all others are."""
    run.go(-68, "12:00")
    rows = list(run.mission.assignments.live().select_related("person").order_by("pk"))
    with run.step(STEP, "codes of conduct and declarations of interest") as told:
        for number, row in enumerate(rows):
            _sign(row, by=run.coordinator, has_interest=number == 4, without_code=row == rows[-1])
        told(f"{len(rows) - 1} codes, {len(rows)} declarations")
    run.go(-58, "10:00")
    late = next(row for row in rows if row.role == AssignmentRole.OBSERVER and row.person.email != address_of("observer"))
    with run.step(STEP, "confirmation with an expired mandate refused") as told:
        sentence = _refused_confirmation(run, late)
        told("refused: R11")
    run.say(f"             {sentence}")
    run.things["refused_confirmation"] = sentence
    run.go(-54, "10:00")
    with run.step(STEP, "delegation confirmed, list closed") as told:
        withdraw_assignment(late, by=run.coordinator, reason="The mandate ended more than six months before the mission.")
        _sign(replace(run, late), by=run.coordinator)
        for row in run.mission.assignments.live():
            confirm_assignment(row, by=run.coordinator)
        _expect_hard({criterion.code: criterion.level for criterion in current_criteria(run.mission, size=MEMBERS)})
        for name in ("head", "observer"):
            open_desk(_at(address_of(name)))
        told(f"{run.mission.assignments.confirmed().count()} confirmed")


def prepare(run: Run) -> None:
    """Close the list. Who has not signed the code is reminded, and so is the coordinator of the accreditation."""
    run.go(-38, "09:00")
    move_mission(run.mission, "prepare", by=run.coordinator)


def sign_late(run: Run) -> None:
    """The last code is signed after a reminder; the accreditation is asked for when its deadline comes near."""
    with run.step(STEP, "last code signed and accreditation asked, reminded") as told:
        reminders = run.await_reminder(-24, "14:30", "observers.remind_code")
        signed = Declaration.objects.filter(kind=DeclarationKind.CODE, is_current=True).values("assignment")
        for row in run.mission.assignments.confirmed().exclude(pk__in=signed).select_related("person"):
            sign_code(row, by=_by_link(row), language=row.person.language)
        for milestone in Milestone.objects.filter(mission=run.mission, rule__code="accreditation"):
            complete_milestone(milestone, by=run.coordinator)
        told(f"{reminders} reminders")


def replace(run: Run, gone: Assignment) -> Assignment:
    """Invite the best of those proposed in the place of somebody who is out; the answer is yes."""
    gone.refresh_from_db()
    proposal = Proposal.objects.filter(mission=run.mission, kind="replacement", replaces=gone).order_by("-pk").first()
    if proposal is None or not proposal.outcome.get("alternatives"):
        raise DemoFailed("Nobody was proposed as a replacement.")
    person = Person.objects.get(uuid=proposal.outcome["alternatives"][0]["uuid"])
    row = replace_assignment(gone, person, by=run.coordinator)
    return answer_invitation(row, by=_by_link(row), accept=True)


def _accept(run: Run, proposal: Proposal, head: str) -> list[Assignment]:
    members = proposal.outcome["members"]
    observer = str(_at(address_of("observer")).uuid)
    rapporteur = next(row["uuid"] for row in members if row["uuid"] not in {head, observer})
    reasons = {row["code"]: "Seen and accepted for this mission." for row in proposal.outcome["criteria"] if row["level"] == "warning"}
    assignments = accept_proposal(
        proposal,
        by=run.coordinator,
        roles={head: AssignmentRole.HEAD, rapporteur: AssignmentRole.RAPPORTEUR},
        reasons=reasons,
        answer_by=run.timeline.day(-78),
    )
    invite(run.mission, make_expert(), by=run.coordinator, role=AssignmentRole.EXPERT)
    for name in ("coordinator", "publisher"):
        invite(run.mission, run.staff[name].person, by=run.coordinator, role=AssignmentRole.STAFF)
    for driver in make_drivers():
        invite(run.mission, driver, by=run.coordinator, role=AssignmentRole.DRIVER)
    return assignments


def _sign(row: Assignment, *, by: Actor, has_interest: bool = False, without_code: bool = False) -> None:
    """Sign both declarations by the link of the invitation; an interest that is declared is cleared `by` the coordinator."""
    actor, language = _by_link(row), row.person.language
    if not without_code:
        sign_code(row, by=actor, language=language)
    answers = {question["code"]: {"answer": "no"} for question in interest_questions(language)["questions"]}
    if has_interest:
        first = next(iter(answers))
        answers[first] = {"answer": "yes", "detail": "My town is twinned with a town in the country; I hold no office in the partnership."}
    declaration = declare_interests(row, by=actor, answers=answers, language=language)
    if has_interest:
        decide_interests(declaration, by=by, is_conflict=False, reason="A twinning without an office is no conflict.")


def _refused_confirmation(run: Run, row: Assignment) -> str:
    """The state tells late that the mandate ended; the confirmation must be refused with the rule and the date."""
    ended = run.timeline.polling_day - timedelta(days=230)
    for mandate in Mandate.objects.filter(person=row.person, ends_on=None):
        lose_mandate(mandate, by=run.coordinator, ends_on=ended, polled_on=ended - timedelta(days=21))
    told: list[str] = []
    with refused("Somebody whose mandate had expired was confirmed.", told=told):
        confirm_assignment(row, by=run.coordinator)
    expect("R11" in told[0], f"The refusal does not name the rule: {told[0]}")
    expect(str(ended.year) in told[0] or str(run.timeline.polling_day.year) in told[0], f"The refusal does not say the date: {told[0]}")
    row.refresh_from_db()
    expect(row.state == AssignmentState.ACCEPTED, "The refused confirmation changed the assignment.")
    return told[0]


def _expect_hard(levels: dict[str, str]) -> None:
    broken = [code for code in HARD if levels.get(code, "missing") != "ok"]
    expect(not broken, f"The delegation does not hold {', '.join(broken)}.")


def _by_link(row: Assignment) -> Actor:
    """Who opened the newest link that was mailed to this person."""
    mail = (
        OutboxMail.objects.filter(mission=row.mission.reference, address=row.person.email, template__contains="invitation")
        .order_by("-pk")
        .first()
    )
    found = LINK.search(mail.body) if mail else None
    if found is None:
        raise DemoFailed(f"No mail with a link was queued for the invitation of {row.person.name}.")
    return open_link(found.group(1))[1]


def _at(email: str) -> Person:
    return Person.objects.get(email=email)
