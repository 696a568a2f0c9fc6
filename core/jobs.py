"""Work that people wait for. The row is the truth, the broker a doorbell; running twice equals running once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, ProtectedError, Q
from django.utils.translation import gettext as _

from core import clock
from core.actors import Actor
from core.enums import JobState
from core.errors import DomainError, NotNow
from core.models import Job, JobLine, StoredFile

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 3
MAX_LINES = 300
FILES_FOR = timedelta(days=30)


class JobCancelled(Exception):
    """Raised inside a job when somebody cancelled it; `run_job` catches it."""


Progress = Callable[..., None]
Work = Callable[[Job, Progress], dict | None]


@dataclass(frozen=True)
class Kind:
    """A kind of job: its code, its label for people, and what it does."""

    code: str
    label: Any
    work: Work


kinds: dict[str, Kind] = {}


def job_kind(code: str, label: Any) -> Callable[[Work], Work]:
    """Register the decorated function as the work of jobs of kind `code`.

    The function gets the row and `progress(done, total, message="")`, may return a dict for `job.result`, must be safe
    to run again from the start, and is stopped by JobCancelled at its next call of `progress`.
    """

    def register(work: Work) -> Work:
        kinds[code] = Kind(code, label, work)
        return work

    return register


def label_of(kind: str) -> str:
    """What jobs of this kind do, for people."""
    return str(kinds[kind].label) if kind in kinds else kind


def start_job(kind: str, *, by: Actor, subject: Any = "", params: dict | None = None) -> Job:
    """Make a job's row and ring for a worker once the transaction is committed. Raises LookupError for an unknown kind."""
    from core.tasks import run_job_task  # tasks import this module

    if kind not in kinds:
        raise LookupError(f"No job of kind {kind!r} is registered.")
    job = Job.objects.create(kind=kind, by=str(by), owner=by.user, subject=str(subject), params=params or {})
    note(job, _("Asked for."))
    run_job_task.delay_on_commit(job.pk)
    return job


def note(job: Job, text: str) -> None:
    """A line in the job's log; a job that talks without end is cut."""
    if text and job.lines.count() < MAX_LINES:
        JobLine.objects.create(job=job, at=clock.real_now(), text=text[:500])


def cancel_job(job: Job, *, by: Actor) -> None:
    """Cancel a job that is not over. Only its owner and administrators see the button; a finished job raises NotNow."""
    changed = Job.objects.filter(pk=job.pk, state__in=[JobState.QUEUED, JobState.RUNNING]).update(
        state=JobState.CANCELLED, finished_at=clock.real_now(), message=""
    )
    if not changed:
        raise NotNow(_("This job is already over."), code="job_over")
    note(job, _("Cancelled."))


def retry_job(job: Job, *, by: Actor) -> None:
    """Queue a failed or cancelled job again, from the start. Raises NotNow for one that waits, runs or is done."""
    from core.tasks import run_job_task  # tasks import this module

    changed = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.CANCELLED]).update(
        state=JobState.QUEUED, attempts=0, message="", done=0, finished_at=None
    )
    if not changed:
        raise NotNow(_("Only a failed or cancelled job can be started again."), code="job_not_failed")
    note(job, _("Asked for once more."))
    run_job_task.delay_on_commit(job.pk)


def run_job(pk: int) -> bool:
    """Claim the job and do its work; False where somebody else has it or it is over. Never raises for the work's own failure."""
    start = clock.real_now()
    waiting = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=start)
    claimed = Job.objects.filter(waiting, pk=pk).update(
        state=JobState.RUNNING, started_at=start, lease_until=start + LEASE, attempts=F("attempts") + 1, message=""
    )
    if not claimed:
        return False
    job = Job.objects.get(pk=pk)
    note(job, _("A worker began, attempt %(n)s.") % {"n": job.attempts})
    if job.attempts > MAX_ATTEMPTS:
        return _finish(job, JobState.FAILED, _("The work was started %(n)s times and never ended.") % {"n": MAX_ATTEMPTS})
    try:
        result = kinds[job.kind].work(job, lambda done, total=0, message="": _progress(job, done, total, message))
    except JobCancelled:
        return True
    except DomainError as refusal:
        return _finish(job, JobState.FAILED, str(refusal.sentence))
    except Exception as error:
        log.exception("job_failed", kind=job.kind, job=str(job.uuid))
        return _finish(job, JobState.FAILED, _("The work failed: %(why)s") % {"why": f"{type(error).__name__}: {error}"[:500]})
    return _finish(job, JobState.DONE, "", result or {})


def sweep_jobs() -> int:
    """Ring again for jobs whose bell was lost or whose worker died. Returns how many."""
    from core.tasks import run_job_task  # tasks import this module

    now = clock.real_now()
    lost = Q(state=JobState.QUEUED, updated_at__lt=clock.now() - timedelta(seconds=20)) | Q(state=JobState.RUNNING, lease_until__lt=now)
    keys = list(Job.objects.filter(lost).values_list("pk", flat=True)[:200])
    for pk in keys:
        run_job_task.delay(pk)
    return len(keys)


def _progress(job: Job, done: int, total: int, message: str) -> None:
    """Write progress outside any transaction of the work, prolong the lease, stop where it was cancelled."""
    changed = Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
        done=done, total=total or job.total, message=message, lease_until=clock.real_now() + LEASE
    )
    if not changed:
        raise JobCancelled
    if message and message != job.message:
        note(job, f"{done}/{total or job.total} {message}" if total or job.total else message)
    job.message, job.total = message, total or job.total


@transaction.atomic
def _finish(job: Job, state: str, message: str, result: dict | None = None) -> bool:
    now = clock.real_now()
    changed = Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
        state=state,
        message=message,
        result=result or {},
        finished_at=now,
        lease_until=None,
        files_until=now + FILES_FOR if (result or {}).get("files") else None,
    )
    if changed:
        note(job, message or _("Done."))
    return True


def expire_files(*, limit: int = 500) -> int:
    """Take away the files of jobs whose time is over, but for those that something else keeps (a document). Returns how many went."""
    gone = 0
    for job in Job.objects.filter(files_until__lt=clock.real_now())[:limit]:
        wanted = [file.get("file") for file in job.result.get("files", [])]
        kept = []
        for row in StoredFile.objects.filter(uuid__in=[uuid for uuid in wanted if uuid]):
            try:
                with transaction.atomic():
                    row.delete()
                gone += 1
            except ProtectedError:
                kept.append(str(row.uuid))
        job.result = {**job.result, "files": [file for file in job.result["files"] if file.get("file") in kept]}
        job.files_until = None
        job.save_changes("result", "files_until")
        if not kept:
            note(job, _("Its files were taken away: their time was over."))
    return gone
