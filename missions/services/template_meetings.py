"""What of a meeting of an earlier mission holds in a new one: names, languages and places of a country stay in that country."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from accounts.models import folded
from missions.enums import MeetingKind, OrganisationKind
from missions.models import Meeting, Mission, Organisation
from missions.services.reference import DATA

# Kinds in which the delegation meets somebody of the country; the others it holds itself or with partners.
INTERLOCUTORS = frozenset(
    {
        MeetingKind.ELECTION_COMMISSION, MeetingKind.MINISTRY, MeetingKind.COURT, MeetingKind.CONGRESS_DELEGATION,
        MeetingKind.NATIONAL_ASSOCIATION, MeetingKind.MAYOR, MeetingKind.PARTIES, MeetingKind.NGO, MeetingKind.CITIZEN_OBSERVERS,
        MeetingKind.MEDIA, MeetingKind.EMBASSY,
    }
)  # fmt: skip
WORKING_LANGUAGES = ("en", "fr")


@dataclass(frozen=True)
class Sketch:
    """A meeting as the new mission would plan it."""

    title: str
    description: str
    languages: list[str]
    organisations: list[Organisation]
    place: str
    room: str


def sketch_of(row: Meeting, source: Mission, target: Mission) -> Sketch:
    """In the same country everything, organisations as they are on the register today. In another one the kind of interlocutor stands
    for the name, without organisation, place or words about them, in the languages of that country.
    """
    if source.country_id == target.country_id:
        before = _organisations(row)
        today = [found for one in before if (found := _today(one)) is not None]
        title = _renamed(row, before)
        return Sketch(title, row.description, row.languages, list(dict.fromkeys(today)), row.place, row.room)
    title = _title_elsewhere(row)
    is_theirs = row.kind in INTERLOCUTORS or title != row.title
    return Sketch(title, "" if is_theirs else row.description, _languages_elsewhere(row, source, target), [], "", "")


def _organisations(row: Meeting) -> list[Organisation]:
    return [item.organisation for item in row.participants.all() if item.organisation is not None]


def _today(organisation: Organisation) -> Organisation | None:
    """The organisation, or the one it was merged into; None for one that is out of use."""
    if organisation.merged_into is not None:
        return _today(organisation.merged_into)
    return organisation if organisation.is_active else None


def _renamed(row: Meeting, before: list[Organisation]) -> str:
    """A title that is the name of an organisation follows it; of one that is out of use the kind stays."""
    for one in before:
        if folded(row.title) == folded(one.name):
            now = _today(one)
            return now.name if now is not None else _kind_in_words(row)
    return row.title


def _title_elsewhere(row: Meeting) -> str:
    if row.kind in INTERLOCUTORS:
        return row.title if folded(row.title) in _usual_titles() else _kind_in_words(row)
    names = [name for one in _organisations(row) for name in (one.name, one.other_name) if name]
    return _kind_in_words(row) if any(folded(name) in folded(row.title) for name in names) else row.title


def _kind_in_words(row: Meeting) -> str:
    """The kind of interlocutor; for a meeting of no special kind that of its organisation."""
    if row.kind == MeetingKind.OTHER:
        kinds = [OrganisationKind(one.kind) for one in _organisations(row)]
        return str(kinds[0].label) if kinds else row.title
    return str(MeetingKind(row.kind).label)


def _languages_elsewhere(row: Meeting, source: Mission, target: Mission) -> list[str]:
    """Languages of the new country where those of the old one were spoken; the working languages stay."""
    local = set(source.country.languages) - set(WORKING_LANGUAGES)
    kept = [code for code in row.languages if code in WORKING_LANGUAGES]
    was_local = row.kind in INTERLOCUTORS or any(code in local or code not in WORKING_LANGUAGES for code in row.languages)
    fresh = list(target.country.languages) if row.languages and was_local and row.kind != MeetingKind.INTERNAL else []
    return list(dict.fromkeys([*fresh, *kept]))


@cache
def _usual_titles() -> frozenset[str]:
    """Titles of the usual programme: they name no organisation of a country."""
    with (DATA / "programme_skeleton.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return frozenset(folded(row[f"title_{code}"]) for row in rows for code in ("en", "fr", "de") if row.get(f"title_{code}"))
