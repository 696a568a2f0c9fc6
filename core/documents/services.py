"""Freeze, then render: the acts on documents."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.actors import Actor
from core.audit import record, register_code
from core.documents.content import image_shas, prepare
from core.documents.registry import DocumentKind, get_kind
from core.documents.rendering import MIMES, Snapshot, render_content, render_many, template_version
from core.errors import Invalid, NotNow
from core.files import store_file
from core.jobs import start_job
from core.models import Document, DocumentFile, Job, StoredFile
from core.rights import authorize

MAX_BYTES = 60 * 1024 * 1024

register_code("documents.frozen", gettext_lazy("Froze a document."))


def freeze(kind: str, subject: Any, language: str, *, by: Actor, **options: Any) -> Document:
    """Store what the document says, now and for good; nothing is drawn yet.

    Authorises the kind's `permission` on `subject` and writes the log. Each call makes a new row: a correction is a new document.
    """
    kind_ = get_kind(kind)
    if kind_.permission:
        authorize(by, kind_.permission, subject)
    content = _content(kind_, subject, language, options)
    with transaction.atomic():
        document = Document.objects.create(
            kind=kind_.code,
            subject_type=subject._meta.label if subject is not None else "",
            subject_key=str(subject.uuid) if subject is not None else "",
            language=language,
            title=content["title"][:500],
            reference=content["reference"][:120],
            content=content,
            template_version=template_version(kind_.version, kind_.template),
            checksum=checksum(content),
            frozen_at=clock.now(),
            frozen_by=by.label,
            access=kind_.access,
        )
        assets = _asset_files(content)
        if assets:
            document.assets.add(*assets.values())
        facts = {"kind": kind_.code, "language": language, "document": str(document.uuid), "checksum": document.checksum}
        record(by, "documents.frozen", subject if subject is not None else document, data=facts)
    return document


def render(document: Document, format: str) -> DocumentFile:
    """The document drawn as `format` ("pdf", "docx", "html", "json"). Asked again, answers the file of the first time.

    Refuses a row whose content no longer has its checksum.
    """
    return next(iter(render_all([document], [format])))


def render_all(documents: Iterable[Document], formats: Iterable[str]) -> Iterator[DocumentFile]:
    """Each document in each format, as `render` would, as they are finished: what is drawn already first, PDFs last."""
    chosen, missing = list(formats), []
    for document in documents:
        drawn = {made.format: made for made in DocumentFile.objects.select_related("file").filter(document=document, format__in=chosen)}
        yield from drawn.values()
        missing += [(document, format) for format in chosen if format not in drawn]
    for document, format in missing:
        if format not in get_kind(document.kind).formats:
            raise Invalid(_("This document cannot be drawn in this format."), code="format", attr="format")
    for at, data in render_many((snapshot_of(document, get_kind(document.kind)), format) for document, format in missing):
        yield _store(*missing[at], data)


def _store(document: Document, format: str, data: bytes) -> DocumentFile:
    kind = get_kind(document.kind)
    try:
        with transaction.atomic():
            stored = store_file(
                data,
                name=f"{_file_name(document, kind)}.{format}",
                by=_frozen_by(document),
                access=document.access,
                mime=MIMES[format],
                max_bytes=MAX_BYTES,
            )
            version = template_version(kind.version, kind.template)
            return DocumentFile.objects.create(document=document, format=format, file=stored, template_version=version)
    except IntegrityError:
        # two workers drew the same bytes at once: the first one's row stands
        return DocumentFile.objects.select_related("file").get(document=document, format=format)


def preview(kind: str, subject: Any, language: str, format: str, *, by: Actor, **options: Any) -> bytes:
    """What the document would look like now. Leaves no row and no file."""
    kind_ = get_kind(kind)
    if kind_.permission:
        authorize(by, kind_.permission, subject)
    content = _content(kind_, subject, language, options)
    assets = {sha: file.read() for sha, file in _asset_files(content).items()}
    snapshot = Snapshot(content=content, frozen_at=clock.now(), kind=kind, template=kind_.template, assets=assets)
    return render_content(snapshot, format)


def request_documents(
    kind: str, subject: Any, languages: Iterable[str], formats: Iterable[str], *, by: Actor, see: str = "", **options: Any
) -> Job:
    """Freeze the document in each language now, and let a worker draw each format. Returns the Job to watch.

    see: the page where readers find what is drawn, named on the job's page beside the way back to the subject.

    All languages are frozen in one transaction, from one state of the data. The job can be cancelled; what was drawn
    until then stays, and a second run goes on from there.
    """
    chosen = list(formats)
    unknown = [name for name in chosen if name not in get_kind(kind).formats]
    if unknown or not chosen:
        raise Invalid(_("This document cannot be drawn in this format."), code="format", attr="formats")
    with transaction.atomic():
        documents = [freeze(kind, subject, language, by=by, **options) for language in languages]
        params = {"documents": [str(document.uuid) for document in documents], "formats": chosen}
        if hasattr(subject, "get_absolute_url"):
            params["back"] = subject.get_absolute_url()
        if see:
            params["see"] = see
        key = str(subject.uuid) if subject is not None else kind
        return start_job("documents.render", by=by, subject=key, params=params)


def documents_of(subject: Any, kind: str = "") -> Any:
    """Documents about `subject` with their files, the newest first; of one kind if named."""
    found = Document.objects.of(subject).with_files()
    return found.filter(kind=kind) if kind else found


def snapshot_of(document: Document, kind: DocumentKind | None = None) -> Snapshot:
    """What the renderers may see of a document. Raises NotNow if the row was tampered with."""
    if checksum(document.content) != document.checksum:
        raise NotNow(_("The stored content of this document is not the one that was frozen."), code="checksum")
    return Snapshot(
        content=document.content,
        frozen_at=document.frozen_at,
        kind=document.kind,
        template_version=document.template_version,
        checksum=document.checksum,
        template=kind.template if kind else "",
        assets={file.sha256: file.read() for file in document.assets.all()},
    )


def checksum(content: Any) -> str:
    """SHA-256 of a content, independent of the order of keys."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _content(kind: DocumentKind, subject: Any, language: str, options: dict[str, Any]) -> dict[str, Any]:
    with translation.override(language):
        content = prepare({**kind.build(subject, language, **options), "language": language})
    # through JSON once, so that what is checked and drawn is what the database gives back
    return json.loads(json.dumps(content))


def _asset_files(content: dict[str, Any]) -> dict[str, StoredFile]:
    found: dict[str, StoredFile] = {}
    for sha in image_shas(content):
        file = StoredFile.objects.filter(sha256=sha, mime__in=("image/png", "image/jpeg")).order_by("pk").first()
        if file is None:
            raise Invalid(_("An image of this document is not stored as PNG or JPEG."), code="image", attr="image")
        found[sha] = file
    return found


def _file_name(document: Document, kind: DocumentKind) -> str:
    what = kind.code.split(".")[-1]
    wanted = kind.file_name(document) if kind.file_name else f"{document.reference or document.title}-{what}-{document.language}"
    plain = unicodedata.normalize("NFKD", wanted).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:100] or str(document.uuid)


def _frozen_by(document: Document) -> Actor:
    return Actor(kind=document.frozen_by.split(":")[0], label=document.frozen_by)
