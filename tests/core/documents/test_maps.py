"""Maps: dots on an outline, the same bytes each time, names that do not cover each other."""

from __future__ import annotations

import pytest
from lxml import etree

from core.documents import blocks as b
from core.documents.charts import chart_png, chart_svg
from core.documents.content import ContentError, prepare
from core.documents.maps import map_figure

SQUARE = [[[20.0, 40.0], [30.0, 40.0], [30.0, 45.0], [20.0, 45.0]]]


def prepared(**values):
    given = {
        "names": ["Aa", "Bb"],
        "values": [3, 1],
        "points": [[22.0, 42.0], [28.0, 44.0]],
        "outline": SQUARE,
        "name": "Stations",
    } | values
    figure = b.figure("Map", alt="Two places.", chart=b.places(**given), data_table=True)
    return prepare(b.document(title="T", language="en", blocks=[figure]))["blocks"][0]


def test_a_map_is_drawn_twice_with_the_same_bytes_and_has_its_table() -> None:
    block = prepared()
    assert chart_svg(block["chart"]) == chart_svg(block["chart"]) and chart_png(block["chart"]).startswith(b"\x89PNG")
    assert etree.fromstring(chart_svg(block["chart"]).encode()).tag.endswith("svg")
    assert [[cell[0]["text"] for cell in row] for row in block["data"]["rows"]] == [["Aa", "3"], ["Bb", "1"]]


@pytest.mark.parametrize(
    "values",
    [
        {"points": [[22.0, 42.0]]},
        {"points": [[200.0, 42.0], [22.0, 42.0]]},
        {"outline": [[[20.0, 95.0]]]},
    ],
)
def test_a_map_that_is_not_of_this_earth_is_refused(values) -> None:
    with pytest.raises(ContentError):
        prepared(**values)


@pytest.mark.parametrize("outline", [[], SQUARE])
def test_one_place_alone_has_room_around(outline) -> None:
    chart = prepared(names=["Aa"], values=[1], points=[[22.0, 42.0]], outline=outline)["chart"]
    figure = map_figure(chart, str)
    (west, east), (south, north) = figure.axes[0].get_xlim(), figure.axes[0].get_ylim()
    assert west < 22 < east and south < 42 < north


def test_names_do_not_cover_each_other_or_other_dots() -> None:
    names = [f"Place {number}" for number in range(12)]
    points = [[25 + number / 200, 42.0] for number in range(12)]
    chart = prepared(names=names, values=list(range(12, 0, -1)), points=points)["chart"]
    shown = [text.get_text() for text in map_figure(chart, str).axes[0].texts]
    assert 0 < len(shown) < 12 and len(shown) == len(set(shown))
