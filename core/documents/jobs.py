"""The worker's entrance: draws what `request_documents` froze."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.documents.services import render_all
from core.jobs import job_kind
from core.models import Document, DocumentFormat, Job


@job_kind("documents.render", gettext_lazy("Draw documents"))
def run(job: Job, progress: Any) -> dict[str, Any]:
    """Draw each document in each format. What is drawn already is not drawn again, so a second run goes on."""
    documents = list(Document.objects.filter(uuid__in=job.params["documents"]).order_by("pk"))
    formats = job.params["formats"]
    total, drawn = len(documents) * len(formats), []
    progress(0, total, "")
    for done in render_all(documents, formats):
        drawn.append(done)
        words = {"format": DocumentFormat(done.format).label, "language": done.document.get_language_display()}
        progress(len(drawn), total, _("Drew %(format)s in %(language)s.") % words)
    drawn.sort(key=lambda one: (one.document_id, formats.index(one.format)))
    files = [{"language": one.document.language, "format": one.format, "file": str(one.file.uuid), "name": one.file.name} for one in drawn]
    return {"documents": job.params["documents"], "files": files}
