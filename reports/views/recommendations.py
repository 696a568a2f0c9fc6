"""Recommendations of a mission: drafting, checks, the chain downwards, follow-up and dialogue."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core import clock, translations
from core.errors import Invalid
from core.rights import authorize
from reports.enums import Relation
from reports.forms import AssessmentForm, DialogueForm, RecommendationForm
from reports.models import Dialogue, Finding, FollowUp, Recommendation
from reports.models.visibility import missions_read_by
from reports.services import chain, followup, public, recommendations
from reports.services.earlier import earlier_of, relate_recommendation
from reports.services.languages import choices, languages_of
from reports.services.recommendation_checks import missing_for_committee, missing_for_session
from reports.views.base import MissionPage, texts_from

FIELDS = ("priority", "action_type", "topic", "one_action_confirmed")


class RecommendationsView(MissionPage):
    """The recommendations of a mission with their checks, status and the dialogue about them."""

    template_name = "reports/recommendations.html"
    permission = "reports.view_recommendation"
    active_tab = "recommendations"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Recommendations in their order; earlier open ones of the country; the dialogue."""
        rows = list(
            Recommendation.objects.for_mission(self.mission)
            .with_status()
            .select_related("topic", "mission")
            .prefetch_related("addressees", "citations__standard", "findings", "adopted_texts")
            .order_by("number")
        )
        texts = translations.texts_of_many(rows, "text")
        earlier = Recommendation.objects.open_ones().for_country(self.mission.country).exclude(mission=self.mission)
        earlier = earlier.select_related("report", "mission", "past_text").prefetch_related("adopted_texts")
        editable = self.report is None or self.report.is_editable
        return super().get_context_data(**kwargs) | {
            "items": [
                (row, texts[row.uuid], translations.best_text(texts[row.uuid], self.language, row.authentic_language)) for row in rows
            ],
            "report": self.report,
            "may_draft": self.may("reports.draft_recommendation") and editable,
            "may_assess": self.may("reports.assess_recommendation"),
            "may_record": self.may("reports.record_dialogue"),
            "has_adopted": any(row.is_adopted for row in rows),
            "earlier": [(row, followup.adopted_text(row, self.language)) for row in earlier],
            "dialogues": Dialogue.objects.filter(mission=self.mission).prefetch_related("recommendations"),
        }


class RecommendationFormView(MissionPage):
    """Draft or change a recommendation."""

    template_name = "reports/recommendation_form.html"
    permission = "reports.draft_recommendation"
    active_tab = "recommendations"

    @cached_property
    def recommendation(self) -> Recommendation | None:
        """The recommendation that is changed, or None for a new one."""
        uuid = self.kwargs.get("uuid")
        return get_object_or_404(Recommendation, mission=self.mission, uuid=uuid) if uuid else None

    def get_form(self) -> RecommendationForm:
        """The form, filled with what is there; a finding may be given in the address."""
        findings = Finding.objects.for_mission(self.mission).agreed().order_by("number")
        statements = translations.texts_of_many(findings, "statement")
        labels = {row.uuid: translations.best_text(statements[row.uuid], self.language, row.authentic_language) for row in findings}
        data = self.request.POST if self.request.method == "POST" else None
        return RecommendationForm(data, initial=self._initial(), findings=findings, labels=labels)

    def _initial(self) -> dict[str, Any]:
        row = self.recommendation
        if row is None:
            return {"findings": self.request.GET.getlist("finding")}
        texts = translations.texts(row, "text")
        return {
            **{name: getattr(row, name) for name in (*FIELDS, "version")},
            **{f"text_{code}": text.text for code, text in texts.items()},
            "topic": row.topic.code if row.topic else None,
            "addressees": list(row.addressees.values_list("addressee", flat=True)),
            "standards": list(row.citations.values_list("standard_id", flat=True)),
            "findings": [str(uuid) for uuid in row.findings.values_list("uuid", flat=True)],
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Form and recommendation."""
        return super().get_context_data(**kwargs) | {"form": kwargs.get("form") or self.get_form(), "recommendation": self.recommendation}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save it."""
        form = self.get_form()
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        data = form.cleaned_data
        values = {
            **{name: data[name] for name in FIELDS},
            "text": texts_from(request, "text"),
            "findings": list(data["findings"]),
            "standards": [standard.code for standard in data["standards"]],
            "addressees": data["addressees"],
        }
        if self.recommendation is None:
            row = recommendations.draft_recommendation(mission=self.mission, by=self.actor, **values)
        else:
            row = recommendations.change_recommendation(self.recommendation, version=data["version"] or 0, by=self.actor, **values)
        messages.success(request, _("Recommendation %(label)s is saved.") % {"label": row.label})
        return redirect(row)


class RecommendationPage(MissionPage):
    """A page or act about one recommendation."""

    active_tab = "recommendations"
    permission = "reports.view_recommendation"

    @cached_property
    def recommendation(self) -> Recommendation:
        """The recommendation of the address."""
        rows = Recommendation.objects.with_status().select_related("topic", "mission", "report", "country")
        return get_object_or_404(rows, mission=self.mission, uuid=self.kwargs["uuid"])


class RecommendationView(RecommendationPage):
    """One recommendation: texts side by side, checks, the chain down to the answers, status history."""

    template_name = "reports/recommendation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything about the recommendation that this reader may see."""
        row = self.recommendation
        adopted = {one.language: one for one in self._adopted_texts(row)}
        texts = translations.texts(row, "text") if self._reads_mission else {}
        editable = not row.is_adopted and (row.report is None or row.report.is_editable)
        return super().get_context_data(**kwargs) | {
            "recommendation": row,
            "texts": [(code, label, texts.get(code), adopted.get(code)) for code, label in choices(languages_of(self.mission.country))],
            "missing": [] if row.is_adopted else missing_for_session(row),
            "ready": row.is_adopted or not missing_for_committee(row),
            "nodes": chain.from_recommendation(row, self.request.user, self.language),
            "history": public.history_of([row], self.language).get(row.pk, []),
            "relations": row.relations.select_related("earlier__report", "earlier__mission", "earlier__past_text"),
            "earlier": [] if row.is_adopted else earlier_of(row, self.language, words=self.request.GET.get("q", "").strip()),
            "q": self.request.GET.get("q", "").strip(),
            "choices": Relation.choices,
            "later": row.later_relations.filter(recommendation__in=Recommendation.objects.visible_to(self.request.user)).select_related(
                "recommendation__mission", "recommendation__report", "recommendation__past_text"
            ),
            "may_change": editable and self.may("reports.change_recommendation", row),
            "may_translate": not row.is_adopted and self.may("reports.translate_recommendation", row),
            "may_assess": row.is_adopted and self.may("reports.assess_recommendation", row),
            "withdrawn": followup.withdrawn_of(row, self.language) if self.may("reports.view_follow_up") else [],
        }

    @cached_property
    def _reads_mission(self) -> bool:
        """Does the reader read the mission? Others read what is published of it, and no more."""
        return bool(missions_read_by(self.request.user).filter(pk=self.mission.pk).exists())

    def _adopted_texts(self, row: Recommendation) -> Any:
        return row.adopted_texts.all() if self._reads_mission else public.public_texts().filter(recommendation=row)


class RecommendationRelateView(RecommendationPage):
    """Say how it stands to an earlier one: `earlier` (uuid), `relation` (empty takes it back)."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Set it."""
        authorize(self.actor, "reports.change_recommendation", self.recommendation)
        rows = Recommendation.objects.adopted().for_country(self.mission.country_id)
        earlier = next((row for row in rows if str(row.uuid) == request.POST.get("earlier", "")), None)
        if earlier is None:
            raise Invalid(_("There is no such adopted recommendation to this country."), code="relation", attr="earlier")
        relate_recommendation(self.recommendation, earlier, request.POST.get("relation", ""), by=self.actor)
        return redirect(self.recommendation.get_absolute_url() + "#earlier")


class RecommendationTranslateView(RecommendationPage):
    """Write or check a translation."""

    http_method_names = ["post"]
    permission = "reports.translate_recommendation"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save it."""
        recommendations.translate_recommendation(
            self.recommendation,
            language=request.POST.get("language", ""),
            text=request.POST.get("text", ""),
            checked="checked" in request.POST,
            by=self.actor,
        )
        return redirect(self.recommendation)


class RecommendationWithdrawView(RecommendationPage):
    """Take a draft back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Withdraw it with a reason."""
        recommendations.withdraw_recommendation(self.recommendation, by=self.actor, reason=request.POST.get("reason", ""))
        return redirect("reports:recommendations", self.mission.reference)


class RecommendationOrderView(MissionPage):
    """Move one recommendation up or down."""

    http_method_names = ["post"]
    permission = "reports.draft_recommendation"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Give the list its new order."""
        rows = [
            str(uuid) for uuid in Recommendation.objects.for_mission(self.mission).live().order_by("number").values_list("uuid", flat=True)
        ]
        moved, direction = request.POST.get("uuid", ""), request.POST.get("direction", "")
        if moved in rows:
            at = rows.index(moved)
            to = at - 1 if direction == "up" else at + 1
            if 0 <= to < len(rows):
                rows[at], rows[to] = rows[to], rows[at]
                recommendations.order_recommendations(self.mission, rows, by=self.actor)
        return redirect("reports:recommendations", self.mission.reference)


class AssessView(RecommendationPage):
    """Record what became of a recommendation."""

    permission = "reports.assess_recommendation"
    template_name = "reports/assess.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form."""
        return super().get_context_data(**kwargs) | {
            "recommendation": self.recommendation,
            "form": kwargs.get("form") or AssessmentForm(initial={"assessed_on": clock.today()}),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save the assessment."""
        form = AssessmentForm(request.POST)
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        data = form.cleaned_data
        followup.assess_recommendation(
            self.recommendation,
            status=data["status"],
            basis=data["basis"],
            assessed_on=data["assessed_on"],
            note=texts_from(request, "note"),
            by=self.actor,
        )
        messages.success(request, _("The assessment is recorded."))
        return redirect(self.recommendation)


class AssessmentWithdrawView(RecommendationPage):
    """Take back an assessment that was wrong."""

    http_method_names = ["post"]
    permission = "reports.assess_recommendation"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Withdraw it with a reason."""
        row = get_object_or_404(FollowUp, recommendation=self.recommendation, uuid=self.kwargs["assessment"])
        followup.withdraw_assessment(row, by=self.actor, reason=request.POST.get("reason", ""))
        messages.success(request, _("The assessment is taken back."))
        return redirect(self.recommendation)


class DialogueView(MissionPage):
    """Record one meeting or letter of the post-electoral dialogue."""

    template_name = "reports/dialogue_form.html"
    permission = "reports.record_dialogue"
    active_tab = "recommendations"

    def get_form(self) -> DialogueForm:
        """The form with the mission's adopted recommendations, and with those from before Scrutin to the country."""
        rows = Recommendation.objects.adopted().for_country(self.mission.country_id).select_related("past_text")
        rows = rows.filter(Q(mission=self.mission) | Q(past_text__isnull=False)).order_by("past_text", "number")
        data = self.request.POST if self.request.method == "POST" else None
        return DialogueForm(data, initial={"held_on": clock.today()}, recommendations=rows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form."""
        return super().get_context_data(**kwargs) | {"form": kwargs.get("form") or self.get_form()}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save it."""
        form = self.get_form()
        self.bound_form = form
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        followup.record_dialogue(country=self.mission.country, mission=self.mission, by=self.actor, **form.cleaned_data)
        messages.success(request, _("The dialogue is recorded."))
        return redirect("reports:recommendations", self.mission.reference)
