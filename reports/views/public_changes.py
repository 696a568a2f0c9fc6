"""Two published versions of a report against each other, at an address that stays."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from reports.services import public_changes
from reports.views.public import withdrawn_page
from reports.views.public_base import cacheable, page
from reports.views.public_rows import title_of


@cacheable
def changes(request: HttpRequest, language: str, slug: str, number: int, old: int) -> HttpResponse:
    """What version `number` says otherwise than version `old`. Both are out; of a withdrawn report the notice is shown (410)."""
    before, after = public_changes.pair_of(slug, old, number)
    for one in (after, before):
        if one.withdrawn_at:
            return withdrawn_page(request, language, one)
    found = public_changes.changes_between(before, after, language=language)
    context = {
        "found": found,
        "sides": (before, after),
        "report": after.report,
        "title": title_of(after, found.language),
        "is_other_language": found.language != language,
        "is_unchecked": found.language in {*before.unchecked_accepted, *after.unchecked_accepted},
        "permalink": settings.SCRUTIN_URL + reverse("reports:public_changes", args=[language, slug, number, old]),
    }
    return page("reports/public_changes.html", language, context, request)
