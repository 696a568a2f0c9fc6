"""The family of documents of a mission (report-structure 1): where each is worked on, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.actors import Actor
from core.documents import documents_of
from core.rights import allowed
from missions.models import Mission
from missions.tabs import tab_url
from reports.enums import MissionTextKind
from reports.models import MissionText, Report, Statement


@dataclass
class Member:
    """One document: what it is, the page where it is made, its state in words, and until when it is due.

    code: state for the badge, empty where nothing exists. due_on: from the practice that was seen, not a rule.
    """

    label: str
    url: str
    state: str = ""
    code: str = ""
    due_on: date | None = None
    note: str = ""
    documents: list[Any] = field(default_factory=list)


def family_of(mission: Mission, by: Actor) -> list[Member]:
    """Every member of the family that `by` may open, in the order in which they are due."""
    texts: dict[str, MissionText] = {}
    for row in MissionText.objects.filter(mission=mission).order_by("pk"):
        texts[row.kind] = row
    report = Report.objects.for_mission(mission).live().order_by("pk").first()
    day = mission.polling_day
    return [
        *_bureau_note(mission, by),
        _text(mission, MissionTextKind.ANNOUNCEMENT, texts, day - timedelta(days=3) if day else None),
        _text(mission, MissionTextKind.MEDIA_ADVISORY, texts, day - timedelta(days=2) if day else None),
        *_lists(mission, by),
        *_statement(mission, by, day + timedelta(days=1) if day else None),
        *_report(mission, report, by),
        _text(mission, MissionTextKind.SPEAKING_NOTES, texts, report.adopted_on if report else None),
        _text(mission, MissionTextKind.PRESS_RELEASE, texts, report.adopted_on if report else None),
        *_letter(mission, report, by),
    ]


def _text(mission: Mission, kind: MissionTextKind, texts: dict[str, MissionText], due_on: date | None) -> Member:
    row = texts.get(kind)
    url = reverse("reports:text", args=[mission.reference, kind.value])
    return Member(str(kind.label), url, str(row.get_state_display()) if row else "", row.state if row else "", due_on)


def _bureau_note(mission: Mission, by: Actor) -> list[Member]:
    request = mission.request
    if request is None or not allowed(by, "missions.view_request", request):
        return []
    found = documents_of(request, "missions.bureau_note").first()
    return [Member(_("Bureau note"), request.get_absolute_url(), _("Drawn") if found else "", "done" if found else "")]


def _lists(mission: Mission, by: Actor) -> list[Member]:
    """What other parts of the house draw: the programme, the delegation list, the deployment plan."""
    tabs = (
        (_("Programme"), "programme", "missions.view_programme"),
        (_("Delegation list"), "delegation", "observers.view_delegation"),
        (_("Deployment plan"), "deployment", "observers.view_deployment"),
    )
    return [Member(label, tab_url(code, mission)) for label, code, permission in tabs if allowed(by, permission, mission)]


def _statement(mission: Mission, by: Actor, due_on: date | None) -> list[Member]:
    if not allowed(by, "reports.view_statement", mission):
        return []
    row = Statement.objects.filter(mission=mission).defer("content").first()
    url = reverse("reports:statement", args=[mission.reference])
    state = _("Frozen as number %(number)s") % {"number": row.number} if row else ""
    return [Member(_("Preliminary conclusions"), url, state, "done" if row else "", due_on)]


def _report(mission: Mission, report: Report | None, by: Actor) -> list[Member]:
    if not allowed(by, "reports.view_report", mission):
        return []
    url = reverse("reports:report", args=[mission.reference])
    if report is None:
        return [Member(_("Report"), url)]
    return [Member(str(report.get_kind_display()), url, str(report.get_state_display()), report.state, report.adopted_on, report.number)]


def _letter(mission: Mission, report: Report | None, by: Actor) -> list[Member]:
    if report is None or not allowed(by, "reports.view_report", mission):
        return []
    found = documents_of(report, "reports.letter").first()
    due = report.adopted_on + timedelta(days=14) if report.adopted_on else None
    return [Member(_("Letter of transmission"), report.get_absolute_url(), _("Drawn") if found else "", "done" if found else "", due)]
