"""Reading in good practice of another collection."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.enums import Language
from core.views.imports import ListImportView, ListPage, ListUploadView
from reports.forms_texts import CollectionMappingForm
from reports.services.practice_import import PracticeImport


class CollectionList(ListPage):
    """A list of good practices."""

    permission = "reports.import_practices"
    importer = PracticeImport
    title = gettext_lazy("Read in good practice")
    list_url = "reports:collected"
    list_title = gettext_lazy("Good practice of other collections")
    upload_url = "reports:collected_upload"
    import_url = "reports:collected_import"


class CollectionUploadView(CollectionList, ListUploadView):
    """Take the file."""

    file_label = gettext_lazy("List of good practices")
    file_help = gettext_lazy("JSON, CSV, TSV or XLSX.")
    lead = gettext_lazy(
        "A list of another collection, one practice per row, with the columns of our own public export or with names like them. "
        "Nothing is stored yet, and nothing is public before a publisher lets it out."
    )


class CollectionImportView(CollectionList, ListImportView):
    """Say from where it is and what each column is, then import."""

    about_form = CollectionMappingForm

    def get_initial(self) -> dict[str, Any]:
        """English."""
        return {"language": Language.EN}

    def told(self, answer: dict[str, Any]) -> str:
        """What leaves the public's view, and what was our own."""
        sentence = _("No longer public until a publisher lets it out again: %(reopened)s; our own, left as they are: %(own)s.")
        return sentence % answer

    def tell(self, answer: dict[str, Any]) -> None:
        """How many."""
        sentence = _("Good practices: %(created)s new, %(updated)s changed, %(unchanged)s as before. No longer public: %(reopened)s.")
        messages.success(self.request, sentence % answer)
