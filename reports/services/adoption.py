"""The days and numbers of a report: no text is adopted before its election, and what was typed wrongly is corrected with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import clock
from core.actors import Actor
from core.audit import record
from core.errors import Invalid, NotNow, Stale
from core.rights import authorize
from reports.enums import ReportState
from reports.models import AdoptedText, PastText, Recommendation, Report
from reports.references import format_adopted
from reports.services.reports import locked, set_number


def polling_day_of(report: Report) -> date | None:
    """The day before which nothing about the report can have been decided: the polling day, of several missions the last."""
    return max((mission.polling_day for mission in report.missions.all() if mission.polling_day), default=None)


def checked_committee_day(report: Report, day: date) -> date:
    """The day, if a committee can have met on it about this report."""
    _refuse_future(day, "committee_on")
    _refuse_before_polling(report, day, "committee_on")
    return day


def checked_transmission_day(report: Report, day: date) -> date:
    """The day, if adopted texts can have left on it."""
    _refuse_future(day, "transmitted_on")
    if report.adopted_on and day < report.adopted_on:
        sentence = _("The texts were adopted on %(adopted)s: they cannot have been transmitted before.")
        raise Invalid(sentence % {"adopted": _written(report.adopted_on)}, code="transmitted_on", attr="transmitted_on")
    return day


def set_adoption(report: Report, details: dict[str, Any]) -> list[str]:
    """Write day and numbers of the adoption on the instance; the names of the changed fields. Raises Invalid, naming the field."""
    adopted_on = details.get("adopted_on")
    if adopted_on is None:
        raise Invalid(_("On which day were the texts adopted? Name a day that is not in the future."), code="adopted_on", attr="adopted_on")
    _refuse_future(adopted_on, "adopted_on")
    _refuse_before_polling(report, adopted_on, "adopted_on")
    if report.committee_on and adopted_on < report.committee_on:
        sentence = _("The committee approved the texts on %(committee)s: they cannot have been adopted before.")
        raise Invalid(sentence % {"committee": _written(report.committee_on)}, code="adopted_on", attr="adopted_on")
    number = (details.get("number") or report.number).strip()
    if not number:
        raise Invalid(_("Give the report its number, for example CPL(2024)46-04."), code="number", attr="number")
    recommendation_number = (details.get("recommendation_number") or report.recommendation_number).strip()
    if report.has_recommendation and not recommendation_number:
        sentence = _("Give the recommendation its number, for example Recommendation 509 (2024).")
        raise Invalid(sentence, code="recommendation_number", attr="recommendation_number")
    resolution_number = (details.get("resolution_number") or report.resolution_number).strip()
    set_number(report, number)
    _refuse_taken(report, recommendation_number, "recommendation_number")
    _refuse_taken(report, resolution_number, "resolution_number")
    report.adopted_on = adopted_on
    report.recommendation_number = recommendation_number
    report.resolution_number = resolution_number
    return ["adopted_on", "number", "number_parts", "recommendation_number", "resolution_number"]


@transaction.atomic
def correct_adoption(report: Report, *, by: Actor, version: int, reason: str, **details: Any) -> Report:
    """Correct a day or a number that was recorded wrongly, before the report is published; the adopted wording stays.

    details: as `adopt` takes them, and `committee_on`. Afterwards a correction is a new version (`publication.correct_report`).
    """
    report = locked(report)
    authorize(by, "reports.adopt_report", report)
    if report.state != ReportState.ADOPTED:
        raise NotNow(_("Day and numbers are corrected here between adoption and publication."), code="report_state")
    if report.version != version:
        raise Stale(_("Somebody else changed the report meanwhile. Read it again before you save."), code="report_stale")
    correct_adoption_of(report, by=by, reason=reason, details=details)
    return report


def correct_adoption_of(report: Report, *, by: Actor, reason: str, details: dict[str, Any]) -> None:
    """Write the corrected day and numbers to a report that is locked, and the day to its adopted texts; with a trace.

    For callers that have authorised the act: the correction of an adopted report and that of a published one.
    """
    if not reason.strip():
        raise Invalid(_("Say why."), code="note_missing", attr="reason")
    old = {"adopted_on": report.adopted_on, "number": report.number, "recommendation_number": report.recommendation_number}
    fields = []
    if details.get("committee_on"):
        report.committee_on = checked_committee_day(report, details["committee_on"])
        fields.append("committee_on")
    fields += set_adoption(report, {"adopted_on": report.adopted_on, **{name: value for name, value in details.items() if value}})
    report.version += 1
    report.save_changes(*fields, "version")
    Recommendation.objects.filter(report=report).adopted().update(adopted_on=report.adopted_on)
    AdoptedText.objects.filter(recommendation__report=report).update(adopted_on=report.adopted_on)
    data = {name: str(value) for name, value in old.items() if value != getattr(report, name)}
    record(by, "reports.adoption_corrected", report, fields=fields, data={"before": data, "reason": reason.strip()[:500]})


def _refuse_taken(report: Report, number: str, field: str) -> None:
    """An adopted text has its number alone, however it is written; the tracker and later reports find it by it."""
    if not number:
        return
    plain = format_adopted(number, "en")
    others = Report.objects.exclude(pk=report.pk).exclude(state=ReportState.WITHDRAWN).exclude(**{field: ""})
    if plain in {format_adopted(other, "en") for other in others.values_list(field, flat=True)}:
        raise Invalid(_("Another report already has the number %(number)s.") % {"number": number}, code="number_taken", attr=field)
    if PastText.objects.filter(number__iexact=plain).exists():
        raise Invalid(_("%(number)s is entered already.") % {"number": number}, code="number_taken", attr=field)


def _refuse_future(day: date, attr: str) -> None:
    if day > clock.today():
        raise Invalid(_("Name a day that is not in the future."), code=attr, attr=attr)


def _refuse_before_polling(report: Report, day: date, attr: str) -> None:
    polling = polling_day_of(report)
    if polling and day < polling:
        sentence = _("Polling day is %(polling)s: nothing about this election can have been decided before.")
        raise Invalid(sentence % {"polling": _written(polling)}, code=attr, attr=attr)


def _written(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
