"""Texts from before Scrutin at the desk: entered, corrected, let out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView, TemplateView

from core.languages import reader_language
from core.rights import allowed
from core.views import RightMixin
from missions.models import PastMission
from missions.views.base import ActionView, FormPage
from reports.forms_past import PastTextForm
from reports.models import PastText
from reports.services import past_texts
from reports.services.followup import adopted_text

PER_PAGE = 50
TEXT_FIELDS = ("number", "adopted_on", "title_en", "title_fr", "title_de", "document_ref", "web", "year", "election", "version")


class PastTextsView(RightMixin, ListView):
    """The texts that were entered, by country and words; which missions of the history have none yet."""

    permission = "reports.view_past_text"
    template_name = "reports/past_texts.html"
    paginate_by = PER_PAGE

    def get_queryset(self) -> Any:
        """Filtered by `country` (code) and `q`, with how many recommendations each has and how many were assessed."""
        rows = PastText.objects.visible_to(self.request.user).select_related("country", "past_mission__country")
        words = self.request.GET.get("q", "").strip()
        for word in words.split():
            said = Q(title_en__icontains=word) | Q(title_fr__icontains=word) | Q(document_ref__icontains=word)
            rows = rows.filter(said | Q(number__icontains=word))
        if country := self.request.GET.get("country", ""):
            rows = rows.filter(country__code=country.upper())
        standing = Q(recommendations__follow_ups__isnull=False, recommendations__follow_ups__withdrawn_at=None)
        rows = rows.annotate(
            calls=Count("recommendations", distinct=True), assessed=Count("recommendations", filter=standing, distinct=True)
        )
        return rows.order_by("-adopted_on", "number", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Filters, rights, and the missions whose text waits to be entered."""
        seen = PastText.objects.visible_to(self.request.user)
        countries = {one.country.code: one.country for one in seen.select_related("country")}
        waiting = PastMission.objects.exclude(adopted_text="").filter(texts=None).exclude(adopted_text__contains="no recommendation")
        return super().get_context_data(**kwargs) | {
            "countries": sorted(countries.values(), key=lambda one: one.name),
            "country": self.request.GET.get("country", "").upper(),
            "q": self.request.GET.get("q", "").strip(),
            "may_write": allowed(self.actor, "reports.write_past_text"),
            "waiting": waiting.select_related("country"),
        }


class PastTextMixin(RightMixin):
    """A page or act about one text; outside the reader's view it does not exist."""

    permission = "reports.view_past_text"

    @cached_property
    def text(self) -> PastText:
        """The text of the address."""
        rows = PastText.objects.visible_to(self.request.user).select_related("country", "past_mission__country")
        return get_object_or_404(rows, uuid=self.kwargs["text"])

    def get_right_object(self) -> Any:
        """Rights are asked about the text."""
        return self.text

    @property
    def write_permission(self) -> str:
        """Who changes it: whoever enters texts, or a publisher where it is public."""
        return "reports.release_past_text" if self.text.is_public else "reports.write_past_text"


class PastTextView(PastTextMixin, TemplateView):
    """One text with its recommendations and their statuses."""

    template_name = "reports/past_text.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Recommendations in the order of their paragraphs."""
        rows = list(self.text.recommendations.with_status().prefetch_related("adopted_texts", "addressees").order_by("number"))
        may_release = allowed(self.actor, "reports.release_past_text", self.text)
        return super().get_context_data(**kwargs) | {
            "text": self.text,
            "title": self.text.title_in(reader_language()),
            "items": [(row, adopted_text(row, reader_language())) for row in rows],
            "may_write": allowed(self.actor, self.write_permission, self.text),
            "may_release": may_release,
            "missing": past_texts.missing_for_release(self.text) if may_release and not self.text.is_public else [],
        }


class PastTextFormView(FormPage):
    """Enter a text, or correct one."""

    permission = "reports.write_past_text"
    form_class = PastTextForm
    template_name = "reports/past_form.html"
    lead = gettext_lazy("As the Congress published it. The public reads it only after a publisher has let it out.")

    @cached_property
    def text(self) -> PastText | None:
        """The text that is corrected, or None for a new one."""
        rows = PastText.objects.visible_to(self.request.user)
        return get_object_or_404(rows, uuid=self.kwargs["text"]) if "text" in self.kwargs else None

    def get_right_object(self) -> Any:
        """The text."""
        return self.text

    @property
    def title(self) -> str:  # type: ignore[override]
        """What is done here."""
        return _("Correct %(text)s") % {"text": self.text.label} if self.text else _("Enter an adopted text")

    def get_initial(self) -> dict[str, Any]:
        """What is there; a mission of the history may be named in the address: its number and document are proposed."""
        if self.text is not None:
            mission = self.text.past_mission.code if self.text.past_mission else None
            return {name: getattr(self.text, name) for name in TEXT_FIELDS} | {"past_mission": mission, "country": self.text.country.code}
        mission = PastMission.objects.filter(code=self.request.GET.get("mission", "")).first()
        if mission is None:
            return {}
        numbers = [part for part in mission.adopted_text.split("; ") if part.startswith("Recommendation")]
        day = mission.adopted_on if len(mission.adopted_on) == len("2013-03-20") else None
        number = numbers[0] if numbers else ""
        return {"past_mission": mission.code, "document_ref": mission.document_ref, "adopted_on": day, "number": number}

    def act(self, form: forms.Form) -> PastText:
        """Save it."""
        assert isinstance(form, PastTextForm)
        if self.text is None:
            return past_texts.enter_text(by=self.actor, **form.values())
        return past_texts.correct_text(self.text, version=form.cleaned_data["version"] or 0, by=self.actor, **form.values())

    def get_success_url(self) -> str:
        """The text."""
        messages.success(self.request, _("%(text)s is saved.") % {"text": self.done.label})
        return self.done.get_absolute_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where one came from."""
        return super().get_context_data(**kwargs) | {"text": self.text}


class PastTextReleaseView(PastTextMixin, ActionView):
    """Let the public read it."""

    permission = "reports.release_past_text"

    def act(self, request: HttpRequest) -> str:
        """Release."""
        done = past_texts.release_text(self.text, by=self.actor)
        messages.success(request, _("The public reads %(text)s now.") % {"text": done.label})
        return done.get_absolute_url()


class PastTextTakeBackView(PastTextMixin, ActionView):
    """The public no longer reads it."""

    permission = "reports.release_past_text"

    def act(self, request: HttpRequest) -> str:
        """Take back."""
        done = past_texts.take_back_text(self.text, by=self.actor)
        messages.success(request, _("The public no longer reads %(text)s.") % {"text": done.label})
        return done.get_absolute_url()


class PastTextRemoveView(PastTextMixin, ActionView):
    """Take out a text with its recommendations."""

    permission = "reports.write_past_text"

    def act(self, request: HttpRequest) -> str:
        """Remove."""
        past_texts.remove_text(self.text, by=self.actor)
        messages.success(request, _("%(text)s and its recommendations are taken out.") % {"text": self.text.label})
        return reverse("reports:past_texts")
