"""The smaller texts on the public site: every question starts from versions that are out, to the second."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from core.models import Document, DocumentFile
from missions.models import Country
from reports.enums import MissionTextKind, MissionTextState
from reports.models import MissionTextVersion
from reports.services.mission_text_release import FORMATS, KIND
from reports.services.search import each_word


def texts() -> QuerySet[MissionTextVersion]:
    """The newest public version of every text, newest first."""
    rows = MissionTextVersion.objects.current().select_related("text__mission__country")
    return rows.order_by("-embargo_until", "-pk")


def listed_texts(wanted: dict[str, str]) -> QuerySet[MissionTextVersion]:
    """Public texts by kind, country and words; `q` in any case and without accents, in any script."""
    rows = texts()
    if wanted.get("kind") in MissionTextKind.values:
        rows = rows.filter(text__kind=wanted["kind"])
    if wanted.get("country"):
        rows = rows.filter(text__mission__country__code=wanted["country"].upper())
    return rows.filter(*each_word(wanted.get("q", "")))


def countries_of_texts(language: str) -> list[Country]:
    """Countries with a public text."""
    return list(Country.objects.filter(pk__in=texts().order_by().values("text__mission__country")).by_name(language))


def version_of(slug: str, number: int | None = None) -> MissionTextVersion:
    """The newest version out under `slug`, or version `number`. Raises Http404: absent, under embargo and never made look alike.

    Of a withdrawn text the newest is found: its page says that it was withdrawn, and nothing else.
    """
    rows = MissionTextVersion.objects.out().filter(slug=slug).select_related("text__mission__country").order_by("-number")
    row = rows.filter(number=number).first() if number is not None else rows.first()
    if row is None:
        raise Http404
    return row


def is_withdrawn(version: MissionTextVersion) -> bool:
    """Was the text taken back?"""
    return version.text.state == MissionTextState.WITHDRAWN


def versions_of(version: MissionTextVersion) -> list[MissionTextVersion]:
    """Every public version of the same text, newest first."""
    return list(MissionTextVersion.objects.out().filter(text=version.text).order_by("-number"))


def language_for(version: MissionTextVersion, language: str) -> str:
    """The language in which a reader of `language` is shown the version."""
    if language in version.languages:
        return language
    return version.authentic_language if version.authentic_language in version.languages else str(version.languages[0])


def file_name(version: MissionTextVersion, language: str, format_: str) -> str:
    """The public name of a file."""
    return f"{version.slug}-v{version.number}-{language}.{format_}"


def downloads_of(version: MissionTextVersion) -> list[dict[str, Any]]:
    """The files that are drawn, by language: name, format, size."""
    drawn = _newest(version)
    return [
        {
            "language": language,
            "files": [
                {"name": file_name(version, language, format_), "format": format_, "size": drawn[(language, format_)].file.size}
                for format_ in FORMATS
                if (language, format_) in drawn
            ],
        }
        for language in version.languages
        if any((language, format_) in drawn for format_ in FORMATS)
    ]


def file_of(version: MissionTextVersion, name: str) -> DocumentFile:
    """The drawn file with this public name. Raises Http404."""
    for (language, format_), row in _newest(version).items():
        if name == file_name(version, language, format_):
            return row
    raise Http404


def _newest(version: MissionTextVersion) -> dict[tuple[str, str], DocumentFile]:
    documents = Document.objects.filter(kind=KIND, subject_key=str(version.uuid), language__in=version.languages)
    rows = DocumentFile.objects.filter(document__in=documents).select_related("file", "document").order_by("document__frozen_at", "pk")
    return {(row.document.language, row.format): row for row in rows if row.format in FORMATS}
