"""After adoption: assessments, one dialogue, the check after a year, and the mission is closed."""

from __future__ import annotations

from config.demo.run import Run
from config.demo.steps.findings import load
from missions.services.lifecycle import move_mission
from reports.models import Recommendation
from reports.services.followup import assess_recommendation, record_dialogue

STEP = "9 follow-up"


def assess(run: Run) -> None:
    """A desk review after some months, a dialogue on line, and the assessment after one year."""
    wanted = {item["key"]: item["follow_up"] for item in load("recommendations.json")}
    made = run.things["recommendations"]
    run.go(200, "10:00")
    with run.step(STEP, "first assessment, by desk review") as told:
        for key, (first, _second) in wanted.items():
            assess_recommendation(_row(made[key]), status=first, basis="desk_review", by=run.coordinator)
        told(f"{len(wanted)} recommendations")
    run.go(330, "10:00")
    with run.step(STEP, "post-electoral dialogue recorded") as told:
        dialogue = record_dialogue(
            country=run.mission.country,
            mission=run.mission,
            held_on=run.timeline.day(330),
            counterpart="Ministry in charge of local government",
            is_online=True,
            recommendations=[_row(made["access"]), _row(made["register"])],
            commitment="An inventory of polling stations is to be published before the next local elections.",
            deadline_on=run.timeline.day(480),
            by=run.coordinator,
        )
        told("2 recommendations")
    with run.step(STEP, "one-year check reminded, second assessment") as told:
        reminders = run.await_reminder(484, "10:00", "reports.one_year")
        run.go(498, "10:00")
        for key, (_first, second) in wanted.items():
            about = dialogue if key in {"access", "register"} else None
            assess_recommendation(
                _row(made[key]), status=second, basis="dialogue" if about else "letter", dialogue=about, by=run.coordinator
            )
        told(f"{len(wanted)} recommendations, {reminders} reminders")


def close(run: Run) -> None:
    """Every recommendation has a status: the mission is closed."""
    run.go(505, "10:00")
    with run.step(STEP, "mission closed") as told:
        move_mission(run.mission, "close", by=run.coordinator)
        told("1 mission")


def _row(recommendation: Recommendation) -> Recommendation:
    return Recommendation.objects.get(pk=recommendation.pk)
