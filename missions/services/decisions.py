"""The Bureau: its note with the A6 criteria, its decision, the answer to the authority."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from core.documents import freeze, render
from core.errors import Invalid, NotNow
from core.outbox import queue_mail
from core.rights import authorize
from missions.enums import BEFORE_ELECTION_DAY, Answer, Criterion, DecisionOutcome, MissionFormat, MissionState, RequestState, VisitKind
from missions.models import DeadlineRule, Decision, Mission, Request
from missions.services.bureau_facts import basis_of, with_facts
from missions.services.guards import invitation_of
from missions.services.letters import answer_text
from missions.services.lifecycle import convert_format, move_mission
from missions.services.missions import plan_visit
from missions.services.register import mission_for

PRE_ELECTORAL_DAYS = 3


@transaction.atomic
def prepare_note(
    request: Request,
    *,
    by: Actor,
    criteria: dict[str, dict[str, str]],
    proposed_format: str = "",
    proposed_size: int | None = None,
    proposes_pre_electoral: bool = False,
    proposal: str = "",
) -> Request:
    """Save what the Bureau note says: `{criterion: {answer: yes/no/unknown, comment}}`, the format proposed, a text.

    A comment that says what the register itself knows is kept as that fact (`bureau_facts`), not as a text of the coordinator's.
    """
    request = Request.objects.select_for_update(of=("self",)).select_related("country", "election").get(pk=request.pk)
    authorize(by, "missions.decide_request", request)
    _check_registered(request)
    if Decision.objects.filter(request=request).exists():
        raise NotNow(_("The Bureau has decided on this request: its note stays as the Bureau had it."), code="decided")
    for code, entry in criteria.items():
        if code not in Criterion.values:
            raise Invalid(_("“%(code)s” is not a criterion of the Bureau note.") % {"code": code}, attr="criteria")
        if entry.get("answer", "") not in {"", *Answer.values}:
            raise Invalid(_("A criterion is answered with yes, no or not known."), attr="criteria")
    if proposed_format and proposed_format not in MissionFormat.values:
        raise Invalid(_("There is no such format of a mission."), attr="proposed_format")
    request.criteria, request.note_basis = with_facts(request, criteria), basis_of(request)
    request.proposed_format, request.proposed_size = proposed_format, proposed_size
    request.proposes_pre_electoral, request.proposal = proposes_pre_electoral, proposal.strip()
    fields = ["criteria", "proposed_format", "proposed_size", "proposes_pre_electoral", "proposal"]
    request.save_changes(*fields, "note_basis")
    audit.record(by, "missions.note_prepared", request, fields=fields)
    return request


def put_before_bureau(request: Request, *, by: Actor) -> Mission:
    """Put the mission before the Bureau; everything that the note still lacks is told."""
    return move_mission(mission_for(request), "submit_to_bureau", by=by)


@transaction.atomic
def decide(
    request: Request,
    *,
    by: Actor,
    outcome: str,
    decided_on: date,
    reference: str,
    reasons: str,
    format: str = "",
    has_pre_electoral: bool = False,
    is_public: bool = False,
) -> Decision:
    """Record what the Bureau decided and move the mission: accepted in its format, or declined. Once; the same again is a no-op.

    format: of the mission; a fact-finding visit where that was decided instead. A pre-electoral visit is planned where the
    Bureau wants one.
    """
    request = Request.objects.select_for_update().get(pk=request.pk)
    authorize(by, "missions.decide_request", request)
    _check_registered(request)
    said = _said(outcome, reference, reasons, format)
    known = Decision.objects.filter(request=request).first()
    if known:
        return _same(known, said, _("The Bureau has already decided on this request."))
    _check_decision(request, outcome, decided_on, reference, reasons)
    mission = mission_for(request)
    if mission.state == MissionState.INVITED:
        mission = move_mission(mission, "submit_to_bureau", by=by)
    decision = _recorded(by=by, request=request, decided_on=decided_on, has_pre_electoral=has_pre_electoral, is_public=is_public, **said)
    _carry_out(decision, mission, by=by, is_waiting=True)
    return decision


@transaction.atomic
def decide_on_second(
    mission: Mission,
    *,
    by: Actor,
    outcome: str,
    decided_on: date,
    reference: str,
    reasons: str,
    format: str = "",
    has_pre_electoral: bool = False,
    is_public: bool = False,
) -> Decision:
    """Record what the Bureau decided on a second mission that has no request of its own. Once; the same again is a no-op.

    It is put before the Bureau and accepted or declined. One that went on already on the decision of the first keeps its state where it
    is accepted, and is cancelled where it is declined. Refused from election day on.
    """
    mission = Mission.objects.select_for_update(of=("self",)).select_related("request", "continues", "election").get(pk=mission.pk)
    authorize(by, "missions.decide_request", mission)
    if mission.request is not None or mission.continues is None:
        raise NotNow(_("The Bureau decides on the request of this mission: record it there."), code="has_request")
    said = _said(outcome, reference, reasons, format)
    known = Decision.objects.filter(mission=mission).first()
    if known:
        return _same(known, said, _("The Bureau has already decided on this mission."))
    if mission.state not in BEFORE_ELECTION_DAY:
        sentence = _("The Bureau decides before election day; the mission is now “%(state)s”.")
        raise NotNow(sentence % {"state": mission.get_state_display()}, code="wrong_state")
    _check_decision(invitation_of(mission), outcome, decided_on, reference, reasons)
    decision = _recorded(by=by, mission=mission, decided_on=decided_on, has_pre_electoral=has_pre_electoral, is_public=is_public, **said)
    for state, action in ((MissionState.WATCH, "invite"), (MissionState.INVITED, "submit_to_bureau")):
        if mission.state == state:
            mission = move_mission(mission, action, by=by)
    _carry_out(decision, mission, by=by, is_waiting=mission.state == MissionState.BEFORE_BUREAU)
    return decision


def _said(outcome: str, reference: str, reasons: str, format: str) -> dict[str, Any]:
    """A decision as it is stored."""
    if outcome == DecisionOutcome.DECLINED:
        format = ""
    elif outcome == DecisionOutcome.FACT_FINDING:
        format = MissionFormat.FACT_FINDING.value
    return {"outcome": outcome, "reference": reference.strip(), "reasons": reasons.strip(), "format": format}


def _same(known: Decision, said: dict[str, Any], sentence: str) -> Decision:
    """The recorded decision, where it says the same. Raises NotNow with `sentence` where it does not."""
    if any(getattr(known, name) != said[name] for name in ("outcome", "reference", "format")):
        raise NotNow(sentence, code="decided")
    return known


def _recorded(*, by: Actor, **values: Any) -> Decision:
    """The row of a decision on a request or on a second mission, with its entry in the log."""
    decision = Decision.objects.create(**values)
    about = decision.request or decision.mission
    audit.record(by, "missions.decided", about, data={"outcome": decision.outcome, "format": decision.format})
    return decision


def _carry_out(decision: Decision, mission: Mission, *, by: Actor, is_waiting: bool) -> None:
    """What the Bureau decided happens to the mission. is_waiting: for it; else it went on already and keeps its state, or is cancelled.

    Raises NotNow where one that waits cannot make the move.
    """
    note = f"{decision.reference}: {decision.reasons}"
    if decision.outcome == DecisionOutcome.DECLINED:
        move_mission(mission, "decline" if is_waiting else "cancel", by=by, note=note)
        return
    convert_format(mission, by=by, format=decision.format, reason=note)
    if is_waiting:
        move_mission(mission, "accept", by=by, note=note)
    if decision.has_pre_electoral:
        _plan_pre_electoral(mission, by=by)


@transaction.atomic
def answer_authority(decision: Decision, *, by: Actor, text: str = "") -> Decision:
    """Send the answer to the authority's contact, with the letter as a PDF, in the contact's language. Once."""
    decision = Decision.objects.select_for_update(of=("self",)).select_related("request__country", "request__election").get(pk=decision.pk)
    request = decision.request
    authorize(by, "missions.decide_request", request)
    if request is None:
        raise NotNow(_("A second mission has no request to answer: write to the authority by the first."), code="no_request")
    if decision.answered_at:
        return decision
    if not request.contact_email:
        raise Invalid(_("The contact has no e-mail address: send the letter by post and note it."), attr="contact_email")
    decision.answer = text.strip() or answer_text(decision, request.language)
    decision.answered_at = clock.now()
    decision.save_changes("answer", "answered_at")
    document = freeze("missions.answer_letter", request, request.language, by=by)
    queue_mail(
        key=f"request-answer:{decision.uuid}",
        address=request.contact_email,
        name=request.contact_name,
        language=request.language,
        template="missions/mail/request_answer",
        context={"text": decision.answer},
        attachments=[render(document, "pdf").file],
        mission=mission_for(request),
    )
    audit.record(by, "missions.answered", request)
    return decision


def _check_registered(request: Request) -> None:
    if request.state != RequestState.REGISTERED:
        raise NotNow(_("Register the request first."), code="wrong_state")


def _check_decision(request: Request | None, outcome: str, decided_on: date, reference: str, reasons: str) -> None:
    tests: list[tuple[Any, str, str]] = [
        (outcome not in DecisionOutcome.values, "outcome", _("Choose what the Bureau decided.")),
        (not reference.strip(), "reference", _("Give the reference of the Bureau's document.")),
        (not reasons.strip(), "reasons", _("Give the reasons of the decision.")),
        (decided_on > clock.today(), "decided_on", _("The decision cannot lie in the future.")),
        (
            bool(request and request.received_on and decided_on < request.received_on),
            "decided_on",
            _("The decision lies before the request."),
        ),
    ]
    for is_wrong, attr, sentence in tests:
        if is_wrong:
            raise Invalid(sentence, attr=attr)


def _plan_pre_electoral(mission: Mission, *, by: Actor) -> None:
    """Plan the visit on the days that the deadline rule proposes, unless one is planned."""
    day = mission.polling_day
    rule = DeadlineRule.objects.filter(code="pre_electoral").first()
    if day is None or rule is None or mission.visits.filter(kind=VisitKind.PRE_ELECTORAL).exists():
        return
    starts_on = day + timedelta(days=rule.offset_days)
    ends_on = starts_on + timedelta(days=PRE_ELECTORAL_DAYS - 1)
    plan_visit(mission, by=by, kind=VisitKind.PRE_ELECTORAL, starts_on=starts_on, ends_on=ends_on)
