"""Countries: our own table of the 46 member states, the others by their usual names."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import get_language

from core.languages import base


def localised(row: Any, field: str, language: str = "") -> str:
    """The value of `<field>_<language>` of `row`, in English where that language has none."""
    code = base(language or get_language() or "en")
    return getattr(row, f"{field}_{code}", "") or getattr(row, f"{field}_en")


class CountryQuerySet(models.QuerySet):
    """Questions about countries."""

    def members(self) -> CountryQuerySet:
        """Member states of the Council of Europe."""
        return self.filter(is_member=True)

    def by_name(self, language: str = "") -> CountryQuerySet:
        """In the order of their names in `language`."""
        code = base(language or get_language() or "en")
        return self.order_by(f"name_{code}" if code in {"en", "fr", "de"} else "name_en")


class Country(models.Model):
    """A country by its ISO 3166 code (XK: Kosovo, status-neutral). Fixed reference data, loaded by `load_reference`."""

    code = models.CharField(max_length=2, unique=True)
    name_en = models.CharField(max_length=100)
    name_fr = models.CharField(max_length=100)
    name_de = models.CharField(max_length=100)
    is_member = models.BooleanField(default=False)
    is_eu_member = models.BooleanField(default=False)
    seats = models.PositiveSmallIntegerField(default=0, help_text="Representatives; the same number of substitutes (Charter 2.3).")
    languages = models.JSONField(default=list, blank=True)
    zone = models.CharField(max_length=64, default="UTC")
    zones = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects = CountryQuerySet.as_manager()

    class Meta:
        ordering = ["name_en"]
        verbose_name_plural = "countries"

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return localised(self, "name")
