"""The letter that transmits adopted texts to the authorities (observation-rules S14)."""

from __future__ import annotations

from typing import Any

from core import clock
from core.documents import blocks as b
from missions.models.country import localised
from reports.documents.mission_text.build import linked
from reports.documents.report.build import addressee_name
from reports.documents.report.facts import day_text
from reports.documents.wording import count_of, say
from reports.errors import not_adopted
from reports.models import Report
from reports.references import format_adopted


def build(report: Report, language: str, **options: Any) -> dict[str, Any]:
    """The letter in one language, on the adopted texts of `report`. options: `to` (who receives it), `urls` (public page by language)."""
    if report.adopted_on is None:
        raise not_adopted()
    version = report.versions.filter(publication__isnull=False).order_by("-number").first() or report.versions.order_by("-number").first()
    content = version.content["languages"].get(language) or version.content["languages"][report.authentic_language] if version else None
    title = content["cover"]["title"] if content else str(report)
    number = format_adopted(report.recommendation_number, language) if report.recommendation_number else report.number
    blocks = [b.paragraph(say("letter_text", language, number=number, title=title, day=day_text(report.adopted_on, language)))]
    calls = _calls(content)
    if calls:
        head = [say("col_paragraph", language), say("col_text", language), say("col_addressees", language)]
        rows = [
            [f"5.{one['letter']}", one["text"], ", ".join(addressee_name(code, language) for code in one["addressees"])] for one in calls
        ]
        blocks.append(b.paragraph(say("letter_asks", language, count=count_of("actions", len(calls), language))))
        blocks.append(b.table(number, head=head, rows=rows, widths=[1.4, 5.6, 3], row_heads=True))
    blocks.append(b.paragraph(say("letter_dialogue", language)))
    url = options.get("urls", {}).get(language)
    if url:
        blocks.append(b.paragraph(linked(say("letter_public", language, url=url))))
    blocks.append(b.signature("", role=say("letter_sign", language), place="Strasbourg"))
    country = localised(report.country, "name", language)
    return b.document(
        title=say("letter_title", language, number=number),
        kind_line=say("letter_kind", language),
        language=language,
        reference=report.number,
        date=day_text(report.transmitted_on or clock.today(), language),
        cover=[(say("to", language), options.get("to") or country)],
        layout="note",
        blocks=blocks,
    )


def _calls(content: dict[str, Any] | None) -> list[dict[str, Any]]:
    if not content or not content["recommendation"]:
        return []
    return next((one["items"] for one in content["recommendation"]["paragraphs"] if one["number"] == "5"), [])
