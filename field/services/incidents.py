"""Incidents: a number people can say on the phone, an alert at once, an owner and a timeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.enums import GlobalRole
from accounts.models import User
from core import audit
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.outbox import queue_mail
from core.rights import authorize
from field.enums import IncidentState
from field.models import Incident, IncidentStep, Observation
from field.services.context import MissionContext
from missions.models import Assignment, Mission

log = structlog.get_logger(__name__)
MOVES: dict[str, tuple[frozenset[str], str]] = {
    "take": (frozenset({IncidentState.NEW, IncidentState.IN_HAND, IncidentState.CALLED_BACK}), IncidentState.IN_HAND),
    "call_back": (frozenset({IncidentState.NEW, IncidentState.IN_HAND}), IncidentState.CALLED_BACK),
    "close": (frozenset({IncidentState.NEW, IncidentState.IN_HAND, IncidentState.CALLED_BACK}), IncidentState.CLOSED),
    "reopen": (frozenset({IncidentState.CLOSED}), IncidentState.IN_HAND),
}


def numbers_of(uuids: Iterable[UUID]) -> dict[UUID, str]:
    """The numbers of incidents already raised, by the observation's UUID."""
    wanted = list(uuids)
    if not wanted:
        return {}
    rows = Incident.objects.filter(observation__uuid__in=wanted).select_related("observation", "mission")
    return {row.observation.uuid: row.number for row in rows}


def raise_for(observations: Sequence[Observation], context: MissionContext) -> dict[UUID, str]:
    """Number new incident reports and alert; called inside the transaction that stored them. A correction keeps its number."""
    if not observations:
        return {}
    mission = Mission.objects.select_for_update().get(pk=context.mission.pk)
    last = Incident.objects.filter(mission=mission).aggregate(last=Max("sequence"))["last"] or 0
    numbers: dict[UUID, str] = {}
    for observation in observations:
        corrected = Incident.objects.filter(mission=mission, observation__root=observation.root).first() if observation.replaces else None
        incident = corrected or Incident(mission=mission, sequence=last + 1)
        last = max(last, incident.sequence)
        _fill(incident, observation)
        incident.save()
        IncidentStep.objects.create(incident=incident, act="corrected" if corrected else "received", made_by=_sender(observation))
        numbers[observation.uuid] = incident.number
        if observation.severity == 3:
            _alert_safely(incident)
    return numbers


def _sender(observation: Observation) -> str:
    return f"device:{observation.device.uuid}" if observation.device_id and observation.device else str(observation.source)


def _fill(incident: Incident, observation: Observation) -> None:
    answers = observation.answers
    incident.observation = observation
    incident.kind = str(answers.get("I03", ""))[:40]
    incident.seriousness = str(answers.get("I05", ""))[:20]
    incident.is_danger = answers.get("I06") == "yes"
    incident.is_call_back = answers.get("I09") == "yes"
    incident.place = str(answers.get("I02") or observation.station_text)[:300]
    incident.text = str(answers.get("I07", ""))
    incident.happened_at = _moment(str(answers.get("I01", ""))) or observation.started_at


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def people_to_alert(mission: Mission) -> list[User]:
    """Coordinators, and who leads the mission."""
    coordinators = User.objects.filter(is_active=True, grants__role=GlobalRole.COORDINATOR)
    leaders = Assignment.objects.filter(mission=mission).seated().with_role("head", "deputy").values("person")
    return list((coordinators | User.objects.filter(is_active=True, person__in=leaders)).distinct().select_related("person"))


def _alert_safely(incident: Incident) -> None:
    """An alert that fails must not cost the report itself: it stands on the live page, and the log has the reason."""
    try:
        with transaction.atomic():
            _alert(incident)
    except Exception:
        log.exception("incident_alert_failed", incident=incident.number)


def _alert(incident: Incident) -> None:
    """A mail to everyone who has to know, once per incident and reader."""
    for user in people_to_alert(incident.mission):
        queue_mail(
            key=f"incident:{incident.uuid}:{user.uuid}",
            address=user.email,
            name=user.name,
            language=user.person.language if user.person else "en",
            zone=(user.person.zone if user.person else "") or incident.mission.zone,
            template="field/mail/incident",
            context={
                "number": incident.number,
                "kind": incident.kind,
                "place": incident.place,
                "text": incident.text,
                "is_danger": incident.is_danger,
                "path": incident.get_absolute_url(),
            },
            mission=incident.mission,
            urgent=True,
        )


@transaction.atomic
def move_incident(incident: Incident, act: str, *, by: Actor, note: str = "", owner: User | None = None) -> Incident:
    """Take, call back, close or reopen an incident. Asked twice, it is done once. Every act is a line of its timeline."""
    incident = Incident.objects.select_for_update().select_related("mission").get(pk=incident.pk)
    authorize(by, "field.change_incident", incident.mission)
    if act not in MOVES:
        raise Invalid(_("This cannot be done with an incident."), code="act_unknown", attr="act")
    sources, target = MOVES[act]
    new_owner = owner or (by.user if act == "take" else incident.owner)
    if incident.state == target and new_owner == incident.owner:
        return incident
    if incident.state not in sources:
        raise NotNow(_("The incident is “%(state)s”: this cannot be done now.") % {"state": incident.get_state_display()})
    if act == "close" and not note.strip():
        raise Invalid(_("Write in one sentence how the incident ended."), code="note_missing", attr="note")
    incident.state = target
    incident.owner = new_owner
    incident.save_changes("state", "owner")
    IncidentStep.objects.create(incident=incident, act=act, note=note.strip(), made_by=str(by))
    audit.record(by, f"field.incident_{act}", incident, fields=["state", "owner"])
    return incident


@transaction.atomic
def add_step(incident: Incident, *, by: Actor, note: str) -> IncidentStep:
    """A line in the timeline."""
    authorize(by, "field.change_incident", incident.mission)
    if not note.strip():
        raise Invalid(_("Write what was done."), code="note_missing", attr="note")
    return IncidentStep.objects.create(incident=incident, act="note", note=note.strip(), made_by=str(by))
