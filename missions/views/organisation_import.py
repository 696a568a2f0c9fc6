"""Importing a list of organisations."""

from __future__ import annotations

from typing import IO, Any

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.views.imports import ListImportView, ListPage, ListUploadView
from missions.services.organisations_import import OrganisationImport, import_organisations


class OrganisationList(ListPage):
    """A list of organisations."""

    permission = "missions.change_organisation"
    importer = OrganisationImport
    title = gettext_lazy("Import organisations")
    list_url = "missions:organisations"
    list_title = gettext_lazy("Organisations")
    upload_url = "missions:organisations_upload"
    import_url = "missions:organisations_import"


class UploadView(OrganisationList, ListUploadView):
    """Take the file."""

    lead = gettext_lazy("The first row names the columns, in English, French or German. Nothing is stored yet.")
    file_label = gettext_lazy("List of organisations")


class ImportView(OrganisationList, ListImportView):
    """Confirm the columns, then import; what reads like an organisation of the list is told."""

    template_name = "missions/organisations_import.html"

    def import_list(self, source: IO[bytes], *, name: str, mapping: dict[str, str], dry_run: bool, **about: Any) -> dict[str, Any]:
        """With the look-alikes."""
        return import_organisations(by=self.actor, source=source, name=name, mapping=mapping, dry_run=dry_run)

    def tell(self, answer: dict[str, Any]) -> None:
        """How many, and which read like another."""
        sentence = _("%(created)s organisations are new, %(updated)s changed, %(unchanged)s stayed as they were.")
        messages.success(self.request, sentence % answer)
        self.warn([item["why"] for item in answer["look_alikes"]])
