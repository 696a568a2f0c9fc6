"""Reference numbers: every example of report-structure 3 is read, nothing is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from missions.models import PastMission
from reports.documents.report.recommendation import earlier_texts
from reports.references import format_adopted, format_reference, parse, parse_adopted

EXAMPLES = [
    ("CG(15)11REP", "to_2014", "CG", None, 15, "11", "REP"),
    ("CG(19)8", "to_2014", "CG", None, 19, "8", ""),
    ("CPL(24)3PROV", "to_2014", "CPL", None, 24, "3", "PROV"),
    ("CG(25)13PROV AMDT", "to_2014", "CG", None, 25, "13", "PROV AMDT"),
    ("CPL/2015(29)2FINAL", "2015", "CPL", 2015, 29, "2", "FINAL"),
    ("CPR/2015(29)3", "2015", "CPR", 2015, 29, "3", ""),
    ("CG30(2016)07-final", "2016_2020", "CG", 2016, 30, "07", "FINAL"),
    ("CG32(2017)16final", "2016_2020", "CG", 2017, 32, "16", "FINAL"),
    ("CG(2022)42-14-AMDT", "from_2021", "CG", 2022, 42, "14", "AMDT"),
    ("CPL(2024)46-04", "from_2021", "CPL", 2024, 46, "04", ""),
    ("CG-FORUM(2020)01-04", "forum", "CG-FORUM", 2020, 1, "04", ""),
    ("CG/BUR(20)21", "bureau_old", "CG/BUR", None, 20, "21", ""),
    ("CG-BUR(2020)35-37", "bureau", "CG-BUR", 2020, 35, "37", ""),
    ("CG024(2025)", "press", "CG", 2025, None, "024", ""),
]


@pytest.mark.parametrize(("text", "era", "prefix", "year", "session", "number", "stage"), EXAMPLES)
def test_every_era_is_read(text, era, prefix, year, session, number, stage):
    found = parse(text)
    assert (found.text, found.era, found.prefix, found.year, found.session, found.number, found.stage) == (
        text, era, prefix, year, session, number, stage,
    )  # fmt: skip


def test_a_bureau_note_keeps_its_inf_number():
    assert parse("CG-BUR(2020)32-INF201").inf == "201"


@given(st.text(max_size=60))
def test_no_text_is_refused(text):
    assert parse(text).text == text.strip()
    assert parse_adopted(text).text == text.strip()
    assert format_adopted(text) or not text.strip()


def test_what_is_formatted_is_read_again():
    text = format_reference(prefix="CPL", year=2027, session=52, number=3)
    assert text == "CPL(2027)52-03"
    assert (parse(text).year, parse(text).session, parse(text).number) == (2027, 52, "03")


def test_adopted_texts_are_named_in_the_language_of_the_page():
    assert format_adopted("Recommendation 509 (2024)", "fr") == "Recommandation 509 (2024)"
    assert format_adopted("Resolution 306 (2010) REV", "de") == "Entschließung 306 (2010) REV"
    assert format_adopted("Declaration on something", "fr") == "Declaration on something"


def test_only_numbered_texts_of_verified_missions_are_cited(drafting, make_report):
    rows = [
        (2010, "Resolution 311 (2010) and a recommendation (number not found)", "verified"),
        (2013, "recommendation and resolution (numbers not found)", "verified"),
        (2018, "Recommendation 413 (2018); Resolution 414 (2018)", "verified"),
        (2021, "Recommendation 460 (2021)", "partly verified"),
        (2025, "report pending when last seen", "verified"),
    ]
    country = drafting.country
    for year, text, status in rows:
        PastMission.objects.create(
            code=f"x-{year}", year=year, country=country, country_name=country.name, election="x", adopted_text=text, status=status
        )
    assert earlier_texts(make_report(drafting)) == ["Resolution 311 (2010)", "Recommendation 413 (2018)", "Resolution 414 (2018)"]
