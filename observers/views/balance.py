"""The balance over twelve months, as a page and as CSV."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from core.views import RightMixin
from observers.exports import csv_response
from observers.services.balance import Balance, balance_on
from observers.views.days import day_asked, day_of


class BalanceView(RightMixin, TemplateView):
    """Groups, states, chambers, gender, and who was sent often, as on a day."""

    template_name = "observers/balance.html"
    permission = "observers.view_balance"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, or `?format=csv`."""
        is_file = request.GET.get("format") == "csv"
        found = balance_on(day_asked(request) if is_file else day_of(request), by=self.actor)
        if is_file:
            return csv_response(f"balance-{found.day}.csv", [_("What"), _("Which"), _("Sent"), _("Share")], _lines(found))
        return self.render_to_response(self.get_context_data(balance=found))


def _lines(found: Balance) -> list[list[Any]]:
    return [
        *([_("Political group"), row["group"], row["sent"], row["share"]] for row in found.groups),
        *([_("State"), row["country"].name, row["sent"], ""] for row in found.countries),
        *([_("Chamber"), letter, count, ""] for letter, count in found.chambers.items()),
        *([_("Gender"), row["label"], row["sent"], ""] for row in found.gender),
        *([_("Sent often"), row["person"].name, len(row["missions"]), ""] for row in found.often),
    ]
