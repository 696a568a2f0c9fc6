"""Choices about people."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class GlobalRole(models.TextChoices):
    """What an account may do in every mission; roles inside a mission come from its assignments only."""

    COORDINATOR = "coordinator", _("Coordinator")
    PUBLISHER = "publisher", _("Publisher")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Gender(models.TextChoices):
    """Gender as the person stated it; "not stated" is left out of every count (membership-rules R2, edge case 3)."""

    WOMAN = "woman", _("Woman")
    MAN = "man", _("Man")
    OTHER = "other", _("Other")
    NOT_STATED = "not_stated", _("Not stated")
