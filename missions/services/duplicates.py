"""Two requests side by side, and what happened to a request and to those that were merged with it or split from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import audit
from core.models import AuditEntry
from missions.enums import RequestState
from missions.models import Request
from missions.services.register import TAKEABLE

LABELS = {
    "authority_name": gettext_lazy("Authority that invites"),
    "authority_type": gettext_lazy("Kind of authority"),
    "office_held": gettext_lazy("Office held by the person who signs"),
    "contact_name": gettext_lazy("Contact"),
    "contact_email": gettext_lazy("E-mail address of the contact"),
    "contact_phone": gettext_lazy("Telephone of the contact"),
    "language": gettext_lazy("Language of our letters to you"),
    "election_kind": gettext_lazy("Kind of election"),
    "election_title": gettext_lazy("Name of the election"),
    "area": gettext_lazy("Area"),
    "polling": gettext_lazy("Polling days"),
    "letter_on": gettext_lazy("Date of the letter"),
    "letter": gettext_lazy("Letter of invitation"),
    "message": gettext_lazy("Message"),
    "received_on": gettext_lazy("Received on"),
    "channel": gettext_lazy("How it came"),
}
"""What is compared, in the order of the page."""

OTHER_LABELS = {
    "criteria": gettext_lazy("Criteria"),
    "proposed_format": gettext_lazy("Proposed format"),
    "proposed_size": gettext_lazy("Proposed number of people"),
    "proposes_pre_electoral": gettext_lazy("With a pre-electoral visit"),
    "proposal": gettext_lazy("Proposal in words"),
}
"""What the history names besides."""


OPEN = (RequestState.RECEIVED, RequestState.REGISTERED)


@dataclass(frozen=True)
class Line:
    """One field of two requests, in words. `differs`: they do not say the same; `is_takeable`: the other may take it over."""

    field: str
    label: str
    one: str
    other: str
    differs: bool
    is_takeable: bool


@dataclass(frozen=True)
class Event:
    """One line of a request's history. `request` is the one it happened to, None for the request asked about."""

    at: datetime
    who: str
    sentence: str
    fields: str
    request: Request | None


def compare_requests(one: Request, other: Request) -> list[Line]:
    """What two requests say, field by field; the same words in another case or with other spaces count as the same."""
    lines = []
    for field, label in LABELS.items():
        mine, theirs = _said(one, field), _said(other, field)
        differs = mine.split() != theirs.split() if field == "letter" else mine.casefold().split() != theirs.casefold().split()
        lines.append(Line(field, str(label), mine, theirs, differs, field in TAKEABLE))
    return lines


def is_same_authority(one: Request, other: Request) -> bool:
    """The same organisation, or the same name."""
    if one.authority_id and other.authority_id:
        return one.authority_id == other.authority_id
    return one.authority_name.casefold().split() == other.authority_name.casefold().split() != []


def mark_twins(rows: Iterable[Request]) -> None:
    """Set `has_twin` on each: whether another open request of the same country names one of its polling days. One query."""
    rows = list(rows)
    days: dict[tuple[int, str], set[int]] = {}
    open_rows = Request.objects.filter(country__in={row.country_id for row in rows}, state__in=OPEN)
    for pk, country, polling in open_rows.values_list("pk", "country_id", "polling"):
        for entry in polling:
            days.setdefault((country, entry["day"]), set()).add(pk)
    for row in rows:
        found = {pk for entry in row.polling for pk in days.get((row.country_id, entry["day"]), set())}
        row.has_twin = row.state in OPEN and bool(found - {row.pk})  # type: ignore[attr-defined]


def history_of(request: Request) -> list[Event]:
    """What was done with the request and with those merged into it, or that it came from or went into; the newest first."""
    below = Q(merged_into=request) | Q(split_from=request)
    family = Request.objects.filter(below | Q(pk__in=[request.merged_into_id, request.split_from_id])).select_related("country")
    others = {str(row.uuid): row for row in family}
    entries = list(
        AuditEntry.objects.filter(object_type=request._meta.label_lower, object_id__in=[str(request.uuid), *others]).order_by("-at", "-pk")
    )
    names, known = _names(entries), LABELS | OTHER_LABELS
    return [
        Event(
            at=entry.at,
            who=names.get(entry.actor, entry.actor),
            sentence=audit.sentence_of(entry.action),
            fields=", ".join(str(known.get(name, name)) for name in entry.fields),
            request=others.get(entry.object_id),
        )
        for entry in entries
    ]


def _names(entries: Iterable[AuditEntry]) -> dict[str, str]:
    """Who acted, in words: people of the secretariat by name; behind a link there is the authority."""
    actors = {entry.actor for entry in entries}
    people = {actor.removeprefix("user:") for actor in actors if actor.startswith("user:")}
    names = {f"user:{user.uuid}": user.name for user in User.objects.filter(uuid__in=people).select_related("person")}
    authority = _("the authority, by its link")
    return names | {actor: authority for actor in actors if actor.startswith("link:")} | {"system": "Scrutin"}


def _said(request: Request, field: str) -> str:
    value: Any = getattr(request, field)
    if field == "polling":
        return "\n".join(_polling_day(row) for row in value)
    if field == "letter":
        return f"{value.name} ({value.sha256[:8]})" if value else ""
    if field in {"letter_on", "received_on"}:
        return formats.date_format(value) if value else ""
    shown = getattr(request, f"get_{field}_display", None)
    return str(shown() if shown else value)


def _polling_day(row: dict[str, Any]) -> str:
    hours = f", {row['opens_at']}–{row['closes_at']}" if row.get("opens_at") and row.get("closes_at") else ""
    return _("%(day)s (round %(round)s%(hours)s)") % {"day": row["day"], "round": row.get("round", 1), "hours": hours}
