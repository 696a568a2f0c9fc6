"""How long a page of the public site may be kept, and when it is another page (ETag, Last-Modified).

Asked of what is out and of nothing else: what nobody may know of yet shows in no header.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Count, Max, Q
from django.templatetags.static import static

from core import clock
from core.models import DocumentFile
from reports.enums import MissionTextState
from reports.models import FollowUp, GoodPractice, MissionTextVersion, PastText, Publication
from reports.services.mission_text_release import KIND as TEXT_KIND
from reports.services.versions import KIND

MAX_AGE = 300
"""Seconds a page may be kept by a cache; fewer where an embargo ends sooner."""


@dataclass(frozen=True)
class State:
    """The public site as it is now: what is out, drawn, withdrawn and assessed, as counts and instants. Asked once per request."""

    facts: list[Any]

    @classmethod
    def now(cls) -> State:
        """Ask the database."""
        rows = (_out(), _assessments(), _texts_out(), _practices_out(), _past_out(), _drawn())
        return cls([value for row in rows for value in row.values()])

    @property
    def changed_at(self) -> datetime | None:
        """When the public site last changed: something came out, was drawn, withdrawn, or assessed. What is not out moves nothing."""
        at = clock.now()
        return max((fact for fact in self.facts if isinstance(fact, datetime) and fact <= at), default=None)

    def fingerprint(self, *parts: object) -> str:
        """What an ETag says: the facts, the page's own parts, the year (tables of statuses end with it) and the release (a page that
        names the style sheet of an older one is no page to keep)."""
        text = "|".join(str(part) for part in (*self.facts, *parts, clock.today().year, _release()))
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def _out() -> dict[str, Any]:
    rows = Publication.objects.out()
    return rows.aggregate(n=Count("pk"), out=Max("embargo_until"), changed=Max("updated_at"), gone=Count("withdrawn_at"))


def _assessments() -> dict[str, Any]:
    """Of what is public alone: an assessment of what nobody may know of yet must not show in a header either."""
    ours = Q(recommendation__report__in=Publication.objects.out().values("report"))
    rows = FollowUp.objects.filter(ours | Q(recommendation__past_text__in=PastText.objects.out()))
    return rows.aggregate(n=Count("pk"), last=Max("created_at"), withdrawn=Max("withdrawn_at"), gone=Count("withdrawn_at"))


def _texts_out() -> dict[str, Any]:
    """A text that is being corrected at the desk changes nothing here until its new version is out."""
    withdrawn = Q(text__state=MissionTextState.WITHDRAWN)
    rows = MissionTextVersion.objects.out()
    return rows.aggregate(n=Count("pk"), out=Max("embargo_until"), moved=Max("text__updated_at", filter=withdrawn))


def _practices_out() -> dict[str, Any]:
    return GoodPractice.objects.exclude(published_at=None).aggregate(n=Count("pk"), changed=Max("updated_at"))


def _past_out() -> dict[str, Any]:
    return PastText.objects.out().aggregate(n=Count("pk"), changed=Max("updated_at"))


def _drawn() -> dict[str, Any]:
    """The files of what is out: a page that said “being drawn” is another page once they are there."""
    reports = Publication.objects.out().values_list("version__uuid", flat=True)
    texts = MissionTextVersion.objects.out().values_list("uuid", flat=True)
    subjects = [str(uuid) for uuid in (*reports, *texts)]
    rows = DocumentFile.objects.filter(document__kind__in=(KIND, TEXT_KIND), document__subject_key__in=subjects)
    return rows.aggregate(n=Count("pk"), last=Max("created_at"))


@cache
def _release() -> str:
    """What the pages of this release look like: their style sheet and templates."""
    templates = sorted((Path(__file__).parent.parent / "templates" / "reports").glob("*.html"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in templates))
    return f"{static('reports/public.css')}|{digest.hexdigest()}"


def seconds_to_next_embargo() -> int:
    """How long a page may be kept: never beyond the next publication."""
    at = clock.now()
    waiting = (Publication.objects.all(), MissionTextVersion.objects.filter(is_public=True))
    found = [
        rows.filter(embargo_until__gt=at).order_by("embargo_until").values_list("embargo_until", flat=True).first() for rows in waiting
    ]
    first = min((moment for moment in found if moment), default=None)
    return MAX_AGE if first is None else max(0, min(MAX_AGE, int((first - at).total_seconds())))
