"""Nominations: the political groups put members forward, by a secure link for their secretary or through the coordinator (S4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.services.links import issue_link, revoke_links_of
from core import audit, clock
from core.actors import SYSTEM, Actor
from core.errors import Invalid, NotAllowed, NotNow
from core.outbox import queue_mail
from core.rights import authorize
from missions.enums import BEFORE_ELECTION_DAY
from missions.models import Assignment, Mission
from missions.models.country import localised
from observers.composition.candidates import Candidate
from observers.models import Interest, Nomination, NominationRequest, PoliticalGroup
from observers.services.assignments import check_answer_by, say_in
from observers.services.calls import keep_interest
from observers.services.candidates import candidates_for
from observers.services.eligibility import mission_days

audit.register_code("observers.nominations_requested", gettext_lazy("Asked a political group to nominate."))
audit.register_code("observers.nominated", gettext_lazy("Nominated somebody for the mission."))
audit.register_code("observers.nomination_withdrawn", gettext_lazy("Took a nomination back."))

PURPOSE = "nomination.enter"
ACCEPT_PURPOSE = "nomination.accept"


@transaction.atomic
def request_nominations(
    mission: Mission, group: PoliticalGroup, *, by: Actor, name: str, address: str, answer_by: date, language: str = "en"
) -> NominationRequest:
    """Ask a group's secretary to nominate, by mail with a secure link; an earlier link of the group stops working.

    Raises Invalid for a day to answer by that has passed or comes after the mission has begun, or an empty address.
    """
    authorize(by, "observers.nominate", mission)
    first, _last = mission_days(mission)
    check_answer_by(answer_by, clock.today(), first)
    if not address.strip():
        raise Invalid(_("The secretary of the group needs an e-mail address."), code="address_missing", attr="address")
    for earlier in mission.nomination_requests.filter(group=group):
        revoke_links_of(earlier, by=by, purpose=PURPOSE)
    row = NominationRequest.objects.create(
        mission=mission,
        group=group,
        name=name.strip(),
        address=address.strip(),
        language=language,
        answer_by=answer_by,
        sent_at=clock.now(),
    )
    expires_at = clock.real_now() + timedelta(days=(answer_by - clock.today()).days + 1)
    link, url = issue_link(
        by=by, purpose=PURPOSE, subject=row, expires_at=expires_at, language=language, name=row.name, address=row.address
    )
    context = {
        "url": url,
        "reference": mission.reference,
        "title": localised(mission, "title", language),
        "group": group.name_in(language),
        "first": say_in(language, first),
        "answer_by": say_in(language, answer_by),
    }
    queue_mail(
        key=f"observers.nominations:{link.uuid}",
        address=row.address,
        name=row.name,
        language=language,
        template="observers/mail/nominations",
        context=context,
        mission=mission,
    )
    audit.record(by, "observers.nominations_requested", mission, data={"group": group.code})
    return row


@transaction.atomic
def nominate(
    mission: Mission, person: Person, group: PoliticalGroup, *, by: Actor, note: str = "", request: NominationRequest | None = None
) -> Nomination:
    """Put somebody forward. A secretary does it by `request`, the letter whose link they hold.

    Nominated twice, nominated once. Raises Invalid for somebody of another group, or who may not go, with rule and date;
    NotNow for a secretary after the day to answer by.
    """
    _authorise(mission, by, request)
    if request is not None and request.group_id != group.pk:
        raise Invalid(_("This link is for the nominations of another group."), code="other_group", attr="group")
    candidate = next(iter(candidates_for(mission, only=[person.pk])), None)
    if candidate is None or candidate.group != group.code:
        words = {"name": person.name, "group": group.abbreviation}
        raise Invalid(_("%(name)s does not belong to %(group)s on the days of the mission.") % words, code="other_group", attr="person")
    if candidate.refused:
        words = {"name": person.name, "reasons": " ".join(candidate.refused.values())}
        raise Invalid(_("%(name)s cannot take part: %(reasons)s") % words, code="not_eligible", attr="person")
    values = {"group": group, "note": note.strip(), "nominated_by": str(by)}
    row, created = Nomination.objects.get_or_create(mission=mission, person=person, withdrawn_at=None, defaults=values)
    if created:
        audit.record(by, "observers.nominated", row, data={"group": group.code})
    elif note.strip() and row.note != note.strip():
        row.note = note.strip()
        row.save_changes("note")
    return row


@transaction.atomic
def withdraw_nomination(nomination: Nomination, *, by: Actor, request: NominationRequest | None = None) -> Nomination:
    """Take a nomination back; a secretary only those of the own group. Twice is once."""
    _authorise(nomination.mission, by, request)
    if request is not None and nomination.group_id != request.group_id:
        raise Invalid(_("This nomination belongs to another group."), code="other_group", attr="person")
    if Nomination.objects.filter(pk=nomination.pk, withdrawn_at=None).update(withdrawn_at=clock.now(), updated_at=clock.now()):
        audit.record(by, "observers.nomination_withdrawn", nomination, data={"group": nomination.group.code})
    nomination.refresh_from_db()
    return nomination


@transaction.atomic
def set_nominations(request: NominationRequest, *, by: Actor, persons: Collection[str]) -> int:
    """A secretary's whole list at once: who is on it is nominated, who is unticked is taken back. Returns how many are on it.

    persons: uuids. Raises Invalid for somebody who is not among those who may be nominated; nothing is kept then.
    """
    _authorise(request.mission, by, request)
    wanted = {str(uuid) for uuid in persons}
    allowed = {c.uuid for c in may_be_nominated(request.mission, request.group)}
    if wanted - allowed:
        raise Invalid(_("Only members of the group who may go can be nominated: choose from the list."), code="not_on_list", attr="person")
    present = {str(row.person.uuid): row for row in nominations_of(request.mission).filter(group=request.group)}
    for uuid in sorted((set(present) & allowed) - wanted):
        withdraw_nomination(present[uuid], by=by, request=request)
    for person in Person.objects.filter(uuid__in=wanted - set(present)):
        row = Nomination.objects.create(mission=request.mission, person=person, group=request.group, nominated_by=str(by))
        audit.record(by, "observers.nominated", row, data={"group": request.group.code})
    return len(wanted)


@transaction.atomic
def answer_nomination(nomination: Nomination, *, by: Actor, answer: str, note: str = "") -> Interest:
    """The nominated person accepts, on conditions, or not; the newest answer counts, whichever door it came by.

    Raises Invalid for conditions that are not named, NotNow for a nomination that was taken back or once the mission has begun.
    """
    authorize(by, "observers.answer_nomination", nomination)
    if nomination.withdrawn_at is not None:
        raise NotNow(_("This nomination was taken back."), code="nomination_withdrawn")
    if clock.today() >= mission_days(nomination.mission)[0]:
        raise NotNow(_("The mission has begun: write to the secretariat."), code="mission_begun")
    return keep_interest(nomination.mission, nomination.person, by=by, answer=answer, note=note, is_late=False)


def unanswered_nominations() -> QuerySet[Nomination]:
    """Nominations that stand, of missions that have not begun, whose person neither answered nor is asked into the delegation."""
    of_same = {"mission": OuterRef("mission"), "person": OuterRef("person")}
    rows = Nomination.objects.filter(
        withdrawn_at__isnull=True, mission__state__in=BEFORE_ELECTION_DAY, mission__first_day__gt=clock.today()
    )
    rows = rows.exclude(person__email="").exclude(Exists(Interest.objects.filter(**of_same)))
    return rows.exclude(Exists(Assignment.objects.filter(**of_same))).select_related("mission__election", "person", "group")


def link_to_accept(nomination: Nomination) -> str:
    """A fresh address by which the nominated person answers; good until the mission begins."""
    first, person = mission_days(nomination.mission)[0], nomination.person
    expires_at = clock.real_now() + timedelta(days=max(1, (first - clock.today()).days))
    values = {"language": person.language, "name": person.name, "address": person.email}
    return issue_link(by=SYSTEM, purpose=ACCEPT_PURPOSE, subject=nomination, expires_at=expires_at, **values)[1]


def nominations_of(mission: Mission) -> QuerySet[Nomination]:
    """The nominations that stand, by group."""
    return Nomination.objects.filter(mission=mission, withdrawn_at__isnull=True).select_related("person", "group", "mission")


def may_be_nominated(mission: Mission, group: PoliticalGroup) -> list[Candidate]:
    """Members of the group who may go on every day and did not say that they are not available."""
    return [c for c in candidates_for(mission) if c.group == group.code and not c.refused and c.answer != "no"]


def _authorise(mission: Mission, by: Actor, request: NominationRequest | None) -> None:
    if by.kind != "link":
        authorize(by, "observers.nominate", mission)
        return
    if request is None or request.mission_id != mission.pk:  # a link says for which group of which mission it was sent
        raise NotAllowed(_("You may not do this here: it belongs to another role."), code="not_allowed")
    authorize(by, "observers.nominate", request)
    if clock.today() > request.answer_by:
        words = {"day": say_in(request.language, request.answer_by)}
        raise NotNow(_("Nominations were open until %(day)s: write to the secretariat.") % words, code="nominations_over")
