"""Texts that people write, in EN, FR and DE, with the state of each translation (DESIGN 3, "Languages of content").

An owner is any row with a `uuid` and an `authentic_language`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from core.actors import Actor
from core.enums import Language, TextState
from core.models import Translation


def hash_of(text: str) -> str:
    """What marks a text as the one that a translation was made from."""
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def set_text(owner: Any, field: str, language: str, text: str, *, by: Actor, state: str | None = None) -> Translation:
    """Write one text. The authentic one is always `checked`; another is `machine` (unchecked) unless `state` says more.

    Changing the authentic text turns every other checked language stale. Writing the same text again changes nothing
    but its state.
    """
    text = text.strip()
    authentic = language == owner.authentic_language
    source = text if authentic else text_of(owner, field, owner.authentic_language)
    wanted = TextState.MISSING if not text else (TextState.CHECKED if authentic else (state or TextState.MACHINE))
    row, _created = Translation.objects.select_for_update().get_or_create(
        owner_type=owner._meta.label_lower,
        owner_uuid=owner.uuid,
        field=field,
        language=language,
        defaults={"changed_by": str(by)},
    )
    changed = row.text != text
    row.text, row.state, row.source_hash, row.changed_by = text, wanted, hash_of(source), str(by)
    row.save_changes("text", "state", "source_hash", "changed_by")
    if authentic and changed:
        others = _rows(owner, field).exclude(language=language).exclude(source_hash=hash_of(text))
        others.filter(state__in=[TextState.CHECKED, TextState.MACHINE]).update(state=TextState.STALE)
    return row


@transaction.atomic
def confirm_text(owner: Any, field: str, language: str, *, by: Actor) -> None:
    """A person has read the translation against the authentic text: mark it checked. A missing text stays missing."""
    source = hash_of(text_of(owner, field, owner.authentic_language))
    rows = _rows(owner, field).filter(language=language).exclude(text="")
    rows.update(state=TextState.CHECKED, source_hash=source, changed_by=str(by))


def texts(owner: Any, field: str) -> dict[str, Translation]:
    """Every text of one field, by language."""
    return {row.language: row for row in _rows(owner, field)}


def text_of(owner: Any, field: str, language: str) -> str:
    """The text in exactly this language, or an empty string."""
    row = _rows(owner, field).filter(language=language).first()
    return row.text if row else ""


def best_text(rows: dict[str, Translation], language: str, authentic: str) -> str:
    """The text in `language` where there is one, else the authentic one, else any."""
    for code in (language, authentic, *Language.values):
        if code in rows and rows[code].text:
            return rows[code].text
    return ""


def texts_of_many(owners: Iterable[Any], field: str) -> dict[Any, dict[str, Translation]]:
    """The texts of one field for many owners of one kind, by owner uuid, in one query."""
    found: dict[Any, dict[str, Translation]] = defaultdict(dict)
    owners = list(owners)
    if not owners:
        return found
    rows = Translation.objects.filter(owner_type=owners[0]._meta.label_lower, field=field, owner_uuid__in=[owner.uuid for owner in owners])
    for row in rows:
        found[row.owner_uuid][row.language] = row
    return found


def _rows(owner: Any, field: str) -> Any:
    return Translation.objects.filter(owner_type=owner._meta.label_lower, owner_uuid=owner.uuid, field=field)
