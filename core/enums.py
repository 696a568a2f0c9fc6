"""Choices that every app shares."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Access(models.TextChoices):
    """Who may read a piece of content, from the narrowest to the widest (DESIGN 3, "Rights")."""

    TEAM = "team", _("Team")
    SECRETARIAT = "secretariat", _("Secretariat")
    COMMITTEE = "committee", _("Committee")
    PUBLIC = "public", _("Public")


class Language(models.TextChoices):
    """Languages of the interface and of published texts."""

    EN = "en", _("English")
    FR = "fr", _("French")
    DE = "de", _("German")


class TextState(models.TextChoices):
    """How far a translation of a text can be trusted; only `checked` enters a published document unasked."""

    MISSING = "missing", _("Missing")
    MACHINE = "machine", _("Unchecked")
    CHECKED = "checked", _("Checked")
    STALE = "stale", _("Out of date")


class JobState(models.TextChoices):
    """The life of a piece of background work that somebody waits for."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class MailState(models.TextChoices):
    """The life of one mail in the outbox."""

    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class ReminderState(models.TextChoices):
    """The life of one reminder."""

    DUE = "due", _("Due")
    SENT = "sent", _("Sent")
    DROPPED = "dropped", _("No longer needed")
