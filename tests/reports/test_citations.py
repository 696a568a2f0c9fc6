"""A standard is cited in the language of the text that cites it."""

from __future__ import annotations

import csv
import re

import pytest
from django.utils import translation

from reports.citations import cite
from reports.models import Standard

CRPD = ("Other UN instruments", "CRPD, Article 29")


@pytest.mark.parametrize(
    ("instrument", "provision", "english", "french", "german"),
    [
        (*CRPD, "United Nations, CRPD, Article 29", "Nations Unies, CDPH, article 29", "Vereinte Nationen, UN-BRK, Artikel 29"),
        (
            "European Convention on Human Rights and Protocols",
            "Protocol No. 1, Article 3",
            "European Convention on Human Rights, Protocol No. 1, Article 3",
            "Convention européenne des droits de l’homme, Protocole n° 1, article 3",
            "Europäische Menschenrechtskonvention, Protokoll Nr. 1, Artikel 3",
        ),
        (
            "Congress texts",
            "Recommendation 369 (2015)",
            "Congress, Recommendation 369 (2015)",
            "Congrès, Recommandation 369 (2015)",
            "Kongress, Empfehlung 369 (2015)",
        ),
        ("A treaty of later", "", "A treaty of later", "A treaty of later", "A treaty of later"),
    ],
)
def test_instrument_and_provision_in_the_language_of_the_text(instrument, provision, english, french, german):
    assert [cite(instrument, provision, language) for language in ("en", "fr", "de")] == [english, french, german]


def test_no_standard_of_ours_is_left_in_english():
    with open("reports/data/standards.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    english = re.compile(r"\b(?:and|of|the|on|Paragraph|Article|Convention on|Guidelines|Council|Other)\b")
    for row in rows:
        for language in ("fr", "de"):
            said = cite(row["instrument"], row["provision"], language)
            assert not english.search(said), said


def test_a_page_cites_in_its_language():
    standard = Standard(instrument=CRPD[0], provision=CRPD[1])
    with translation.override("fr"):
        assert standard.citation == "Nations Unies, CDPH, article 29"
