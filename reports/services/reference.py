"""Loading the standards and the long-term topics: safe to run again, tells what it did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import transaction

from core.enums import TextState
from core.reference import counted, rows_of, store, upsert
from reports.models import Standard, Topic

DATA = Path(__file__).resolve().parent.parent / "data"


def load_standards() -> dict[str, int]:
    """The 110 standards with how far each was re-read (`checked`)."""
    names = ("instrument", "reference", "provision", "title_en", "title_fr", "title_de", "checked")
    rows: list[dict[str, Any]] = [
        {"code": row["id"], "themes": row["themes"].split(";") if row["themes"] else [], "order": order}
        | {name: row[name] for name in names}
        for order, row in enumerate(rows_of(DATA / "standards.csv"), start=1)
    ]
    return upsert(Standard, ("code",), rows)


@transaction.atomic
def load_topics() -> dict[str, int]:
    """L01-L21 (field-forms 6) with their standards; French and German are ours and unchecked."""
    given = rows_of(DATA / "topics.csv")
    rows = [
        {name: value for name, value in row.items() if name == "code" or name.startswith(("title_", "prompts_"))}
        | {"translation_state": TextState.CHECKED if row["translation"] == "checked" else TextState.MACHINE}
        for row in given
    ]
    outcomes = store(Topic, ("code",), rows)
    for code in _link_standards({row["code"]: row["standards"].split(";") for row in given}):
        outcomes[(code,)] = "updated" if outcomes[(code,)] == "unchanged" else outcomes[(code,)]
    return counted(outcomes)


def _link_standards(wanted: dict[str, list[str]]) -> set[str]:
    """Give each topic exactly these standards; the codes of the topics where something changed."""
    standards = dict(Standard.objects.values_list("code", "pk"))
    topics = dict(Topic.objects.filter(code__in=wanted).values_list("pk", "code"))
    links = Topic.standards.through
    right = {(pk, standards[name]) for pk, code in topics.items() for name in wanted[code]}
    there = {(row.topic_id, row.standard_id): row.pk for row in links._default_manager.filter(topic_id__in=topics)}
    links._default_manager.filter(pk__in=[pk for pair, pk in there.items() if pair not in right]).delete()
    links._default_manager.bulk_create(links(topic_id=topic, standard_id=standard) for topic, standard in sorted(right - there.keys()))
    return {topics[topic] for topic, _standard in right ^ there.keys()}


def topics() -> list[tuple[str, str]]:
    """Fact for lower apps: code and title of every topic, in the reader's language."""
    return [(topic.code, topic.title) for topic in Topic.objects.all()]
