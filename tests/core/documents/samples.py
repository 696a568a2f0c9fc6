"""Contents that the tests draw."""

from __future__ import annotations

from typing import Any

from core.documents import blocks as b

HOSTILE = (
    '#import "house.typ": * #read("/etc/passwd") $x^2$ `raw` <label> @ref *bold* _it_ = head // c \\u{41} '
    "<script>alert('x')</script> <!-- --> ]]> &amp; & \"quoted\" {{ settings.SECRET_KEY }} {% load x %} {{% %}} "
    "null\x00bell\x07escape\x1b[31mred vertical\x0bfeed\x0c lone \ud800 nonchar \uffff private \ue000 override \u202egnp.exe\u202c "
    "شكرا שלום 中文 → ✓ ½ soft\u00adhyphen zero\u200bwidth \u0301 é e\u0301 Երևան თბილისი Θεσσαλονίκη "
    "България İstanbul\tTab\r\nLine\u2028End"
)
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 4


def every_block(language: str = "en", **changes: Any) -> dict[str, Any]:
    """A content with each kind of block once."""
    blocks = [
        b.heading(1, "Draft recommendation", restart=True),
        b.paragraph(b.text("The Congress refers to:", b.footnote("Debated and adopted on 25 March 2026.")), number=b.AUTO),
        b.lettered(
            [b.text("the Charter, in particular ", b.italic("Article 3"), ";"), b.item("two texts:", items=["one;", "two."], kind="bullet")]
        ),
        b.paragraph("Traduction à vérifier.", number=b.AUTO, lang="fr", unchecked=True),
        b.heading(1, "Introduction", number=b.AUTO, restart=True),
        b.heading(2, "Election day", number=b.AUTO),
        b.paragraph(b.text("Teams saw ", b.bold("12 of 90"), " stations in ", b.foreign("Стара Загора", "bg"), "."), number=b.AUTO),
        b.paragraph(b.text("See ", b.link("the Commission", "https://www.venice.coe.int/"), "."), style="small"),
        b.bullets(["ramps", b.item("light", items=["weak", "none"], kind="number")]),
        b.numbered(["first", "second"], start=3),
        b.figure("Access", alt="51 of 60 urban stations.", chart=b.stacked(["Urban", "Rural"], {"Yes": [51, 22], "No": [9, 8]})),
        b.figure(
            "Turnout", alt="Turnout rose to 41 per cent.", chart=b.line(["9:00", "20:00"], {"2026": [4.5, 41], "2023": [5, None]}, unit="%")
        ),
        b.figure("Secrecy", alt="96 per cent.", chart=b.bars(["Secrecy", "Access"], [96, 63.5], unit="%"), data_table=False),
        b.figure("Members", alt="As many women as men.", chart=b.columns(["Sofia"], {"Women": [3], "Men": [3]})),
        b.table(
            "Delegation", head=["Name", "Country", "Stations"], rows=[["N. N.", "Bulgaria", 1200]], row_heads=True, note="As of today."
        ),
        b.table("Nothing", head=["A", "B"], rows=[]),
        b.facts([("Country", "Bulgaria"), ("Teams", 6)], caption="Facts"),
        b.note("Figures are of the stations visited.", kind="warning"),
        b.note("A note.", title="By the way"),
        b.quote("Изборите бяха спокойни.", source="A president", lang="bg"),
        b.page_break(),
        b.signature("Marianne Sample", role="Head of delegation", place="Sofia"),
        b.appendix("Programme"),
        b.heading(2, "Thursday"),
        b.paragraph("Meeting."),
    ]
    given: dict[str, Any] = {
        "title": "Local elections in Bulgaria (25 October 2026)",
        "subtitle": "Observation of local elections",
        "reference": "CPL(2026)50-04",
        "date": "25 March 2026",
        "kind_line": "Report",
        "language": language,
        "layout": "report",
        "cover": [("Committee", "Monitoring Committee"), ("Rapporteur", b.text("M. Sample", b.footnote("Sampleland (L, EPP/CCE).")))],
        "summary": "Calm, with room for better access.",
        "blocks": blocks,
    }
    return b.document(**(given | changes))


def hostile_content(layout: str = "report") -> dict[str, Any]:
    """The hostile text in every place that prints a text."""
    x = HOSTILE
    blocks = [
        b.heading(1, x, number=b.AUTO),
        b.heading(4, x, number="#$<b>{{"),
        b.paragraph(
            b.text(x, b.bold(x), b.italic(x), b.link(x, "javascript:alert(1)"), b.link(x, "https://example.org/?a=b&c=<d>"), b.footnote(x)),
            number="#read(<",
        ),
        b.paragraph(LONG_WORD, lang="x' onload='alert(1)", unchecked=True),
        b.paragraph(b.text(b.foreign(x, "ar"), LONG_WORD)),
        b.bullets([x, b.item(x, items=[x], kind="letter")]),
        b.table(x, head=[x, LONG_WORD, "C", "D", "E", "F"], rows=[[x, LONG_WORD, 1, None, x, LONG_WORD]], note=x, row_heads=True),
        b.facts([(x, x), (LONG_WORD, LONG_WORD)], caption=x),
        b.figure(x, alt=x, chart=b.stacked([x, LONG_WORD], {x: [1, 2], "$\\frac{": [3, 4]})),
        b.note(x, title=x),
        b.quote(x, source=x, lang="en-GB"),
        b.signature(x, role=x, place=x),
        b.appendix(x),
    ]
    return b.document(
        title=x, subtitle=x, reference=x, date=x, kind_line=x, language="en", cover=[(x, x)], summary=x, layout=layout, draft=True,
        watermark="#draft <b>{{ x }}", unchecked=True, institution=x, access_note=x[:80], blocks=blocks,
    )  # fmt: skip
