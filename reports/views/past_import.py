"""Importing recommendations from before Scrutin."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.views.imports import ListImportView, ListPage, ListUploadView
from reports.services.past_import import PastImport


class PastList(ListPage):
    """A list of recommendations."""

    permission = "reports.write_past_text"
    importer = PastImport
    title = gettext_lazy("Import recommendations")
    list_url = "reports:past_texts"
    list_title = gettext_lazy("Recommendations before Scrutin")
    upload_url = "reports:past_upload"
    import_url = "reports:past_import"


class PastUploadView(PastList, ListUploadView):
    """Take the file."""

    file_label = gettext_lazy("List of recommendations")
    lead = gettext_lazy(
        "One recommendation per row, with the number and the day of its text, the paragraph and the wording. The first row names the "
        "columns, in English, French or German. Several addressees or standards are separated by semicolons. Nothing is stored yet."
    )


class PastImportView(PastList, ListImportView):
    """Confirm the columns, then import."""

    def told(self, answer: dict[str, Any]) -> str:
        """The texts and the assessments."""
        return _("New texts: %(texts)s; assessments: %(assessed)s.") % answer

    def tell(self, answer: dict[str, Any]) -> None:
        """How many."""
        sentence = _(
            "Recommendations: %(created)s new, %(updated)s changed, %(unchanged)s as before. "
            "New texts: %(texts)s; assessments: %(assessed)s."
        )
        messages.success(self.request, sentence % answer)
