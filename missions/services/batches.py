"""Planning many meetings at once: the skeleton of a mission's programme, all of it or none."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.actors import Actor
from core.errors import DomainError, Invalid, NotAllowed
from core.rights import authorize
from missions.models import Meeting, Mission
from missions.services.meetings import plan_meeting
from missions.services.reference import DATA

MOST = 60


class BatchRefused(DomainError):
    """Nothing was planned: `rows` says for each row that cannot be planned (by its place in the batch) why."""

    code = "batch_refused"

    def __init__(self, sentence: str, rows: dict[int, DomainError]) -> None:
        super().__init__(sentence)
        self.rows = rows


@dataclass(frozen=True)
class Line:
    """One meeting of the skeleton, on a day of this mission."""

    code: str
    kind: str
    title: str
    day: date | None
    start: time
    end: time
    is_for_all: bool
    is_planned: bool


def skeleton_of(mission: Mission, language: str = "") -> list[Line]:
    """The meetings of a usual programme (S7), counted from polling day; `is_planned` where one of its kind stands on that day."""
    language = (language or get_language() or "en")[:2]
    first = mission.polling_day
    there = set(mission.meetings.standing().values_list("kind", "start_day"))
    found = []
    with (DATA / "programme_skeleton.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = first + timedelta(days=int(row["day"])) if first else None
            found.append(
                Line(
                    code=row["code"],
                    kind=row["kind"],
                    title=row.get(f"title_{language}") or row["title_en"],
                    day=day,
                    start=time.fromisoformat(row["start"]),
                    end=time.fromisoformat(row["end"]),
                    is_for_all=row["for_all"] == "1",
                    is_planned=(row["kind"], day) in there,
                )
            )
    return found


@transaction.atomic
def plan_batch(mission: Mission, *, by: Actor, rows: Sequence[dict[str, Any]]) -> list[Meeting]:
    """Plan meetings, all or none; `rows` are what `plan_meeting` takes. Raises BatchRefused with what stands in the way of each."""
    authorize(by, "missions.change_programme", mission)
    if not rows:
        raise Invalid(_("Choose at least one meeting."), code="nothing_chosen")
    if len(rows) > MOST:
        raise Invalid(_("At most %(n)s meetings are planned at once.") % {"n": MOST}, code="too_many")
    planned: list[Meeting] = []
    refused: dict[int, DomainError] = {}
    for number, row in enumerate(rows):
        try:
            with transaction.atomic():
                planned.append(plan_meeting(mission, by=by, **row))
        except NotAllowed:
            raise
        except DomainError as refusal:
            refused[number] = refusal
    if refused:
        # What was planned before the refusal goes with it: a link to it would lead nowhere.
        gone = {meeting.get_absolute_url() for meeting in planned}
        for why in refused.values():
            why.missing = [replace(item, url="") if item.url in gone else item for item in why.missing]
        raise BatchRefused(_("Nothing was planned: the rows below cannot be."), refused)
    return planned
