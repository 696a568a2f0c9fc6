"""Publishing a report: languages and embargo, corrections, withdrawal, the letter that goes with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core import translations
from core.documents import request_documents
from core.enums import TextState
from core.errors import NotNow
from reports.enums import ReportState
from reports.forms import CorrectionForm, EmbargoForm, NoteForm, WithdrawalForm
from reports.models import Finding, Publication, Report, ReportParagraph
from reports.services import publication, report_checks
from reports.services.languages import choices, languages_of
from reports.views.base import ReportPage, texts_from


class PublishView(ReportPage):
    """Languages, embargo, the yes to unchecked texts; then freeze, draw and publish."""

    template_name = "reports/publish.html"
    permission = "reports.publish_report"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form and how far each language is checked."""
        report = self.needed_report
        rows = list(ReportParagraph.objects.filter(section__report=report))
        texts = translations.texts_of_many(rows, "text")
        open_texts = {
            code: sum(texts[row.uuid].get(code) is None or texts[row.uuid][code].state != TextState.CHECKED for row in rows)
            for code in report.languages
        }
        return super().get_context_data(**kwargs) | {
            "form": kwargs.get("form") or EmbargoForm(report=report, initial={"languages": report.languages}),
            "open_texts": [(label, open_texts[code], len(rows)) for code, label in choices(report.languages)],
            "warnings": report_checks.before_freezing(report),
            "translatable": [one for one in choices(languages_of(report.country)) if one[0] != report.authentic_language],
            "team_findings": _team_findings(report, self.language),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Publish it."""
        form = EmbargoForm(request.POST, report=self.needed_report)
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        data = form.cleaned_data
        made, job = publication.publish_report(
            self.needed_report,
            by=self.actor,
            languages=data["languages"],
            embargo_until=form.embargo(),
            unchecked_accepted=data["unchecked_accepted"],
            findings_accepted=data["findings_accepted"],
            shares_reason=data["shares_reason"],
        )
        messages.success(request, _("Published as %(slug)s; the files are being drawn.") % {"slug": made.slug})
        return redirect(job)


def _team_findings(report: Report, language: str) -> list[tuple[Finding, str]]:
    """The findings that would become public, with their words: nobody says yes to what they have not read."""
    rows = report_checks.findings_of_the_team(report)
    texts = translations.texts_of_many(rows, "statement")
    return [(row, translations.best_text(texts[row.uuid], language, row.authentic_language)) for row in rows]


class CorrectView(ReportPage):
    """Correct a published report: choose paragraphs, say what was corrected, publish the new version."""

    template_name = "reports/correct.html"
    permission = "reports.correct_report"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Every paragraph with its texts."""
        report = self.needed_report
        rows = list(
            ReportParagraph.objects.filter(section__report=report).select_related("section").order_by("section__position", "position")
        )
        texts = translations.texts_of_many(rows, "text")
        return super().get_context_data(**kwargs) | {
            "form": kwargs.get("form") or CorrectionForm(report=report, published=self._published()),
            "team_findings": _team_findings(report, self.language),
            "paragraphs": [(row, [(code, texts[row.uuid].get(code)) for code in report.languages]) for row in rows],
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Publish the correction; only texts that differ are taken."""
        form = CorrectionForm(request.POST, report=self.needed_report, published=self._published())
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        made, job = publication.correct_report(
            self.needed_report,
            by=self.actor,
            note=texts_from(request, "note"),
            paragraphs=self._changes(request),
            adoption={name: form.cleaned_data[name] for name in ("adopted_on", "recommendation_number", "resolution_number")},
            unchecked_accepted=form.cleaned_data["unchecked_accepted"],
            findings_accepted=form.cleaned_data["findings_accepted"],
            shares_reason=form.cleaned_data["shares_reason"],
            embargo_until=form.embargo(),
            more_languages=form.cleaned_data.get("more_languages", ()),
        )
        messages.success(
            request, _("Version %(number)s corrects the one before; the files are being drawn.") % {"number": made.version.number}
        )
        return redirect(job)

    def _published(self) -> list[str]:
        """The languages of the version that would be corrected."""
        row = Publication.objects.filter(report=self.needed_report).order_by("-version__number").first()
        return list(row.languages) if row else []

    def _changes(self, request: HttpRequest) -> dict[str, dict[str, str]]:
        rows = ReportParagraph.objects.filter(section__report=self.needed_report)
        texts = translations.texts_of_many(rows, "text")
        changes: dict[str, dict[str, str]] = {}
        for row in rows:
            for code in self.needed_report.languages:
                sent = request.POST.get(f"p_{row.uuid}_{code}")
                stored = texts[row.uuid].get(code)
                if sent is not None and sent.replace("\r\n", "\n").strip() != (stored.text if stored else ""):
                    changes.setdefault(str(row.uuid), {})[code] = sent.replace("\r\n", "\n")
        return changes


class WithdrawView(ReportPage):
    """Withdraw the report: with a notice for its readers, or with a reason where nothing is public."""

    template_name = "reports/form_page.html"
    permission = "reports.withdraw_report"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form."""
        return super().get_context_data(**kwargs) | {
            "form": kwargs.get("form") or self._form(),
            "heading": _("Withdraw the report"),
            "submit": _("Withdraw"),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Withdraw it."""
        form = self._form(request.POST)
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        note = form.cleaned_data.get("note", "")
        publication.withdraw_report(self.needed_report, by=self.actor, note=note, notice=texts_from(request, "notice"))
        messages.success(request, _("The report is withdrawn."))
        return redirect("reports:report", self.mission.reference)

    def _form(self, data: Any = None) -> WithdrawalForm | NoteForm:
        return (WithdrawalForm if publication.is_public(self.needed_report) else NoteForm)(data)


class LetterView(ReportPage):
    """Draw the letter of transmission."""

    http_method_names = ["post"]
    permission = "reports.transmit_report"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Freeze and draw it."""
        report = self.needed_report
        if report.state == ReportState.WITHDRAWN:
            raise NotNow(_("The report is withdrawn: there is nothing to send."), code="report_state")
        out = Publication.objects.out().filter(report=report, withdrawn_at=None).order_by("-version__number").first()
        urls = {language: request.build_absolute_uri(out.page_for(language)) for language in report.languages} if out else {}
        job = request_documents(
            "reports.letter", report, report.languages, ["pdf", "docx"], by=self.actor, to=request.POST.get("to", "").strip(), urls=urls
        )
        return redirect(job)
