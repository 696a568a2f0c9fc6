"""Documents: what was frozen, and the files that were drawn from it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.enums import Access, Language
from core.languages import language_name
from core.models.base import Record
from core.models.files import StoredFile


class DocumentFormat(models.TextChoices):
    """What a document can be drawn as."""

    PDF = "pdf", _("PDF")
    DOCX = "docx", _("Word document")
    HTML = "html", _("Web page")
    JSON = "json", _("Data (JSON)")


class DocumentQuerySet(models.QuerySet):
    """Questions that pages ask about documents."""

    def of(self, subject: Any) -> DocumentQuerySet:
        """Documents about `subject`, the newest first."""
        return self.filter(subject_type=subject._meta.label, subject_key=str(subject.uuid))

    def with_files(self) -> DocumentQuerySet:
        """Together with their files, in two queries however many there are."""
        return self.prefetch_related("files__file")


class Document(Record):
    """One document in one language, frozen: the renderers see this row and nothing else.

    The row never changes: a correction is a new row. `checksum` is the SHA-256 of the content and is asked again
    before every drawing. `assets` keeps alive the images that the content names by their SHA-256.
    """

    kind = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_key = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=5, choices=Language)
    title = models.CharField(max_length=500)
    reference = models.CharField(max_length=120, blank=True)
    content = models.JSONField()
    template_version = models.CharField(max_length=80)
    checksum = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()
    frozen_by = models.CharField(max_length=80)
    access = models.CharField(max_length=12, choices=Access, default=Access.SECRETARIAT)
    assets = models.ManyToManyField(StoredFile, related_name="+", blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-frozen_at", "-id"]
        indexes = [models.Index(fields=["subject_type", "subject_key", "kind"], name="document_subject")]

    def __str__(self) -> str:
        return f"{self.title} [{self.language}]"

    def get_language_display(self) -> str:
        """The name of its language, also of one beside ours."""
        return str(dict(Language.choices).get(self.language) or language_name(self.language))


class DocumentFile(Record):
    """One drawing of one document: there is one per format, drawn once."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(max_length=5, choices=DocumentFormat)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="document_files")
    template_version = models.CharField(max_length=80)

    class Meta:
        ordering = ["document_id", "id"]
        constraints = [models.UniqueConstraint(fields=["document", "format"], name="one_file_per_format")]

    def __str__(self) -> str:
        return self.file.name
