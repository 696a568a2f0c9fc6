"""Word diffs lose no word, joins take both changes or none, and versions are compared place by place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from reports.models import ReportParagraph, ReportSection
from reports.services import comparison, paragraphs, versions
from reports.services import figures as figures_service
from reports.services.diffs import joined, kept_in_order, normalised, word_diff

TEXTS = st.lists(st.sampled_from(["the", "law", "was", "late", "12", "of", " ", ". ", ", ", "\n", "ё", "—"]), max_size=14).map(" ".join)


@given(TEXTS, TEXTS)
def test_a_diff_holds_both_texts_whole(old, new):
    pieces = word_diff(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new


def test_a_phrase_is_shown_as_a_phrase():
    pieces = [(piece.kind, piece.text) for piece in word_diff("The law came late.", "The decree was adopted late.")]
    assert pieces == [("same", "The "), ("removed", "law came"), ("added", "decree was adopted"), ("same", " late.")]


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ("The new law came late.", "The law came late in May.", "The new law came late in May."),
        ("The law came early.", "The law came very late.", None),
        ("The law came late.", "A law came late.", "A law came late."),
        ("A law came late.", "A law came late.", "A law came late."),
    ],
)
def test_two_changes_are_joined_where_they_do_not_touch(mine, theirs, both):
    assert joined("The law came late.", mine, theirs) == both


@given(TEXTS, TEXTS, TEXTS)
def test_a_join_keeps_what_both_added(base, mine, theirs):
    both = joined(base, mine, theirs)
    if both is not None:
        for side in (mine, theirs):
            for word in {piece.text.strip() for piece in word_diff(base, side) if piece.kind == "added" and piece.text.strip()}:
                assert word in both


def test_every_kind_of_space_is_a_space():
    assert normalised("12\u00a0 of\u202f96 \r\n of\u00adfice\u200b ") == "12 of 96\noffice"


def test_the_longest_run_stays_and_the_rest_was_moved():
    assert kept_in_order([0, 3, 1, 2, 4]) == {0, 2, 3, 4}
    assert kept_in_order([]) == set()


@pytest.fixture
def written(drafting, make_report, as_coordinator, figures):
    """A report with a chapter of five paragraphs, frozen once."""
    report = make_report(drafting)
    section = ReportSection.objects.get(report=report, code="context")
    for number in range(1, 5):
        paragraphs.add_paragraph(section, text={"en": f"Point {number} about the campaign of list {number}."}, by=as_coordinator)
    versions.freeze_version(report, by=as_coordinator)
    return report


def rows_of(section_code: str) -> list[ReportParagraph]:
    return list(ReportParagraph.objects.filter(section__code=section_code))


def test_versions_are_compared_by_paragraph(written, as_coordinator):
    one, two, three, four = rows_of("context")
    paragraphs.save_paragraph(one, version=1, language="en", text="Point 1 about the quiet campaign of list 1.", by=as_coordinator)
    paragraphs.remove_paragraph(two, version=1, by=as_coordinator)
    paragraphs.order_paragraphs(one.section, [str(row.uuid) for row in (four, one, three)], by=as_coordinator)
    paragraphs.add_paragraph(one.section, text={"en": "Nobody complained to any court."}, by=as_coordinator)
    changes = comparison.compare(comparison.side_of(written, "1", "en"), comparison.side_of(written, "now", "en"))
    found = [(row.kind, row.is_moved, row.old_number, row.number) for row in changes if row.is_change]
    assert found == [
        ("same", True, "5", "2"),
        ("changed", False, "2", "3"),
        ("removed", False, "3", ""),
        ("added", False, "", "5"),
    ]
    changed = next(row for row in changes if row.kind == "changed")
    assert [piece.text for piece in changed.pieces if piece.kind == "added"] == [" quiet"]
    assert comparison.counted(changes) == {"added": 1, "removed": 1, "changed": 1, "same": len(changes) - 3, "moved": 1}


def test_a_version_is_the_same_as_itself(written):
    side = comparison.side_of(written, "1", "en")
    assert [row for row in comparison.compare(side, side) if row.is_change] == []


def test_figures_that_were_counted_again_are_told(written, figures, monkeypatch):
    again = figures | {"items": [figures["items"][0] | {"n": 13, "denominator": 98, "share": 13.3}, *figures["items"][1:]]}
    monkeypatch.setattr(figures_service, "_of_mission", lambda mission: again)
    changes = comparison.compare(comparison.side_of(written, "1", "en"), comparison.side_of(written, "now", "en"))
    told = [(row.number, row.old, row.new) for row in changes if row.kind == "changed" and row.number == "B21"]
    assert told == [("B21", "12 of 96 of the stations visited (12.5 %)", "13 of 98 of the stations visited (13.3 %)")]


@pytest.mark.parametrize(
    ("name", "language", "words"), [("7", "en", "no version 7"), ("x", "en", "no version x"), ("1", "de", "no text in DE")]
)
def test_what_is_not_there_is_refused_in_a_sentence(name, language, words, written):
    with pytest.raises(Invalid, match=words):
        comparison.side_of(written, name, language)


def test_page_and_api_show_the_changes(written, as_coordinator, client_for, coordinator, outsider, api_for):
    paragraphs.save_paragraph(rows_of("context")[0], version=1, language="en", text="Point 1, changed.", by=as_coordinator)
    path = f"/missions/{written.mission.reference}/report/compare/"
    page = client_for(coordinator).get(path).content.decode()
    assert "<del>" in page and "1 place changed" in page
    assert client_for(coordinator).get(f"{path}?from=9").status_code == 400
    assert client_for(outsider).get(path).status_code == 404
    data = api_for(coordinator).get(f"/api/v1/reports/{written.uuid}/compare/?from=1&to=now").json()
    assert [(row["kind"], row["number"], row["new"]) for row in data["changes"]] == [("changed", "2", "Point 1, changed.")]
    refused = api_for(coordinator).get(f"/api/v1/reports/{written.uuid}/compare/?from=9")
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "from")
    assert api_for(outsider).get(f"/api/v1/reports/{written.uuid}/compare/").status_code == 404
