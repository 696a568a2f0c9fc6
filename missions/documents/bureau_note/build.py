"""The note by which the Bureau decides: the request, the A6 criteria, the country's history, the proposal."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.documents import blocks as b
from missions import history
from missions.documents.wording import PRODUCTS, SIZES, day_in, name_in, yes_no
from missions.enums import AuthorityType, Criterion, ElectionKind, Lateness, MissionFormat
from missions.models import PastMission, Request
from missions.services.bureau_facts import earlier_missions_of, open_recommendations_before, overlapping_missions, shown_criteria
from missions.services.formats import format_rows
from missions.services.intake import lateness

HISTORY = 8


def build(request: Request, language: str, **options: Any) -> dict[str, Any]:
    """The content of the note in `language`."""
    with translation.override(language):
        country = name_in(request.country, language)
        return b.document(
            title=_("Request to observe elections in %(country)s") % {"country": country},
            kind_line=_("Note to the Bureau"),
            language=language,
            date=day_in(clock.today(), language),
            layout="note",
            access_note=_("Confidential until examined by the Bureau"),
            blocks=[
                b.heading(1, _("The request"), number=b.AUTO),
                *_request(request, language),
                b.heading(1, _("Criteria"), number=b.AUTO),
                _criteria(request, language),
                b.heading(1, _("Earlier missions and open recommendations"), number=b.AUTO),
                *_history(request, language),
                b.heading(1, _("Proposal"), number=b.AUTO),
                *_proposal(request),
                _formats(request),
            ],
        )


def _request(request: Request, language: str) -> list[dict[str, Any]]:
    election = request.election
    rows = [(row.day, row.round, row.opens_at, row.closes_at) for row in election.polling_days.all()] if election else []
    days = [_polling_line(day, round_, opens, closes, language) for day, round_, opens, closes in rows]
    late = lateness(request)
    shown = [
        b.facts(
            [
                (_("Country"), name_in(request.country, language)),
                (_("Inviting authority"), request.authority_name),
                (_("Kind of authority"), str(AuthorityType(request.authority_type).label) if request.authority_type else "–"),
                (_("Office of the signatory"), request.office_held or "–"),
                (_("Election"), name_in(election, language, "title") if election else request.election_title),
                (_("Kind of election"), _kind(election.kind if election else request.election_kind)),
                (_("Area"), (election.area if election else request.area) or _("whole country")),
                (_("Polling days"), "\n".join(days) or "–"),
                (_("Letter of"), day_in(request.letter_on, language)),
                (_("Received on"), day_in(request.received_on, language)),
            ]
        )
    ]
    if late != Lateness.IN_TIME:
        shown.append(b.note(str(late.label), kind="warning"))
    return shown


def _kind(code: str) -> str:
    return str(ElectionKind(code).label) if code else "–"


def _polling_line(day: Any, round_: int, opens: Any, closes: Any, language: str) -> str:
    hours = f", {opens:%H:%M}–{closes:%H:%M}" if opens and closes else ""
    return _("%(day)s (round %(round)s%(hours)s)") % {"day": day_in(day, language), "round": round_, "hours": hours}


def _criteria(request: Request, language: str) -> dict[str, Any]:
    rows, shown = [], shown_criteria(request, language)
    for criterion in Criterion:
        entry = shown.get(criterion.value, {})
        rows.append([str(criterion.label), yes_no(entry.get("answer", "")), entry.get("comment") or "–"])
    return b.table(
        _("Criteria for the decision"),
        head=[_("Criterion"), _("Answer"), _("Comment")],
        rows=rows,
        widths=[5, 2, 6],
        row_heads=True,
    )


def _history(request: Request, language: str) -> list[dict[str, Any]]:
    past = PastMission.objects.filter(country=request.country)[:HISTORY]
    rows = [
        [row.reference, name_in(row, language, "title"), str(row.get_format_display()), str(row.get_state_display())]
        for row in earlier_missions_of(request)[:HISTORY]
    ]
    rows += [_past(row, language) for row in past]
    shown = [
        b.table(
            _("Missions to the country"),
            head=[_("Year or reference"), _("Election"), _("Format"), _("Outcome")],
            rows=rows,
            widths=[2, 5, 4, 4],
            empty=_("No earlier mission is known."),
            note=_("* Not verified in a primary source.") if any(not row.is_verified for row in past) else None,
        )
    ]
    recommendations = open_recommendations_before(request)
    if recommendations:
        shown.append(b.paragraph(_("Recommendations that are still open:")))
        shown.append(b.bullets([f"{row.get('number', '')} {row.get('title', '')}".strip() for row in recommendations]))
    others = overlapping_missions(request)
    if others:
        names = ", ".join(
            f"{mission.reference} ({day_in(mission.first_day, language)} – {day_in(mission.last_day, language)})" for mission in others
        )
        shown.append(b.paragraph(_("Missions in the same days: %(missions)s.") % {"missions": names}))
    return shown


def _past(row: PastMission, language: str) -> list[str]:
    """A mission before the register: the words of the public documents in the language of the note, or marked as English."""
    election, format, text = (history.say(phrase, language).marked(language) for phrase in (row.election, row.format, row.adopted_text))
    return [str(row.year), election, format, (text or "–") if row.is_verified else f"{text or '–'} *"]


def _proposal(request: Request) -> list[dict[str, Any]]:
    if not request.proposed_format:
        return [b.paragraph(_("No format is proposed yet."))]
    format = MissionFormat(request.proposed_format)
    rows = [
        (_("Format"), str(format.label)),
        (_("Usual size"), str(SIZES[format])),
        (_("Proposed size"), str(request.proposed_size or "–")),
        (_("Product"), str(PRODUCTS[format])),
        (_("Pre-electoral visit"), _("yes") if request.proposes_pre_electoral else _("no")),
    ]
    return [b.facts(rows), *([b.paragraph(request.proposal)] if request.proposal else [])]


def _formats(request: Request) -> dict[str, Any]:
    """What each format means (A8), so that the Bureau sees what it chooses between."""
    rows = format_rows(request, proposed=request.proposed_format)
    return b.table(
        _("Formats, usual size and product"),
        head=[_("Format"), _("Usual size"), _("Product"), _("Earlier in this country")],
        rows=[[f"{row.label} ←" if row.is_proposed else row.label, row.size, row.product, ", ".join(row.earlier) or "–"] for row in rows],
        widths=[5, 4, 5, 3],
        row_heads=True,
        note=_("← proposed; * not verified in a primary source."),
    )
