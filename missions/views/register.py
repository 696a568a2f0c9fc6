"""The register as a list and a table; two requests side by side; splitting one."""

from __future__ import annotations

import csv
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView, View

from core.rights import allowed, authorize
from core.views import RightMixin
from missions.api.filters import RequestFilter
from missions.enums import DecisionOutcome, RequestState
from missions.forms.requests import CompareForm, SplitForm
from missions.models import Country, Request
from missions.services import duplicates, intake, register
from missions.services import register_table as table
from missions.views.base import FormPage
from missions.views.requests import RequestMixin


class RegisterMixin(RightMixin):
    """The register as the address asks for it; list and table are narrowed by the same words as the API."""

    permission = "missions.view_request"

    def rows(self) -> QuerySet[Request]:
        """Newest first."""
        rows = Request.objects.visible_to(self.request.user).select_related("country", "election", "decision", "mission")
        return RequestFilter(self.request.GET, queryset=rows.prefetch_related("election__polling_days")).qs


class RequestListView(RegisterMixin, ListView):
    """The register: what came in, when, and what became of it."""

    template_name = "missions/requests.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Request]:
        """As asked for."""
        return self.rows()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """How late each came, and whether it came twice."""
        context = super().get_context_data(**kwargs)
        for row in context["object_list"]:
            row.lateness = intake.lateness(row)
        duplicates.mark_twins(context["object_list"])
        years = Request.objects.visible_to(self.request.user).filter(received_on__isnull=False).dates("received_on", "year", order="DESC")
        return {
            **context,
            "states": RequestState.choices,
            "outcomes": DecisionOutcome.choices,
            "countries": Country.objects.filter(requests__isnull=False).distinct().by_name(),
            "years": [str(day.year) for day in years],
            "asked": self.request.GET,
            "may_add": allowed(self.actor, "missions.add_request"),
            "may_change_letters": allowed(self.actor, "missions.change_letter"),
        }


class RequestCsvView(RegisterMixin, View):
    """The register as CSV."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """One line per request, filters of the list kept; texts that a spreadsheet would read as formulas are escaped."""
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="requests.csv"'
        writer = csv.writer(response)
        writer.writerow(table.HEAD)
        for row in self.rows().on_register().select_related(*table.NEEDED):
            writer.writerow(table.cells(row))
        return response


class RequestCompareView(RequestMixin, FormPage):
    """Two requests side by side, what differs marked; and merging them."""

    permission = "missions.view_request"
    form_class = CompareForm
    template_name = "missions/request_compare.html"
    title = gettext_lazy("Two requests side by side")

    @cached_property
    def other(self) -> Request:
        """The other request."""
        rows = Request.objects.visible_to(self.request.user).select_related("country", "election", "authority", "letter", "decision")
        return get_object_or_404(rows.exclude(pk=self.row.pk), uuid=self.kwargs["other"])

    @cached_property
    def lines(self) -> list[duplicates.Line]:
        """The two, field by field."""
        return duplicates.compare_requests(self.row, self.other)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The one that is registered stays, else the older; only what differs can be taken over."""
        stays = min((self.row, self.other), key=lambda row: (row.state != RequestState.REGISTERED, row.received_at or row.created_at))
        takeable = [line.field for line in self.lines if line.differs and line.is_takeable]
        return {**super().get_form_kwargs(), "pair": (self.row, self.other), "takeable": takeable, "initial": {"keep": str(stays.uuid)}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The lines, and whether the two can be merged."""
        open_ones = {RequestState.RECEIVED, RequestState.REGISTERED}
        may = allowed(self.actor, "missions.register_request", self.row)
        return super().get_context_data(
            other=self.other,
            lines=self.lines,
            differing=sum(line.differs for line in self.lines),
            is_same_authority=duplicates.is_same_authority(self.row, self.other),
            may_register=may,
            may_merge=may and {self.row.state, self.other.state} <= open_ones and self.row.country_id == self.other.country_id,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Merging is more than looking."""
        authorize(self.actor, "missions.register_request", self.row)
        return super().post(request, *args, **kwargs)

    def act(self, form: forms.Form) -> Request:
        """Merge the one that does not stay into the other."""
        stays, goes = (self.row, self.other) if form.cleaned_data["keep"] == str(self.row.uuid) else (self.other, self.row)
        register.merge_request(goes, by=self.actor, into=stays, reason=form.cleaned_data["reason"], take=form.cleaned_data["take"])
        messages.success(self.request, _("The two requests are merged; both histories stay."))
        return stays

    def get_success_url(self) -> str:
        """The request that stays."""
        return self.done.get_absolute_url()


class RequestSplitView(RequestMixin, FormPage):
    """Split a request that covers several elections."""

    permission = "missions.register_request"
    form_class = SplitForm
    template_name = "missions/request_split.html"
    title = gettext_lazy("Split the request")

    def get_form_kwargs(self) -> dict[str, Any]:
        """The days of the letter."""
        return {**super().get_form_kwargs(), "request": self.row}

    def act(self, form: forms.Form) -> Any:
        """Split."""
        return register.split_request(self.row, by=self.actor, parts=form.parts(), reason=form.cleaned_data["reason"])
