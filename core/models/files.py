"""Stored files."""

from __future__ import annotations

from typing import IO

from django.core.files.storage import default_storage
from django.db import models

from core.enums import Access
from core.models.base import Record


class StoredFile(Record):
    """A file by its content: the bytes lie once under `<first two>/<sha256>`, however many rows name them."""

    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    mime = models.CharField(max_length=120)
    name = models.CharField(max_length=255)
    access = models.CharField(max_length=12, choices=Access, default=Access.TEAM)
    stored_by = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where the bytes lie in the storage."""
        return f"{self.sha256[:2]}/{self.sha256}"

    def open(self) -> IO[bytes]:
        """The bytes, as a file open for reading."""
        return default_storage.open(self.path, "rb")

    def read(self) -> bytes:
        """The bytes."""
        with self.open() as file:
            return file.read()
