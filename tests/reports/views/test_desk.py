"""Pages at the desk: who sees them, that they work, that a stale save shows both texts, that queries do not grow."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from core import clock, translations
from core.actors import user_actor
from core.files import store_file
from missions.models import Meeting, MeetingNote
from reports.models import Finding, FollowUp, Publication, Recommendation, Report, ReportParagraph, ReportVersion
from reports.services import evidence, findings, statement, versions
from reports.services.paragraphs import confirm_paragraph

PAGES = [
    ("findings", [], "observer"),
    ("finding_add", [], "observer"),
    ("finding", ["finding"], "observer"),
    ("finding_change", ["finding"], "coordinator"),
    ("finding_evidence", ["finding"], "observer"),
    ("statement", [], "observer"),
    ("recommendations", [], "observer"),
    ("recommendation_add", [], "coordinator"),
    ("recommendation", ["recommendation"], "observer"),
    ("recommendation_change", ["recommendation"], "coordinator"),
    ("recommendation_assess", ["recommendation"], "coordinator"),
    ("dialogue_add", [], "coordinator"),
    ("report", [], "observer"),
    ("report_cover", [], "coordinator"),
    ("report_move", ["adopt"], "observer"),
    ("adoption_correct", [], "coordinator"),
    ("section", ["summary"], "observer"),
    ("paragraph", ["paragraph"], "observer"),
    ("version", [1], "observer"),
    ("publish", [], "publisher"),
    ("correct", [], "publisher"),
    ("withdraw", [], "publisher"),
]


@pytest.fixture
def written(drafting, make_report, as_coordinator, figures):
    """A mission with a report, a recommendation, a finding and a frozen version."""
    report = make_report(drafting)
    versions.freeze_version(report, by=as_coordinator)
    return drafting


def address(mission, name, parts):
    objects = {
        "finding": lambda: Finding.objects.filter(mission=mission)[0].uuid,
        "recommendation": lambda: Recommendation.objects.filter(mission=mission)[0].uuid,
        "paragraph": lambda: ReportParagraph.objects.filter(section__code="summary")[0].uuid,
    }
    return reverse(f"reports:{name}", args=[mission.reference, *[objects.get(part, lambda part=part: part)() for part in parts]])


@pytest.mark.parametrize(("name", "parts", "least"), PAGES, ids=[row[0] for row in PAGES])
def test_every_page_answers_its_readers_and_hides_from_strangers(
    name, parts, least, written, client_for, coordinator, publisher, outsider, make_assignment
):
    observer = make_assignment(written, "observer").person.user
    url = address(written, name, parts)
    assert client_for(None).get(url).status_code == 302
    assert client_for(outsider).get(url).status_code == 404
    by = {"observer": observer, "coordinator": coordinator, "publisher": publisher}
    assert client_for(by[least]).get(url).status_code == 200
    if least != "observer":
        assert client_for(observer).get(url).status_code == 403


@pytest.mark.parametrize("name", ["findings_suggest", "recommendations_order", "report_open", "report_freeze", "letter"])
def test_an_act_is_no_page(name, written, client_for, coordinator):
    assert client_for(coordinator).get(reverse(f"reports:{name}", args=[written.reference])).status_code == 405


def test_a_finding_is_written_linked_and_agreed_by_clicking(mission, client_for, head, standards, figures):
    client = client_for(head)
    values = {
        "statement_en": "Seals were missing.",
        "kind": "concern",
        "phase": "counting",
        "seriousness": "3",
        "confidence": "high",
        "access": "team",
    }
    client.post(reverse("reports:finding_add", args=[mission.reference]), values)
    finding = Finding.objects.get()
    picker = reverse("reports:finding_evidence", args=[mission.reference, finding.uuid])
    assert "Group voting" in client.get(picker).content.decode()
    client.post(picker, {"kind": "figure", "value": "C:C09", "item": "C09"})
    client.post(reverse("reports:finding_move", args=[mission.reference, finding.uuid]), {"action": "agree"})
    finding.refresh_from_db()
    assert (finding.state, finding.evidence.get().frozen["n"]) == ("agreed", 3)
    page = client.get(finding.get_absolute_url()).content.decode()
    assert "3 of 6, of the stations visited" in page


def test_a_refused_form_keeps_its_words(mission, client_for, coordinator, standards):
    finding = findings.add_finding(mission=mission, statement={"en": "One."}, phase="voting", by=user_actor(coordinator))
    values = {
        "statement_en": "My long text.",
        "kind": "concern",
        "phase": "voting",
        "seriousness": "1",
        "confidence": "high",
        "access": "team",
        "version": "7",
    }
    answer = client_for(coordinator).post(reverse("reports:finding_change", args=[mission.reference, finding.uuid]), values)
    assert answer.status_code == 409
    assert "My long text." in answer.content.decode()


def test_a_stale_paragraph_shows_both_texts(written, client_for, coordinator):
    client = client_for(coordinator)
    paragraph = ReportParagraph.objects.get(section__code="summary")
    url = reverse("reports:paragraph", args=[written.reference, paragraph.uuid])
    assert client.post(url, {"version": 1, "language": "en", "text": "First words."}).status_code == 302
    answer = client.post(url, {"version": 1, "language": "en", "text": "Second words."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "First words." in page and "Second words." in page
    assert re.search(r'name="version"\s+value="2"', page)
    client.post(url, {"version": 2, "language": "en", "text": "Joined words."})
    assert translations.text_of(paragraph, "text", "en") == "Joined words."


def test_a_report_is_brought_to_the_public_by_clicking(drafting, make_report, client_for, coordinator, publisher, make_assignment):
    make_report(drafting)
    rapporteur = make_assignment(drafting, "rapporteur", "Rita", "Reporter").person.user

    def move(user, action, **values):
        return client_for(user).post(reverse("reports:report_move", args=[drafting.reference, action]), values)

    move(rapporteur, "agree")
    move(coordinator, "submit")
    assert move(coordinator, "approve").status_code == 200, "a day is asked for"
    move(coordinator, "approve", committee_on=clock.today())
    refused = move(coordinator, "adopt", adopted_on=clock.today(), number="CPL(2027)52-03")
    assert "Give the recommendation its number" in refused.content.decode()
    move(coordinator, "adopt", adopted_on=clock.today(), number="CPL(2027)52-03", recommendation_number="Recommendation 601 (2027)")
    publish = reverse("reports:publish", args=[drafting.reference])
    page = client_for(publisher).get(publish).content.decode()
    assert Finding.objects.get().get_absolute_url() in page and "Findings that only the team reads so far" in page
    refused = client_for(publisher).post(publish, {"languages": ["en", "fr"]})
    assert refused.status_code == 409 and "not checked" in refused.content.decode()
    client_for(publisher).post(publish, {"languages": ["en", "fr"], "unchecked_accepted": ["fr"], "findings_accepted": "on"})
    assert (Report.objects.get().state, Publication.objects.count()) == ("published", 1)
    move(coordinator, "transmit", transmitted_on=clock.today())
    assert Report.objects.get().state == "transmitted"


def test_a_version_shows_its_text_and_checksum(written, client_for, coordinator):
    page = client_for(coordinator).get(reverse("reports:version", args=[written.reference, 1])).content.decode()
    assert ReportVersion.objects.get().checksum in page
    assert "ensure that voters mark their ballots alone" in page


def test_the_chain_upwards_has_a_page(drafting, make_recommendation, make_observation, as_coordinator, client_for, coordinator, outsider):
    recommendation = make_recommendation(drafting)
    observation = make_observation(drafting, {"B21": "many"}, flags={"B21": 2})
    evidence.link_answer(recommendation.findings.get(), observation, "B21", by=as_coordinator)
    url = reverse("reports:uses", args=[drafting.reference, "answer", observation.uuid]) + "?item=B21"
    page = client_for(coordinator).get(url).content.decode()
    assert "ensure that voters mark their ballots alone" in page
    assert client_for(outsider).get(url).status_code == 404
    assert url in client_for(coordinator).get(recommendation.findings.get().get_absolute_url()).content.decode(), "the way up is offered"


def test_the_page_upwards_tells_nobody_of_what_they_may_not_read(
    drafting, make_recommendation, as_coordinator, client_for, coordinator, make_assignment
):
    finding = make_recommendation(drafting).findings.get()
    observer = make_assignment(drafting, "observer").person.user
    files = {access: store_file(b"a paper", name=f"{access}.txt", by=as_coordinator, access=access) for access in ("team", "secretariat")}
    for file in files.values():
        evidence.link_document(finding, file, by=as_coordinator)
    asked = {
        (who, access): client_for(user).get(reverse("reports:uses", args=[drafting.reference, "document", file.uuid])).status_code
        for access, file in files.items()
        for who, user in (("coordinator", coordinator), ("observer", observer))
    }
    assert asked == {
        ("coordinator", "team"): 200,
        ("observer", "team"): 200,
        ("coordinator", "secretariat"): 200,
        ("observer", "secretariat"): 404,
    }
    shown = client_for(observer).get(finding.get_absolute_url()).content.decode()
    assert "team.txt" in shown and "secretariat.txt" not in shown and str(files["secretariat"].uuid) not in shown
    unused = store_file(b"another", name="unused.txt", by=as_coordinator)
    assert client_for(coordinator).get(reverse("reports:uses", args=[drafting.reference, "document", unused.uuid])).status_code == 404


@pytest.mark.parametrize("name", ["findings", "recommendations"])
def test_queries_do_not_grow_with_rows(name, drafting, make_recommendation, client_for, coordinator, django_assert_max_num_queries):
    url = reverse(f"reports:{name}", args=[drafting.reference])
    client = client_for(coordinator)
    make_recommendation(drafting)
    with django_assert_max_num_queries(60) as one:
        client.get(url)
    for number in range(3):
        make_recommendation(drafting, text=f"do thing {number}")
    with django_assert_max_num_queries(len(one)):
        client.get(url)


def test_an_empty_assessment_records_nothing_and_a_wrong_one_is_taken_back_by_clicking(
    drafting, make_report, walk, client_for, coordinator, observer_for
):
    walk(make_report(drafting), "published")
    row = Recommendation.objects.get()
    client = client_for(coordinator)
    url = reverse("reports:recommendation_assess", args=[drafting.reference, row.uuid])
    page = client.get(url).content.decode()
    assert '<option value="" selected>' in page
    answer = client.post(url, {"assessed_on": clock.today()})
    assert answer.status_code == 200 and not FollowUp.objects.exists()
    client.post(url, {"assessed_on": clock.today(), "status": "fully", "basis": "letter", "note_en": "It was another text."})
    wrong = FollowUp.objects.get()
    withdraw = reverse("reports:assessment_withdraw", args=[drafting.reference, row.uuid, wrong.uuid])
    assert client_for(observer_for(drafting)).post(withdraw, {"reason": "No."}).status_code == 403
    assert client.post(withdraw, {"reason": " "}).status_code == 400
    assert client.post(withdraw, {"reason": "Another recommendation was meant."}).status_code == 302
    desk = client.get(row.get_absolute_url()).content.decode()
    assert "Another recommendation was meant." in desk and "It was another text." in desk
    public = client_for(None).get(reverse("reports:public_recommendation", args=["en", row.uuid])).content.decode()
    assert "Fully implemented" not in public and "It was another text." not in public


def test_a_wrong_adoption_day_is_corrected_by_clicking(drafting, make_report, walk, client_for, coordinator):
    walk(make_report(drafting), "adopted")
    url = reverse("reports:adoption_correct", args=[drafting.reference])
    client = client_for(coordinator)
    assert url in client.get(reverse("reports:report", args=[drafting.reference])).content.decode()
    report = Report.objects.get()
    values = {"adopted_on": "2020-01-01", "number": "CPL(2027)52-04", "recommendation_number": "Recommendation 602 (2027)"}
    more = {"version": report.version, "reason": "Typed wrongly.", "committee_on": ""}
    refused = client.post(url, values | more)
    assert refused.status_code == 400 and "Polling day is" in refused.content.decode()
    assert client.post(url, values | more | {"adopted_on": clock.today()}).status_code == 302
    report.refresh_from_db()
    assert (report.number, report.recommendation_number) == ("CPL(2027)52-04", "Recommendation 602 (2027)")


@pytest.fixture
def observer_for(make_assignment):
    """Somebody with a seat in a mission."""
    return lambda mission: make_assignment(mission, "observer").person.user


def test_notes_of_meetings_are_found_in_any_case_and_without_accents(drafting, make_finding, client_for, coordinator, observer_for):
    finding = make_finding(drafting, agreed=False)
    values = {"start_day": "2027-10-20", "start_time": "09:00", "end_day": "2027-10-20", "end_time": "10:00", "zone": "Europe/Sofia"}
    meeting = Meeting.objects.create(
        mission=drafting, kind="ngo", title="Citizens", starts_at="2027-10-20T06:00Z", ends_at="2027-10-20T07:00Z", **values
    )
    for text, access in (("Les électeurs ont été PRESSÉS.", "team"), ("Secret: pressés par le maire.", "secretariat")):
        MeetingNote.objects.create(meeting=meeting, topic="L07", text=text, access=access, written_by="user:x")
    url = reverse("reports:finding_evidence", args=[drafting.reference, finding.uuid])
    client = client_for(coordinator)
    page = client.get(f"{url}?q=electeurs+presses").content.decode()
    assert "Les électeurs ont été PRESSÉS." in page and "Secret: pressés" not in page
    assert "Secret: pressés" in client.get(f"{url}?q=maire").content.decode()
    seat = client_for(observer_for(drafting))
    assert "Secret: pressés" not in seat.get(f"{url}?q=maire").content.decode()
    note = MeetingNote.objects.get(access="team")
    client.post(url, {"kind": "meeting", "value": meeting.uuid, "item": note.uuid})
    assert finding.evidence.get(kind="meeting").frozen["text"] == note.text


def test_what_is_missing_leads_to_the_page_where_it_is_mended(mission, make_finding):
    make_finding(mission)
    assert [one.url for one in statement.missing_for_statement(mission)] == [reverse("reports:statement", args=[mission.reference])]


def test_what_is_unchecked_is_counted_in_the_singular_too(drafting, make_report, walk, client_for, as_publisher):
    report = make_report(drafting)
    row = ReportParagraph.objects.filter(section__report=report).first()
    for other in ReportParagraph.objects.filter(section__report=report).exclude(pk=row.pk):
        confirm_paragraph(other, language="fr", by=as_publisher)
    walk(report, "adopted")
    text = client_for(as_publisher.user).get(reverse("reports:publish", args=[drafting.reference])).content.decode()
    assert "French: 1 of 4 paragraphs is not checked" in text
