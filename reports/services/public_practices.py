"""The public collection of good practice, and what it gives to others. Where a practice was heard is nowhere in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from core import translations
from core.enums import TextState
from missions.models import Country
from missions.models.country import localised
from reports.enums import PracticeActor, PracticeLevel, PracticeStep
from reports.models import GoodPractice
from reports.services.practices import CODE_URL, TEXTS
from reports.services.search import each_word

SCHEMA = "scrutin.good-practice/1"
FILTERS = ("country", "level", "step", "actor", "q")


def practices() -> QuerySet[GoodPractice]:
    """Published practices, newest first."""
    return GoodPractice.objects.out().select_related("country").order_by("-published_at", "-pk")


def listed_practices(wanted: dict[str, str]) -> list[GoodPractice]:
    """Published practices by country, level, step, actor and words; in any case, without accents, in any script."""
    rows = practices()
    if wanted.get("country"):
        rows = rows.filter(country__code=wanted["country"].upper())
    if wanted.get("level") in PracticeLevel.values:
        rows = rows.filter(level=wanted["level"])
    if wanted.get("step") in PracticeStep.values:
        rows = rows.filter(step=wanted["step"])
    rows = rows.filter(*each_word(wanted.get("q", "")))
    found = list(rows)
    if wanted.get("actor"):  # a list in JSON: the two databases ask such a field differently
        found = [row for row in found if wanted["actor"] in row.actors]
    return found


def countries_of_practices(language: str) -> list[Country]:
    """Countries with a published practice."""
    return list(Country.objects.filter(pk__in=practices().order_by().values("country")).by_name(language))


def shown(rows: Iterable[GoodPractice], language: str) -> list[dict[str, Any]]:
    """The practices as a reader of `language` sees them, in three queries however many: published languages only."""
    rows = list(rows)
    texts = {name: translations.texts_of_many(rows, name) for name in TEXTS}
    result = []
    for row in rows:
        code = language if language in row.published_languages else row.authentic_language
        own = {name: texts[name][row.uuid].get(code) for name in TEXTS}
        unchecked = code != row.authentic_language and any(text is None or text.state != TextState.CHECKED for text in own.values())
        result.append(
            {
                "practice": row,
                "lang": code,
                "is_unchecked": unchecked,
                "country": localised(row.country, "name", language),
                "level": PracticeLevel(row.level).label,
                "step": PracticeStep(row.step).label,
                "actors": [PracticeActor(actor).label for actor in row.actors],
                "url": reverse("reports:public_practice", args=[language, row.uuid]),
                **{name: text.text if text else "" for name, text in own.items()},
            }
        )
    return result


def as_data(rows: Iterable[GoodPractice], language: str) -> list[dict[str, Any]]:
    """The practices as data for other collections: codes, every published language, the address that stays."""
    rows = list(rows)
    texts = {name: translations.texts_of_many(rows, name) for name in TEXTS}
    return [
        {
            "uuid": str(row.uuid),
            "country": row.country.code,
            "place": row.place,
            "since": row.year,
            "level": row.level,
            "step": row.step,
            "actors": row.actors,
            "code": CODE_URL,
            "code_section": row.code_section,
            "web": row.web,
            "source": row.source_name if row.source_agreed else "",
            "original_language": row.authentic_language,
            **{
                name: {code: found.text for code in row.published_languages if (found := texts[name][row.uuid].get(code)) and found.text}
                for name in TEXTS
            },
            "unchecked": [
                code
                for code in row.published_languages
                if code != row.authentic_language
                and any((found := texts[name][row.uuid].get(code)) and found.state != TextState.CHECKED for name in TEXTS)
            ],
            "published_at": row.published_at.isoformat() if row.published_at else None,
            "collection": row.collection,
            "source_id": row.source_id,
            "source_url": row.source_url,
            "licence": row.licence or settings.SCRUTIN_DATA_LICENCE,
            "url": settings.SCRUTIN_URL + reverse("reports:public_practice", args=[language, row.uuid]),
        }
        for row in rows
    ]
