"""One set of records, every door: page, API, CSV, workbook, OData, statement and report say the same, and each figure opens its records."""

from __future__ import annotations

import csv
import io
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import openpyxl
import pytest
from django.urls import reverse

from field.behind import Figure, records_behind
from field.counted import Filters
from field.figures import figures
from field.indicators import is_scale
from field.models import Observation
from field.services.ingest import Submission, ingest
from field.services.instances import build
from field.views.filters import records_of
from missions.models import Station
from reports.services import figures as reports_figures
from reports.services.figures import snapshot_of
from tests.field.conftest import DAY, good_answers

pytestmark = pytest.mark.django_db
UNCOUNTED = {"not_observed", "not_applicable"}


@pytest.fixture
def desk(client_for, coordinator):
    """The coordinator's browser."""
    return client_for(coordinator)


class Links(HTMLParser):
    """Every link of a page with its text."""

    def __init__(self, body):
        super().__init__()
        self.found, self.open = [], None
        self.feed(body)

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.open = [dict(attrs).get("href", ""), ""]

    def handle_data(self, data):
        if self.open:
            self.open[1] += data

    def handle_endtag(self, tag):
        if tag == "a" and self.open:
            self.found.append((self.open[0], " ".join(self.open[1].split())))
            self.open = None


def csv_rows(desk, polling, **query):
    content = b"".join(desk.get(reverse("field:export", args=[polling.reference]), query).streaming_content)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def workbook_rows(desk, polling, **query):
    content = b"".join(desk.get(reverse("field:export_workbook", args=[polling.reference]), query).streaming_content)
    head, *rows = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    return [{name: "" if cell is None else str(cell) for name, cell in zip(head, row, strict=True)} for row in rows]


def feed_rows(desk, polling, **query):
    wanted = " and ".join(f"{name} eq '{value}'" for name, value in query.items())
    url = f"/api/v1/missions/{polling.reference}/odata/observations"
    rows = desk.get(url, {"$filter": wanted} if wanted else {}).json()["value"]
    return [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in rows]


def recount(rows, form, code, kind):
    """(n, denominator) as somebody would count them in a spreadsheet."""
    rows = [row for row in rows if row["form"] == form and row.get(code, "") != ""]
    rows = rows if kind == "multi" else [row for row in rows if row[code] not in UNCOUNTED]
    return sum(row.get(f"flag_{code}", "") != "" for row in rows), len(rows)


def test_the_same_figures_through_every_door(sample, desk, polling):
    counted = figures(polling)
    body = counted.as_json()
    api = desk.get(f"/api/v1/missions/{polling.reference}/figures/").json()
    assert api == body
    page = desk.get(reverse("field:figures", args=[polling.reference]))
    assert page.context["figures"].as_json() == body
    report = snapshot_of([polling])
    said = {(item["form"], item["code"]): (item["n"], item["denominator"], item["share"]) for item in report["items"]}
    assert {name: report[name] for name in ("stations", "teams", "areas", "urban", "rural", "stages", "conduct", "observers")} == {
        name: body[name] for name in ("stations", "teams", "areas", "urban", "rural", "stages", "conduct", "observers")
    }
    tables = {"csv": csv_rows(desk, polling), "xlsx": workbook_rows(desk, polling), "odata": feed_rows(desk, polling)}
    assert {name: len(rows) for name, rows in tables.items()} == dict.fromkeys(tables, 40)
    flagged = 0
    for item in counted.items:
        for name, rows in tables.items():
            assert recount(rows, item.form, item.code, item.kind) == (item.flagged, item.counted), (name, item.form, item.code)
        if item.rule and item.counted:
            assert said[item.form, item.code] == (item.flagged, item.counted, item.figure.share)
            flagged += item.flagged
    assert flagged > 100
    share = next(item for item in counted.items if item.counted < 30 and item.rule)
    assert said[share.form, share.code][2] is None
    html = page.content.decode()
    assert "Of the stations visited; not a sample of the country." in html
    assert "of the stations visited" in body["scope"]


@pytest.mark.parametrize(
    ("query", "form"),
    [({}, None), ({"form": "B"}, "B"), ({"setting": "rural"}, None), ({"unit": "station"}, None), ({"unit": "station", "form": "B"}, "B")],
)
def test_downloads_hold_what_the_filters_count(sample, desk, polling, query, form):
    counted = figures(polling, Filters(**query))
    for rows in (csv_rows(desk, polling, **query), workbook_rows(desk, polling, **query)):
        assert len(rows) == counted.forms
        for item in counted.items:
            assert recount(rows, item.form, item.code, item.kind) == (item.flagged, item.counted), (item.form, item.code)


@pytest.mark.parametrize("query", [{}, {"setting": "urban", "unit": "station"}, {"form": "B", "slot": "before_13"}])
def test_each_figure_of_the_page_opens_its_records(sample, desk, polling, query):
    page = desk.get(reverse("field:figures", args=[polling.reference]), query)
    counted, records = page.context["figures"], reverse("field:records", args=[polling.reference])
    links = {}
    for href, text in Links(page.content.decode()).found:
        if href.startswith(f"{records}?"):
            links[href] = text
    assert links
    for href, text in links.items():
        asked = {name: values[0] for name, values in parse_qs(urlsplit(href).query).items()}
        assert {name: asked[name] for name in query if name != "form"} == {name: query[name] for name in query if name != "form"}
        found = records_of(polling, asked).count()
        if asked.get("figure") == "all":
            assert found == counted.forms
        elif asked.get("figure") == "women":
            assert found > 0 and found <= counted.forms
        elif "/" in text:
            assert found == int(text.split("/")[0].split()[-1]), (href, text)
        elif text.split()[-1].isdigit():
            assert found == int(text.split()[-1]), (href, text)
    for href in list(links)[::40]:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(href).query).items()}
        assert desk.get(href).context["paginator"].count == records_of(polling, asked).count()
    kinds = Counter(next((kind for kind in ("figure", "stage", "value") if f"{kind}=" in href), "flag") for href in links)
    assert kinds["figure"] == 3 and kinds["stage"] and kinds["value"] > 20 and kinds["flag"]


def test_a_flag_whose_answer_does_not_count_is_not_behind_the_figure(polling, forms, stations, team):
    for value in ("no", "not_observed", None):
        ingest([Submission(_built(forms, polling, B11=value), polling)])
    Observation.objects.update(flags={"B11": 3})
    assert [row.answers["B11"] for row in records_behind(polling, Figure("B11"), Filters(form="B"))] == ["no"]
    assert records_behind(polling, Figure("B11", "*")).count() == 2


def _built(forms, polling, **answers):
    return build(forms["B"], good_answers(forms["B"], **answers), uuid=uuid4(), mission=polling)


@pytest.mark.parametrize("code", ["B10__regex", "B10__isnull", "B10__0", "0", "a'b", "", "B10__contains"])
def test_a_code_from_an_address_is_a_key_and_nothing_more(sample, desk, polling, code):
    url = reverse("field:records", args=[polling.reference])
    for query in ({"code": code, "value": "y.s"}, {"code": code, "form": "B"}, {"code": code, "value": "*", "figure": "x", "stage": "y"}):
        response = desk.get(url, query)
        assert response.status_code == 200
        assert not code or response.context["paginator"].count == 0


def test_the_form_above_the_records_keeps_what_came_from_the_figure(sample, desk, polling):
    query = {"code": "B10", "value": "no", "setting": "urban", "unit": "station", "day": str(DAY)}
    body = desk.get(reverse("field:records", args=[polling.reference]), query).content.decode()
    for name, value in query.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in body
    assert f"{reverse('field:export', args=[polling.reference])}?code=B10&amp;value=no" in body


def test_two_missions_of_one_report_are_added_and_a_place_counts_once(polling, forms, stations, make_mission, make_election):
    """Two rounds: forms, n and denominators are added; S001 and the typed 99, where both have been, are one station each."""
    second = make_mission("election_day", election=make_election("BG", DAY))
    values = {"district": "Област", "setting": "urban"}
    for code in ("S001", "S004"):
        Station.objects.create(mission=second, code=code, name=code, municipality="Център", voters=1, **values)

    def send(mission, form, **answers):
        xml = build(forms[form], good_answers(forms[form], H01=None, **answers), uuid=uuid4(), mission=mission)
        (result,) = ingest([Submission(xml, mission)])
        assert result.result == "created"

    for station in ("S001", "S003"):
        send(polling, "B", station=station, H05="rural" if station == "S003" else "urban", B21="yes")
    send(polling, "B", station=None, station_typed="99")
    send(polling, "A", station="S001")
    for station in ("S001", "S004"):
        send(second, "B", station=station, B21="yes", B34="bad")
    send(second, "B", station=None, station_typed="99")
    both, first, other = snapshot_of([polling, second]), snapshot_of([polling]), snapshot_of([second])
    counts = {name: [part[name] for part in (first, other, both)] for name in ("stations", "areas", "urban", "rural")}
    assert counts["stations"] == [3, 3, 4]
    assert counts["areas"] == [1, 1, 1]
    assert counts["rural"] == [1, 0, 1]
    assert [(row["code"], row["forms"], row["stations"], row["form"]) for row in both["stages"]] == [
        ("opening", 1, 1, "A"),
        ("voting", 6, 4, "B"),
    ]
    conduct = {row["stage"]: (row["n"], row["denominator"]) for row in both["conduct"]}
    assert conduct == {"opening": (1, 1), "voting": (4, 6)}
    for item in both["items"]:
        parts = [row for part in (first, other) for row in part["items"] if (row["form"], row["code"]) == (item["form"], item["code"])]
        assert (item["n"], item["denominator"]) == (sum(row["n"] for row in parts), sum(row["denominator"] for row in parts))


def test_a_rated_country_question_is_no_overall_conduct(polling):
    rows = [{"code": code, "stage": "voting", "form": "B", "n": n, "denominator": 9} for code, n in (("B12", 3), ("B34", 5), ("B36", 1))]
    assert [row["n"] for row in reports_figures._overall(rows)] == [5]
    own = [row | {"code": f"Q{number}", "form": "W"} for number, row in enumerate(rows)]
    assert [row["n"] for row in reports_figures._overall(own)] == [1]
    question = {"options": [{"name": name} for name in ("very_good", "good", "bad", "very_bad")]}
    assert [is_scale(question | {"code": code}) for code in ("B34", "X01")] == [True, False]
