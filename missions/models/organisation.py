"""Interlocutors and partners of missions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import folded
from core.enums import Access, Language
from core.models import Record
from core.romanisation import loosened, romanised
from missions.enums import OrganisationKind, PartnerStatus, StatusPhase
from missions.models.country import Country

# A partner status that ends within this time is told, so that there is time to renew it.
ENDING = timedelta(days=180)


def search_words(*names: str) -> str:
    """What an organisation is found by: its names folded, in Latin letters, and as all standards of transliteration agree."""
    plain = folded(" ".join(name for name in names if name))
    return " ".join(dict.fromkeys([plain, romanised(plain), loosened(plain)]))


class OrganisationQuerySet(models.QuerySet):
    """Questions about organisations."""

    def active(self) -> OrganisationQuerySet:
        """Not merged away and not put out of use."""
        return self.filter(is_active=True)

    def named(self, words: str) -> OrganisationQuerySet:
        """Those whose names contain every one of the words, in any case, any script, without accents.

        An organisation is found by the names of those that were merged into it as well.
        """
        wanted = Q()
        for word in folded(words).split():
            wanted &= Q(search__contains=word) | Q(search__contains=loosened(word))
        if not wanted:
            return self
        merged = self.model._default_manager.filter(wanted, merged_into__isnull=False)
        return self.filter(wanted | Q(pk__in=merged.values("merged_into")))

    def with_status(self, day: date) -> OrganisationQuerySet:
        """Those whose partner status holds on `day`."""
        begun = Q(status_from__isnull=True) | Q(status_from__lte=day)
        return self.partners().filter(begun, Q(status_to__isnull=True) | Q(status_to__gte=day))

    def partners(self) -> OrganisationQuerySet:
        """Those that have, had or will have a partner status."""
        return self.exclude(partner_status=PartnerStatus.NONE)

    def status_ending(self, day: date) -> OrganisationQuerySet:
        """Those whose status holds on `day` and ends soon after."""
        return self.with_status(day).filter(status_to__lte=day + ENDING)

    def status_ended(self, day: date) -> OrganisationQuerySet:
        """Those whose status ended before `day`."""
        return self.partners().filter(status_to__lt=day)


class Organisation(Record):
    """A public authority, association, party, NGO, newspaper or partner that a mission meets.

    One that was merged into another stays, out of use, and names it: links to it and its old name lead on.
    """

    name = models.CharField(max_length=200)
    other_name = models.CharField(max_length=200, blank=True, help_text="The name in another script or language, to find it by.")
    kind = models.CharField(max_length=30, choices=OrganisationKind.choices)
    country = models.ForeignKey(Country, null=True, blank=True, on_delete=models.PROTECT, related_name="organisations")
    partner_status = models.CharField(max_length=20, choices=PartnerStatus.choices, default=PartnerStatus.NONE)
    status_from = models.DateField(null=True, blank=True)
    status_to = models.DateField(null=True, blank=True)
    status_history = models.JSONField(default=list, blank=True, help_text="Earlier terms: [{status, from, to}], oldest first.")
    languages = models.JSONField(default=list, blank=True)
    website = models.URLField(blank=True)
    note = models.TextField(blank=True)
    note_access = models.CharField(max_length=20, choices=Access.choices, default=Access.SECRETARIAT)
    is_active = models.BooleanField(default=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="merged_organisations")
    search = models.TextField(editable=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status_from__isnull=True) | Q(status_to__isnull=True) | Q(status_to__gte=F("status_from")),
                name="missions_partner_status_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(partner_status=PartnerStatus.GUEST_OBSERVER) | Q(status_from__isnull=False, status_to__isnull=False),
                name="missions_guest_observer_has_term",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(is_active=False), name="missions_merged_organisation_out_of_use"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The organisation's page on the desk."""
        return reverse("missions:organisation", args=[self.uuid])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the search words in step with the names."""
        self.search = search_words(self.name, self.other_name)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search"}
        super().save(*args, **kwargs)

    def has_status(self, day: date) -> bool:
        """Whether a partner status holds on `day`, by the present term or an earlier one."""
        return self.phase(day) in {StatusPhase.HOLDS, StatusPhase.ENDING} or any(
            term["from"] <= day.isoformat() <= term["to"] for term in self.status_history
        )

    def phase(self, day: date) -> str:
        """Where the present term of the partner status stands on `day`."""
        if self.partner_status == PartnerStatus.NONE:
            return StatusPhase.NONE
        if self.status_from is not None and day < self.status_from:
            return StatusPhase.TO_COME
        if self.status_to is None or self.status_to > day + ENDING:
            return StatusPhase.HOLDS
        return StatusPhase.ENDED if self.status_to < day else StatusPhase.ENDING


class OrganisationMerge(Record):
    """The trace of two organisations made one: what moved, so that it can be read and taken back."""

    kept = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="merges")
    merged = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="merges_away")
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=80)
    moved = models.JSONField(default=dict)
    papers = models.ManyToManyField("core.StoredFile", blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-merged_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.merged} → {self.kept}"


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
