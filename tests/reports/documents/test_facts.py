"""What the programme of a report names: meetings that were held, with those who came."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from core import clock
from core.actors import SYSTEM
from core.errors import NotNow
from missions.models import Meeting, Organisation, Participant
from reports.documents.report import facts
from reports.models import ReportParagraph
from reports.services import lifecycle, paragraphs, report_checks


@pytest.fixture
def make_meeting(db):
    """A meeting of a mission: `make_meeting(mission, "NGOs", state="held", answers={"League": "accepted"})`."""

    def make(mission, title, *, state="held", day: date | None = None, kind="ngo", answers=()):
        day = day or clock.today() - timedelta(days=2)
        values = {"start_day": day, "end_day": day, "start_time": time(10), "end_time": time(11), "zone": mission.zone}
        instants = {
            name: datetime.combine(day, at, ZoneInfo(mission.zone)) for name, at in (("starts_at", time(10)), ("ends_at", time(11)))
        }
        meeting = Meeting.objects.create(mission=mission, kind=kind, title=title, state=state, **values, **instants)
        for name, answer in dict(answers).items():
            organisation = Organisation.objects.create(name=name, kind="ngo", country=mission.country)
            Participant.objects.create(meeting=meeting, organisation=organisation, answer=answer)
        return meeting

    return make


def test_only_held_meetings_are_named_with_those_who_did_not_decline(drafting, make_meeting):
    answers = {"Accepted League": "accepted", "Silent League": "invited", "Declined League": "declined", "Forgotten League": "not_invited"}
    make_meeting(drafting, "Citizen observers", answers=answers)
    make_meeting(drafting, "Ministry", state="planned")
    make_meeting(drafting, "Court", state="cancelled")
    make_meeting(drafting, "Briefing of the teams", kind="internal")
    rows = facts.programme(drafting, "en")
    assert [(row["title"], row["organisations"]) for row in rows] == [("Citizen observers", "Accepted League, Silent League")]


def test_a_meeting_that_is_over_and_still_planned_stops_the_report(drafting, make_report, make_meeting):
    report = make_report(drafting)
    meeting = make_meeting(drafting, "Ministry", state="planned")
    make_meeting(drafting, "Tomorrow", state="planned", day=clock.today() + timedelta(days=1))
    make_meeting(drafting, "Flight", state="planned", kind="travel")
    with pytest.raises(NotNow) as refusal:
        lifecycle.agree_report(report, by=SYSTEM)
    assert [(one.code, one.url) for one in refusal.value.missing] == [("meeting_open", meeting.get_absolute_url())]
    Meeting.objects.filter(pk=meeting.pk).update(state="held")
    assert report_checks.open_meetings(report) == []
    assert lifecycle.agree_report(report, by=SYSTEM).state == "agreed"


def test_the_report_page_names_the_open_meeting_before_anything_is_frozen(drafting, make_report, make_meeting, client_for, coordinator):
    make_report(drafting)
    meeting = make_meeting(drafting, "Ministry", state="planned")
    page = client_for(coordinator).get(reverse("reports:report", args=[drafting.reference])).content.decode()
    assert meeting.get_absolute_url() in page
    assert "Look at this before the text is frozen" in page


def test_a_share_without_n_and_denominator_is_told_with_its_place(
    drafting, make_report, make_finding, make_recommendation, as_coordinator, coordinator, client_for
):
    report = make_report(drafting)
    call = make_recommendation(drafting, "open the 60 % of stations that are closed to wheelchairs")
    call.report = report
    call.save_changes("report")
    make_finding(drafting, "In 12 of 96 of the stations visited (12.5 %).")
    finding = make_finding(drafting, "Only 7 % of the stations were accessible.")
    paragraph = ReportParagraph.objects.get(section__report=report, section__code="summary")
    paragraphs.save_paragraph(paragraph, version=1, language="en", text="About 30% of voters came.", by=as_coordinator)
    told = report_checks.shares_alone(report)
    assert [(one.code, one.url) for one in told] == [
        ("share_bare", reverse("reports:paragraph", args=[drafting.reference, paragraph.uuid])),
        ("share_bare", call.get_absolute_url()),
        ("share_bare", finding.get_absolute_url()),
    ]
    assert "30%" in told[0].sentence and "Summary" in told[0].sentence
    assert call.label in told[1].sentence and "60 %" in told[1].sentence and finding.label in told[2].sentence
    page = client_for(coordinator).get(reverse("reports:statement", args=[drafting.reference])).content.decode()
    assert told[2].sentence in unescape(page) and told[0].sentence not in unescape(page)
    assert set(told) <= set(report_checks.before_freezing(report))
