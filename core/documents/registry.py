"""Kinds of documents. Apps register theirs in `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.enums import Access

FORMATS = ("pdf", "docx", "html", "json")


@dataclass(frozen=True)
class DocumentKind:
    """What an app says about one kind of document.

    code: `<app>.<kind>`. label: shown to people. build: `(subject, language, **options) -> content`. version: raise it
    when the builder's output changes its meaning. formats: what it can be drawn as. permission: asked on the subject
    before freezing and previewing. read: asked on the subject before a file is opened (empty: `permission` is). access: level of the
    files. template: folder, from the repository's root or on the Python path, with an own `template.typ`.
    file_name: `(document) -> name without ending`.
    """

    code: str
    label: Any
    build: Callable[..., dict[str, Any]]
    version: str = "1"
    formats: frozenset[str] | set[str] = frozenset(FORMATS)
    permission: str = ""
    read: str = ""
    access: str = Access.SECRETARIAT
    template: str = ""
    file_name: Callable[[Any], str] | None = None


_kinds: dict[str, DocumentKind] = {}


def register_kind(kind: DocumentKind) -> None:
    """Make a kind known. Safe to repeat with the same kind; another one under the same code is a programming error."""
    unknown = set(kind.formats) - set(FORMATS)
    if unknown:
        raise ValueError(f"{kind.code}: unknown formats {sorted(unknown)}.")
    known = _kinds.get(kind.code)
    if known is not None and known.build is not kind.build:
        raise ValueError(f"{kind.code} is registered twice.")
    _kinds[kind.code] = kind


def get_kind(code: str) -> DocumentKind:
    """The kind with this code. Raises LookupError."""
    try:
        return _kinds[code]
    except KeyError:
        raise LookupError(f"No document kind {code!r} is registered.") from None


def kinds() -> list[DocumentKind]:
    """Every kind, by code."""
    return [_kinds[code] for code in sorted(_kinds)]
