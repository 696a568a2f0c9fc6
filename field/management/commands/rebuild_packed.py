"""Rebuild the packed column from the answers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from field.models import FormVersion, Observation
from field.packing import Layout


class Command(BaseCommand):
    """`manage.py rebuild_packed`."""

    help = "Derives the packed column of every observation from its answers again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Version by version, in chunks."""
        changed = 0
        for version in FormVersion.objects.all():
            layout = Layout(version.questions)
            batch: list[Observation] = []
            rows = Observation.objects.filter(form_version=version).only("pk", "answers", "flags", "packed")
            for row in rows.iterator(chunk_size=500):
                packed = layout.pack(row.answers, row.flags)
                if row.packed is None or bytes(row.packed) != packed:
                    row.packed = packed
                    batch.append(row)
                if len(batch) == 500:
                    changed += Observation.objects.bulk_update(batch, ["packed"])
                    batch = []
            if batch:
                changed += Observation.objects.bulk_update(batch, ["packed"])
        self.stdout.write(f"{changed} rebuilt")
