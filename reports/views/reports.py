"""The mission's report: cover, sections, paragraphs, moves, versions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core import clock, translations
from core.documents import documents_of, html_body
from core.enums import TextState
from reports import lifecycle as table
from reports.documents.report.build import build as build_blocks
from reports.enums import ReportState
from reports.forms import (
    AdoptionCorrectionForm,
    AdoptionForm,
    CommitteeForm,
    ConsultationForm,
    CoverForm,
    NoteForm,
    TransmissionForm,
)
from reports.models import Publication, Report, ReportParagraph, ReportVersion
from reports.services import (
    adoption,
    comparison,
    consultation,
    lifecycle,
    rapporteurs,
    remarks,
    report_checks,
    reports,
    versions,
)
from reports.services.languages import choices, languages_of
from reports.services.versions import is_whole
from reports.views.base import MissionPage, ReportPage, texts_from

FORMS: dict[str, type[forms.Form]] = {
    "adopt": AdoptionForm,
    "approve": CommitteeForm,
    "consult": ConsultationForm,
    "transmit": TransmissionForm,
}
"""What a move asks for."""
OWN_PAGES = {"publish": "reports:publish", "withdraw": "reports:withdraw"}


class ReportView(MissionPage):
    """The report's overview: state, what is missing for each move, chapters, versions, publications."""

    template_name = "reports/report.html"
    permission = "reports.view_report"
    active_tab = "report"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything on the report; a button to open one where there is none."""
        context = super().get_context_data(**kwargs) | {"report": self.report, "may_open": self.may("reports.open_report")}
        report = self.report
        if report is None:
            return context
        titles = translations.texts(report, "title")
        sections = list(report.sections.prefetch_related("paragraphs"))
        states = _states_of([paragraph for section in sections for paragraph in section.paragraphs.all()], report.languages)
        return context | {
            "titles": {code: row for code in languages_of(report.country) if (row := titles.get(code)) and row.text},
            "report_languages": [label for _code, label in choices(report.languages)],
            "translatable": [one for one in choices(languages_of(report.country)) if one[0] != report.authentic_language],
            "moves": lifecycle.available_moves(report, self.request.user),
            "others": lifecycle.moves_of_others(report, self.request.user),
            "road": [state for state in ReportState if state != ReportState.WITHDRAWN],
            "sections": [(section, [states[paragraph.uuid] for paragraph in section.paragraphs.all()]) for section in sections],
            "history": report.moves.all(),
            "versions": [(version, documents_of(version)) for version in report.versions.defer("content")[:10]],
            "publications": Publication.objects.filter(report=report).select_related("version").defer("version__content"),
            "letters": documents_of(report, "reports.letter"),
            "may_change": report.is_editable and self.may("reports.change_report", report),
            "may_freeze": self.may("reports.freeze_report", report) and report.state != ReportState.WITHDRAWN,
            "before_freezing": report_checks.before_freezing(report) if report.state not in table.PUBLIC else [],
            "may_correct": report.state in table.CORRECTABLE and self.may("reports.correct_report", report),
            "consultation": consultation.desk_of(report) if self.may("reports.view_comments", report) else {},
            "may_answer": self.may("reports.comment_report", report),
            "loose_remarks": self._loose_remarks(report),
            "may_remark": report.state in table.REMARKABLE and self.may("reports.remark_paragraph", report),
            "may_decide": report.state in table.REMARKABLE and self.may("reports.change_report", report),
            "may_extend": self.may("reports.extend_consultation", report),
            "may_remind": self.may("reports.submit_report", report),
            "may_open_accounts": self.may("accounts.view_accounts"),
            "rapporteurs": rapporteurs.rapporteurs_of(report) if report.state in table.MOVES["agree"].sources else None,
            "delegation_url": reverse("observers:delegation", args=[self.mission.reference]),
            "may_correct_adoption": report.state == ReportState.ADOPTED and self.may("reports.adopt_report", report),
            "may_transmit": report.adopted_on and report.state != ReportState.WITHDRAWN and self.may("reports.transmit_report", report),
        }

    def _loose_remarks(self, report: Report) -> list[remarks.ShownRemark]:
        if not self.may("reports.view_remarks", report):
            return []
        return remarks.shown_remarks(remarks.without_place(report), by=self.actor)


class ReportOpenView(MissionPage):
    """Open the mission's report."""

    http_method_names = ["post"]
    permission = "reports.open_report"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Open it."""
        reports.open_report(missions=reports.missions_for_report(self.mission), by=self.actor)
        messages.success(request, _("The report is open, with every chapter of the memorandum."))
        return redirect("reports:report", self.mission.reference)


class CoverView(ReportPage):
    """Change what the cover says."""

    template_name = "reports/form_page.html"
    permission = "reports.change_report"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form."""
        report = self.needed_report
        titles = translations.texts(report, "title")
        initial = {name: getattr(report, name) for name in ("kind", "languages", "number", "session", "committee", "version")}
        form = kwargs.get("form") or CoverForm(
            country=report.country, initial=initial | {f"title_{code}": row.text for code, row in titles.items()}
        )
        return super().get_context_data(**kwargs) | {"form": form, "heading": _("Cover of the report"), "submit": _("Save")}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save it."""
        form = CoverForm(request.POST, country=self.needed_report.country)
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        data = form.cleaned_data
        fields = {name: data[name] for name in ("kind", "languages", "number", "session", "committee")}
        reports.change_report(self.needed_report, version=data["version"], by=self.actor, title=texts_from(request, "title"), **fields)
        messages.success(request, _("Saved."))
        return redirect("reports:report", self.mission.reference)


class ReportMoveView(ReportPage):
    """Make a move; one that asks for a day, a number or a reason has a form."""

    template_name = "reports/form_page.html"
    permission = "reports.view_report"

    @cached_property
    def move(self) -> table.Move:
        """The move of the address."""
        move = table.MOVES.get(self.kwargs["action"])
        if move is None:
            raise Http404
        return move

    def form_class(self) -> type[forms.Form] | None:
        """The form that the move asks for."""
        return FORMS.get(self.kwargs["action"]) or (NoteForm if lifecycle.needs_note(self.needed_report, self.kwargs["action"]) else None)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form, or the page of the move."""
        if self.kwargs["action"] in OWN_PAGES:
            return redirect(OWN_PAGES[self.kwargs["action"]], self.mission.reference)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and what is missing."""
        form_class = self.form_class()
        report = self.needed_report
        days = dict.fromkeys(("adopted_on", "committee_on", "transmitted_on"), clock.today())
        initial = {**days, "number": report.number, "recommendation_number": report.recommendation_number}
        return super().get_context_data(**kwargs) | {
            "form": kwargs.get("form") or (form_class(initial=initial) if form_class else None),
            "heading": self.move.label,
            "submit": self.move.label,
            "missing": lifecycle.missing_for(report, self.kwargs["action"]),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Make the move."""
        action, form_class = self.kwargs["action"], self.form_class()
        if action in OWN_PAGES:
            return redirect(OWN_PAGES[action], self.mission.reference)
        details: dict[str, Any] = {}
        if form_class is not None:
            form = form_class(request.POST)
            self.bound_form = form
            if not form.is_valid():
                return self.render_to_response(self.get_context_data(form=form))
            details = form.cleaned_data
        lifecycle.move_report(self.needed_report, action, by=self.actor, **details)
        messages.success(request, _("Done: %(move)s.") % {"move": self.move.label})
        return redirect("reports:report", self.mission.reference)


class AdoptionCorrectView(ReportPage):
    """Correct a day or a number of the adoption before the report is published."""

    template_name = "reports/form_page.html"
    permission = "reports.adopt_report"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, filled with what is recorded."""
        report = self.needed_report
        names = ("adopted_on", "number", "recommendation_number", "resolution_number", "committee_on", "version")
        form = kwargs.get("form") or AdoptionCorrectionForm(initial={name: getattr(report, name) for name in names})
        return super().get_context_data(**kwargs) | {"form": form, "heading": _("Correct the recorded adoption"), "submit": _("Correct")}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save the correction."""
        form = AdoptionCorrectionForm(request.POST)
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        adoption.correct_adoption(self.needed_report, by=self.actor, **form.cleaned_data)
        messages.success(request, _("The recorded adoption is corrected."))
        return redirect("reports:report", self.mission.reference)


class FreezeView(ReportPage):
    """Freeze a working version and draw it."""

    http_method_names = ["post"]
    permission = "reports.freeze_report"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Freeze, then watch the job."""
        version = versions.freeze_draft(self.needed_report, by=self.actor)
        job = versions.render_version(version, by=self.actor)
        messages.success(request, _("Version %(number)s is frozen; the files are being drawn.") % {"number": version.number})
        return redirect(job)


class VersionView(ReportPage):
    """One frozen version as it reads, with checksum and files; its files can be drawn again."""

    template_name = "reports/version.html"
    permission = "reports.view_report"

    @cached_property
    def version(self) -> ReportVersion:
        """The version of the address."""
        return get_object_or_404(ReportVersion.objects.select_related("corrects"), report=self.needed_report, number=self.kwargs["number"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The body in one language."""
        wanted = self.request.GET.get("language", self.language)
        shown = wanted if wanted in self.version.languages else self.version.languages[0]
        from core.documents.content import prepare  # the body of a document that was not drawn yet

        body = html_body(prepare({**build_blocks(self.version, shown), "language": shown}))
        return super().get_context_data(**kwargs) | {
            "version": self.version,
            "shown": shown,
            "body": body,
            "documents": documents_of(self.version),
            "is_whole": is_whole(self.version),
            "unchecked": self.version.unchecked.get(shown, []),
            "may_freeze": self.may("reports.freeze_report", self.needed_report),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Draw what is not drawn yet."""
        return redirect(versions.render_version(self.version, by=self.actor))


class CompareView(ReportPage):
    """Two versions against each other: `?from=1&to=2&language=en`, `now` for the report as it is; `all=1` shows what stayed too."""

    template_name = "reports/compare.html"
    permission = "reports.view_report"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The changes, and how many of each kind."""
        report, wanted = self.needed_report, self.request.GET
        rows = list(report.versions.defer("content"))
        old, new = comparison.sides_asked(rows, wanted.get("from", ""), wanted.get("to", ""))
        language = wanted.get("language") or comparison.language_of(report, rows, (old, new), self.language)
        changes = comparison.compare(comparison.side_of(report, old, language), comparison.side_of(report, new, language)) if rows else []
        return super().get_context_data(**kwargs) | {
            "versions": rows,
            "old": old,
            "new": new,
            "shown": language,
            "choices": choices(report.languages),
            "counts": comparison.counted(changes),
            "changes": [change for change in changes if change.is_change or "all" in wanted],
            "shows_all": "all" in wanted,
        }


def _states_of(rows: list[ReportParagraph], languages: list[str]) -> dict[Any, list[str]]:
    """The state of each language of each paragraph."""
    texts = translations.texts_of_many(rows, "text")
    return {
        row.uuid: [texts[row.uuid][code].state if code in texts[row.uuid] else TextState.MISSING.value for code in languages]
        for row in rows
    }
