"""Findings suggested from figures: "12 of 96 of the stations visited: B21", for a person to accept (field-forms 5).

A suggestion is a draft finding with its figure as evidence. Suggesting again refreshes the figures of drafts and makes
nothing twice; what a person agreed, changed or dropped is left alone.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from core.actors import Actor
from core.audit import record
from core.rights import authorize
from missions.models import Mission
from reports.documents.figures import stage_name
from reports.documents.wording import say
from reports.enums import Confidence, FindingKind, FindingState, Phase, Seriousness
from reports.models import Finding, Topic
from reports.services.evidence import link_figure
from reports.services.figures import in_words, snapshot_of, top_items
from reports.services.findings import add_finding

PHASES = {"A": Phase.OPENING, "B": Phase.VOTING, "C": Phase.COUNTING, "D": Phase.TABULATION}
STAGES = {"opening": Phase.OPENING, "voting": Phase.VOTING, "closing_counting": Phase.COUNTING, "tabulation": Phase.TABULATION}
LIMIT = 25
GOOD_SHARE = 0.9
"""From this share of positive assessments on, a stage is suggested as something to welcome."""


@transaction.atomic
def suggest_findings(mission: Mission, *, by: Actor, limit: int = LIMIT) -> dict[str, Any]:
    """Suggest findings for `mission` from today's figures: remarks by severity and share, and stages that went well.

    Returns `{created, updated, unchanged}`.
    """
    authorize(by, "reports.add_finding", mission)
    figures = snapshot_of([mission])
    counts = {"created": 0, "updated": 0, "unchanged": 0}
    known = {finding.origin: finding for finding in Finding.objects.for_mission(mission).exclude(origin="").prefetch_related("evidence")}
    for item in top_items(figures, limit):
        origin = f"figure:{item['form']}:{item['code']}"
        counts[_suggest(mission, origin, item, known.get(origin), _remark(item), by=by)] += 1
    for stage in figures["conduct"]:
        if stage["denominator"] and stage["n"] / stage["denominator"] >= GOOD_SHARE:
            origin = f"conduct:{stage['stage']}"
            counts[_suggest(mission, origin, stage, known.get(origin), _conduct(stage), by=by)] += 1
    record(by, "reports.findings_suggested", mission, data=counts)
    return counts


def _suggest(mission: Mission, origin: str, figure: dict[str, Any], known: Finding | None, values: dict[str, Any], *, by: Actor) -> str:
    item = figure.get("code") or origin
    more = {"share": figure["share"], "label": figure.get("label", {}), "form": figure.get("form", figure.get("stage", ""))}
    label = say("figure_text", "en", n=figure["n"], denominator=figure["denominator"]) + f": {item}"
    if known is not None:
        old = known.evidence.filter(kind="figure", item=item).first()
        same = old is not None and (old.frozen.get("n"), old.frozen.get("denominator")) == (figure["n"], figure["denominator"])
        if same or known.state != FindingState.DRAFT:
            return "unchanged"
        link_figure(known, item=item, label=label, n=figure["n"], denominator=figure["denominator"], by=by, more=more)
        return "updated"
    finding = add_finding(mission=mission, origin=origin, by=by, **values)
    link_figure(finding, item=item, label=label, n=figure["n"], denominator=figure["denominator"], by=by, more=more)
    return "created"


def _remark(item: dict[str, Any]) -> dict[str, Any]:
    statement = {
        language: say("suggested_remark", language, question=item["label"][language], figure=in_words(item, language))
        for language in ("en", "fr", "de")
        if item["label"].get(language)
    }
    topic = Topic.objects.filter(standards__code__in=item.get("standards", [])).order_by("code").first()
    return {
        "statement": statement,
        "phase": PHASES.get(item["form"], Phase.VOTING),
        "seriousness": min(max(item["severity"], Seriousness.MINOR), Seriousness.CRITICAL),
        "kind": FindingKind.CONCERN,
        "confidence": Confidence.HIGH if item["share"] is not None else Confidence.MEDIUM,
        "topic": topic,
    }


def _conduct(stage: dict[str, Any]) -> dict[str, Any]:
    statement = {
        language: say("suggested_conduct", language, stage=stage_name(stage["stage"], language), figure=in_words(stage, language))
        for language in ("en", "fr", "de")
    }
    return {
        "statement": statement,
        "phase": STAGES.get(stage["stage"], Phase.VOTING),
        "seriousness": Seriousness.NONE,
        "kind": FindingKind.WELCOME,
        "confidence": Confidence.HIGH if stage["share"] is not None else Confidence.MEDIUM,
    }
