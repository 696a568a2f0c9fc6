"""Background work: claimed once, seen while it runs, cancelled, started again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock, jobs
from core.actors import user_actor
from core.enums import JobState
from core.errors import Invalid, NotNow
from core.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(monkeypatch):
    monkeypatch.setattr(jobs, "kinds", {})
    calls = []

    @jobs.job_kind("test.work", "Test work")
    def run(job, progress):
        calls.append(job.uuid)
        progress(1, 2, "half")
        if job.params.get("refuse"):
            raise Invalid("The input is wrong.")
        if job.params.get("crash"):
            raise ZeroDivisionError
        return {"url": "/there/"}

    return calls


def _start(user, **params):
    return jobs.start_job("test.work", by=user_actor(user), params=params)


def test_job_runs_once_and_keeps_its_result(work, coordinator, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = _start(coordinator)
    job.refresh_from_db()
    assert (job.state, job.result, job.done, job.percent) == (JobState.DONE, {"url": "/there/"}, 1, 100)
    assert jobs.run_job(job.pk) is False
    assert len(work) == 1


def test_refusal_becomes_the_jobs_message(work, coordinator):
    job = _start(coordinator, refuse=True)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.FAILED, "The input is wrong.")


def test_crash_is_told_and_can_be_started_again(work, coordinator):
    job = _start(coordinator, crash=True)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "ZeroDivisionError" in job.message
    jobs.retry_job(job, by=user_actor(coordinator))
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_cancelled_job_stops_at_its_next_step(work, coordinator, monkeypatch):
    job = _start(coordinator)
    monkeypatch.setattr(jobs, "_progress", _cancel_then(jobs._progress))
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    with pytest.raises(NotNow):
        jobs.cancel_job(job, by=user_actor(coordinator))


def _cancel_then(progress):
    def step(job, done, total, message):
        Job.objects.filter(pk=job.pk).update(state=JobState.CANCELLED)
        progress(job, done, total, message)

    return step


def test_dead_workers_job_is_taken_up_after_its_lease_but_not_for_ever(work, coordinator):
    job = _start(coordinator)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, lease_until=clock.real_now() + timedelta(minutes=1), attempts=1)
    assert jobs.run_job(job.pk) is False
    Job.objects.filter(pk=job.pk).update(lease_until=clock.real_now() - timedelta(seconds=1))
    assert jobs.sweep_jobs() == 1
    job.refresh_from_db()
    assert job.state == JobState.DONE
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, lease_until=clock.real_now() - timedelta(seconds=1), attempts=3)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED


def test_pages_show_only_ones_own_jobs(work, coordinator, outsider, administrator, client_for):
    job = _start(coordinator)
    assert client_for(coordinator).get(job.get_absolute_url()).status_code == 200
    assert client_for(outsider).get(job.get_absolute_url()).status_code == 404
    assert client_for(administrator).get(job.get_absolute_url()).status_code == 200
    assert client_for(outsider).post(job.get_absolute_url() + "cancel/").status_code == 404


def test_finished_job_leads_to_its_files_and_back(work, coordinator, client_for):
    job = _start(coordinator)
    files = [{"language": "en", "format": "pdf", "file": str(job.uuid), "name": "note.pdf"}]
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, result={"files": files}, params={"back": "/requests/there/"})
    page = client_for(coordinator).get(job.get_absolute_url()).content.decode()
    assert f'href="/files/{job.uuid}/note.pdf"' in page
    assert 'href="/requests/there/"' in page
