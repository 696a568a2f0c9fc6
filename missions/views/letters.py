"""The wording of the letters to authorities: what counts now, change it, preview it, restore the house's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.enums import Language
from core.errors import DomainError
from core.views import RightMixin
from missions.enums import DecisionOutcome
from missions.forms.requests import LetterForm
from missions.services import letters
from missions.views.base import ActionView, FormPage


class LetterListView(RightMixin, TemplateView):
    """Every letter in every language."""

    template_name = "missions/letters.html"
    permission = "missions.change_letter"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What counts, by outcome."""
        rows = letters.wordings()
        kinds = [(kind.label, [row for row in rows if row.kind == kind]) for kind in DecisionOutcome]
        return super().get_context_data(kinds=kinds, **kwargs)


class LetterMixin(RightMixin):
    """A page of one letter in one language."""

    permission = "missions.change_letter"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """There are letters for the outcomes and languages that exist."""
        if kwargs["kind"] not in DecisionOutcome.values or kwargs["language"] not in Language.values:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def names(self) -> dict[str, str]:
        """Which letter, in which language."""
        return {"kind": self.kwargs["kind"], "language": self.kwargs["language"]}


class LetterView(LetterMixin, FormPage):
    """Change a letter; `preview` shows it with invented values and stores nothing."""

    form_class = LetterForm
    template_name = "missions/letter.html"
    title = gettext_lazy("Wording of a letter")

    def get_initial(self) -> dict[str, Any]:
        """What counts."""
        return {"text": letters.wording(**self.names).text}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The variables, and the letter as it would be read."""
        row = letters.wording(**self.names)
        kwargs.setdefault("preview", letters.preview(row.text, row.language, kind=row.kind))
        kwargs.setdefault("language_label", Language(row.language).label)
        return super().get_context_data(letter=row, variables=letters.VARIABLES.items(), **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Save, or show it."""
        if "preview" not in self.request.POST:
            return super().form_valid(form)
        try:
            shown = letters.preview(form.cleaned_data["text"], self.kwargs["language"], kind=self.kwargs["kind"])
        except DomainError as refusal:
            return self.refuse(form, refusal)
        return self.render_to_response(self.get_context_data(form=form, preview=shown, is_unsaved=True))

    def act(self, form: forms.Form) -> letters.Wording:
        """Save."""
        row = letters.save_wording(**self.names, by=self.actor, text=form.cleaned_data["text"])
        messages.success(self.request, _("The wording of the letter was saved."))
        return row

    def get_success_url(self) -> str:
        """The list."""
        return reverse("missions:letters")


class LetterRestoreView(LetterMixin, ActionView):
    """Back to the wording of the house."""

    def act(self, request: HttpRequest) -> str:
        """Restore."""
        letters.restore_wording(**self.names, by=self.actor)
        messages.success(request, _("The wording of the house counts again."))
        return reverse("missions:letter", kwargs=self.names)
