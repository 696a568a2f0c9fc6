"""Opening and changing missions. Their state is the business of `missions.services.lifecycle`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core import audit, clock
from core.actors import Actor
from core.errors import Invalid
from core.rights import authorize
from missions.enums import ElectionKind, MissionFormat, VisitKind
from missions.models import Country, Election, Mission, PollingDay, Request, Visit
from missions.services.deadlines import Change, recompute_milestones
from missions.services.references import allocate_reference
from missions.services.visits import usual_days
from missions.validators import validate_zone

EDITABLE = ("title_en", "title_fr", "title_de", "zone", "first_day", "last_day")


@transaction.atomic
def create_election(
    *,
    by: Actor,
    country: Country,
    kind: str,
    title_en: str,
    title_fr: str = "",
    title_de: str = "",
    area: str = "",
    zone: str = "",
    polling: Sequence[dict[str, Any]] = (),
) -> Election:
    """Enter an election with its polling days: `[{day, round, opens_at, closes_at, is_repeat}]`, ISO texts or values."""
    authorize(by, "missions.register_request")
    zone = zone or country.zone
    _check_zone(zone)
    election = Election.objects.create(
        country=country, kind=kind, title_en=title_en, title_fr=title_fr, title_de=title_de, area=area, zone=zone
    )
    for row in polling:
        add_polling_day(election, by=by, **row)
    audit.record(by, "missions.election_created", election)
    return election


@transaction.atomic
def add_polling_day(
    election: Election,
    *,
    by: Actor,
    day: date | str,
    round: int = 1,
    opens_at: time | str | None = None,
    closes_at: time | str | None = None,
    is_repeat: bool = False,
) -> PollingDay:
    """Add a day on which votes are cast. Raises Invalid for hours out of order or a day that is there already."""
    authorize(by, "missions.register_request")
    day = date.fromisoformat(day) if isinstance(day, str) else day
    opens, closes = _wall(opens_at, "opens_at"), _wall(closes_at, "closes_at")
    check_hours(opens, closes)
    if election.polling_days.filter(day=day).exists():
        raise Invalid(_("%(day)s is already a polling day of this election.") % {"day": day}, code="polling_day_twice", attr="day")
    return PollingDay.objects.create(election=election, day=day, round=round, opens_at=opens, closes_at=closes, is_repeat=is_repeat)


@transaction.atomic
def change_polling_day(polling_day: PollingDay, *, by: Actor, day: date, opens_at: time | None, closes_at: time | None) -> list[Change]:
    """Move a polling day or its hours; the deadlines of its missions follow, but for those moved by hand."""
    authorize(by, "missions.register_request")
    check_hours(opens_at, closes_at)
    if polling_day.election.polling_days.filter(day=day).exclude(pk=polling_day.pk).exists():
        raise Invalid(_("%(day)s is already a polling day of this election.") % {"day": day}, code="polling_day_twice", attr="day")
    polling_day.day, polling_day.opens_at, polling_day.closes_at = day, opens_at, closes_at
    polling_day.save_changes("day", "opens_at", "closes_at")
    audit.record(by, "missions.polling_day_changed", polling_day.election, fields=["day", "opens_at", "closes_at"])
    changes: list[Change] = []
    for mission in polling_day.missions.all():
        changes += recompute_milestones(mission, by=by)
    return changes


@transaction.atomic
def create_mission(
    *,
    by: Actor,
    election: Election,
    format: str = MissionFormat.OBSERVATION,
    polling_days: Sequence[PollingDay] | None = None,
    request: Request | None = None,
    year: int | None = None,
) -> Mission:
    """Open the file of a mission, in `watch`, with its reference, polling days and deadlines.

    polling_days: those it observes; all of the election by default (observation-rules A9). year: of the reference;
    by default the year in which the request was registered, else this year.
    """
    authorize(by, "missions.register_request")
    days = list(election.polling_days.all()) if polling_days is None else list(polling_days)
    if any(row.election_id != election.pk for row in days):
        raise Invalid(_("A polling day belongs to another election."), code="foreign_polling_day", attr="polling_days")
    if year is None:
        year = (request.registered_at if request and request.registered_at else clock.now()).year
    first, last = default_days([row.day for row in days])
    mission = Mission.objects.create(
        reference=allocate_reference(election.country, year),
        request=request,
        country=election.country,
        election=election,
        format=format,
        zone=election.zone,
        first_day=first,
        last_day=last,
        state_since=clock.now(),
        **{f"title_{code}": _title(election, code) for code in ("en", "fr", "de")},
    )
    mission.polling_days.set(days)
    if first and last:
        Visit.objects.create(mission=mission, kind=VisitKind.MAIN, starts_on=first, ends_on=last)
    audit.record(by, "missions.created", mission)
    recompute_milestones(mission, by=by)
    return mission


@transaction.atomic
def change_mission(mission: Mission, *, by: Actor, **values: Any) -> Mission:
    """Change titles, zone or days of the mission. Raises Invalid for days out of order or an unknown zone."""
    mission = Mission.objects.select_for_update(of=("self",)).get(pk=mission.pk)
    authorize(by, "missions.change_mission", mission)
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise LookupError(f"These are not fields of a mission that can be changed: {sorted(unknown)}.")
    changed = [name for name, value in values.items() if getattr(mission, name) != value]
    for name in changed:
        setattr(mission, name, values[name])
    _check_zone(mission.zone)
    _check_days(mission.first_day, mission.last_day)
    if not mission.title_en.strip():
        raise Invalid(_("The English title is missing."), attr="title_en")
    if not changed:
        return mission
    mission.save_changes(*changed)
    if {"first_day", "last_day"} & set(changed) and mission.first_day and mission.last_day:
        mission.visits.filter(kind=VisitKind.MAIN).update(starts_on=mission.first_day, ends_on=mission.last_day)
    audit.record(by, "missions.changed", mission, fields=changed)
    return mission


@transaction.atomic
def choose_polling_days(mission: Mission, *, by: Actor, polling_days: Sequence[PollingDay]) -> list[Change]:
    """Set which polling days the mission observes (A9); its deadlines follow. Days of other elections are allowed: n to m."""
    authorize(by, "missions.change_mission", mission)
    if not polling_days:
        raise Invalid(_("Choose at least one polling day."), code="polling_day_missing", attr="polling_days")
    foreign = [row for row in polling_days if row.election.country_id != mission.country_id]
    if foreign:
        raise Invalid(_("A polling day belongs to another country."), code="foreign_polling_day", attr="polling_days")
    mission.polling_days.set(polling_days)
    audit.record(by, "missions.changed", mission, fields=["polling_days"])
    return recompute_milestones(mission, by=by)


@transaction.atomic
def plan_visit(
    mission: Mission, *, by: Actor, kind: str, starts_on: date, ends_on: date, is_online: bool = False, place: str = "", note: str = ""
) -> Visit:
    """Add a journey of the mission. Raises Invalid where it ends before it starts."""
    authorize(by, "missions.change_mission", mission)
    _check_days(starts_on, ends_on, attr="ends_on")
    visit = Visit.objects.create(
        mission=mission, kind=kind, starts_on=starts_on, ends_on=ends_on, is_online=is_online, place=place.strip(), note=note.strip()
    )
    audit.record(by, "missions.visit_planned", visit, data={"kind": kind})
    return visit


def default_days(polling: Sequence[date]) -> tuple[date | None, date | None]:
    """The default window of a mission around its first polling day."""
    if not polling:
        return None, None
    return usual_days(min(polling))


def check_hours(opens_at: time | None, closes_at: time | None) -> None:
    """Raise Invalid where the polls close before they open."""
    if opens_at and closes_at and closes_at <= opens_at:
        raise Invalid(_("The polls close before they open."), code="hours_out_of_order", attr="closes_at")


def _check_days(first: date | None, last: date | None, *, attr: str = "last_day") -> None:
    if first and last and last < first:
        raise Invalid(_("The last day lies before the first."), code="days_out_of_order", attr=attr)


def _check_zone(zone: str) -> None:
    try:
        validate_zone(zone)
    except ValidationError as error:
        raise Invalid(error.messages[0], attr="zone") from None


def _wall(value: time | str | None, attr: str) -> time | None:
    if not value:
        return None
    try:
        return time.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise Invalid(_("%(value)s is not a time of day; write it like 07:00.") % {"value": value}, attr=attr) from None


def _title(election: Election, code: str) -> str:
    title = getattr(election, f"title_{code}")
    if not title:  # nobody has translated it: its kind says more to the reader than English does
        with translation.override(code):
            title = str(ElectionKind(election.kind).label)
    area = f" ({election.area})" if election.area else ""
    return f"{title}{area}, {getattr(election.country, f'name_{code}')}"[:200]
