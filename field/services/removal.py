"""What the field app holds of a mission, for the removal of a demonstration."""

from __future__ import annotations

from knox.models import get_token_model

from core.actors import Actor
from core.models import StoredFile
from field.models import Attachment, Device, EnrolmentCode, Form, FormDesign, Incident, Note, Observation, SubmissionConflict
from field.services import context
from missions.models import Mission


def remove_field_data(mission: Mission, *, by: Actor, reason: str) -> None:
    """Delete the mission's records, its own forms, and the phones of people who are in no other mission."""
    files = set(Attachment.objects.filter(mission=mission, stored__isnull=False).values_list("stored_id", flat=True))
    uuids = list(Observation.objects.filter(mission=mission).values_list("uuid", flat=True))
    uuids += list(Note.objects.filter(mission=mission).values_list("uuid", flat=True))
    Attachment.objects.filter(mission=mission).delete()
    Attachment.objects.filter(parent__in=uuids).delete()
    Incident.objects.filter(mission=mission).delete()
    SubmissionConflict.objects.filter(mission=mission).delete()
    Note.objects.filter(mission=mission).delete()
    Observation.objects.filter(mission=mission).delete()
    files |= set(Form.objects.filter(mission=mission, versions__xlsform__isnull=False).values_list("versions__xlsform_id", flat=True))
    FormDesign.objects.filter(mission=mission).delete()
    Form.objects.filter(mission=mission).delete()
    EnrolmentCode.objects.filter(mission=mission).delete()
    people = mission.assignments.values_list("person", flat=True)
    for device in Device.objects.filter(person__in=people).exclude(person__assignments__mission__in=_others(mission)):
        get_token_model().objects.filter(digest=device.digest).delete()
        device.delete()
    for file in StoredFile.objects.filter(pk__in=files):
        if not Attachment.objects.filter(stored=file).exists():
            file.delete()
    context.forget()


def _others(mission: Mission):
    return Mission.objects.exclude(pk=mission.pk)
