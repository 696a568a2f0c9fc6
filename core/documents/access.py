"""Who may open the files of documents (`core.files.register_owner`)."""

from __future__ import annotations

from typing import Any

import rules
from django.apps import apps

from core.documents.registry import get_kind
from core.enums import Access
from core.files import register_owner
from core.models import Document, DocumentFile, StoredFile


def may_read_document(user: Any, document: Document) -> bool:
    """Public documents are everyone's; for the rest the kind's `read` (else its `permission`) is asked on the subject."""
    if document.access == Access.PUBLIC:
        return True
    if not getattr(user, "is_active", False):
        return False
    try:
        kind = get_kind(document.kind)
    except LookupError:
        return False
    permission = kind.read or kind.permission
    return bool(permission) and bool(rules.has_perm(permission, user, subject_of(document)))


def subject_of(document: Document) -> Any:
    """The object a document is about, or None if it is gone or never was."""
    if not document.subject_type:
        return None
    return apps.get_model(document.subject_type)._default_manager.filter(uuid=document.subject_key).first()


def read_document_file(user: Any, file: StoredFile) -> bool | None:
    """True where `file` is a drawing that `user` may open; None where it is no drawing, or not for them."""
    for drawn in DocumentFile.objects.select_related("document").filter(file=file):
        if may_read_document(user, drawn.document):
            return True
    return None


register_owner(read_document_file)
