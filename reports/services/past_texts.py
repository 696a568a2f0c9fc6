"""Texts that the Congress adopted before Scrutin: entered from the published document, corrected, let out, taken back, removed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.actors import Actor
from core.audit import record
from core.errors import Invalid, Missing, NotNow, Stale
from core.rights import authorize
from missions.models import PastMission
from reports.models import AdoptedText, PastText, Recommendation, RecommendationRelation, Report
from reports.references import format_adopted

FIELDS = ("past_mission", "country", "year", "election", "number", "adopted_on", "title_en", "title_fr", "title_de", "document_ref", "web")
WORDS = {"election": 200, "number": 60, "title_en": 300, "title_fr": 300, "title_de": 300, "document_ref": 60, "web": 500}
"""Fields of words and how long they may be."""

FIRST_YEAR = 1994
"""The Congress was founded in 1994: nothing was adopted before."""


@transaction.atomic
def enter_text(*, by: Actor, **fields: Any) -> PastText:
    """Enter an adopted text of a mission of the history (`past_mission`), or of another one (`country`, `year`, `election`).

    It is kept at the desk until `release_text`. A text is entered once: by its number, without one by its mission.
    """
    authorize(by, "reports.write_past_text")
    row = PastText(entered_by=str(by))
    _set(row, fields)
    row.save()
    record(by, "reports.past_text_entered", row, data={"number": row.number})
    return row


@transaction.atomic
def correct_text(text: PastText, *, version: int, by: Actor, **fields: Any) -> PastText:
    """Correct what was typed wrongly; a public text is corrected by a publisher. Raises Stale where it was saved after `version`."""
    text = locked(text, by=by)
    if text.version != version:
        raise Stale(_("Somebody else changed this text meanwhile. Read it again before you save."), code="past_text_stale")
    changed = _set(text, fields)
    if not changed:
        return text
    touch(text, *changed)
    if "adopted_on" in changed:
        _move_day(text)
    if "country" in changed:
        if RecommendationRelation.objects.filter(recommendation__past_text=text).exists():
            raise NotNow(_("Recommendations of this text stand in relation to others of the country."), code="related")
        text.recommendations.update(country=text.country)
    record(by, "reports.past_text_corrected", text, fields=changed)
    return text


@transaction.atomic
def remove_text(text: PastText, *, by: Actor) -> None:
    """Take out a text with its recommendations and their assessments; a public one is taken back first."""
    text = locked(text, by=by)
    refuse_public(text)
    for row in text.recommendations.all():
        refuse_related(row, within=text)
    RecommendationRelation.objects.filter(earlier__past_text=text).delete()
    record(by, "reports.past_text_removed", text, data={"number": text.number, "recommendations": text.recommendations.count()})
    for row in text.recommendations.all():
        row.delete()
    text.delete()


@transaction.atomic
def release_text(text: PastText, *, by: Actor) -> PastText:
    """Let the public read the text and its recommendations. Raises with everything that is missing; asked twice, done once."""
    text = PastText.objects.select_for_update().get(pk=text.pk)
    authorize(by, "reports.release_past_text", text)
    if text.is_public:
        return text
    missing = missing_for_release(text)
    if missing:
        raise NotNow(_("Something is missing before the text can be let out."), code="past_text_incomplete", missing=missing)
    text.is_public, text.published_at = True, text.published_at or clock.now()
    touch(text, "is_public", "published_at")
    record(by, "reports.past_text_released", text, fields=["is_public"])
    return text


@transaction.atomic
def take_back_text(text: PastText, *, by: Actor) -> PastText:
    """The public no longer reads the text; the desk keeps everything. Asked twice, done once."""
    text = PastText.objects.select_for_update().get(pk=text.pk)
    authorize(by, "reports.release_past_text", text)
    if text.is_public:
        text.is_public = False
        touch(text, "is_public")
        record(by, "reports.past_text_taken_back", text, fields=["is_public"])
    return text


def missing_for_release(text: PastText) -> list[Missing]:
    """What stands between the text and the public."""
    if text.recommendations.exists():
        return []
    return [Missing("recommendations", _("No recommendation of it was entered."), text.get_absolute_url())]


def locked(text: PastText, *, by: Actor) -> PastText:
    """The text for a change: whoever enters texts changes one that is at the desk, a publisher one that is public."""
    text = PastText.objects.select_for_update().get(pk=text.pk)
    authorize(by, "reports.release_past_text" if text.is_public else "reports.write_past_text", text)
    return text


def touch(text: PastText, *fields: str) -> None:
    """Save `fields` and count the version: caches of the public site see that something changed."""
    text.version += 1
    text.save_changes(*fields, "version")


def refuse_public(text: PastText) -> None:
    """Raise NotNow where the public reads it."""
    if text.is_public:
        raise NotNow(_("The public reads this text: take it back before you remove something."), code="past_text_public")


def refuse_related(row: Recommendation, *, within: PastText | None = None) -> None:
    """Raise NotNow where a later recommendation repeats, widens or replaces it, other than one of `within`."""
    later = row.later_relations.select_related("recommendation")
    other = next((one.recommendation for one in later if within is None or one.recommendation.past_text_id != within.pk), None)
    if other is not None:
        sentence = _("%(label)s stands in relation to a later recommendation (%(other)s): take that back first.")
        raise NotNow(sentence % {"label": row.label, "other": f"{other.text_number} {other.label}".strip()}, code="related")


def _set(row: PastText, given: dict[str, Any]) -> list[str]:
    """Set and check; returns the names of what changed."""
    unknown = set(given) - set(FIELDS)
    if unknown:
        raise TypeError(f"A past text has no {sorted(unknown)}")
    before = {name: getattr(row, f"{name}_id" if name in {"past_mission", "country"} else name) for name in FIELDS}
    values = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
    if values.get("number"):
        values["number"] = format_adopted(values["number"], "en")
    for name, value in values.items():
        if name in WORDS and len(value or "") > WORDS[name]:
            raise Invalid(_("The text is longer than %(most)s characters.") % {"most": WORDS[name]}, code="too_long", attr=name)
        setattr(row, name, ("" if value is None else value) if name in WORDS else value)
    _from_mission(row, values)
    _check(row)
    return [name for name in FIELDS if before[name] != getattr(row, f"{name}_id" if name in {"past_mission", "country"} else name)]


def _from_mission(row: PastText, given: dict[str, Any]) -> None:
    """Country, year and election are those of the mission of the history: the one named, else the one that cites this number."""
    mission: PastMission | None = row.past_mission
    if mission is None and row.number and "past_mission" not in given:
        mission = row.past_mission = _citing(row.number)
    if mission is None:
        return
    country, year = given.get("country"), given.get("year")
    if country is not None and mission.country is not None and mission.country != country:
        raise Invalid(_("The mission was in another country: %(mission)s.") % {"mission": mission}, code="country", attr="country")
    if year is not None and year != mission.year:
        raise Invalid(_("The mission was in another year: %(mission)s.") % {"mission": mission}, code="year", attr="year")
    row.country, row.year, row.election = mission.country or row.country, mission.year, ""


def _citing(number: str) -> PastMission | None:
    """The one mission of the history whose adopted text has this number."""
    rows = PastMission.objects.filter(adopted_text__contains=number).select_related("country")
    found = [one for one in rows if number in one.adopted_text.split("; ")]
    return found[0] if len(found) == 1 else None


def _check(row: PastText) -> None:
    today = clock.today()
    if row.country_id is None:
        raise Invalid(_("Name the country, or choose the mission."), code="country_missing", attr="country")
    if row.year is None or not FIRST_YEAR <= row.year <= today.year:
        sentence = _("Give the year of the mission, from %(first)s to %(last)s.") % {"first": FIRST_YEAR, "last": today.year}
        raise Invalid(sentence, code="year", attr="year")
    if row.past_mission is None and not row.election:
        raise Invalid(_("Choose the mission, or say which election was observed."), code="election_missing", attr="election")
    if row.adopted_on is None or row.adopted_on > today or row.adopted_on.year < row.year:
        sentence = _("Give the day of adoption: not before the year of the mission (%(year)s), not after today.") % {"year": row.year}
        raise Invalid(sentence, code="adopted_on", attr="adopted_on")
    if row.web:
        try:
            URLValidator(schemes=["http", "https"])(row.web)
        except ValidationError:
            raise Invalid(_("“%(text)s” is not the address of a web site.") % {"text": row.web}, code="web", attr="web") from None
    _check_once(row)


def _check_once(row: PastText) -> None:
    others = PastText.objects.exclude(pk=row.pk)
    if not row.number:
        if row.past_mission is None:
            raise Invalid(_("Give the number, for example Recommendation 338 (2013)."), code="number_missing", attr="number")
        if others.filter(past_mission=row.past_mission, number="").exists():
            sentence = _("A text without a number is entered for this mission already: give the number.")
            raise Invalid(sentence, code="past_text_twice", attr="number")
        return
    if others.filter(number__iexact=row.number).exists():
        raise Invalid(_("%(number)s is entered already.") % {"number": row.number}, code="past_text_twice", attr="number")
    ours = Report.objects.exclude(recommendation_number="").values_list("recommendation_number", flat=True)
    if row.number in {format_adopted(number, "en") for number in ours}:
        sentence = _("%(number)s is the text of a mission in Scrutin: its recommendations stand there.") % {"number": row.number}
        raise Invalid(sentence, code="past_text_ours", attr="number")


def _move_day(text: PastText) -> None:
    """The recommendations were adopted on the text's day; no assessment may lie before it."""
    early = text.recommendations.filter(follow_ups__withdrawn_at=None, follow_ups__assessed_on__lt=text.adopted_on).first()
    if early is not None:
        sentence = _("%(label)s was assessed before that day: take the assessment back first.") % {"label": early.label}
        raise Invalid(sentence, code="adopted_on", attr="adopted_on")
    text.recommendations.update(adopted_on=text.adopted_on)
    AdoptedText.objects.filter(recommendation__past_text=text).update(adopted_on=text.adopted_on)
