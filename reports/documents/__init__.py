"""Documents of this app: content builders by kind; the engine is `core.documents`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


def register_kinds() -> None:
    """Make the kinds of this app known to the engine; called when the models are loaded."""
    from core.documents import DocumentKind, register_kind
    from reports.documents.letter.build import build as build_letter
    from reports.documents.mission_text.build import build as build_text
    from reports.documents.report.build import build as build_report
    from reports.documents.statement.build import build as build_statement

    register_kind(
        DocumentKind(
            code="reports.report", label=_("Report"), build=build_report, permission="reports.freeze_report", read="reports.view_report"
        )
    )
    register_kind(
        DocumentKind(
            code="reports.statement",
            label=_("Preliminary conclusions"),
            build=build_statement,
            permission="reports.freeze_statement",
            read="reports.view_statement",
        )
    )
    register_kind(
        DocumentKind(
            code="reports.letter",
            label=_("Letter of transmission"),
            build=build_letter,
            permission="reports.transmit_report",
            read="reports.view_report",
        )
    )
    register_kind(
        DocumentKind(
            code="reports.mission_text",
            label=_("Text of the mission"),
            build=build_text,
            permission="reports.release_text",
            read="reports.view_text",
            file_name=lambda document: f"{document.reference}-{document.content['kind_line']}-{document.language}",
        )
    )
