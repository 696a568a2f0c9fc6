"""Six teams, each with an opening, about thirteen visits and a closing."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter

from config.demo.congress import phone_of
from config.demo.run import Run, expect
from core.documents.services import freeze, render
from missions.models import Milestone
from missions.services.deadlines import complete_milestone
from observers.enums import ContactKind
from observers.models import Stop
from observers.services.contacts import add_contact
from observers.services.deployment import release_plan, warnings_for_release
from observers.services.drawing import describe_deployment, draw_deployment

STEP = "6 deployment"
TEAMS, VISITS = 6, 15
CONTACTS = (
    (ContactKind.MEDICAL, "Doctor on call", phone_of(9940)),
    (ContactKind.SECRETARIAT, "Secretariat, day and night", phone_of(9941)),
    (ContactKind.EMBASSY, "Embassy on duty", phone_of(9942)),
    (ContactKind.OTHER, "Security focal point", phone_of(9943)),
)


def plan_deployment(run: Run) -> None:
    """Drawn with a kept seed, released, written down."""
    run.go(-17, "18:00")
    for milestone in Milestone.objects.filter(mission=run.mission, rule__code="pre_electoral"):
        complete_milestone(milestone, by=run.coordinator)
    run.go(-9, "11:00")
    with run.step(STEP, "numbers for the sheets of the teams") as told:
        for kind, label, phone in CONTACTS:
            add_contact(run.mission, by=run.coordinator, kind=kind, label=label, phone=phone)
        told(f"{len(CONTACTS)} contacts")
    with run.step(STEP, "teams and stops drawn, plan released") as told:
        draw_deployment(run.mission, by=run.coordinator, teams=TEAMS, visits=VISITS, seed=7)
        reasons = {row.code: "Seen and accepted for this mission." for row in warnings_for_release(run.mission)}
        release = release_plan(run.mission, by=run.coordinator, reasons=reasons)
        kinds = Counter(Stop.objects.filter(mission=run.mission).values_list("kind", flat=True))
        expect(run.mission.teams.count() == TEAMS, f"{run.mission.teams.count()} teams instead of {TEAMS}.")
        expect(kinds["opening"] == TEAMS and kinds["closing"] == TEAMS, "A team has no opening or no closing.")
        expect(sum(kinds.values()) >= 80, f"Only {sum(kinds.values())} stops were planned.")
        told(f"v{release.version}: {TEAMS} teams, {sum(kinds.values())} stops")
    run.write("deployment/deployment.json", json.dumps(describe_deployment(run.mission), ensure_ascii=False, indent=1, default=str))
    run.write("deployment/stops.csv", stops_as_csv(run))
    for kind, name in (("observers.deployment_plan", "deployment"), ("observers.delegation_list", "delegation-list")):
        document = freeze(kind, run.mission, "en", by=run.coordinator)
        run.write(f"deployment/{name}.pdf", render(document, "pdf").file.read())


def stops_as_csv(run: Run) -> str:
    """The stops of all teams as a table."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["team", "order", "kind", "day", "time", "code", "municipality", "district"])
    for stop in Stop.objects.filter(mission=run.mission).select_related("team", "station").order_by("team__number", "order"):
        place = stop.station
        day, wall = stop.local_day.isoformat(), stop.local_time.isoformat("minutes")
        writer.writerow([stop.team.number, stop.order, stop.kind, day, wall, place.code, place.municipality, place.district])
    return file.getvalue()
