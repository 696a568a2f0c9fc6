"""What the mission's moves ask of its report (`missions.checks`)."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from core.errors import Missing
from missions.models import Mission
from reports.enums import ReportState
from reports.models import Report


def missing_for_follow_up(mission: Mission) -> list[Missing]:
    """The follow-up begins when the adopted texts are published and transmitted (observation-rules S14, S15)."""
    url = reverse("reports:report", args=[mission.reference])
    report = Report.objects.live().for_mission(mission).first()
    if report is None:
        return [Missing("no_report", _("The mission has no report."), url)]
    if report.state != ReportState.TRANSMITTED:
        return [Missing("not_transmitted", _("The report is not transmitted yet."), url)]
    return []
