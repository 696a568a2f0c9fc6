"""Choices of the field app. Imports nothing of ours."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FormStage(models.TextChoices):
    """What a form is about; the deployment plan expects forms by stage."""

    OPENING = "opening", _("Opening")
    VOTING = "voting", _("Voting")
    CLOSING = "closing_counting", _("Closing and counting")
    TABULATION = "tabulation", _("Tabulation")
    INCIDENT = "incident", _("Incident")
    OTHER = "other", _("Other")


class VersionState(models.TextChoices):
    """The life of a form version. A published version never changes."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    CLOSED = "closed", _("Closed")


class Source(models.TextChoices):
    """Through which door a record came."""

    SYNC = "sync", _("Phone app")
    OPENROSA = "openrosa", _("ODK client")
    IMPORT = "import", _("Import")


class Slot(models.TextChoices):
    """Visit slot, from the arrival time (field-forms 2)."""

    OPENING = "opening", _("Opening")
    BEFORE_13 = "before_13", _("Before 13:00")
    AFTER_13 = "after_13", _("After 13:00")
    CLOSING = "closing", _("Closing")
    NIGHT = "night", _("Night")
    UNKNOWN = "", _("Unknown")


class ConflictState(models.TextChoices):
    """Other content under a known UUID waits for a person."""

    OPEN = "open", _("To be decided")
    KEPT_FIRST = "kept_first", _("First content kept")
    TOOK_OTHER = "took_other", _("Other content taken as a correction")


class ReviewState(models.TextChoices):
    """What the desk did about a flag or a plausibility note."""

    NEW = "new", _("New")
    SEEN = "seen", _("Looked at")
    ASKED = "asked", _("Question sent")
    SETTLED = "settled", _("Settled")


class IncidentState(models.TextChoices):
    """The life of an incident at the desk."""

    NEW = "new", _("New")
    IN_HAND = "in_hand", _("In hand")
    CALLED_BACK = "called_back", _("Called back")
    CLOSED = "closed", _("Closed")


class NoteSource(models.TextChoices):
    """How the observer knows."""

    SEEN = "seen", _("Seen by the team")
    TOLD = "told", _("Told by somebody")
    DOCUMENT = "document", _("From a document")
    MEDIA = "media", _("From the media")


class AttachmentState(models.TextChoices):
    """How far an attachment has come."""

    PARTIAL = "partial", _("Arriving")
    STORED = "stored", _("Stored")
    REFUSED = "refused", _("Refused")


class Result(models.TextChoices):
    """The answer to one item of a batch (docs/sync.md 4)."""

    CREATED = "created", _("Stored")
    ALREADY = "already", _("Already stored")
    REVISION = "revision", _("Stored as a correction")
    CONFLICT = "conflict", _("Other content is stored under this number; both are kept")
    REFUSED = "refused", _("Refused")
    LATER = "later", _("Send again later")


SEVERITIES = {0: _("Data quality"), 1: _("Minor procedural"), 2: _("Serious"), 3: _("Critical")}
STATION_STAGES = (FormStage.OPENING, FormStage.VOTING, FormStage.CLOSING, FormStage.TABULATION)
CHECKS = ("P1", "P4", "P5", "P6", "P8")  # the codes of checks across records (field-forms 4); the others are in the forms
APPROVAL = "approval"  # the code of the review that keeps what Kobo or ODK said about a record
CLOSED_INCIDENTS = (IncidentState.CLOSED,)
