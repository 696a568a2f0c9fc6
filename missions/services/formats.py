"""Formats of a mission with their usual size and product (observation-rules A8), and the one that history proposes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from statistics import median

from django.utils.translation import gettext as _

from core import clock
from missions import facts
from missions.documents.wording import PRODUCTS, SIZES
from missions.enums import FIELD_FORMATS, Lateness, MissionFormat, MissionState
from missions.models import Country, Mission, PastMission, Request
from missions.services.bureau_facts import own_missions
from missions.services.intake import lateness

# Words of the public documents, the most telling first: "joint IEOM", "limited electoral assessment mission", "remote mission".
WORDS = (
    ("cancelled", None),
    ("fact-finding", MissionFormat.FACT_FINDING),
    ("remote", MissionFormat.REMOTE),
    ("joint", MissionFormat.JOINT),
    ("assessment", MissionFormat.ASSESSMENT),
    ("enlarged", MissionFormat.ENLARGED),
    ("observation", MissionFormat.OBSERVATION),
)
# People where history names no number: the middle of the usual sizes (A8).
MIDDLE = {
    MissionFormat.OBSERVATION: 20,
    MissionFormat.ENLARGED: 57,
    MissionFormat.ASSESSMENT: 10,
    MissionFormat.REMOTE: 5,
    MissionFormat.JOINT: 20,
    MissionFormat.FACT_FINDING: 3,
}
NOT_OBSERVED = frozenset({MissionState.DECLINED, MissionState.CANCELLED})


@dataclass(frozen=True)
class FormatRow:
    """One line of the table. `earlier`: missions to the country in this format, the newest first."""

    format: str
    label: str
    size: str
    product: str
    is_proposed: bool
    earlier: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Proposal:
    """What history and the time left propose; a person decides."""

    format: str
    size: int
    reasons: list[str]


@dataclass(frozen=True)
class Earlier:
    """A mission of the past, from our register or from public documents. `size`: people, 0 where no number is known."""

    name: str
    format: str
    size: int
    is_here: bool


def format_of(words: str) -> MissionFormat | None:
    """The format that words of a public document mean; None for a mission that did not take place or unknown words."""
    return next((found for word, found in WORDS if word in words.lower()), None)


def earlier_missions(country: Country, *, without: Request | None = None) -> list[Earlier]:
    """Missions of the past, those to `country` marked, the newest first; from the register and from public documents."""
    own = Mission.objects.with_polling().exclude(state__in=NOT_OBSERVED).filter(last_polling__lt=clock.today())
    own = own.exclude(pk__in=own_missions(without)) if without else own
    rows = []
    for row in own.order_by("-first_polling"):
        is_here = row.country_id == country.pk  # only these are counted: asking for all would be a query for each
        size = (facts.ask("delegation_size", row, default=0) or 0) if is_here else 0
        rows.append(Earlier(row.reference, row.format, size, is_here))
    for past in PastMission.objects.all():
        found = format_of(past.format)
        number = re.search(r"\d+", past.delegation)
        if found:
            name = str(past.year) if past.is_verified else f"{past.year} *"
            rows.append(Earlier(name, found, int(number.group()) if number else 0, past.country_id == country.pk))
    return rows


def propose_format(request: Request) -> Proposal:
    """The format of the last mission in the field of the country, a smaller one where little time is left; people as usual for it there."""
    rows = earlier_missions(request.country, without=request)
    # Remote observation and visits stood in the place of a mission, in a crisis or because it was declined: no habit to follow.
    last = next((row for row in rows if row.is_here and row.format in FIELD_FORMATS), None)
    reasons = []
    if lateness(request) in {Lateness.URGENT, Lateness.LATE}:
        format = MissionFormat.ASSESSMENT
        reasons.append(_("Little time is left: a smaller format."))
    elif last:
        format = MissionFormat(last.format)
        reasons.append(_("The last mission in the field (%(name)s) had this format.") % {"name": last.name})
    else:
        format = MissionFormat.OBSERVATION
        reasons.append(_("No earlier mission in the field is known: the usual format."))
    here = [row.size for row in rows if row.format == format and row.size and row.is_here]
    anywhere = [row.size for row in rows if row.format == format and row.size]
    if here:
        reasons.append(_("The number of people is the median of %(n)s missions to the country in this format.") % {"n": len(here)})
    elif anywhere:
        reasons.append(_("The number of people is the median of %(n)s missions to any country in this format.") % {"n": len(anywhere)})
    return Proposal(format, round(median(here or anywhere or [MIDDLE[format]])), reasons)


def format_rows(request: Request, *, proposed: str = "") -> list[FormatRow]:
    """The table A8 for a request: usual size and product of each format, and when the country saw it."""
    rows = [row for row in earlier_missions(request.country, without=request) if row.is_here]
    return [
        FormatRow(
            format=format.value,
            label=str(format.label),
            size=str(SIZES[format]),
            product=str(PRODUCTS[format]),
            is_proposed=format.value == proposed,
            earlier=[row.name for row in rows if row.format == format],
        )
        for format in MissionFormat
    ]
