"""What lists and data of the public site say of a report, a recommendation and the text it was adopted in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from missions.history import Said
from missions.history import say as said
from reports.enums import FollowUpStatus
from reports.models import PastText, Publication, Recommendation
from reports.references import format_adopted
from reports.services import public
from reports.services.followup import adopted_text


def title_of(publication: Publication, language: str) -> str:
    """The title as the version says it, in `language` or in the original."""
    titles = publication.titles
    return titles.get(language) or titles.get(publication.report.authentic_language) or publication.slug


def recommendation_row(row: Recommendation, language: str) -> dict[str, Any]:
    """What a list says of a recommendation."""
    return {
        "recommendation": row,
        "text": adopted_text(row, language),
        "lang": language if any(text.language == language for text in row.adopted_texts.all()) else row.authentic_language,
        "text_number": format_adopted(public.number_of(row), language) or (row.past_text.label_in(language) if row.past_text else ""),
        "adopted_on": public.day_of(row),
        "status_label": FollowUpStatus(row.status).label,
        "url": reverse("reports:public_recommendation", args=[language, row.uuid]),
        "standards": [one.standard for one in row.citations.all()],
        "addressees": [one.get_addressee_display() for one in row.addressees.all()],
    }


def past_facts(text: PastText, language: str) -> dict[str, str]:
    """What the public reads of a text adopted before Scrutin: title, election, year, document, address."""
    title, title_language = text.title_in(language)
    about = said(text.past_mission.election, language) if text.past_mission is not None else Said(text.election, "en")
    return {
        "title": title, "title_language": title_language, "election": about.text, "election_language": about.language,
        "year": str(text.year), "document_ref": text.document_ref, "web": text.web,
    }  # fmt: skip


def text_of(row: Recommendation, language: str) -> dict[str, str]:
    """Title and address of the adopted text, for the data: of the report, or of the document from before Scrutin."""
    shown = public.shown_of(row)
    if shown is not None:
        return {"text_title": title_of(shown, language), "text_url": settings.SCRUTIN_URL + shown.public_url(language)}
    return {"text_title": row.past_text.title_in(language)[0], "text_url": row.past_text.web} if row.past_text else {}


def as_data(rows: Any, language: str) -> list[dict[str, Any]]:
    """Recommendations as the tracker's JSON and CSV give them (data dictionary)."""
    rows = list(rows)
    history = public.history_of(rows, language)
    return [
        {
            "uuid": str(row.uuid),
            "country": row.country.code,
            "text_number": public.number_of(row),
            "paragraph": row.paragraph,
            "text": adopted_text(row, language),
            "texts": {text.language: text.text for text in row.adopted_texts.all()},
            "unchecked": [text.language for text in row.adopted_texts.all() if not text.was_checked],
            "adopted_on": day.isoformat() if (day := public.day_of(row)) else None,
            "priority": row.priority,
            "action_type": row.action_type,
            "topic": row.topic.code if row.topic else None,
            "addressees": [one.addressee for one in row.addressees.all()],
            "standards": [one.standard_id for one in row.citations.all()],
            "status": row.status,
            "status_on": row.status_on.isoformat() if row.status_on else None,
            "history": [
                {"on": one["on"].isoformat(), "status": one["status"], "basis": one["basis"], "note": one["note"]}
                for one in history.get(row.pk, [])
            ],
            **text_of(row, language),
            "url": settings.SCRUTIN_URL + reverse("reports:public_recommendation", args=[language, row.uuid]),
        }
        for row in rows
    ]
