"""Recommendations from before Scrutin at the desk: entered, corrected, assessed, related to earlier ones."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core import clock
from core.enums import Language
from core.errors import Invalid
from core.languages import reader_language
from core.rights import allowed
from core.views import RightMixin
from missions.views.base import ActionView, FormPage
from reports.enums import Relation
from reports.forms import AssessmentForm
from reports.forms_past import PastRecommendationForm
from reports.models import FollowUp, PastText, Recommendation
from reports.services import followup, past_recommendations, public
from reports.services.earlier import earlier_of, relate_recommendation
from reports.views.base import texts_from


class PastRecommendationMixin(RightMixin):
    """A page or act about one recommendation of a text from before Scrutin."""

    permission = "reports.view_recommendation"

    @cached_property
    def recommendation(self) -> Recommendation:
        """The recommendation of the address, if the reader sees it."""
        rows = Recommendation.objects.visible_to(self.request.user).of_past().with_status()
        return get_object_or_404(rows.select_related("past_text__past_mission", "country", "topic"), uuid=self.kwargs["uuid"])

    def get_right_object(self) -> Any:
        """Rights are asked about the recommendation."""
        return self.recommendation

    @property
    def text(self) -> Any:
        """Its adopted text."""
        return self.recommendation.past_text

    @property
    def may_write(self) -> bool:
        """May the reader correct it?"""
        name = "reports.release_past_text" if self.text.is_public else "reports.write_past_text"
        return allowed(self.actor, name, self.text)


class PastRecommendationView(PastRecommendationMixin, TemplateView):
    """One recommendation: wording, facts, status over the years, how it stands to earlier and later ones."""

    template_name = "reports/past_recommendation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything about it that this reader may see."""
        row, language = self.recommendation, reader_language()
        words = self.request.GET.get("q", "").strip()
        adopted = {one.language: one for one in row.adopted_texts.all()}
        return super().get_context_data(**kwargs) | {
            "recommendation": row,
            "text": self.text,
            "wording": [(label, adopted[code]) for code, label in Language.choices if code in adopted],
            "history": public.history_of([row], language).get(row.pk, []),
            "withdrawn": followup.withdrawn_of(row, language) if self.may_write else [],
            "one_year": followup.one_year_of(row),
            "relations": row.relations.select_related("earlier__report", "earlier__mission", "earlier__past_text"),
            "later": row.later_relations.select_related("recommendation__mission", "recommendation__report", "recommendation__past_text"),
            "earlier": earlier_of(row, language, words=words),
            "q": words,
            "choices": Relation.choices,
            "may_change": self.may_write,
            "may_assess": allowed(self.actor, "reports.assess_recommendation", row),
            "may_see_text": allowed(self.actor, "reports.view_past_text", self.text),
        }


class PastRecommendationFormView(FormPage):
    """Enter a recommendation of a text, or correct one."""

    permission = "reports.write_past_text"
    form_class = PastRecommendationForm
    template_name = "reports/past_form.html"

    @cached_property
    def recommendation(self) -> Recommendation | None:
        """The recommendation that is corrected, or None for a new one."""
        rows = Recommendation.objects.visible_to(self.request.user).of_past().select_related("past_text", "topic")
        return get_object_or_404(rows, uuid=self.kwargs["uuid"]) if "uuid" in self.kwargs else None

    @cached_property
    def text(self) -> PastText:
        """The text it stands in."""
        if self.recommendation is not None and self.recommendation.past_text is not None:
            return self.recommendation.past_text
        return get_object_or_404(PastText.objects.visible_to(self.request.user), uuid=self.kwargs["text"])

    def get_right_object(self) -> Any:
        """The text."""
        return self.text

    @property
    def title(self) -> str:  # type: ignore[override]
        """What is done here."""
        if self.recommendation is not None:
            return _("Correct %(text)s, %(paragraph)s") % {"text": self.text.label, "paragraph": self.recommendation.paragraph}
        return _("Enter a recommendation of %(text)s") % {"text": self.text.label}

    def get_initial(self) -> dict[str, Any]:
        """What is there."""
        row = self.recommendation
        if row is None:
            return {}
        return {
            **{name: getattr(row, name) for name in ("paragraph", "priority", "action_type", "version")},
            **{f"text_{one.language}": one.text for one in row.adopted_texts.all()},
            "topic": row.topic.code if row.topic else None,
            "addressees": list(row.addressees.values_list("addressee", flat=True)),
            "standards": list(row.citations.values_list("standard_id", flat=True)),
        }

    def act(self, form: forms.Form) -> Recommendation:
        """Save it."""
        assert isinstance(form, PastRecommendationForm)
        if self.recommendation is None:
            return past_recommendations.enter_recommendation(self.text, by=self.actor, **form.values())
        version = form.cleaned_data["version"] or 0
        return past_recommendations.correct_recommendation(self.recommendation, version=version, by=self.actor, **form.values())

    def get_success_url(self) -> str:
        """The text after a new one, so that the next can be entered; the recommendation after a correction."""
        messages.success(self.request, _("Recommendation %(label)s is saved.") % {"label": self.done.label})
        if self.recommendation is None and "another" in self.request.POST:
            return reverse("reports:past_recommendation_add", args=[self.text.uuid])
        return self.text.get_absolute_url() if self.recommendation is None else self.done.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where one came from."""
        here = {"text": self.text, "recommendation": self.recommendation, "may_add_another": self.recommendation is None}
        return super().get_context_data(**kwargs) | here


class PastRecommendationRemoveView(PastRecommendationMixin, ActionView):
    """Take out a recommendation."""

    permission = "reports.write_past_text"

    def act(self, request: HttpRequest) -> str:
        """Remove."""
        past_recommendations.remove_recommendation(self.recommendation, by=self.actor)
        messages.success(request, _("Recommendation %(label)s is taken out.") % {"label": self.recommendation.label})
        return self.text.get_absolute_url()


class PastRelateView(PastRecommendationMixin, ActionView):
    """Say how it stands to an earlier one: `earlier` (uuid), `relation` (empty takes it back)."""

    permission = "reports.write_past_text"

    def act(self, request: HttpRequest) -> str:
        """Set it."""
        rows = Recommendation.objects.adopted().for_country(self.recommendation.country_id)
        earlier = next((row for row in rows if str(row.uuid) == request.POST.get("earlier", "")), None)
        if earlier is None:
            raise Invalid(_("There is no such adopted recommendation to this country."), code="relation", attr="earlier")
        relate_recommendation(self.recommendation, earlier, request.POST.get("relation", ""), by=self.actor)
        return self.recommendation.get_absolute_url() + "#earlier"


class PastAssessView(PastRecommendationMixin, FormPage):
    """Record what became of it."""

    permission = "reports.assess_recommendation"
    form_class = AssessmentForm
    template_name = "reports/past_form.html"
    lead = gettext_lazy("What became of it. The public tracker shows status, day, basis and note.")
    submit_label = gettext_lazy("Record")

    @property
    def title(self) -> str:  # type: ignore[override]
        """What is done here."""
        return _("Assess %(text)s, %(paragraph)s") % {"text": self.text.label, "paragraph": self.recommendation.paragraph}

    def get_initial(self) -> dict[str, Any]:
        """Today."""
        return {"assessed_on": clock.today()}

    def act(self, form: forms.Form) -> FollowUp:
        """Save the assessment."""
        data = form.cleaned_data
        note = texts_from(self.request, "note")
        facts = {name: data[name] for name in ("status", "basis", "assessed_on")}
        return followup.assess_recommendation(self.recommendation, note=note, by=self.actor, **facts)

    def get_success_url(self) -> str:
        """The recommendation."""
        messages.success(self.request, _("The assessment is recorded."))
        return self.recommendation.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where one came from."""
        return super().get_context_data(**kwargs) | {"text": self.text, "recommendation": self.recommendation}


class PastAssessmentWithdrawView(PastRecommendationMixin, ActionView):
    """Take back an assessment that was wrong."""

    permission = "reports.assess_recommendation"

    def act(self, request: HttpRequest) -> str:
        """Withdraw it with a reason."""
        row = get_object_or_404(FollowUp, recommendation=self.recommendation, uuid=self.kwargs["assessment"])
        followup.withdraw_assessment(row, by=self.actor, reason=request.POST.get("reason", ""))
        messages.success(request, _("The assessment is taken back."))
        return self.recommendation.get_absolute_url()
