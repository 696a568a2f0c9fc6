"""Releasing a mission's smaller text: one frozen version, drawn by a worker, public from its embargo on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock, translations
from core.actors import Actor
from core.audit import record
from core.documents import request_documents
from core.errors import Missing, NotNow
from core.models import Job
from core.rights import authorize
from reports.documents.mission_text.content import FIELDS, SCHEMA, gather
from reports.enums import MissionTextState
from reports.models import MissionText, MissionTextVersion
from reports.services import accepted_shares
from reports.services import mission_text_checks as checks
from reports.services.figures import snapshot_of
from reports.services.mission_texts import move_text
from reports.services.search import searchable
from reports.services.versions import checksum

KIND = "reports.mission_text"
FORMATS = ("pdf", "docx", "html", "json")


@transaction.atomic
def release_text(
    text: MissionText,
    *,
    by: Actor,
    languages: Iterable[str] = (),
    embargo_until: datetime | None = None,
    is_public: bool = True,
    unchecked_accepted: Iterable[str] = (),
    shares_reason: str = "",
) -> tuple[MissionTextVersion, Job]:
    """Freeze an approved text in `languages` (else all that it has), let it be drawn, and publish it from `embargo_until` on.

    Without `is_public` it is drawn for people to hand out and stays off the public site. Unchecked languages enter only with
    `unchecked_accepted`, shares without n and denominator only where a publisher accepted them, or says in `shares_reason` why they may
    stand. Asked again, the released version is returned with a job that draws what is not drawn yet.
    """
    text = MissionText.objects.select_for_update(of=("self",)).select_related("mission__country").get(pk=text.pk)
    authorize(by, "reports.release_text", text)
    last = text.versions.order_by("-number").first()
    if text.state == MissionTextState.RELEASED and last:
        return last, render_text(last, by=by)
    if text.state != MissionTextState.APPROVED:
        raise NotNow(_("Only an approved text can be released."), code="text_state")
    wanted = [code for code in text.languages if not languages or code in set(languages)]
    until = embargo_until or clock.now()
    contents, unchecked = contents_of(text, wanted, embargo_until=until, corrects=last)
    missing = checks.missing_for_release(text, languages=wanted, embargo_until=until, is_public=is_public)
    missing += _unchecked(text, unchecked, set(unchecked_accepted))
    page = accepted_shares.page_of(text.mission)
    missing += accepted_shares.missing_in(contents, missions=[text.mission], url=page, by=by, reason=shares_reason)
    if missing:
        raise NotNow(_("The text cannot be released like this."), code="text_refused", missing=missing)
    content = {"schema": SCHEMA, "languages": contents, "corrects": last.number if last else None}
    content = json.loads(json.dumps(content, ensure_ascii=False))
    number = (text.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = MissionTextVersion.objects.create(
        text=text,
        number=number,
        slug=slug_for(text),
        languages=wanted,
        content=content,
        checksum=checksum(content),
        unchecked=unchecked,
        search=searchable(_words(contents)),
        is_public=is_public,
        embargo_until=until,
        frozen_at=clock.now(),
        frozen_by=str(by),
    )
    move_text(text, "release", by=by)
    data = {"version": number, "checksum": version.checksum, "embargo_until": until.isoformat(), "public": is_public}
    record(by, "reports.text_released", text, data=data)
    return version, render_text(version, by=by)


def render_text(version: MissionTextVersion, *, by: Actor) -> Job:
    """Let a worker draw the version in its languages."""
    see = version.public_url(version.authentic_language) if version.is_out() else ""
    return request_documents(KIND, version, version.languages, list(FORMATS), by=by, see=see)


def contents_of(
    text: MissionText, languages: Iterable[str], *, embargo_until: datetime | None = None, corrects: MissionTextVersion | None = None
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What the text says now in each language, and what is unchecked in it; nothing is stored."""
    figures = snapshot_of([text.mission])
    rows = {name: translations.texts(text, name) for name in FIELDS}
    contents, unchecked = {}, {}
    for language in languages:
        contents[language], places = gather(text, language, rows=rows, figures=figures, embargo_until=embargo_until, corrects=corrects)
        if places:
            unchecked[language] = places
    return contents, unchecked


def slug_for(text: MissionText) -> str:
    """The public name: mission and kind. Given once; corrections keep it, a text after a withdrawn one gets its own."""
    known = text.versions.order_by("number").values_list("slug", flat=True).first()
    if known:
        return known
    base = slugify(f"{text.mission.reference} {text.kind.replace('_', ' ')}")[:110]
    taken = set(MissionTextVersion.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in [base, *(f"{base}-{turn}" for turn in range(2, len(taken) + 3))] if slug not in taken)


def _unchecked(text: MissionText, unchecked: dict[str, list[str]], accepted: set[str]) -> list[Missing]:
    return [
        Missing(
            f"unchecked_{language}",
            ngettext(
                "%(language)s: %(n)s place is not checked. Check it, leave the language out, or say yes to it.",
                "%(language)s: %(n)s places are not checked. Check them, leave the language out, or say yes to it.",
                len(places),
            )
            % {"language": language.upper(), "n": len(places)},
            text.get_absolute_url(),
        )
        for language, places in sorted(unchecked.items())
        if language not in accepted
    ]


def _words(contents: dict[str, Any]) -> Iterable[str]:
    for content in contents.values():
        yield from (content["title"], content["kind_text"], content["country"]["name"], content["contact"])
        yield from (part["text"] for part in content["body"])
        yield from (row["name"] for row in content["members"])
