"""No figure in any text without n and denominator: whatever was counted, whatever the language."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.documents import figures as blocks
from reports.services import figures as service
from reports.services.figures import entry, fill_tokens, in_words
from reports.services.shares import bare_shares

COUNTED = st.integers(1, 5000).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d)))
LANGUAGE = st.sampled_from(["en", "fr", "de"])
CODES = [f"B{number:02}" for number in range(1, 9)]


def snapshot(counts: list[tuple[int, int]]) -> dict[str, Any]:
    """Figures as the house counts them."""
    items = [
        entry(n, d, code=code, form="B", severity=2, standards=[], label={"en": f"Question {code}"})
        for code, (n, d) in zip(CODES, counts, strict=False)
    ]
    conduct = [entry(n, d, stage=stage, form="B") for stage, (n, d) in zip(("opening", "voting"), counts, strict=False)]
    first = entry(*counts[0])
    return service.empty_snapshot() | {
        "stations": 10, "teams": 2, "items": items, "conduct": conduct, "access": first, "women_chairs": first, "women_members": first,
    }  # fmt: skip


def texts_of(block: dict[str, Any]) -> list[str]:
    """Sentences of a block that stand outside a table with its own columns."""
    found = [block[name] for name in ("text", "alt", "note") if isinstance(block.get(name), str)]
    chart = block.get("chart")
    return found + (list(chart["categories"]) if chart else [])


@settings(max_examples=120, deadline=None)
@given(counts=st.lists(COUNTED, min_size=1, max_size=8), language=LANGUAGE)
def test_every_figure_that_is_drawn_has_both(counts: list[tuple[int, int]], language: str) -> None:
    for block in blocks.all_figures(snapshot(counts), language):
        for text in texts_of(block):
            assert not bare_shares(text), text
        if block["type"] == "table":
            for row in block["rows"]:
                n, denominator, share = row[1:]
                assert isinstance(n, int) and isinstance(denominator, int) and n <= denominator
                assert share == "–" or denominator >= service.SHARES_FROM
        if block.get("chart"):
            bars = block["chart"]
            for at, name in enumerate(bars["categories"]):
                denominator = int(re.findall(r"\d+", name)[-1])
                assert sum(one["values"][at] for one in bars["series"]) <= denominator


@settings(max_examples=120, deadline=None)
@given(counts=st.lists(COUNTED, min_size=1, max_size=8), language=LANGUAGE, code=st.sampled_from(CODES))
def test_every_figure_in_a_sentence_has_both(counts: list[tuple[int, int]], language: str, code: str) -> None:
    known = snapshot(counts)
    figure = service.item_of(known, code)
    filled = fill_tokens(f"Seen in {{figure:{code}}}.", known, language)
    if figure is None:
        assert service.unknown_tokens(filled, known) == [code]
        return
    assert in_words(figure, language) in filled and not bare_shares(filled)
    assert {str(figure["n"]), str(figure["denominator"])} <= set(re.findall(r"\d+", filled))
    assert ("%" in filled) == (figure["denominator"] >= service.SHARES_FROM)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Only 12.5 % of the stations were accessible.", ["12.5 %"]),
        ("A third (33%) and 40 per cent.", ["33%", "40 per cent"]),
        ("Nur 12,5 Prozent der Wahllokale.", ["12,5 Prozent"]),
        ("12 of 96 of the stations visited (12.5 %).", []),
        ("12 sur 96 des bureaux de vote visités (12,5 %).", []),
        ("12 von 96 der besuchten Wahllokale (12,5 %). Aber 7 % anderswo.", ["7 %"]),
        ("There were 96 stations.", []),
    ],
)
def test_a_share_alone_is_found(text: str, found: list[str]) -> None:
    assert bare_shares(text) == found
