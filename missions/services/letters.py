"""Letters to the authority from templates that the secretariat may change: per outcome and language, with checked variables."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit, clock
from core.actors import Actor
from core.enums import Language
from core.errors import Invalid
from core.rights import authorize
from missions.documents.wording import day_in, name_in
from missions.enums import DecisionOutcome, ElectionKind, MissionFormat
from missions.models import Country, Decision, LetterTemplate

LONGEST = 8000

VARIABLES = {
    "election": gettext_lazy("Name of the election"),
    "country": gettext_lazy("Country"),
    "area": gettext_lazy("Area, or “whole country”"),
    "polling_days": gettext_lazy("Polling days"),
    "authority": gettext_lazy("Authority that invites"),
    "received": gettext_lazy("Day on which the request was received"),
    "day": gettext_lazy("Day of the decision"),
    "reference": gettext_lazy("Reference of the Bureau's document"),
    "format": gettext_lazy("Format of the mission"),
}
"""What a template may name, in braces: `{country}`."""


@dataclass(frozen=True)
class Wording:
    """A template as it counts now. `is_own`: the secretariat changed it; `changed_at`: when."""

    kind: str
    language: str
    text: str
    is_own: bool
    changed_at: Any = None

    @property
    def label(self) -> str:
        """What the letter tells."""
        return str(DecisionOutcome(self.kind).label)


def house_text(kind: str, language: str) -> str:
    """The wording that came with the house."""
    names = {name: f"{{{name}}}" for name in VARIABLES}
    with translation.override(language):
        if kind == DecisionOutcome.DECLINED:
            text = _(
                "On %(day)s the Bureau of the Congress examined your invitation to observe the %(election)s in %(country)s "
                "(polling: %(polling_days)s). It regrets that the Congress cannot follow it this time."
            )
        elif kind == DecisionOutcome.FACT_FINDING:
            text = _(
                "On %(day)s the Bureau of the Congress examined your invitation to observe the %(election)s in %(country)s "
                "(polling: %(polling_days)s). In the place of an observation mission it decided on a fact-finding visit. "
                "The secretariat will write to you about its dates."
            )
        else:
            text = _(
                "On %(day)s the Bureau of the Congress examined your invitation to observe the %(election)s in %(country)s "
                "(polling: %(polling_days)s) and accepted it with thanks. Format of the mission: %(format)s. The secretariat "
                "will write to you about accreditation and the programme."
            )
    return text % names


def wording(kind: str, language: str) -> Wording:
    """The template that counts: the secretariat's own, else the house's."""
    own = LetterTemplate.objects.filter(kind=kind, language=language).first()
    return Wording(kind, language, own.text, True, own.updated_at) if own else Wording(kind, language, house_text(kind, language), False)


def wordings() -> list[Wording]:
    """Every template that counts, in one query."""
    own = {(row.kind, row.language): row for row in LetterTemplate.objects.all()}
    found = []
    for kind in DecisionOutcome.values:
        for language in Language.values:
            row = own.get((kind, language))
            text = row.text if row else house_text(kind, language)
            found.append(Wording(kind, language, text, row is not None, row.updated_at if row else None))
    return found


@transaction.atomic
def save_wording(kind: str, language: str, *, by: Actor, text: str) -> Wording:
    """Give a letter a wording of one's own. Refuses variables that do not exist; the house's own words restore the house's."""
    authorize(by, "missions.change_letter")
    text = check_text(text)
    if text == house_text(kind, language):
        return restore_wording(kind, language, by=by)
    row, _created = LetterTemplate.objects.select_for_update().get_or_create(
        kind=kind, language=language, defaults={"text": "", "changed_by": str(by)}
    )
    if row.text != text:
        row.text, row.changed_by = text, str(by)
        row.save_changes("text", "changed_by")
        audit.record(by, "missions.letter_changed", row, data={"kind": kind, "language": language})
    return wording(kind, language)


@transaction.atomic
def restore_wording(kind: str, language: str, *, by: Actor) -> Wording:
    """Go back to the wording of the house. Where it counts already, nothing changes."""
    authorize(by, "missions.change_letter")
    row = LetterTemplate.objects.filter(kind=kind, language=language).first()
    if row:
        audit.record(by, "missions.letter_restored", row, data={"kind": kind, "language": language})
        row.delete()
    return wording(kind, language)


def check_text(text: str) -> str:
    """The text with even line ends. Raises Invalid for none, one that is too long, a stray brace or an unknown variable."""
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not text:
        raise Invalid(_("The letter has no text."), attr="text")
    if len(text) > LONGEST:
        raise Invalid(_("A letter has at most %(n)s characters.") % {"n": LONGEST}, attr="text")
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise Invalid(_("A brace stands alone: write {{ or }} for a brace that is no variable."), code="stray_brace", attr="text") from None
    wrong = sorted({name or "" for _text, name, spec, turn in parts if name is not None and (name not in VARIABLES or spec or turn)})
    if wrong:
        sentence = _("These are not variables of a letter: %(wrong)s. They are: %(right)s.")
        names = {"wrong": ", ".join(f"{{{name}}}" for name in wrong), "right": ", ".join(f"{{{name}}}" for name in VARIABLES)}
        raise Invalid(sentence % names, code="unknown_variable", attr="text")
    return text


def preview(text: str, language: str, *, kind: str = DecisionOutcome.ACCEPTED) -> str:
    """The letter as an authority would read it, with invented values that go with the decision."""
    format = MissionFormat.FACT_FINDING if kind == DecisionOutcome.FACT_FINDING else MissionFormat.OBSERVATION
    with translation.override(language):
        country = Country.objects.members().by_name(language).first()
        today = clock.today()
        values = {
            "election": str(ElectionKind.LOCAL.label),
            "country": name_in(country, language) if country else "…",
            "area": _("whole country"),
            "polling_days": day_in(today, language),
            "authority": _("Central election commission"),
            "received": day_in(today, language),
            "day": day_in(today, language),
            "reference": "CG-BUR(2027)1",
            "format": "–" if kind == DecisionOutcome.DECLINED else str(format.label),
        }
    return check_text(text).format_map(values)


def answer_text(decision: Decision, language: str) -> str:
    """The letter to the authority as proposed, in its language; the coordinator may change it before it is sent."""
    return wording(decision.outcome, language).text.format_map(_values(decision, language))


def _values(decision: Decision, language: str) -> dict[str, str]:
    request = decision.request
    assert request is not None  # only a request is answered
    election = request.election
    days = [row.day for row in election.polling_days.all()] if election else [row["day"] for row in request.polling]
    with translation.override(language):
        return {
            "election": election.title if election else request.election_title or request.get_election_kind_display(),
            "country": name_in(request.country, language),
            "area": (election.area if election else request.area) or _("whole country"),
            "polling_days": ", ".join(day_in(day, language) for day in days) or "–",
            "authority": request.authority_name,
            "received": day_in(request.received_on, language),
            "day": day_in(decision.decided_on, language),
            "reference": decision.reference,
            "format": str(MissionFormat(decision.format).label) if decision.format else "–",
        }
