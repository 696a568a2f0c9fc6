"""The page that takes in answers collected elsewhere: all or nothing, with a check that stores nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView

from field.forms import ImportForm
from field.models import Form
from field.services.import_files import MAX_BYTES
from field.services.imports import import_observations
from missions.views.base import MissionMixin

SHOWN = 200  # refusals on the page; the command prints all


class ImportRecordsView(MissionMixin, FormView):
    """Files of Kobo, ODK Central or a table of one's own become records of a form."""

    permission = "field.import_observation"
    active_tab = "live"
    template_name = "field/import_records.html"
    form_class = ImportForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """The mission's forms that have a published version."""
        rows = [row for row in Form.objects.for_mission(self.mission) if row.current]
        return super().get_form_kwargs() | {"choices": [(str(row.uuid), f"{row.code} · {row.title}") for row in rows]}

    def form_valid(self, form: ImportForm) -> HttpResponse:
        """Store, or only look; refusals are shown by sheet, row and column."""
        version = Form.objects.for_mission(self.mission).get(uuid=form.cleaned_data["form"]).current
        assert version is not None
        is_check = "check" in self.request.POST
        (name, content), *beside = [_read(file) for file in form.cleaned_data["file"]]
        mapping = form.cleaned_data["columns"]
        answer = import_observations(
            version, self.mission, content, name=name, by=self.actor, beside=beside, mapping=mapping, dry_run=is_check
        )
        if not answer.refused and not is_check:
            messages.success(self.request, _said(answer.created, answer.unchanged, answer.ignored))
            return HttpResponseRedirect(reverse("field:records", args=[self.mission.reference]))
        context = {"answer": answer, "refused": answer.refused[:SHOWN], "more": len(answer.refused) - SHOWN}
        context["would"] = _would(answer.created, answer.unchanged, answer.ignored)
        return self.render_to_response(self.get_context_data(form=form, **context), status=400 if answer.refused else 200)

    def form_invalid(self, form: ImportForm) -> HttpResponse:
        """Say what is missing."""
        return self.render_to_response(self.get_context_data(form=form), status=400)


def _read(file: UploadedFile) -> tuple[str, bytes]:
    """Name and content; one byte more than is allowed shows that it is too large."""
    return file.name or "", file.read(MAX_BYTES + 1)


def _said(created: int, unchanged: int, ignored: list[str]) -> str:
    text = ngettext("%(n)d record is stored.", "%(n)d records are stored.", created) % {"n": created}
    return " ".join([text, *_beside(unchanged, ignored)])


def _would(created: int, unchanged: int, ignored: list[str]) -> str:
    text = ngettext("%(n)d record would be stored.", "%(n)d records would be stored.", created) % {"n": created}
    return " ".join([text, *_beside(unchanged, ignored)])


def _beside(unchanged: int, ignored: list[str]) -> list[str]:
    said = [ngettext("%(n)d was there already.", "%(n)d were there already.", unchanged) % {"n": unchanged}] if unchanged else []
    return said + ([_("Columns that say nothing to this form: %(columns)s.") % {"columns": ", ".join(ignored[:20])}] if ignored else [])
