"""The texts of a mission beside one language, part by part: what its statement and its report print."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import DomainError, NotAllowed
from core.languages import language_name
from reports.services import fixed_words, translating
from reports.services.languages import choices, languages_of
from reports.views.base import MissionPage


class TranslationView(MissionPage):
    """Originals and translations side by side, with their states; saved a part at a time, all or nothing."""

    template_name = "reports/translation.html"
    permission = "reports.view_report"
    active_tab = "report"

    @property
    def wanted(self) -> str:
        """The language of the address; 404 where texts on the country do not have it."""
        if self.kwargs["language"] not in languages_of(self.mission.country):
            raise Http404
        return self.kwargs["language"]

    @cached_property
    def parts(self) -> list[translating.Part]:
        """Every part that has a text to translate."""
        return translating.parts(self.mission, self.wanted)

    @cached_property
    def part(self) -> translating.Part | None:
        """The part that is asked for (`?part=`), else the first in which something is not checked."""
        asked = self.request.GET.get("part", "")
        named = next((part for part in self.parts if part.code == asked), None)
        if asked and named is None:
            raise Http404
        return named or next((part for part in self.parts if part.open), None) or next(iter(self.parts), None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The part, with what was typed where it was refused."""
        part, typed = self.part, kwargs.get("typed", {})
        return super().get_context_data(**kwargs) | {
            "report": self.report,
            "code": self.wanted,
            "name": language_name(self.wanted),
            "parts": self.parts,
            "part": part,
            "rows": [(row, typed.get(row.name, row.text)) for row in part.rows] if part else [],
            "refused": kwargs.get("refused"),
            "others": [one for one in choices(languages_of(self.mission.country)) if one[0] != self.wanted],
            "lacks": fixed_words.lacks([self.wanted], None),
            "may_see_words": self.may("reports.view_words"),
            "may_write": self.may("reports.translate_texts"),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save the part."""
        part = self.part
        if part is None:
            raise Http404
        sent = [row for row in part.rows if f"text_{row.name}" in request.POST]
        typed = {row.name: request.POST[f"text_{row.name}"] for row in sent}
        given = [
            {
                "kind": row.kind,
                "key": row.key,
                "text": typed[row.name],
                "checked": f"checked_{row.name}" in request.POST,
                "seen": request.POST.get(f"seen_{row.name}", ""),
            }
            for row in sent
        ]
        try:
            written = translating.save_translations(self.mission, self.wanted, given, by=self.actor)
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self.render_to_response(self.get_context_data(typed=typed, refused=refusal), status=refusal.status)
        sentence = ngettext("%(n)s text was saved.", "%(n)s texts were saved.", written)
        messages.success(request, sentence % {"n": written} if written else _("Nothing was changed."))
        return redirect(f"{reverse('reports:translation', args=[self.mission.reference, self.wanted])}?part={part.code}")
