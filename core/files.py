"""Storing files by their content, and deciding who may read them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from pathlib import PurePath
from typing import IO, Any

import puremagic
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import ProtectedError
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


def in_words(kind: str) -> str:
    """A type of file as people call it; empty for one that has no name among them."""
    if kind.startswith("image/"):
        return {"image/jpeg": _("a JPEG picture"), "image/png": _("a PNG picture")}.get(kind, _("a picture"))
    if kind.startswith(("video/", "audio/")):
        return _("a recording")
    if kind in {"application/x-dosexec", "application/x-msdownload", "application/x-executable", "application/octet-stream+exe"}:
        return _("a program")
    return {
        PDF: _("a PDF"),
        DOCX: _("a Word document (DOCX)"),
        "application/msword": _("an old Word document (DOC)"),
        XLSX: _("an Excel table (XLSX)"),
        "application/zip": _("a ZIP archive"),
        "text/plain": _("a plain text"),
        "text/html": _("a web page"),
        "text/csv": _("a table (CSV)"),
    }.get(kind, "")


def _wrong_type(name: str, kind: str, allow: Collection[str]) -> str:
    """What a file is, what it should be, and what to do, in plain words."""
    wanted = [in_words(one) or one for one in sorted(allow, key=lambda one: (one != PDF, one))]
    values = {"name": name, "kind": in_words(kind), "wanted": _(" or ").join(wanted)}
    if values["kind"]:
        return _("The file “%(name)s” is not %(wanted)s but %(kind)s, whatever its name says. Send %(wanted)s.") % values
    return _("The file “%(name)s” is not %(wanted)s, whatever its name says. Send %(wanted)s.") % values


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
        raise Invalid(_wrong_type(short, kind, allow), code="file_type", attr="file")
    digest = hashlib.sha256(data).hexdigest()
    row = StoredFile(sha256=digest, size=len(data), mime=kind, name=short, access=access, stored_by=str(by))
    if not default_storage.exists(row.path):
        default_storage.save(row.path, ContentFile(data))
    row.save()
    return row


@transaction.atomic
def forget_file(row: StoredFile) -> bool:
    """Delete a stored file, and its bytes where no other row names them. False where something still keeps the row.

    The caller says why and records it.
    """
    try:
        with transaction.atomic():
            row.delete()
    except ProtectedError:
        return False
    path, digest = row.path, row.sha256
    transaction.on_commit(lambda: None if StoredFile.objects.filter(sha256=digest).exists() else default_storage.delete(path))
    return True
