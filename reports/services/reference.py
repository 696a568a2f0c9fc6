"""Loading the standards and the long-term topics: safe to run again, tells what it did."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.db import transaction

from core.enums import TextState
from reports.models import Standard, Topic

DATA = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def load_standards() -> dict[str, int]:
    """The 110 standards with how far each was re-read (`checked`)."""
    counts = {"created": 0, "updated": 0, "unchanged": 0}
    for order, row in enumerate(_rows("standards.csv"), start=1):
        values: dict[str, Any] = {
            name: row[name] for name in ("instrument", "reference", "provision", "title_en", "title_fr", "title_de", "checked")
        }
        values |= {"themes": row["themes"].split(";") if row["themes"] else [], "order": order}
        counts[_store(Standard, row["id"], values)] += 1
    return counts


@transaction.atomic
def load_topics() -> dict[str, int]:
    """L01-L21 (field-forms 6); French and German are ours and unchecked."""
    counts = {"created": 0, "updated": 0, "unchanged": 0}
    standards = {standard.code: standard for standard in Standard.objects.all()}
    for row in _rows("topics.csv"):
        values = {name: row[name] for name in row if name.startswith(("title_", "prompts_"))}
        values["translation_state"] = TextState.CHECKED if row["translation"] == "checked" else TextState.MACHINE
        outcome = _store(Topic, row["code"], values)
        topic = Topic.objects.get(code=row["code"])
        wanted = {standards[code].pk for code in row["standards"].split(";")}
        if set(topic.standards.values_list("pk", flat=True)) != wanted:
            topic.standards.set(wanted)
            outcome = "updated" if outcome == "unchanged" else outcome
        counts[outcome] += 1
    return counts


def topics() -> list[tuple[str, str]]:
    """Fact for lower apps: code and title of every topic, in the reader's language."""
    return [(topic.code, topic.title) for topic in Topic.objects.all()]


def _store(model: type[Standard] | type[Topic], code: str, values: dict) -> str:
    known = model.objects.filter(code=code).first()
    if known is None:
        model.objects.create(code=code, **values)
        return "created"
    changed = [name for name, value in values.items() if getattr(known, name) != value]
    if not changed:
        return "unchanged"
    for name in changed:
        setattr(known, name, values[name])
    known.save(update_fields=changed)
    return "updated"


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
