"""Background work: claimed once, seen while it runs, cancelled, started again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock, health, jobs, schedules
from core.actors import SYSTEM, user_actor
from core.enums import JobState
from core.errors import Invalid, NotNow
from core.files import store_file
from core.models import Heartbeat, Job, OutboxAttachment, ScheduleRun, StoredFile
from core.outbox import queue_mail
from core.tasks import sweep_jobs

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


def test_the_log_says_what_happened_and_the_page_shows_it(work, coordinator, client_for):
    job = _start(coordinator, crash=True)
    jobs.run_job(job.pk)
    jobs.retry_job(job, by=user_actor(coordinator))
    jobs.cancel_job(job, by=user_actor(coordinator))
    texts = [line.text for line in job.lines.all()]
    assert texts[:3] == ["Asked for.", "A worker began, attempt 1.", "1/2 half"]
    assert "ZeroDivisionError" in texts[3] and texts[4:] == ["Asked for once more.", "Cancelled."]
    page = client_for(coordinator).get(job.get_absolute_url()).content.decode()
    assert "1/2 half" in page and coordinator.name in page


def test_a_log_has_an_end(work, coordinator, monkeypatch):
    monkeypatch.setattr(jobs, "MAX_LINES", 2)
    job = _start(coordinator)
    jobs.run_job(job.pk)
    assert job.lines.count() == 2


def test_files_go_when_their_time_is_over_but_for_what_a_document_keeps(work, coordinator):
    own = store_file(b"own", name="own.csv", by=SYSTEM)
    kept = store_file(b"kept", name="kept.txt", by=SYSTEM)
    mail = queue_mail(key="k", address="a@example.org", template="accounts/mail/password", context={"url": "", "days": 1})
    OutboxAttachment.objects.create(mail=mail, file=kept)
    job = _start(coordinator)
    jobs.kinds["test.work"] = jobs.Kind(
        "test.work", "T", lambda row, progress: {"files": [{"file": str(file.uuid), "name": file.name} for file in (own, kept)]}
    )
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert job.files_until and jobs.expire_files() == 0
    Job.objects.filter(pk=job.pk).update(files_until=clock.real_now() - timedelta(seconds=1))
    assert jobs.expire_files() == 1
    job.refresh_from_db()
    assert [file["name"] for file in job.result["files"]] == ["kept.txt"]
    assert list(StoredFile.objects.values_list("name", flat=True)) == ["kept.txt"]
    assert jobs.expire_files() == 0


class TestSchedules:
    def test_a_run_is_noted_with_its_end_and_its_error(self):
        schedules.note_start("core.sweep_jobs")
        schedules.note_end("core.sweep_jobs", "ValueError: no")
        schedules.note_start("core.not_periodic")
        rows = {row.task: row for row in schedules.schedules()}
        assert rows["core.sweep_jobs"].error == "ValueError: no" and not rows["core.sweep_jobs"].is_late
        assert rows["core.sweep_jobs"].next_at - rows["core.sweep_jobs"].last_at == rows["core.sweep_jobs"].every
        assert rows["core.seal_audit"].is_late, "never seen"
        assert ScheduleRun.objects.count() == 1

    def test_a_worker_notes_what_it_runs(self):
        sweep_jobs.delay()
        assert ScheduleRun.objects.get().task == "core.sweep_jobs"

    def test_silence_of_two_minutes_is_late(self, administrator, client_for):
        schedules.note_start("core.beat")
        ScheduleRun.objects.update(started_at=clock.real_now() - timedelta(seconds=20 + 121))
        page = client_for(administrator).get(reverse("core:schedules"))
        assert [row.is_late for row in page.context["schedules"] if row.task == "core.beat"] == [True]
        assert health.silent_parts() == ["worker", "scheduler"]
        health.seen("worker")
        Heartbeat.objects.update(seen_at=clock.real_now() - timedelta(seconds=121))
        assert "Not heard of for two minutes: worker" in client_for(administrator).get(reverse("core:jobs")).content.decode()


def test_the_list_counts_by_state_and_its_queries_do_not_grow(work, coordinator, client_for, django_assert_max_num_queries):
    client = client_for(coordinator)
    for _number in range(3):
        _start(coordinator)
    with django_assert_max_num_queries(15):
        page = client.get(reverse("core:jobs"), {"state": "queued"})
    assert len(page.context["object_list"]) == 3 and "(3)" in page.content.decode()
    assert not client.get(reverse("core:jobs"), {"state": "done"}).context["object_list"]
