"""Contacts and emergency numbers that every team has on its sheet."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from core.actors import Actor
from core.errors import Invalid
from core.rights import authorize
from missions.enums import AssignmentRole
from missions.facts import ask
from missions.models import Mission
from observers.enums import ContactKind
from observers.models import DeploymentContact, Team

audit.register_code("observers.contact_added", gettext_lazy("Added a contact for the teams."))
audit.register_code("observers.contact_removed", gettext_lazy("Removed a contact of the teams."))

PHONE = re.compile(r"[0-9+][0-9 ()/.\-]{1,38}")
CALLED = (AssignmentRole.HEAD, AssignmentRole.STAFF)
ORDER = {kind: number for number, kind in enumerate(ContactKind.values)}


@transaction.atomic
def add_contact(mission: Mission, *, by: Actor, kind: str, label: str, phone: str) -> DeploymentContact:
    """Put a number on the sheets of all teams. Put on twice, on once. Raises Invalid for what is no telephone number."""
    authorize(by, "observers.change_deployment", mission)
    label, phone = label.strip(), phone.strip()
    if kind not in ContactKind.values:
        raise Invalid(_("There is no such kind of contact."), attr="kind")
    if not label:
        raise Invalid(_("Say whose number it is."), code="label_missing", attr="label")
    if not PHONE.fullmatch(phone):
        raise Invalid(_("Write the telephone number in digits, like +359 2 123 45 67."), code="phone", attr="phone")
    known = mission.deployment_contacts.filter(label=label, phone=phone).first()
    if known is not None:
        return known
    row = DeploymentContact.objects.create(mission=mission, kind=kind, label=label, phone=phone)
    audit.record(by, "observers.contact_added", mission, data={"kind": kind, "contact": str(row.uuid)})
    return row


@transaction.atomic
def remove_contact(contact: DeploymentContact, *, by: Actor) -> None:
    """Take a number off the sheets."""
    authorize(by, "observers.change_deployment", contact.mission)
    audit.record(by, "observers.contact_removed", contact.mission, data={"kind": contact.kind, "contact": str(contact.uuid)})
    contact.delete()


def numbers_for(mission: Mission) -> list[dict[str, Any]]:
    """What a sheet prints: the emergency number of the phones, the mission's contacts, then head and staff with their telephone.

    `[{kind, label, phone, uuid}]`; `uuid` where the row can be taken off by hand.
    """
    found: list[dict[str, Any]] = []
    emergency = ask("emergency_number", mission, default="")
    if emergency:
        found.append({"kind": ContactKind.EMERGENCY.value, "label": _("Emergency number"), "phone": emergency, "uuid": None})
    for row in sorted(mission.deployment_contacts.all(), key=lambda row: (ORDER[row.kind], row.label)):
        found.append({"kind": row.kind, "label": row.label, "phone": row.phone, "uuid": row.uuid})
    people = mission.assignments.confirmed().filter(role__in=CALLED).exclude(person__phone="").select_related("person")
    for row in sorted(people, key=lambda row: (CALLED.index(AssignmentRole(row.role)), row.person.name)):
        label = f"{row.person.name} ({row.get_role_display()})"
        found.append({"kind": ContactKind.SECRETARIAT.value, "label": label, "phone": row.person.phone, "uuid": None})
    return found


def members_with_phones(team: Team) -> list[dict[str, str]]:
    """Who rides now, with the telephone. Teams must be loaded `with_plan()`."""
    return [{"name": row.assignment.person.name, "role": row.role, "phone": row.assignment.person.phone} for row in team.present]
