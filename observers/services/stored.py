"""What observers hold about a person (`accounts.stored`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import stored
from accounts.models import Person
from observers.models import (
    AvailableSpan,
    CallRecipient,
    CorrectionRequest,
    Declaration,
    IdentityDocument,
    Interest,
    Invitation,
    Mandate,
    Membership,
    Nomination,
    ObserverProfile,
    PersonPaper,
    TeamMember,
)


def register() -> None:
    """Register the sections of observers. Safe to repeat."""
    stored.register(20, "memberships", _("Memberships"), memberships, models=("observers.Membership",))
    stored.register(21, "mandates", _("Mandates"), mandates, models=("observers.Mandate",))
    stored.register(22, "service", _("Missions served before"), service, models=("observers.ObserverProfile",))
    stored.register(30, "availability", _("Availability"), availability, models=("observers.AvailableSpan", "observers.Interest"))
    asked = ("observers.CallRecipient", "observers.Nomination")
    stored.register(33, "calls", _("Calls for interest and nominations"), calls, models=asked)
    stored.register(52, "identity", _("Identity data for accreditation"), identity, models=("observers.IdentityDocument",))
    stored.register(31, "papers", _("Papers"), papers, models=("observers.PersonPaper",))
    stored.register(32, "corrections", _("Requests to correct"), corrections, models=("observers.CorrectionRequest",))
    stored.register(50, "declarations", _("Declarations"), declarations, models=("observers.Declaration", "observers.Invitation"))
    stored.register(51, "teams", _("Teams"), teams, models=("observers.TeamMember",))


def memberships(person: Person) -> Iterable[dict[str, Any]]:
    """Every stretch of membership."""
    rows = Membership.objects.filter(person=person).select_related("country", "group").order_by("starts_on", "pk")
    return stored.values(
        rows, "country__code", "member_list", "seat", "chamber", "group_code", "starts_on", "ends_on", "end_reason", "credential",
        "declared_on", "extended_until", "extension_election_on", "extension_decided_by",
    )  # fmt: skip


def mandates(person: Person) -> Iterable[dict[str, Any]]:
    """Every office, with what the rules ask of it."""
    names = [field.name for field in Mandate._meta.concrete_fields if field.name not in {"id", "person"}]
    return stored.values(Mandate.objects.filter(person=person).order_by("starts_on", "pk"), *names)


def service(person: Person) -> Iterable[dict[str, Any]]:
    """Missions from before Scrutin kept them."""
    return stored.values(ObserverProfile.objects.filter(person=person), "missions_before", "last_mission_on", "note")


def availability(person: Person) -> Iterable[dict[str, Any]]:
    """Spans of days, and answers about single missions."""
    spans = AvailableSpan.objects.filter(person=person)
    answers = Interest.objects.filter(person=person).select_related("mission").order_by("pk")
    return [*stored.values(spans, "first_on", "last_on", "answer", "note"), *stored.values(answers, "mission__reference", "answer", "note")]


def calls(person: Person) -> Iterable[dict[str, Any]]:
    """Calls that asked the person, and groups that put the person forward."""
    asked = CallRecipient.objects.filter(person=person).select_related("call__mission").order_by("pk")
    named = Nomination.objects.filter(person=person).select_related("mission", "group").order_by("pk")
    return [
        *stored.values(asked, "call__mission__reference", "call__answer_by", "sent_at", "reminded_at"),
        *stored.values(named, "mission__reference", "group__code", "note", "created_at", "withdrawn_at"),
    ]


def identity(person: Person) -> Iterable[dict[str, Any]]:
    """That identity data are kept, for which mission and since when; the data themselves are on the person's page of the mission alone."""
    rows = IdentityDocument.objects.filter(assignment__person=person).select_related("assignment__mission").order_by("pk")
    return stored.values(rows, "assignment__mission__reference", "kind", "created_at", "updated_at")


def papers(person: Person) -> Iterable[dict[str, Any]]:
    """Papers handed in; the files themselves are on the person's own page."""
    rows = PersonPaper.objects.filter(person=person).select_related("file")
    return stored.values(rows, "kind", "note", "created_at", "file__name", "file__size", "file__sha256")


def corrections(person: Person) -> Iterable[dict[str, Any]]:
    """What was asked to be corrected, and the answer."""
    rows = CorrectionRequest.objects.filter(person=person).order_by("pk")
    return stored.values(rows, "topic", "text", "changes", "state", "created_at", "answer", "answered_at")


def declarations(person: Person) -> Iterable[dict[str, Any]]:
    """Codes of conduct signed and interests declared, superseded ones too; and invitations."""
    rows = Declaration.objects.filter(assignment__person=person).select_related("assignment__mission").order_by("pk")
    asked = Invitation.objects.filter(assignment__person=person).select_related("assignment__mission").order_by("pk")
    return [
        *stored.values(
            rows, "assignment__mission__reference", "kind", "text_version", "language", "sha256", "signed_at", "answers", "decision",
            "decision_reason", "decided_at", "is_current",
        ),
        *stored.values(asked, "assignment__mission__reference", "answer_by", "sent_at"),
    ]  # fmt: skip


def teams(person: Person) -> Iterable[dict[str, Any]]:
    """With whom the person rode, on which day."""
    rows = TeamMember.objects.filter(person=person).select_related("team__mission").order_by("pk")
    return stored.values(rows, "team__mission__reference", "day", "team__name", "role", "left_at")
