"""Removing the texts of a mission that is removed as a whole: the only way past the triggers on adopted and frozen texts."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from core.audit import record
from core.errors import NotAllowed
from core.models import Document, DocumentFile, Translation
from missions.models import Mission
from reports.models import (
    AdoptedText,
    Dialogue,
    Evidence,
    Finding,
    FollowUp,
    GoodPractice,
    MissionText,
    MissionTextVersion,
    Publication,
    Recommendation,
    RecommendationRelation,
    Removal,
    Report,
    ReportParagraph,
    ReportVersion,
    Statement,
)


@transaction.atomic
def remove_mission_texts(mission: Mission, *, by: Actor, reason: str) -> None:
    """Delete findings, recommendations, reports, publications and statements of `mission`. Leaves a `Removal` row that
    says so. Only the system does this, when a mission is removed (the demonstration, run again)."""
    if by.kind != "system":
        raise NotAllowed(_("You may not do this here: it belongs to another role."), code="not_allowed")
    Removal.objects.get_or_create(
        mission_uuid=mission.uuid, defaults={"mission_reference": mission.reference, "reason": reason[:300], "removed_by": str(by)}
    )
    reports = list(Report.objects.filter(missions=mission))
    recommendations = Recommendation.objects.filter(mission=mission)
    _remove_documents(list(MissionTextVersion.objects.filter(text__mission=mission)))
    _remove_documents([*ReportVersion.objects.filter(report__in=reports), *Statement.objects.filter(mission=mission), *reports])
    _remove_translations(mission, reports)
    Publication.objects.filter(report__in=reports).delete()
    for version in ReportVersion.objects.filter(report__in=reports).order_by("-number"):
        version.delete()
    Statement.objects.filter(mission=mission).delete()
    MissionTextVersion.objects.filter(text__mission=mission).delete()
    MissionText.objects.filter(mission=mission).delete()
    GoodPractice.objects.filter(mission=mission).delete()
    RecommendationRelation.objects.filter(earlier__in=recommendations).delete()
    Evidence.objects.filter(object_uuid__in=recommendations.values("uuid")).delete()
    AdoptedText.objects.filter(recommendation__in=recommendations).delete()
    FollowUp.objects.filter(recommendation__in=recommendations).delete()
    recommendations.delete()
    Finding.objects.filter(mission=mission).delete()
    Dialogue.objects.filter(mission=mission).delete()
    for report in reports:
        report.delete()
    record(by, "reports.mission_removed", mission, data={"reports": len(reports)})


def _remove_documents(subjects: list[Any]) -> None:
    """Frozen documents about what is removed, with their drawings; the stored bytes stay until they are swept."""
    for subject in subjects:
        documents = Document.objects.of(subject)
        DocumentFile.objects.filter(document__in=documents).delete()
        documents.delete()


def _remove_translations(mission: Mission, reports: list[Report]) -> None:
    owners = {
        "reports.finding": Finding.objects.filter(mission=mission),
        "reports.recommendation": Recommendation.objects.filter(mission=mission),
        "reports.followup": FollowUp.objects.filter(recommendation__mission=mission),
        "reports.reportparagraph": ReportParagraph.objects.filter(section__report__in=reports),
        "reports.missiontext": MissionText.objects.filter(mission=mission),
        "reports.goodpractice": GoodPractice.objects.filter(mission=mission),
        "missions.mission": Mission.objects.filter(pk=mission.pk),
        "reports.report": Report.objects.filter(pk__in=[report.pk for report in reports]),
    }
    for kind, rows in owners.items():
        Translation.objects.filter(owner_type=kind, owner_uuid__in=rows.values("uuid")).delete()
