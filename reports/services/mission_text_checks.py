"""What a mission's smaller text needs before it is composed, approved, released; all of it told at once."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock, translations
from core.errors import Missing
from missions.enums import MissionState
from missions.models import Mission
from missions.tabs import tab_url
from reports.enums import MissionTextKind
from reports.models import MissionText, Publication, Recommendation, Report
from reports.services import accepted_shares
from reports.services.figures import snapshot_of, unknown_tokens

EARLY = frozenset({MissionState.WATCH, MissionState.INVITED, MissionState.BEFORE_BUREAU, MissionState.DECLINED, MissionState.CANCELLED})
"""States in which no mission is announced."""

UNNAMED_ROLES = ("staff", "partner", "interpreter", "driver")
"""Roles of people who are in the field without being members or experts: not named before the mission ends (report-structure 7)."""

WITH_CONTACT = frozenset({MissionTextKind.ANNOUNCEMENT, MissionTextKind.MEDIA_ADVISORY, MissionTextKind.PRESS_RELEASE})


def missing_for_composing(mission: Mission, kind: str) -> list[Missing]:
    """The facts without which there is nothing to compose."""
    missing = []
    if mission.state in EARLY:
        missing.append(Missing("not_accepted", _("The mission is not decided."), mission.get_absolute_url()))
    if not mission.polling_days.exists():
        missing.append(Missing("polling_day", _("The mission has no polling day."), mission.get_absolute_url()))
    if kind in {MissionTextKind.ANNOUNCEMENT, MissionTextKind.MEDIA_ADVISORY}:
        if not mission.assignments.confirmed().members().exists():
            missing.append(Missing("delegation", _("Nobody is confirmed in the delegation."), tab_url("delegation", mission)))
        return missing
    report = Report.objects.for_mission(mission).live().first()
    url = reverse("reports:report", args=[mission.reference])
    if report is None:
        missing.append(Missing("report", _("The mission has no report."), url))
    elif kind == MissionTextKind.PRESS_RELEASE and report.adopted_on is None:
        missing.append(Missing("not_adopted", _("The report is not adopted yet."), url))
    elif report.has_recommendation and not Recommendation.objects.for_mission(mission).live().exists():
        page = reverse("reports:recommendations", args=[mission.reference])
        missing.append(Missing("recommendations", _("The mission has no recommendation yet."), page))
    return missing


def missing_for_approval(text: MissionText, *, percentages_accepted: bool = False) -> list[Missing]:
    """What the text lacks: words, contact, day and place; figures that nobody counted, shares without n and denominator."""
    url = text.get_absolute_url()
    missing = []
    bodies = {code: row.text for code, row in translations.texts(text, "body").items() if row.text}
    titles = {code: row.text for code, row in translations.texts(text, "title").items() if row.text}
    for language in text.languages:
        if not titles.get(language):
            sentence = _("The title is missing in %(language)s.") % {"language": language.upper()}
            missing.append(Missing(f"title_{language}", sentence, url))
    if text.kind in WITH_CONTACT and not text.contact:
        missing.append(Missing("contact", _("Name a contact for questions."), url))
    if text.kind == MissionTextKind.MEDIA_ADVISORY and not (text.held_on and text.held_at and text.place):
        missing.append(Missing("event", _("Say day, time and place of the press conference."), url))
    figures = snapshot_of([text.mission])
    for code in sorted({code for body in bodies.values() for code in unknown_tokens(body, figures)}):
        missing.append(Missing("figure_unknown", _("Nobody counted the figure %(code)s.") % {"code": code}, url))
    if not percentages_accepted:
        typed = [accepted_shares.Typed(text.get_kind_display(), url, words) for words in (titles, bodies)]
        standing = accepted_shares.standing_in(typed, [text.mission], figures)
        for share in dict.fromkeys(share for one in standing if one.accepted is None for share in one.shares):
            sentence = _("“%(share)s” stands without n and denominator. Use a figure of the mission, or say that it is none.")
            missing.append(Missing("share_bare", sentence % {"share": share}, url))
    return missing


def missing_for_release(text: MissionText, *, languages: list[str], embargo_until: datetime, is_public: bool) -> list[Missing]:
    """What may not become public: names of staff before the mission ends, adopted texts before their own embargo."""
    url = text.get_absolute_url()
    missing = []
    mission, day = text.mission, embargo_until.astimezone(ZoneInfo(clock.STRASBOURG)).date()
    if mission.last_day is None or day <= mission.last_day:
        words = " ".join(row.text for name in ("title", "body") for row in translations.texts(text, name).values())
        said = f"{words} {text.contact}".casefold()
        for assignment in mission.assignments.confirmed().filter(role__in=UNNAMED_ROLES).select_related("person"):
            if assignment.person.name and assignment.person.name.casefold() in said:
                sentence = _("%(name)s is in the field as %(role)s: such names are not published before the mission ends.")
                values = {"name": assignment.person.name, "role": assignment.get_role_display()}
                missing.append(Missing("staff_named", sentence % values, url))
    held = Publication.objects.filter(report__missions=mission, withdrawn_at=None, embargo_until__gt=embargo_until).first()
    if held and is_public and text.kind in {MissionTextKind.SPEAKING_NOTES, MissionTextKind.PRESS_RELEASE}:
        sentence = _("The report is under embargo until %(at)s (Strasbourg time): this text cannot be public before.")
        values = {"at": f"{held.embargo_until.astimezone(ZoneInfo(clock.STRASBOURG)):%d.%m.%Y %H:%M}"}
        missing.append(Missing("report_embargo", sentence % values, url))
    if not languages:
        missing.append(Missing("languages", _("Choose at least one language that has a text."), url))
    return missing
