"""The worker's entrance: draws what `request_documents` froze."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.documents.services import render
from core.jobs import job_kind
from core.models import Document, DocumentFormat, Job


@job_kind("documents.render", gettext_lazy("Draw documents"))
def run(job: Job, progress: Any) -> dict[str, Any]:
    """Draw each document in each format. What is drawn already is not drawn again, so a second run goes on."""
    documents = list(Document.objects.filter(uuid__in=job.params["documents"]).order_by("pk"))
    formats = job.params["formats"]
    total, done, files = len(documents) * len(formats), 0, []
    progress(0, total, "")
    for document in documents:
        for format in formats:
            drawn = render(document, format)
            done += 1
            files.append({"language": document.language, "format": format, "file": str(drawn.file.uuid), "name": drawn.file.name})
            label = DocumentFormat(format).label
            progress(done, total, _("Drew %(format)s in %(language)s.") % {"format": label, "language": document.get_language_display()})
    return {"documents": job.params["documents"], "files": files}
