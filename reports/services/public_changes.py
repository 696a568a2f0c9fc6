"""What a reader who quoted one published version finds changed in a later one. Only what is out is ever compared."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.utils import translation

from reports.models import Publication
from reports.services import comparison, public


@dataclass(frozen=True)
class Changes:
    """Two published versions of one report against each other in `language`; `corrections`: those after the old one, oldest first."""

    old: Publication
    new: Publication
    language: str
    changes: list[comparison.Change]
    counts: dict[str, int]
    corrections: list[Publication]


def pair_of(slug: str, old: int, new: int) -> tuple[Publication, Publication]:
    """The two published versions, the older one first. Raises Http404: absent, under embargo, and asked the wrong way round."""
    if old >= new:
        raise Http404
    return public.publication_of(slug, old), public.publication_of(slug, new)


def changes_between(old: Publication, new: Publication, *, language: str) -> Changes:
    """The places that differ, in `language` where both versions have it, else in the original. Raises Http404 without a common one.

    Names of places are those of the language of the text, as in the documents.
    """
    common = [code for code in new.languages if code in old.languages]
    wanted = [code for code in (language, new.report.authentic_language, *common) if code in common]
    if not wanted:
        raise Http404
    shown = wanted[0]
    with translation.override(shown):
        found = comparison.compare(old.version.content["languages"][shown], new.version.content["languages"][shown])
    between = [one for one in public.versions_of(new) if old.version.number < one.version.number <= new.version.number]
    return Changes(old, new, shown, [change for change in found if change.is_change], comparison.counted(found), between[::-1])
