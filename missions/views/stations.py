"""Polling stations: the list, and importing one in two steps (upload, then confirm what each column is)."""

from __future__ import annotations

from functools import partial
from typing import IO, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView, View

from core.actors import user_actor
from core.enums import Access
from core.errors import DomainError
from core.rights import allowed
from core.views.imports import ListImportView, keep_list
from missions.forms.stations import StationForm, UploadForm
from missions.models import Station
from missions.services.columns import FIELDS
from missions.services.stations import EDITABLE, change_station, import_stations, preview_stations, review_stations
from missions.views.base import MissionForm, MissionMixin

LIST_BYTES = 40 * 1024 * 1024
WHOLE = 10_000_000
"""More rows than a list of that size has: it is read to its end, which tells whether it is whole."""


class StationEditView(MissionForm):
    """Correct one station."""

    permission = "missions.change_station"
    active_tab = "stations"
    form_class = StationForm
    submit_label = gettext_lazy("Save")

    @cached_property
    def station(self) -> Station:
        """The station of the page."""
        return get_object_or_404(Station.objects.for_mission(self.mission).select_related("mission"), uuid=self.kwargs["uuid"])

    @property
    def title(self) -> str:  # type: ignore[override]
        """Which one."""
        return _("Station %(code)s") % {"code": self.station.code}

    def get_initial(self) -> dict[str, Any]:
        """The station as it is; a key that an import derived is no name of a building."""
        return {name: getattr(self.station, name) for name in EDITABLE} | {"building": self.station.building_name}

    def act(self, form: Any) -> Station:
        """Change what differs."""
        values = dict(form.cleaned_data)
        if not values["building"] and not self.station.building_name:
            del values["building"]  # the derived key stays
        return change_station(self.station, by=self.actor, **values)

    def get_success_url(self) -> str:
        """Back to the list, at this station."""
        messages.success(self.request, _("Station %(code)s is saved.") % {"code": self.done.code})
        return f"{reverse('missions:stations', args=[self.mission.reference])}?{urlencode({'q': self.done.code})}"


class StationListView(MissionMixin, ListView):
    """The stations of a mission, searchable in any script, by district."""

    permission = "missions.view_station"
    template_name = "missions/stations.html"
    active_tab = "stations"
    paginate_by = 100

    def get_queryset(self) -> QuerySet[Station]:
        """Those that fit the search and the district."""
        rows = Station.objects.for_mission(self.mission)
        wanted = self.request.GET
        if wanted.get("district"):
            rows = rows.filter(district=wanted["district"])
        return rows.matching(wanted.get("q", "")).order_by("district", "municipality", "address", "code")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Districts with their numbers."""
        rows = Station.objects.for_mission(self.mission)
        districts = rows.exclude(district="").values("district").annotate(n=Count("pk")).order_by("district")
        return super().get_context_data(
            total=rows.count(),
            districts=list(districts[:200]),
            q=self.request.GET.get("q", ""),
            district=self.request.GET.get("district", ""),
            upload_form=UploadForm(),
            may_change=allowed(user_actor(self.request.user), "missions.change_station", self.mission),
            **kwargs,
        )


class StationUploadView(MissionMixin, View):
    """Take the file and go to the page that shows what each column is."""

    permission = "missions.change_station"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Keep the file if it can be read as a list; what is none is refused with a sentence, and not kept."""
        form = UploadForm(request.POST, request.FILES)
        upload = request.FILES.get("file")
        if upload is not None and not upload.size:
            messages.error(request, _("The file “%(name)s” is empty.") % {"name": upload.name})
            return redirect("missions:stations", reference=reference)
        if not form.is_valid():
            messages.error(request, _("Choose a file."))
            return redirect("missions:stations", reference=reference)
        try:
            file = keep_list(upload, preview=partial(preview_stations, rows=WHOLE), by=self.actor, access=Access.TEAM, most=LIST_BYTES)
        except DomainError as refusal:
            messages.error(request, str(refusal.sentence))
            return redirect("missions:stations", reference=reference)
        return redirect("missions:stations_import", reference=reference, uuid=file.uuid)


class StationImportView(MissionMixin, ListImportView):
    """Confirm the columns, then import; the last import of the mission is remembered."""

    permission = "missions.change_station"
    active_tab = "stations"
    template_name = "missions/stations_import.html"
    fields = FIELDS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The preview; a list that cannot be read any more leads back to the stations."""
        try:
            return super().get(request, *args, **kwargs)
        except DomainError as refusal:
            messages.error(request, str(refusal.sentence))
            return redirect(self.get_success_url())

    def preview(self, source: IO[bytes], *, name: str) -> dict[str, Any]:
        """With what the columns were the last time."""
        return preview_stations(source, name=name, mission=self.mission)

    def import_list(self, source: IO[bytes], *, name: str, mapping: dict[str, str], dry_run: bool, **about: Any) -> dict[str, Any]:
        """Import, or check in more words."""
        act = review_stations if dry_run else import_stations
        return act(self.mission, by=self.actor, source=source, name=name, mapping=mapping)

    def tell(self, answer: dict[str, Any]) -> None:
        """How many."""
        sentence = _("%(created)s stations are new, %(updated)s changed, %(unchanged)s stayed as they were.")
        messages.success(self.request, sentence % answer)

    def get_success_url(self) -> str:
        """The stations of the mission."""
        return reverse("missions:stations", args=[self.mission.reference])
