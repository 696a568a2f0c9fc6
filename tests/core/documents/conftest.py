"""What the tests of documents share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from core.documents import DocumentKind, register_kind, registry
from core.documents.content import prepare
from core.documents.rendering import Snapshot
from tests.core.documents.samples import every_block

FROZEN_AT = datetime(2026, 3, 25, 10, 30, tzinfo=UTC)


@pytest.fixture
def snapshot() -> Callable[..., Snapshot]:
    """Make a snapshot of a content: `snapshot(every_block("fr"))`."""

    def make(content: dict[str, Any], **changes: Any) -> Snapshot:
        given: dict[str, Any] = {"content": prepare(content), "frozen_at": FROZEN_AT, "kind": "tests.sample", "checksum": "0" * 64}
        return Snapshot(**(given | changes))

    return make


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> DocumentKind:
    """A registered kind whose content says what its options ask for."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))

    def build(subject: Any, language: str, **options: Any) -> dict[str, Any]:
        return every_block(language, **options)

    kind = DocumentKind(code="tests.sample", label="Sample", build=build)
    register_kind(kind)
    return kind
