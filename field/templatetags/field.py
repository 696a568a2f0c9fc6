"""Template filters of the field app."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from field.enums import SEVERITIES, FormStage
from field.services.wordings import in_language

register = template.Library()
FILTERS = ("form", "area", "setting", "slot", "team", "day", "unit")
TONES = {3: "danger", 2: "warning", 1: "secondary", 0: "light"}


@register.simple_tag(takes_context=True)
def behind(context: dict[str, Any], **figure: str) -> str:
    """The address of the records behind a figure, with the filters that it was counted with."""
    wanted = context["wanted"]
    query = {name: wanted[name] for name in FILTERS if wanted.get(name)} | {name: value for name, value in figure.items() if value}
    return f"{reverse('field:records', args=[context['mission'].reference])}?{urlencode(query)}"


@register.filter
def wording(label: dict[str, str] | None) -> str:
    """A label in the reader's language."""
    return in_language(label or {})


@register.filter
def severity(value: Any) -> str:
    """The severity in words."""
    return str(SEVERITIES.get(value, "")) if isinstance(value, int) else ""


@register.filter
def tone(value: Any) -> str:
    """Bootstrap's tone of a severity."""
    return TONES.get(value, "light")


@register.filter
def stage(code: str) -> str:
    """A stage in words."""
    return str(FormStage(code).label) if code in FormStage.values else code


@register.filter
def clock_in(moment: datetime | None, zone: str) -> str:
    """Hours and minutes in the mission's zone."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M") if moment else "–"


@register.filter
def moment_in(moment: datetime | None, zone: str) -> str:
    """Day, hours and minutes in the mission's zone, in the reader's language."""
    return date_format(moment.astimezone(ZoneInfo(zone)), "j M Y, H:i") if moment else "–"


@register.filter
def gap_in_words(seconds: int) -> str:
    """How far off a phone's clock was: what has to be added to it."""
    size = abs(seconds)
    days, hours, minutes = size // 86400, size % 86400 // 3600, size % 3600 // 60
    parts = [ngettext("%(n)d day", "%(n)d days", days) % {"n": days}] if days else []
    parts += [ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}] if hours and days < 30 else []
    parts += [ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}] if minutes and not days else []
    gap = ", ".join(parts) or ngettext("%(n)d second", "%(n)d seconds", size) % {"n": size}
    return _("%(gap)s slow") % {"gap": gap} if seconds > 0 else _("%(gap)s fast") % {"gap": gap}


@register.filter
def age(moment: datetime | None, now: datetime) -> str:
    """How long ago, as a person says it: `12 min`, `3 h 08`, `2 d 3 h`. What is still to come is `0 min` old."""
    if moment is None:
        return "–"
    minutes = max(0, int((now - moment).total_seconds() // 60))
    parts = {"days": minutes // 1440, "hours": minutes // 60 % 24, "minutes": minutes % 60}
    if parts["days"]:
        return _("%(days)d d %(hours)d h") % parts
    if parts["hours"]:
        return _("%(hours)d h %(minutes)02d") % parts
    return _("%(minutes)d min") % parts


@register.filter
def lookup(table: dict, key: Any) -> Any:
    """`table[key]`, or nothing."""
    return table.get(key, "")
