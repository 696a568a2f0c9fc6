"""The chain of evidence both ways, and what a reader may not see."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from core.actors import SYSTEM
from core.errors import Invalid
from core.files import PDF, store_file
from missions.models import Meeting, MeetingNote
from missions.services import notes
from reports.models import ReportParagraph
from reports.services import chain, evidence, paragraphs, statement, versions

SECRET = "The mayor of Examplegrad told us in confidence"


@pytest.fixture
def confidential(drafting, make_finding, as_coordinator):
    """A finding that rests on a secretariat note of a meeting."""
    finding = make_finding(drafting, "Pressure was reported.")
    meeting = Meeting.objects.create(
        mission=drafting, kind="ngo", title="Citizen observers", zone="Europe/Sofia",
        start_day="2027-10-20", start_time="09:00", end_day="2027-10-20", end_time="10:00",
        starts_at="2027-10-20T06:00:00Z", ends_at="2027-10-20T07:00:00Z",
    )  # fmt: skip
    meeting.refresh_from_db()
    note = MeetingNote.objects.create(meeting=meeting, topic="L07", text=SECRET, access="secretariat", written_by="user:x")
    evidence.link_meeting(finding, meeting, note=note, by=as_coordinator)
    return finding


def test_down_from_a_recommendation_to_its_figures(drafting, make_recommendation, coordinator):
    nodes = chain.from_recommendation(make_recommendation(drafting), coordinator, "en")
    assert [(node.statement, [(source.kind, source.detail) for source in node.sources]) for node in nodes] == [
        ("Group voting was seen.", [("figure", "12 of 96, of the stations visited")])
    ]


def test_confidential_evidence_is_an_internal_source(drafting, confidential, coordinator, make_assignment):
    observer = make_assignment(drafting, "observer").person.user
    for user, hidden in ((coordinator, False), (observer, True), (AnonymousUser(), True), (None, True)):
        node = chain.sources_of([confidential], user, "en")[0]
        source = node.sources[-1]
        assert source.is_hidden is hidden
        assert (SECRET in str(source)) is not hidden


def test_evidence_tells_the_version_of_a_note_and_that_it_was_corrected_since(
    drafting, make_finding, as_coordinator, coordinator, client_for
):
    finding = make_finding(drafting, "Lists were old.")
    meeting = Meeting.objects.create(
        mission=drafting, kind="ngo", title="Citizen observers", zone="Europe/Sofia",
        start_day="2027-10-20", start_time="09:00", end_day="2027-10-20", end_time="10:00",
        starts_at="2027-10-20T06:00:00Z", ends_at="2027-10-20T07:00:00Z",
    )  # fmt: skip
    meeting.refresh_from_db()
    note = notes.write_note(meeting, by=as_coordinator, topic="L07", text="Seven lists.", access="public")
    note = notes.correct_note(note, by=as_coordinator, topic="L07", text="Eight lists.")
    evidence.link_meeting(finding, meeting, note=note, by=as_coordinator)

    def source(user):
        return chain.sources_of([finding], user, "en")[0].sources[-1]

    assert (source(coordinator).version, source(coordinator).is_changed, source(None).is_hidden) == (2, False, False)
    notes.correct_note(note, by=as_coordinator, topic="L07", text="Nine lists.")
    found = source(coordinator)
    assert (found.version, found.is_changed, found.detail) == (2, True, "Eight lists.")
    page = client_for(coordinator).get(finding.get_absolute_url()).content.decode()
    assert "version 2 of the note" in page and "corrected since" in page and "Eight lists." in page
    notes.classify_note(note, by=as_coordinator, access="secretariat")
    assert source(None).is_hidden, "what was closed since is closed where it is used as well"
    assert not source(coordinator).is_hidden
    note.delete()
    assert (source(coordinator).detail, source(coordinator).version) == ("Eight lists.", 0)


def test_an_answer_is_told_in_the_reader_s_words_on_page_and_api(
    drafting, make_finding, as_coordinator, coordinator, client_for, make_observation
):
    options = [
        {"name": "not_possible", "label": {"en": "It could not be seen", "fr": "Impossible à voir"}},
        {"name": "a", "label": {"en": "Posters"}},
    ]
    questions = [{"code": "B21", "kind": "one", "options": options}, {"code": "B03", "kind": "multi", "options": options}]
    observation = make_observation(drafting, {"B21": "not_possible", "B03": ["a", "z"], "B09": 7}, questions=questions)
    finding = make_finding(drafting, "Little was seen.")
    for item in ("B21", "B03", "B09"):
        evidence.link_answer(finding, observation, item, by=as_coordinator)
    for language, said in (("en", ["It could not be seen", "Posters, z", "7"]), ("fr", ["Impossible à voir", "Posters, z", "7"])):
        assert [one.detail for one in chain.sources_of([finding], coordinator, language)[0].sources if one.kind == "answer"] == said
    client = client_for(coordinator)
    page = client.get(finding.get_absolute_url()).content.decode()
    assert "It could not be seen" in page and "not_possible" not in page
    answer = client.get(f"/api/v1/findings/{finding.uuid}/", headers={"accept-language": "fr"}).json()
    assert "Impossible à voir" in [one["detail"] for one in answer["evidence"]]


def test_up_from_an_answer_to_every_text(drafting, make_recommendation, make_report, coordinator, as_coordinator, make_observation):
    report = make_report(drafting, recommendation=False)
    recommendation = make_recommendation(drafting)
    finding = recommendation.findings.get()
    observation = make_observation(drafting, {"B21": "several"}, flags={"B21": 2})
    evidence.link_answer(finding, observation, "B21", by=as_coordinator)
    paragraph = ReportParagraph.objects.get(section__code="election_day")
    paragraphs.save_paragraph(paragraph, version=1, language="en", text="Words.", findings=[finding], by=as_coordinator)
    frozen = statement.freeze_statement(drafting, by=as_coordinator)
    version = versions.freeze_version(report, by=as_coordinator)
    uses = chain.uses_of_answer(observation, coordinator, "en", item="B21")
    assert [node.finding for node in uses.findings] == [finding]
    assert [row for row, _text in uses.paragraphs] == [paragraph]
    assert [row for row, _text in uses.recommendations] == [recommendation]
    assert (uses.statements, uses.versions) == ([frozen], [version])
    finding.refresh_from_db()
    assert finding.state == "in_memorandum"


def test_evidence_of_another_mission_or_without_an_answer_is_refused(
    make_mission, make_election, make_finding, make_observation, as_coordinator
):
    here, there = make_mission("drafting"), make_mission("drafting", election=make_election("GE"))
    finding = make_finding(here)
    with pytest.raises(Invalid):
        evidence.link_answer(finding, make_observation(there, {"B21": "many"}), "B21", by=as_coordinator)
    with pytest.raises(Invalid):
        evidence.link_answer(finding, make_observation(here, {"B20": "many"}), "B21", by=as_coordinator)
    with pytest.raises(Invalid):
        evidence.link_figure(finding, item="B20", label="B20", n=5, denominator=4, by=as_coordinator)


def test_a_link_is_made_once(drafting, make_finding, as_coordinator):
    finding = make_finding(drafting, agreed=False)
    file = store_file(b"%PDF-1.4 x", name="paper.pdf", by=SYSTEM, allow={PDF})
    assert evidence.link_document(finding, file, by=as_coordinator) == evidence.link_document(finding, file, by=as_coordinator)
    evidence.link_figure(finding, item="B21", label="B21", n=13, denominator=97, by=as_coordinator)
    figure = finding.evidence.get(kind="figure")
    assert (figure.frozen["n"], figure.frozen["denominator"]) == (13, 97)
