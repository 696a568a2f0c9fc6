"""What published texts are found by: all their words, in any case, without accents, in their own script and in Latin letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import folded
from core.romanisation import romanised
from reports.models import Publication, PublishedWords

WORD = re.compile(r"[^\s'’‘ʼ`]+")


def searchable(texts: Iterable[str]) -> str:
    """The texts for searching: folded, and once more in Latin letters where the script is another."""
    plain = " ".join(folded(" ".join(text for text in texts if text)).split())
    latin = romanised(plain)
    return plain if latin == plain else f"{plain} {latin}"


def words_wanted(words: str) -> list[str]:
    """The words somebody looks for, folded. An apostrophe parts words: keyboards write another one than texts print."""
    return WORD.findall(folded(words))


def each_word(words: str, field: str = "search") -> list[Q]:
    """One condition for each word looked for: `field` holds it as written or in Latin letters ("ԵՐԵՎԱՆ" is "Երևան")."""
    return [Q(**{f"{field}__contains": word}) | Q(**{f"{field}__contains": romanised(word)}) for word in words_wanted(words)]


def words_of_content(content: dict[str, Any]) -> str:
    """The words of a report's frozen content in one language: cover, summary, texts, memorandum, appendices."""
    return searchable(_texts(content))


def _texts(content: dict[str, Any]) -> Iterator[str]:
    cover = content["cover"]
    yield from (cover[name] for name in ("title", "number", "kind_text", "recommendation_number", "resolution_number", "polling_text"))
    yield cover["country"]["name"]
    yield from (row["name"] for row in cover["rapporteurs"])
    yield from (item["text"] for item in content["summary"])
    for paragraph in (content["recommendation"] or {"paragraphs": []})["paragraphs"]:
        yield paragraph["text"]
        yield from (item["text"] for item in paragraph["items"])
    for chapter in content["memorandum"]:
        yield chapter["title"]
        yield from (item["text"] for item in chapter["paragraphs"])
    appendices = content["appendices"]
    for row in appendices["programme"]:
        yield from (row["title"], row["organisations"])
    yield from (row["name"] for row in appendices["delegation"])
    for row in appendices["deployment"]:
        yield from (row["area"], *row["municipalities"])


def index_publication(publication: Publication) -> None:
    """Store the words of a publication. Safe to repeat."""
    content = publication.version.content["languages"]
    for language in publication.languages:
        PublishedWords.objects.update_or_create(
            publication=publication, language=language, defaults={"words": words_of_content(content[language])}
        )


def with_words(rows: QuerySet[Publication], words: str) -> QuerySet[Publication]:
    """The publications that hold every word, all of them in one of their languages."""
    wanted = each_word(words, "words")
    if not wanted:
        return rows
    found = PublishedWords.objects.filter(*wanted)
    return rows.filter(pk__in=found.values("publication"))
