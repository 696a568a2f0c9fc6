"""Teams, their stops, and the released versions of the deployment plan."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.rules import sees_all_missions
from core.enums import Language
from core.models import Record
from missions.enums import SEATED_ASSIGNMENTS
from observers.enums import ContactKind, PlanState, StopKind, StopOutcome, TeamRole


class MissionRowQuerySet(models.QuerySet):
    """Rows that hang on a mission by `mission`."""

    def visible_to(self, user: Any) -> MissionRowQuerySet:
        """All for the global roles, else those of missions in which the user is seated: being asked is not enough."""
        if sees_all_missions(user):
            return self.all()
        if not (user and user.is_authenticated and user.is_active and user.person_id):
            return self.none()
        # One live assignment per person and mission: the join yields no row twice.
        return self.filter(mission__assignments__person=user.person_id, mission__assignments__state__in=SEATED_ASSIGNMENTS)


class DeploymentPlan(Record):
    """One released version of a mission's deployment: frozen content with its hash. Teams and stops stay the working copy."""

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="deployment_plans")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=PlanState.choices, default=PlanState.RELEASED)
    content = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    released_at = models.DateTimeField()
    released_by = models.CharField(max_length=80)

    objects = MissionRowQuerySet.as_manager()

    class Meta:
        ordering = ["mission_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["mission", "version"], name="observers_plan_version_once"),
            models.UniqueConstraint(fields=["mission"], condition=Q(state="released"), name="observers_one_released_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.mission_id} v{self.version}"


class DeploymentDraw(Record):
    """One run of the drawing of stations and teams: what was asked, the seed kept, and the bound that was reached."""

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="deployment_draws")
    seed = models.PositiveBigIntegerField()
    asked = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    made_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.mission_id}: {self.seed}"


def team_label(name: str, number: int) -> str:
    """The name of a team in the language in use: a name that somebody gave stays, the usual one is said as "Équipe 1"."""
    return _("Team %(number)s") % {"number": number} if name in _usual_names(number) else name


@cache
def _usual_names(number: int) -> frozenset[str]:
    """What a team is called that nobody named, in every language of the house: it is stored in that of whoever made it."""
    names = set()
    for language in Language.values:
        with translation.override(language):
            names.add(_("Team %(number)s") % {"number": number})
    return frozenset(names)


class TeamQuerySet(MissionRowQuerySet):
    """Questions about teams."""

    def with_plan(self) -> TeamQuerySet:
        """With members, their people and stops loaded: a list of teams costs the same number of queries at any length."""
        members = TeamMember.objects.filter(left_at__isnull=True).select_related("assignment__person", "assignment__organisation__country")
        return self.prefetch_related(
            models.Prefetch("members", queryset=members, to_attr="present"),
            models.Prefetch("stops", queryset=Stop.objects.select_related("station")),
        )


class Team(Record):
    """Who rides together on one day of a mission. Teams keep their uuid through all versions of the plan.

    `present` holds those who ride now, where the rows were loaded `with_plan()`.
    """

    present: list[TeamMember]

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="teams")
    day = models.DateField()
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100)
    area = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["mission_id", "day", "number"]
        constraints = [models.UniqueConstraint(fields=["mission", "day", "number"], name="observers_team_number_once_per_day")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name as people read it: `team_label`."""
        return team_label(self.name, self.number)

    def label_in(self, language: str) -> str:
        """`label` for a reader of another language: mails."""
        with translation.override(language):
            return self.label


class TeamMember(Record):
    """Somebody in a team on its day; whoever left keeps the row with `left_at`, so that history stays."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    assignment = models.ForeignKey("missions.Assignment", on_delete=models.PROTECT, related_name="team_members")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="team_members")
    day = models.DateField()
    role = models.CharField(max_length=12, choices=TeamRole.choices, default=TeamRole.MEMBER)
    is_locked = models.BooleanField(default=False, help_text="Stays in this team when teams are drawn again.")
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["team_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "day"], condition=Q(left_at__isnull=True), name="observers_one_team_per_person_and_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.team_id}: {self.person_id}"


class Stop(Record):
    """A station on a team's way. Local wall time, fold and zone are the truth; `planned_at` is derived (DESIGN 3, "Times").

    At a tabulation `station` is the one whose results are followed, and `place` says where they are taken to.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="stops")
    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="stops")
    station = models.ForeignKey("missions.Station", on_delete=models.PROTECT, related_name="stops")
    kind = models.CharField(max_length=12, choices=StopKind.choices, default=StopKind.VOTING)
    order = models.PositiveSmallIntegerField()
    local_day = models.DateField()
    local_time = models.TimeField()
    fold = models.PositiveSmallIntegerField(default=0)
    zone = models.CharField(max_length=50)
    place = models.CharField(max_length=300, blank=True)
    planned_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=StopOutcome.choices, default=StopOutcome.PLANNED)
    reason = models.TextField(blank=True)
    outcome_at = models.DateTimeField(null=True, blank=True)

    objects = MissionRowQuerySet.as_manager()

    class Meta:
        ordering = ["team_id", "order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["team", "station", "kind"], name="observers_stop_once_per_kind"),
            models.CheckConstraint(
                condition=~Q(outcome__in=["not_reached", "refused", "closed"]) | ~Q(reason=""), name="observers_stop_outcome_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["mission", "planned_at"], name="observers_stop_times")]

    def __str__(self) -> str:
        return f"{self.team_id} {self.order}: {self.station_id}"


class DeploymentContact(Record):
    """A number that every team has on its sheet: the secretariat, an embassy, a doctor."""

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="deployment_contacts")
    kind = models.CharField(max_length=12, choices=ContactKind.choices, default=ContactKind.OTHER)
    label = models.CharField(max_length=120)
    phone = models.CharField(max_length=40)

    class Meta:
        ordering = ["mission_id", "kind", "label"]
        constraints = [models.UniqueConstraint(fields=["mission", "label", "phone"], name="observers_contact_once")]

    def __str__(self) -> str:
        return self.label


class PlanChange(Record):
    """A late change by hand: what, why, who. The audit log has its entry too; this one is shown beside the plan."""

    mission = models.ForeignKey("missions.Mission", on_delete=models.CASCADE, related_name="plan_changes")
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="changes")
    code = models.CharField(max_length=30)
    data = models.JSONField(default=dict)
    reason = models.TextField()
    made_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.mission_id}: {self.code}"
