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

    HELD = "held", _("Waits for a yes")
    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    BOUNCED = "bounced", _("Came back")
    STOPPED = "stopped", _("Not sent")
    INBOX = "inbox", _("Inbox only")


class MailChannel(models.TextChoices):
    """The way by which something of the outbox reaches its reader."""

    MAIL = "mail", _("Mail")
    PUSH = "push", _("Browser")


class ReminderState(models.TextChoices):
    """The life of one reminder."""

    DUE = "due", _("Due")
    SENT = "sent", _("Sent")
    DROPPED = "dropped", _("No longer needed")
    EXPIRED = "expired", _("Too late")


class Timing(models.TextChoices):
    """When a reminder may reach its reader, in the reader's zone (docs/reminders.md)."""

    AT_ONCE = "at_once", _("At once, day and night")
    WORKDAYS = "workdays", _("On working days, by day")
    DIGEST = "digest", _("Gathered in one mail a working day")


class Unit(models.TextChoices):
    """What the distances of a reminder rule are counted in."""

    DAYS = "days", _("days")
    HOURS = "hours", _("hours")
    MINUTES = "minutes", _("minutes")
