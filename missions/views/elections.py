"""The calendar of elections to watch: a list by month, a file, a feed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView, View

from core import clock
from core.rights import allowed
from core.views import RightMixin
from missions.models import Country, Election
from missions.services import calendars, elections

SHOWN = {"": _("Coming"), "waiting": _("Coming, not invited yet"), "past": _("Past")}


class ElectionsMixin(RightMixin):
    """Elections as the address asks for them: `country` (code) and `show`."""

    permission = "missions.view_election"

    def elections(self) -> QuerySet[Election]:
        """Coming ones, or those not invited yet, or past ones; of one country where asked for."""
        rows: Any = Election.objects.visible_to(self.request.user)
        shown, today = self.request.GET.get("show", ""), clock.today()
        rows = rows.past(today) if shown == "past" else rows.coming(today)
        if shown == "waiting":
            rows = rows.waiting()
        code = self.request.GET.get("country", "")
        return rows.filter(country__code=code) if code else rows


class ElectionListView(ElectionsMixin, ListView):
    """The list by month, with the last mission, open recommendations and the days left until the invitation is due."""

    template_name = "missions/elections.html"
    paginate_by = 60

    def get_queryset(self) -> QuerySet[Election]:
        """As asked for."""
        return self.elections()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """By month; and the reader's own feed."""
        context = super().get_context_data(**kwargs)
        feed = elections.elections_feed(by=self.actor) if self.actor.person else None
        months = elections.by_month(elections.watched(context["object_list"]))
        return {
            **context,
            "months": months[::-1] if self.request.GET.get("show") == "past" else months,
            "countries": Country.objects.filter(elections__isnull=False).distinct().by_name(),
            "country": self.request.GET.get("country", ""),
            "shown": self.request.GET.get("show", ""),
            "choices": SHOWN.items(),
            "feed": feed,
            "address": calendars.address_of(feed) if feed else "",
            "may_add": allowed(self.actor, "missions.register_request"),
        }


class ElectionCalendarView(ElectionsMixin, View):
    """What the list shows, as a calendar file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The file; filters of the list are kept."""
        response = HttpResponse(elections.elections_ics(self.elections()), content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="elections.ics"'
        return response
