"""Interlocutors and partners of missions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.models import folded
from core.enums import Access, Language
from core.models import Record
from missions.enums import OrganisationKind, PartnerStatus
from missions.models.country import Country


class OrganisationQuerySet(models.QuerySet):
    """Questions about organisations."""

    def active(self) -> OrganisationQuerySet:
        """Not merged away and not put out of use."""
        return self.filter(is_active=True)

    def named(self, words: str) -> OrganisationQuerySet:
        """Those whose names contain every one of the words, in any case, any script, without accents."""
        found = self
        for word in folded(words).split():
            found = found.filter(search__contains=word)
        return found


class Organisation(Record):
    """A public authority, association, party, NGO, newspaper or partner that a mission meets."""

    name = models.CharField(max_length=200)
    other_name = models.CharField(max_length=200, blank=True, help_text="The name in another script or language, to find it by.")
    kind = models.CharField(max_length=30, choices=OrganisationKind.choices)
    country = models.ForeignKey(Country, null=True, blank=True, on_delete=models.PROTECT, related_name="organisations")
    partner_status = models.CharField(max_length=20, choices=PartnerStatus.choices, default=PartnerStatus.NONE)
    status_from = models.DateField(null=True, blank=True)
    status_to = models.DateField(null=True, blank=True)
    languages = models.JSONField(default=list, blank=True)
    website = models.URLField(blank=True)
    note = models.TextField(blank=True)
    note_access = models.CharField(max_length=20, choices=Access.choices, default=Access.SECRETARIAT)
    is_active = models.BooleanField(default=True)
    search = models.CharField(max_length=420, editable=False, db_index=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status_from__isnull=True) | Q(status_to__isnull=True) | Q(status_to__gte=F("status_from")),
                name="missions_partner_status_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search words in step with the names."""
        self.search = folded(f"{self.name} {self.other_name}")
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search"}
        super().save(*args, **kwargs)

    def has_status(self, day: date) -> bool:
        """Whether the partner status holds on `day`."""
        if self.partner_status == PartnerStatus.NONE:
            return False
        return (self.status_from is None or self.status_from <= day) and (self.status_to is None or day <= self.status_to)


class Contact(Record):
    """A person who speaks for an organisation. Private: never printed in what leaves the mission."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200)
    function = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.EN)
    is_primary = models.BooleanField(default=False)

    class Meta:
        ordering = ["-is_primary", "name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation"], condition=Q(is_primary=True), name="missions_one_primary_contact"),
        ]

    def __str__(self) -> str:
        return self.name
