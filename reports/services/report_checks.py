"""Checks on a whole report before it is sent on, frozen or published: what would print something that is not so."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock, translations
from core.enums import Access, Language
from core.errors import Missing
from missions.models import Mission
from reports.documents.report.content import gather
from reports.documents.report.facts import named_meetings
from reports.models import Finding, Report, ReportParagraph
from reports.services import accepted_shares
from reports.services.figures import Snapshot, empty_snapshot, unknown_tokens
from reports.services.fixed_words import lacks
from reports.services.languages import choices

PLACES_NAMED = 12
"""How many places without a translation are named before the rest is only counted."""


def open_meetings(report: Report) -> list[Missing]:
    """Meetings whose time is past and of which nobody said whether they took place: only those that were held are printed."""
    return [
        Missing(
            "meeting_open",
            _("The meeting “%(title)s” (%(reference)s) is over: mark it as held or cancel it, else the report does not name it.")
            % {"title": meeting.title, "reference": mission.reference},
            meeting.get_absolute_url(),
        )
        for mission in report.missions.order_by("pk")
        for meeting in named_meetings(mission).planned().filter(ends_at__lt=clock.now()).select_related("mission")
    ]


def unknown_figures(report: Report, figures: Snapshot) -> list[Missing]:
    """Figures that a paragraph asks for and nobody counted, each with the paragraph that asks."""
    missing = []
    for number, row, texts in _paragraphs(report):
        codes = sorted({code for text in texts.values() for code in unknown_tokens(text.text, figures)})
        chapter = row.section.get_code_display()
        missing += [
            Missing(
                "figure_unknown",
                _("Paragraph %(number)s of the chapter “%(chapter)s” asks for the figure %(code)s, but nothing was counted for it.")
                % {"number": number, "chapter": chapter, "code": code},
                _paragraph_url(report, row),
            )
            for code in codes
        ]
    return missing


def shares_alone(report: Report) -> list[Missing]:
    """Shares in title, paragraphs, recommendations and agreed findings without n and denominator that no publisher has accepted.

    A working draft is only warned: it may be a threshold of the law. What goes to the public waits for a publisher's yes.
    """
    missions = list(report.missions.all())
    calls = report.recommendations.select_related("mission")
    typed = [
        *accepted_shares.typed_report(report),
        *accepted_shares.typed_recommendations(calls),
        *accepted_shares.typed_findings(missions),
    ]
    return accepted_shares.open_shares(accepted_shares.standing_in(typed, missions))


def shares_alone_in_findings(missions: Collection[Mission]) -> list[Missing]:
    """The same for what preliminary conclusions print."""
    return accepted_shares.open_shares(accepted_shares.standing_in(accepted_shares.typed_findings(missions), missions))


def untranslated(report: Report) -> list[Missing]:
    """What has no wording in a language of the report: it would be printed in the original, and be marked so."""
    missing = []
    for language in report.languages:
        _content, texts = gather(report, language, empty_snapshot())
        if texts.missing:
            missing.append(_no_wording(language, report.authentic_language, texts.missing, report.get_absolute_url()))
    return missing


def untranslated_findings(mission: Mission, languages: Iterable[str] = tuple(Language.values)) -> list[Missing]:
    """The same for the findings of preliminary conclusions."""
    rows = list(Finding.objects.for_mission(mission).agreed().printed().order_by("number"))
    texts = translations.texts_of_many(rows, "statement")
    url = reverse("reports:findings", args=[mission.reference])
    missing = []
    for language in languages:
        places = [row.label for row in rows if language not in texts[row.uuid] or not texts[row.uuid][language].text]
        if places:
            missing.append(_no_wording(language, "", places, url))
    return missing


def _no_wording(language: str, original: str, places: list[str], url: str) -> Missing:
    named = ", ".join(places[:PLACES_NAMED]) + (" …" if len(places) > PLACES_NAMED else "")
    values = {"language": dict(choices([language]))[language], "n": len(places), "places": named}
    sentence = ngettext(
        "%(language)s: %(n)s text has no translation and would be printed in its original language: %(places)s.",
        "%(language)s: %(n)s texts have no translation and would be printed in their original language: %(places)s.",
        len(places),
    )
    return Missing(f"untranslated_{language}", sentence % values, url)


def findings_of_the_team(report: Report) -> list[Finding]:
    """Findings that the recommendation prints in their own words although so far only the team reads them."""
    if not report.has_recommendation:
        return []
    rows = Finding.objects.filter(mission__in=report.missions.all()).agreed().printed().exclude(access=Access.PUBLIC)
    return list(rows.select_related("mission").order_by("mission", "number"))


def not_public_findings(report: Report) -> list[Missing]:
    """Those findings, as things to decide before the report is published."""
    return [
        Missing(
            "finding_team",
            _("The text of finding %(label)s would become public; so far only the team reads it.") % {"label": row.label},
            row.get_absolute_url(),
        )
        for row in findings_of_the_team(report)
    ]


def before_freezing(report: Report) -> list[Missing]:
    """All that somebody looks at before a version is frozen."""
    return [*open_meetings(report), *shares_alone(report), *untranslated(report), *lacking_words(report.languages, report.mission)]


def lacking_words(languages: Iterable[str], mission: Mission | None = None) -> list[Missing]:
    """The languages of the host country that lack fixed words: what lacks stands in English, and is marked so. mission: leads to its
    texts in the language, which everybody of the delegation may read; without it to the words themselves."""
    return [
        Missing(
            f"words_{lack.language}",
            _("%(missing)s of %(total)s fixed words have no %(name)s yet: they will stand in English.")
            % {"missing": lack.missing, "total": lack.total, "name": lack.name},
            reverse("reports:translation", args=[mission.reference, lack.language]) if mission else lack.url,
        )
        for lack in lacks(languages, None)
    ]


def _paragraphs(report: Report) -> list[tuple[int, ReportParagraph, dict]]:
    """Every paragraph with its place in its chapter and its texts by language."""
    rows = list(
        ReportParagraph.objects.filter(section__report=report).select_related("section").order_by("section__position", "position", "pk")
    )
    texts = translations.texts_of_many(rows, "text")
    places: dict[int, int] = {}
    found = []
    for row in rows:
        places[row.section_id] = places.get(row.section_id, 0) + 1
        found.append((places[row.section_id], row, texts[row.uuid]))
    return found


def _paragraph_url(report: Report, row: ReportParagraph) -> str:
    if report.mission is None:
        return report.get_absolute_url()
    return reverse("reports:paragraph", args=[report.mission.reference, row.uuid])
