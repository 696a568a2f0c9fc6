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


class LanguageLevel(models.TextChoices):
    """How well somebody speaks a language: the levels of the Common European Framework, or a first language."""

    A1 = "A1", "A1"
    A2 = "A2", "A2"
    B1 = "B1", "B1"
    B2 = "B2", "B2"
    C1 = "C1", "C1"
    C2 = "C2", "C2"
    NATIVE = "native", _("first language")


def level_label(level: str) -> str:
    """A level as lists print it."""
    return str(LanguageLevel(level).label) if level in LanguageLevel.values else level
