"""Thin entrances from Celery."""

from __future__ import annotations

from celery import shared_task
from celery.contrib.django.task import DjangoTask

from core import audit, health, jobs, outbox, reminders


@shared_task(name="core.run_job", base=DjangoTask)
def run_job_task(pk: int) -> None:
    """Do the work of one job."""
    jobs.run_job(pk)


@shared_task(name="core.send_mail", base=DjangoTask)
def send_mail_task(pk: int) -> None:
    """Send one mail of the outbox."""
    outbox.send_one(pk)


@shared_task(name="core.send_outbox", base=DjangoTask)
def send_outbox() -> None:
    """Send mails whose bell was lost, and those whose time for another try has come."""
    outbox.send_due()


@shared_task(name="core.sweep_jobs")
def sweep_jobs() -> None:
    """Ring again for jobs whose bell was lost or whose worker died."""
    jobs.sweep_jobs()


@shared_task(name="core.sweep_reminders")
def sweep_reminders() -> None:
    """Make and send the reminders that are due."""
    reminders.sweep_reminders()


@shared_task(name="core.seal_audit")
def seal_audit() -> None:
    """Seal the newest log entries."""
    audit.seal_entries()


@shared_task(name="core.beat", expires=60)
def beat() -> None:
    """Show that the scheduler rings and a worker answers."""
    health.seen("scheduler")
    health.seen("worker")


@shared_task(name="core.expire_files")
def expire_files() -> None:
    """Take away files of jobs whose time is over."""
    jobs.expire_files()
