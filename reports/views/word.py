"""A Word document brought back: upload, what it would change, taking it over."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core import translations
from core.errors import Stale
from core.files import DOCX
from core.views import file_response
from reports.documents.report.build import FINAL
from reports.enums import FindingState, ImportState, SectionCode
from reports.forms import WordForm
from reports.models import Finding, Report, ReportParagraph, WordImport
from reports.services import word_import, word_margin
from reports.services.diffs import word_diff
from reports.services.paragraphs import first_number
from reports.views.base import ReportPage


class WordView(ReportPage):
    """Documents that came back, and the form for another one. Fields (POST, multipart): file, number, language."""

    template_name = "reports/word.html"
    permission = "reports.change_report"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form and what came before."""
        report = self.needed_report
        rows = report.imports.select_related("version", "made", "file").defer("version__content", "made__content", "plan")
        form = kwargs.get("form") or WordForm(report=report)
        return super().get_context_data(**kwargs) | {"form": form, "rows": rows, **self.drafts()}

    def drafts(self) -> dict[str, Any]:
        """Is there a version, and may it still be drawn with the remarks in its margin?"""
        newest = self.needed_report.versions.order_by("-number").defer("content").first()
        return {"has_versions": newest is not None, "has_draft": newest is not None and newest.reason not in FINAL}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Compare it; nothing is stored in the report yet."""
        form = WordForm(request.POST, request.FILES, report=self.needed_report)
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        row = word_import.bring_document(self.needed_report, by=self.actor, **form.cleaned_data)
        return redirect("reports:word_import", self.mission.reference, row.uuid)


class WordDraftView(ReportPage):
    """The newest version as a Word document with the open remarks in its margin."""

    permission = "reports.change_report"
    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The file, drawn now and kept nowhere."""
        name, data = word_margin.draw_with_remarks(self.needed_report, kwargs["language"], by=self.actor)
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        return HttpResponse(data, content_type=DOCX, headers=headers)


class WordImportView(ReportPage):
    """What a document would change, entry by entry. Fields (POST): the decisions, or the button `drop`."""

    template_name = "reports/word_import.html"
    permission = "reports.change_report"

    @cached_property
    def row(self) -> WordImport:
        """The document of the address."""
        rows = WordImport.objects.select_related("version", "file", "made").defer("version__content", "made__content")
        return get_object_or_404(rows, report=self.needed_report, uuid=self.kwargs["document"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The entries with their words, and the places where something new can stand."""
        row, report = self.row, self.needed_report
        items = [_shown(item) for item in row.plan["items"]]
        reworded = {item["uuid"] for item in items if item["kind"] == "finding"}
        for finding in Finding.objects.filter(uuid__in=reworded).select_related("mission"):
            right = "reports.change_finding" if finding.state == FindingState.DRAFT else "reports.agree_finding"
            if self.may(right, finding):
                reworded.discard(str(finding.uuid))
        for item in items:
            item["waits_for_leads"] = item["kind"] == "finding" and item["uuid"] in reworded
        return super().get_context_data(**kwargs) | {
            "row": row,
            "entries": items,
            "is_open": row.state == ImportState.OPEN and report.is_editable,
            "places": _places(report, row.language) if any(item["asks_place"] for item in items) else [],
            "missing_ones": [item for item in items if item["kind"] == "removed"],
            "is_translation": row.language != report.authentic_language,
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Take over what was decided, or put the document aside."""
        if "drop" in request.POST:
            word_import.drop_document(self.row, by=self.actor)
            messages.success(request, _("The document is put aside; the report is as it was."))
            return redirect("reports:word", self.mission.reference)
        decisions = {name: value for name, value in request.POST.items() if name.startswith(("do_", "move_")) and isinstance(value, str)}
        try:
            made = word_import.take_document(
                self.row, by=self.actor, decisions=decisions, checked="checked" in request.POST, with_comments="comments" in request.POST
            )
        except Stale as stale:
            word_import.compare_again(self.row, by=self.actor)
            messages.warning(request, str(stale.sentence))
            return redirect("reports:word_import", self.mission.reference, self.row.uuid)
        messages.success(request, _("Taken over as version %(number)s.") % {"number": made.number})
        compare = reverse("reports:compare", args=[self.mission.reference])
        return redirect(f"{compare}?from={self.row.version.number}&to={made.number}&language={self.row.language}")


class WordFileView(WordImportView):
    """The document as it came."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The file, to be kept and not shown: it came from outside."""
        return file_response(self.row.file, inline=False)


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    """An entry with its words against those of the version, and against those stored since where they differ."""
    made = dict(item) | {"asks_place": item["kind"] in {"new", "unplaced"}}
    made["pieces"] = word_diff(item["base"], item["shown"])
    if item.get("clashes"):
        made["stored_pieces"] = word_diff(item["base"], item["stored"])
        made["both_pieces"] = word_diff(item["stored"], item["both_shown"]) if item.get("both_shown") else []
    if item.get("to") in SectionCode.values:
        made["to_label"] = SectionCode(item["to"]).label
        made["proposed"] = f"after:{item['after']}" if item["after"] else f"start:{item['to']}"
    return made


def _places(report: Report, language: str) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Chapters with their beginning and every paragraph, as choices: value and label."""
    rows = list(ReportParagraph.objects.filter(section__report=report).order_by("section__position", "position", "pk"))
    texts = translations.texts_of_many(rows, "text")
    found = []
    for section in report.sections.all():
        choices = [(f"start:{section.code}", _("at the beginning"))]
        own = [row for row in rows if row.section_id == section.pk]
        for number, row in enumerate(own, start=first_number(section)):
            text = translations.best_text(texts[row.uuid], language, row.authentic_language)
            choices.append((f"after:{row.uuid}", _("after %(number)s: %(text)s") % {"number": number, "text": text[:60]}))
        found.append((section, choices))
    return found
