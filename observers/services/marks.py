"""Dated facts about states on which R4 and R5 rest: entered and ended, never overwritten."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit
from core.actors import Actor
from core.errors import Invalid
from core.rights import authorize
from missions.models import Country
from observers.enums import MarkKind
from observers.models import StateMark

audit.register_code("observers.mark_set", gettext_lazy("Entered a fact about a state on which its seats rest."))
audit.register_code("observers.mark_ended", gettext_lazy("Ended a fact about a state on which its seats rest."))


@transaction.atomic
def set_mark(
    country: Country, *, by: Actor, kind: str, valid_from: date, valid_to: date | None = None, authority: str = "", source_mark: str = ""
) -> StateMark:
    """Enter that a state is without regions (R5), or names a large authority or a region with legislative powers (R4).

    Entered twice, kept once. Raises Invalid for an end before the beginning, and for a large authority without a name.
    """
    authorize(by, "observers.change_membership")
    if valid_to is not None and valid_to < valid_from:
        raise Invalid(_("The end lies before the beginning."), attr="valid_to")
    authority = authority.strip()
    if kind == MarkKind.LARGE_AUTHORITY and not authority:
        raise Invalid(_("Name the authority that the state has listed."), attr="authority")
    same = StateMark.objects.filter(country=country, kind=kind, authority=authority)
    row = same.on(valid_from).first()
    if row is None:
        row = StateMark.objects.create(
            country=country, kind=kind, authority=authority, valid_from=valid_from, valid_to=valid_to, source_mark=source_mark.strip()
        )
        audit.record(by, "observers.mark_set", row, data={"country": country.code, "kind": kind})
    return row


@transaction.atomic
def end_mark(mark: StateMark, *, by: Actor, last_day: date) -> StateMark:
    """Say until when a fact held; that day is inside. Ended twice, the first end stays."""
    authorize(by, "observers.change_membership")
    if mark.valid_to is None:
        mark.valid_to = max(last_day, mark.valid_from)
        mark.save(update_fields=["valid_to"])
        audit.record(by, "observers.mark_ended", mark, fields=["valid_to"], data={"kind": mark.kind})
    return mark
