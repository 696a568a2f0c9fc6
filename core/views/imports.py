"""Importing a list at the desk in two steps: choose the file, then confirm what each column is.

A kind of list gives its pages a common parent with `importer` and the names of the addresses, and says in the second page what to
tell when all is done.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.actors import Actor
from core.enums import Access
from core.errors import DomainError
from core.files import store_file
from core.lists.forms import ListForm, MappingForm
from core.lists.imports import ListImport
from core.models import StoredFile
from core.views import RightMixin
from core.views.pages import FormPage

LIST_BYTES = 10 * 1024 * 1024
SHOWN_ROWS = 100


def keep_list(upload: UploadedFile, *, preview: Any, by: Actor, access: Access = Access.SECRETARIAT, most: int = LIST_BYTES) -> StoredFile:
    """Keep an uploaded file if `preview` can read it as a list; at most `most` bytes. Raises Invalid, and keeps nothing, if not."""
    data, name = upload.read(most + 1), upload.name or ""
    if len(data) <= most:
        preview(BytesIO(data), name=name)
    return store_file(data, name=name, by=by, access=access, max_bytes=most)


class ListPage(RightMixin):
    """What both pages of an import know: the kind of list, and the names of the addresses before, between and behind them."""

    importer: type[ListImport]
    title: Any = ""
    list_url = ""
    list_title: Any = ""
    upload_url = ""
    import_url = ""

    def preview(self, source: IO[bytes], *, name: str) -> dict[str, Any]:
        """The columns with their guessed fields. Raises Invalid for what is no list."""
        return self.importer.preview(source, name=name)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """From where the reader came."""
        return super().get_context_data(  # type: ignore[misc]
            list_url=self.list_url and reverse(self.list_url), list_title=self.list_title, **kwargs
        )


class ListUploadView(ListPage, FormPage):
    """Take the file; what each column is, the next page asks."""

    form_class = ListForm
    template_name = "core/list_upload.html"
    submit_label = gettext_lazy("Show the columns")
    file_label: Any = ""
    file_help: Any = ""

    def get_form_kwargs(self) -> dict[str, Any]:
        """What the file is called."""
        return {**super().get_form_kwargs(), "label": self.file_label, "help_text": self.file_help}

    def act(self, form: forms.Form) -> StoredFile:
        """Keep the file if it can be read as a list."""
        return keep_list(form.cleaned_data["file"], preview=self.preview, by=self.actor)

    def get_success_url(self) -> str:
        """What each column is."""
        return reverse(self.import_url, args=[self.done.uuid])


class ListImportView(ListPage, TemplateView):
    """Show the columns with our guesses, then import: one field `column_<n>` per column; `dry_run` only checks."""

    http_method_names = ["get", "post"]
    template_name = "core/list_import.html"
    about_form: type[forms.Form] | None = None

    @property
    def fields(self) -> Any:
        """What a column may be: the label of each field."""
        return self.importer.about.fields

    def import_list(self, source: IO[bytes], *, name: str, mapping: dict[str, str], dry_run: bool, **about: Any) -> dict[str, Any]:
        """Import, or with `dry_run` only check; about: what the form about the whole list says."""
        return self.importer(by=self.actor, **about).run(source, name=name, mapping=mapping, dry_run=dry_run)

    def tell(self, answer: dict[str, Any]) -> None:
        """Say what was stored, once the list is imported."""
        raise NotImplementedError

    def told(self, answer: dict[str, Any]) -> str:
        """What a check tells besides the rows that are new, changed or as before."""
        return ""

    def get_initial(self) -> dict[str, Any]:
        """What the form about the whole list says at first."""
        return {}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The preview."""
        return self._page(*self._forms())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Import, or say which rows are refused and why."""
        about, form, shown = self._forms(request.POST)
        if not all([form.is_valid(), about is None or about.is_valid()]):
            return self._page(about, form, shown, status=400)
        dry_run = "dry_run" in request.POST
        said = about.cleaned_data if about is not None else {}
        try:
            with self.file.open() as source:
                answer = self.import_list(source, name=self.file.name, mapping=form.mapping(), dry_run=dry_run, **said)
        except DomainError as refusal:
            if about is not None and refusal.attr in about.fields:
                about.add_error(refusal.attr, str(refusal.sentence))
            else:
                form.add_error(None, str(refusal.sentence))
            return self._page(about, form, shown, status=refusal.status)
        if answer["refused"] or dry_run:
            return self._page(about, form, shown, answer=answer, status=400 if answer["refused"] else 200)
        self.tell(answer)
        return redirect(self.get_success_url())

    def get_success_url(self) -> str:
        """Back to what the list was imported into."""
        return reverse(self.list_url)

    def warn(self, sentences: list[str]) -> None:
        """Add warnings to what is told, as many as a reader takes in."""
        for sentence in sentences[:SHOWN_ROWS]:
            messages.warning(self.request, sentence)

    @property
    def file(self) -> StoredFile:
        """The uploaded file, if this account uploaded it."""
        return get_object_or_404(StoredFile, uuid=self.kwargs["uuid"], stored_by=str(self.actor))

    def _forms(self, data: Any = None) -> tuple[forms.Form | None, MappingForm, dict[str, Any]]:
        with self.file.open() as source:
            shown = self.preview(source, name=self.file.name)
        about = self.about_form(data, initial=self.get_initial()) if self.about_form else None
        return about, MappingForm(data, columns=shown["columns"], fields=self.fields), shown

    def _page(self, about: Any, form: MappingForm, shown: dict[str, Any], *, answer: Any = None, status: int = 200) -> HttpResponse:
        context = self.get_context_data(about=about, form=form, shown=shown, file=self.file, answer=answer, title=self.title)
        context["upload_url"] = self.upload_url and reverse(self.upload_url)
        if answer:
            refused = answer["refused"]
            context |= {"refused": refused[:SHOWN_ROWS], "refused_rows": len({one["row"] for one in refused}), "told": self.told(answer)}
            context |= {name: answer[name][:SHOWN_ROWS] for name in ("notes", "look_alikes") if name in answer}
        return self.render_to_response(context, status=status)
