"""Requests to correct: somebody says what is stored wrongly about them; the secretariat takes it over or refuses with a sentence."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.services.people import change_person
from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.outbox import queue_mail
from core.rights import authorize
from observers.enums import CorrectionState, CorrectionTopic
from observers.models import CorrectionRequest

audit.register_code("observers.correction_asked", gettext_lazy("Asked for a correction."))
audit.register_code("observers.correction_taken", gettext_lazy("Took a correction over."))
audit.register_code("observers.correction_refused", gettext_lazy("Refused a correction with a sentence."))
audit.register_code("observers.correction_withdrawn", gettext_lazy("Withdrew a request for a correction."))

FIELDS = ("given_name", "family_name", "other_name", "email", "phone", "gender")
"""What may be proposed as a value; the rest is said in words and corrected by hand."""
MOST_OPEN = 20


@transaction.atomic
def ask_correction(person: Person, *, by: Actor, topic: str, text: str, **proposed: str) -> CorrectionRequest:
    """Ask the secretariat to correct something: in words, with the right values where they are known.

    Values that are stored already are left out. Asked twice in the same words, it is asked once. Raises Invalid where nothing is said,
    for a malformed address, and past twenty open requests.
    """
    authorize(by, "observers.ask_correction", person)
    text = text.strip()
    changes = {
        name: value.strip()
        for name, value in proposed.items()
        if name in FIELDS and value.strip() and value.strip() != getattr(person, name)
    }
    if not text and not changes:
        raise Invalid(_("Say what is wrong and what would be right."), attr="text")
    if changes.get("email"):
        try:
            validate_email(changes["email"])
        except ValidationError as error:
            raise Invalid(_("“%(email)s” is not an e-mail address.") % {"email": changes["email"]}, attr="email") from error
    waiting = CorrectionRequest.objects.filter(person=person).waiting()
    same = next((row for row in waiting if (row.topic, row.text, row.changes) == (topic, text, changes)), None)
    if same is not None:
        return same
    if len(waiting) >= MOST_OPEN:
        raise NotNow(_("Twenty requests wait for an answer already."), code="too_many_corrections")
    row = CorrectionRequest.objects.create(person=person, topic=CorrectionTopic(topic), text=text, changes=changes, asked_by=str(by))
    audit.record(by, "observers.correction_asked", row, data={"topic": topic}, fields=sorted(changes))
    return row


@transaction.atomic
def take_over(request: CorrectionRequest, *, by: Actor, answer: str = "") -> CorrectionRequest:
    """Take a correction over: proposed values are stored, the rest was corrected by hand; the person is told. Twice is once.

    Raises NotNow for one that was refused or withdrawn, Invalid where a proposed value cannot be stored.
    """
    authorize(by, "observers.answer_correction")
    row = _locked(request)
    if row.state == CorrectionState.TAKEN:
        return row
    _refuse_unless_open(row)
    if row.changes:
        change_person(row.person, by=by, **row.changes)
    return _answer(row, CorrectionState.TAKEN, answer, by=by, code="observers.correction_taken")


@transaction.atomic
def refuse_correction(request: CorrectionRequest, *, by: Actor, answer: str) -> CorrectionRequest:
    """Refuse a correction with a sentence that the person reads. Raises Invalid without one, NotNow for one that was answered."""
    authorize(by, "observers.answer_correction")
    row = _locked(request)
    if not answer.strip():
        raise Invalid(_("Say in a sentence why it is not corrected."), attr="answer")
    if row.state == CorrectionState.REFUSED:
        return row
    _refuse_unless_open(row)
    return _answer(row, CorrectionState.REFUSED, answer, by=by, code="observers.correction_refused")


@transaction.atomic
def withdraw_correction(request: CorrectionRequest, *, by: Actor) -> CorrectionRequest:
    """Take one's request back while it waits."""
    authorize(by, "observers.ask_correction", request.person)
    row = _locked(request)
    if row.state == CorrectionState.WITHDRAWN:
        return row
    _refuse_unless_open(row)
    row.state = CorrectionState.WITHDRAWN
    row.save_changes("state")
    audit.record(by, "observers.correction_withdrawn", row)
    return row


def proposals_of(row: CorrectionRequest) -> list[dict[str, Any]]:
    """Field, value stored and value proposed, in the order of the form."""
    return [
        {"field": name, "label": str(LABELS[name]), "now": getattr(row.person, name), "then": row.changes[name]}
        for name in FIELDS
        if name in row.changes
    ]


LABELS = {
    "given_name": gettext_lazy("Given name"),
    "family_name": gettext_lazy("Family name"),
    "other_name": gettext_lazy("Name in another script"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "gender": gettext_lazy("Gender"),
}


def _locked(request: CorrectionRequest) -> CorrectionRequest:
    return CorrectionRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=request.pk)


def _refuse_unless_open(row: CorrectionRequest) -> None:
    if row.state != CorrectionState.OPEN:
        raise NotNow(_("This request was answered already: %(state)s.") % {"state": row.get_state_display()}, code="correction_answered")


def _answer(row: CorrectionRequest, state: str, answer: str, *, by: Actor, code: str) -> CorrectionRequest:
    row.state, row.answer, row.answered_by, row.answered_at = state, answer.strip(), str(by), clock.now()
    row.save_changes("state", "answer", "answered_by", "answered_at")
    audit.record(by, code, row)
    person = row.person
    if person.email:
        queue_mail(
            key=f"observers.correction:{row.uuid}:{state}",
            address=person.email,
            name=person.name,
            language=person.language,
            zone=person.zone,
            template="observers/mail/correction_answered",
            context={"is_taken": state == CorrectionState.TAKEN, "text": row.text, "answer": row.answer},
        )
    return row
