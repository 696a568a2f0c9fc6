"""The statement pack: preliminary conclusions with figures, frozen minutes after the debriefing (DESIGN 2.9)."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.actors import Actor
from core.audit import record
from core.documents import request_documents
from core.errors import Invalid, Missing, NotNow
from core.models import Job
from core.rights import authorize
from missions.models import Mission
from reports.documents.statement.content import gather
from reports.enums import FindingState
from reports.models import Finding, Statement
from reports.services import accepted_shares
from reports.services.figures import snapshot_of
from reports.services.findings import move_finding
from reports.services.languages import languages_of
from reports.services.versions import checksum

KIND = "reports.statement"


@transaction.atomic
def freeze_statement(mission: Mission, *, by: Actor, languages: Iterable[str] = ("en", "fr", "de")) -> Statement:
    """Freeze the preliminary conclusions: every agreed finding that the team reads, the figures counted now. The findings are then
    "in the preliminary conclusions". Each call makes a new numbered statement; the old ones stay.

    languages: ours, and those of the host country. Raises NotNow where a share stands in it without n and denominator and no
    publisher has accepted it.
    """
    authorize(by, "reports.freeze_statement", mission)
    wanted = [code for code in languages if code in languages_of(mission.country)]
    if not wanted:
        raise Invalid(_("Choose at least one language."), code="languages", attr="languages")
    Mission.objects.select_for_update().get(pk=mission.pk)
    findings = list(Finding.objects.for_mission(mission).agreed().printed().select_related("topic").order_by("-seriousness", "number"))
    if not findings:
        raise NotNow(
            _("The delegation has agreed on no finding yet."),
            code="no_findings",
            missing=missing_for_statement(mission),
        )
    figures = snapshot_of([mission])
    contents, unchecked = {}, {}
    for language in wanted:
        contents[language], places = gather(mission, findings, figures, language)
        if places:
            unchecked[language] = places
    missing = accepted_shares.missing_in(contents, missions=[mission], url=accepted_shares.page_of(mission), by=by)
    if missing:
        sentence = _("A figure stands without n and denominator. Change the finding, or let a publisher say why it may stand.")
        raise NotNow(sentence, code="share_bare", missing=missing)
    content = {"schema": "scrutin.statement/1", "languages": contents, "findings": [str(finding.uuid) for finding in findings]}
    content = json.loads(json.dumps(content, ensure_ascii=False))
    number = (mission.statements.aggregate(last=Max("number"))["last"] or 0) + 1
    statement = Statement.objects.create(
        mission=mission,
        number=number,
        languages=wanted,
        content=content,
        checksum=checksum(content),
        unchecked=unchecked,
        frozen_at=clock.now(),
        frozen_by=str(by),
    )
    for finding in findings:
        if finding.state == FindingState.AGREED:
            move_finding(finding, "state", by=by)
    record(by, "reports.statement_frozen", statement, data={"number": number, "checksum": statement.checksum})
    return statement


def render_statement(statement: Statement, *, by: Actor, formats: Iterable[str] = ("pdf", "docx", "html", "json")) -> Job:
    """Let a worker draw the statement in its languages."""
    authorize(by, "reports.freeze_statement", statement.mission)
    return request_documents(KIND, statement, statement.languages, list(formats), by=by)


def missing_for_statement(mission: Mission) -> list[Missing]:
    """What stands between the mission and its preliminary conclusions: an agreed finding, a frozen statement."""

    if Statement.objects.filter(mission=mission).exists():
        return []
    url = reverse("reports:findings", args=[mission.reference])
    if not Finding.objects.for_mission(mission).agreed().exists():
        return [Missing("no_findings", _("The delegation has agreed on no finding yet."), url)]
    page = reverse("reports:statement", args=[mission.reference])
    return [Missing("no_statement", _("The preliminary conclusions are not frozen yet."), page)]
