"""What this app itself asks for before a mission moves; registered in `MissionsConfig.ready()`."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from core import clock
from core.errors import Missing
from missions.checks import register_check
from missions.enums import FIELD_FORMATS, AssignmentRole, Criterion, DecisionOutcome, RequestState
from missions.models import Decision, Mission, Request
from missions.tabs import tab_url


def has_invitation(mission: Mission) -> list[Missing]:
    """No official request from the national authorities, no mission (observation-rules A1)."""
    request = invitation_of(mission)
    if request is None or request.state != RequestState.REGISTERED:
        sentence = _("No registered request of a national authority (rule A1: no official request, no mission).")
        return [Missing("request_missing", sentence, reverse("missions:requests"))]
    if request.letter_id is None:
        return [Missing("letter_missing", _("The letter of invitation is not on file."), request.get_absolute_url())]
    return []


def has_polling_day(mission: Mission) -> list[Missing]:
    """A mission observes at least one polling day."""
    if mission.polling_days.exists():
        return []
    return [Missing("polling_day_missing", _("No polling day is chosen."), reverse("missions:mission_edit", args=[mission.reference]))]


def is_not_over(mission: Mission) -> list[Missing]:
    """Nothing begins for polling days that are past (A2), unless the mission's file was opened after them, to enter history."""
    last = max((row.day for row in mission.polling_days.all()), default=None)
    opened_on = mission.created_at.astimezone(ZoneInfo(mission.zone)).date()
    if last is None or last >= clock.today(mission.zone) or opened_on > last:
        return []
    sentence = _("Polling day, %(day)s, is past. Correct the day, add the next round, or cancel the mission.")
    url = reverse("missions:polling_days", args=[mission.reference])
    return [Missing("polling_day_past", sentence % {"day": formats.date_format(last)}, url)]


def has_bureau_note(mission: Mission) -> list[Missing]:
    """The Bureau decides on recorded criteria and a proposed format (observation-rules A6, S2)."""
    request = mission.request
    if request is None:
        return []
    url = reverse("missions:request_note", args=[request.uuid])
    found = []
    open_criteria = [item for item in Criterion.values if not request.criteria.get(item, {}).get("answer")]
    if open_criteria:
        sentence = _("%(n)s of %(all)s criteria of the Bureau note are not answered.")
        found.append(Missing("criteria_open", sentence % {"n": len(open_criteria), "all": len(Criterion.values)}, url))
    if not request.proposed_format:
        found.append(Missing("format_missing", _("The Bureau note proposes no format."), url))
    return found


def is_accepted(mission: Mission) -> list[Missing]:
    """The Bureau decided for it."""
    decision = decision_on(mission)
    if decision is None or decision.outcome == DecisionOutcome.DECLINED:
        return [_no_decision(mission, "accepted_missing", _("No decision of the Bureau to accept is recorded."))]
    return []


def is_declined(mission: Mission) -> list[Missing]:
    """The Bureau decided against it."""
    decision = decision_on(mission)
    if decision is None or decision.outcome != DecisionOutcome.DECLINED:
        return [_no_decision(mission, "declined_missing", _("No decision of the Bureau to decline is recorded."))]
    return []


def has_days(mission: Mission) -> list[Missing]:
    """The days of the mission are set: membership is checked on each of them (membership-rules R14)."""
    url = reverse("missions:mission_edit", args=[mission.reference])
    if not (mission.first_day and mission.last_day):
        return [Missing("days_missing", _("The first and last day of the mission are not set."), url)]
    day = mission.polling_day
    if mission.format in FIELD_FORMATS and day and not mission.first_day <= day <= mission.last_day:
        sentence = _("Polling day, %(day)s, lies outside the days of the mission.") % {"day": formats.date_format(day)}
        return [Missing("days_without_polling", sentence, url)]
    return []


def has_leaders(mission: Mission) -> list[Missing]:
    """Somebody leads and somebody will write the report (observation-rules 2)."""
    seated = mission.assignments.seated()
    wanted = [(AssignmentRole.HEAD, "head_missing", _("No head of delegation has accepted."))]
    wanted.append((AssignmentRole.RAPPORTEUR, "rapporteur_missing", _("No rapporteur has accepted.")))
    url = tab_url("delegation", mission)
    return [Missing(code, sentence, url) for role, code, sentence in wanted if not seated.with_role(role).exists()]


def has_programme(mission: Mission) -> list[Missing]:
    """The delegation has a released programme (S7)."""
    if mission.programme_releases.exists():
        return []
    url = reverse("missions:programme", args=[mission.reference])
    return [Missing("programme_not_released", _("No version of the programme is released."), url)]


def has_stations(mission: Mission) -> list[Missing]:
    """Teams go to stations that are on a list."""
    if mission.format not in FIELD_FORMATS or mission.stations.exists():
        return []
    url = reverse("missions:stations", args=[mission.reference])
    return [Missing("stations_missing", _("No polling stations are imported."), url)]


def polling_day_has_come(mission: Mission) -> list[Missing]:
    """Election day does not begin before polling day, counted in the mission's zone."""
    day = mission.polling_day
    if day is None or day <= clock.today(mission.zone):
        return []
    sentence = _("Polling day is %(day)s: it has not come yet.") % {"day": formats.date_format(day)}
    return [Missing("too_early", sentence, _polling_day_url(mission, day))]


def polls_have_closed(mission: Mission) -> list[Missing]:
    """The debriefing does not begin before the polls close on the last polling day; without legal hours, before its end."""
    last = max(mission.polling_days.all(), key=lambda row: row.day, default=None)
    if last is None or mission.format not in FIELD_FORMATS:
        return []
    wall, day = (last.closes_at, last.day) if last.closes_at else (time(), last.day + timedelta(days=1))
    closes = datetime.combine(day, wall, ZoneInfo(mission.zone))
    if clock.now() >= closes:
        return []
    words = {"day": formats.date_format(closes), "time": closes.strftime("%H:%M"), "zone": mission.zone}
    sentence = _("Polling ends on %(day)s at %(time)s (%(zone)s): until then it is too early for the debriefing.")
    return [Missing("polls_open", sentence % words, _polling_day_url(mission, last.day))]


def invitation_of(mission: Mission) -> Request | None:
    """The request that the mission follows: its own, or that of the mission whose further round it observes (A9)."""
    while mission.request is None and mission.continues is not None:
        mission = mission.continues
    return mission.request


def decision_on(mission: Mission) -> Decision | None:
    """What the Bureau decided: on the mission itself, or on the invitation that it follows."""
    own = Decision.objects.filter(mission=mission).first()
    return own or getattr(invitation_of(mission), "decision", None)


def register() -> None:
    """Register the guards of this app."""
    for action, guards in {
        "invite": (has_invitation,),
        "submit_to_bureau": (has_invitation, has_polling_day, is_not_over, has_bureau_note),
        "accept": (is_accepted, has_polling_day),
        "decline": (is_declined,),
        "compose": (has_polling_day, is_not_over, has_days),
        "prepare": (has_leaders,),
        "brief": (has_programme, has_stations, has_days),
        "start_election_day": (polling_day_has_come,),
        "debrief": (polls_have_closed,),
    }.items():
        for guard in guards:
            register_check(action, guard)


def _polling_day_url(mission: Mission, day: date) -> str:
    row = next((row for row in mission.polling_days.all() if row.day == day), None)
    return reverse("missions:polling_day", args=[mission.reference, row.uuid]) if row else mission.get_absolute_url()


def _no_decision(mission: Mission, code: str, sentence: str) -> Missing:
    if mission.request is not None:
        url = reverse("missions:request_decide", args=[mission.request.uuid])
    elif mission.continues_id is not None:
        url = reverse("missions:mission_decide", args=[mission.reference])
    else:
        url = reverse("missions:requests")
    return Missing(code, sentence, url)
