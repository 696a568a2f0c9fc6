"""The balance over twelve months, as a page and as CSV."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from core import clock
from core.errors import Invalid
from core.views import RightMixin
from observers.exports import csv_response
from observers.services.balance import Balance, balance_on


class BalanceView(RightMixin, TemplateView):
    """Groups, states, chambers, gender, and who was sent often, as on a day."""

    template_name = "observers/balance.html"
    permission = "observers.view_balance"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, or `?format=csv`."""
        found = balance_on(self._day(), by=self.actor)
        if request.GET.get("format") == "csv":
            return csv_response(f"balance-{found.day}.csv", [_("What"), _("Which"), _("Sent"), _("Share")], _lines(found))
        return self.render_to_response(self.get_context_data(balance=found))

    def _day(self) -> date:
        typed = self.request.GET.get("on", "").strip()
        try:
            return date.fromisoformat(typed) if typed else clock.today()
        except ValueError:
            raise Invalid(_("“%(typed)s” is no day: write it like 2026-10-04.") % {"typed": typed}, attr="on") from None


def _lines(found: Balance) -> list[list[Any]]:
    return [
        *([_("Political group"), row["group"], row["sent"], row["share"]] for row in found.groups),
        *([_("State"), row["country"].name, row["sent"], ""] for row in found.countries),
        *([_("Chamber"), letter, count, ""] for letter, count in found.chambers.items()),
        *([_("Gender"), row["label"], row["sent"], ""] for row in found.gender),
        *([_("Sent often"), row["person"].name, len(row["missions"]), ""] for row in found.often),
    ]
