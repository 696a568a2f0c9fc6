"""How a demonstration knows its own work again: by the address in the request that its missions answer."""

from __future__ import annotations

from missions.models import Mission, Request

DOMAIN = "election-commission.example.org"


def contact_of(slot: str) -> str:
    """The address of the authority's contact in the missions of a slot."""
    return f"{slot}@{DOMAIN}"


def earlier_missions(slot: str) -> list[Mission]:
    """Missions that answer a request of this slot."""
    return list(Mission.objects.filter(request__contact_email=contact_of(slot)).order_by("pk"))


def requests_of(slot: str) -> list[Request]:
    """Requests of this slot, also those that never came to a mission."""
    return list(Request.objects.filter(contact_email=contact_of(slot)))
