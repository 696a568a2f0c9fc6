"""Assignments: the only code that writes `Assignment.state` (a test greps for it).

asked -> accepted -> confirmed        asked -> declined        asked, accepted, confirmed -> withdrawn
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person, SecureLink
from accounts.services.links import issue_link, revoke_links_of
from accounts.services.people import ensure_user
from core import audit, clock
from core.actors import SYSTEM, Actor
from core.errors import Invalid, NotNow
from core.outbox import queue_mail
from core.rights import authorize
from missions.enums import LIVE_ASSIGNMENTS, MEMBER_ROLES, AssignmentRole, AssignmentState
from missions.models import Assignment, Mission, Organisation
from observers.membership.dates import say
from observers.models import Invitation, TeamMember
from observers.services.eligibility import CONFIRM, INVITE, mission_days, refuse_unless_eligible

audit.register_code("observers.assignment_asked", gettext_lazy("Asked somebody to take part in the mission."))
audit.register_code("observers.assignment_accepted", gettext_lazy("Accepted the invitation to the mission."))
audit.register_code("observers.assignment_declined", gettext_lazy("Declined the invitation to the mission."))
audit.register_code("observers.assignment_confirmed", gettext_lazy("Confirmed somebody for the mission."))
audit.register_code("observers.assignment_withdrawn", gettext_lazy("Took somebody out of the mission."))
audit.register_code("observers.assignment_changed", gettext_lazy("Changed somebody’s role in the mission."))

PURPOSE = "assignment.answer"
GRANTS = frozenset({"observers.answer_assignment", "observers.declare", "observers.enter_identity"})
DAYS_TO_ANSWER = 10
S = AssignmentState


@transaction.atomic
def invite(
    mission: Mission,
    person: Person,
    *,
    by: Actor,
    role: str = AssignmentRole.OBSERVER,
    organisation: Organisation | None = None,
    is_rapporteur: bool = False,
    answer_by: date | None = None,
    replaces: Assignment | None = None,
    send: bool = True,
) -> Assignment:
    """Ask somebody to take part, by mail with a secure link to answer. R14.1-2 is asked first, for roles of members.

    Asked twice, answered with the first assignment. Raises NotNow with rule and date for somebody who may not go,
    Invalid for a partner without an organisation, a second head, or a person without an address.
    """
    authorize(by, "observers.change_delegation", mission)
    mission = Mission.objects.select_for_update().select_related("country").get(pk=mission.pk)
    live = mission.assignments.live().filter(person=person).first()
    if live is not None:
        return live
    _check_role(mission, role, organisation)
    row = Assignment(mission=mission, person=person, role=role, organisation=organisation, is_rapporteur=is_rapporteur, replaces=replaces)
    refuse_unless_eligible(row, stage=INVITE)
    if send and not person.email:
        raise Invalid(
            _("%(name)s has no e-mail address to be invited at.") % {"name": person.name}, code="person_without_address", attr="email"
        )
    row.state, row.asked_at = S.ASKED, clock.now()
    row.save()
    audit.record(by, "observers.assignment_asked", row, data={"role": role})
    if send:
        send_invitation(row, by=by, answer_by=answer_by)
    return row


@transaction.atomic
def send_invitation(assignment: Assignment, *, by: Actor, answer_by: date | None = None) -> Invitation:
    """Send (or send anew) the letter with its secure link; an earlier link stops working.

    Raises Invalid for a day to answer by that has passed, or that comes after the mission has begun.
    """
    authorize(by, "observers.change_delegation", assignment.mission)
    mission, person = assignment.mission, assignment.person
    first, _last = mission_days(mission)
    today = clock.today()
    if answer_by is not None:
        check_answer_by(answer_by, today, first)
    answer_by = answer_by or max(today, min(today + timedelta(days=DAYS_TO_ANSWER), first - timedelta(days=1)))
    revoke_links_of(assignment, by=by, purpose=PURPOSE)
    # The link also leads to the declarations, so that it lives until the mission is over.
    link, url = another_link(assignment, by=by)
    values = {"link": link, "answer_by": answer_by, "sent_at": clock.now()}
    invitation, created = Invitation.objects.get_or_create(assignment=assignment, defaults=values)
    if not created:
        for name, value in values.items():
            setattr(invitation, name, value)
        invitation.save_changes(*values)
    queue_mail(
        key=f"observers.invitation:{link.uuid}",
        address=person.email,
        name=person.name,
        language=person.language,
        zone=person.zone,
        template="observers/mail/invitation",
        context={**mail_context(assignment), "url": url, "answer_by": say_in(person.language, answer_by)},
        mission=mission,
    )
    return invitation


def tell_to_declare_again(assignment: Assignment, reason: str, *, by: Actor) -> None:
    """The letter that asks for a new declaration of interests, with one more link; earlier ones go on working."""
    person = assignment.person
    if not person.email:
        return
    link, url = another_link(assignment, by=by)
    queue_mail(
        key=f"observers.redeclare:{link.uuid}",
        address=person.email,
        name=person.name,
        language=person.language,
        zone=person.zone,
        template="observers/mail/redeclare",
        context={**mail_context(assignment), "url": url, "reason": reason},
        mission=assignment.mission,
    )


def another_link(assignment: Assignment, *, by: Actor) -> tuple[SecureLink, str]:
    """One more link to somebody's own page of the mission, until it is over; those sent before go on working."""
    person = assignment.person
    _first, last = mission_days(assignment.mission)
    return issue_link(
        by=by,
        purpose=PURPOSE,
        subject=assignment,
        expires_at=clock.real_now() + timedelta(days=max(14, (last - clock.today()).days + 2)),
        language=person.language,
        name=person.name,
        address=person.email,
    )


@transaction.atomic
def answer_invitation(assignment: Assignment, *, by: Actor, accept: bool, note: str = "") -> Assignment:
    """Accept or decline. Answered twice the same way, answered once. A decline brings a proposal for a replacement.

    Raises NotNow where the assignment is no longer open; a member who can no longer go is told why.
    """
    authorize(by, "observers.answer_assignment", assignment)
    row = _locked(assignment)
    target = S.ACCEPTED if accept else S.DECLINED
    if row.state == target or (accept and row.state == S.CONFIRMED):
        return row
    if row.state != S.ASKED:
        words = {"state": row.get_state_display()}
        raise NotNow(
            _("This invitation was answered or withdrawn already (%(state)s): ask the secretariat.") % words, code="already_answered"
        )
    if accept:
        refuse_unless_eligible(row, stage=INVITE)
    row.state, row.answered_at, row.answer_note = target, clock.now(), note.strip()
    if not accept:
        row.ended_at = row.answered_at
    row.save_changes("state", "answered_at", "answer_note", "ended_at")
    audit.record(by, "observers.assignment_accepted" if accept else "observers.assignment_declined", row, fields=["state"])
    if not accept:
        _after_leaving(row)
    return row


@transaction.atomic
def confirm_assignment(assignment: Assignment, *, by: Actor) -> Assignment:
    """Confirm somebody who accepted: R14.1-3 on every day of the mission, and an account is made where there is none.

    Raises NotNow with the rule and the date. Confirmed twice, confirmed once.
    """
    authorize(by, "observers.change_delegation", assignment.mission)
    row = _locked(assignment)
    if row.state == S.CONFIRMED:
        return row
    if row.state != S.ACCEPTED:
        words = {"name": row.person.name, "state": row.get_state_display()}
        raise NotNow(_("%(name)s has not accepted (%(state)s): only who accepted can be confirmed.") % words, code="not_accepted")
    refuse_unless_eligible(row, stage=CONFIRM)
    ensure_user(row.person, by=by)
    row.state, row.confirmed_at = S.CONFIRMED, clock.now()
    row.save_changes("state", "confirmed_at")
    audit.record(by, "observers.assignment_confirmed", row, fields=["state"])
    return row


@transaction.atomic
def withdraw_assignment(assignment: Assignment, *, by: Actor, reason: str) -> Assignment:
    """Take somebody out of the mission with a reason: out of the teams too, and the link ends. A replacement is proposed."""
    authorize(by, "observers.change_delegation", assignment.mission)
    row = _locked(assignment)
    if row.state == S.WITHDRAWN:
        return row
    if row.state not in LIVE_ASSIGNMENTS:
        raise NotNow(_("%(name)s is not in the mission any more.") % {"name": row.person.name}, code="not_live")
    if not reason.strip():
        raise Invalid(_("Write the reason."), code="reason_missing", attr="reason")
    row.state, row.ended_at, row.answer_note = S.WITHDRAWN, clock.now(), reason.strip()
    row.save_changes("state", "ended_at", "answer_note")
    TeamMember.objects.filter(assignment=row, left_at__isnull=True).update(left_at=clock.now())
    revoke_links_of(row, by=by, purpose=PURPOSE)
    audit.record(by, "observers.assignment_withdrawn", row, fields=["state"])
    _after_leaving(row)
    return row


def replace_assignment(assignment: Assignment, person: Person, *, by: Actor, answer_by: date | None = None) -> Assignment:
    """Invite somebody in the place of one who declined or was withdrawn, in the same role. Raises NotNow while that one is in."""
    authorize(by, "observers.change_delegation", assignment.mission)
    if assignment.state in LIVE_ASSIGNMENTS:
        raise NotNow(_("%(name)s is still in the mission.") % {"name": assignment.person.name}, code="still_live")
    return invite(
        assignment.mission,
        person,
        by=by,
        role=assignment.role,
        organisation=assignment.organisation,
        is_rapporteur=assignment.is_rapporteur,
        answer_by=answer_by,
        replaces=assignment,
    )


@transaction.atomic
def change_role(assignment: Assignment, *, by: Actor, role: str, is_rapporteur: bool = False) -> Assignment:
    """Give another role inside the delegation. Members stay among the roles of members, others among theirs."""
    authorize(by, "observers.change_delegation", assignment.mission)
    row = _locked(assignment)
    if (row.role in MEMBER_ROLES) != (role in MEMBER_ROLES):
        raise Invalid(_("A member of the Congress and somebody else cannot change roles: withdraw and invite anew."), attr="role")
    if (row.role, row.is_rapporteur) == (role, is_rapporteur):
        return row
    _check_role(row.mission, role, row.organisation, but=row)
    row.role, row.is_rapporteur = role, is_rapporteur
    row.save_changes("role", "is_rapporteur")
    audit.record(by, "observers.assignment_changed", row, fields=["role", "is_rapporteur"], data={"role": role})
    return row


def mail_context(assignment: Assignment) -> dict[str, str]:
    """What mails about an assignment say of its mission, in the language of the person."""
    mission = assignment.mission
    first, last = mission_days(mission)
    with translation.override(assignment.person.language):
        return {
            "reference": mission.reference,
            "title": mission.title,
            "role": str(assignment.get_role_display()),
            "first": say(first),
            "last": say(last),
        }


def say_in(language: str, day: date) -> str:
    """A day as readers of `language` write it."""
    with translation.override(language):
        return say(day)


def check_answer_by(day: date, today: date, first: date) -> None:
    """A day to answer by is today or later, and not after the first day; somebody asked while the mission runs answers the same day."""
    if day < today:
        sentence = _("The day to answer by, %(day)s, has passed: choose today or later.")
        raise Invalid(sentence % {"day": say(day)}, code="answer_by_past", attr="answer_by")
    if day > max(first, today):
        words = {"day": say(day), "first": say(first)}
        sentence = _("The day to answer by, %(day)s, comes after the first day of the mission, %(first)s: choose an earlier one.")
        raise Invalid(sentence % words, code="answer_by_late", attr="answer_by")


def _locked(assignment: Assignment) -> Assignment:
    # The rows it points to are loaded apart: PostgreSQL cannot lock the outer side of a join with a nullable one.
    Assignment.objects.select_for_update().get(pk=assignment.pk)
    return Assignment.objects.select_related("mission__country", "person", "organisation").get(pk=assignment.pk)


def _check_role(mission: Mission, role: str, organisation: Organisation | None, *, but: Assignment | None = None) -> None:
    if role not in AssignmentRole.values:
        raise Invalid(_("There is no such role."), attr="role")
    if role == AssignmentRole.PARTNER and organisation is None:
        raise Invalid(_("A partner observer comes for an organisation: name it."), code="organisation_missing", attr="organisation")
    if role == AssignmentRole.HEAD:
        head = (
            mission.assignments.live().filter(role=AssignmentRole.HEAD).exclude(pk=but.pk if but else None).select_related("person").first()
        )
        if head is not None:
            words = {"name": head.person.name, "since": say(head.created_at.date())}
            raise Invalid(
                _("%(name)s leads the delegation since %(since)s: change that role first.") % words, code="head_taken", attr="role"
            )


def _after_leaving(row: Assignment) -> None:
    """A member who leaves brings a proposal for a replacement; it never stands in the way of leaving."""
    from observers.services.composition import propose_replacement  # composition invites through this module

    if row.role in MEMBER_ROLES:
        propose_replacement(row, by=SYSTEM)
