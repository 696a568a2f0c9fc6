"""Memberships and mandates: appoint, change, end, extend, lose. Every write with a meaning is here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from core import audit, clock
from core.actors import Actor
from core.errors import Invalid, NotNow
from core.rights import authorize
from missions.models import Country
from observers.enums import Credential, EndReason, MemberList
from observers.membership.dates import say
from observers.membership.terms import CREDENTIAL_MOVES, charter_on, early_end, judge_extension, next_renewal
from observers.models import Mandate, Membership, ObserverProfile, PoliticalGroup, RenewalSession
from observers.services.standing import load_calendar

audit.register_code("observers.member_appointed", gettext_lazy("Recorded a membership."))
audit.register_code("observers.membership_changed", gettext_lazy("Continued a membership with another group, chamber or seat."))
audit.register_code("observers.membership_ended", gettext_lazy("Ended a membership."))
audit.register_code("observers.membership_extended", gettext_lazy("Prolonged a term before the renewal session."))
audit.register_code("observers.credential_moved", gettext_lazy("Changed the state of credentials."))
audit.register_code("observers.mandate_recorded", gettext_lazy("Recorded a mandate."))
audit.register_code("observers.renewal_set", gettext_lazy("Entered the opening of a renewal session."))
audit.register_code("observers.mandate_lost", gettext_lazy("Recorded the loss of a mandate."))


@transaction.atomic
def appoint_member(
    *,
    by: Actor,
    person: Person,
    country: Country,
    chamber: str,
    starts_on: date,
    member_list: str = MemberList.REPRESENTATIVE,
    seat: int | None = None,
    group: PoliticalGroup | None = None,
    credential: str = Credential.NOTIFIED,
    ends_on: date | None = None,
    end_reason: str = "",
) -> Membership:
    """Record a membership. The seat must be free: one person ends it on the day the next begins at the latest (R10).

    Raises Invalid where the seat is taken, or the person already sits somewhere on these days.
    """
    authorize(by, "observers.change_membership")
    list(Country.objects.select_for_update().filter(pk=country.pk))  # one appointment per state at a time: the seat's lock
    if ends_on is not None and ends_on < starts_on:
        raise Invalid(_("The end lies before the beginning."), attr="ends_on")
    _refuse_overlap(person, country, member_list, seat, starts_on, ends_on)
    row = Membership.objects.create(
        person=person,
        country=country,
        member_list=member_list,
        seat=seat,
        chamber=chamber,
        group=group,
        starts_on=starts_on,
        ends_on=ends_on,
        end_reason=end_reason,
        credential=credential,
    )
    audit.record(by, "observers.member_appointed", row, data={"country": country.code, "list": member_list, "seat": seat})
    return row


@transaction.atomic
def change_membership(membership: Membership, *, by: Actor, from_on: date, **changes: Any) -> Membership:
    """Continue a membership with another group, chamber, list or seat from a day: the old row ends the day before.

    Returns the new row, or the same one where nothing differs.
    """
    authorize(by, "observers.change_membership")
    changed = sorted(name for name, value in changes.items() if getattr(membership, name) != value)
    if not changed:
        return membership
    if from_on <= membership.starts_on or (membership.ends_on and from_on > membership.ends_on):
        raise Invalid(_("The change must lie inside the membership, after its first day."), attr="from_on")
    values = {
        name: getattr(membership, name)
        for name in ("person", "country", "chamber", "member_list", "seat", "group", "credential", "ends_on", "end_reason")
    }
    membership.ends_on, membership.end_reason = from_on - timedelta(days=1), EndReason.CHANGED
    membership.save_changes("ends_on", "end_reason")
    values.update(changes)
    _refuse_overlap(values["person"], values["country"], values["member_list"], values["seat"], from_on, values["ends_on"])
    row = Membership.objects.create(starts_on=from_on, **values)
    audit.record(by, "observers.membership_changed", row, fields=changed)
    return row


@transaction.atomic
def end_membership(membership: Membership, *, by: Actor, event: str, event_on: date) -> Membership:
    """End a membership early (R9): `event` is death, resignation, or replaced by a successor (R10). Raises Invalid for another ground."""
    authorize(by, "observers.change_membership")
    if event != EndReason.REPLACED:
        answer = early_end(event=event, event_on=event_on)
        if not answer.is_ok:
            raise Invalid(answer.sentence, code="R9", attr="event")
    if event_on < membership.starts_on:
        raise Invalid(_("The end lies before the beginning."), attr="event_on")
    membership.ends_on, membership.end_reason = event_on, event
    membership.save_changes("ends_on", "end_reason")
    audit.record(by, "observers.membership_ended", membership, fields=["ends_on"], data={"event": event})
    return membership


@transaction.atomic
def extend_term(membership: Membership, *, by: Actor, election_on: date, until: date, decided_by: str) -> Membership:
    """Prolong a term over the renewal session (R12). Raises Invalid with the window or the latest day where it may not be."""
    authorize(by, "observers.change_membership")
    calendar = load_calendar()
    renewal = next_renewal(calendar.renewals, membership.starts_on)
    if renewal is None:
        raise NotNow(_("No later renewal session is in the calendar."), code="R12")
    answer = judge_extension(election_on=election_on, renewal=renewal, charter=charter_on(calendar.charters, renewal))
    if not answer.is_ok:
        raise Invalid(answer.sentence, code="R12", attr="election_on")
    if until > answer.dates["ends_on"]:
        raise Invalid(
            _("The term may be prolonged until %(end)s at most (R12).") % {"end": say(answer.dates["ends_on"])}, code="R12", attr="until"
        )
    if not decided_by.strip():
        raise Invalid(_("Say who decided the extension."), attr="decided_by")
    membership.extended_until, membership.extension_election_on, membership.extension_decided_by = until, election_on, decided_by.strip()
    membership.save_changes("extended_until", "extension_election_on", "extension_decided_by")
    audit.record(by, "observers.membership_extended", membership, fields=["extended_until"], data={"until": until.isoformat()})
    return membership


@transaction.atomic
def extend_terms(
    memberships: Iterable[Membership], *, by: Actor, election_on: date, decided_by: str, until: date | None = None
) -> list[Membership]:
    """Prolong the terms of several members of one state (R12): those covered are recorded one by one, with who decided.

    Without `until` to the latest day that R12 allows. Raises Invalid where nobody is covered, or as `extend_term`; then nothing is written.
    """
    authorize(by, "observers.change_membership")
    rows = list(memberships)
    if not rows:
        raise Invalid(_("Say whom the extension covers."), code="nobody_covered", attr="covers")
    if until is None:
        calendar = load_calendar()
        renewal = next_renewal(calendar.renewals, min(row.starts_on for row in rows))
        if renewal is None:
            raise NotNow(_("No later renewal session is in the calendar."), code="R12")
        until = judge_extension(election_on=election_on, renewal=renewal, charter=charter_on(calendar.charters, renewal)).dates["ends_on"]
    return [extend_term(row, by=by, election_on=election_on, until=until, decided_by=decided_by) for row in rows]


@transaction.atomic
def move_credential(membership: Membership, target: str, *, by: Actor) -> Membership:
    """Move a member's credentials (R13). Asked twice, answered twice; raises NotNow for a step that does not follow."""
    authorize(by, "observers.change_membership")
    row = Membership.objects.select_for_update().get(pk=membership.pk)
    if row.credential != target:
        if target not in CREDENTIAL_MOVES[row.credential]:
            words = {"now": row.get_credential_display(), "target": Credential(target).label}
            raise NotNow(_("Credentials cannot go from “%(now)s” to “%(target)s”.") % words, code="R13")
        row.credential = target
        row.save_changes("credential")
        audit.record(by, "observers.credential_moved", row, fields=["credential"], data={"to": target})
    membership.credential = target
    return row


@transaction.atomic
def record_declaration(membership: Membership, *, by: Actor, declared_on: date) -> Membership:
    """Keep the day on which a delegate signed the declaration on the aims of the Council of Europe (R13.4)."""
    authorize(by, "observers.change_membership")
    if membership.declared_on != declared_on:
        if declared_on > clock.today():
            raise Invalid(_("The declaration cannot have been signed in the future."), attr="declared_on")
        membership.declared_on = declared_on
        membership.save_changes("declared_on")
        audit.record(by, "observers.credential_moved", membership, fields=["declared_on"])
    return membership


@transaction.atomic
def record_mandate(person: Person, *, by: Actor, title: str, starts_on: date, ends_on: date | None = None, **facts: Any) -> Mandate:
    """Record an office held (R1). `facts`: authority, level and the answers R1 asks for."""
    authorize(by, "observers.change_membership")
    if ends_on is not None and ends_on < starts_on:
        raise Invalid(_("The end lies before the beginning."), attr="ends_on")
    row = Mandate.objects.create(person=person, title=title.strip(), starts_on=starts_on, ends_on=ends_on, **facts)
    audit.record(by, "observers.mandate_recorded", row)
    return row


@transaction.atomic
def lose_mandate(mandate: Mandate, *, by: Actor, ends_on: date, polled_on: date | None = None) -> Mandate:
    """Record that a mandate legally ended, and the election that led to it. Membership follows by R11; nothing else is written."""
    authorize(by, "observers.change_membership")
    if ends_on < mandate.starts_on:
        raise Invalid(_("The end lies before the beginning."), attr="ends_on")
    mandate.ends_on, mandate.polled_on = ends_on, polled_on
    mandate.save_changes("ends_on", "polled_on")
    audit.record(by, "observers.mandate_lost", mandate, fields=["ends_on"])
    return mandate


def set_renewal_session(
    *, by: Actor, opens_on: date, number: int | None = None, is_expected: bool = False, note: str = ""
) -> RenewalSession:
    """Enter the opening of a renewal session, or fix an expected one (R8: an event of the calendar). Entered twice, kept once."""
    authorize(by, "observers.change_membership")
    values = {"number": number, "is_expected": is_expected, "source_mark": note or "Entered by hand"}
    row, _created = RenewalSession.objects.update_or_create(opens_on=opens_on, defaults=values)
    audit.record(by, "observers.renewal_set", None, data={"opens_on": opens_on.isoformat(), "is_expected": is_expected})
    return row


def set_profile(person: Person, *, by: Actor, missions_before: int, last_mission_on: date | None = None) -> ObserverProfile:
    """Keep how many missions a person served before Scrutin counted them (C12)."""
    authorize(by, "observers.change_membership")
    profile, _created = ObserverProfile.objects.update_or_create(
        person=person, defaults={"missions_before": missions_before, "last_mission_on": last_mission_on}
    )
    return profile


def _refuse_overlap(person: Person, country: Country, member_list: str, seat: int | None, first: date, last: date | None) -> None:
    """A seat has one holder, a person one seat. The hand-over day may be shared: a limit day counts as still inside (R8)."""
    end = last or date.max
    rows = Membership.objects.filter(starts_on__lt=end).exclude(ends_on__lte=first)
    if seat is not None:
        taken = rows.filter(country=country, member_list=member_list, seat=seat).exclude(person=person).select_related("person").first()
        if taken is not None and (taken.ends_on is not None or not _term_over(taken, first)):
            words = {"seat": seat, "name": taken.person.name, "since": say(taken.starts_on)}
            raise Invalid(
                _("Seat %(seat)s is held by %(name)s since %(since)s: end that membership first.") % words, code="seat_taken", attr="seat"
            )
    own = rows.filter(person=person).first()
    if own is not None and (own.ends_on is not None or not _term_over(own, first)):
        words = {"since": say(own.starts_on)}
        raise Invalid(_("This person is a member since %(since)s already.") % words, code="already_member", attr="person")


def _term_over(row: Membership, first: date) -> bool:
    """An open row whose term a renewal session has ended by `first` is closed here, so that the next term can begin (R8)."""
    renewal = next_renewal(load_calendar().renewals, row.starts_on)
    end = max(renewal, row.extended_until) if renewal and row.extended_until else renewal
    if end is None or end > first:
        return False
    row.ends_on, row.end_reason = end, EndReason.RENEWAL
    row.save_changes("ends_on", "end_reason")
    return True
