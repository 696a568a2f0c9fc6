"""The one shape of contents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy

from core.documents import blocks as b
from core.documents.content import ContentError, clean, plain, prepare
from tests.core.documents.samples import HOSTILE, every_block


def blocks_of(*blocks: dict) -> list[dict]:
    return prepare(b.document(title="T", language="en", blocks=blocks))["blocks"]


def test_numbers_are_given_once_and_restart_where_told() -> None:
    paragraph = b.paragraph("p", number=b.AUTO)
    made = blocks_of(
        b.heading(1, "a", number=b.AUTO),
        paragraph,
        paragraph,
        b.heading(1, "b", number=b.AUTO, restart=True),
        b.heading(2, "c", number=b.AUTO),
        paragraph,
    )
    assert [block["number"] for block in made] == ["1", "1", "2", "2", "2.1", "1"]


def test_tables_figures_footnotes_and_appendices_are_numbered_in_their_order() -> None:
    content = prepare(every_block())
    numbers = {kind: [block["number"] for block in content["blocks"] if block["type"] == kind] for kind in ("table", "figure", "appendix")}
    assert numbers == {"table": [1, 2], "figure": [1, 2, 3, 4], "appendix": [1]}
    rapporteur = content["cover"][1][1]
    assert rapporteur[1]["footnote"]["number"] == 1
    assert content["blocks"][1]["runs"][1]["footnote"]["number"] == 2


def test_no_level_of_heading_is_skipped_on_the_way_down() -> None:
    made = blocks_of(b.heading(3, "a"), b.heading(4, "b"), b.appendix("c"), b.heading(4, "d"))
    assert [block.get("level") for block in made] == [1, 2, None, 2]


def test_a_list_below_a_numbered_paragraph_belongs_to_it() -> None:
    made = blocks_of(b.paragraph("p", number="5"), b.bullets(["x"]), b.bullets(["y"]), b.paragraph("q"), b.bullets(["z"]))
    assert [block["under"] for block in made if block["type"] == "list"] == [True, True, False]


def test_numbers_in_cells_follow_the_language_and_stand_right() -> None:
    made = prepare(b.document(title="T", language="de", blocks=[b.table("t", head=["a", "b"], rows=[["x", 1234.5]])]))["blocks"][0]
    assert plain(made["rows"][0][1]) == "1.234,5"
    assert made["align"] == ["left", "right"]
    gaps = [["x", None, None], ["y", 3, ""]]
    assert blocks_of(b.table("t", head=["a", "b", "c"], rows=gaps))[0]["align"] == ["left", "right", "left"]
    assert plain(blocks_of(b.facts([("Day", date(2026, 10, 25))]))[0]["rows"][0][1]) == "25 October 2026"


def test_dates_and_lazy_sentences_are_written_in_the_language() -> None:
    rows = [[date(2026, 10, 25), gettext_lazy("Yes"), Decimal("0.5")]]
    with translation.override("fr"):
        made = prepare(
            b.document(title="T", language="fr", blocks=[b.table("t", head=["a", "b", "c"], rows=rows), b.paragraph(gettext_lazy("Yes"))])
        )
        assert [plain(cell) for cell in made["blocks"][0]["rows"][0]] == ["25 octobre 2026", gettext("Yes"), "0,5"]
    assert len(made["blocks"][1]["runs"]) == 1


def test_preparing_twice_gives_the_same() -> None:
    assert prepare(every_block("fr")) == prepare(every_block("fr"))


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"type": "video"}, "no block of type 'video'"),
        (b.figure("x", alt="  ", chart=b.bars(["a"], [1])), "alternative text"),
        (b.figure("x", alt="x"), "a chart or an image"),
        (b.figure("x", alt="x", image="../../etc/passwd"), "SHA-256"),
        (b.figure("x", alt="x", chart=b.bars(["a", "b"], [1])), "one value per category"),
        (b.table("x", head=["a"], rows=[["b", "c"]]), "Row 1 has 2 cells, the header has 1"),
        (b.table("x", head=[], rows=[]), "header row"),
        (b.table("x", head=["a"], rows=[], widths=[0]), "above zero"),
        (b.table("x", head=["a"], rows=[[True]]), "true or false"),
        (b.heading(1, b.text("x", b.footnote("y"))), "footnote cannot stand"),
        (b.note("x", kind="loud"), "not one of"),
        (b.paragraph("x", number="1" * 13), "at most 12 characters"),
        ({"type": "heading", "level": 1}, "Block 1 (heading)"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_block(block: dict, words: str) -> None:
    with pytest.raises(ContentError, match="Block 1") as refusal:
        blocks_of(block)
    assert words in refusal.value.sentence


@pytest.mark.parametrize("changes", [{"title": " "}, {"language": "english please"}, {"layout": "poster"}, {"watermark": "x" * 25}])
def test_the_frame_is_checked_too(changes: dict) -> None:
    with pytest.raises(ContentError):
        prepare(every_block(**changes))


def test_characters_that_no_format_can_carry_are_taken_out() -> None:
    cleaned = clean(HOSTILE)
    assert not set(cleaned) & set("\x00\x07\x1b\x0b\x0c\ud800\uffff\ue000\u202e\u202c\r\t\u2028")
    assert "#import" in cleaned and "<script>" in cleaned and "{{ settings.SECRET_KEY }}" in cleaned
    assert "é é" in cleaned
