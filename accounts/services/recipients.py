"""People as readers of reminders."""

from __future__ import annotations

from accounts.enums import GlobalRole
from accounts.models import Person, User
from core.reminders import Recipient


def recipient_of(person: Person) -> Recipient:
    """Somebody under their own address, in their language and zone."""
    return Recipient(person.email, person.name, person.language, person.zone)


def holders_of(*roles: GlobalRole) -> list[Person]:
    """People with one of these global roles, an account that is in use and an address; each once."""
    users = User.objects.filter(is_active=True, grants__role__in=roles).select_related("person")
    return list({user.person.pk: user.person for user in users if user.person and user.person.email}.values())


def coordinators() -> list[Recipient]:
    """The coordinators as readers."""
    return [recipient_of(person) for person in holders_of(GlobalRole.COORDINATOR)]
