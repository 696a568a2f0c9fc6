"""Findings of a mission: list, write, evidence, discussion, agreement; the statement pack; the chain upwards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import folded
from core import translations
from field.models import Incident, Note, Observation
from missions.models import Meeting, MeetingNote
from reports.enums import EvidenceKind, FindingState
from reports.forms import FindingForm
from reports.lifecycle import FINDING_MOVES
from reports.models import Evidence, Finding, FindingWording, Recommendation, Statement
from reports.services import chain, evidence, findings
from reports.services.diffs import word_diff
from reports.services.evidence import documents_for
from reports.services.figures import in_words, overall_figures, snapshot_of, top_items
from reports.services.languages import languages_of
from reports.services.search import words_wanted
from reports.services.suggestions import suggest_findings
from reports.views.base import MissionPage, texts_from


class FindingsView(MissionPage):
    """The findings of a mission by state and topic."""

    template_name = "reports/findings.html"
    permission = "reports.view_finding"
    active_tab = "findings"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Findings with statement and number of sources; the last statement."""
        rows = Finding.objects.visible_to(self.request.user).for_mission(self.mission).with_evidence().order_by("number")
        state = self.request.GET.get("state", "")
        shown = [row for row in rows if (row.state == state if state in FindingState.values else row.state != FindingState.DROPPED)]
        statements = translations.texts_of_many(shown, "statement")
        items = [(row, translations.best_text(statements[row.uuid], self.language, row.authentic_language)) for row in shown]
        return super().get_context_data(**kwargs) | {
            "items": items,
            "states": FindingState.choices,
            "state": state,
            "may_add": self.may("reports.add_finding"),
            "may_freeze": self.may("reports.freeze_statement"),
            "may_see_statement": self.may("reports.view_statement"),
            "agreed": sum(row.state in {FindingState.AGREED, FindingState.IN_PRELIMINARY, FindingState.IN_MEMORANDUM} for row in rows),
            "statement": Statement.objects.filter(mission=self.mission).defer("content").first(),
        }


class SuggestView(MissionPage):
    """Have findings suggested from today's figures."""

    http_method_names = ["post"]
    permission = "reports.add_finding"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Suggest, then show the list."""
        counts = suggest_findings(self.mission, by=self.actor)
        messages.success(request, _("%(created)s findings suggested, %(updated)s refreshed, %(unchanged)s as before.") % counts)
        return redirect("reports:findings", self.mission.reference)


class FindingFormView(MissionPage):
    """Write or change a finding."""

    template_name = "reports/finding_form.html"
    active_tab = "findings"

    @property
    def permission(self) -> str:  # type: ignore[override]
        """Writing one is everybody's, changing one is not."""
        return "reports.change_finding" if "uuid" in self.kwargs else "reports.add_finding"

    @cached_property
    def finding(self) -> Finding | None:
        """The finding that is changed, or None for a new one."""
        uuid = self.kwargs.get("uuid")
        return get_object_or_404(Finding.objects.visible_to(self.request.user), mission=self.mission, uuid=uuid) if uuid else None

    def get_form(self) -> FindingForm:
        """The form, filled with what is there."""
        if self.request.method == "POST":
            return FindingForm(self.request.POST)
        if self.finding is None:
            return FindingForm(initial={"phase": self.request.GET.get("phase", "voting")})
        texts = translations.texts(self.finding, "statement")
        initial = {name: getattr(self.finding, name) for name in (*findings.FIELDS, "version")}
        initial["topic"] = self.finding.topic.code if self.finding.topic else None
        return FindingForm(initial=initial | {f"statement_{code}": row.text for code, row in texts.items()})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Form and finding."""
        return super().get_context_data(**kwargs) | {"form": kwargs.get("form") or self.get_form(), "finding": self.finding}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save it."""
        form = self.get_form()
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        values = {name: form.cleaned_data[name] for name in findings.FIELDS}
        statement_texts = texts_from(request, "statement")
        if self.finding is None:
            row = findings.add_finding(mission=self.mission, statement=statement_texts, by=self.actor, **values)
            messages.success(request, _("Finding %(label)s is written down. Link what it rests on.") % {"label": row.label})
        else:
            version = form.cleaned_data["version"] or 0
            row = findings.change_finding(self.finding, version=version, statement=statement_texts, by=self.actor, **values)
            messages.success(request, _("Saved."))
        return redirect(row)


class FindingPage(MissionPage):
    """A page or act about one finding."""

    active_tab = "findings"
    permission = "reports.view_finding"

    @cached_property
    def finding(self) -> Finding:
        """The finding of the address."""
        rows = (
            Finding.objects.visible_to(self.request.user)
            .filter(mission=self.mission)
            .select_related("topic", "mission", "agreed_by__person", "drafted_by__person")
        )
        return get_object_or_404(rows.prefetch_related("evidence"), uuid=self.kwargs["uuid"])


class FindingView(FindingPage):
    """One finding: texts, sources, discussion, moves, what rests on it."""

    template_name = "reports/finding.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything about the finding that this reader may see."""
        finding = self.finding
        statements = translations.texts(finding, "statement")
        node = chain.sources_of([finding], self.request.user, self.language)[0]
        recommendations = list(finding.recommendations.select_related("mission"))
        texts = translations.texts_of_many(recommendations, "text")
        moves = [
            (name, move)
            for name, move in FINDING_MOVES.items()
            if name in {"agree", "reopen", "drop"} and finding.state in move.sources and self.may(move.permission, finding)
        ]
        return super().get_context_data(**kwargs) | {
            "finding": finding,
            "texts": {code: row for code in languages_of(self.mission.country) if (row := statements.get(code)) and row.text},
            "sources": node.sources,
            "wordings": _wordings(finding, statements),
            "comments": finding.comments.select_related("author__person"),
            "moves": moves,
            "may_change": self.may("reports.change_finding", finding) and finding.state == FindingState.DRAFT,
            "may_link": self.may("reports.add_finding", finding) and finding.state != FindingState.DROPPED,
            "may_comment": self.may("reports.comment_finding", finding),
            "may_recommend": self.may("reports.draft_recommendation"),
            "recommendations": [
                (row, translations.best_text(texts[row.uuid], self.language, row.authentic_language)) for row in recommendations
            ],
        }


def _wordings(finding: Finding, statements: dict[str, Any]) -> list[tuple[FindingWording, Any]]:
    """What the statement said before, newest first, each word by word against what followed it."""
    after = {code: row.text for code, row in statements.items()}
    found = []
    for row in finding.wordings.all():
        found.append((row, word_diff(row.text, after.get(row.language, ""))))
        after[row.language] = row.text
    return found


class FindingMoveView(FindingPage):
    """Agree, open again, drop."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Move it."""
        action = request.POST.get("action", "")
        if action not in FINDING_MOVES:
            raise Http404
        findings.move_finding(self.finding, action, by=self.actor, note=request.POST.get("note", ""))
        return redirect(self.finding)


class FindingCommentView(FindingPage):
    """Add a remark."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Add it."""
        findings.comment_finding(self.finding, text=request.POST.get("text", ""), by=self.actor)
        return redirect(self.finding)


class EvidencePickerView(FindingPage):
    """Find and link what a finding rests on: figures, answers, notes, meetings, incidents, earlier recommendations."""

    template_name = "reports/evidence_picker.html"
    permission = "reports.add_finding"
    LIMIT = 40

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What can be linked, by kind; narrowed by a question's code or words."""
        words = self.request.GET.get("q", "").strip()
        code = self.request.GET.get("item", "").strip().upper()
        notes = Note.objects.filter(mission=self.mission, is_current=True).select_related("station")
        meetings = Meeting.objects.visible_to(self.request.user).filter(mission=self.mission).standing()
        said = MeetingNote.objects.visible_to(self.request.user).filter(meeting__in=meetings).select_related("meeting")
        incidents = Incident.objects.filter(mission=self.mission).select_related("mission")
        earlier = (
            Recommendation.objects.adopted()
            .for_country(self.mission.country)
            .select_related("report", "past_text")
            .prefetch_related("adopted_texts")
        )
        snapshot = snapshot_of([self.mission])
        figures = [(item, in_words(item, self.language)) for item in top_items(snapshot, self.LIMIT) if not code or item["code"] == code]
        return super().get_context_data(**kwargs) | {
            "finding": self.finding,
            "q": words,
            "item": code,
            "figures": figures,
            "answers": self._answers(code),
            "notes": with_words(notes, words, "text")[: self.LIMIT],
            "meetings": with_words(meetings, words, "title")[: self.LIMIT],
            "meeting_notes": with_words(said, words, "text")[: self.LIMIT],
            "incidents": with_words(incidents, words, "text")[: self.LIMIT],
            "earlier": earlier[: self.LIMIT],
            "overall": [(one, in_words(one, self.language)) for one in overall_figures(snapshot)] if not code else [],
            "documents": with_words(documents_for(self.mission), words, "name")[: self.LIMIT],
        }

    def _answers(self, code: str) -> list[tuple[Observation, Any]]:
        if not code:
            return []
        rows = Observation.objects.for_mission(self.mission).current().with_names().filter(flags__has_key=code)
        return [(row, row.answers.get(code)) for row in rows[: self.LIMIT]]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Link one thing."""
        kind, value = request.POST.get("kind", ""), request.POST.get("value", "")
        try:
            self._link(kind, value, request.POST.get("item", ""))
        except ValidationError:
            raise Http404 from None
        messages.success(request, _("Linked."))
        asked = request.POST.get("item", "") if kind in {EvidenceKind.FIGURE, EvidenceKind.ANSWER} else ""
        return redirect(reverse("reports:finding_evidence", args=[self.mission.reference, self.finding.uuid]) + f"?item={asked}")

    def _link(self, kind: str, value: str, item: str) -> Evidence:
        finding, by, mission = self.finding, self.actor, self.mission
        if kind == EvidenceKind.FIGURE:
            snapshot = snapshot_of([mission])
            known = [*snapshot["items"], *overall_figures(snapshot)]
            figure = next((one for one in known if f"{one['form']}:{one['code']}" == value), None)
            if figure is None:
                raise Http404
            more = {"share": figure["share"], "label": figure["label"], "form": figure["form"]}
            label = f"{figure['code']}: {in_words(figure, 'en')}"
            return evidence.link_figure(
                finding, item=figure["code"], label=label, n=figure["n"], denominator=figure["denominator"], by=by, more=more
            )
        if kind == EvidenceKind.ANSWER:
            return evidence.link_answer(finding, get_object_or_404(Observation, mission=mission, uuid=value), item, by=by)
        if kind == EvidenceKind.NOTE:
            return evidence.link_note(finding, get_object_or_404(Note, mission=mission, uuid=value), by=by)
        if kind == EvidenceKind.MEETING:
            said = MeetingNote.objects.visible_to(self.request.user).filter(meeting__mission=mission, uuid=item).first() if item else None
            meeting = said.meeting if said else get_object_or_404(Meeting, mission=mission, uuid=value)
            return evidence.link_meeting(finding, meeting, note=said, by=by)
        if kind == EvidenceKind.INCIDENT:
            return evidence.link_incident(finding, get_object_or_404(Incident, mission=mission, uuid=value), by=by)
        if kind == EvidenceKind.DOCUMENT:
            file = next((row for row in documents_for(mission) if str(row.uuid) == value), None)
            if file is None:
                raise Http404
            return evidence.link_document(finding, file, by=by)
        if kind == EvidenceKind.RECOMMENDATION:
            return evidence.link_recommendation(finding, get_object_or_404(Recommendation, uuid=value), by=by)
        raise Http404


class EvidenceRemoveView(FindingPage):
    """Take a link away."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Remove it."""
        row = get_object_or_404(Evidence, finding=self.finding, uuid=self.kwargs["evidence"])
        evidence.remove_evidence(row, by=self.actor)
        return redirect(self.finding)


LOOKED_UP = frozenset({EvidenceKind.NOTE, EvidenceKind.MEETING, EvidenceKind.INCIDENT, EvidenceKind.DOCUMENT})


class UsesView(MissionPage):
    """The chain upwards: from an answer, note, meeting or incident to every text that uses it."""

    template_name = "reports/uses.html"
    permission = "reports.view_finding"
    active_tab = "findings"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Findings, paragraphs, recommendations, statements and versions that use it."""
        kind, uuid, item = self.kwargs["kind"], self.kwargs["uuid"], self.request.GET.get("item", "")
        if kind == EvidenceKind.ANSWER:
            rows = Observation.objects.visible_to(self.request.user).filter(mission=self.mission).with_names()
            source: Any = get_object_or_404(rows, uuid=uuid)
            uses = chain.uses_of_answer(source, self.request.user, self.language, item=item)
        else:
            if kind not in LOOKED_UP or not chain.is_readable(kind, uuid, self.request.user):
                raise Http404
            uses = chain.uses_of(kind, uuid, self.request.user, self.language)
            rows = Evidence.objects.filter(kind=kind, object_uuid=uuid, finding__in=[node.finding.pk for node in uses.findings])
            link = rows.filter(finding__mission=self.mission).first()
            source = link.label if link else ""
        kind = EvidenceKind(kind).label
        return super().get_context_data(**kwargs) | {"source": source, "kind": kind, "item": item, "uses": uses}


def with_words(rows: Any, words: str, field: str) -> list[Any]:
    """The rows whose `field` has every one of the words, in any case and without accents.

    Compared here, not in the database: neither of the two compares without accents, and one mission's texts are few.
    """
    wanted = words_wanted(words)
    return [row for row in rows if _has(folded(getattr(row, field)), wanted)] if wanted else list(rows)


def _has(text: str, words: list[str]) -> bool:
    return all(word in text for word in words)
