"""Filters for texts, figures and statuses of reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.languages import reader_language
from reports.documents import figures
from reports.documents.wording import count_of
from reports.enums import FollowUpStatus
from reports.references import format_adopted
from reports.services import shares
from reports.services.figures import top_items

register = template.Library()

OG_LOCALES = {"en": "en_GB", "fr": "fr_FR", "de": "de_DE"}


@register.filter
def shortened(text: str, limit: int) -> str:
    """The text in at most so many characters: ended between words and never inside a figure."""
    return shares.shortened(str(text or ""), int(limit))


@register.filter
def og_locale(language: str) -> str:
    """The language as Open Graph names it."""
    return OG_LOCALES.get(language, "en_GB")


@register.filter
def ld_json(data: dict[str, Any]) -> SafeString:
    """Data about the page for search engines: a block of data, no script. Signs that could end it are escaped."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False, sort_keys=True, default=str)
    for sign, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(sign, escape)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))


@register.filter
def lookup(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """The value under a key that a template holds in a variable."""
    return mapping.get(key) if mapping else None


@register.filter
def differs(one: Any, other: Any) -> bool:
    """Are the two not the same? An include takes no comparison."""
    return bool(one != other)


@register.filter
def in_language(texts: Mapping[str, str] | None, language: str) -> str:
    """The text in a language, else in English, else any."""
    if not texts:
        return ""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


@register.filter
def adopted_number(number: str, language: str = "") -> str:
    """The number of an adopted text as it is written in the reader's language: `Recommandation 620 (2027)`."""
    return format_adopted(number or "", language or reader_language())


@register.filter
def has_text(texts: Mapping[str, str] | None, language: str) -> bool:
    """Is there a text in this language?"""
    return bool(texts and texts.get(language))


@register.filter
def counted(n: int, key: str) -> str:
    """A number with what is counted, in the language of the page: "1 team", "12 polling stations"."""
    return count_of(key, n, reader_language())


@register.filter
def stage_name(code: str, language: str) -> str:
    """The name of a stage of polling day."""
    return figures.stage_name(code, language)


@register.filter
def share(row: dict[str, Any], language: str) -> str:
    """A share in per cent, or a dash where there are too few forms."""
    return figures.share_text(row, language)


@register.filter
def bar(row: dict[str, Any]) -> SafeString:
    """A bar as long as the share; the number stands beside it."""
    return format_html(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="8" rx="2"/><rect width="{}" height="8" rx="2"/></svg>',
        row["share"],
    )


@register.filter
def top_remarks(snapshot: dict[str, Any]) -> list[dict[str, Any]]:
    """The questions with most remarks."""
    return top_items(snapshot)


@register.filter
def status_label(value: str) -> str:
    """The name of a follow-up status."""
    return str(FollowUpStatus(value).label)


@register.filter
def status_tone(value: str) -> str:
    """The colour of a follow-up status at the desk."""
    return {"fully": "success", "mostly": "success", "partially": "warning", "not_implemented": "danger"}.get(value, "secondary")
