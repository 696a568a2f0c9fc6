"""Checks shared by models, forms and serializers."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

REFERENCE = re.compile(r"[A-Z]{2}-\d{4}-[1-9]\d*")


def validate_zone(value: str) -> None:
    """Raise ValidationError unless `value` is an IANA time zone."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValidationError(_("%(zone)s is not a time zone; write it like Europe/Sofia.") % {"zone": value}, code="zone") from None


def validate_reference(value: str) -> None:
    """Raise ValidationError unless `value` reads like `BG-2026-1`."""
    if not REFERENCE.fullmatch(value):
        raise ValidationError(_("%(value)s is not a mission reference; it reads like BG-2026-1.") % {"value": value}, code="reference")


def validate_topic(value: str) -> None:
    """Raise ValidationError unless `value` is a topic code, L01 to L21 (report-structure)."""
    if not re.fullmatch(r"L(0[1-9]|1\d|2[01])", value):
        raise ValidationError(_("%(value)s is not a topic; topics are L01 to L21.") % {"value": value}, code="topic")
