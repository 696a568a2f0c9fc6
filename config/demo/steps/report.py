"""The report: written, agreed, adopted with its numbers, drawn in three languages and four formats, published, transmitted."""

from __future__ import annotations

from typing import Any

from config.demo.run import Run, expect, refused, wait_for
from config.demo.steps.findings import LANGUAGES, actor_of, collect, load
from field.models import Observation
from missions.models import Milestone
from missions.services.deadlines import complete_milestone
from missions.services.lifecycle import move_mission
from observers.models import Team
from reports.documents.report.facts import day_text
from reports.models import Publication, Report
from reports.services.lifecycle import adopt_report, agree_report, approve_report, submit_report, transmit_report
from reports.services.paragraphs import add_paragraph, confirm_paragraph
from reports.services.publication import publish_report
from reports.services.reports import change_report, open_report

STEP = "9 report"
SESSION = 99


def write_report(run: Run) -> None:
    """The rapporteur writes the memorandum; the publisher has read the translations."""
    run.go(30, "10:00")
    by = actor_of(run, "rapporteur")
    texts = load("memorandum.json")
    with run.step(STEP, "memorandum written in three languages") as told:
        report = open_report(missions=[run.mission], by=run.coordinator)
        change_report(report, version=report.version, by=run.coordinator, session=f"{SESSION}th session")
        facts = facts_of(run)
        sections = {section.code: section for section in report.sections.all()}
        count = 0
        for chapter in texts["sections"]:
            for item in chapter["paragraphs"]:
                findings = [run.things["findings"][key] for key in item.get("findings", ())]
                text = {language: filled(item[language], facts[language]) for language in LANGUAGES}
                paragraph = add_paragraph(sections[chapter["code"]], text=text, by=by, findings=findings)
                for language in ("fr", "de"):
                    confirm_paragraph(paragraph, language=language, by=run.publisher)
                count += 1
        run.things["report"] = report
        told(f"{count} paragraphs, {len(texts['sections'])} chapters")
    run.go(60, "16:00")
    agree_report(fresh(run), by=actor_of(run, "rapporteur"))


def to_committee(run: Run) -> None:
    """The rapporteur is reminded of the deadline; the draft goes to the committee."""
    with run.step(STEP, "deadline reminded; draft sent to the committee") as told:
        reminders = run.await_reminder(68, "10:00", "missions.milestone_due")
        run.go(75, "09:00")
        submit_report(fresh(run), by=run.coordinator)
        told(f"1 draft, {reminders} reminders")


def to_adoption(run: Run) -> None:
    """The committee adopts the memorandum and approves the draft recommendation."""
    run.go(78, "12:00")
    with run.step(STEP, "approved by the committee") as told:
        approve_report(fresh(run), by=run.coordinator, committee_on=run.timeline.day(78))
        for milestone in Milestone.objects.filter(mission=run.mission, rule__code="committee"):
            complete_milestone(milestone, by=run.coordinator)
        told("1 draft recommendation")


def adopt_and_publish(run: Run) -> None:
    """Adopted with its numbers; published under an embargo, and not a second earlier."""
    run.go(130, "11:00")
    numbers = next_numbers(run.timeline.day(130).year)
    with run.step(STEP, "adopted, numbers given") as told:
        adopt_report(fresh(run), by=run.coordinator, adopted_on=run.timeline.day(130), **numbers)
        told(numbers["number"])
    with run.step(STEP, "published: PDF, DOCX, HTML, JSON in EN, FR, DE") as told:
        embargo = run.timeline.at(130, "15:00")
        said: list[str] = []
        with refused("Unchecked wording was published without a person's yes.", told=said):
            publish_report(fresh(run), by=run.publisher, embargo_until=embargo)
        publication, job = publish_report(
            fresh(run), by=run.publisher, embargo_until=embargo, unchecked_accepted=("fr", "de"), findings_accepted=True
        )
        expect(run.visitor().get(public_path(publication)).status == 404, "The report was public before its embargo had passed.")
        files = collect(run, job, publication.version, "reports.report", "report")
        told(f"{files} files")
    run.things["publication"] = publication
    run.go(130, "15:01")
    with run.step(STEP, "public page, feed and tracker answer") as told:
        told(f"{read_public_pages(run, publication)} pages")


def transmit(run: Run) -> None:
    """To the authorities, the Committee of Ministers and the others named in the text."""
    run.go(145, "10:00")
    with run.step(STEP, "transmitted") as told:
        transmit_report(fresh(run), by=run.coordinator, transmitted_on=run.timeline.day(145))
        move_mission(run.mission, "follow_up", by=run.coordinator)
        told("1 report")


def fresh(run: Run) -> Report:
    """The report as the database has it now."""
    return Report.objects.get(pk=run.things["report"].pk)


def public_path(publication: Publication, language: str = "en") -> str:
    """Where the report is read by everybody."""
    return publication.public_url(language)


def read_public_pages(run: Run, publication: Publication) -> int:
    """Read what a stranger reads, in three languages, and the feed; keep the feed."""
    visitor = run.visitor()
    number = publication.report.number
    pages = 0
    for language in LANGUAGES:
        page = visitor.get(public_path(publication, language))
        expect(page.status == 200 and number in page.text, f"The public page in {language} does not show {number} (status {page.status}).")
        listed = visitor.get(f"/published/{language}/recommendations/")
        expect(listed.status == 200, f"The public tracker in {language} answers {listed.status}.")
        pages += 2
    wait_for(lambda: number in visitor.get("/published/en/feed.atom").text, seconds=20, sentence="The feed does not name the report.")
    run.write("report/feed.atom", visitor.get("/published/en/feed.atom").body)
    return pages + 1


def facts_of(run: Run) -> dict[str, dict[str, str]]:
    """What the texts say of the mission, by language."""
    mission = run.mission
    members = mission.assignments.confirmed().members()
    countries = {row.person.memberships.order_by("-starts_on").first().country_id for row in members.select_related("person")}
    common = {
        "members": str(members.count()),
        "countries": str(len(countries)),
        "teams": str(Team.objects.filter(mission=mission).count()),
        "visits": str(Observation.objects.filter(mission=mission, form__code__in=["A", "B", "C"]).current().count()),
    }
    day = run.timeline.polling_day
    return {language: {**common, "polling_day": day_text(day, language)} for language in LANGUAGES}


def filled(text: str, facts: dict[str, str]) -> str:
    """The text with `{name}` replaced by facts; `{figure:B21}` is left for the report itself."""
    for name, value in facts.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def next_numbers(year: int) -> dict[str, Any]:
    """Free numbers in the Congress' patterns; session 99 and recommendations from 900 on belong to the demonstration."""
    taken = set(Report.objects.values_list("number", flat=True)) | set(Report.objects.values_list("recommendation_number", flat=True))
    turn = next(
        n for n in range(1, 99) if f"CPL({year}){SESSION}-{n:02}" not in taken and f"Recommendation {900 + n} ({year})" not in taken
    )
    return {"number": f"CPL({year}){SESSION}-{turn:02}", "recommendation_number": f"Recommendation {900 + turn} ({year})"}
