"""Importing recommendations from before Scrutin in two steps: upload, then confirm what each column is."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from core.enums import Access
from core.errors import DomainError
from core.files import store_file
from core.models import StoredFile
from core.views import RightMixin
from missions.forms.mapping import MappingForm
from missions.views.base import FormPage
from reports.forms_past import PastUploadForm
from reports.services.past_columns import FIELDS
from reports.services.past_import import import_past, preview_past

LIST_BYTES = 10 * 1024 * 1024
SHOWN_ROWS = 100


class PastUploadView(FormPage):
    """Take the file; what each column is, the next page asks."""

    permission = "reports.write_past_text"
    form_class = PastUploadForm
    template_name = "reports/past_form.html"
    title = gettext_lazy("Import recommendations")
    lead = gettext_lazy(
        "One recommendation per row, with the number and the day of its text, the paragraph and the wording. The first row names the "
        "columns, in English, French or German. Several addressees or standards are separated by semicolons. Nothing is stored yet."
    )
    submit_label = gettext_lazy("Show the columns")

    def act(self, form: forms.Form) -> StoredFile:
        """Keep the file if it can be read as a list."""
        upload = form.cleaned_data["file"]
        data = upload.read(LIST_BYTES + 1)
        if len(data) <= LIST_BYTES:
            preview_past(BytesIO(data), name=upload.name)
        return store_file(data, name=upload.name, by=self.actor, access=Access.SECRETARIAT, max_bytes=LIST_BYTES)

    def get_success_url(self) -> str:
        """What each column is."""
        return reverse("reports:past_import", args=[self.done.uuid])


class PastImportView(RightMixin, View):
    """Show the columns with our guesses, then import: one field `column_<n>` per column; `dry_run` only checks."""

    permission = "reports.write_past_text"
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        """The preview."""
        shown = self._preview()
        return self._page(MappingForm(columns=shown["columns"], fields=FIELDS), shown)

    def post(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        """Import, or say which rows are refused and why."""
        shown = self._preview()
        form = MappingForm(request.POST, columns=shown["columns"], fields=FIELDS)
        if not form.is_valid():
            return self._page(form, shown, status=400)
        dry_run = "dry_run" in request.POST
        try:
            with self.file.open() as source:
                answer = import_past(by=self.actor, source=source, name=self.file.name, mapping=form.mapping(), dry_run=dry_run)
        except DomainError as refusal:
            form.add_error(None, str(refusal.sentence))
            return self._page(form, shown, status=refusal.status)
        if answer["refused"] or dry_run:
            return self._page(form, shown, answer=answer, status=400 if answer["refused"] else 200)
        sentence = _(
            "Recommendations: %(created)s new, %(updated)s changed, %(unchanged)s as before. "
            "New texts: %(texts)s; assessments: %(assessed)s."
        )
        messages.success(request, sentence % answer)
        return redirect("reports:past_texts")

    @property
    def file(self) -> StoredFile:
        """The uploaded file, if this account uploaded it."""
        return get_object_or_404(StoredFile, uuid=self.kwargs["uuid"], stored_by=str(self.actor))

    def _preview(self) -> dict[str, Any]:
        with self.file.open() as source:
            return preview_past(source, name=self.file.name)

    def _page(self, form: MappingForm, shown: dict[str, Any], *, answer: Any = None, status: int = 200) -> HttpResponse:
        refused = answer["refused"][:SHOWN_ROWS] if answer else []
        rows = len({one["row"] for one in answer["refused"]}) if answer else 0
        context = {"form": form, "refused_rows": rows, "shown": shown, "file": self.file, "answer": answer, "refused": refused}
        return render(self.request, "reports/past_import.html", context, status=status)
