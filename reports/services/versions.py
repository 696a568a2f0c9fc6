"""Freezing a version of a report: one snapshot of all languages and figures, with its checksum. Rendering comes after."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import clock
from core.actors import Actor
from core.audit import record
from core.documents import request_documents
from core.errors import Invalid, NotNow
from core.models import Job
from core.rights import authorize
from reports.documents.report.content import gather
from reports.enums import ReportState, VersionReason
from reports.models import Report, ReportVersion
from reports.services.figures import snapshot_of
from reports.services.report_checks import unknown_figures
from reports.services.reports import locked

KIND = "reports.report"
FORMATS = ("pdf", "docx", "html", "json")


@transaction.atomic
def freeze_version(
    report: Report,
    *,
    by: Actor,
    reason: str = VersionReason.WORKING,
    languages: Iterable[str] = (),
    corrects: ReportVersion | None = None,
    note: dict[str, str] | None = None,
) -> ReportVersion:
    """Freeze what the report says now, in `languages` (else all of its own). The row never changes (triggers).

    A version "as adopted" or a correction needs an adopted report. Raises NotNow where a text asks for a figure that
    nobody counted: no number enters a document without n and denominator.
    """
    report = locked(report)
    authorize(by, "reports.freeze_report", report)
    wanted = [code for code in report.languages if not languages or code in set(languages)]
    if not wanted:
        raise Invalid(_("Choose at least one of the report's languages."), code="languages", attr="languages")
    if reason in {VersionReason.ADOPTED, VersionReason.CORRECTION} and report.adopted_on is None:
        raise NotNow(_("The report is not adopted yet."), code="not_adopted")
    if report.state == ReportState.WITHDRAWN:
        raise NotNow(_("The report was withdrawn."), code="withdrawn")
    figures = snapshot_of(report.missions.order_by("pk"))
    _refuse_unknown_figures(report, figures)
    contents, unchecked = {}, {}
    for language in wanted:
        contents[language], texts = gather(report, language, figures)
        if texts.unchecked:
            unchecked[language] = texts.unchecked
    content: dict[str, Any] = {"schema": "scrutin.report/1", "languages": contents}
    if corrects is not None:
        content["correction"] = {"old": corrects.number, "note": note or {}}
    content = json.loads(json.dumps(content, ensure_ascii=False))
    number = (report.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = ReportVersion.objects.create(
        report=report,
        number=number,
        reason=reason,
        languages=wanted,
        content=content,
        checksum=checksum(content),
        unchecked=unchecked,
        corrects=corrects,
        note=(note or {}).get("en", ""),
        frozen_at=clock.now(),
        frozen_by=str(by),
    )
    record(by, "reports.version_frozen", report, data={"version": number, "reason": str(reason), "checksum": version.checksum})
    return version


def freeze_draft(report: Report, *, by: Actor) -> ReportVersion:
    """Freeze what the report says now, for the reason that its state gives: for the committee, for the session, else a working version."""
    reasons = {ReportState.COMMITTEE: VersionReason.COMMITTEE, ReportState.APPROVED: VersionReason.SESSION}
    reason = reasons.get(ReportState(report.state), VersionReason.WORKING)
    if report.adopted_on and report.state == ReportState.ADOPTED:
        reason = VersionReason.SESSION
    return freeze_version(report, by=by, reason=reason)


def render_version(
    version: ReportVersion, *, by: Actor, languages: Iterable[str] = (), formats: Iterable[str] = FORMATS, see: str = ""
) -> Job:
    """Let a worker draw the version; the job shows its progress and can be cancelled. see: where the public reads it."""
    authorize(by, "reports.freeze_report", version.report)
    wanted = [code for code in version.languages if not languages or code in set(languages)]
    return request_documents(KIND, version, wanted, list(formats), by=by, see=see)


def checksum(content: dict[str, Any]) -> str:
    """SHA-256 of a content, independent of the order of keys."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def is_whole(version: ReportVersion) -> bool:
    """Is the content still the one that was frozen?"""
    return checksum(version.content) == version.checksum


def _refuse_unknown_figures(report: Report, figures: dict[str, Any]) -> None:
    missing = unknown_figures(report, figures)
    if missing:
        raise NotNow(_("Figures are missing for this version."), code="figures_missing", missing=missing)
