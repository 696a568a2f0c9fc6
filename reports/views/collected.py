"""Good practice of other collections at the desk: read in, looked at, let out or put aside."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import ListView, TemplateView, View

from core import translations
from core.enums import Access, Language
from core.errors import DomainError
from core.files import store_file
from core.models import StoredFile
from core.rights import allowed
from core.views import RightMixin
from missions.forms.mapping import MappingForm
from missions.views.base import ActionView, FormPage
from reports.enums import PracticeState
from reports.forms_texts import CollectionForm, CollectionMappingForm
from reports.models import GoodPractice
from reports.services.practice_columns import FIELDS
from reports.services.practice_import import import_practices, preview_practices
from reports.views.practices import about_practice, move_by_form

LIST_BYTES = 10 * 1024 * 1024
SHOWN_ROWS = 100
PER_PAGE = 50


class CollectedView(RightMixin, ListView):
    """What was read in, newest first, by `state` and `collection`."""

    permission = "reports.view_collected"
    template_name = "reports/collected.html"
    paginate_by = PER_PAGE

    def get_queryset(self) -> Any:
        """Filtered."""
        rows = GoodPractice.objects.collected().visible_to(self.request.user).select_related("country")
        if (state := self.request.GET.get("state", "")) in PracticeState.values:
            rows = rows.filter(state=state)
        if collection := self.request.GET.get("collection", ""):
            rows = rows.filter(collection=collection)
        return rows.order_by("-number")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Titles, filters, rights."""
        context = super().get_context_data(**kwargs)
        titles = translations.texts_of_many(context["object_list"], "title")
        language = (get_language() or "en")[:2]
        seen = GoodPractice.objects.collected().visible_to(self.request.user)
        return context | {
            "items": [(row, translations.best_text(titles[row.uuid], language, row.authentic_language)) for row in context["object_list"]],
            "states": PracticeState.choices,
            "state": self.request.GET.get("state", ""),
            "collection": self.request.GET.get("collection", ""),
            "collections": sorted(set(seen.order_by().values_list("collection", flat=True))),
            "may_import": allowed(self.actor, "reports.import_practices"),
        }


class CollectedMixin(RightMixin):
    """A page or act about one of them; outside the reader's view it does not exist."""

    permission = "reports.view_collected"

    @cached_property
    def practice(self) -> GoodPractice:
        """The practice of the address."""
        rows = GoodPractice.objects.collected().visible_to(self.request.user).select_related("country")
        return get_object_or_404(rows, uuid=self.kwargs["uuid"])

    def get_right_object(self) -> GoodPractice:
        """Rights are asked about the practice."""
        return self.practice


class CollectedPracticeView(CollectedMixin, TemplateView):
    """One of them, with its collection, its licence and its moves."""

    template_name = "reports/collected_practice.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything about it."""
        context = super().get_context_data(**kwargs) | about_practice(self.practice, self.actor)
        move_url = reverse("reports:collected_move", args=[self.practice.uuid])
        return context | {"move_url": move_url, "language": (get_language() or "en")[:2]}


class CollectedMoveView(CollectedMixin, ActionView):
    """Mark as checked, return, publish, take back, withdraw."""

    def act(self, request: HttpRequest) -> str:
        """Move it; the service asks for the right of the move."""
        return move_by_form(self.practice, request, self.actor).get_absolute_url()


class CollectionUploadView(FormPage):
    """Take the file; what each column is, the next page asks."""

    permission = "reports.import_practices"
    form_class = CollectionForm
    title = gettext_lazy("Read in good practice")
    lead = gettext_lazy(
        "A list of another collection, one practice per row, with the columns of our own public export or with names like them. "
        "Nothing is stored yet, and nothing is public before a publisher lets it out."
    )
    submit_label = gettext_lazy("Show the columns")

    def act(self, form: forms.Form) -> StoredFile:
        """Keep the file if it can be read as a list."""
        upload = form.cleaned_data["file"]
        data = upload.read(LIST_BYTES + 1)
        if len(data) <= LIST_BYTES:
            preview_practices(BytesIO(data), name=upload.name)
        return store_file(data, name=upload.name, by=self.actor, access=Access.SECRETARIAT, max_bytes=LIST_BYTES)

    def get_success_url(self) -> str:
        """What each column is."""
        return reverse("reports:collected_import", args=[self.done.uuid])


class CollectionImportView(RightMixin, View):
    """Say from where it is and what each column is, then import: one field `column_<n>` per column; `dry_run` only checks."""

    permission = "reports.import_practices"
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        """The preview."""
        shown = self._preview()
        about = CollectionMappingForm(initial={"language": Language.EN})
        return self._page(about, MappingForm(columns=shown["columns"], fields=FIELDS), shown)

    def post(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        """Import, or say which rows are refused and why."""
        shown = self._preview()
        about, form = CollectionMappingForm(request.POST), MappingForm(request.POST, columns=shown["columns"], fields=FIELDS)
        if not (about.is_valid() and form.is_valid()):
            return self._page(about, form, shown, status=400)
        dry_run = "dry_run" in request.POST
        try:
            with self.file.open() as source:
                answer = import_practices(
                    by=self.actor, source=source, name=self.file.name, mapping=form.mapping(), dry_run=dry_run, **about.cleaned_data
                )
        except DomainError as refusal:
            about.add_error(refusal.attr if refusal.attr in about.fields else None, str(refusal.sentence))
            return self._page(about, form, shown, status=refusal.status)
        if answer["refused"] or dry_run:
            return self._page(about, form, shown, answer=answer, status=400 if answer["refused"] else 200)
        sentence = _("Good practices: %(created)s new, %(updated)s changed, %(unchanged)s as before. No longer public: %(reopened)s.")
        messages.success(request, sentence % answer)
        return redirect("reports:collected")

    @property
    def file(self) -> StoredFile:
        """The uploaded file, if this account uploaded it."""
        return get_object_or_404(StoredFile, uuid=self.kwargs["uuid"], stored_by=str(self.actor))

    def _preview(self) -> dict[str, Any]:
        with self.file.open() as source:
            return preview_practices(source, name=self.file.name)

    def _page(self, about: Any, form: MappingForm, shown: dict[str, Any], *, answer: Any = None, status: int = 200) -> HttpResponse:
        refused = answer["refused"][:SHOWN_ROWS] if answer else []
        rows = len({one["row"] for one in answer["refused"]}) if answer else 0
        context = {"about": about, "form": form, "refused_rows": rows, "shown": shown, "file": self.file, "answer": answer}
        return render(self.request, "reports/collected_import.html", context | {"refused": refused}, status=status)
