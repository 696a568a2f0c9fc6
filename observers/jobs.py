"""Background work of observers that somebody waits for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.jobs import Progress, job_kind
from core.models import Job
from observers.models import InterestCall
from observers.services.calls import JOB, send_call_letters


@job_kind(JOB, _("Send letters of a call for interest"))
def send_call(job: Job, progress: Progress) -> dict[str, Any]:
    """Put the letters of a call into the outbox; safe to run again."""
    call = InterestCall.objects.select_related("mission").get(uuid=job.params["call"])
    return {"letters": send_call_letters(call, job.params["kind"], progress)}
