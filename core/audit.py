"""The log: `record()` inside the act's own transaction; a sweep seals entries in order, so that ingest is never serialised."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.db import models, transaction

from core.actors import Actor
from core.models import AuditEntry

_sentences: dict[str, Any] = {}


def register_code(code: str, sentence: Any) -> None:
    """Give the dotted `code` of an act its (lazily translated) sentence. Safe to repeat."""
    _sentences[code] = sentence


def sentence_of(code: str) -> str:
    """The sentence of an act, or its code where none was registered."""
    return str(_sentences.get(code, code))


def reference_of(obj: models.Model | None) -> str:
    """The name by which the outside knows `obj`: its reference, code or uuid."""
    for name in ("reference", "uuid", "code"):
        value = getattr(obj, name, None)
        if value:
            return str(value)
    return ""


def record(by: Actor, action: str, obj: models.Model | None = None, *, fields: Sequence[str] = (), data: dict | None = None) -> AuditEntry:
    """Log that `by` did `action` on `obj`.

    fields: names of what changed, never values. data: a few facts, no secrets and no personal data.
    Call it inside the transaction of the act itself.
    """
    mission = obj if obj is not None and obj._meta.model_name == "mission" else getattr(obj, "mission", None)
    return AuditEntry.objects.create(
        actor=str(by),
        action=action,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=reference_of(obj),
        mission=getattr(mission, "reference", "") or "",
        fields=list(fields),
        data=data or {},
    )


def entries_of(obj: models.Model) -> models.QuerySet[AuditEntry]:
    """What was done with `obj`, newest first."""
    return AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=reference_of(obj))


def seal_of(entry: AuditEntry, number: int, previous: str) -> str:
    """SHA-256 over the entry, its number and the seal before it."""
    content = [
        number, previous, str(entry.uuid), entry.at.isoformat(), entry.actor, entry.action,
        entry.object_type, entry.object_id, entry.mission, entry.fields, entry.data,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def seal_entries(*, limit: int = 5000) -> int:
    """Number and hash-chain what is not yet sealed, in order of arrival. Returns how many. Safe to run twice at once."""
    last = AuditEntry.objects.exclude(number=None).select_for_update().order_by("-number").first()
    number, seal = (last.number or 0, last.seal) if last else (0, "")
    sealed = 0
    for entry in AuditEntry.objects.filter(number=None).order_by("id")[:limit]:
        number += 1
        seal = seal_of(entry, number, seal)
        AuditEntry.objects.filter(pk=entry.pk, number=None).update(number=number, seal=seal)
        sealed += 1
    return sealed


def broken_seals() -> list[int]:
    """Numbers of entries whose seal does not follow from the one before: an empty list is a whole log."""
    broken, previous = [], ""
    for expected, entry in enumerate(AuditEntry.objects.exclude(number=None).order_by("number").iterator(), start=1):
        if entry.number != expected or entry.seal != seal_of(entry, expected, previous):
            broken.append(entry.number or 0)
        previous = entry.seal
    return broken
