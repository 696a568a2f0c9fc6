"""Storing files by their content, and deciding who may read them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from pathlib import PurePath
from typing import IO, Any

import puremagic
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from core.actors import Actor
from core.enums import Access
from core.errors import Invalid
from core.models import StoredFile

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LETTER_BYTES = 20 * 1024 * 1024

Reader = Callable[[Any, StoredFile], bool | None]
_readers: list[Reader] = []


def register_owner(reader: Reader) -> None:
    """Let an app answer who may read its files: True yes, None not mine. Without a yes a file is not served."""
    if reader not in _readers:
        _readers.append(reader)


def may_read(user: Any, file: StoredFile) -> bool:
    """Does some app vouch that `user` (perhaps anonymous) may read `file`?"""
    return any(reader(user, file) for reader in _readers)


def sniff(content: bytes, name: str) -> str:
    """The type that the bytes themselves show; `text/plain` for text, `application/octet-stream` where nothing fits."""
    head = content[:16384]
    if b"%PDF-" in head[:1024]:
        return PDF
    try:
        found = puremagic.magic_string(content, filename=name)
        known = [match.mime_type for match in found if match.confidence >= 0.4 and match.mime_type]
        if known:
            return known[0]
    except puremagic.PureError:
        pass
    if b"\x00" in head:
        return "application/octet-stream"
    return "text/plain"


def store_file(
    content: bytes | IO[bytes],
    *,
    name: str,
    by: Actor,
    access: str = Access.TEAM,
    allow: Collection[str] | None = None,
    max_bytes: int = LETTER_BYTES,
    mime: str | None = None,
) -> StoredFile:
    """Store `content` and return its row.

    allow: the types accepted, judged by the bytes and not by the name. mime: for files the house itself made, their type.
    Raises Invalid for an empty file, one over `max_bytes`, or one of another type. The same bytes are stored once.
    """
    data = content if isinstance(content, bytes) else content.read(max_bytes + 1)
    short = PurePath(name.replace("\\", "/")).name[-200:] or "file"
    if not data:
        raise Invalid(_("The file “%(name)s” is empty.") % {"name": short}, code="file_empty", attr="file")
    if len(data) > max_bytes:
        limit = max_bytes // (1024 * 1024)
        sentence = _("The file “%(name)s” is larger than %(limit)s MB.") % {"name": short, "limit": limit}
        raise Invalid(sentence, code="file_too_large", attr="file")
    kind = mime or sniff(data, short)
    if allow is not None and kind not in allow:
        sentence = _("The file “%(name)s” is %(kind)s by its content; allowed are: %(allowed)s.") % {
            "name": short,
            "kind": kind,
            "allowed": ", ".join(sorted(allow)),
        }
        raise Invalid(sentence, code="file_type", attr="file")
    digest = hashlib.sha256(data).hexdigest()
    row = StoredFile(sha256=digest, size=len(data), mime=kind, name=short, access=access, stored_by=str(by))
    if not default_storage.exists(row.path):
        default_storage.save(row.path, ContentFile(data))
    row.save()
    return row
