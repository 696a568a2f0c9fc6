"""The editor: a chapter, a paragraph in each language, unsaved drafts, what the delegation and the authorities say about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core import clock, translations
from core.errors import DomainError
from reports import lifecycle as table
from reports.models import ConsultationComment, Finding, ReportParagraph, ReportSection
from reports.services import chain, drafts, paragraphs, remarks
from reports.services.diffs import joined, word_diff
from reports.services.figures import figures_in
from reports.services.languages import choices
from reports.views.base import ReportPage, texts_from


class SectionView(ReportPage):
    """One chapter with its paragraphs, in all languages of the report."""

    template_name = "reports/section.html"
    permission = "reports.view_report"

    @cached_property
    def section(self) -> ReportSection:
        """The chapter of the address."""
        return get_object_or_404(ReportSection.objects.select_related("report"), report=self.needed_report, code=self.kwargs["code"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Paragraphs with their numbers, texts and findings, and what is open about each."""
        report = self.needed_report
        rows = list(self.section.paragraphs.prefetch_related("findings"))
        texts = translations.texts_of_many(rows, "text")
        others = list(report.sections.all())
        at = others.index(self.section)
        may_change = report.is_editable and self.may("reports.change_report", report)
        unsaved = drafts.drafts_of(self.section, by=self.actor)
        start = paragraphs.first_number(self.section)
        return super().get_context_data(**kwargs) | {
            "section": self.section,
            "paragraphs": [
                (row, start + place, [(code, texts[row.uuid].get(code)) for code in report.languages]) for place, row in enumerate(rows)
            ],
            "may_change": may_change,
            "findings": finding_choices(report, self.language) if may_change else [],
            "new_texts": [(code, unsaved.get(code)) for code in report.languages],
            "left_over": drafts.left_over(self.section, by=self.actor),
            "open_remarks": remarks.open_counts(report) if self.may("reports.view_remarks", report) else {},
            "open_comments": paragraphs.open_comments(report) if self.may("reports.view_comments", report) else {},
            "previous": others[at - 1] if at else None,
            "next": others[at + 1] if at + 1 < len(others) else None,
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Add a paragraph."""
        findings = Finding.objects.filter(mission__in=self.needed_report.missions.all(), uuid__in=request.POST.getlist("findings"))
        paragraphs.add_paragraph(self.section, text=texts_from(request, "text"), by=self.actor, findings=findings)
        return redirect("reports:section", self.mission.reference, self.section.code)


class SectionDraftView(SectionView):
    """Keep the unsaved words of a new paragraph, or drop them."""

    http_method_names = ["post"]
    permission = "reports.change_report"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Fields: language, text; or `discard`, with `left_over` (a uuid) for words of a paragraph that is gone."""
        if "discard" in request.POST:
            if request.POST.get("left_over"):
                drafts.drop_left_over(self.section, request.POST["left_over"], by=self.actor)
            else:
                drafts.drop_draft(self.section, by=self.actor)
            return redirect("reports:section", self.mission.reference, self.section.code)
        return _kept(request, self.section, self.actor)


class ParagraphView(ReportPage):
    """Save one language of a paragraph; a stale save shows both texts and keeps every word."""

    template_name = "reports/paragraph.html"
    permission = "reports.view_report"

    @cached_property
    def paragraph(self) -> ReportParagraph:
        """The paragraph of the address."""
        rows = ReportParagraph.objects.select_related("section__report")
        return get_object_or_404(rows, section__report=self.needed_report, uuid=self.kwargs["uuid"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Texts with unsaved drafts, findings, sources, remarks, comments of the authorities."""
        report, paragraph = self.needed_report, self.paragraph
        texts, unsaved = translations.texts(paragraph, "text"), drafts.drafts_of(paragraph, by=self.actor)
        may_change = report.is_editable and self.may("reports.change_report", report)
        may_remark = report.state in table.REMARKABLE and self.may("reports.remark_paragraph", report)
        return super().get_context_data(**kwargs) | {
            "paragraph": paragraph,
            "number": paragraphs.number_of(paragraph),
            "texts": [(code, label, texts.get(code), unsaved.get(code)) for code, label in choices(report.languages)],
            "figures": figures_in([row.text for row in texts.values()], report.missions.order_by("pk"), self.language),
            "may_change": may_change,
            "writing": drafts.others_writing(paragraph, by=self.actor) if may_change else [],
            "findings": finding_choices(report, self.language) if may_change else [],
            "chosen": set(paragraph.findings.values_list("uuid", flat=True)),
            "nodes": chain.from_paragraph(paragraph, self.request.user, self.language),
            "remarks": remarks.shown_remarks(paragraph.remarks.all(), by=self.actor) if self.may("reports.view_remarks", report) else None,
            "may_remark": may_remark,
            "may_decide": report.state in table.REMARKABLE and self.may("reports.change_report", report),
            "own_language": self.language if self.language in report.languages else report.authentic_language,
            "comments": ConsultationComment.objects.filter(paragraph=paragraph).select_related("invitation")
            if self.may("reports.view_comments", report)
            else [],
            "may_answer": self.may("reports.comment_report", report),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save, or show both texts. What is refused is kept as the writer's draft."""
        language, text = request.POST.get("language", ""), request.POST.get("text", "")
        version = number_of(request.POST.get("version"))
        findings = None
        if "with_findings" in request.POST:
            findings = Finding.objects.filter(mission__in=self.needed_report.missions.all(), uuid__in=request.POST.getlist("findings"))
        checked = "checked" in request.POST
        try:
            paragraphs.save_paragraph(
                self.paragraph, version=version, language=language, text=text, checked=checked, findings=findings, by=self.actor
            )
        except paragraphs.StaleParagraph as stale:
            drafts.keep_draft(self.paragraph, by=self.actor, language=language, text=text, version=version)
            return self._both_texts(request, stale)
        except DomainError:
            if text.strip() and language in self.needed_report.languages and self.may("reports.change_report", self.needed_report):
                drafts.keep_draft(self.paragraph, by=self.actor, language=language, text=text, version=version)
            raise
        messages.success(request, _("Saved at %(time)s.") % {"time": _time_of(clock.now())})
        return redirect(self._back())

    def _comments(self, paragraph: ReportParagraph) -> Any:
        """What the authorities say about it, for who may read that."""
        rows = ConsultationComment.objects.filter(paragraph=paragraph).select_related("invitation")
        return rows if self.may("reports.view_comments", self.needed_report) else []

    def _both_texts(self, request: HttpRequest, stale: paragraphs.StaleParagraph) -> HttpResponse:
        mine = stale.mine.replace("\r\n", "\n").strip()
        base = request.POST.get("base")
        both = joined(base.replace("\r\n", "\n").strip(), mine, stale.theirs) if base else None
        context = self.get_context_data() | {
            "stale": stale,
            "current": ReportParagraph.objects.get(pk=self.paragraph.pk),
            "pieces": word_diff(stale.theirs, mine),
            "both": both if both not in {mine, stale.theirs} else None,
            "kept": [(name, value) for name in ("checked", "with_findings", "findings") for value in request.POST.getlist(name)],
        }
        return render(request, "reports/paragraph_stale.html", context, status=409)

    def _back(self) -> str:
        url = reverse("reports:section", args=[self.mission.reference, self.paragraph.section.code])
        return f"{url}#{self.paragraph.uuid}"


class ParagraphDraftView(ParagraphView):
    """Keep the unsaved words of a paragraph, or drop them."""

    http_method_names = ["post"]
    permission = "reports.change_report"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Fields: language, text, version; or `discard`."""
        if "discard" in request.POST:
            drafts.drop_draft(self.paragraph, by=self.actor, languages=request.POST.getlist("language"))
            return redirect("reports:paragraph", self.mission.reference, self.paragraph.uuid)
        return _kept(request, self.paragraph, self.actor)


class ParagraphRemoveView(ParagraphView):
    """Remove a paragraph, or move it up or down."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Remove or move it."""
        section, direction = self.paragraph.section, request.POST.get("direction", "")
        if direction:
            rows = [str(uuid) for uuid in section.paragraphs.values_list("uuid", flat=True)]
            at = rows.index(str(self.paragraph.uuid))
            to = at - 1 if direction == "up" else at + 1
            if 0 <= to < len(rows):
                rows[at], rows[to] = rows[to], rows[at]
                paragraphs.order_paragraphs(section, rows, by=self.actor)
        else:
            paragraphs.remove_paragraph(self.paragraph, version=number_of(request.POST.get("version")), by=self.actor)
            messages.success(request, _("The paragraph is removed; frozen versions keep it."))
        return redirect("reports:section", self.mission.reference, section.code)


class RemarkView(ParagraphView):
    """Comment on a paragraph, or suggest another wording."""

    http_method_names = ["post"]
    permission = "reports.remark_paragraph"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Fields: kind, language, text, why."""
        given = {name: request.POST.get(name, "") for name in ("kind", "language", "text", "why")}
        remarks.make_remark(self.paragraph, by=self.actor, **given)
        messages.success(request, _("Said. Whoever writes the report sees it beside the paragraph."))
        return redirect(f"{reverse('reports:paragraph', args=[self.mission.reference, self.paragraph.uuid])}#remarks")


def finding_choices(report: Any, language: str) -> list[tuple[Finding, str]]:
    """Findings that a paragraph may rest on, with their statements."""
    rows = list(Finding.objects.filter(mission__in=report.missions.all()).agreed().order_by("number"))
    texts = translations.texts_of_many(rows, "statement")
    return [(row, translations.best_text(texts[row.uuid], language, row.authentic_language)) for row in rows]


def _kept(request: HttpRequest, place: drafts.Place, actor: Any) -> JsonResponse:
    row = drafts.keep_draft(
        place,
        by=actor,
        language=request.POST.get("language", ""),
        text=request.POST.get("text", ""),
        version=number_of(request.POST.get("version")),
    )
    sentence = _("Draft saved at %(time)s, not in the report yet.") % {"time": _time_of(row.saved_at)} if row else _("As it is stored.")
    return JsonResponse({"sentence": sentence, "saved_at": row.saved_at.isoformat() if row else None})


def _time_of(moment: Any) -> str:
    return date_format(moment.astimezone(timezone.get_current_timezone()), "TIME_FORMAT")


def number_of(value: str | None) -> int:
    """A version as a form names it; 0 where it names none."""
    return int(value) if value and value.isdecimal() and len(value) < 10 else 0
