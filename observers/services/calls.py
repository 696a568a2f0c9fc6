"""The call for interest: who may go is asked by mail, answers available, on conditions or not, and is reminded (S4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.services.links import issue_link, revoke_links_of
from core import audit, clock
from core.actors import SYSTEM, Actor
from core.errors import Invalid, NotNow
from core.jobs import Progress, start_job
from core.models import OutboxMail
from core.outbox import queue_mail
from core.rights import authorize
from missions.enums import AssignmentState
from missions.models import Mission
from missions.models.country import localised
from observers.composition.candidates import Candidate
from observers.enums import InterestAnswer
from observers.membership.dates import say
from observers.models import CallRecipient, Interest, InterestCall
from observers.services.assignments import check_answer_by, say_in
from observers.services.candidates import candidates_for
from observers.services.eligibility import mission_days

audit.register_code("observers.call_opened", gettext_lazy("Called for interest in the mission."))
audit.register_code("observers.call_extended", gettext_lazy("Gave more time to answer the call for interest."))
audit.register_code("observers.call_withdrawn", gettext_lazy("Withdrew the call for interest."))
audit.register_code("observers.call_reminded", gettext_lazy("Reminded those who have not answered the call for interest."))
audit.register_code("observers.interest_answered", gettext_lazy("Answered whether somebody is available for the mission."))

PURPOSE = "call.answer"
JOB = "observers.send_call"
# What is written to the recipients of a call: the mail's template, and whether those who answered get it too.
LETTERS = {
    "ask": ("call", False),
    "extend": ("call_extended", False),
    "remind": ("remind_call", False),
    "withdraw": ("call_withdrawn", True),
}


@dataclass(frozen=True)
class Preview:
    """Who would be asked, and who would not, with the reason."""

    asked: list[Candidate] = field(default_factory=list)
    left_out: list[tuple[Candidate, str]] = field(default_factory=list)


def preview_call(mission: Mission) -> Preview:
    """Who is asked when a call opens now: everybody who may go on every day (R14.1-2), has an address, and is not asked already."""
    asked, left_out = [], []
    addresses = {str(uuid) for uuid in Person.objects.exclude(email="").values_list("uuid", flat=True)}
    states = {str(uuid): state for uuid, state in mission.assignments.order_by("pk").values_list("person__uuid", "state")}
    for person in candidates_for(mission):
        reason = " ".join(person.refused.values())
        if not reason and person.uuid in states:
            reason = _("Is in the mission or left it: %(state)s.") % {"state": AssignmentState(states[person.uuid]).label}
        if not reason and person.answer:
            reason = _("Has answered already: %(answer)s.") % {"answer": InterestAnswer(person.answer).label}
        if not reason and person.uuid not in addresses:
            reason = _("Has no e-mail address.")
        if reason:
            left_out.append((person, reason))
        else:
            asked.append(person)
    return Preview(asked, left_out)


@transaction.atomic
def open_call(mission: Mission, *, by: Actor, answer_by: date, message: str = "") -> InterestCall:
    """Call for interest: the letters go out in the background, each with a secure link of its own.

    Raises Invalid for a day to answer by that has passed or comes after the mission has begun, NotNow while a call runs or
    where nobody may be asked.
    """
    authorize(by, "observers.call_interest", mission)
    mission = Mission.objects.select_for_update().get(pk=mission.pk)
    if running_call(mission) is not None:
        raise NotNow(_("A call for interest runs already: extend it or withdraw it."), code="call_running")
    check_answer_by(answer_by, clock.today(), mission_days(mission)[0])
    asked = preview_call(mission).asked
    if not asked:
        raise NotNow(_("There is nobody to ask: the list says why."), code="nobody_to_ask")
    call = InterestCall.objects.create(mission=mission, answer_by=answer_by, message=message.strip(), opened_by=str(by))
    people = Person.objects.filter(uuid__in=[person.uuid for person in asked])
    CallRecipient.objects.bulk_create(CallRecipient(call=call, person=person) for person in people)
    audit.record(by, "observers.call_opened", call, data={"asked": len(asked), "answer_by": answer_by.isoformat()})
    _send(call, "ask", by=by)
    return call


@transaction.atomic
def extend_call(call: InterestCall, *, by: Actor, answer_by: date) -> InterestCall:
    """Give more time; who has not answered is told. Raises Invalid for a day that is not later, NotNow for a withdrawn call."""
    row = _locked(call, by=by)
    check_answer_by(answer_by, clock.today(), mission_days(row.mission)[0])
    if answer_by <= row.answer_by:
        words = {"day": say(row.answer_by)}
        raise Invalid(_("The call runs until %(day)s: choose a later day.") % words, code="not_later", attr="answer_by")
    row.answer_by = answer_by
    row.save_changes("answer_by")
    audit.record(by, "observers.call_extended", row, fields=["answer_by"], data={"answer_by": answer_by.isoformat()})
    _send(row, "extend", by=by)
    return row


@transaction.atomic
def withdraw_call(call: InterestCall, *, by: Actor, reason: str) -> InterestCall:
    """End the call with a reason: its links stop working, everybody who was asked is told, the answers stay."""
    row = _locked(call, by=by)
    if not reason.strip():
        raise Invalid(_("Write the reason; those who were asked read it."), code="reason_missing", attr="reason")
    row.withdrawn_at, row.withdrawn_reason = clock.now(), reason.strip()
    row.save_changes("withdrawn_at", "withdrawn_reason")
    for recipient in row.recipients.all():
        revoke_links_of(recipient, by=by, purpose=PURPOSE)
    audit.record(by, "observers.call_withdrawn", row)
    _send(row, "withdraw", by=by)
    return row


@transaction.atomic
def remind_call(call: InterestCall, *, by: Actor) -> int:
    """Write once more to those who have not answered, at most once a day. Returns how many are reminded."""
    row = _locked(call, by=by)
    count = unanswered(row).count()
    audit.record(by, "observers.call_reminded", row, data={"reminded": count})
    _send(row, "remind", by=by)
    return count


@transaction.atomic
def answer_call(recipient: CallRecipient, *, by: Actor, answer: str, note: str = "") -> Interest:
    """Say whether one is available; the newest answer counts. After the day to answer by it is kept and marked late.

    Raises Invalid for conditions that are not named, NotNow once the call is withdrawn.
    """
    authorize(by, "observers.answer_call", recipient)
    call = recipient.call
    if call.is_withdrawn:
        raise NotNow(_("This call for interest was withdrawn: %(reason)s") % {"reason": call.withdrawn_reason}, code="call_withdrawn")
    return keep_interest(call.mission, recipient.person, by=by, answer=answer, note=note, is_late=call.is_over(clock.today()))


@transaction.atomic
def record_interest(mission: Mission, person: Person, *, by: Actor, answer: str, note: str = "") -> Interest:
    """The coordinator enters what somebody said by telephone or letter."""
    authorize(by, "observers.call_interest", mission)
    return keep_interest(mission, person, by=by, answer=answer, note=note, is_late=False)


def keep_interest(mission: Mission, person: Person, *, by: Actor, answer: str, note: str, is_late: bool) -> Interest:
    """What somebody said, whichever door they used; the newest answer counts. The caller has authorised it. Raises Invalid."""
    if answer not in InterestAnswer.values:
        raise Invalid(_("Answer with available, available on conditions, or not available."), code="answer_unknown", attr="answer")
    if answer == InterestAnswer.CONDITIONS and not note.strip():
        raise Invalid(_("Write the conditions on which you are available."), code="conditions_missing", attr="note")
    values = {"answer": answer, "note": note.strip(), "answered_at": clock.now(), "answered_by": str(by), "is_late": is_late}
    row, created = Interest.objects.select_for_update().get_or_create(mission=mission, person=person, defaults=values)
    if not created:
        if (row.answer, row.note) == (answer, note.strip()):
            return row
        for name, value in values.items():
            setattr(row, name, value)
        row.save_changes(*values)
    audit.record(by, "observers.interest_answered", row, fields=["answer"], data={"answer": answer})
    return row


def running_call(mission: Mission) -> InterestCall | None:
    """The call that runs, if one does."""
    return mission.interest_calls.filter(withdrawn_at__isnull=True).first()


def unanswered(call: InterestCall) -> Any:
    """Recipients without an answer, as a query."""
    return call.recipients.exclude(person__in=Interest.objects.filter(mission=call.mission_id).values("person"))


def letter_context(recipient: CallRecipient) -> dict[str, Any]:
    """What letters of a call say of the mission, in the person's language."""
    call, language = recipient.call, recipient.person.language
    first, last = mission_days(call.mission)
    return {
        "reference": call.mission.reference,
        "title": localised(call.mission, "title", language),
        "first": say_in(language, first),
        "last": say_in(language, last),
        "answer_by": say_in(language, call.answer_by),
        "message": call.message,
        "reason": call.withdrawn_reason,
    }


def another_link(recipient: CallRecipient) -> str:
    """One more address by which to answer; those sent before go on working until the mission begins."""
    first, _last = mission_days(recipient.call.mission)
    person = recipient.person
    _link, url = issue_link(
        by=SYSTEM,
        purpose=PURPOSE,
        subject=recipient,
        expires_at=clock.real_now() + timedelta(days=max(14, (first - clock.today()).days + 1)),
        language=person.language,
        name=person.name,
        address=person.email,
    )
    return url


def send_call_letters(call: InterestCall, kind: str, progress: Progress = lambda *_a, **_k: None) -> int:
    """Put the letters of one kind into the outbox, each once: a run that was cut off goes on where it stood. Returns how many."""
    template, to_all = LETTERS[kind]
    if call.is_withdrawn and kind != "withdraw":
        return 0
    rows = call.recipients.all() if to_all else unanswered(call)
    rows = list(rows.exclude(person__email="").select_related("person", "call__mission__election").order_by("pk"))
    stamp = clock.today().isoformat() if kind == "remind" else call.answer_by.isoformat()
    for number, recipient in enumerate(rows, start=1):
        _write(recipient, kind, template, f"observers.call:{kind}:{recipient.uuid}:{stamp}")
        progress(number, len(rows))
    return len(rows)


@transaction.atomic
def _write(recipient: CallRecipient, kind: str, template: str, key: str) -> None:
    if OutboxMail.objects.filter(key=key).exists():
        return
    person = recipient.person
    context = letter_context(recipient)
    if kind != "withdraw":
        context["url"] = another_link(recipient)
    queue_mail(
        key=key,
        address=person.email,
        name=person.name,
        language=person.language,
        zone=person.zone,
        template=f"observers/mail/{template}",
        context=context,
        mission=recipient.call.mission,
    )
    name = "sent_at" if kind == "ask" else "reminded_at"
    if kind != "withdraw":
        setattr(recipient, name, clock.now())
        recipient.save_changes(name)


def _send(call: InterestCall, kind: str, *, by: Actor) -> None:
    start_job(JOB, by=by, subject=call.mission.reference, params={"call": str(call.uuid), "kind": kind})


def _locked(call: InterestCall, *, by: Actor) -> InterestCall:
    row = InterestCall.objects.select_for_update(of=("self",)).select_related("mission").get(pk=call.pk)
    authorize(by, "observers.call_interest", row.mission)
    if row.is_withdrawn:
        raise NotNow(_("This call for interest was withdrawn: %(reason)s") % {"reason": row.withdrawn_reason}, code="call_withdrawn")
    return row
