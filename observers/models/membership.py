"""Membership of the Congress and the mandates it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.rules import sees_all_missions
from core.models import Record
from observers.enums import SEATED, VALID_CREDENTIALS, Chamber, Credential, EndReason, MandateLevel, MemberList
from observers.models.reference import RenewalSession


class MembershipQuerySet(models.QuerySet):
    """Questions about memberships; every one takes its day, so that lists can be asked "as on DATE"."""

    def on(self, day: date) -> MembershipQuerySet:
        """Memberships recorded as running on `day`; the last day counts."""
        return self.filter(starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def lasting(self, day: date) -> MembershipQuerySet:
        """Those running on `day` whose term no renewal session has ended (R8), unless they were prolonged over it (R12); one query."""
        over = RenewalSession.objects.filter(opens_on__gt=OuterRef("starts_on"), opens_on__lt=day)
        rows = self.on(day).alias(is_over=Exists(over))
        return rows.filter(Q(is_over=False) | Q(extended_until__gte=day) | Q(member_list=MemberList.HONORARY))

    def seated(self) -> MembershipQuerySet:
        """Representatives and substitutes."""
        return self.filter(member_list__in=SEATED)

    def credentialed(self) -> MembershipQuerySet:
        """Those whose credentials are provisional or ratified (R14.1)."""
        return self.filter(credential__in=VALID_CREDENTIALS)

    def visible_to(self, user: Any) -> MembershipQuerySet:
        """Those with a global role see all; everybody sees their own."""
        if sees_all_missions(user):
            return self
        if not user.is_authenticated or not user.person_id:
            return self.none()
        return self.filter(person_id=user.person_id)


class Membership(Record):
    """One unchanged stretch of a person's membership: same state, list, seat, chamber and group.

    A change of group or seat ends the row (`changed`) and starts the next one the day after, so that every question
    can be asked as on a day. `ends_on` is the last day inside; empty while the term runs, whose end the renewal
    session sets (R8). `extended_until` holds a prolongation under R12 with who decided it. `declared_on` is the day on which the
    delegate signed the declaration on the aims of the Council of Europe (R13.4).
    """

    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="memberships")
    country = models.ForeignKey("missions.Country", on_delete=models.PROTECT, related_name="memberships")
    member_list = models.CharField(_("list"), max_length=20, choices=MemberList.choices, default=MemberList.REPRESENTATIVE)
    seat = models.PositiveSmallIntegerField(_("seat"), null=True, blank=True)
    chamber = models.CharField(_("chamber"), max_length=1, choices=Chamber.choices)
    group = models.ForeignKey("observers.PoliticalGroup", on_delete=models.PROTECT, related_name="memberships", null=True, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=EndReason.choices, blank=True)
    credential = models.CharField(max_length=20, choices=Credential.choices, default=Credential.NOTIFIED)
    extended_until = models.DateField(null=True, blank=True)
    extension_election_on = models.DateField(null=True, blank=True)
    extension_decided_by = models.CharField(max_length=200, blank=True)
    declared_on = models.DateField(_("declaration signed on"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["country__code", "member_list", "seat", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="observers_membership_end_after_start"
            ),
            models.UniqueConstraint(
                fields=["country", "member_list", "seat"],
                condition=Q(ends_on__isnull=True, seat__isnull=False),
                name="observers_one_open_membership_per_seat",
            ),
            models.UniqueConstraint(fields=["person"], condition=Q(ends_on__isnull=True), name="observers_one_open_membership_per_person"),
            models.CheckConstraint(
                condition=Q(extended_until__isnull=True) | ~Q(extension_decided_by=""), name="observers_extension_names_who_decided"
            ),
        ]
        indexes = [models.Index(fields=["starts_on", "ends_on"], name="observers_membership_days")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.country_id} {self.member_list} {self.seat}"

    @property
    def group_code(self) -> str:
        """The group's code; `NR` for somebody without one."""
        return self.group.code if self.group else "NR"

    def runs_on(self, day: date) -> bool:
        """Is this row recorded as running on `day`?"""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def membership_on(memberships: Iterable[Membership], day: date) -> Membership | None:
    """The row that runs on `day`, from rows already loaded; the newest if there are several."""
    running = [m for m in memberships if m.runs_on(day)]
    return max(running, key=lambda m: m.starts_on, default=None)


class Mandate(Record):
    """An office at local or regional level that a person holds or held: the ground of membership (Charter 2.1, R1).

    What R4 asks about the authority (`authority_…`) is left open (None) where nobody judged it: a regional authority is then
    presumed to open a seat in the Chamber of Regions, a local one not.

    `ends_on` is the day the mandate legally ended; `polled_on` the polling day that led to it, which may be earlier (R9).
    """

    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="mandates")
    title = models.CharField(_("office"), max_length=200)
    authority = models.CharField(_("authority"), max_length=200, blank=True)
    level = models.CharField(_("level"), max_length=10, choices=MandateLevel.choices, default=MandateLevel.LOCAL)
    is_general = models.BooleanField(_("general mandate"), default=True)
    is_directly_elected = models.BooleanField(_("won in a direct election"), default=True)
    is_answerable = models.BooleanField(_("answerable to an assembly"), default=False)
    assembly_directly_elected = models.BooleanField(_("that assembly is directly elected"), default=False)
    individually_revocable = models.BooleanField(_("can be removed alone by that assembly"), default=False)
    revocation_in_law = models.BooleanField(_("the removal is laid down in law"), default=False)
    authority_between = models.BooleanField(_("lies between state and municipality"), null=True, blank=True)
    authority_self_governing = models.BooleanField(_("governs itself"), null=True, blank=True)
    authority_state_like = models.BooleanField(_("has state-like powers"), null=True, blank=True)
    authority_important = models.BooleanField(_("runs an important part of public business"), null=True, blank=True)
    starts_on = models.DateField(_("from"))
    polled_on = models.DateField(_("election that ended it"), null=True, blank=True)
    ends_on = models.DateField(_("legal end"), null=True, blank=True)

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="observers_mandate_end_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.authority}".strip()


class ObserverProfile(Record):
    """What the composition asks about a person beyond membership: missions served before Scrutin kept them."""

    person = models.OneToOneField("accounts.Person", on_delete=models.CASCADE, related_name="observer_profile")
    missions_before = models.PositiveSmallIntegerField(_("missions before"), default=0)
    last_mission_on = models.DateField(_("last mission before"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)

    def __str__(self) -> str:
        return str(self.person_id)
