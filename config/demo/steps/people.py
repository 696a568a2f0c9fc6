"""The Congress is read in, as the secretariat would read a list."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from config.demo.congress import build_congress
from config.demo.run import Run, expect
from observers.models import RenewalSession
from observers.services.people_import import import_people

STEP = "1 congress"


def import_congress(run: Run) -> None:
    """612 members and some youth delegates, from one file; members who are known already are brought up to date."""
    run.go(-130, "08:00")
    ends = run.timeline.day(2)
    renewed = RenewalSession.objects.filter(opens_on__lte=ends).order_by("-opens_on").values_list("opens_on", flat=True).first()
    members = build_congress(seed=run.seed, renewed_on=renewed or ends - timedelta(days=900), polling_day=run.timeline.polling_day)
    rows = [member.as_row() for member in members]
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    run.write("congress/members.csv", file.getvalue())
    with run.step(STEP, "members, memberships and mandates read in") as told:
        answer = import_people(file.getvalue().encode(), name="members.csv", by=run.coordinator)
        expect(not answer["refused"], f"The list of members was refused: {answer['refused'][:3]}")
        told(", ".join(f"{answer[name]} {name}" for name in ("created", "updated", "unchanged") if answer[name]))
