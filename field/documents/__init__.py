"""Documents of this app: forms to be filled in by hand."""

from django.utils.translation import gettext_lazy as _

from core.documents import DocumentKind, register_kind


def register() -> None:
    """Register the kinds. Safe to repeat. Who may print a form is asked by `services.forms.paper_form`: the library's have no mission."""
    from field.documents.paper_form.build import build_paper_form

    register_kind(
        DocumentKind(
            code="field.paper_form",
            label=_("Paper form"),
            build=build_paper_form,
            formats={"pdf"},
            template="field/documents/paper_form",
        )
    )
