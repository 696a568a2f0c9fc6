"""The accreditation list of a mission: columns, who has entered data, the list as CSV or XLSX, deletion and its log."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from core.errors import DomainError, Invalid, NotAllowed
from missions.views.base import MissionMixin
from observers.exports import csv_response, xlsx_response
from observers.models import AccreditationList
from observers.models.identity import KEEP_DAYS
from observers.services.accreditation import (
    COLUMNS,
    USUAL,
    accreditation_people,
    delete_identity_data,
    deletion_day,
    document_of,
    set_accreditation,
    take_out_list,
)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AccreditationView(MissionMixin, TemplateView):
    """What the election office asks for, and whose data are there. The data themselves are in the list alone."""

    template_name = "observers/accreditation.html"
    permission = "observers.view_accreditation"
    active_tab = "delegation"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Columns with their places, people, the deletion log."""
        asked = AccreditationList.objects.filter(mission=self.mission).select_related("mission").first()
        people = accreditation_people(self.mission)
        for row in people:
            row.document = document_of(row)
        typed = kwargs.pop("typed", None)
        return super().get_context_data(
            asked=asked,
            people=people,
            entered=sum(row.document is not None for row in people),
            columns=self._columns(asked, typed),
            keep_days=typed.get("keep_days") if typed else (asked.keep_days if asked else KEEP_DAYS),
            is_open="is_open" in typed if typed else (asked.is_open if asked else True),
            deleted_on=deletion_day(asked) if asked else None,
            deletions=list(self.mission.identity_deletions.all()[:20]),
            **kwargs,
        )

    def _columns(self, asked: AccreditationList | None, typed: Any) -> list[dict[str, Any]]:
        chosen = asked.columns if asked else [{"code": code, "label": ""} for code in USUAL]
        places = {item["code"]: (number, item["label"]) for number, item in enumerate(chosen, start=1)}
        rows = []
        for column in COLUMNS:
            place, label = places.get(column.code, ("", ""))
            if typed:
                place, label = typed.get(f"place-{column.code}", ""), typed.get(f"label-{column.code}", "")
            rows.append({"code": column.code, "name": column.label, "place": place, "label": label})
        return rows

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Set the columns, or delete everything now."""
        try:
            if request.POST.get("do") == "delete":
                count = delete_identity_data(self.mission, by=self.actor, reason=request.POST.get("reason", ""))
                sentence = ngettext("The data of %(count)s person are deleted.", "The data of %(count)s persons are deleted.", count)
                messages.success(request, sentence % {"count": count})
            else:
                self._set(request)
                messages.success(request, _("What the election office asks for is kept; the delegation can enter its data."))
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self.render_to_response(self.get_context_data(refusal=refusal, typed=request.POST), status=refusal.status)
        return redirect("observers:accreditation", self.mission.reference)

    def _set(self, request: HttpRequest) -> None:
        wanted = []
        for column in COLUMNS:
            place = request.POST.get(f"place-{column.code}", "").strip()
            if place and not place.isdecimal():
                words = {"place": place, "column": column.label}
                raise Invalid(_("“%(place)s” is no place for “%(column)s”: write a whole number, or nothing.") % words, attr="columns")
            if place:
                wanted.append((int(place), {"code": column.code, "label": request.POST.get(f"label-{column.code}", "")}))
        keep = request.POST.get("keep_days", "").strip()
        if not keep.isdecimal():
            raise Invalid(_("Identity data are kept between 0 and 365 days after polling day."), attr="keep_days")
        columns = [item for _place, item in sorted(wanted, key=lambda pair: pair[0])]
        set_accreditation(self.mission, by=self.actor, columns=columns, keep_days=int(keep), is_open="is_open" in request.POST)


class AccreditationListView(MissionMixin, View):
    """The list itself; by POST, because each time is logged."""

    permission = "observers.view_accreditation"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """CSV or XLSX."""
        table = take_out_list(self.mission, by=self.actor)
        name = f"{self.mission.reference}-accreditation"
        answer = (
            xlsx_response(f"{name}.xlsx", {"Accreditation": [table.head, *table.rows]})
            if request.POST.get("format") == "xlsx"
            else csv_response(f"{name}.csv", table.head, table.rows)
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer
