"""Devices: a one-time code enrols one phone for one person; its token ends 30 days after the mission, or when revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from knox.crypto import hash_token
from knox.models import get_token_model

from accounts.models import Person
from accounts.services.people import ensure_user
from core import audit, clock
from core.actors import SYSTEM, Actor, device_actor
from core.errors import DomainError, Invalid, NotNow
from core.rights import authorize
from core.statements import first_question
from field.models import Device, EnrolmentCode, FieldSettings
from field.services.context import known_mission
from missions.models import Assignment, Mission
from observers.services.eligibility import FIELD, refuse_unless_eligible

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LETTERS = 8
CODE_MINUTES = 15
DAYS_AFTER = 30
COLLECT = "ODK Collect"
SEEN_EVERY = timedelta(seconds=60)


class NoDevice(DomainError):
    """The token is not accepted; `code` tells the phone why (docs/sync.md 2)."""

    status = 401


@dataclass(frozen=True)
class Enrolled:
    """What a phone gets once."""

    device: Device
    token: str
    mission: Mission


def seated_assignment(person: Person, mission: Mission) -> Assignment:
    """The confirmed assignment of a person. Raises NotNow where there is none."""
    assignment = Assignment.objects.filter(person=person, mission=mission).confirmed().select_related("person", "mission").first()
    if assignment is None:
        raise NotNow(_("%(name)s is not confirmed for this mission.") % {"name": person.name}, code="not_confirmed")
    return assignment


@transaction.atomic
def make_code(person: Person, mission: Mission, *, by: Actor) -> str:
    """A one-time code for a person's phone; an earlier unused code of theirs ends. Needs R14.1-4, as the enrolment itself."""
    authorize(by, "field.enrol_device", mission)
    refuse_unless_eligible(seated_assignment(person, mission), stage=FIELD)
    EnrolmentCode.objects.filter(person=person, used_at__isnull=True).update(used_at=clock.real_now())
    code = "".join(secrets.choice(ALPHABET) for _letter in range(CODE_LETTERS))
    row = EnrolmentCode.objects.create(
        code_hash=_hash(code),
        person=person,
        mission=mission,
        made_by=str(by),
        expires_at=clock.real_now() + timedelta(minutes=CODE_MINUTES),
    )
    audit.record(by, "field.code_made", row, data={"person": str(person.uuid)})
    return f"{code[:4]}-{code[4:]}"


@transaction.atomic
def enrol(
    code: str, *, name: str, platform: str = "", app_version: str = "", language: str = "en", renews: Iterable[UUID] = ()
) -> Enrolled:
    """Turn a code into a device with its token. One answer for a code that is unknown, used or over.

    `renews` names the devices that this phone has been: the one of the same person ends, so that the list shows each phone once.
    """
    clean = "".join(letter for letter in code.upper() if letter in ALPHABET)
    wrong = Invalid(_("This code is not valid (any more). Ask the coordinator for a new one."), code="enrolment_code", attr="code")
    row = EnrolmentCode.objects.filter(code_hash=_hash(clean)).select_related("person", "mission").first()
    now = clock.real_now()
    if row is None or row.used_at or row.expires_at < now:
        raise wrong
    refuse_unless_eligible(seated_assignment(row.person, row.mission), stage=FIELD)
    if EnrolmentCode.objects.filter(pk=row.pk, used_at__isnull=True).update(used_at=now) != 1:
        raise wrong
    facts = {
        "name": (name.strip() or _("Phone"))[:100],
        "platform": platform[:200],
        "app_version": app_version[:40],
        "language": language[:5],
    }
    made = _make(row.person, row.mission, **facts)
    audit.record(device_actor(made.device, user=made.device.user), "field.device_enrolled", made.device)
    for old in Device.objects.working().filter(uuid__in=list(renews), person=row.person).exclude(pk=made.device.pk):
        revoke_device(old, by=SYSTEM)
    return made


@transaction.atomic
def enrol_collect(person: Person, mission: Mission, *, by: Actor) -> Enrolled:
    """A phone with ODK Collect (or another OpenRosa client) for a person: its token is the client's password, shown once.

    Such a client cannot type a code, so the coordinator sets it up. Needs R14.1-4, as every enrolment.
    """
    authorize(by, "field.enrol_device", mission)
    refuse_unless_eligible(seated_assignment(person, mission), stage=FIELD)
    made = _make(person, mission, name=COLLECT, platform=COLLECT, language=person.language[:5])
    audit.record(by, "field.device_enrolled", made.device)
    return made


def _make(person: Person, mission: Mission, **facts: str) -> Enrolled:
    """The account, the token and the device."""
    user = ensure_user(person, by=SYSTEM)
    token_row, token = get_token_model().objects.create(user=user, expiry=None)
    device = Device.objects.create(user=user, person=person, digest=token_row.digest, expires_at=_expiry(mission), **facts)
    return Enrolled(device, token, mission)


def _expiry(mission: Mission) -> datetime | None:
    days = [row.day for row in mission.polling_days.all()]
    last = mission.last_day or (max(days) if days else None)
    if last is None:
        return None
    # Real time: a token must not live or die with the demonstration's clock, so the business distance is carried over.
    return clock.real_now() + timedelta(days=max(0, (last - clock.today(mission.zone)).days) + DAYS_AFTER)


def authenticate(token: str) -> Device:
    """The device of a token, with person and account. Raises NoDevice: unknown, revoked, to be wiped, or over."""
    device = Device.objects.with_token().select_related("user", "person").filter(digest=hash_token(token)).first() if token else None
    if device is not None:
        device.user.person = device.person  # the account's own person: no second join for it
        device.is_account_active = device.user.is_active
    return _admit(device)


def authenticate_sender(token: str, reference: str) -> tuple[Device, Mission | None]:
    """The device of a token and the mission it hands a form over to (`mission_to_submit`). Raises NoDevice as `authenticate`.

    One narrow question with its SQL ready: the OpenRosa door asks it for each form, and writing the two queries anew cost
    two fifths of its time. What is not asked for is loaded when it is looked at.
    """
    digest = hash_token(token) if token else ""
    found: Any = _admit(first_question(lambda: Device.objects.of_sender(digest, reference)) if token else None)
    return found, known_mission(UUID(str(found.mission_uuid))) if found.mission_uuid else None


def _admit(device: Any) -> Device:
    """Refuse what may not speak; note that the others were seen."""
    if device is None:
        raise NoDevice(_("This phone is not known. Ask the coordinator for a new code."), code="device_unknown")
    if device.is_wipe_asked:
        raise NoDevice(_("The coordinator asked this phone to forget the mission."), code="device_wipe")
    if device.revoked_at or not device.has_token or not device.is_account_active:
        raise NoDevice(_("This phone was signed out. Ask the coordinator for a new code."), code="device_revoked")
    now = clock.real_now()
    if device.expires_at and device.expires_at < now:
        raise NoDevice(_("The mission of this phone is over."), code="device_expired")
    if device.last_seen_at is None or now - device.last_seen_at > SEEN_EVERY:
        Device.objects.filter(pk=device.pk).update(last_seen_at=now)
        device.last_seen_at = now
    return device


def actor_of(device: Device) -> Actor:
    """The device as an actor."""
    return device_actor(device, user=device.user)


def missions_of(device: Device) -> Any:
    """Missions this phone may read: those with a seated assignment of its person."""
    return Mission.objects.filter(assignments__in=Assignment.objects.filter(person=device.person_id).seated())


def mission_to_submit(device: Device, reference: str) -> Mission | None:
    """The mission of a submission, if the person has, or had, an assignment in it.

    Whoever was withdrawn while off line still hands over what was seen: late data is kept, never dropped (DESIGN 9).
    """
    uuid = Device.objects.mission_sent_to(device, reference)
    return copy(known_mission(uuid)) if uuid else None  # one for each batch, which keeps on it what it asked once


@transaction.atomic
def revoke_device(device: Device, *, by: Actor, wipe: bool = False) -> Device:
    """End a phone's token, at once; `wipe` asks it to forget the mission at its next contact. Safe to repeat."""
    authorize(by, "field.revoke_device", device)
    get_token_model().objects.filter(digest=device.digest).delete()
    device.is_wipe_asked = device.is_wipe_asked or wipe
    if device.revoked_at is None:
        device.revoked_at, device.revoked_by = clock.real_now(), str(by)
        audit.record(by, "field.device_revoked", device, data={"wipe": wipe})
    device.save_changes("is_wipe_asked", "revoked_at", "revoked_by")
    return device


@transaction.atomic
def describe_device(device: Device, *, by: Actor, **values: str) -> Device:
    """Change name, platform, app version or language, as the phone says."""
    limits = {"name": 100, "platform": 200, "app_version": 40, "language": 5}
    changed = [field for field in limits if values.get(field)]
    for field in changed:
        setattr(device, field, str(values[field])[: limits[field]])
    if changed:
        device.save_changes(*changed)
    return device


@transaction.atomic
def rename_device(device: Device, *, by: Actor, name: str) -> Device:
    """Give a phone another name, as its person or the coordinator; it learns it at its next bootstrap. Raises Invalid without one."""
    authorize(by, "field.rename_device", device)
    name = " ".join(name.split())
    if not name:
        raise Invalid(_("Write a name by which the phone is known, such as “Blue phone of team 3”."), code="name_missing", attr="name")
    if name[:100] != device.name:
        describe_device(device, by=by, name=name)
        audit.record(by, "field.device_renamed", device, fields=["name"])
    return device


def revoke_all_of(person: Person, *, by: Actor = SYSTEM) -> int:
    """Revoke every phone of a person."""
    rows = list(Device.objects.filter(person=person).working())
    for row in rows:
        revoke_device(row, by=by)
    return len(rows)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def sign_out(device: Device) -> None:
    """The person signs a phone out: its token ends, what it sent stays."""
    revoke_device(device, by=SYSTEM)


def settings_of(mission: Mission) -> FieldSettings:
    """What phones may do in a mission; nothing stored means the defaults."""
    return FieldSettings.objects.filter(mission=mission).first() or FieldSettings(mission=mission)


def emergency_number_of(mission: Mission) -> str:
    """The number that phones offer, for the sheets of the teams (`missions.facts`)."""
    return settings_of(mission).emergency_number


@transaction.atomic
def change_settings(mission: Mission, *, by: Actor, may_photograph: bool, may_locate: bool, emergency_number: str) -> FieldSettings:
    """Allow photos or coarse position, and name the emergency number; phones learn it at their next bootstrap."""
    authorize(by, "field.enrol_device", mission)
    number = emergency_number.strip()
    if not number or not all(letter.isdigit() or letter in "+ " for letter in number):
        raise Invalid(_("Write the emergency number in digits, e.g. 112."), code="emergency_number", attr="emergency_number")
    values = {"may_photograph": may_photograph, "may_locate": may_locate, "emergency_number": number[:20]}
    row, _created = FieldSettings.objects.update_or_create(mission=mission, defaults=values | {"updated_at": clock.now()})
    audit.record(by, "field.settings_changed", mission, fields=list(values))
    return row
