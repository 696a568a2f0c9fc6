"""Calendar feeds: `/calendar/<token>.ics` for applications, and the page on which one finds one's own address."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView, View

from core.rights import allowed
from core.views import RightMixin
from missions.enums import FeedKind
from missions.models import CalendarFeed
from missions.services import calendars, elections


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a token; an application that has it already is told so."""
    try:
        row = calendars.open_feed(token)
        body = elections.ics_of_elections(row) if row.kind == FeedKind.ELECTIONS else calendars.ics_of(row)
    except calendars.FeedGone:
        raise Http404 from None
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="scrutin.ics"'
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["ETag"] = tag
    return response


class CalendarView(RightMixin, TemplateView):
    """One's own calendar address, those of one's teams and of the missions one may read the programme of."""

    template_name = "missions/calendar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The addresses; one's own where the account belongs to a person."""
        own = calendars.feed_for(by=self.actor) if self.actor.person else None
        shared = calendars.shared_feeds(by=self.actor)
        return super().get_context_data(feed=own, address=calendars.address_of(own) if own else "", shared=shared, **kwargs)


class CalendarResetView(RightMixin, View):
    """A new address; the old one is dead at once. One's own, or as coordinator the one of a mission or team."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: Any) -> HttpResponse:
        """Reset it."""
        row = get_object_or_404(CalendarFeed.objects.select_related("mission"), uuid=uuid)
        is_own = row.person_id is not None and row.person == self.actor.person
        if not is_own and (row.person_id is not None or not allowed(self.actor, "missions.change_programme", row.mission)):
            raise Http404
        calendars.reset_feed(row, by=self.actor)
        messages.success(request, _("The calendar has a new address; the old one no longer answers."))
        if row.mission is not None and row.kind == FeedKind.MISSION:
            return redirect("missions:programme", reference=row.mission.reference)
        return redirect("missions:elections" if row.kind == FeedKind.ELECTIONS else "missions:my_calendar")
