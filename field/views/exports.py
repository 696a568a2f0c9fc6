"""Downloads of observations: CSV and workbook, of the records that the page lists."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.utils.translation import get_language
from django.views.generic import View

from core import audit
from core.files import XLSX
from field.services import exports
from field.services.workbooks import workbook
from field.views.filters import records_of
from missions.views.base import MissionMixin


class ExportView(MissionMixin, View):
    """Observations as CSV, streamed; `labels=1` adds a second row with the wording, `language=fr` says in which language."""

    permission = "field.export_observation"
    kind = "csv"

    def get(self, request: HttpRequest, reference: str) -> StreamingHttpResponse:
        """The file."""
        rows = records_of(self.mission, request.GET, replaced="history" in request.GET)
        audit.record(self.actor, "field.observations_exported", self.mission, data={"kind": self.kind})
        wording = {
            "language": request.GET.get("language", "")[:20] or get_language() or "en",
            "with_labels": request.GET.get("labels", "0") not in {"0", "false"},
        }
        return self.answer(rows, f"{reference}-observations.{self.kind}", wording)

    def answer(self, rows: Any, name: str, wording: dict[str, Any]) -> StreamingHttpResponse:
        """Line by line, so that memory stays flat."""
        response = StreamingHttpResponse(exports.csv_rows(rows, **wording), content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class WorkbookView(ExportView):
    """The same as a workbook."""

    kind = "xlsx"

    def answer(self, rows: Any, name: str, wording: dict[str, Any]) -> FileResponse:
        """The file, closed and gone when it has been sent."""
        file = workbook(rows, zone=self.mission.zone, **wording)
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
