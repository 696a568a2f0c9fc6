"""What became of recommendations: assessments over the years, dialogue, the one-year rule (observation-rules 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock, translations
from core.actors import Actor
from core.audit import record
from core.enums import Access
from core.errors import Invalid, Missing, NotNow
from core.languages import reader_language
from core.rights import authorize
from missions.models import Country, Mission
from reports.enums import FollowUpBasis, FollowUpStatus
from reports.models import Dialogue, FollowUp, Recommendation
from reports.services.accepted_shares import refuse_bare

ONE_YEAR = 365
"""F1: no progress after one year lets the Congress ask others to act (Resolution 306, as quoted in 311 (2010))."""


@transaction.atomic
def assess_recommendation(
    recommendation: Recommendation,
    *,
    status: str,
    basis: str,
    by: Actor,
    assessed_on: date | None = None,
    note: dict[str, str] | None = None,
    access: str = Access.PUBLIC,
    dialogue: Dialogue | None = None,
) -> FollowUp:
    """Assess an adopted recommendation on a day. The latest assessment is its status; the same one twice is kept once.

    A note that the public reads gives no share without n and denominator (Invalid): at secretariat level it may.
    """
    authorize(by, "reports.assess_recommendation", recommendation)
    if not recommendation.is_adopted:
        raise NotNow(_("Only an adopted recommendation is followed up."), code="not_adopted")
    if status not in FollowUpStatus.values:
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": status}, code="not_a_choice", attr="status")
    if basis not in FollowUpBasis.values:
        raise Invalid(_("“%(value)s” is not one of the choices.") % {"value": basis}, code="not_a_choice", attr="basis")
    day = assessed_on or clock.today()
    if day > clock.today() or (recommendation.adopted_on and day < recommendation.adopted_on):
        raise Invalid(_("The day of an assessment lies between the adoption and today."), code="assessed_on", attr="assessed_on")
    known = recommendation.follow_ups.standing().filter(status=status, basis=basis, assessed_on=day).first()
    if known:
        return known
    if access == Access.PUBLIC:
        refuse_bare(note or {}, "note")
    row = FollowUp.objects.create(
        recommendation=recommendation,
        status=status,
        basis=basis,
        assessed_on=day,
        access=access,
        dialogue=dialogue,
        assessed_by=str(by),
    )
    for language, text in sorted((note or {}).items(), key=lambda pair: pair[0] != row.authentic_language):
        if text.strip():
            translations.set_text(row, "note", language, text, by=by)
    record(by, "reports.recommendation_assessed", recommendation, data={"status": status, "basis": basis, "on": day.isoformat()})
    return row


@transaction.atomic
def withdraw_assessment(assessment: FollowUp, *, by: Actor, reason: str) -> FollowUp:
    """Take back an assessment that was wrong: the one before it is the status again, the public no longer reads it, and
    the desk keeps it with the reason. Withdrawn twice, it is withdrawn once."""
    assessment = FollowUp.objects.select_for_update().get(pk=assessment.pk)
    authorize(by, "reports.assess_recommendation", assessment.recommendation)
    if assessment.withdrawn_at:
        return assessment
    if not reason.strip():
        raise Invalid(_("Say why."), code="note_missing", attr="reason")
    assessment.withdrawn_at, assessment.withdrawn_by, assessment.withdrawn_reason = clock.now(), str(by), reason.strip()[:500]
    assessment.save_changes("withdrawn_at", "withdrawn_by", "withdrawn_reason")
    data = {"status": assessment.status, "on": assessment.assessed_on.isoformat(), "assessment": str(assessment.uuid)}
    record(by, "reports.assessment_withdrawn", assessment.recommendation, data=data)
    return assessment


def withdrawn_of(recommendation: Recommendation, language: str) -> list[dict[str, Any]]:
    """Assessments of one recommendation that were taken back, for the desk, with who did it and why."""
    rows = list(recommendation.follow_ups.exclude(withdrawn_at=None).order_by("withdrawn_at"))
    notes = translations.texts_of_many(rows, "note")
    return [{"row": row, "note": translations.best_text(notes.get(row.uuid, {}), language, row.authentic_language)} for row in rows]


@transaction.atomic
def record_dialogue(
    *,
    country: Country,
    held_on: date,
    counterpart: str,
    by: Actor,
    mission: Mission | None = None,
    place: str = "",
    is_online: bool = False,
    recommendations: Iterable[Recommendation] = (),
    commitment: str = "",
    deadline_on: date | None = None,
    result: str = "",
    access: str = Access.SECRETARIAT,
) -> Dialogue:
    """Record one meeting or letter of the post-electoral dialogue (F6)."""
    authorize(by, "reports.record_dialogue", mission)
    rows = list(recommendations)
    if not counterpart.strip():
        raise Invalid(_("Name the counterpart."), code="counterpart_missing", attr="counterpart")
    if held_on > clock.today():
        raise Invalid(_("A dialogue is recorded when it was held."), code="held_on", attr="held_on")
    if any(row.country_id != country.pk or not row.is_adopted for row in rows):
        raise Invalid(_("The dialogue is about adopted recommendations to this country."), code="recommendation", attr="recommendations")
    dialogue = Dialogue.objects.create(
        country=country,
        mission=mission,
        held_on=held_on,
        counterpart=counterpart.strip(),
        place=place.strip(),
        is_online=is_online,
        commitment=commitment.strip(),
        deadline_on=deadline_on,
        result=result.strip(),
        access=access,
        recorded_by=str(by),
    )
    dialogue.recommendations.set(rows)
    record(by, "reports.dialogue_recorded", dialogue, data={"recommendations": len(rows)})
    return dialogue


def one_year_check_due(at: date) -> Any:
    """Adopted recommendations older than a year (F1) that were never assessed since: they wait for the one-year check.

    Of a text from before Scrutin only those whose year was not over when they were entered: a check that was due in 2014 is no
    duty of today, and entering a hundred old calls asks nobody for a hundred assessments.
    """
    limit = at - timedelta(days=ONE_YEAR)
    rows = Recommendation.objects.open_ones().filter(adopted_on__lte=limit, status=FollowUpStatus.NOT_ASSESSED)
    past = rows.of_past().values_list("pk", "adopted_on", "created_at")
    return rows.exclude(pk__in=[key for key, adopted_on, created_at in past if not _in_time(adopted_on, created_at)])


def _in_time(adopted_on: date, created_at: datetime) -> bool:
    return adopted_on + timedelta(days=ONE_YEAR) > created_at.date()


def one_year_of(recommendation: Recommendation) -> tuple[date, bool] | None:
    """The day on which its first year is over (F1), and whether that check was a duty here; None before the adoption."""
    if not recommendation.adopted_on:
        return None
    day = recommendation.adopted_on + timedelta(days=ONE_YEAR)
    return day, recommendation.past_text_id is None or _in_time(recommendation.adopted_on, recommendation.created_at)


def open_recommendations_of(country: Country) -> list[dict[str, Any]]:
    """Fact for the Bureau note: adopted recommendations to the country that are not carried out, newest first."""
    language = reader_language()
    rows = (
        Recommendation.objects.open_ones()
        .for_country(country)
        .select_related("report", "mission", "past_text")
        .prefetch_related("adopted_texts")
    )
    return [
        {
            "number": f"{row.text_number} {row.paragraph}".strip(),
            "title": adopted_text(row, language),
            "status": FollowUpStatus(row.status).label,
            "adopted_on": row.adopted_on,
            "url": row.get_absolute_url(),
        }
        for row in rows.order_by("-adopted_on", "number")
    ]


def open_recommendation_counts(countries: Collection[int]) -> dict[int, int]:
    """Fact for the calendar of elections: how many adopted recommendations to each country are not carried out. One query."""
    return dict(Counter(Recommendation.objects.open_ones().filter(country__in=countries).values_list("country", flat=True)))


def adopted_text(recommendation: Recommendation, language: str) -> str:
    """The adopted wording in `language`, else the authentic one."""
    rows = {row.language: row for row in recommendation.adopted_texts.all()}
    if language in rows:
        return rows[language].text
    return next((row.text for row in rows.values() if row.is_authentic), "")


def missing_for_close(mission: Mission) -> list[Missing]:
    """A mission is closed when each of its adopted recommendations has a status (observation-rules S16)."""
    url = reverse("reports:recommendations", args=[mission.reference])
    assessed = FollowUp.objects.standing().values("recommendation")
    rows = Recommendation.objects.adopted().for_mission(mission).exclude(pk__in=assessed).order_by("number")
    return [Missing("not_assessed", _("%(label)s was never assessed.") % {"label": row.label}, url) for row in rows]
