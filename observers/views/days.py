"""The day that a page is asked about in its address: `?on=2026-10-04`."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core import clock
from core.errors import Invalid
from observers.membership.dates import say


def day_asked(request: HttpRequest) -> date:
    """The day that `?on=` asks about; today unless given. Raises Invalid for what is no day."""
    typed = request.GET.get("on", "").strip()
    try:
        day: date | None = forms.DateField(required=False).clean(typed)
    except ValidationError:
        raise Invalid(_("“%(typed)s” is no day: write it like 2026-10-04.") % {"typed": typed[:40]}, attr="on") from None
    return day or clock.today()


def day_of(request: HttpRequest) -> date:
    """`day_asked` for a page: where `?on=` is no day, the page is of today and a sentence on it says so."""
    try:
        return day_asked(request)
    except Invalid as refusal:
        today = clock.today()
        words = {"sentence": refusal.sentence, "day": say(today)}
        messages.warning(request, _("%(sentence)s This page is as on %(day)s.") % words)
        return today
