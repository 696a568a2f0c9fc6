"""People, their accounts and roles."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Gender, GlobalRole
from accounts.models import Person, RoleGrant, User, name_words
from core import audit, clock
from core.actors import Actor
from core.errors import Invalid
from core.rights import authorize

audit.register_code("accounts.person_created", gettext_lazy("Added the person."))
audit.register_code("accounts.person_changed", gettext_lazy("Changed the person’s data."))
audit.register_code("accounts.user_created", gettext_lazy("Made an account."))
audit.register_code("accounts.role_granted", gettext_lazy("Gave a role."))
audit.register_code("accounts.role_revoked", gettext_lazy("Took a role away."))

EDITABLE = ("given_name", "family_name", "other_name", "email", "phone", "language", "zone", "gender", "languages", "language_levels")


@transaction.atomic
def create_person(
    *,
    by: Actor,
    given_name: str,
    family_name: str,
    email: str = "",
    phone: str = "",
    language: str = "en",
    zone: str = clock.STRASBOURG,
    gender: str = Gender.NOT_STATED,
    languages: Collection[str] = (),
    language_levels: dict[str, str] | None = None,
    other_name: str = "",
) -> Person:
    """Add a person. Raises Invalid for a missing family name, a malformed address, or one that another person has."""
    authorize(by, "accounts.change_people")
    family_name, email = family_name.strip(), email.strip().lower()
    if not family_name:
        raise Invalid(_("The family name is missing."), attr="family_name")
    _check_address(email)
    person = Person.objects.create(
        given_name=given_name.strip(),
        family_name=family_name,
        other_name=other_name.strip(),
        email=email,
        phone=phone.strip(),
        language=language,
        zone=zone,
        gender=gender,
        languages=list(languages),
        language_levels=language_levels or {},
    )
    audit.record(by, "accounts.person_created", person)
    return person


@transaction.atomic
def change_person(person: Person, *, by: Actor, **values: Any) -> Person:
    """Change the given fields of a person; what is the same already is not written. Raises Invalid as `create_person`."""
    authorize(by, "accounts.change_people")
    unknown = set(values) - set(EDITABLE)
    if unknown:
        raise LookupError(f"These are not fields of a person that can be changed: {sorted(unknown)}.")
    changed = [name for name, value in values.items() if getattr(person, name) != value]
    if "email" in changed:
        _check_address(values["email"].strip().lower(), but=person)
    for name in changed:
        setattr(person, name, values[name])
    if changed:
        person.save_changes(*changed)
        audit.record(by, "accounts.person_changed", person, fields=changed)
    return person


def refresh_search() -> dict[str, int]:
    """Bring the search words of everybody in step with the names. Safe to run again; a loader of reference data."""
    counts = {"created": 0, "updated": 0, "unchanged": 0}
    for person in Person.objects.only("pk", "given_name", "family_name", "other_name", "search").iterator(chunk_size=1000):
        words = name_words(person.given_name, person.family_name, person.other_name)
        if words != person.search:
            Person.objects.filter(pk=person.pk).update(search=words)
        counts["unchanged" if words == person.search else "updated"] += 1
    return counts


@transaction.atomic
def ensure_user(person: Person, *, by: Actor) -> User:
    """The person's account; made without a password where there is none. Raises Invalid where the person has no address."""
    user = User.objects.filter(person=person).first()
    if user:
        return user
    if not person.email:
        sentence = _("%(name)s has no e-mail address: an account needs one.") % {"name": person.name}
        raise Invalid(sentence, code="person_without_address", attr="email")
    user = User.objects.filter(email=person.email, person=None).first()
    if user:
        user.person = person
        user.save_changes("person")
        return user
    user = User.objects.create_user(person.email, person=person, language=person.language)
    audit.record(by, "accounts.user_created", user)
    return user


@transaction.atomic
def grant_role(user: User, role: str, *, by: Actor) -> None:
    """Give a global role. Given twice, it is held once."""
    authorize(by, "accounts.change_accounts")
    _grant, created = RoleGrant.objects.get_or_create(user=user, role=GlobalRole(role), defaults={"given_by": str(by)})
    if created:
        audit.record(by, "accounts.role_granted", user, data={"role": role})
        user.__dict__.pop("roles", None)


@transaction.atomic
def revoke_role(user: User, role: str, *, by: Actor) -> None:
    """Take a global role away. The last administrator keeps theirs: Invalid."""
    authorize(by, "accounts.change_accounts")
    held = RoleGrant.objects.filter(role=GlobalRole.ADMINISTRATOR, user__is_active=True)
    if role == GlobalRole.ADMINISTRATOR and not held.exclude(user=user).exists():
        raise Invalid(_("This is the last administrator: give the role to somebody else first."), code="last_administrator")
    deleted, _rows = RoleGrant.objects.filter(user=user, role=role).delete()
    if deleted:
        audit.record(by, "accounts.role_revoked", user, data={"role": role})
        user.__dict__.pop("roles", None)


def _check_address(email: str, *, but: Person | None = None) -> None:
    if not email:
        return
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(_("“%(email)s” is not an e-mail address.") % {"email": email}, attr="email") from error
    others = Person.objects.filter(email__iexact=email)
    if (others.exclude(pk=but.pk) if but else others).exists():
        sentence = _("The address “%(email)s” belongs to another person already.") % {"email": email}
        raise Invalid(sentence, code="address_taken", attr="email")
