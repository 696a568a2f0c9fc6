"""The register as a table: one line per request, every column, nothing that a spreadsheet takes for a formula."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from missions.enums import Criterion
from missions.models import Request
from missions.services.bureau_facts import saved_comment
from missions.services.intake import lateness

NEEDED = ("country", "election", "authority", "letter", "decision", "mission", "merged_into", "split_from")
"""What is joined, so that a line asks nothing more of the database; polling days of elections are prefetched by the caller."""


def _of(name: str, attr: str) -> Callable[[Request], Any]:
    """The attribute of something the request may not have."""

    def cell(row: Request) -> Any:
        return getattr(getattr(row, name, None), attr, None)

    return cell


def _criterion(code: str) -> Callable[[Request], Any]:
    def cell(row: Request) -> str:
        return ": ".join(part for part in (row.criteria.get(code, {}).get("answer", ""), saved_comment(row, code, "en")) if part)

    return cell


def _plain_field(name: str) -> Callable[[Request], Any]:
    def cell(row: Request) -> Any:
        return getattr(row, name)

    return cell


def _moment(value: datetime | None) -> str | None:
    return value.isoformat("T", "seconds") if value else None


def _polling(row: Request) -> str:
    lines = (f"{day['day']} ({day.get('round', 1)}) {day.get('opens_at', '')}-{day.get('closes_at', '')}" for day in row.polling)
    return "; ".join(line.removesuffix(" -") for line in lines)


COLUMNS: dict[str, Callable[[Request], Any]] = {
    "uuid": _plain_field("uuid"),
    "number": _plain_field("number"),
    "state": _plain_field("state"),
    "channel": _plain_field("channel"),
    "country": _of("country", "code"),
    "country_name": _of("country", "name_en"),
    "authority": _plain_field("authority_name"),
    "authority_type": _plain_field("authority_type"),
    "authority_on_register": _of("authority", "name"),
    "office_held": _plain_field("office_held"),
    "contact_name": _plain_field("contact_name"),
    "contact_email": _plain_field("contact_email"),
    "contact_phone": _plain_field("contact_phone"),
    "language": _plain_field("language"),
    "kind": _plain_field("election_kind"),
    "election_title": _plain_field("election_title"),
    "area": _plain_field("area"),
    "first_polling_day": _plain_field("first_day"),
    "polling_days": _polling,
    "letter_on": _plain_field("letter_on"),
    "letter": _of("letter", "name"),
    "received_on": _plain_field("received_on"),
    "lateness": lambda row: lateness(row).value,
    "registered_at": lambda row: _moment(row.registered_at),
    "message": _plain_field("message"),
    "ended_reason": _plain_field("ended_reason"),
    "merged_into": _of("merged_into", "uuid"),
    "split_from": _of("split_from", "uuid"),
    **{f"criterion_{code}": _criterion(code) for code in Criterion.values},
    "note_saved_at": lambda row: row.note_basis.get("at"),
    "proposed_format": _plain_field("proposed_format"),
    "proposed_size": _plain_field("proposed_size"),
    "proposes_pre_electoral": _plain_field("proposes_pre_electoral"),
    "proposal": _plain_field("proposal"),
    "decision": _of("decision", "outcome"),
    "format": _of("decision", "format"),
    "decided_on": _of("decision", "decided_on"),
    "decision_reference": _of("decision", "reference"),
    "reasons": _of("decision", "reasons"),
    "has_pre_electoral": _of("decision", "has_pre_electoral"),
    "is_public": _of("decision", "is_public"),
    "answered_at": lambda row: _moment(_of("decision", "answered_at")(row)),
    "mission": _of("mission", "reference"),
    "mission_state": _of("mission", "state"),
}
HEAD = list(COLUMNS)


def cells(row: Request) -> list[str]:
    """The line of one request."""
    return [plain(column(row)) for column in COLUMNS.values()]


def plain(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula; nothing for nothing, yes and no for a yes or no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"'{text}" if text.lstrip()[:1] in {"=", "+", "-", "@"} or text[:1] in {"\t", "\r", "\n"} else text
