"""R1: may this person be a member at all?"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _

from observers.membership.verdicts import Verdict


@dataclass(frozen=True)
class MandateFacts:
    """What R1 asks about an office (Charter 2.1)."""

    level: str = "none"
    is_general: bool = False
    is_directly_elected: bool = False
    is_answerable: bool = False
    assembly_directly_elected: bool = False
    individually_revocable: bool = False
    revocation_in_law: bool = False


def judge_mandate(facts: MandateFacts) -> Verdict:
    """R1 (Charter 2.1): path A, a general mandate won in direct election; or path B, answerable and removable alone by law."""
    inputs = asdict(facts)
    at_level = facts.level in {"local", "regional"}
    if at_level and facts.is_general and facts.is_directly_elected:
        return Verdict("R1", "eligible", _("Holds a general local or regional mandate won in a direct election."), {**inputs, "path": "A"})
    if facts.is_answerable and facts.assembly_directly_elected:
        lacking = []
        if not facts.individually_revocable:
            lacking.append(_("cannot be removed alone by that assembly"))
        if not facts.revocation_in_law:
            lacking.append(_("the removal is not laid down in law"))
        if not lacking:
            sentence = _("Is answerable to a directly elected assembly, which can remove this person alone, as the law lays down.")
            return Verdict("R1", "eligible", sentence, {**inputs, "path": "B"})
        sentence = _("Is answerable to a directly elected assembly, but %(lacking)s.") % {"lacking": _(" and ").join(lacking)}
        return Verdict("R1", "not_eligible", sentence, {**inputs, "lacking": lacking})
    if facts.individually_revocable and facts.revocation_in_law:
        sentence = _("Is not politically answerable to a directly elected local or regional assembly.")
        return Verdict("R1", "not_eligible", sentence, {**inputs, "lacking": [sentence]})
    if at_level and facts.is_directly_elected and not facts.is_general:
        return Verdict("R1", "not_eligible", _("The mandate serves a single purpose; a general one is needed."), inputs)
    return Verdict(
        "R1",
        "not_eligible",
        _("Holds neither an elected local or regional mandate nor an office answerable to an elected assembly."),
        inputs,
    )
