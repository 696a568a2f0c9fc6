"""Filters of the desk's templates."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format

from core import jobs
from core.models import Job

register = template.Library()


@register.filter
def job_label(job: Job) -> str:
    """What the work is, for people."""
    return jobs.label_of(job.kind)


@register.filter
def in_zone(instant: datetime | None, zone: str) -> str:
    """An instant as wall time in `zone` (IANA name), in the reader's language; empty for None."""
    return date_format(instant.astimezone(ZoneInfo(zone)), "DATETIME_FORMAT") if instant else ""
