"""The statement pack: what the preliminary conclusions would say, what is frozen, its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core import translations
from core.documents import documents_of
from reports.documents.wording import is_ours
from reports.models import Finding, Statement
from reports.services import fixed_words, report_checks, statement
from reports.services.figures import snapshot_of
from reports.services.languages import choices, host_languages_of, languages_of
from reports.views.base import MissionPage


class StatementView(MissionPage):
    """The statement pack: what it would say, what is frozen, its files."""

    template_name = "reports/statement.html"
    permission = "reports.view_statement"
    active_tab = "findings"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Agreed findings, figures, statements with their files."""
        rows = Finding.objects.for_mission(self.mission).agreed().printed().with_evidence().order_by("-seriousness", "number")
        texts = translations.texts_of_many(rows, "statement")
        statements = list(Statement.objects.filter(mission=self.mission))
        hosts = host_languages_of(self.mission.country)
        lacks = {lack.language: lack for lack in fixed_words.lacks(hosts, None)}
        # of a language in which nobody has written a word nothing is said but what stands beside its name
        begun = [code for code in languages_of(self.mission.country) if is_ours(code) or any(code in row for row in texts.values())]
        return super().get_context_data(**kwargs) | {
            "findings": [
                (row, texts[row.uuid], translations.best_text(texts[row.uuid], self.language, row.authentic_language)) for row in rows
            ],
            "figures": snapshot_of([self.mission]),
            "shown": self.language,
            "statements": [(one, documents_of(one)) for one in statements],
            "may_freeze": self.may("reports.freeze_statement"),
            "warnings": report_checks.shares_alone_in_findings([self.mission]) + report_checks.untranslated_findings(self.mission, begun),
            "choices": [(code, label, is_ours(code), lacks.get(code)) for code, label in choices(languages_of(self.mission.country))],
            "host_languages": choices(hosts),
            "may_see_words": self.may("reports.view_words"),
        }

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Freeze and draw it."""
        languages = request.POST.getlist("languages") or ["en", "fr", "de"]
        frozen = statement.freeze_statement(self.mission, by=self.actor, languages=languages)
        job = statement.render_statement(frozen, by=self.actor)
        messages.success(
            request,
            _("The preliminary conclusions are frozen as number %(number)s; the files are being drawn.") % {"number": frozen.number},
        )
        return redirect(job)
