"""People in a mission, and the mission's journeys."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core.models import Record
from missions.enums import LIVE_ASSIGNMENTS, MEMBER_ROLES, SEATED_ASSIGNMENTS, AssignmentRole, AssignmentState, VisitKind
from missions.models.mission import Mission
from missions.models.organisation import Organisation


class AssignmentQuerySet(models.QuerySet):
    """Questions about assignments."""

    def live(self) -> AssignmentQuerySet:
        """Asked, accepted or confirmed: at most one per person and mission."""
        return self.filter(state__in=LIVE_ASSIGNMENTS)

    def seated(self) -> AssignmentQuerySet:
        """Accepted or confirmed: those to whom mission roles give rights."""
        return self.filter(state__in=SEATED_ASSIGNMENTS)

    def confirmed(self) -> AssignmentQuerySet:
        """Those who go."""
        return self.filter(state=AssignmentState.CONFIRMED)

    def members(self) -> AssignmentQuerySet:
        """Held by members of the Congress (they count for C1-C5)."""
        return self.filter(role__in=MEMBER_ROLES)

    def with_role(self, *roles: str) -> AssignmentQuerySet:
        """Holding one of `roles`; a head who is also rapporteur counts as both."""
        wanted = Q(role__in=roles)
        if AssignmentRole.RAPPORTEUR in roles:
            wanted |= Q(is_rapporteur=True)
        return self.filter(wanted)

    def for_mission(self, mission: Mission) -> AssignmentQuerySet:
        """Of one mission."""
        return self.filter(mission=mission)


class Assignment(Record):
    """A person in a mission, in a role. Only the services of `observers` write `state`."""

    mission = models.ForeignKey(Mission, on_delete=models.CASCADE, related_name="assignments")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=20, choices=AssignmentRole.choices)
    is_rapporteur = models.BooleanField(default=False, help_text="Also rapporteur: the head and the rapporteur may be one person (C15).")
    is_lead = models.BooleanField(default=False, help_text="Speaks for those who came with the same organisation or role.")
    state = models.CharField(max_length=20, choices=AssignmentState.choices, default=AssignmentState.ASKED)
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments")
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    answer_note = models.TextField(blank=True)
    override_reason = models.TextField(blank=True, help_text="Why a warning of the composition rules was set aside.")
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    arrives_on = models.DateField(null=True, blank=True)
    leaves_on = models.DateField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["mission", "person"]
        constraints = [
            models.UniqueConstraint(
                fields=["mission", "person"],
                condition=Q(state__in=["asked", "accepted", "confirmed"]),
                name="missions_one_live_assignment",
            ),
            models.CheckConstraint(
                condition=Q(arrives_on__isnull=True) | Q(leaves_on__isnull=True) | Q(leaves_on__gte=F("arrives_on")),
                name="missions_stay_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.get_role_display()})"

    @property
    def is_live(self) -> bool:
        """Asked, accepted or confirmed."""
        return self.state in LIVE_ASSIGNMENTS


class Visit(Record):
    """A journey of the mission with its own dates; the pre-electoral visit is one (DESIGN 4)."""

    mission = models.ForeignKey(Mission, on_delete=models.CASCADE, related_name="visits")
    kind = models.CharField(max_length=20, choices=VisitKind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()
    is_online = models.BooleanField(default=False)
    place = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    members = models.ManyToManyField(Assignment, blank=True, related_name="visits")

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="missions_visit_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on}"
