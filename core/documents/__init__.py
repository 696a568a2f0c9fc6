"""The document engine: freeze, then render (STYLE, "Generated documents").

How to use it
=============

1. Write a builder that turns your object into *content*, plain JSON made with the helpers of `core.documents.blocks`.
   Everything the document says must be in it: texts, figures, names, in the language asked for::

       # reports/documents/statement/build.py
       from core.documents import blocks as b

       def build(report, language, **options):
           return b.document(
               title=report.title_in(language), reference=report.reference, language=language, layout="report",
               date="28 October 2026", cover=[("Rapporteur", b.text("N. N.", b.footnote("Country, L, EPP.")))],
               blocks=[
                   b.heading(1, "Introduction", number=b.AUTO),
                   b.paragraph("The Congress was invited on 3 May.", number=b.AUTO),
                   b.bullets(["one", b.text("two, ", b.bold("in bold"))]),
                   b.table("Delegation", head=["Name", "Country"], rows=[["N. N.", "FR"]]),
                   b.figure("Stations by setting", alt="Of 90 stations visited, 60 were urban and 30 rural.",
                            chart=b.bars(["Urban", "Rural"], [60, 30])),
                   b.appendix("Deployment"),
               ],
               draft=False,
           )

2. Register the kind in `AppConfig.ready()`::

       from core.documents import DocumentKind, register_kind
       register_kind(DocumentKind(code="reports.statement", label=_("Preliminary statement"), build=build,
                                  permission="reports.freeze_statement", read="reports.view_statement"))

   `permission` is asked (on the subject) before freezing; `read` says who may open the files (asked on the subject;
   without it `permission` is; a kind with `access=Access.PUBLIC` is open to everyone).
   `formats` defaults to all four. A kind that must look different puts its own `template.typ`
   beside the builder and names the folder: `template="reports/documents/statement"`.

3. Freeze and draw::

       document = freeze("reports.statement", report, "fr", by=by)     # a row with content, language, version, checksum
       drawn = render(document, "pdf")                                 # a DocumentFile; asked twice, drawn once
       drawn.file.read(); drawn.file.name; drawn.file.sha256
       job = request_documents("reports.statement", report, ["en", "fr", "de"], ["pdf", "docx"], by=by)   # by Celery
       data = preview("reports.statement", report, "en", "pdf", by=by)  # bytes, leaves no trace

   `documents_of(subject)` lists what exists; `{% include "core/documents/list.html" with documents=documents %}`
   shows it. `html_body(content)` gives the accessible HTML without page around it, for the public site.

The builder runs with the document's language active, so `gettext` speaks it; numbers and dates in cells are written in
it by the engine. Text is always text: a string, or runs made with `b.text(...)`, `b.bold`, `b.italic`, `b.footnote`,
`b.link`. Nothing in it is ever read as markup. Numbers (`number=b.AUTO`) are given once, when the document is frozen,
and are the same in every format.
"""

from core.documents.registry import DocumentKind, get_kind, kinds, register_kind
from core.documents.rendering import html_body, render_content
from core.documents.services import documents_of, freeze, preview, render, request_documents

__all__ = [
    "DocumentKind",
    "documents_of",
    "freeze",
    "get_kind",
    "html_body",
    "kinds",
    "preview",
    "register_kind",
    "render",
    "render_content",
    "request_documents",
]
