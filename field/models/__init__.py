"""Models of the field app."""

from field.models.design import FormDesign
from field.models.device import Device, EnrolmentCode, FieldSettings
from field.models.form import Form, FormVersion
from field.models.notes import Attachment, AttachmentPart, Incident, IncidentStep, Note
from field.models.observation import FlagReview, Observation, StationMove, SubmissionConflict

__all__ = [
    "Attachment",
    "AttachmentPart",
    "Device",
    "EnrolmentCode",
    "FieldSettings",
    "FlagReview",
    "Form",
    "FormDesign",
    "FormVersion",
    "Incident",
    "IncidentStep",
    "Note",
    "Observation",
    "StationMove",
    "SubmissionConflict",
]
