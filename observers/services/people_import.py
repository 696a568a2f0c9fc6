"""Importing a list of members: all or nothing; every row that cannot be stored is named with its column and reason.

New people are written in bulk, changes through the services of membership; both inside one transaction.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.models.people import name_words
from accounts.services.people import change_person
from core import audit
from core.actors import Actor
from core.errors import DomainError, Invalid
from core.lists.cells import RowRefused
from core.models import AuditEntry
from core.rights import authorize
from missions.models import Country
from observers.membership.dates import say
from observers.membership.terms import next_renewal
from observers.models import Mandate, Membership, ObserverProfile
from observers.services.membership import appoint_member, change_membership, record_mandate
from observers.services.people_rows import Judge, Judged
from observers.services.people_table import read_table
from observers.services.standing import load_calendar

audit.register_code("observers.people_imported", gettext_lazy("Imported a list of members."))


class _Undo(Exception):
    """Rolls the transaction back; carries nothing."""


def import_people(content: bytes, *, name: str, by: Actor, dry_run: bool = False) -> dict[str, Any]:
    """Create or change people, memberships and mandates from a list: `{created, updated, unchanged, refused: [{row, column, why}]}`.

    A person is known by address, without one by names and state. Nothing is stored where any row is refused, or on a dry run.
    Raises Invalid for a file that is no list.
    """
    authorize(by, "observers.import_people")
    rows = read_table(content, name)
    judge = Judge()
    judged: list[Judged] = []
    answer: dict[str, Any] = {"created": 0, "updated": 0, "unchanged": 0, "refused": []}
    for row in rows:
        try:
            judged.append(judge.judge(row))
        except RowRefused as refusal:
            answer["refused"].append({"row": row.number, "column": refusal.column, "why": refusal.why})
    try:
        with transaction.atomic():
            _Import(by, judged, answer).run()
            if dry_run or answer["refused"]:
                raise _Undo
            audit.record(by, "observers.people_imported", None, data={key: answer[key] for key in ("created", "updated", "unchanged")})
    except _Undo:
        pass
    answer["refused"].sort(key=lambda item: item["row"])
    return answer


class _Import:
    """One run over judged rows."""

    def __init__(self, by: Actor, rows: list[Judged], answer: dict[str, Any]) -> None:
        self.by, self.rows, self.answer = by, rows, answer
        self.renewals = load_calendar().renewals
        list(Country.objects.select_for_update().filter(pk__in={row.membership["country"].pk for row in rows}))
        self.memberships: dict[int, list[Membership]] = defaultdict(list)
        self.seats: dict[tuple[int, str, int], list[tuple[date, date, str, int]]] = defaultdict(list)
        for membership in Membership.objects.select_related("country", "group", "person"):
            self.memberships[membership.person_id].append(membership)
            self._take(
                self._seat(membership),
                membership.starts_on,
                self._end(membership.starts_on, membership.ends_on),
                membership.person.name,
                membership.person_id,
            )
        people = list(Person.objects.select_related("merged_into"))
        self.by_address = {person.email.lower(): person.merged_into or person for person in people if person.email}
        self.by_name = {
            (person.given_name, person.family_name, membership.country_id): person
            for person in people
            for membership in self.memberships.get(person.pk, [])
        }
        self.mandates: dict[int, list[Mandate]] = defaultdict(list)
        for mandate in Mandate.objects.all():
            self.mandates[mandate.person_id].append(mandate)
        self.served = dict(ObserverProfile.objects.values_list("person_id", "missions_before"))

    def run(self) -> None:
        """Write new people in bulk, then the changes one by one."""
        new: list[Judged] = []
        for row in self.rows:
            person = self._find(row)
            if person is None:
                if self._seat_is_free(row):
                    new.append(row)
                continue
            try:
                with transaction.atomic():
                    self.answer["updated" if self._change(person, row) else "unchanged"] += 1
            except DomainError as refusal:
                self.answer["refused"].append({"row": row.number, "column": refusal.attr or "", "why": str(refusal.sentence)})
        self._create(new)
        self.answer["created"] += len(new)

    def _create(self, rows: list[Judged]) -> None:
        people = [
            Person(**row.person, search=name_words(*(row.person[name] for name in ("given_name", "family_name", "other_name"))))
            for row in rows
        ]
        Person.objects.bulk_create(people, batch_size=200)
        pairs = list(zip(people, rows, strict=True))
        Membership.objects.bulk_create((Membership(person=person, **row.membership) for person, row in pairs), batch_size=200)
        Mandate.objects.bulk_create((Mandate(person=person, **row.mandate) for person, row in pairs if row.mandate), batch_size=200)
        profiles = (ObserverProfile(person=person, missions_before=row.missions) for person, row in pairs if row.missions)
        ObserverProfile.objects.bulk_create(profiles, batch_size=200)
        AuditEntry.objects.bulk_create(
            (
                AuditEntry(actor=str(self.by), action="accounts.person_created", object_type="accounts.person", object_id=str(p.uuid))
                for p in people
            ),
            batch_size=200,
        )

    def _find(self, row: Judged) -> Person | None:
        if row.person["email"]:
            return self.by_address.get(row.person["email"])
        return self.by_name.get((row.person["given_name"], row.person["family_name"], row.membership["country"].pk))

    def _change(self, person: Person, row: Judged) -> bool:
        given = {key: value for key, value in row.person.items() if value not in ("", [], {})}
        changed = any(getattr(person, key) != value for key, value in given.items())
        if changed:
            change_person(person, by=self.by, **given)
        changed |= self._change_membership(person, row.membership)
        changed |= self._change_mandate(person, row)
        if row.missions is not None and self.served.get(person.pk, 0) != row.missions:
            ObserverProfile.objects.update_or_create(person=person, defaults={"missions_before": row.missions})
            changed = True
        return changed

    def _change_membership(self, person: Person, values: dict[str, Any]) -> bool:
        rows = self.memberships.get(person.pk, [])
        current = next((m for m in rows if m.ends_on is None), None)
        if any(m.country_id == values["country"].pk and m.starts_on == values["starts_on"] and m is not current for m in rows):
            return False
        if current is None or self._is_new_term(current, values["starts_on"]):
            appoint_member(by=self.by, person=person, **values)
            return True
        changes = {
            name: values[name]
            for name in ("group", "chamber", "member_list", "seat", "credential")
            if getattr(current, name) != values[name]
        }
        if values["ends_on"] is not None:
            changes["ends_on"] = values["ends_on"]
        if current.country_id != values["country"].pk:
            appoint_member(by=self.by, person=person, **values)  # refused with the reason: the person sits for another state
        if not changes:
            return False
        if values["starts_on"] <= current.starts_on or set(changes) <= {"credential", "ends_on"}:
            for name, value in changes.items():  # the same stretch told anew: a correction, not a change
                setattr(current, name, value)
            current.save_changes(*changes)
            audit.record(self.by, "observers.membership_changed", current, fields=sorted(changes))
        else:
            change_membership(current, by=self.by, from_on=values["starts_on"], **changes)
        return True

    def _is_new_term(self, current: Membership, starts_on: date) -> bool:
        """A renewal session lies between the running membership and the one in the list (R8)."""
        renewal = next_renewal(self.renewals, current.starts_on)
        return renewal is not None and renewal <= starts_on

    def _change_mandate(self, person: Person, row: Judged) -> bool:
        if row.mandate is None:
            return False
        known = [m for m in self.mandates.get(person.pk, []) if m.title == row.mandate["title"]]
        if not known:
            record_mandate(person, by=self.by, **row.mandate)
            return True
        newest = max(known, key=lambda m: m.starts_on)
        if row.mandate["ends_on"] is None or newest.ends_on == row.mandate["ends_on"]:
            return False
        if row.mandate["ends_on"] < newest.starts_on:
            words = {"start": say(newest.starts_on)}
            raise Invalid(_("The mandate began on %(start)s: it cannot have ended before.") % words, attr="mandate_to")
        newest.ends_on = row.mandate["ends_on"]
        newest.save_changes("ends_on")
        audit.record(self.by, "observers.mandate_lost", newest, fields=["ends_on"])
        return True

    def _seat_is_free(self, row: Judged) -> bool:
        """Seats of the database and of the list so far; a taken one is refused with its holder."""
        values = row.membership
        if values["seat"] is None:
            return True
        key = (values["country"].pk, values["member_list"], values["seat"])
        first, last = values["starts_on"], self._end(values["starts_on"], values["ends_on"])
        for begins, ends, name, _person in self.seats[key]:
            if begins < last and first < ends:
                words = {"seat": values["seat"], "name": name, "since": say(begins)}
                why = _("Seat %(seat)s is held by %(name)s since %(since)s: end that membership first.") % words
                self.answer["refused"].append({"row": row.number, "column": "seat", "why": why})
                return False
        self._take(key, first, last, f"{row.person['given_name']} {row.person['family_name']}".strip(), 0)
        return True

    def _end(self, starts_on: date, ends_on: date | None) -> date:
        return ends_on or next_renewal(self.renewals, starts_on) or date.max

    def _take(self, key: tuple[int, str, int] | None, first: date, last: date, name: str, person: int) -> None:
        if key is not None:
            self.seats[key].append((first, last, name, person))

    @staticmethod
    def _seat(row: Membership) -> tuple[int, str, int] | None:
        return None if row.seat is None else (row.country_id, row.member_list, row.seat)
