"""The register of requests: register, merge, split, withdraw."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, time
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.services.links import revoke_links_of
from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions.enums import AuthorityType, ElectionKind, MissionState, OrganisationKind, RequestState
from missions.models import Contact, Election, Mission, Organisation, Request
from missions.services.deadlines import Change
from missions.services.intake import PURPOSE, TEXTS, check_complete, clean_polling, confirm_withdrawal, tell_coordinators
from missions.services.lifecycle import move_mission
from missions.services.missions import create_election, create_mission
from missions.services.organisations import known_as
from missions.services.polling import add_round

KIND_OF_AUTHORITY = {
    AuthorityType.ELECTION_COMMISSION: OrganisationKind.ELECTION_COMMISSION,
    AuthorityType.FOREIGN_MINISTER: OrganisationKind.MINISTRY,
    AuthorityType.LOCAL_GOVERNMENT_MINISTER: OrganisationKind.MINISTRY,
    AuthorityType.INTERIOR_MINISTER: OrganisationKind.MINISTRY,
}

# What a request may take over from one that is merged into it.
TAKEABLE = (*TEXTS, "polling", "letter")


@transaction.atomic
def register_request(
    request: Request, *, by: Actor, election: Election | None = None, authority: Organisation | None = None
) -> tuple[Request, Mission]:
    """Enter a received request in the register and open its mission in `invited`. Asked twice, it answers as the first time.

    election: an election that is known already (its watched mission is taken over); without one it is made from what the
    authority wrote. authority: the organisation; without one it is found by its name or made. Raises NotNow where the
    same authority's request for the same election is registered already.
    """
    request = Request.objects.select_for_update(of=("self",)).select_related("country").get(pk=request.pk)
    authorize(by, "missions.register_request", request)
    if request.state == RequestState.REGISTERED:
        return request, mission_for(request)
    if request.state != RequestState.RECEIVED:
        sentence = _("Only a received request can be registered; this one is “%(state)s”.")
        raise NotNow(sentence % {"state": request.get_state_display()}, code="wrong_state")
    check_complete(request)
    if election is not None and election.country_id != request.country_id:
        raise Invalid(_("The election is in another country than the request."), attr="election")
    request.election = election or _make_election(request, by=by)
    request.authority = authority or _find_authority(request, by=by)
    request.state, request.registered_at = RequestState.REGISTERED, clock.now()
    try:
        with transaction.atomic():
            request.save_changes("election", "authority", "state", "registered_at")
    except IntegrityError:
        sentence = _("A request of “%(authority)s” for this election is registered already: merge the two.")
        raise NotNow(sentence % {"authority": request.authority}, code="registered_twice") from None
    if election is not None:
        _fill_hours(request, election, by=by)
    audit.record(by, "missions.request_registered", request)
    return request, _open_mission(request, request.election, by=by)


def mission_for(request: Request) -> Mission:
    """The mission that answers a registered request: its own, or that of another authority's request for the same election.

    Raises NotNow for a request that has none yet.
    """
    found = _mission_of(request)
    if found is None:
        raise NotNow(_("Register the request first."), code="not_registered")
    return found


def similar_requests(request: Request) -> QuerySet[Request]:
    """Other open requests that may be about the same election: same country, and the same election or a polling day in common.

    Parts of one letter are known to be about different elections.
    """
    same = Q(pk__in=[])
    if request.election_id:
        same |= Q(election=request.election_id)
    for row in request.polling:
        same |= Q(polling__icontains=row["day"]) | Q(election__polling_days__day=date.fromisoformat(row["day"]))
    found = Request.objects.filter(state__in=[RequestState.RECEIVED, RequestState.REGISTERED], country=request.country_id).filter(same)
    found = found.exclude(pk=request.pk)
    if request.split_from_id:
        found = found.exclude(pk=request.split_from_id).exclude(split_from=request.split_from_id)
    return found.select_related("country", "election", "authority").distinct()


def likely_election(request: Request) -> Election | None:
    """The election of the country that has one of the request's polling days: most likely the one it is about.

    Of several the one with most of its days; a watched one and the first request's are found, so that nobody enters them twice.
    """
    days = [date.fromisoformat(row["day"]) for row in request.polling]
    rows = Election.objects.filter(country=request.country_id, polling_days__day__in=days)
    return rows.annotate(shared=Count("polling_days")).order_by("-shared", "created_at").first()


@transaction.atomic
def merge_request(request: Request, *, by: Actor, into: Request, reason: str, take: Collection[str] = ()) -> Request:
    """Close a request in favour of another about the same election; both stay readable. Twice is once.

    take: names of fields (of `TAKEABLE`) that the other one takes over from this one.
    """
    locked = {row.pk: row for row in Request.objects.select_for_update().filter(pk__in=[request.pk, into.pk]).order_by("pk")}
    request, into = locked[request.pk], locked[into.pk]
    authorize(by, "missions.register_request", request)
    if request.state == RequestState.MERGED and request.merged_into_id == into.pk:
        return request
    if request.pk == into.pk or into.state not in {RequestState.RECEIVED, RequestState.REGISTERED}:
        raise Invalid(_("Choose another request that is received or registered."), attr="into")
    if request.country_id != into.country_id:
        raise Invalid(_("The two requests are about different countries."), attr="into")
    if request.state not in {RequestState.RECEIVED, RequestState.REGISTERED} or Mission.objects.filter(request=request).exists():
        raise NotNow(_("This request has a mission of its own or is closed: merge the other one into it."), code="wrong_state")
    _close(request, RequestState.MERGED, reason, by=by)
    request.merged_into = into
    request.save_changes("merged_into")
    _take_over(request, into, sorted(take), by=by)
    audit.record(by, "missions.request_merged", request, data={"into": str(into.uuid)})
    return request


def _take_over(request: Request, into: Request, names: list[str], *, by: Actor) -> None:
    if set(names) - set(TAKEABLE):
        raise Invalid(_("This cannot be taken over from another request."), attr="take")
    if not names:
        return
    if hasattr(into, "decision"):
        raise NotNow(_("The Bureau has decided on this request: it can no longer be changed here."), code="request_decided")
    for name in names:
        setattr(into, name, getattr(request, name))
    check_complete(into)
    into.save_changes(*names)
    audit.record(by, "missions.request_saved", into, fields=names, data={"from": str(request.uuid)})


@transaction.atomic
def split_request(request: Request, *, by: Actor, parts: Sequence[dict[str, Any]], reason: str) -> list[Request]:
    """Make one request per election out of one that covers several; letter and contact are the same in each.

    parts: at least two of `{election_kind, election_title, area, polling}`. Each polling day of the request is in some part.
    """
    request = Request.objects.select_for_update().get(pk=request.pk)
    authorize(by, "missions.register_request", request)
    if request.state == RequestState.SPLIT:
        return list(request.split_requests.order_by("pk"))
    if request.state != RequestState.RECEIVED:
        raise NotNow(_("Only a received request that is not yet registered can be split."), code="wrong_state")
    if len(parts) < 2:
        raise Invalid(_("A request is split into at least two."), attr="parts")
    shared = (
        "country", "authority_name", "authority_type", "office_held", "contact_name", "contact_email", "contact_phone",
        "language", "letter", "letter_on", "channel", "received_at", "received_on", "message",
    )  # fmt: skip
    rounds = [clean_polling(part.get("polling", [])) for part in parts]
    left_out = {row["day"] for row in request.polling} - {row["day"] for polling in rounds for row in polling}
    if left_out:
        days = ", ".join(sorted(left_out))
        raise Invalid(_("These polling days are in no part: %(days)s.") % {"days": days}, code="day_left_out", attr="parts")
    made = []
    for part, polling in zip(parts, rounds, strict=True):
        if not polling or part.get("election_kind") not in ElectionKind.values:
            raise Invalid(_("Each part names its kind of election and a polling day."), attr="parts")
        made.append(
            Request.objects.create(
                **{name: getattr(request, name) for name in shared},
                election_kind=part["election_kind"],
                election_title=part.get("election_title", ""),
                area=part.get("area", ""),
                polling=polling,
                state=RequestState.RECEIVED,
                split_from=request,
            )
        )
    _close(request, RequestState.SPLIT, reason, by=by)
    audit.record(by, "missions.request_split", request, data={"into": [str(row.uuid) for row in made]})
    return made


def new_polling_days(request: Request) -> list[dict[str, Any]]:
    """The polling days that a registered request names and its election does not have: those of a correction, above all."""
    if request.election is None:
        return []
    known = {row.day.isoformat() for row in request.election.polling_days.all()}
    return [row for row in request.polling if row["day"] not in known]


@transaction.atomic
def take_polling_days(request: Request, *, by: Actor, days: Collection[str], observe: bool = True) -> list[Change]:
    """Add polling days that a correction of a registered request names to its election, with their rounds and hours.

    days: ISO texts, of `new_polling_days`; what the election has already is passed over, so that twice is once. observe:
    the mission observes them too, and its deadlines follow: the changes are answered. A day that was moved rather than
    added is moved on the page of the polling days. Raises Invalid for a day that the request does not name.
    """
    request = Request.objects.select_for_update(of=("self",)).select_related("election", "country").get(pk=request.pk)
    authorize(by, "missions.register_request", request)
    mission = mission_for(request)
    named = {row["day"]: row for row in request.polling}
    foreign = sorted(set(days) - set(named))
    if foreign:
        raise Invalid(_("The request does not name this polling day: %(day)s.") % {"day": foreign[0]}, code="foreign_day", attr="days")
    if not days:
        raise Invalid(_("Choose at least one polling day."), code="polling_day_missing", attr="days")
    wanted = [row for row in new_polling_days(request) if row["day"] in days]
    changes: list[Change] = []
    for row in wanted:
        opens, closes = (time.fromisoformat(row[name]) if row.get(name) else None for name in ("opens_at", "closes_at"))
        day, number = date.fromisoformat(row["day"]), row.get("round") or 1
        _row, found = add_round(mission, by=by, day=day, round=number, opens_at=opens, closes_at=closes, observe=observe)
        changes += found
    if wanted:
        audit.record(by, "missions.polling_taken_over", request, data={"days": [row["day"] for row in wanted], "observe": observe})
    return changes


@transaction.atomic
def withdraw_request(request: Request, *, by: Actor, reason: str) -> Request:
    """The authority takes its request back; possible until the Bureau has decided. Its link is dead, the contact gets a confirmation.

    The mission, if any, is for the coordinators: they are told where the authority itself withdrew.
    """
    request = Request.objects.select_for_update().get(pk=request.pk)
    authorize(by, "missions.submit_request", request)
    if request.state == RequestState.WITHDRAWN:
        return request
    if hasattr(request, "decision"):
        raise NotNow(_("The Bureau has decided on this request: write to the secretariat."), code="request_decided")
    if request.state not in {RequestState.DRAFT, RequestState.RECEIVED, RequestState.REGISTERED}:
        raise NotNow(_("This request is closed: “%(state)s”.") % {"state": request.get_state_display()}, code="request_closed")
    was_draft = request.state == RequestState.DRAFT
    _close(request, RequestState.WITHDRAWN, reason, by=by)
    audit.record(by, "missions.request_withdrawn", request)
    confirm_withdrawal(request)
    if by.kind == "link" and not was_draft:
        tell_coordinators(request, "request_taken_back")
    return request


def _mission_of(request: Request) -> Mission | None:
    own = Mission.objects.filter(request=request).first()
    return own or Mission.objects.filter(election=request.election).order_by("created_at").first()


def _close(request: Request, state: str, reason: str, *, by: Actor) -> None:
    if not reason.strip():
        raise Invalid(_("Say why."), code="reason_missing", attr="reason")
    request.state, request.ended_reason = state, reason.strip()
    request.save_changes("state", "ended_reason")
    revoke_links_of(request, by=by, purpose=PURPOSE)


def _open_mission(request: Request, election: Election, *, by: Actor) -> Mission:
    """The mission for a request that was just registered: the watched one, one that is there already, or a new one."""
    watched = Mission.objects.filter(election=election, request=None, state=MissionState.WATCH).first()
    mission = watched or _mission_of(request)
    if mission is None:
        mission = create_mission(by=by, election=election, request=request)
    elif watched:
        mission.request = request
        mission.save_changes("request")
    if mission.state == MissionState.WATCH:
        mission = move_mission(mission, "invite", by=by)
    return mission


def _make_election(request: Request, *, by: Actor) -> Election:
    title = request.election_title or str(ElectionKind(request.election_kind).label)
    names = {f"title_{request.language}": title, "title_en": title}
    return create_election(by=by, country=request.country, kind=request.election_kind, area=request.area, polling=request.polling, **names)


def _fill_hours(request: Request, election: Election, *, by: Actor) -> None:
    """Give polling days of a watched election the hours that the request tells, where none were known."""
    told = {row["day"]: row for row in request.polling if row.get("opens_at") and row.get("closes_at")}
    changed = False
    for day in election.polling_days.filter(day__in=list(told), opens_at=None, closes_at=None):
        row = told[day.day.isoformat()]
        day.opens_at, day.closes_at = time.fromisoformat(row["opens_at"]), time.fromisoformat(row["closes_at"])
        day.save_changes("opens_at", "closes_at")
        changed = True
    if changed:
        audit.record(by, "missions.polling_day_changed", election, fields=["opens_at", "closes_at"])


def _find_authority(request: Request, *, by: Actor) -> Organisation:
    known = known_as(request.authority_name, request.country)
    if known:
        return known
    kind = KIND_OF_AUTHORITY.get(AuthorityType(request.authority_type or AuthorityType.OTHER), OrganisationKind.AUTHORITY)
    made = Organisation.objects.create(name=request.authority_name.strip(), kind=kind, country=request.country)
    audit.record(by, "missions.organisation_created", made)
    if request.contact_name.strip() or request.contact_email:
        Contact.objects.create(
            organisation=made,
            name=request.contact_name.strip() or request.contact_email,
            email=request.contact_email,
            phone=request.contact_phone,
            language=request.language,
            is_primary=True,
        )
    return made
