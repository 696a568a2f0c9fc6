"""The fixed words of documents in a language of a host country: one page per language, and its table."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from core.errors import Invalid
from core.languages import language_name
from core.rights import allowed, authorize
from core.views import RightMixin
from reports.services import fixed_words


class WordsMixin(RightMixin):
    """One language beside ours."""

    permission = "reports.view_words"

    @property
    def language(self) -> str:
        """The language of the address; 404 where no country has it."""
        if self.kwargs["language"] not in fixed_words.host_languages():
            raise Http404
        return self.kwargs["language"]


class FixedWordsView(WordsMixin, TemplateView):
    """English, French and the language side by side; saved together, or read in from a table."""

    template_name = "reports/fixed_words.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The words with what was typed, where it was refused."""
        found, typed, refused = fixed_words.groups(self.language), kwargs.get("typed", {}), kwargs.get("refused")
        return super().get_context_data(**kwargs) | {
            "code": self.language,
            "name": language_name(self.language),
            "groups": [(group, [self._row(row, typed, refused) for row in group.entries]) for group in found],
            "refused": refused,
            "missing": sum(group.missing for group in found),
            "total": sum(len(group.entries) for group in found),
            "others": [(code, language_name(code)) for code in fixed_words.host_languages() if code != self.language],
            "may_translate": allowed(self.actor, "reports.translate_words"),
        }

    @staticmethod
    def _row(row: fixed_words.Entry, typed: dict[str, str], refused: Invalid | None) -> tuple[fixed_words.Entry, str, Any]:
        """A word with what stands in its field, and the sentence of a refusal."""
        return row, typed.get(row.key, row.text), refused.sentence if refused and refused.attr == row.key else ""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save all or nothing; what was typed is shown again where a word is refused."""
        authorize(self.actor, "reports.translate_words")
        language = self.language
        typed = {key: request.POST[key] for key in fixed_words.needed(language) if key in request.POST}
        try:
            if "file" in request.FILES:
                typed = fixed_words.read_csv(language, request.FILES["file"].read(fixed_words.MAX_BYTES + 1))
            changed = fixed_words.save_words(language, typed, by=self.actor)
        except Invalid as refusal:
            return self.render_to_response(self.get_context_data(typed=typed, refused=refusal), status=refusal.status)
        sentence = ngettext("%(n)s fixed word was changed.", "%(n)s fixed words were changed.", changed)
        messages.success(request, sentence % {"n": changed} if changed else _("Nothing was changed."))
        return redirect("reports:fixed_words", language)


class FixedWordsTableView(WordsMixin, View):
    """The words as a table for a translator outside the house."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """CSV with the columns key, English, French, the language."""
        response = HttpResponse(fixed_words.as_csv(self.language), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="fixed-words-{self.language}.csv"'
        return response
