"""The letter with which an authority invites the Congress: a real, accessible PDF, written by us for no real office."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import typst
from django.conf import settings

TEMPLATE = Path(__file__).parent / "data" / "letter.typ"
FONTS = Path(settings.BASE_DIR) / "node_modules" / "@expo-google-fonts" / "noto-sans"


def invitation_letter(*, country: str, authority: str, city: str, election: str, polling_day: date, written_on: date) -> bytes:
    """The PDF of an invitation to observe `election` on `polling_day`. The same arguments give the same bytes."""
    letter = {
        "title": f"Invitation to observe the {election} of {_day(polling_day)}",
        "sender": [authority, city],
        "reference": f"OBS-{written_on:%y%m%d}/1",
        "place_and_day": f"{city}, {_day(written_on)}",
        "addressee": [
            "To the Secretary General of the Congress of Local and Regional Authorities",
            "Council of Europe",
            "67075 Strasbourg Cedex",
            "France",
        ],
        "paragraphs": [
            "Dear Secretary General,",
            f"I have the honour to inform you that the {election} in {country} will be held on {_day(polling_day)}. "
            "A second round, where it is needed, will follow one week later.",
            "In accordance with our commitments, and in the spirit of the European Charter of Local Self-Government, "
            "we invite the Congress to observe these elections with a delegation of the size it sees fit.",
            "Members of the delegation will receive accreditation on application. They will move freely in the whole territory, "
            "have access to every polling station and election commission at every stage including the count and the tabulation, "
            "and be free to speak in public about what they saw.",
            "The list of polling stations will be sent to your Secretariat as soon as it is final.",
        ],
        "closing": "Please accept, dear Secretary General, the assurance of my highest consideration.",
        "signature": ["The Chairperson", authority],
        "note": "Written for a demonstration of the software. No authority wrote, signed or sent this letter.",
    }
    return typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"letter": json.dumps(letter, ensure_ascii=False)},
        font_paths=[FONTS],
        ignore_system_fonts=True,
        pdf_standards="ua-1",
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
