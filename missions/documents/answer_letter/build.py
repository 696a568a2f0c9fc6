"""The letter that answers an authority's request."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.documents import blocks as b
from missions.documents.wording import day_in, name_in
from missions.models import Request
from missions.services.letters import answer_text


def build(request: Request, language: str, **options: Any) -> dict[str, Any]:
    """The content of the letter: as it was sent, or as it is proposed."""
    decision = request.decision
    text = decision.answer or answer_text(decision, language)
    with translation.override(language):
        return b.document(
            title=_("Your invitation to observe elections in %(country)s") % {"country": name_in(request.country, language)},
            kind_line=_("Letter"),
            reference=decision.reference,
            language=language,
            date=day_in(clock.today(), language),
            layout="note",
            blocks=[
                b.paragraph("\n".join(part for part in (request.contact_name, request.office_held, request.authority_name) if part)),
                *[b.paragraph(part.strip()) for part in text.split("\n\n") if part.strip()],
                b.signature(_("Secretariat of the Congress")),
            ],
        )
