"""Freeze, then render."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
import rules
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from PIL import Image

from accounts.models import User
from core.actors import SYSTEM, user_actor
from core.audit import entries_of
from core.documents import (
    DocumentKind,
    documents_of,
    freeze,
    get_kind,
    preview,
    register_kind,
    render,
    request_documents,
)
from core.documents import blocks as b
from core.documents.rendering import render_content, render_many
from core.documents.services import snapshot_of
from core.enums import Access, JobState
from core.errors import Invalid, NotAllowed, NotNow
from core.files import may_read, store_file
from core.models import Document, DocumentFile, Job, StoredFile

pytestmark = pytest.mark.django_db
Commit = Callable[..., Any]


def test_freezing_stores_content_version_and_checksum(kind: DocumentKind, coordinator: User) -> None:
    document = freeze("tests.sample", coordinator, "fr", by=SYSTEM)
    document.refresh_from_db()
    assert (document.language, document.reference, document.frozen_by) == ("fr", "CPL(2026)50-04", "system")
    assert document.content["blocks"][1]["number"] == "1"
    assert len(document.checksum) == 64 and document.template_version.startswith("1.1-")
    assert (document.subject_type, document.subject_key) == ("accounts.User", str(coordinator.uuid))
    assert DocumentFile.objects.count() == 0
    entry = entries_of(coordinator).get(action="documents.frozen")
    assert (entry.actor, entry.data["checksum"], entry.data["language"]) == ("system", document.checksum, "fr")


@pytest.mark.parametrize("format", ["pdf", "docx", "html", "json"])
def test_rendering_is_done_once(kind: DocumentKind, coordinator: User, format: str) -> None:
    document = freeze("tests.sample", coordinator, "en", by=SYSTEM)
    first = render(document, format)
    assert render(document, format) == first
    assert first.file.name == f"CPL-2026-50-04-sample-en.{format}"
    assert first.file.access == Access.SECRETARIAT and StoredFile.objects.count() == 1


def test_the_same_snapshot_gives_the_same_file(kind: DocumentKind, coordinator: User) -> None:
    document = freeze("tests.sample", coordinator, "en", by=SYSTEM)
    shas = {}
    for _ in range(2):
        for format in ("pdf", "docx", "html", "json"):
            drawn = render(document, format)
            assert shas.setdefault(format, drawn.file.sha256) == drawn.file.sha256
        DocumentFile.objects.all().delete()


def test_many_together_are_the_same_bytes_as_each_alone(kind: DocumentKind, coordinator: User) -> None:
    snapshots = [snapshot_of(freeze("tests.sample", coordinator, language, by=SYSTEM)) for language in ("en", "fr")]
    wanted = [(snapshot, format) for snapshot in snapshots for format in ("pdf", "docx", "html", "json")]
    together = dict(render_many(wanted))
    assert [together[at] for at in range(len(wanted))] == [render_content(*one) for one in wanted]


def test_a_changed_subject_does_not_change_a_frozen_document(kind: DocumentKind, coordinator: User) -> None:
    document = freeze("tests.sample", coordinator, "en", by=SYSTEM)
    later = freeze("tests.sample", coordinator, "en", by=SYSTEM, title="Another title")
    assert json.loads(render(document, "json").file.read())["title"].startswith("Local elections")
    assert json.loads(render(later, "json").file.read())["title"] == "Another title"
    assert [found.pk for found in documents_of(coordinator)] == [later.pk, document.pk]


def test_the_database_keeps_what_was_frozen(kind: DocumentKind, coordinator: User) -> None:
    document = freeze("tests.sample", coordinator, "en", by=SYSTEM)
    for field, value in (("content", {"title": "Forged"}), ("title", "Forged"), ("checksum", "0" * 64)):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(**{field: value})
    Document.objects.filter(pk=document.pk).update(access=Access.PUBLIC)


def test_a_row_that_was_tampered_with_is_not_drawn(kind: DocumentKind, coordinator: User) -> None:
    document = freeze("tests.sample", coordinator, "en", by=SYSTEM)
    document.content = document.content | {"title": "Forged"}
    with pytest.raises(NotNow, match="not the one that was frozen"):
        render(document, "pdf")


def test_formats_and_kinds_are_closed_lists(kind: DocumentKind, coordinator: User) -> None:
    document = freeze("tests.sample", coordinator, "en", by=SYSTEM)
    with pytest.raises(Invalid):
        render(document, "exe")
    with pytest.raises(Invalid):
        request_documents("tests.sample", coordinator, ["en"], [], by=SYSTEM)
    with pytest.raises(LookupError):
        get_kind("tests.unknown")
    with pytest.raises(ValueError, match="registered twice"):
        register_kind(DocumentKind(code="tests.sample", label="Other", build=lambda subject, language: {}))


def test_a_preview_leaves_no_trace(kind: DocumentKind, coordinator: User) -> None:
    assert preview("tests.sample", coordinator, "de", "pdf", by=SYSTEM).startswith(b"%PDF-")
    assert not Document.objects.exists() and not StoredFile.objects.exists()


def test_a_job_draws_each_format_in_each_language(
    kind: DocumentKind, coordinator: User, django_capture_on_commit_callbacks: Commit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = request_documents("tests.sample", coordinator, ["en", "fr"], ["html", "json"], by=user_actor(coordinator))
        assert job.state == JobState.QUEUED and DocumentFile.objects.count() == 0
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DONE, 4, 4)
    assert sorted((file["language"], file["format"]) for file in job.result["files"]) == [
        ("en", "html"),
        ("en", "json"),
        ("fr", "html"),
        ("fr", "json"),
    ]


def test_a_cancelled_job_stops_and_a_second_run_goes_on(
    kind: DocumentKind, coordinator: User, django_capture_on_commit_callbacks: Commit
) -> None:
    from core.documents.jobs import run
    from core.jobs import JobCancelled

    job = request_documents("tests.sample", coordinator, ["en", "fr"], ["json"], by=SYSTEM)

    def cancel_after_first(done: int, total: int = 0, message: str = "") -> None:
        if done == 1:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        run(job, cancel_after_first)
    kept = DocumentFile.objects.get()
    run(job, lambda *args: None)
    assert DocumentFile.objects.count() == 2 and DocumentFile.objects.filter(pk=kept.pk).exists()
    assert Job.objects.count() == 1


def test_images_are_kept_with_the_document(kind: DocumentKind, coordinator: User) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(picture, "PNG")
    stored = store_file(picture.getvalue(), name="door.png", by=SYSTEM)
    blocks = [b.figure("A station", alt="A door with steps.", image=stored, width=0.5)]
    document = freeze("tests.sample", coordinator, "en", by=SYSTEM, blocks=blocks)
    assert list(document.assets.all()) == [stored]
    assert b"data:image/png;base64," in render(document, "html").file.read()
    render(document, "docx")
    with pytest.raises(Invalid, match="not stored as PNG or JPEG"):
        freeze("tests.sample", coordinator, "en", by=SYSTEM, blocks=[b.figure("x", alt="x", image="0" * 64)])


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch, kind: DocumentKind) -> DocumentKind:
    """A kind that only the subject itself may freeze and read."""
    predicate = rules.predicate(lambda user, subject: subject is None or user == subject)
    rules.add_perm("tests.freeze_own", predicate)
    guarded = DocumentKind(code="tests.guarded", label="Guarded", build=kind.build, permission="tests.freeze_own")
    register_kind(guarded)
    yield guarded
    rules.remove_perm("tests.freeze_own")


def test_freezing_and_previewing_ask_for_the_permission(guarded: DocumentKind, coordinator: User, outsider: User) -> None:
    freeze("tests.guarded", coordinator, "en", by=user_actor(coordinator))
    for act in (
        lambda: freeze("tests.guarded", coordinator, "en", by=user_actor(outsider)),
        lambda: preview("tests.guarded", coordinator, "en", "pdf", by=user_actor(outsider)),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert Document.objects.count() == 1


def test_who_may_open_a_file(guarded: DocumentKind, coordinator: User, outsider: User) -> None:
    drawn = render(freeze("tests.guarded", coordinator, "en", by=SYSTEM), "json")
    assert may_read(coordinator, drawn.file)
    assert not may_read(outsider, drawn.file)
    Document.objects.update(access=Access.PUBLIC)
    assert may_read(outsider, drawn.file)


def test_a_page_lists_documents_with_as_many_queries_for_three_as_for_one(
    kind: DocumentKind, coordinator: User, django_assert_num_queries: Commit
) -> None:
    for count in (1, 3):
        while Document.objects.count() < count:
            render(freeze("tests.sample", coordinator, "en", by=SYSTEM), "json")
        with django_assert_num_queries(3):
            page = render_to_string("core/documents/list.html", {"documents": documents_of(coordinator)})
        assert page.count("CPL-2026-50-04-sample-en.json") >= count
    assert "No documents yet." in render_to_string("core/documents/list.html", {"documents": []})
