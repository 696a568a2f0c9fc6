"""The letter that transmits adopted texts to the authorities (observation-rules S14)."""

from __future__ import annotations

from typing import Any

from core import clock
from core.documents import blocks as b
from core.documents.words import joined
from reports.documents.mission_text.build import linked
from reports.documents.report.build import addressee_name, marked
from reports.documents.report.facts import day_text
from reports.documents.wording import adopted_number, count_of, marks, name_of, own_words, say, speaking
from reports.errors import not_adopted
from reports.models import Report
from reports.services import fixed_words


def build(report: Report, language: str, **options: Any) -> dict[str, Any]:
    """The letter in one language, on the adopted texts of `report`. options: `to` (who receives it), `urls` (public page by language)."""
    if report.adopted_on is None:
        raise not_adopted()
    version = report.versions.filter(publication__isnull=False).order_by("-number").first() or report.versions.order_by("-number").first()
    own = version.content["languages"].get(language) if version else None
    content = own or (version.content["languages"][report.authentic_language] if version else None)
    fixed = {"fixed": fixed_words.frozen_for(language)}
    with speaking(fixed, language):
        return _letter(report, language, content, "" if own else report.authentic_language, options) | {"words": own_words(fixed)}


def _letter(report: Report, language: str, content: dict[str, Any] | None, lang: str, options: dict[str, Any]) -> dict[str, Any]:
    """lang: the language of `content` where that is not the letter's."""
    title = content["cover"]["title"] if content else str(report)
    number = adopted_number(report.recommendation_number, language) if report.recommendation_number else report.number
    blocks = [b.paragraph(say("letter_text", language, number=number, title=title, day=day_text(report.adopted_on, language)))]
    calls = _calls(content)
    if calls:
        head = [say("col_paragraph", language), say("col_text", language), say("col_addressees", language)]
        rows = [
            [
                f"5.{one['letter']}",
                b.foreign(one["text"], lang) if lang else marked(one, language),
                joined((addressee_name(code, language) for code in one["addressees"]), ", "),
            ]
            for one in calls
        ]
        blocks.append(b.paragraph(say("letter_asks", language, count=count_of("actions", len(calls), language))))
        blocks.append(b.table(number, head=head, rows=rows, widths=[1.4, 5.6, 3], row_heads=True))
    blocks.append(b.paragraph(say("letter_dialogue", language)))
    url = options.get("urls", {}).get(language)
    if url:
        blocks.append(b.paragraph(linked(say("letter_public", language, url=url))))
    blocks.append(b.signature("", role=say("letter_sign", language), place="Strasbourg"))
    country = name_of(report.country, language)
    heading, kind = say("letter_title", language, number=number), say("letter_kind", language)
    return b.document(
        title=heading,
        kind_line=kind,
        language=language,
        reference=report.number,
        date=day_text(report.transmitted_on or clock.today(), language),
        cover=[(say("to", language), options.get("to") or country)],
        layout="note",
        blocks=blocks,
        langs=marks("title", heading) | marks("kind_line", kind),
    )


def _calls(content: dict[str, Any] | None) -> list[dict[str, Any]]:
    if not content or not content["recommendation"]:
        return []
    return next((one["items"] for one in content["recommendation"]["paragraphs"] if one["number"] == "5"), [])
