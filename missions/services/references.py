"""References of missions: given once, never changed (DESIGN 5)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from missions.models import Country, ReferenceCounter


@transaction.atomic
def allocate_reference(country: Country, year: int) -> str:
    """The next reference of `country` in `year`, like `BG-2026-1`.

    The counter's row stays locked until the surrounding transaction ends: two registrations at once get two numbers,
    and a registration that fails gives its number back.
    """
    ReferenceCounter.objects.get_or_create(country=country, year=year)
    ReferenceCounter.objects.filter(country=country, year=year).update(last=F("last") + 1)
    number = ReferenceCounter.objects.values_list("last", flat=True).get(country=country, year=year)
    return f"{country.code}-{year}-{number}"
