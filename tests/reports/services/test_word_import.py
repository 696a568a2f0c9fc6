"""A Word document comes back: what people do to it in Word is found again, decided, and becomes the next version."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile as Upload
from django.urls import reverse
from docx import Document as open_word
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from model_bakery import baker

from core import translations
from core.actors import Actor, user_actor
from core.documents.content import prepare
from core.documents.rendering import Snapshot, render_content
from core.documents.word_reader import read_docx
from core.errors import Invalid, NotAllowed, NotNow, Stale
from missions.models import Mission
from reports.documents.report.build import build
from reports.models import Finding, ParagraphRemark, Recommendation, Report, ReportParagraph, ReportSection, ReportVersion, WordImport
from reports.services import findings, paragraphs, remarks, versions, word_import

NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
POINTS = {
    1: "The campaign was calm in the cities and loud in the villages.",
    2: "Observers met mayors of five municipalities and heard no complaint.",
    3: "Group voting was seen at {figure:B21}.",
    4: "The media gave every list some minutes of free time on air.",
}


@pytest.fixture
def report(drafting, make_report, as_coordinator, figures) -> Report:
    """A report with four points in “context”, one of them with a live figure, frozen once."""
    report = make_report(drafting)
    section = ReportSection.objects.get(report=report, code="context")
    for text in POINTS.values():
        paragraphs.add_paragraph(section, text={"en": text}, by=as_coordinator)
    versions.freeze_version(report, by=as_coordinator)
    return report


def docx_of(version: ReportVersion, language: str = "en") -> bytes:
    """The Word file as the house draws it."""
    content = prepare({**build(version, language), "language": language})
    return render_content(Snapshot(content=content, frozen_at=version.frozen_at), "docx")


class Word:
    """Somebody in front of Word."""

    def __init__(self, data: bytes) -> None:
        self.word = open_word(io.BytesIO(data))

    def find(self, text: str) -> Any:
        """The paragraph that says `text`; not the entry in the list of contents."""
        found = [row for row in self.word.paragraphs if text in row.text and not row.style.name.lower().startswith("toc")]
        assert found, text
        return found[0]

    def replace(self, old: str, new: str) -> None:
        """Type over words, as Word does it: inside a run."""
        for run in self.find(old).runs:
            run.text = run.text.replace(old, new)

    def remove(self, text: str) -> Any:
        """Take a paragraph out, with its bookmark."""
        element = self.find(text)._p
        element.getparent().remove(element)
        return element

    def forget(self, text: str) -> None:
        """Lose the bookmark, as by writing the paragraph anew."""
        for mark in list(self.find(text)._p.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"))):
            mark.getparent().remove(mark)

    def behind(self, text: str, new: str) -> None:
        """Write a new paragraph behind another one."""
        self.find(text)._p.addnext(parse_xml(f"<w:p {NS}><w:r><w:t>{new}</w:t></w:r></w:p>"))

    def saved(self) -> bytes:
        """The bytes."""
        out = io.BytesIO()
        self.word.save(out)
        return out.getvalue()


@pytest.fixture
def word(report) -> Word:
    """The version opened in Word."""
    return Word(docx_of(report.versions.get()))


@pytest.fixture
def bring(report, as_coordinator) -> Callable[..., WordImport]:
    """Bring back what Word saved."""

    def go(source: Word | bytes, **options: Any) -> WordImport:
        data = source if isinstance(source, bytes) else source.saved()
        return word_import.bring_document(report, by=as_coordinator, file=Upload("back.docx", data), **options)

    return go


def point(number: int) -> ReportParagraph:
    return list(ReportParagraph.objects.filter(section__code="context"))[number - 1]


def text_of(row: ReportParagraph, language: str = "en") -> str:
    return translations.text_of(row, "text", language)


def found(row: WordImport) -> list[tuple[str, str, str]]:
    return [(item["kind"], item["number"], item["shown"]) for item in row.plan["items"]]


def take_all(row: WordImport, by: Actor, **options: Any) -> ReportVersion:
    """Confirm what the page proposes."""
    decisions = {}
    for item in row.plan["items"]:
        proposed = f"after:{item['after']}" if item.get("after") else f"start:{item.get('to')}"
        decisions[f"do_{item['id']}"] = {"removed": "remove", "new": proposed, "unplaced": "leave"}.get(item["kind"], "word")
        decisions[f"move_{item['id']}"] = "yes"
    return word_import.take_document(row, by=by, decisions=decisions, **options)


# --- what people do ---------------------------------------------------------------------------------------------------


def test_an_untouched_document_changes_nothing(word, bring, as_coordinator):
    row = bring(word)
    assert (row.plan["items"], row.plan["notices"], row.plan["same"]) == ([], [], 8)
    with pytest.raises(Invalid, match="Choose at least one change"):
        take_all(row, as_coordinator)


def test_changed_words_become_the_next_version(report, word, bring, as_coordinator):
    word.replace("calm in the cities", "quiet in the cities")
    row = bring(word)
    assert found(row) == [("changed", "2", POINTS[1].replace("calm", "quiet"))]
    assert text_of(point(1)) == POINTS[1], "nothing is stored before it is confirmed"
    made = take_all(row, as_coordinator)
    row.refresh_from_db()
    assert (text_of(point(1)), made.number, row.state, row.made) == (POINTS[1].replace("calm", "quiet"), 2, "taken", made)
    assert "back.docx" in made.note
    with pytest.raises(NotNow):
        take_all(row, as_coordinator)


def test_a_live_figure_stays_live_unless_it_was_typed_over(word, bring, as_coordinator):
    word.replace("Group voting was seen at", "Voting in groups was seen at")
    take_all(bring(word), as_coordinator)
    assert text_of(point(3)) == "Voting in groups was seen at {figure:B21}."
    word.replace("12 of 96", "many")
    row = bring(word)
    assert row.plan["items"][0]["lost_figures"] == ["B21"]


def test_a_split_paragraph_is_a_changed_one_and_a_new_one(word, bring, as_coordinator):
    word.replace(" and heard no complaint.", ".")
    word.behind("Observers met", "They heard no complaint at all.")
    row = bring(word)
    assert [item["kind"] for item in row.plan["items"]] == ["changed", "new"]
    take_all(row, as_coordinator)
    assert text_of(point(3)) == "They heard no complaint at all."
    assert text_of(point(2)) == "Observers met mayors of five municipalities."


def test_a_split_inside_the_bookmark_keeps_the_better_half(word, bring):
    """Word leaves the start of the bookmark in the first half and its end in the second."""
    first = word.find("Observers met")._p
    second = deepcopy(first)
    first.addnext(second)
    first.remove(first.find(qn("w:bookmarkEnd")))
    second.remove(second.find(qn("w:bookmarkStart")))
    for text in first.iter(qn("w:t")):
        text.text = text.text.replace(POINTS[2], "New words before.")
    assert found(bring(word)) == [("new", "", "New words before.")]


def test_merged_paragraphs_are_one_and_the_other_is_gone(word, bring, as_coordinator):
    first, second = word.find("The campaign was")._p, word.remove("Observers met")
    for child in list(second):
        if child.tag != qn("w:pPr"):
            first.append(child)
    row = bring(word)
    kinds = [(item["kind"], item["number"]) for item in row.plan["items"]]
    assert sorted(kinds) in ([("changed", "2"), ("removed", "3")], [("changed", "3"), ("removed", "2")])
    removed = next(item for item in row.plan["items"] if item["kind"] == "removed")
    assert removed["into"] in {"2", "3"}
    take_all(row, as_coordinator)
    assert ReportParagraph.objects.filter(section__code="context").count() == 3


def test_moved_paragraphs_are_moved_also_to_another_chapter(word, bring, as_coordinator):
    moved = word.remove("The campaign was")
    word.find("The media gave")._p.addnext(moved)
    away = word.remove("Observers met")
    word.find("Words of the election_day")._p.addnext(away)
    row = bring(word)
    assert sorted((item["kind"], item["to"]) for item in row.plan["items"]) == [("moved", "context"), ("moved", "election_day")]
    take_all(row, as_coordinator)
    assert [text_of(one) for one in ReportParagraph.objects.filter(section__code="context")] == [POINTS[3], POINTS[4], POINTS[1]]
    assert [text_of(one) for one in ReportParagraph.objects.filter(section__code="election_day")] == [
        "Words of the election_day.",
        POINTS[2],
    ]


def test_a_removed_paragraph_goes_only_if_that_is_decided(word, bring, as_coordinator):
    word.remove("The media gave")
    row = bring(word)
    assert [(item["kind"], item["number"]) for item in row.plan["items"]] == [("removed", "5")]
    with pytest.raises(Invalid):
        word_import.take_document(row, by=as_coordinator, decisions={"do_0": "keep"})
    take_all(row, as_coordinator)
    assert ReportParagraph.objects.filter(section__code="context").count() == 3


def test_a_paragraph_without_its_bookmark_is_known_by_its_words(word, bring):
    word.replace("loud in the villages", "louder in the villages")
    word.forget("The campaign was")
    item = bring(word).plan["items"][0]
    assert (item["kind"], item["number"], item["by_words"]) == ("changed", "2", True)


def test_a_document_without_any_bookmark_is_matched_by_words_once_its_version_is_named(word, bring):
    word.replace("loud in the villages", "louder in the villages")
    for mark in list(word.word.element.body.iter(qn("w:bookmarkStart"), qn("w:bookmarkEnd"))):
        mark.getparent().remove(mark)
    with pytest.raises(Invalid, match="Name the version and the language"):
        bring(word)
    row = bring(word, number=1, language="en")
    assert [(item["kind"], item["number"]) for item in row.plan["items"]] == [("changed", "2")]


def test_several_new_paragraphs_keep_their_order(word, bring, as_coordinator):
    word.behind("Political context", "Zero comes first of all here.")
    for new in ("Third words.", "Second words.", "First words."):
        word.behind("Observers met", new)
    take_all(bring(word), as_coordinator)
    texts, points = [text_of(row) for row in ReportParagraph.objects.filter(section__code="context")], list(POINTS.values())
    new = ["First words.", "Second words.", "Third words."]
    assert texts == ["Zero comes first of all here.", *points[:2], *new, *points[2:]]


def test_headings_tables_and_fixed_words_stay_and_are_told(word, bring):
    word.replace("Political context", "The political background")
    word.replace("takes account", "takes no account") if any("takes account" in row.text for row in word.word.paragraphs) else None
    table = word.word.tables[0]
    table.rows[1].cells[0].paragraphs[0].runs[0].text = "Someone else"
    word.behind("Recommendations", "A remark below an appendix.")
    row = bring(word)
    told = " ".join(one["text"] for one in row.plan["notices"])
    assert "“The political background”" in told.replace("2 The", "The") and "Someone else" in told
    assert ("unplaced", "", "A remark below an appendix.") in found(row)
    assert all(item["kind"] != "moved" for item in row.plan["items"]), "a chapter keeps its paragraphs when its heading is written anew"


def test_a_heading_that_was_typed_anew_moves_nothing(word, bring):
    word.replace("Political context", "Background")
    word.forget("Background")
    assert [item["kind"] for item in bring(word).plan["items"]] == ["unplaced"]


def test_what_could_not_be_matched_is_placed_by_hand(report, word, bring, as_coordinator):
    word.behind("Recommendations", "A remark below an appendix.")
    word.remove("The media gave")
    row = bring(word)
    loose = next(item["id"] for item in row.plan["items"] if item["kind"] == "unplaced")
    target = point(4)
    word_import.take_document(row, by=as_coordinator, decisions={f"do_{loose}": f"replace:{target.uuid}"})
    assert text_of(target) == "A remark below an appendix."
    row = bring(word)
    loose = next(item["id"] for item in row.plan["items"] if item["kind"] in {"unplaced", "new"})
    word_import.take_document(row, by=as_coordinator, decisions={f"do_{loose}": "start:conclusions"})
    assert text_of(ReportParagraph.objects.filter(section__code="conclusions")[0]) == "A remark below an appendix."
    for wrong in ("after:x", "start:nowhere", "eat:it", "after:00000000-0000-4000-8000-000000000000"):
        row = bring(word)
        loose = next(item["id"] for item in row.plan["items"] if item["kind"] in {"unplaced", "new"})
        with pytest.raises(Invalid):
            word_import.take_document(row, by=as_coordinator, decisions={f"do_{loose}": wrong})


def test_spaces_of_every_kind_are_no_change(word, bring):
    word.replace("calm in the cities", "calm\u00a0in the\u202fcities ")
    assert bring(word).plan["items"] == []


def test_a_call_and_the_title_come_back_too(report, word, bring, as_coordinator):
    word.replace("ensure that voters mark", "ensure that all voters mark")
    title = next(row for row in word.word.paragraphs if row.style.name == "Title")
    title.runs[0].text = f"{title.runs[0].text} and more"
    row = bring(word)
    assert sorted(item["kind"] for item in row.plan["items"]) == ["call", "title"]
    take_all(row, as_coordinator)
    call = Recommendation.objects.get()
    assert translations.text_of(call, "text", "en") == "ensure that all voters mark their ballots alone"
    assert translations.text_of(report, "title", "en").endswith("and more")


def test_a_french_document_changes_the_french_and_stays_unchecked(report, bring, as_coordinator):
    word = Word(docx_of(report.versions.get(), "fr"))
    word.replace("Mots : summary.", "Mots du résumé.")
    word.replace(POINTS[1], "La campagne a été calme.")
    row = bring(word)
    assert [item["kind"] for item in row.plan["items"]] == ["changed", "changed"]
    take_all(row, as_coordinator)
    summary = ReportParagraph.objects.get(section__code="summary")
    state = translations.texts(summary, "text")["fr"]
    assert (state.text, state.state, text_of(summary)) == ("Mots du résumé.", "machine", "Words of the summary.")
    assert (text_of(point(1), "fr"), text_of(point(1))) == ("La campagne a été calme.", POINTS[1])


# --- tracked changes and comments -------------------------------------------------------------------------------------


def test_tracked_changes_are_read_as_accepted(word, bring):
    row = word.find("The campaign was")._p
    run = row.findall(qn("w:r"))[-1]
    struck = parse_xml(f'<w:del {NS} w:id="900" w:author="A"><w:r><w:delText>The campaign was calm</w:delText></w:r></w:del>')
    added = parse_xml(f'<w:ins {NS} w:id="901" w:author="A"><w:r><w:t xml:space="preserve">All was calm</w:t></w:r></w:ins>')
    run.addprevious(struck)
    run.addprevious(added)
    run.find(qn("w:t")).text = " everywhere."
    gone = word.find("Observers met")._p  # struck out whole, with its end
    for one in list(gone.findall(qn("w:r"))):
        wrap = parse_xml(f'<w:del {NS} w:id="902" w:author="A"/>')
        one.addprevious(wrap)
        wrap.append(one)
        for text in one.iter(qn("w:t")):
            text.tag = qn("w:delText")
    gone.find(qn("w:pPr")).append(parse_xml(f'<w:rPr {NS}><w:del w:id="903" w:author="A"/></w:rPr>'))
    plan = bring(word).plan
    assert plan["has_changes"]
    assert [(item["kind"], item["number"], item["shown"]) for item in plan["items"]] == [
        ("changed", "2", "All was calm everywhere."),
        ("removed", "3", ""),
    ]


def with_comment(word: Word, text: str, words: str, author: str = "Clara Checker") -> None:
    """A comment in the margin, by python-docx, as Word writes it."""
    paragraph = word.find(text)
    word.word.add_comment(paragraph.runs[-1], text=words, author=author)


def test_comments_in_the_margin_become_comments_on_the_paragraph_once(report, word, bring, as_coordinator, client_for, coordinator):
    with_comment(word, "The campaign was", "Which cities?")
    with_comment(word, "Recommendations", "Is this needed?")
    word.replace("loud in the villages", "louder in the villages")
    row = bring(word)
    assert [(one["author"], one["text"], one["number"]) for one in row.plan["comments"]] == [
        ("Clara Checker", "Which cities?", "2"),
        ("Clara Checker", "Is this needed?", ""),
    ]
    take_all(row, as_coordinator, with_comments=True)
    remark = ParagraphRemark.objects.get(text="Which cities?")
    assert (remark.paragraph, remark.author_name, remark.author) == (point(1), "Clara Checker", None)
    assert ParagraphRemark.objects.get(text="Is this needed?").paragraph is None
    word.replace("louder in the villages", "loudest in the villages")
    take_all(bring(word), as_coordinator, with_comments=True)
    assert ParagraphRemark.objects.count() == 2
    page = client_for(coordinator).get(reverse("reports:report", args=[report.mission.reference])).content.decode()
    assert "Is this needed?" in page


def test_open_remarks_stand_in_the_margin_of_a_draft_and_do_not_come_back(report, word, bring, as_coordinator, client_for, coordinator):
    remarks.make_remark(point(1), by=as_coordinator, kind="comment", language="en", text="Which cities?\nAll of them?")
    suggested = point(1), "suggestion", "The campaign was calm."
    remarks.make_remark(suggested[0], by=as_coordinator, kind=suggested[1], language="en", text=suggested[2], why="Shorter")
    answered = remarks.make_remark(point(2), by=as_coordinator, kind="comment", language="en", text="Answered already.")
    remarks.reject_remark(answered, by=as_coordinator, answer="No.")
    address = reverse("reports:word_draft", args=[report.mission.reference, "en"])
    first, again = (client_for(coordinator).get(address) for _turn in range(2))
    assert first.content == again.content and first["Content-Disposition"].endswith('remarks.docx"')
    drawn = Word(first.content)
    assert [comment.text for comment in drawn.word.comments] == [
        "Which cities?\nAll of them?",
        "Suggested wording: “The campaign was calm.”\nShorter",
    ]
    assert {comment.author for comment in drawn.word.comments} == {str(coordinator)}
    drawn.word.add_comment(drawn.find("The campaign was").runs[0], text="A new one", author="Clara Checker")
    assert [one["text"] for one in bring(drawn).plan["comments"]] == ["A new one"]
    assert bring(drawn).plan["items"] == [], "comments change no words"
    with zipfile.ZipFile(io.BytesIO(docx_of(report.versions.get()))) as packed:
        assert not [name for name in packed.namelist() if "comment" in name], "what is stored has no margin"


def test_composed_sentences_and_statements_of_findings_are_told_by_name(report, bring, make_finding, as_coordinator):
    made = make_finding(report.mission, "Queues were long at noon in many of the stations.")
    newest = Word(docx_of(versions.freeze_version(report, by=as_coordinator)))
    newest.replace("Queues were long at noon", "Queues were very long at noon")
    newest.replace("thanks the authorities", "warmly thanks the authorities")
    row = bring(newest)
    assert [(item["kind"], item["label"]) for item in row.plan["items"]] == [("finding", made.label)]
    told = {one.get("url", ""): one["text"] for one in row.plan["notices"]}
    assert "warmly thanks" in told[""] and "is fixed and stays" in told[""]


# --- the report went on meanwhile -------------------------------------------------------------------------------------


def test_both_changes_of_one_paragraph_are_shown_and_joined(word, bring, as_coordinator):
    paragraphs.save_paragraph(
        point(1), version=1, language="en", text=POINTS[1].replace("The campaign", "The short campaign"), by=as_coordinator
    )
    word.replace("loud in the villages", "louder in the villages")
    row = bring(word)
    item = row.plan["items"][0]
    assert item["clashes"] and item["stored"].startswith("The short campaign")
    word_import.take_document(row, by=as_coordinator, decisions={"do_0": "both"})
    assert text_of(point(1)) == "The short campaign was calm in the cities and louder in the villages."


def test_a_report_saved_after_the_comparison_is_compared_anew(report, word, bring, as_coordinator, client_for, coordinator):
    word.replace("loud in the villages", "louder in the villages")
    row = bring(word)
    paragraphs.save_paragraph(point(1), version=1, language="en", text="All was otherwise.", by=as_coordinator)
    with pytest.raises(Stale):
        take_all(row, as_coordinator)
    url = reverse("reports:word_import", args=[report.mission.reference, row.uuid])
    client = client_for(coordinator)
    answer = client.post(url, {"do_0": "word"}, follow=True)
    assert "compared anew" in answer.content.decode() and text_of(point(1)) == "All was otherwise."
    row.refresh_from_db()
    assert row.plan["items"][0]["clashes"] is True
    assert client.post(url, {"do_0": "word"}).status_code == 302
    assert text_of(point(1)) == POINTS[1].replace("loud", "louder")


def test_a_paragraph_removed_meanwhile_comes_back_only_if_word_changed_it(word, bring, as_coordinator):
    paragraphs.remove_paragraph(point(4), version=1, by=as_coordinator)
    assert bring(word).plan["items"] == []
    word.replace("some minutes", "ten minutes")
    assert [(item["kind"], item["to"]) for item in bring(word).plan["items"]] == [("new", "context")]


# --- what is refused --------------------------------------------------------------------------------------------------


def packed(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, text in parts.items():
            target.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "broken or something else"),
        (b"%PDF-1.7 not a word", "broken or something else"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "protected by a password"),
        (packed(hello_xml="<a/>"), "broken or something else"),
        (packed(word__document_xml="<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "broken or something else"),
        (b"PK\x03\x04" + b"x" * 200, "broken or something else"),
    ],
    ids=["empty", "pdf", "old or protected", "a zip", "entities", "cut"],
)
def test_broken_and_foreign_files_are_refused_in_a_sentence(data, words, bring):
    with pytest.raises(Invalid, match=words) as refusal:
        bring(data)
    assert refusal.value.attr == "file" and not WordImport.objects.exists()


def test_a_cut_document_is_refused(word, bring):
    data = word.saved()
    with pytest.raises(Invalid):
        bring(data[: len(data) // 2])


def test_a_bomb_is_refused_before_it_is_unpacked(bring, monkeypatch):
    monkeypatch.setattr("core.documents.word_reader.MAX_UNPACKED", 10_000)
    with pytest.raises(Invalid, match="far larger unpacked"):
        bring(packed(word__document_xml=" " * 20_000))


def test_a_word_document_of_somebody_else_is_refused(bring):
    plain = open_word()
    plain.add_paragraph("Dear colleagues,")
    out = io.BytesIO()
    plain.save(out)
    with pytest.raises(Invalid, match="does not say from which version"):
        bring(out.getvalue())


def test_the_document_of_another_report_is_refused(word, bring, make_mission, make_election, make_report, as_coordinator):
    other = make_mission("drafting", election=make_election(area="Other town"))
    version = versions.freeze_version(make_report(other), by=as_coordinator)
    with pytest.raises(Invalid, match="another report"):
        bring(docx_of(version))


def test_only_an_open_report_takes_a_document_and_only_from_who_may_write(report, word, bring, outsider, as_coordinator):
    from core.actors import user_actor

    with pytest.raises(NotAllowed):
        word_import.bring_document(report, by=user_actor(outsider), file=Upload("x.docx", word.saved()))
    row = bring(word)
    Report.objects.filter(pk=report.pk).update(state="committee")
    for act in (lambda: bring(word), lambda: word_import.drop_document(row, by=as_coordinator)):
        with pytest.raises(NotNow):
            act()


# --- pages ------------------------------------------------------------------------------------------------------------


def test_a_document_is_brought_back_by_clicking(report, word, client_for, coordinator, outsider):
    word.replace("calm in the cities", "quiet in the cities")
    word.behind("Observers met", "Nobody asked for more.")
    client, base = client_for(coordinator), [report.mission.reference]
    upload = reverse("reports:word", args=base)
    refused = client.post(upload, {"file": Upload("x.docx", b"no")})
    assert refused.status_code == 400 and "broken or something else" in refused.content.decode()
    data = word.saved()
    page = client.post(upload, {"file": Upload("back.docx", data)})["Location"]
    shown = client.get(page).content.decode()
    assert "<del>calm</del><ins>quiet</ins>" in shown and "Nobody asked for more." in shown
    assert client_for(outsider).get(page).status_code == 404
    items = WordImport.objects.get().plan["items"]
    given = {f"do_{item['id']}": "word" if item["kind"] == "changed" else f"after:{item['after']}" for item in items}
    answer = client.post(page, given)
    assert "/report/compare/?from=1&to=2&language=en" in answer["Location"]
    assert "Nobody asked for more." in client.get(answer["Location"]).content.decode()
    assert b"".join(client.get(f"{page}file/").streaming_content) == data


def test_a_document_is_put_aside(report, word, bring, client_for, coordinator):
    word.replace("calm in the cities", "quiet in the cities")
    row = bring(word)
    url = reverse("reports:word_import", args=[report.mission.reference, row.uuid])
    assert client_for(coordinator).post(url, {"drop": "1"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, text_of(point(1))) == ("dropped", POINTS[1])


def test_a_reader_sees_what_word_shows(word):
    """Tabs, breaks, fields, links, hyphens; no text boxes, no instructions of fields."""
    row = word.find("The campaign was")._p
    row.append(
        parse_xml(
            f"<w:r {NS}><w:tab/><w:t>a</w:t><w:br/><w:t>b</w:t><w:noBreakHyphen/><w:t>c</w:t><w:instrText>PAGE</w:instrText>"
            "<w:pict><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
        )
    )
    row.append(parse_xml(f"<w:hyperlink {NS}><w:r><w:t>link</w:t></w:r></w:hyperlink>"))
    text = next(one.text for one in read_docx(word.saved()).paragraphs if "The campaign was calm" in one.text)
    assert text.endswith("villages.\ta\nb\u2011clink")


def test_what_a_removed_mission_leaves_behind(report, word, bring):
    """Documents and remarks go with the report."""
    from core.actors import SYSTEM
    from reports.services.removal import remove_mission_texts

    bring(word)
    baker.make(ParagraphRemark, report=report, text="x", said_at=report.created_at)
    remove_mission_texts(Mission.objects.get(reports=report), by=SYSTEM, reason="Demo.")
    assert not WordImport.objects.exists() and not ParagraphRemark.objects.exists()


# --- findings ---------------------------------------------------------------------------------------------------------


def test_a_finding_that_reads_otherwise_is_taken_over_by_a_click(report, word, bring, as_coordinator):
    finding = Finding.objects.get()
    word.replace("Group voting was seen.", "Voting in groups was seen in many places.")
    row = bring(word)
    item = row.plan["items"][0]
    assert (item["kind"], item["number"], item["label"], item["clashes"]) == ("finding", "4.a", "F1", False)
    assert item["url"] == finding.get_absolute_url() and row.plan["notices"] == []
    take_all(row, as_coordinator)
    version = finding.version
    finding.refresh_from_db()
    assert translations.text_of(finding, "statement", "en") == "Voting in groups was seen in many places."
    assert (finding.state, finding.version) == ("agreed", version + 1)
    (old,) = finding.wordings.all()
    assert (old.text, old.language, old.source) == ("Group voting was seen.", "en", "Word document back.docx")
    assert "Voting in groups" in str(report.versions.first().content["languages"]["en"]["recommendation"])


def test_a_finding_that_was_worded_anew_here_too_shows_both(report, word, bring, as_coordinator, coordinator, client_for):
    finding = Finding.objects.get()
    word.replace("Group voting was seen.", "Group voting was seen often.")
    findings.reword_finding(finding, version=finding.version, language="en", text="Sadly, group voting was seen.", by=as_coordinator)
    row = bring(word)
    item = row.plan["items"][0]
    assert (item["clashes"], item["stored"], item["both"]) == (True, "Sadly, group voting was seen.", "Sadly, group voting was seen often.")
    page = client_for(coordinator).get(reverse("reports:word_import", args=[report.mission.reference, row.uuid])).content.decode()
    assert "The finding was worded anew too, since that version:" in page and "Keep the text of the finding" in page
    findings.reword_finding(
        Finding.objects.get(), version=finding.version + 1, language="en", text="Group voting was seen, sadly.", by=as_coordinator
    )
    with pytest.raises(Stale):  # the plan is older than the finding: compared again, then decided
        take_all(row, as_coordinator)
    row = word_import.compare_again(row, by=as_coordinator)
    word_import.take_document(row, by=as_coordinator, decisions={"do_0": "word"})
    assert translations.text_of(finding, "statement", "en") == "Group voting was seen often."
    assert [one.text for one in finding.wordings.all()] == [
        "Group voting was seen, sadly.",
        "Sadly, group voting was seen.",
        "Group voting was seen.",
    ]
    page = client_for(coordinator).get(finding.get_absolute_url()).content.decode()
    assert "Earlier wording" in page and "Word document back.docx" in page


def test_an_agreed_finding_is_reworded_by_who_may_agree_alone(report, word, bring, make_assignment, client_for):
    expert = make_assignment(report.mission, "expert", "Edda", "Expert").person.user
    word.replace("Group voting was seen.", "Group voting was seen often.")
    row = bring(word)
    page = client_for(expert).get(reverse("reports:word_import", args=[report.mission.reference, row.uuid])).content.decode()
    assert "takes the new words over" in page and 'name="do_0"' not in page
    with pytest.raises(NotAllowed):
        take_all(row, user_actor(expert))
    assert translations.text_of(Finding.objects.get(), "statement", "en") == "Group voting was seen."


def test_a_live_figure_in_a_finding_stays_live(drafting, make_report, make_finding, as_coordinator, figures):
    report = make_report(drafting)
    finding = make_finding(drafting, "Group voting was seen in {figure:B21}.")
    versions.freeze_version(report, by=as_coordinator)
    word = Word(docx_of(report.versions.get()))
    word.replace("Group voting was seen in 12", "Voting in groups was seen in 12")
    row = word_import.bring_document(report, by=as_coordinator, file=Upload("back.docx", word.saved()))
    take_all(row, as_coordinator)
    assert translations.text_of(finding, "statement", "en") == "Voting in groups was seen in {figure:B21}."


def test_a_finding_in_french_and_one_that_is_missing(report, bring, as_coordinator):
    finding = Finding.objects.get()
    findings.translate_finding(finding, language="fr", text="Un vote en groupe a été vu.", by=as_coordinator)
    version = versions.freeze_version(report, by=as_coordinator)
    word = Word(docx_of(version, "fr"))
    word.replace("Un vote en groupe a été vu.", "Des votes en groupe ont été vus.")
    row = bring(word)
    take_all(row, as_coordinator, checked=True)
    text = translations.texts(finding, "statement")["fr"]
    assert (text.text, text.state) == ("Des votes en groupe ont été vus.", "checked")
    word = Word(docx_of(version))
    word.remove("Group voting was seen.")
    assert any("dropped on its own page" in one["text"] for one in bring(word).plan["notices"])
