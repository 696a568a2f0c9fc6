"""Identity data for the accreditation list: entered by the person, read by the coordinator, deleted after polling day."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from core.models import Record
from observers.enums import DocumentKind

KEEP_DAYS = 30


class AccreditationList(Record):
    """What the election office of one mission asks for: columns in its order, and how long the data are kept.

    `columns`: `[{"code": …, "label": …}]`; an empty label stands for our own words. keep_days: whole days after the last
    polling day, counted in the mission's zone.
    """

    mission = models.OneToOneField("missions.Mission", on_delete=models.CASCADE, related_name="accreditation_list")
    columns = models.JSONField(default=list)
    keep_days = models.PositiveSmallIntegerField(default=KEEP_DAYS, validators=[MinValueValidator(0), MaxValueValidator(365)])
    is_open = models.BooleanField(default=True, help_text="The delegation may enter its data.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(keep_days__lte=365), name="observers_identity_kept_a_year_at_most")]

    def __str__(self) -> str:
        return str(self.mission_id)


class IdentityDocument(Record):
    """A passport or identity card as its owner typed it for one mission. Never logged, never in an export but the list."""

    assignment = models.OneToOneField("missions.Assignment", on_delete=models.CASCADE, related_name="identity_document")
    kind = models.CharField(max_length=10, choices=DocumentKind.choices)
    number = models.CharField(max_length=40)
    name_in_document = models.CharField(max_length=200)
    nationality = models.CharField(max_length=80)
    born_on = models.DateField()
    born_at = models.CharField(max_length=120, blank=True)
    issued_by = models.CharField(max_length=120, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField()
    entered_by = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True) | Q(expires_on__gt=F("issued_on")), name="observers_document_dates_in_order"
            )
        ]

    def __str__(self) -> str:
        return str(self.assignment_id)


class IdentityDeletion(Record):
    """The deletion log: how many sets of identity data of a mission were deleted, when, by whom and why. No names."""

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="identity_deletions")
    deleted_at = models.DateTimeField()
    deleted_by = models.CharField(max_length=80)
    count = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["-deleted_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.mission_id}: {self.count}"
