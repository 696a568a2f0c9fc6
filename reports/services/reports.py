"""Opening a report and keeping what its cover says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import translations
from core.actors import Actor
from core.audit import record
from core.enums import Language, TextState
from core.errors import Invalid, Missing, NotNow, Stale
from core.rights import authorize
from missions.enums import INFORMATION_FORMATS, MissionFormat
from missions.joining import family_of
from missions.models import Mission
from missions.models.country import localised
from reports import references
from reports.documents.wording import day_text, is_ours, list_of, the_country
from reports.enums import ReportKind, ReportState, SectionCode
from reports.models import Recommendation, Report, ReportSection
from reports.services.languages import refuse_unknown

COVER = ("number", "session", "committee", "languages", "kind", "recommendation_number", "resolution_number")


@transaction.atomic
def open_report(
    *,
    missions: Iterable[Mission],
    by: Actor,
    title: dict[str, str] | None = None,
    languages: Iterable[str] = ("en", "fr", "de"),
    kind: str = "",
) -> Report:
    """Open the report on one or more missions of one country, with every chapter of the memorandum.

    Asked again for the same missions, the open report is returned. The kind follows the mission's format
    (observation-rules A8) unless given.
    """
    rows = list(missions)
    if not rows:
        raise Invalid(_("A report needs at least one mission."), code="no_mission", attr="missions")
    for mission in rows:
        authorize(by, "reports.open_report", mission)
    if len({mission.country_id for mission in rows}) > 1:
        raise Invalid(_("One report covers missions in one country."), code="two_countries", attr="missions")
    list(Mission.objects.select_for_update().filter(pk__in=[mission.pk for mission in rows]))  # one opens at a time
    known = Report.objects.live().filter(missions__in=rows).distinct().first()
    if known:
        if set(known.missions.all()) != set(rows):
            raise NotNow(_("One of these missions already has a report."), code="report_exists")
        return known
    report = Report.objects.create(
        country=rows[0].country,
        kind=kind or kind_for(rows[0].format),
        year=max(_year(mission) for mission in rows),
        languages=_checked_languages(languages, "en", rows[0].country),
        committee="Monitoring Committee",
    )
    report.missions.set(rows)
    ReportSection.objects.bulk_create(
        ReportSection(report=report, code=code, position=position) for position, code in enumerate(SectionCode.values)
    )
    for language, text in (title or default_title(rows)).items():
        if text:
            translations.set_text(report, "title", language, text, by=by)
    Recommendation.objects.filter(mission__in=rows, report=None).live().update(report=report)
    record(by, "reports.report_opened", report, data={"missions": [mission.reference for mission in rows]})
    return report


@transaction.atomic
def add_mission(report: Report, mission: Mission, *, by: Actor) -> None:
    """Let the report cover another mission of the same country (a second round, a repeated poll)."""
    report = locked(report)
    authorize(by, "reports.open_report", mission)
    if not report.is_editable:
        raise NotNow(_("The report is not open for changes now."), code="report_closed")
    if mission.country_id != report.country_id:
        raise Invalid(_("One report covers missions in one country."), code="two_countries", attr="missions")
    if Report.objects.live().for_mission(mission).exclude(pk=report.pk).exists():
        raise NotNow(_("One of these missions already has a report."), code="report_exists")
    report.missions.add(mission)
    Recommendation.objects.filter(mission=mission, report=None).live().update(report=report)
    record(by, "reports.report_changed", report, fields=["missions"])


def missions_for_report(mission: Mission) -> list[Mission]:
    """The missions that one report covers when it is opened from `mission`: those of its report where it has one, else those of
    its family that have none."""
    known = Report.objects.live().for_mission(mission).first()
    if known is not None:
        return list(known.missions.order_by("pk"))
    family = family_of(mission)
    taken = set(Report.objects.live().filter(missions__in=family).values_list("missions", flat=True))
    return [row for row in family if row.pk not in taken]


def join_second_mission(first: Mission, second: Mission, *, by: Actor) -> None:
    """For `missions.joining`: let the first mission's report, where one is open for changes, cover the second as well.

    Without one, it covers both when it is opened; a report that is adopted stays as it is, and the second has its own.
    """
    report, own = Report.objects.live().for_mission(first).first(), Report.objects.live().for_mission(second).first()
    if report is not None and report.is_editable and own is None:
        add_mission(report, second, by=by)
    elif report is None and own is not None and own.is_editable:
        add_mission(own, first, by=by)


def part_second_mission(first: Mission, second: Mission, *, by: Actor) -> None:
    """For `missions.joining`: the report of both covers the first alone again; what came of the second goes back to it."""
    report = Report.objects.live().for_mission(second).for_mission(first).first()
    if report is None:
        return
    authorize(by, "reports.change_report", report)
    report.missions.remove(second)
    Recommendation.objects.filter(mission=second, report=report).live().update(report=None)
    record(by, "reports.report_changed", report, fields=["missions"])


def missing_for_joining(mission: Mission) -> list[Missing]:
    """Before a mission becomes a continuation (`continues` is set, not saved): a report of its own must still be open, and the only one."""
    own, first = Report.objects.live().for_mission(mission).first(), mission.continues
    if own is None or first is None:
        return []
    if not own.is_editable:
        sentence = _("%(mission)s has a report of its own that can no longer be changed: “%(state)s”.")
        values = {"mission": mission.reference, "state": own.get_state_display()}
        return [Missing("report_closed", sentence % values, own.get_absolute_url())]
    other = Report.objects.live().for_mission(first).exclude(pk=own.pk).first()
    if other is None:
        return []
    sentence = _("%(mission)s and %(first)s have a report each: one report cannot cover both any more.")
    return [Missing("two_reports", sentence % {"mission": mission.reference, "first": first.reference}, own.get_absolute_url())]


def missing_for_parting(mission: Mission) -> list[Missing]:
    """Before a continuation is parted: the report of both must still be open for changes."""
    report = Report.objects.live().for_mission(mission).filter(missions=mission.continues_id).first()
    if report is None or report.is_editable:
        return []
    sentence = _("The report on both missions can no longer be changed: “%(state)s”.")
    return [Missing("report_closed", sentence % {"state": report.get_state_display()}, report.get_absolute_url())]


@transaction.atomic
def change_report(report: Report, *, version: int, by: Actor, title: dict[str, str] | None = None, **fields: Any) -> Report:
    """Change what the cover says. The number of an adopted report no longer changes; a number is parsed, never refused."""
    report = locked(report)
    authorize(by, "reports.change_report", report)
    unknown = set(fields) - set(COVER)
    if unknown:
        raise TypeError(f"change_report does not know {sorted(unknown)}")
    if report.version != version:
        raise Stale(_("Somebody else changed the report meanwhile. Read it again before you save."), code="report_stale")
    if report.state in {ReportState.ADOPTED, ReportState.PUBLISHED, ReportState.TRANSMITTED, ReportState.WITHDRAWN}:
        raise NotNow(_("The report is adopted: a correction is a new version."), code="report_closed")
    if "languages" in fields:
        fields["languages"] = _checked_languages(fields["languages"], report.authentic_language, report.country)
    refuse_unknown(title or {}, report.country, attr="title")
    if "kind" in fields and fields["kind"] not in ReportKind.values:
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": fields["kind"]}, code="not_a_choice", attr="kind")
    for name, value in fields.items():
        setattr(report, name, value.strip() if isinstance(value, str) else value)
    names = list(fields)
    if "number" in fields:
        names.append("number_parts")
        set_number(report, fields["number"])
    report.version += 1
    report.save_changes(*names, "version")
    for language, text in (title or {}).items():
        if text.strip() != translations.text_of(report, "title", language):
            translations.set_text(report, "title", language, text, by=by)
    record(by, "reports.report_changed", report, fields=[*fields, *(["title"] if title else [])])
    return report


def set_number(report: Report, number: str) -> None:
    """Give the report a reference on the instance: the text as typed, the parts as read. Raises Invalid if it is taken."""
    number = number.strip()
    if number and Report.objects.filter(number=number).exclude(pk=report.pk).exists():
        raise Invalid(_("Another report already has the number %(number)s.") % {"number": number}, code="number_taken", attr="number")
    report.number = number
    report.number_parts = references.parse(number).as_dict() if number else {}


def kind_for(mission_format: str) -> str:
    """The product of a format (observation-rules A8)."""
    if mission_format == MissionFormat.FACT_FINDING:
        return ReportKind.NOTE
    return ReportKind.INFORMATION_REPORT if mission_format in INFORMATION_FORMATS else ReportKind.REPORT


def default_title(missions: list[Mission]) -> dict[str, str]:
    """Title of the cover: election, country, days in brackets (report-structure 2)."""
    titles = {}
    for language in Language.values:
        name, country = localised(missions[0].election, "title", language), localised(missions[0].country, "name", language)
        if country.casefold() not in name.casefold():
            name = f"{name} in {the_country(missions[0].country, language)}" if language == "en" else f"{name}, {country}"
        days = sorted({day.date for mission in missions for day in mission.polling_days.all()})
        titles[language] = f"{name} ({format_days(days, language)})" if days else name
    return titles


def format_days(days: list[date], language: str) -> str:
    """Days as a title names them: "14 May 2023", "31 March and 23 June 2019"."""
    from core.dates import format_date  # heavy; only titles need it here

    if not days:
        return ""
    if not is_ours(language):
        return list_of([day_text(day, language) for day in days], language)
    joiner = {"fr": " et ", "de": " und "}.get(language, " and ")
    same_year = len({day.year for day in days}) == 1
    patterns = {"de": ("d. MMMM", "d. MMMM y")}
    short, full = patterns.get(language, ("d MMMM", "d MMMM y"))
    written = [format_date(day, short if same_year and day != days[-1] else full, locale=language) for day in days]
    return ", ".join(written[:-1]) + joiner + written[-1] if len(written) > 1 else written[0]


def locked(report: Report) -> Report:
    """The row, locked for this transaction."""
    return Report.objects.select_for_update().get(pk=report.pk)


@transaction.atomic
def translate_title(report: Report, *, language: str, text: str, by: Actor, checked: bool = False) -> None:
    """Write or check a translation of the title, also once the report is adopted, in a language in which it is not published."""
    report = locked(report)
    authorize(by, "reports.change_report", report)
    refuse_unknown([language], report.country, attr="language")
    if language == report.authentic_language:
        raise Invalid(_("This is the language the report was written in."), code="authentic", attr="language")
    if len(text.strip()) > 300:
        raise Invalid(_("A title has 300 characters at most."), code="title_long", attr="title")
    translations.set_text(report, "title", language, text, by=by, state=TextState.CHECKED if checked else None)
    record(by, "reports.report_changed", report, fields=["title"])


def _checked_languages(languages: Iterable[str], authentic: str, country: Any) -> list[str]:
    wanted = list(dict.fromkeys([authentic, *languages]))
    refuse_unknown(wanted, country, attr="languages")
    return wanted


def _year(mission: Mission) -> int:
    days = [day.date.year for day in mission.polling_days.all()]
    return max(days) if days else mission.created_at.year
